/* SPDX-License-Identifier: MIT */
/*
 * Arbitrary packets over arbitrary valid rules, the whole way from forward()
 * to the system call. What comes in goes out, to the ring, or is counted as
 * dropped.
 *
 * Input: network script (4 bytes), then for slots 0 and 3 a rule (see
 * rule_read; what a rule does without takes no bytes), then packets: slot, source, TOS, time (2), length (2), bytes.
 */
#include <stdlib.h>

#include "classify.h"
#include "fake.h"
#include "txq.h"

enum { MAX_PACKETS = 24, MAX_LEN = 3000 };

struct rules {
	struct rtpe_rule rule;
	struct rtpe_output out[RTPE_MAX_OUTPUTS];
	struct rtpe_bundle room;
};

static struct rtpe_bundle bundle;

/* Sections of one-letter names, and which types are of a fixed size. */
static void bundle_read(struct rules *r, struct input *in)
{
	memset(&bundle, 0, sizeof(bundle));
	bundle.mid_extension = (rtpe_u8)input_u8(in);
	bundle.n_sections = (rtpe_u8)(1 + input_u8(in) % RTPE_MAX_SECTIONS);
	for (unsigned i = 0; i < bundle.n_sections; i++) {
		struct rtpe_section *s = &bundle.sections[i];

		s->mid_len = 1;
		s->mid[0] = (rtpe_u8)('a' + i);
		s->payload_types[0] = input_u32(in);
		s->payload_types[3] = input_u32(in);
		s->n_ssrcs = 1;
		s->ssrcs[0] = input_u8(in) << 8 | i;
	}
	if (input_u8(in) & 1)
		r->rule.flags |= RTPE_RULE_BLOCK_SHORT;
	r->rule.block_short[0] = r->rule.block_short[3] = ~input_u32(in);
}

static void edits_read(struct rules *r, struct rtpe_output *o, struct input *in)
{
	if (o->flags & RTPE_OUT_SILENCE) {
		r->rule.n_silence = 1;
		r->rule.silence[0].payload_type = (rtpe_u8)(input_u8(in) & 127);
		r->rule.silence[0].byte = 0xd5;
		r->rule.silence_pass[3] = input_u32(in);
	}
	if (o->flags & RTPE_OUT_EXT_FILTER)
		o->ext_allow[0] = input_u32(in) & ~1u;
	if (o->flags & RTPE_OUT_MID) {
		o->mid_id = (rtpe_u8)(1 + input_u8(in) % 255);
		o->mid_len = (rtpe_u8)(1 + input_u8(in) % RTPE_MID_MAX);
	}
	if (o->flags & RTPE_OUT_SECTION)
		o->section = (rtpe_u8)(input_u8(in) % RTPE_MAX_SECTIONS);
}

static void rule_read(struct rtpe_core *core, unsigned slot, struct input *in)
{
	struct rules r;
	int err;

	memset(&r, 0, sizeof(r));
	r.rule.abi = RTPE_RULE_ABI;
	r.rule.flags = (rtpe_u16)input_u8(in);
	r.rule.punt = input_u8(in);
	r.rule.source_action = (rtpe_u8)(input_u8(in) % 3);
	r.rule.learning = (rtpe_u8)(input_u8(in) % 4);
	r.rule.learn_ms = input_u16(in);
	for (int i = 0; i < 4; i++)
		r.rule.pt_allow[i] = ~input_u32(in);
	if (input_u8(in) & 1) {
		r.rule.remote = fake_addr(slot);
		r.rule.remote.port = (rtpe_u16)input_u16(in);
	}
	if (r.rule.flags & RTPE_RULE_BUNDLE)
		bundle_read(&r, in);
	r.rule.n_outputs = input_u8(in) % (RTPE_MAX_OUTPUTS + 1);
	for (unsigned i = 0; i < r.rule.n_outputs; i++) {
		struct rtpe_output *o = &r.out[i];

		o->slot = input_u8(in) % FAKE_SLOTS;
		o->match = (rtpe_u16)input_u8(in);
		o->flags = (rtpe_u16)input_u8(in);
		o->dst = fake_addr(o->slot);
		o->dst.port = (rtpe_u16)input_u16(in);
		o->ssrc_in = input_u8(in);
		o->ssrc_out = input_u32(in);
		o->seq_offset = (rtpe_u16)input_u16(in);
		o->tos_set = input_u8(in) & 1;
		o->tos = (rtpe_u8)input_u8(in);
		edits_read(&r, o, in);
	}
	r.rule.size = (rtpe_u32)(sizeof(r.rule) + r.rule.n_outputs * sizeof(r.out[0]));
	if (r.rule.flags & RTPE_RULE_BUNDLE) {
		memcpy((uint8_t *)&r + r.rule.size, &bundle, sizeof(bundle));
		r.rule.size += (rtpe_u32)sizeof(bundle);
	}
	err = rtpe_rule_set(core, slot, &r, r.rule.size);
	REQUIRE(err == 0 || err == -22);
	rtpe_clock_rate_set(core, slot, (rtpe_u8)input_u8(in), input_u32(in) % 1000001);
}

