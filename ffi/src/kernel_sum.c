/* SPDX-License-Identifier: MIT */
/*
 * Counters of user space and of the module together. Numbers are added. RTP
 * sources are counted by one after the other: each time a stream goes to the
 * module its sources begin anew there, and when it comes back the relay thread
 * goes on from them.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "kernel.h"

enum { MAX_DROPOUT = 3000, SETTLED = 16 };

const struct rtpe_counters *kernel_counters(const struct kernel *k, uint32_t slot)
{
	uint32_t place = k->ports[slot].place;

	return place && k->counters ? &k->counters[place - 1] : NULL;
}

static uint64_t load(const rtpe_u64 *field)
{
	return __atomic_load_n(field, __ATOMIC_RELAXED);
}

/* ---- sources --------------------------------------------------------------- */

void source_join(struct rtpe_ssrc_counters *into, const struct rtpe_ssrc_counters *next)
{
	uint32_t expected = next->max_seq - next->base_seq + 1;
	uint16_t first = (uint16_t)next->base_seq;
	uint16_t gap = (uint16_t)(first - (uint16_t)into->max_seq - 1);
	uint16_t overlap = (uint16_t)(0 - gap);
	uint32_t cycles = (next->max_seq >> 16) - 1;
	uint32_t had = into->max_seq - into->base_seq + 1;

	if (next->packets == 0)
		return;
	if (next->resets == 0 && gap < MAX_DROPOUT) {
		/* What is missing in between was lost. */
		had += gap;
		into->max_seq += gap + expected;
	} else if (next->resets == 0 && overlap < MAX_DROPOUT) {
		/* Both have seen packets around the move. */
		into->max_seq += expected - overlap;
	} else {
		/* The sender has restarted. */
		into->max_seq = ((into->max_seq >> 16) + 1 + cycles) << 16 |
				(next->max_seq & 0xffff);
	}
	into->base_seq = into->max_seq - (had + expected) + 1;
	into->packets += next->packets;
	into->bytes += next->bytes;
	into->payload_bytes += next->payload_bytes;
	into->duplicates += next->duplicates;
	into->reordered += next->reordered;
	into->resets += next->resets;
	if (next->first_us < into->first_us)
		into->first_us = next->first_us;
	if (next->last_us < into->last_us)
		return;
	into->last_us = next->last_us;
	into->last_ts = next->last_ts;
	into->payload_type = next->payload_type;
	/* An estimate that has just begun says nothing. */
	if (next->packets < SETTLED)
		return;
	into->jitter_x16 = next->jitter_x16;
	into->clock_rate = next->clock_rate;
}

/* A track for `next` in `tracks`: its own, a free one, else the one idle for
 * longest. -1: all are later than it. */
