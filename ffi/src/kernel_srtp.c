/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of SRTP goes with a stream: to the module before its rule,
 * back before the rule is cleared and once more after, and once more a tick
 * later in either case. Both sides merge, so that it does not matter how often
 * they are told. See rtpe_kernel.h.
 *
 * From before a stream goes until after it is back the relay thread asks the
 * module before each RTP packet that comes to it all the same, claims it there
 * once it is authentic, and tells what has been sent: of a packet and its twin
 * one of them takes the first, and both refuse the second.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "secure.h"

static bool is_used(const struct rtpe_srtp_state *st)
{
	return st->key && st->rtp.seen[0] & 1;
}

/* ---- to the module ------------------------------------------------------------ */

static uint32_t place_of(const struct kernel *k, const struct rtpe_core *core, uint32_t slot)
{
	uint32_t place = slot < core->opts.max_slots ? k->ports[slot].place : 0;

	return place ? place - 1 : RTPE_NO_SLOT;
}

static int put(struct rtpe_core *core, const struct slot *slot,
	       const struct rtpe_srtp_state *states, bool sent)
{
	struct rtpe_kernel_srtp list[RTPE_SRTP_STREAMS];
	struct kernel *k = core->kernel;
	uint32_t n = 0;

	memset(list, 0, sizeof(list));
	for (unsigned i = 0; i < RTPE_SRTP_STREAMS; i++) {
		if (!is_used(&states[i]))
			continue;
		list[n].sent = sent;
		list[n].state = states[i];
		list[n++].state.from = place_of(k, core, states[i].from);
	}
	if (!n)
		return 0;
	return kernel_tell(k, RTPE_KERNEL_SRTP_PUT, k->ports[slot->index].place - 1, list,
			   n * (uint32_t)sizeof(list[0]));
}

/* The relay thread notes what it has opened before it has claimed it: if the module
 * heard of that from here first, it would take the packet for its own twin. */
static void forget_asked(const struct slot *slot, uint32_t key, struct rtpe_srtp_state *states)
{
	uint64_t asking;

	/* Pairs with the fence in kernel_catch_up(). */
	atomic_thread_fence(memory_order_acquire);
	asking = atomic_load_explicit(&slot->asking, memory_order_relaxed);
	for (unsigned i = 0; asking && i < RTPE_SRTP_STREAMS; i++) {
		struct rtpe_srtp_window *w = &states[i].rtp;

		if (states[i].key == key && states[i].ssrc == (uint32_t)(asking >> 16))
			rtpe_srtp_forget(w, rtpe_srtp_guess(w, (uint16_t)asking));
	}
}

int kernel_srtp_put(struct rtpe_core *core, struct slot *slot)
{
	const struct rule *rule = atomic_load(&slot->rule);
	struct rtpe_srtp_state states[RTPE_SRTP_STREAMS];
	int err = 0;

	if (rule->decrypt) {
		secure_copy_received(slot, states);
		forget_asked(slot, srtp_key(rule->decrypt), states);
		err = put(core, slot, states, false);
	}
	for (uint32_t i = 0; i < rule->n_outputs && !err; i++) {
		const struct out_rule *out = &rule->outputs[i];

		if (!out->encrypt || !core->kernel->ports[out->slot->index].place)
			continue;
		secure_copy_sent(out->slot, states);
		err = put(core, out->slot, states, true);
	}
	return err;
}

/* ---- and back ----------------------------------------------------------------- */

static bool read_back(const struct kernel *k, uint32_t slot, struct rtpe_srtp_port *m)
{
	uint32_t place = k->ports[slot].place;

	return place && k->fd >= 0 && pread(k->fd, m, sizeof(*m), place - 1) == sizeof(*m);
}

bool kernel_srtp_read(const struct rtpe_core *core, const struct slot *slot,
		      struct rtpe_srtp_port *m)
{
	return core->kernel && read_back(core->kernel, slot->index, m);
}

static void merge(const struct srtp_table *table, const struct rtpe_srtp_state *states)
{
	rtpe_u32 hint = 0;

	for (unsigned i = 0; i < RTPE_SRTP_STREAMS; i++) {
		struct rtpe_srtp_state *own;

		if (!is_used(&states[i]))
			continue;
		own = srtp_take(table, states[i].key, states[i].ssrc, &hint);
		if (own)
			rtpe_srtp_merge(&own->rtp, &states[i].rtp);
	}
}

