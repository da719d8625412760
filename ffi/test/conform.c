/* SPDX-License-Identifier: MIT */
#include "conform.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"

static void both_ways(const char *ip_a, const char *ip_b)
{
	struct pair p;
	uint8_t buf[172], got[300];
	struct rtpe_addr from;

	pair_start(&p, ip_a, ip_b);
	for (uint16_t i = 0; i < 10; i++)
		passes(&p, i);
	make_rtp(buf, sizeof(buf), 1, 5);
	peer_send(p.peer_b, &p.at_b, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), &from, NULL), sizeof(buf));
	CHECK(addr_equal(&from, &p.at_a));
	CHECK_EQ(counters_of(p.core, p.a)->rx_packets, 10);
	CHECK_EQ(counters_of(p.core, p.a)->rx_bytes, 1720);
	CHECK_EQ(counters_of(p.core, p.a)->rx_errors, 0);
	CHECK(counters_of(p.core, p.a)->last_rx_us > 1500000000000000);
	CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].packets, 10);
	CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].ssrc, 0xabcd);
	CHECK_EQ(counters_of(p.core, p.a)->confirmed, 1);
	CHECK_EQ(counters_of(p.core, p.a)->learned, 1);
	pair_stop(&p);
}

static void test_ipv4(void)
{
	both_ways("127.0.0.1", "127.0.0.2");
}

static void test_ipv6(void)
{
	both_ways("::1", "::1");
}

static void test_bridge(void)
{
	both_ways("127.0.0.1", "::1");
	both_ways("::1", "127.0.0.1");
}

static void test_tx_counters(void)
{
	struct pair p;
	struct timespec ms = { .tv_nsec = 1000000 };

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	passes(&p, 1);
	for (int i = 0; i < 500 && !counters_of(p.core, p.b)->tx_packets; i++)
		nanosleep(&ms, NULL);
	CHECK_EQ(counters_of(p.core, p.b)->tx_packets, 1);
	CHECK_EQ(counters_of(p.core, p.b)->tx_bytes, 172);
	CHECK(counters_of(p.core, p.b)->last_tx_us > 1500000000000000);
	pair_stop(&p);
}

static void test_fan_out(void)
{
	struct pair p;
	int slots[32], peers[32];
	uint8_t buf[172], got[300];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.n_outputs = 0;
	for (uint16_t i = 0; i < 32; i++) {
		struct rtpe_output *o;

		slots[i] = open_port(p.core, i & 1 ? "::1" : "127.0.0.3", (uint16_t)(42000 + 2 * i));
		peers[i] = peer_open(i & 1 ? "::1" : "127.0.0.3", 0);
		o = rules_follow(&p.rule_a, slots[i]);
		o->flags = 0;
		o->dst = peer_addr(peers[i]);
		if (i % 3 == 0) {
			o->flags = RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET;
			o->ssrc_out = 0x1000u + i;
			o->seq_offset = (uint16_t)(100 * i);
		}
	}
	pair_rules(&p);
	for (uint16_t seq = 65530; seq != 5; seq++) {
		make_rtp(buf, sizeof(buf), seq, 77);
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
		for (uint16_t i = 0; i < 32; i++) {
			uint8_t want[172];
			int changed = i % 3 == 0;

			make_rtp(want, sizeof(want),
				 changed ? (uint16_t)(seq + 100 * i) : seq,
				 changed ? 0x1000u + i : 77);
			memcpy(want + 12, buf + 12, sizeof(buf) - 12);
			CHECK_EQ(peer_receive(peers[i], got, sizeof(got), NULL, NULL), 172);
			CHECK(memcmp(got, want, 172) == 0);
		}
	}
	for (int i = 0; i < 32; i++)
		peer_close(peers[i]);
	pair_stop(&p);
}

static void test_ssrc_in(void)
{
	struct pair p;
	uint8_t buf[20], got[300];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].flags |= RTPE_OUT_SSRC_REWRITE;
	p.rule_a.out[0].ssrc_in = 0xabcd;
	p.rule_a.out[0].ssrc_out = 0x01020304;
	pair_rules(&p);
	make_rtp(buf, sizeof(buf), 1, 0xabcd);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(memcmp(got + 8, "\1\2\3\4", 4) == 0);
	CHECK(memcmp(got, buf, 8) == 0);
	pair_stop(&p);
}

