/* SPDX-License-Identifier: MIT */
/*
 * What happens to one packet: classify, check and learn the source, count,
 * filter, punt, copy to the outputs.
 */
#include "capture.h"
#include "classify.h"
#include "core.h"
#include "edit.h"
#include "kernel_mark.h"
#include "rtcp_names.h"
#include "secure.h"
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
	if (out & (LEARN_CHANGED | LEARN_CONFIRMED))
		kernel_wake(t->core, slot);
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

	stats_payload(slot->counters, p->data[1] & 0x7f, 1, p->len);
	if (!stats_rtp(slot->counters->ssrc, slot->tracks, p->data, &at))
		return;
	slot_publish_ssrcs(slot);
	if (rule->punt & RTPE_CLASS_UNKNOWN_SSRC)
		event_punt(t, p, RTPE_CLASS_UNKNOWN_SSRC);
}

static bool payload_type_allowed(const struct rule *rule, const struct packet *p)
{
	unsigned pt = p->data[1] & 0x7f;

	return rule->pt_allow[pt / 32] >> pt % 32 & 1;
}

/* What came of one output. */
enum { OUT_NOWHERE = 0, OUT_TAKEN = 1, OUT_MUTED = 2 };

static unsigned output(struct thread *t, struct packet *p, const struct rule *rule,
		       const struct out_rule *out, unsigned class)
{
	struct slot *to = out->slot;
	struct rtpe_addr remote;
	const struct rtpe_addr *dst = &out->dst;
	const uint8_t *data = p->data;
	uint32_t len = p->len;
	uint8_t rtp[RTP_HEADER], *header = NULL;
	bool owned = false;		/* data lies in room of ours */

	/* Closed since, or opened again for somebody else. */
	if (atomic_load_explicit(&to->generation, memory_order_acquire) != out->generation)
		return OUT_NOWHERE;
	if (atomic_load_explicit(&to->hold, memory_order_relaxed))
		return OUT_NOWHERE;
	if (out->flags & RTPE_OUT_FOLLOW) {
		remote = remote_read(to);
		dst = &remote;
	}
	if (dst->family == 0)
		return OUT_NOWHERE;
	if (dst->family != to->local.family || !addr_sendable(dst)) {
		COUNT_SHARED(to->counters->tx_errors, 1);
		return OUT_TAKEN;
	}
	if (out->flags & RTPE_OUT_AS_RECEIVED) {
		data = p->sealed;
		len = p->sealed_len;
	} else if (class == RTPE_CLASS_RTP && out->flags & EDIT_FLAGS) {
		data = edit_rtp(t, rule, out, p, &len);
		owned = true;
	} else if (p->fleeting ||
		   (out->encrypt && class == RTPE_CLASS_RTP && edit_wanted(out, get32(p->data + 8)))) {
		data = edit_copy(t, out, p, class);
		owned = true;
	} else if (class == RTPE_CLASS_RTP && edit_wanted(out, get32(p->data + 8))) {
		/* A private copy of the header will do. */
		memcpy(rtp, p->data, RTP_HEADER);
		edit_header(out, rtp);
		header = rtp;
	}
	if (data && out->encrypt)
		data = secure_seal(t, out, class, data, owned, &len);
	if (!data)
		return OUT_MUTED;
	txq_add(t, to, dst, out->tos_set ? out->tos : p->tos, data, len, header);
	return OUT_TAKEN;
}

