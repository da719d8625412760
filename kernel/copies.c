// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for a daemon that records: a bounded queue in memory that many CPUs
 * write to and one reader empties. What does not fit is counted as lost: media
 * does not wait for a disk.
 */
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "packet.h"

struct copies {
	spinlock_t lock;		/* head, lost, and the bytes in front of head */
	u32 size;			/* a power of two */
	u32 head;			/* where the next record begins, counted on */
	u32 tail;			/* where the oldest one does */
	u32 lost;
	u8 *ring;
};

struct copies *copies_new(u32 bytes)
{
	struct copies *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	c->ring = vzalloc(bytes);
	if (!c->ring) {
		kfree(c);
		return NULL;
	}
	c->size = bytes;
	spin_lock_init(&c->lock);
	return c;
}

void copies_free(struct copies *c)
{
	if (!c)
		return;
	vfree(c->ring);
	kfree(c);
}

static void put(struct copies *c, u32 at, const void *from, u32 n)
{
	u32 offset = at & (c->size - 1), first = min(n, c->size - offset);

	memcpy(c->ring + offset, from, first);
	memcpy(c->ring, from + first, n - first);
}

static void get(const struct copies *c, u32 at, void *to, u32 n)
{
	u32 offset = at & (c->size - 1), first = min(n, c->size - offset);

	memcpy(to, c->ring + offset, first);
	memcpy(to + first, c->ring, n - first);
}

void copies_put(const struct table *t, const struct packet *p)
{
	struct copies *c = READ_ONCE(t->copies);
	static const u8 zeros[8];
	struct rtpe_kernel_copy record = {
		.slot = p->port->slot,
		.time_us = p->wall,
		.len = p->len,
		.src = p->src,
	};
	u32 at;

	if (!c)
		return;
	record.size = ALIGN(sizeof(record) + p->len, 8);
	spin_lock(&c->lock);
	/* Pairs with the release in copies_take(): what was read is free. */
	if (c->size - (c->head - smp_load_acquire(&c->tail)) < record.size) {
		c->lost++;
		spin_unlock(&c->lock);
		return;
	}
	record.lost = c->lost;
	at = c->head;
	put(c, at, &record, sizeof(record));
	put(c, at + sizeof(record), p->data, p->len);
	put(c, at + sizeof(record) + p->len, zeros, record.size - sizeof(record) - p->len);
	/* Pairs with the acquire in copies_take(). */
	smp_store_release(&c->head, at + record.size);
	spin_unlock(&c->lock);
}

ssize_t copies_take(struct copies *c, void *to, size_t len)
{
	ssize_t done = 0;
	u32 head, size;

	/* Pairs with the release in copies_put(): what is before it is whole. */
	head = smp_load_acquire(&c->head);
	if (head == c->tail)
		return -EAGAIN;
	while (c->tail + (u32)done != head) {
		get(c, c->tail + done, &size, sizeof(size));
		if (size > len - done)
			break;
		get(c, c->tail + done, to + done, size);
		done += size;
	}
	if (done == 0)
		return -EMSGSIZE;
	/* Pairs with the acquire in copies_put(). */
	smp_store_release(&c->tail, c->tail + (u32)done);
	return done;
}
