/* SPDX-License-Identifier: MIT */
/*
 * Packets that are changed on their way, in numbers and sizes that strain the
 * queue they leave by. What each change is: ext_test.c and tests/relay.
 */
#include <string.h>

#include "addr.h"
#include "classify.h"
#include "conform.h"

enum { OUTPUTS = 8, PACKETS = 64 };

/* Outputs that differ in what they do to the same packet. */
static void edits(struct pair *p)
{
	p->rule_a.rule.n_silence = 1;
	p->rule_a.rule.silence[0] = (struct rtpe_silence){ .payload_type = 8, .byte = 0xd5 };
	for (uint8_t i = 0; i < OUTPUTS; i++) {
		struct rtpe_output *o = i ? rules_follow(&p->rule_a, p->b) : &p->rule_a.out[0];

		o->flags |= RTPE_OUT_SSRC_REWRITE;
		o->ssrc_out = i;
		if (i & 1)
			o->flags |= RTPE_OUT_SILENCE;
		if (i & 2)
			o->flags |= RTPE_OUT_EXT_FILTER;
		if (i & 4) {
			o->flags |= RTPE_OUT_MID;
			o->mid_id = 4;
			o->mid_len = 4;
			memcpy(o->mid, "send", 4);
		}
	}
}

/* RTP with one extension element of identifier 1. */
static size_t make_extended(uint8_t *p, size_t n, uint16_t seq)
{
	make_rtp(p, n, seq, 0xabcd);
	p[0] |= 0x10;
	p[1] = 8;
	memcpy(p + 12, "\xbe\xde\0\1\x10\7\0\0", 8);
	memset(p + 20, (uint8_t)seq, n - 20);
	return n;
}

/* What output i made of it. */
static void check_edited(const uint8_t *got, size_t len, size_t n, uint16_t seq)
{
	uint32_t i = get32(got + 8);
	size_t head = i & 4 ? 24 : i & 2 ? 12 : 20;
	uint8_t byte = i & 1 ? 0xd5 : (uint8_t)seq;

	CHECK(i < OUTPUTS);
	CHECK_EQ(len, head + n - 20);
	CHECK(rtp_valid(got, len));
	CHECK_EQ(get16(got + 2), seq);
	for (size_t k = head; k < len; k++)
		CHECK_EQ(got[k], byte);
}

static void pass_edited(struct pair *p, size_t n, uint16_t packets)
{
	uint8_t buf[4096], got[4096];

	for (uint16_t seq = 0; seq < packets; seq++) {
		unsigned seen = 0;

		make_extended(buf, n, seq);
		peer_send(p->peer_a, &p->at_a, buf, n);
		for (int i = 0; i < OUTPUTS; i++) {
			int len = peer_receive(p->peer_b, got, sizeof(got), NULL, NULL);

			CHECK(len >= 12);
			check_edited(got, (size_t)len, n, seq);
			seen |= 1u << get32(got + 8);
		}
		CHECK_EQ(seen, (1u << OUTPUTS) - 1);
	}
}

static void test_sizes(void)
{
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	edits(&p);
	pair_rules(&p);
	pass_edited(&p, 20, 2);
	pass_edited(&p, 172, 2);
	pass_edited(&p, 3000, 2);
	pair_stop(&p);
	/* More than a raw socket may send of IPv6 at once. */
	pair_open(&p, "127.0.0.1", "::1");
	edits(&p);
	pair_rules(&p);
	pass_edited(&p, 1240, 2);
	pass_edited(&p, 172, 2);
	pair_stop(&p);
}

/* A batch of large packets needs more room than there is, several times. */
static void test_room(void)
{
	static uint8_t buf[32000], got[40000];
	struct pair p;
	unsigned received = 0;
	int len;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	edits(&p);
	pair_rules(&p);
	for (uint16_t seq = 0; seq < PACKETS / 8; seq++) {
		make_extended(buf, sizeof(buf), seq);
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	}
	while (received < PACKETS &&
	       (len = peer_receive(p.peer_b, got, sizeof(got), NULL, NULL)) > 0) {
		check_edited(got, (size_t)len, sizeof(buf), get16(got + 2));
		received++;
	}
	/* The socket of the peer may have been full. */
	CHECK(received > OUTPUTS);
	CHECK_EQ(counters_of(p.core, p.a)->rx_errors, 0);
	pair_stop(&p);
}

static void test_largest(void)
{
	static uint8_t buf[65507], got[65507];
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	edits(&p);
	/* With the MID there is no datagram that holds it. */
	p.rule_a.rule.n_outputs = 1;
	p.rule_a.out[0] = p.rule_a.out[4];
	pair_rules(&p);
	make_extended(buf, sizeof(buf), 1);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	wait_rx(p.core, p.a, 1);
	CHECK_EQ(counters_of(p.core, p.a)->drop_filtered, 1);
	make_extended(buf, sizeof(buf) - 4, 2);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf) - 4);
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(memcmp(got + 24, buf + 20, sizeof(buf) - 24) == 0);
	pair_stop(&p);
}

const struct test conform_edit_tests[] = {
	{ "each output changes its own copy, whatever its size and way", test_sizes },
	{ "more changed packets than there is room for still leave whole", test_room },
	{ "what grows beyond a datagram is dropped and counted", test_largest },
	END_OF_TESTS,
};