/* SSRCs of packets sent from a port. */
static void merge_sent(struct slot *slot, const struct rtpe_srtp_state *states)
{
	const struct srtp_table table = {
		.states = slot->srtp->tx, .clock = &slot->srtp->tx_clock,
		.lock = &slot->srtp_lock, .from = RTPE_NO_SLOT,
	};

	srtp_table_lock(&table);
	merge(&table, states);
	srtp_table_unlock(&table);
}

void kernel_srtp_merge_received(struct slot *slot, const struct rtpe_srtp_state *states)
{
	const struct srtp_table table = {
		.states = slot->srtp->rx, .clock = &slot->srtp->rx_clock, .from = slot->index,
	};

	merge(&table, states);
}

static void take_sent(const struct kernel *k, const struct rule *rule)
{
	struct rtpe_srtp_port m;

	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		struct slot *to = rule->outputs[i].slot;

		if (rule->outputs[i].encrypt &&
		    atomic_load(&to->generation) == rule->outputs[i].generation &&
		    read_back(k, to->index, &m))
			merge_sent(to, m.tx);
	}
}

void kernel_srtp_take(struct rtpe_core *core, struct slot *slot)
{
	const struct rule *rule = atomic_load(&slot->rule);
	struct kernel *k = core->kernel;
	struct rtpe_srtp_port m;

	if (!rule)
		return;
	if (rule->decrypt && read_back(k, slot->index, &m))
		kernel_hand_back_srtp(k, slot, m.rx);
	take_sent(k, rule);
}

void kernel_catch_up(struct thread *t, struct slot *slot, const struct rule *rule,
		     uint32_t ssrc, uint16_t seq)
{
	const struct kernel *k = t->core->kernel;
	struct rtpe_srtp_port m;

	atomic_store_explicit(&slot->asking, KERNEL_ASKING | (uint64_t)ssrc << 16 | seq,
			      memory_order_relaxed);
	/* Whoever sees what is noted from here on sees that, too. */
	atomic_thread_fence(memory_order_release);
	if (rule->decrypt && read_back(k, slot->index, &m))
		kernel_srtp_merge_received(slot, m.rx);
	take_sent(k, rule);
}

/* One SSRC, by a relay thread: k->message is not its. */
static int tell_one(const struct rtpe_core *core, const struct slot *slot, uint16_t type,
		    const struct rtpe_srtp_state *state, bool sent)
{
	struct {
		struct rtpe_kernel_msg head;
		struct rtpe_kernel_srtp one;
	} m = { .one.sent = sent, .one.state = *state };
	const struct kernel *k = core->kernel;
	uint32_t place = k->ports[slot->index].place;

	if (!place || k->fd < 0)
		return -ENODEV;
	m.head.size = sizeof(m);
	m.head.version = RTPE_KERNEL_VERSION;
	m.head.type = type;
	m.head.slot = place - 1;
	m.one.state.from = place_of(k, core, state->from);
	return kernel_write(k->fd, &m, sizeof(m)) < 0 ? -errno : 0;
}

bool kernel_claim(struct thread *t, struct slot *slot, const struct rule *rule,
		  uint32_t ssrc, uint16_t seq)
{
	const struct srtp_table table = { .states = slot->srtp->rx };
	rtpe_u32 hint = 0;
	const struct rtpe_srtp_state *own =
		srtp_find(&table, srtp_key(rule->decrypt), ssrc, &hint);
	struct rtpe_srtp_state claimed;
	int err;

	if (!own)
		return true;
	claimed = *own;
	/* It has just been noted, so that this is its index. */
	claimed.rtp.top = rtpe_srtp_guess(&own->rtp, seq);
	err = tell_one(t->core, slot, RTPE_KERNEL_SRTP_CLAIM, &claimed, false);
	/* What cannot be told now is told at the next tick. */
	atomic_store_explicit(&slot->asking, 0, memory_order_release);
	return err != -EALREADY;
}

void kernel_tell_sent(struct thread *t, const struct rule *rule, uint32_t ssrc)
{
	struct rtpe_srtp_state states[RTPE_SRTP_STREAMS];

	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		struct slot *to = rule->outputs[i].slot;

		if (!rule->outputs[i].encrypt ||
		    atomic_load(&to->generation) != rule->outputs[i].generation)
			continue;
		secure_copy_sent(to, states);
		/* What cannot be told now is told at the next tick. */
		for (unsigned n = 0; n < RTPE_SRTP_STREAMS; n++)
			if (states[n].ssrc == ssrc && is_used(&states[n]))
				tell_one(t->core, to, RTPE_KERNEL_SRTP_PUT, &states[n], true);
	}
}
