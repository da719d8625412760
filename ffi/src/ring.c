/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"

int ring_init(struct ring *r, uint32_t size)
{
	r->data = mem_map(size);
	if (!r->data)
		return -ENOMEM;
	r->size = size;
	return 0;
}

void ring_free(struct ring *r)
{
	mem_unmap(r->data, r->size);
	r->data = NULL;
}

static void copy_in(struct ring *r, uint64_t at, const void *src, uint32_t n)
{
	uint32_t pos = (uint32_t)at & (r->size - 1);
	uint32_t first = r->size - pos < n ? r->size - pos : n;

	memcpy(r->data + pos, src, first);
	memcpy(r->data, (const uint8_t *)src + first, n - first);
}

static void copy_out(const struct ring *r, uint64_t at, void *dst, uint32_t n)
{
	uint32_t pos = (uint32_t)at & (r->size - 1);
	uint32_t first = r->size - pos < n ? r->size - pos : n;

	memcpy(dst, r->data + pos, first);
	memcpy((uint8_t *)dst + first, r->data, n - first);
}

static uint32_t record_len(uint32_t n)
{
	return (uint32_t)sizeof(struct rtpe_event) + ((n + 7) & ~7u);
}

int ring_has_room(struct ring *r, uint32_t n)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	return n <= r->size && r->size - (head - tail) >= record_len(n);
}

int ring_put(struct ring *r, struct rtpe_event *ev, const void *payload, uint32_t n)
{
	static const uint8_t zero[8];
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint32_t len = record_len(n);

	if (!ring_has_room(r, n)) {
		atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
		return -ENOSPC;
	}
	ev->len = len;
	ev->payload_len = n;
	copy_in(r, head, ev, sizeof(*ev));
	if (n)
		copy_in(r, head + sizeof(*ev), payload, n);
	copy_in(r, head + sizeof(*ev) + n, zero, len - (uint32_t)sizeof(*ev) - n);
	atomic_store_explicit(&r->head, head + len, memory_order_release);
	return 0;
}

uint32_t ring_take(struct ring *r, void *buf, uint32_t len)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	uint32_t done = 0, n;

	while (tail != head) {
		copy_out(r, tail, &n, sizeof(n));
		if (n > len - done)
			break;
		copy_out(r, tail, (uint8_t *)buf + done, n);
		done += n;
		tail += n;
	}
	atomic_store_explicit(&r->tail, tail, memory_order_release);
	return done;
}

int ring_empty(struct ring *r)
{
	return atomic_load(&r->head) == atomic_load(&r->tail);
}
