/* SPDX-License-Identifier: MIT */
/*
 * RTP and RTCP on one port (RFC 5761) on one side, on two on the other, in all
 * packet types and in reduced size (RFC 5506).
 */
#include <string.h>

#include "addr.h"
#include "classify.h"
#include "conform.h"

/* One peer that muxes, and one that does not. */
struct mux {
	struct rtpe_core *core;
	int slot, rtp_slot, rtcp_slot;
	struct rtpe_addr at, rtp_at, rtcp_at;
	int peer, rtp_peer, rtcp_peer;
};

static void start(struct mux *m)
{
	struct rules r;

	m->core = core_with_flags(conform_mode, 2, conform_flags);
	m->at = addr_of("127.0.0.1", 40000);
	m->rtp_at = addr_of("127.0.0.2", 40002);
	m->rtcp_at = addr_of("127.0.0.2", 40003);
	m->slot = open_port(m->core, "127.0.0.1", 40000);
	m->rtp_slot = open_port(m->core, "127.0.0.2", 40002);
	m->rtcp_slot = open_port(m->core, "127.0.0.2", 40003);
	m->peer = peer_open("127.0.0.1", 0);
	m->rtp_peer = peer_open("127.0.0.2", 0);
	m->rtcp_peer = peer_open("127.0.0.2", 0);
	rules_init(&r);
	r.rule.flags = RTPE_RULE_RTCP_MUX | RTPE_RULE_TRACK_SSRC;
	r.rule.remote = peer_addr(m->peer);
	rules_follow(&r, m->rtp_slot)->match = RTPE_CLASS_RTP;
	rules_follow(&r, m->rtcp_slot)->match = RTPE_CLASS_RTCP;
	CHECK_EQ(rules_set(m->core, m->slot, &r), 0);
	rules_init(&r);
	r.rule.remote = peer_addr(m->rtp_peer);
	rules_follow(&r, m->slot)->match = RTPE_CLASS_RTP;
	CHECK_EQ(rules_set(m->core, m->rtp_slot, &r), 0);
	rules_init(&r);
	r.rule.flags = RTPE_RULE_RTCP;
	r.rule.remote = peer_addr(m->rtcp_peer);
	rules_follow(&r, m->slot)->match = RTPE_CLASS_RTCP;
	CHECK_EQ(rules_set(m->core, m->rtcp_slot, &r), 0);
}

static void stop(struct mux *m)
{
	rtpe_core_free(m->core);
	peer_close(m->peer);
	peer_close(m->rtp_peer);
	peer_close(m->rtcp_peer);
}

/* Sent from one socket to a port, it comes out at the other, as it was. */
static void crosses(int from, const struct rtpe_addr *to, int at, const uint8_t *p, size_t n)
{
	uint8_t got[300];

	peer_send(from, to, p, n);
	CHECK_EQ(peer_receive(at, got, sizeof(got), NULL, NULL), n);
	CHECK(memcmp(got, p, n) == 0);
}

/* The smallest packet of a type; returns its length. */
static size_t make_type(uint8_t *p, unsigned type)
{
	size_t n = 8;
	unsigned count = 0;

	if (type == 200)
		n = 28;
	else if (type == 202)
		n = 12, count = 1;
	else if (type == 203)
		count = 1;
	else if (type >= 204 && type <= 206)
		n = 12;
	memset(p, 0, n);
	p[0] = (uint8_t)(0x80 | count);
	p[1] = (uint8_t)type;
	put16(p + 2, (uint16_t)(n / 4 - 1));
	put32(p + 4, 0xabcd);
	return n;
}

static void test_types(void)
{
	struct mux m;
	uint8_t p[100];

	start(&m);
	for (unsigned type = 192; type <= 223; type++) {
		/* Alone: reduced size. Then behind a report. */
		size_t n = make_type(p, type), report;

		crosses(m.peer, &m.at, m.rtcp_peer, p, n);
		crosses(m.rtcp_peer, &m.rtcp_at, m.peer, p, n);
		report = make_type(p, 201);
		n = report + make_type(p + report, type);
		crosses(m.peer, &m.at, m.rtcp_peer, p, n);
		crosses(m.rtcp_peer, &m.rtcp_at, m.peer, p, n);
	}
	/* Nothing of it was taken for RTP. */
	CHECK_EQ(counters_of(m.core, m.slot)->rx_packets, 64);
	CHECK_EQ(counters_of(m.core, m.slot)->rx_errors, 0);
	CHECK_EQ(counters_of(m.core, m.slot)->ssrc[0].in_use, 0);
	CHECK_EQ(counters_of(m.core, m.rtp_slot)->tx_packets, 0);
	stop(&m);
}

static void test_rtp(void)
{
	struct mux m;
	uint8_t p[172];

	start(&m);
	make_rtp(p, sizeof(p), 1, 7);
	/* With the marker, payload types 63 and 96 are the neighbours of RTCP. */
	for (unsigned second = 0; second < 256; second++) {
		unsigned pt = second & 0x7f;

		if ((second >= 192 && second <= 223) || (pt >= 72 && pt <= 76))
			continue;
		p[1] = (uint8_t)second;
		crosses(m.peer, &m.at, m.rtp_peer, p, sizeof(p));
		crosses(m.rtp_peer, &m.rtp_at, m.peer, p, sizeof(p));
	}
	CHECK_EQ(counters_of(m.core, m.rtcp_slot)->tx_packets, 0);
	stop(&m);
}

static void test_ambiguous(void)
{
	struct mux m;
	uint8_t p[172];

	start(&m);
	make_rtp(p, sizeof(p), 1, 7);
	/* RTP of payload types 64 to 95 with the marker: on a shared port that is
	 * RTCP that does not add up; on a port of its own, RTP. */
	for (unsigned second = 192; second <= 223; second++) {
		unsigned pt = second & 0x7f;

		p[1] = (uint8_t)second;
		peer_send(m.peer, &m.at, p, sizeof(p));
		if (pt < 72 || pt > 76)
			crosses(m.rtp_peer, &m.rtp_at, m.peer, p, sizeof(p));
	}
	wait_rx(m.core, m.slot, 32);
	CHECK_EQ(counters_of(m.core, m.slot)->drop_malformed, 32);
	CHECK_EQ(counters_of(m.core, m.rtp_slot)->tx_packets, 0);
	CHECK_EQ(counters_of(m.core, m.rtcp_slot)->tx_packets, 0);
	/* And RTP on the port that is RTCP's. */
	p[1] = 8;
	peer_send(m.rtcp_peer, &m.rtcp_at, p, sizeof(p));
	wait_rx(m.core, m.rtcp_slot, 1);
	CHECK_EQ(counters_of(m.core, m.rtcp_slot)->drop_malformed, 1);
	stop(&m);
}

const struct test conform_mux_tests[] = {
	{ "RTCP types 192 to 223 pass from one port to two and back, alone or not", test_types },
	{ "RTP passes from one port to two and back, whatever its type and marker", test_rtp },
	{ "what could be either is RTCP where both share a port", test_ambiguous },
	END_OF_TESTS,
};
