/* SPDX-License-Identifier: MIT */
/* In place of src/alloc.c. Pages come from the heap too, so that the address
 * sanitizer knows where they end. */
#include "alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static atomic_uint live;

static void *get(size_t align, size_t size)
{
	size_t rounded = (size + align - 1) / align * align;
	void *p;

	if (fault_now(FAULT_MEMORY))
		return NULL;
	p = aligned_alloc(align, rounded);
	if (!p)
		return NULL;
	memset(p, 0, rounded);
	atomic_fetch_add(&live, 1);
	return p;
}

void *mem_zalloc(size_t size)
{
	return get(64, size);
}

void *mem_map(size_t size)
{
	return get(4096, size);
}

void mem_free(void *p)
{
	if (p)
		atomic_fetch_sub(&live, 1);
	free(p);
}

void mem_unmap(void *p, size_t size)
{
	(void)size;
	mem_free(p);
}

unsigned alloc_live(void)
{
	return atomic_load(&live);
}