static bool heard_by(const struct slot *slot, uint32_t ssrc)
{
	for (unsigned i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (ssrc && atomic_load_explicit(&slot->heard[i], memory_order_relaxed) == ssrc)
			return true;
	return false;
}

/* The sections a compound RTCP packet is about: those of the streams its sender
 * sends, and those whose streams it receives; all when it names none we know. */
static unsigned rtcp_sections(const struct rule *rule, const struct packet *p)
{
	struct rtcp_names names;
	unsigned sections = 0;

	rtcp_names(&names, p->data, p->len);
	for (uint32_t i = 0; i < names.n_own; i++) {
		unsigned s = bundle_section_of_ssrc(rule->bundle, names.own[i]);

		sections |= s == NO_SECTION ? 0 : 1u << s;
	}
	for (uint32_t i = 0; i < names.n_heard; i++)
		for (uint32_t k = 0; k < rule->n_outputs; k++)
			if (rule->outputs[k].sections != SECTIONS_ALL &&
			    heard_by(rule->outputs[k].slot, names.heard[i]))
				sections |= rule->outputs[k].sections;
	return sections ? sections : SECTIONS_ALL;
}

static bool same_place(const struct out_rule *a, const struct out_rule *b)
{
	if (a->slot != b->slot || (a->flags ^ b->flags) & RTPE_OUT_FOLLOW)
		return false;
	return a->flags & RTPE_OUT_FOLLOW || addr_equal(&a->dst, &b->dst);
}

/* Whether output i would send RTCP where an earlier output has: a report about
 * two sections that share the far port, too, is one report. */
static bool sent_before(const struct rule *rule, uint32_t i, unsigned class, unsigned sections)
{
	for (uint32_t k = 0; k < i; k++)
		if (rule->outputs[k].match & class && rule->outputs[k].sections & sections &&
		    same_place(&rule->outputs[k], &rule->outputs[i]))
			return true;
	return false;
}

/* Outputs of a rule with a bundle. */
static unsigned outputs_bundled(struct thread *t, struct packet *p, const struct rule *rule,
				unsigned class)
{
	unsigned sections, done = 0;

	if (class == RTPE_CLASS_RTP) {
		sections = bundle_section(rule->bundle, p->data, t->now);
		sections = sections == NO_SECTION ? SECTION_NONE : 1u << sections;
	} else {
		sections = rtcp_sections(rule, p);
	}
	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		const struct out_rule *out = &rule->outputs[i];

		if (!(out->match & class && out->sections & sections))
			continue;
		if (class == RTPE_CLASS_RTCP && sent_before(rule, i, class, sections))
			continue;
		done |= output(t, p, rule, out, class);
	}
	return done;
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
	uint8_t kernel = atomic_load_explicit(&slot->kernel, memory_order_relaxed);
	unsigned class, done = 0;
	rtpe_u32 *why;
	bool keyed;

	if (captured(slot))
		capture_received(t, p);
	if (!rule) {
		forward_nowhere(p);
		return;
	}
	if (kernel)
		kernel_met(t, slot);
	COUNT(c->rx_packets, 1);
	COUNT(c->rx_bytes, p->len);
	class = classify(p->data, p->len,
			 rule->flags | (rule->decrypt ? CLASSIFY_SEALED : 0), rule->punt);
	if (!(class & (RTPE_CLASS_RTP | RTPE_CLASS_RTCP)) &&
	    !(class == RTPE_CLASS_OTHER && rule->flags & RTPE_RULE_OPAQUE)) {
		not_media(t, p, rule, class);
		return;
	}
	keyed = kernel & KERNEL_KEYED && class == RTPE_CLASS_RTP && p->len >= RTP_HEADER;
	if (keyed)
		kernel_catch_up(t, slot, rule, get32(p->data + 8), get16(p->data + 2));
	/* Before anything is learned or counted from it. */
	p->fleeting = false;
	if (rule->decrypt) {
		why = secure_open(t, p, rule, class);
		if (why) {
			drop(p, why);
			return;
		}
		if (keyed && !kernel_claim(t, slot, rule, get32(p->data + 8),
					   get16(p->data + 2))) {
			drop(p, &c->drop_replay);
			return;
		}
	}
	if (!source_accepted(t, p)) {
		drop(p, &c->drop_source);
		if (rule->punt & RTPE_CLASS_BAD_SOURCE)
			event_punt(t, p, RTPE_CLASS_BAD_SOURCE);
		return;
	}
	__atomic_store_n(&c->last_rx_us, t->wall, __ATOMIC_RELAXED);
	__atomic_store_n(&c->rx_tos, p->tos, __ATOMIC_RELAXED);
	if (atomic_load_explicit(&slot->hold, memory_order_relaxed)) {
		atomic_store_explicit(&slot->hold, 0, memory_order_relaxed);
		kernel_wake(t->core, slot);
	}
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
	if (class == RTPE_CLASS_RTP && rule->shortest &&
	    edit_too_short(rule->shortest, p->data, p->len)) {
		drop(p, &c->drop_filtered);
		return;
	}
	if (rule->punt & class) {
		event_punt(t, p, class);
		done = OUT_TAKEN;
	} else if (kernel & KERNEL_RULED) {
		kernel_stray(t, slot);
	}
	if (rule->bundle)
		done |= outputs_bundled(t, p, rule, class);
	else
		for (uint32_t i = 0; i < rule->n_outputs; i++)
			if (rule->outputs[i].match & class)
				done |= output(t, p, rule, &rule->outputs[i], class);
	if (keyed)
		kernel_tell_sent(t, rule, get32(p->data + 8));
	if (!(done & OUT_TAKEN))
		drop(p, done & OUT_MUTED ? &c->drop_filtered : &c->drop_no_rule);
}