static int track_for(const struct rtpe_ssrc_counters *tracks,
		     const struct rtpe_ssrc_counters *next)
{
	int victim = -1;

	for (int i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (tracks[i].in_use && tracks[i].ssrc == next->ssrc)
			return i;
	for (int i = 0; i < RTPE_SSRC_TRACKS; i++) {
		if (!tracks[i].in_use)
			return i;
		if (tracks[i].last_us < next->last_us &&
		    (victim < 0 || tracks[i].last_us < tracks[victim].last_us))
			victim = i;
	}
	return victim;
}

/* Joins all of `next`; calls resumed() for each track that is another one now. */
static void tracks_join(struct rtpe_ssrc_counters *tracks, const struct rtpe_ssrc_counters *next,
			uint32_t *changed)
{
	for (int k = 0; k < RTPE_SSRC_TRACKS; k++) {
		int i;

		if (!next[k].in_use || next[k].packets == 0)
			continue;
		i = track_for(tracks, &next[k]);
		if (i < 0)
			continue;
		if (tracks[i].in_use && tracks[i].ssrc == next[k].ssrc &&
		    tracks[i].packets)
			source_join(&tracks[i], &next[k]);
		else
			tracks[i] = next[k];
		*changed |= 1u << i;
	}
}

/* ---- back to the relay thread ------------------------------------------------ */

static void handback_take(struct thread *t, struct slot *slot, struct handback *h)
{
	uint32_t full = HANDBACK_FULL, changed = 0;

	if (!atomic_compare_exchange_strong(&h->state, &full, HANDBACK_BUSY))
		return;
	if (h->counted)
		tracks_join(slot->counters->ssrc, h->ssrc, &changed);
	for (int i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (changed >> i & 1)
			track_resume(&slot->tracks[i], t->now);
	slot_publish_ssrcs(slot);
	if (h->keyed)
		kernel_srtp_merge_received(slot, h->rx);
	atomic_store(&h->state, HANDBACK_EMPTY);
}

void kernel_met(struct thread *t, struct slot *slot)
{
	uint8_t bits = atomic_load_explicit(&slot->kernel, memory_order_acquire);

	if (!(bits & KERNEL_BACK))
		return;
	atomic_fetch_and(&slot->kernel, (uint8_t)~KERNEL_BACK);
	handback_take(t, slot, &t->core->kernel->back[slot->index]);
}

/* The relay thread has it for as long as it takes to add some numbers. */
static void handback_hold(struct handback *h)
{
	uint32_t state;

	while ((state = atomic_load(&h->state)) == HANDBACK_BUSY ||
	       !atomic_compare_exchange_strong(&h->state, &state, HANDBACK_BUSY))
		sched_yield();
	if (state == HANDBACK_EMPTY)
		h->counted = h->keyed = false;
}

static void handback_offer(struct slot *slot, struct handback *h)
{
	atomic_store(&h->state, HANDBACK_FULL);
	atomic_fetch_or_explicit(&slot->kernel, KERNEL_BACK, memory_order_release);
}

void kernel_hand_back(struct kernel *k, struct slot *slot)
{
	const struct rtpe_counters *c = kernel_counters(k, slot->index);
	struct handback *h = &k->back[slot->index];
	uint32_t changed = 0;

	if (!c)
		return;
	handback_hold(h);
	if (h->counted)
		tracks_join(h->ssrc, c->ssrc, &changed);
	else
		memcpy(h->ssrc, c->ssrc, sizeof(h->ssrc));
	h->counted = true;
	handback_offer(slot, h);
}

void kernel_hand_back_srtp(struct kernel *k, struct slot *slot,
			   const struct rtpe_srtp_state *states)
{
	struct handback *h = &k->back[slot->index];

	handback_hold(h);
	/* What the module knows now it knew before, and more. */
	memcpy(h->rx, states, sizeof(h->rx));
	h->keyed = true;
	handback_offer(slot, h);
}

/* User space's counters with what is on its way back to it. */
static void read_own(const struct rtpe_counters *own, struct handback *h,
		     struct rtpe_counters *sum)
{
	struct rtpe_ssrc_counters back[RTPE_SSRC_TRACKS];
	uint32_t state, changed = 0;
	bool counted;

	do {
		while ((state = atomic_load(&h->state)) == HANDBACK_BUSY)
			sched_yield();
		memcpy(sum, own, sizeof(*sum));
		memcpy(back, h->ssrc, sizeof(back));
		counted = h->counted;
		atomic_thread_fence(memory_order_seq_cst);
	} while (atomic_load(&h->state) != state);
	if (state == HANDBACK_FULL && counted)
		tracks_join(sum->ssrc, back, &changed);
}

/* ---- sums -------------------------------------------------------------------- */

static void latest(rtpe_u64 *to, uint64_t other)
{
	if (other > *to)
		*to = other;
}

static void add(struct rtpe_counters *sum, const struct rtpe_counters *c)
{
	sum->rx_packets += load(&c->rx_packets);
	sum->rx_bytes += load(&c->rx_bytes);
	sum->rx_errors += load(&c->rx_errors);
	sum->tx_packets += load(&c->tx_packets);
	sum->tx_bytes += load(&c->tx_bytes);
	sum->tx_errors += load(&c->tx_errors);
	sum->drop_source += c->drop_source;
	sum->drop_malformed += c->drop_malformed;
	sum->drop_filtered += c->drop_filtered;
	sum->drop_no_rule += c->drop_no_rule;
	sum->drop_auth += c->drop_auth;
	sum->drop_replay += c->drop_replay;
	stats_payloads_add(sum, c);
	if (load(&c->last_rx_us) > sum->last_rx_us)
		sum->rx_tos = c->rx_tos;
	latest(&sum->last_rx_us, load(&c->last_rx_us));
	latest(&sum->last_tx_us, load(&c->last_tx_us));
}

int kernel_may_leave(struct rtpe_core *core, uint32_t slot)
{
	struct kernel_port *p = &core->kernel->ports[slot];

	if (!p->may_leave && counters_reserve_left(&core->counters_file, slot))
		return -ENOSPC;
	p->may_leave = true;
	return 0;
}

void kernel_leave(struct rtpe_core *core, uint32_t slot)
{
	const struct rtpe_counters *c = kernel_counters(core->kernel, slot);
	struct kernel_port *p = &core->kernel->ports[slot];

	if (!c || !p->may_leave)
		return;
	p->has_left = true;
	add(kernel_left(core, slot), c);
}

void kernel_forget_left(struct rtpe_core *core, uint32_t slot)
{
	struct kernel_port *p = &core->kernel->ports[slot];

	if (p->has_left)
		memset(kernel_left(core, slot), 0, COUNTERS_LEFT);
	p->has_left = false;
}

static void share_add(struct rtpe_offload_share *s, const struct rtpe_counters *c)
{
	s->rx_packets += load(&c->rx_packets);
	s->rx_bytes += load(&c->rx_bytes);
	s->rx_errors += load(&c->rx_errors);
	s->tx_errors += load(&c->tx_errors);
	latest(&s->last_rx_us, load(&c->last_rx_us));
}

int rtpe_counters_sum(struct rtpe_core *core, rtpe_u32 slot, struct rtpe_counters *sum,
		      struct rtpe_offload_share *share)
{
	struct rtpe_offload_share part = { 0 };
	struct kernel *k = core->kernel;
	const struct rtpe_counters *c;
	struct kernel_port *p;
	uint32_t changed = 0;

	if (slot >= core->opts.max_slots)
		return -EBADF;
	if (share)
		*share = part;
	if (!k || !k->info[slot].counted) {
		memcpy(sum, &core->counters[slot], sizeof(*sum));
		return 0;
	}
	p = &k->ports[slot];
	c = kernel_counters(k, slot);
	read_own(&core->counters[slot], &k->back[slot], sum);
	if (c && p->ruled)
		tracks_join(sum->ssrc, c->ssrc, &changed);
	if (c) {
		add(sum, c);
		share_add(&part, c);
	}
	if (p->has_left) {
		add(sum, kernel_left(core, slot));
		share_add(&part, kernel_left(core, slot));
	}
	if (share)
		*share = part;
	return 0;
}

rtpe_u64 rtpe_counters_last_rx(struct rtpe_core *core, rtpe_u32 slot)
{
	struct kernel *k = core->kernel;
	const struct rtpe_counters *c;
	rtpe_u64 last;

	if (slot >= core->opts.max_slots)
		return 0;
	last = load(&core->counters[slot].last_rx_us);
	if (!k || !k->info[slot].counted)
		return last;
	c = kernel_counters(k, slot);
	if (c)
		latest(&last, load(&c->last_rx_us));
	if (k->ports[slot].has_left)
		latest(&last, kernel_left(core, slot)->last_rx_us);
	return last;
}