static void test_ssrc_other(void)
{
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].flags |= RTPE_OUT_SSRC_REWRITE;
	p.rule_a.out[0].ssrc_in = 0x1111;
	p.rule_a.out[0].ssrc_out = 0x01020304;
	pair_rules(&p);
	passes(&p, 1);
	pair_stop(&p);
}

static void test_rtcp(void)
{
	struct pair p;
	uint8_t rtcp[8], rtp[172], got[300];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.flags |= RTPE_RULE_RTCP;
	p.rule_a.out[0].match = RTPE_CLASS_RTCP;
	pair_rules(&p);
	make_rtcp(rtcp, 9);
	peer_send(p.peer_a, &p.at_a, rtcp, 8);
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), 8);
	make_rtp(rtp, sizeof(rtp), 1, 1);
	peer_send(p.peer_a, &p.at_a, rtp, sizeof(rtp));
	wait_rx(p.core, p.a, 2);
	CHECK_EQ(counters_of(p.core, p.a)->drop_malformed, 1);
	CHECK(peer_silent(p.peer_b));
	pair_stop(&p);
}

static void test_mux(void)
{
	struct pair p;
	uint8_t rtcp[8], got[300];
	int rtcp_peer = peer_open("127.0.0.2", 0), rtcp_slot;

	/* RTP and RTCP arrive on one port and leave by two. */
	pair_open(&p, "127.0.0.1", "127.0.0.2");
	rtcp_slot = open_port(p.core, "127.0.0.2", 40003);
	p.rule_a.rule.flags |= RTPE_RULE_RTCP_MUX;
	p.rule_a.out[0].match = RTPE_CLASS_RTP;
	rules_follow(&p.rule_a, rtcp_slot);
	p.rule_a.out[1].match = RTPE_CLASS_RTCP;
	p.rule_a.out[1].flags = 0;
	p.rule_a.out[1].dst = peer_addr(rtcp_peer);
	pair_rules(&p);
	passes(&p, 1);
	make_rtcp(rtcp, 9);
	peer_send(p.peer_a, &p.at_a, rtcp, 8);
	CHECK_EQ(peer_receive(rtcp_peer, got, sizeof(got), NULL, NULL), 8);
	CHECK(peer_silent(p.peer_b));
	pair_stop(&p);
	peer_close(rtcp_peer);
}

static void test_strict(void)
{
	struct pair p;
	int third = peer_open("127.0.0.9", 0), other_port;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	other_port = peer_open("127.0.0.1", 0);
	p.rule_a.rule.source_action = RTPE_SOURCE_DROP;
	pair_rules(&p);
	passes(&p, 1);
	blocked_from(&p, third, 2);
	blocked_from(&p, other_port, 3);
	passes(&p, 4);
	CHECK_EQ(counters_of(p.core, p.a)->drop_source, 2);
	CHECK_EQ(counters_of(p.core, p.a)->rx_errors, 2);
	CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].packets, 2);
	pair_stop(&p);
	peer_close(third);
	peer_close(other_port);
}

static void test_ignore(void)
{
	struct pair p;
	int third = peer_open("127.0.0.9", 0);
	struct rtpe_addr want;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	passes(&p, 1);
	passes_from(&p, third, 2);
	want = peer_addr(p.peer_a);
	CHECK(addr_equal(&counters_of(p.core, p.a)->remote, &want));
	pair_stop(&p);
	peer_close(third);
}

