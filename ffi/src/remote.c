/* SPDX-License-Identifier: MIT */
/*
 * A slot's remote endpoint: read for every packet by any thread, written
 * rarely, by its relay thread (learning) and by the API (rules). A sequence
 * counter makes reads consistent; taking it from even to odd is the writers'
 * lock.
 */
#include <sched.h>

#include "core.h"

enum { ADDR_WORDS = sizeof(struct rtpe_addr) / 4, SPINS = 64 };

static void relax(unsigned *spins)
{
	/* The writer may have lost its processor to us. */
	if (++*spins % SPINS == 0)
		sched_yield();
}

void remote_lock(struct slot *slot)
{
	uint32_t *seq = &slot->counters->remote_seq;
	unsigned spins = 0;

	for (;;) {
		uint32_t even = __atomic_load_n(seq, __ATOMIC_RELAXED);

		if (!(even & 1) &&
		    __atomic_compare_exchange_n(seq, &even, even + 1, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			break;
		relax(&spins);
	}
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

void remote_unlock(struct slot *slot)
{
	uint32_t *seq = &slot->counters->remote_seq;

	__atomic_store_n(seq, __atomic_load_n(seq, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
}

void remote_publish(struct slot *slot)
{
	uint32_t words[ADDR_WORDS], *to = (uint32_t *)(void *)&slot->counters->remote;

	memcpy(words, &slot->learn.current, sizeof(words));
	for (int i = 0; i < ADDR_WORDS; i++)
		__atomic_store_n(&to[i], words[i], __ATOMIC_RELAXED);
	__atomic_store_n(&slot->counters->confirmed, slot->learn.confirmed, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->counters->learned, slot->learn.learned, __ATOMIC_RELAXED);
}

/* Consistent copy; returns the confirmed flag that belongs to it. */
static bool read_consistent(const struct slot *slot, struct rtpe_addr *out)
{
	const struct rtpe_counters *c = slot->counters;
	const uint32_t *from = (const uint32_t *)(const void *)&c->remote;
	uint32_t words[ADDR_WORDS];
	unsigned spins = 0;
	bool confirmed;

	for (;;) {
		uint32_t seq = __atomic_load_n(&c->remote_seq, __ATOMIC_ACQUIRE);

		if (seq & 1) {
			relax(&spins);
			continue;
		}
		for (int i = 0; i < ADDR_WORDS; i++)
			words[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
		confirmed = __atomic_load_n(&c->confirmed, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&c->remote_seq, __ATOMIC_RELAXED) == seq)
			break;
	}
	memcpy(out, words, sizeof(words));
	return confirmed;
}

struct rtpe_addr remote_read(const struct slot *slot)
{
	struct rtpe_addr a;

	read_consistent(slot, &a);
	return a;
}

bool remote_is_confirmed_as(const struct slot *slot, const struct rtpe_addr *src)
{
	struct rtpe_addr a;

	return read_consistent(slot, &a) && addr_equal(&a, src);
}
