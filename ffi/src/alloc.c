/* SPDX-License-Identifier: MIT */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *mem_zalloc(size_t size)
{
	size_t rounded = (size + 63) & ~(size_t)63;
	void *p = rounded < size ? NULL : aligned_alloc(64, rounded);

	if (p)
		memset(p, 0, rounded);
	return p;
}

void mem_free(void *p)
{
	free(p);
}

void *mem_map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void mem_unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}