static void test_handover(void)
{
	struct pair p;
	int third = peer_open("127.0.0.9", 0);
	uint8_t buf[172], got[300];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.source_action = RTPE_SOURCE_HANDOVER;
	pair_rules(&p);
	passes(&p, 1);
	passes_from(&p, third, 2);
	make_rtp(buf, sizeof(buf), 1, 5);
	peer_send(p.peer_b, &p.at_b, buf, sizeof(buf));
	CHECK_EQ(peer_receive(third, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(peer_silent(p.peer_a));
	pair_stop(&p);
	peer_close(third);
}

static void test_learned(void)
{
	struct pair p;
	uint8_t buf[172], got[300];

	/* The SDP names an address behind NAT; media comes from elsewhere. */
	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.remote = addr_of("192.168.1.10", 5004);
	pair_rules(&p);
	passes(&p, 1);
	make_rtp(buf, sizeof(buf), 1, 5);
	peer_send(p.peer_b, &p.at_b, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK_EQ(counters_of(p.core, p.a)->learned, 1);
	CHECK_EQ(counters_of(p.core, p.a)->confirmed, 0);
	pair_stop(&p);
}

static void test_remote_event(void)
{
	struct pair p;
	_Alignas(8) uint8_t buf[70000];
	struct rtpe_event ev;
	struct rtpe_addr want;
	struct timespec ms = { .tv_nsec = 1000000 };
	int n = 0;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	passes(&p, 1);
	for (int i = 0; i < 1000 && n == 0; i++) {
		n = rtpe_ring_drain(p.core, RTPE_RING_PUNT, buf, sizeof(buf));
		nanosleep(&ms, NULL);
	}
	CHECK_EQ(n, sizeof(ev));
	memcpy(&ev, buf, sizeof(ev));
	want = peer_addr(p.peer_a);
	CHECK_EQ(ev.type, RTPE_EVENT_REMOTE);
	CHECK_EQ(ev.slot, p.a);
	CHECK_EQ(ev.reason, 1);
	CHECK(addr_equal(&ev.src, &want));
	CHECK(addr_equal(&ev.dst, &p.at_a));
	passes(&p, 2);
	CHECK_EQ(rtpe_ring_drain(p.core, RTPE_RING_PUNT, buf, sizeof(buf)), 0);
	pair_stop(&p);
}

static void test_punts(void)
{
	struct pair p;
	uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3 };
	_Alignas(8) uint8_t buf[70000];
	struct rtpe_event ev;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.punt = RTPE_CLASS_STUN;
	pair_rules(&p);
	for (int i = 0; i < 200; i++)
		peer_send(p.peer_a, &p.at_a, stun, sizeof(stun));
	wait_rx(p.core, p.a, 200);
	CHECK(counters_of(p.core, p.a)->punted >= 50);
	CHECK(counters_of(p.core, p.a)->punted < 150);
	CHECK_EQ(counters_of(p.core, p.a)->punted + counters_of(p.core, p.a)->punt_dropped, 200);
	CHECK_EQ(counters_of(p.core, p.a)->learned, 0);
	CHECK_EQ(counters_of(p.core, p.a)->last_rx_us, 0);
	CHECK(rtpe_ring_drain(p.core, RTPE_RING_PUNT, buf, sizeof(buf)) > 0);
	memcpy(&ev, buf, sizeof(ev));
	CHECK_EQ(ev.type, RTPE_EVENT_PUNT);
	CHECK_EQ(ev.reason, RTPE_CLASS_STUN);
	CHECK_EQ(ev.payload_len, 20);
	CHECK(memcmp(buf + sizeof(ev), stun, 20) == 0);
	/* DTLS is not asked for: for nobody. */
	peer_send(p.peer_a, &p.at_a, "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\0", 13);
	wait_rx(p.core, p.a, 201);
	CHECK_EQ(counters_of(p.core, p.a)->drop_malformed, 1);
	CHECK(peer_silent(p.peer_b));
	pair_stop(&p);
}

static void test_malformed(void)
{
	static const size_t sizes[] = { 0, 1, 4, 8, 11 };
	uint8_t buf[64] = { 0x80 };
	struct pair p;
	uint64_t n = 0;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	for (size_t i = 0; i < 5; i++, n++)
		peer_send(p.peer_a, &p.at_a, buf, sizes[i]);
	buf[0] = 0x8f;
	peer_send(p.peer_a, &p.at_a, buf, 20);
	buf[0] = 0x90;
	buf[15] = 200;
	peer_send(p.peer_a, &p.at_a, buf, 64);
	buf[0] = 0xa0;
	buf[63] = 60;
	peer_send(p.peer_a, &p.at_a, buf, 64);
	n += 3;
	wait_rx(p.core, p.a, n);
	CHECK_EQ(counters_of(p.core, p.a)->drop_malformed, n);
	CHECK_EQ(counters_of(p.core, p.a)->rx_errors, n);
	CHECK_EQ(counters_of(p.core, p.a)->learned, 0);
	CHECK_EQ(counters_of(p.core, p.a)->last_rx_us, 0);
	CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].in_use, 0);
	CHECK(peer_silent(p.peer_b));
	passes(&p, 1);
	pair_stop(&p);
}