static uint32_t drops(const struct rtpe_counters *c)
{
	return c->drop_source + c->drop_malformed + c->drop_filtered + c->drop_no_rule;
}

/* One packet in memory of its own length. Returns that. */
static uint8_t *packet_read(struct rtpe_core *core, struct packet *p, struct input *in)
{
	struct thread *t = core->threads;
	unsigned slot = input_u8(in) % FAKE_SLOTS, from = input_u8(in);
	uint8_t *data;

	memset(p, 0, sizeof(*p));
	p->slot = &core->slots[slot];
	p->src = fake_addr(slot);
	p->src.ip[3] = (rtpe_u8)(2 + from % 4);
	p->src.port = (rtpe_u16)(1 + from / 4);
	p->dst = p->slot->local;
	p->tos = (uint8_t)input_u8(in);
	t->now += input_u16(in) * (uint64_t)64;
	p->len = input_u16(in) % MAX_LEN;
	if (p->len > in->n)
		p->len = (uint32_t)in->n;
	data = malloc(p->len ? p->len : 1);
	REQUIRE(data);
	memcpy(data, in->p, p->len);
	in->p += p->len;
	in->n -= p->len;
	p->data = data;
	return data;
}

/* What this packet did to its slot's counters. */
static void packet_run(struct thread *t, struct packet *p)
{
	struct rtpe_counters *c = p->slot->counters, was = *c;
	uint32_t queued = t->txq->n;

	forward(t, p);
	REQUIRE(c->rx_packets == was.rx_packets + 1);
	REQUIRE(c->rx_bytes == was.rx_bytes + p->len);
	REQUIRE(drops(c) - drops(&was) <= 1);
	REQUIRE(c->rx_errors - was.rx_errors == drops(c) - drops(&was));
	if (c->rx_errors != was.rx_errors)
		REQUIRE(t->txq->n == queued);
	REQUIRE(!(c->remote_seq & 1));
	if (c->drop_source != was.drop_source || c->drop_malformed != was.drop_malformed)
		REQUIRE(c->last_rx_us == was.last_rx_us);
}

struct heard {
	uint64_t punts;
	uint64_t remotes;
};

static void ring_check(struct thread *t, struct heard *heard)
{
	static _Alignas(8) uint8_t buf[65536];
	uint32_t n = ring_take(&t->ring, buf, sizeof(buf));

	for (uint32_t at = 0; at < n;) {
		struct rtpe_event ev;

		REQUIRE(n - at >= sizeof(ev));
		memcpy(&ev, buf + at, sizeof(ev));
		REQUIRE(ev.len % 8 == 0 && ev.len <= n - at);
		REQUIRE(ev.len >= sizeof(ev) + ev.payload_len);
		REQUIRE(ev.slot < FAKE_SLOTS);
		if (ev.type == RTPE_EVENT_PUNT)
			heard->punts++;
		else
			heard->remotes++;
		REQUIRE(ev.type == RTPE_EVENT_PUNT || ev.type == RTPE_EVENT_REMOTE);
		at += ev.len;
	}
	REQUIRE(ring_empty(&t->ring));
}

static void tracks_check(const struct rtpe_counters *c)
{
	uint64_t packets = 0, bytes = 0;

	for (int i = 0; i < RTPE_SSRC_TRACKS; i++) {
		const struct rtpe_ssrc_counters *s = &c->ssrc[i];

		if (!s->in_use)
			continue;
		packets += s->packets;
		bytes += s->bytes;
		REQUIRE(s->payload_bytes + 12 * s->packets <= s->bytes);
		REQUIRE(s->first_us <= s->last_us);
		REQUIRE(s->clock_rate > 0 && s->payload_type < 128);
		REQUIRE(s->duplicates + s->reordered <= s->packets);
		for (int k = 0; k < i; k++)
			REQUIRE(!c->ssrc[k].in_use || c->ssrc[k].ssrc != s->ssrc);
	}
	REQUIRE(packets <= c->rx_packets && bytes <= c->rx_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct rtpe_core *core = fake_new();
	struct thread *t = core->threads;
	uint8_t *held[MAX_PACKETS];
	struct heard heard = { 0, 0 };
	uint64_t rx = 0, tx = 0, tx_bytes = 0, punted = 0;
	unsigned n = 0;

	fake_network(input_u32(&in));
	rule_read(core, 0, &in);
	rule_read(core, 3, &in);
	while (in.n && n < MAX_PACKETS) {
		held[n] = packet_read(core, &t->packets[n], &in);
		packet_run(t, &t->packets[n]);
		n++;
		ring_check(t, &heard);
	}
	txq_flush(t);
	REQUIRE(t->txq->n == 0);
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		const struct rtpe_counters *c = &core->counters[i];

		tracks_check(c);
		rx += c->rx_packets;
		tx += c->tx_packets;
		tx_bytes += c->tx_bytes;
		punted += c->punted;
	}
	REQUIRE(rx == n);
	REQUIRE(tx == fake_sent.packets && tx == t->tx_packets);
	REQUIRE(tx_bytes == fake_sent.bytes);
	REQUIRE(punted == heard.punts);
	while (n)
		free(held[--n]);
	fake_free(core);
	return 0;
}
