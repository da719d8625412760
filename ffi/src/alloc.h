/* SPDX-License-Identifier: MIT */
/*
 * Memory: the only way the core gets any. The tests replace alloc.c by one
 * that fails every allocation in turn and counts what was not given back.
 */
#ifndef RTPE_ALLOC_H
#define RTPE_ALLOC_H

#include <stddef.h>

/* Zeroed memory aligned to 64 bytes, or NULL. */
void *mem_zalloc(size_t size);
void mem_free(void *p);
/* Zeroed whole pages, touched only when used, or NULL. */
void *mem_map(size_t size);
void mem_unmap(void *p, size_t size);

#endif