static void test_opaque(void)
{
	struct pair p;
	uint8_t got[100];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.flags = RTPE_RULE_OPAQUE;
	pair_rules(&p);
	peer_send(p.peer_a, &p.at_a, "\0\1udptl", 7);
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), 7);
	CHECK(memcmp(got, "\0\1udptl", 7) == 0);
	CHECK_EQ(counters_of(p.core, p.a)->learned, 1);
	pair_stop(&p);
}

static void test_filter(void)
{
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.pt_allow[0] = ~1u;
	pair_rules(&p);
	blocked_from(&p, p.peer_a, 1);
	CHECK_EQ(counters_of(p.core, p.a)->drop_filtered, 1);
	p.rule_a.rule.pt_allow[0] = 1;
	p.rule_a.rule.flags |= RTPE_RULE_BLACKHOLE;
	CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
	blocked_from(&p, p.peer_a, 2);
	CHECK_EQ(counters_of(p.core, p.a)->drop_filtered, 2);
	CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].packets, 2);
	p.rule_a.rule.flags &= (rtpe_u16)~RTPE_RULE_BLACKHOLE;
	CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
	passes(&p, 3);
	CHECK_EQ(rtpe_rule_clear(p.core, (rtpe_u32)p.a), 0);
	blocked_from(&p, p.peer_a, 4);
	CHECK_EQ(counters_of(p.core, p.a)->drop_no_rule, 1);
	pair_stop(&p);
}

static void test_tos_of(const char *ip)
{
	struct pair p;
	uint8_t buf[172], got[300];
	int tos = 0x88, seen = -1;

	pair_start(&p, ip, ip);
	if (p.at_a.family == 4)
		setsockopt(p.peer_a, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	else
		setsockopt(p.peer_a, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
	make_rtp(buf, sizeof(buf), 1, 1);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, &seen), sizeof(buf));
	CHECK_EQ(seen, 0x88);
	CHECK_EQ(counters_of(p.core, p.a)->rx_tos, 0x88);
	p.rule_a.out[0].tos_set = 1;
	p.rule_a.out[0].tos = 0xb8;
	pair_rules(&p);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, &seen), sizeof(buf));
	CHECK_EQ(seen, 0xb8);
	p.rule_a.out[0].tos = 0;
	pair_rules(&p);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, &seen), sizeof(buf));
	CHECK_EQ(seen, 0);
	pair_stop(&p);
}

static void test_tos(void)
{
	test_tos_of("127.0.0.1");
	test_tos_of("::1");
}

static void test_wait_input(void)
{
	struct pair p;
	uint8_t buf[172], got[300];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_b.rule.flags |= RTPE_RULE_WAIT_INPUT;
	pair_rules(&p);
	blocked_from(&p, p.peer_a, 1);
	CHECK_EQ(counters_of(p.core, p.a)->drop_no_rule, 1);
	make_rtp(buf, sizeof(buf), 1, 5);
	peer_send(p.peer_b, &p.at_b, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), sizeof(buf));
	passes(&p, 2);
	pair_stop(&p);
}

const struct test conform_tests[] = {
	{ "RTP passes both ways over IPv4", test_ipv4 },
	{ "RTP passes both ways over IPv6", test_ipv6 },
	{ "RTP passes between IPv4 and IPv6", test_bridge },
	{ "what is sent is counted", test_tx_counters },
	{ "32 outputs get the packet, each with its own SSRC and sequence", test_fan_out },
	{ "an output changes the SSRC it was told to", test_ssrc_in },
	{ "an output leaves other SSRCs alone", test_ssrc_other },
	{ "an RTCP port forwards RTCP and drops RTP", test_rtcp },
	{ "RTP and RTCP of one port leave by two", test_mux },
	{ "D2-5 strict source: others are dropped and counted", test_strict },
	{ "without strict source others pass but are not followed", test_ignore },
	{ "media handover: the sender is followed", test_handover },
	{ "the other side is sent where packets come from", test_learned },
	{ "the endpoint is told once", test_remote_event },
	{ "punts are handed up, at a limited rate, and never learned from", test_punts },
	{ "malformed packets change nothing but counters", test_malformed },
	{ "an opaque port forwards anything", test_opaque },
	{ "payload types, blackholes and missing rules drop", test_filter },
	{ "TOS is copied or set", test_tos },
	{ "NAT-wait holds until the peer has sent", test_wait_input },
	END_OF_TESTS,
};
