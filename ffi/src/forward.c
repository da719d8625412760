/* SPDX-License-Identifier: MIT */
/*
 * What happens to one packet: classify, check and learn the source, count,
 * filter, punt, copy to the outputs.
 */
#include "classify.h"
#include "core.h"
#include "txq.h"

static void drop(struct packet *p, rtpe_u32 *why)
{
	COUNT(*why, 1);
	COUNT(p->slot->counters->rx_errors, 1);
}

/* STUN, DTLS and the unknown: for TypeScript or for nobody. Nothing is learned
 * from them here: only who checked their integrity may do that. */
static void not_media(struct thread *t, struct packet *p, const struct rule *rule,
		      unsigned class)
{
	if (class & rule->punt)
		event_punt(t, p, class);
	else
		drop(p, &p->slot->counters->drop_malformed);
}

static bool source_accepted(struct thread *t, struct packet *p)
{
	struct slot *slot = p->slot;
	unsigned out;

	if (remote_is_confirmed_as(slot, &p->src)) {
		if (slot->event_pending)
			event_remote(t, p, LEARN_CHANGED);
		return true;
	}
	remote_lock(slot);
	out = learn_packet(&slot->learn, &p->src, t->now);
	if (out & (LEARN_CHANGED | LEARN_CONFIRMED) || !slot->counters->learned)
		remote_publish(slot);
	remote_unlock(slot);
	if (out & (LEARN_CHANGED | LEARN_CONFIRMED) || slot->event_pending)
		event_remote(t, p, out);
	return out & LEARN_PASS;
}

static void track(struct thread *t, struct packet *p, const struct rule *rule)
{
	struct slot *slot = p->slot;
	struct arrival at = {
		.now = t->now, .wall = t->wall, .bytes = p->len, .rates = slot->rates,
	};

	if (stats_rtp(slot->counters->ssrc, slot->tracks, p->data, &at) &&
	    rule->punt & RTPE_CLASS_UNKNOWN_SSRC)
		event_punt(t, p, RTPE_CLASS_UNKNOWN_SSRC);
}

static bool payload_type_allowed(const struct rule *rule, const struct packet *p)
{
	unsigned pt = p->data[1] & 0x7f;

	return rule->pt_allow[pt / 32] >> pt % 32 & 1;
}

/* A private copy of the RTP header for an output that changes it. */
static bool rewrite(const struct out_rule *out, const struct packet *p, uint8_t *rtp)
{
	if (!(out->flags & (RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET)))
		return false;
	if (out->ssrc_in && out->ssrc_in != get32(p->data + 8))
		return false;
	memcpy(rtp, p->data, RTP_HEADER);
	put16(rtp + 2, (uint16_t)(get16(rtp + 2) + out->seq_offset));
	if (out->flags & RTPE_OUT_SSRC_REWRITE)
		put32(rtp + 8, out->ssrc_out);
	return true;
}

/* Returns whether the output had somewhere to send to. */
static bool output(struct thread *t, struct packet *p, const struct out_rule *out,
		   unsigned class)
{
	struct slot *to = out->slot;
	struct rtpe_addr remote;
	const struct rtpe_addr *dst = &out->dst;
	uint8_t rtp[RTP_HEADER];
	bool changed;

	/* Closed since, or opened again for somebody else. */
	if (atomic_load_explicit(&to->generation, memory_order_acquire) != out->generation)
		return false;
	if (atomic_load_explicit(&to->hold, memory_order_relaxed))
		return false;
	if (out->flags & RTPE_OUT_FOLLOW) {
		remote = remote_read(to);
		dst = &remote;
	}
	if (dst->family == 0)
		return false;
	if (dst->family != to->local.family || !addr_sendable(dst)) {
		COUNT_SHARED(to->counters->tx_errors, 1);
		return true;
	}
	changed = class == RTPE_CLASS_RTP && rewrite(out, p, rtp);
	txq_add(t, to, dst, out->tos_set ? out->tos : p->tos, p, changed ? rtp : NULL);
	return true;
}

/* A port that was opened and has no rule yet, or lost it. */
static void forward_nowhere(struct packet *p)
{
	struct rtpe_counters *c = p->slot->counters;

	if (atomic_load_explicit(&p->slot->restoring, memory_order_acquire))
		return;
	COUNT(c->rx_packets, 1);
	COUNT(c->rx_bytes, p->len);
	drop(p, &c->drop_no_rule);
}

void forward(struct thread *t, struct packet *p)
{
	struct slot *slot = p->slot;
	struct rtpe_counters *c = slot->counters;
	const struct rule *rule = atomic_load_explicit(&slot->rule, memory_order_acquire);
	unsigned class;
	bool handled;

	if (!rule) {
		forward_nowhere(p);
		return;
	}
	COUNT(c->rx_packets, 1);
	COUNT(c->rx_bytes, p->len);
	class = classify(p->data, p->len, rule->flags, rule->punt);
	if (!(class & (RTPE_CLASS_RTP | RTPE_CLASS_RTCP)) &&
	    !(class == RTPE_CLASS_OTHER && rule->flags & RTPE_RULE_OPAQUE)) {
		not_media(t, p, rule, class);
		return;
	}
	if (!source_accepted(t, p)) {
		drop(p, &c->drop_source);
		if (rule->punt & RTPE_CLASS_BAD_SOURCE)
			event_punt(t, p, RTPE_CLASS_BAD_SOURCE);
		return;
	}
	__atomic_store_n(&c->last_rx_us, t->wall, __ATOMIC_RELAXED);
	__atomic_store_n(&c->rx_tos, p->tos, __ATOMIC_RELAXED);
	if (atomic_load_explicit(&slot->hold, memory_order_relaxed))
		atomic_store_explicit(&slot->hold, 0, memory_order_relaxed);
	if (class == RTPE_CLASS_RTP && rule->flags & RTPE_RULE_TRACK_SSRC)
		track(t, p, rule);
	if (rule->flags & RTPE_RULE_BLACKHOLE) {
		drop(p, &c->drop_filtered);
		return;
	}
	if (class == RTPE_CLASS_RTP && !payload_type_allowed(rule, p)) {
		drop(p, &c->drop_filtered);
		if (rule->punt & RTPE_CLASS_FILTERED_PT)
			event_punt(t, p, RTPE_CLASS_FILTERED_PT);
		return;
	}
	handled = rule->punt & class;
	if (handled)
		event_punt(t, p, class);
	for (uint32_t i = 0; i < rule->n_outputs; i++)
		if (rule->outputs[i].match & class)
			handled |= output(t, p, &rule->outputs[i], class);
	if (!handled)
		drop(p, &c->drop_no_rule);
}
