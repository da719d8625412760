/* SPDX-License-Identifier: MIT */
/*
 * A party moves from one of our ports to another (ICE), under the same keys: its
 * rollover counters and ours towards it go along, and so do replay windows.
 * Without that it could not be understood once a sequence number has rolled
 * over, and our packets would use key streams again.
 */
#include <errno.h>
#include <string.h>

#include "kernel.h"
#include "secure.h"

static void merge_window(struct rtpe_srtp_window *to, const struct rtpe_srtp_window *from)
{
	if (from->seen[0] & 1)
		rtpe_srtp_merge(to, from);
}

static void merge(const struct srtp_table *table, const struct rtpe_srtp_state *states)
{
	rtpe_u32 hint = 0;

	for (unsigned i = 0; i < RTPE_SRTP_STREAMS; i++) {
		const struct rtpe_srtp_state *from = &states[i];
		struct rtpe_srtp_state *to;

		if (!from->key)
			continue;
		to = srtp_take(table, from->key, from->ssrc, &hint);
		if (!to)
			continue;
		merge_window(&to->rtp, &from->rtp);
		merge_window(&to->rtcp, &from->rtcp);
	}
}

static void take_over(struct slot *slot, const struct rtpe_srtp_port *past)
{
	const struct srtp_table rx = {
		.states = slot->srtp->rx, .clock = &slot->srtp->rx_clock, .from = slot->index,
	};
	const struct srtp_table tx = {
		.states = slot->srtp->tx, .clock = &slot->srtp->tx_clock,
		.lock = &slot->srtp_lock, .from = RTPE_NO_SLOT,
	};

	merge(&rx, past->rx);
	srtp_table_lock(&tx);
	merge(&tx, past->tx);
	srtp_table_unlock(&tx);
}

int rtpe_srtp_move(struct rtpe_core *core, rtpe_u32 from, rtpe_u32 to)
{
	struct slot *a = slot_of(core, from), *b = slot_of(core, to);
	struct rtpe_srtp_port past;
	const struct rule *rule;
	rtpe_u32 index;
	int err;

	if (!a || !b)
		return -EBADF;
	if (a == b || !a->secured)
		return 0;
	/* A relay thread may be writing to what is received there. */
	rule = atomic_load(&b->rule);
	if (rule && rule->decrypt)
		return -EBUSY;
	err = secure_prepare(core, b);
	if (err)
		return err;
	memset(&past, 0, sizeof(past));
	secure_copy_received(a, past.rx);
	secure_copy_sent(a, past.tx);
	take_over(b, &past);
	if (kernel_srtp_read(core, a, &past))
		take_over(b, &past);
	index = __atomic_load_n(&a->srtp->srtcp_index, __ATOMIC_RELAXED);
	if (__atomic_load_n(&b->srtp->srtcp_index, __ATOMIC_RELAXED) < index)
		__atomic_store_n(&b->srtp->srtcp_index, index, __ATOMIC_RELAXED);
	return 0;
}
