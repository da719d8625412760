/* SPDX-License-Identifier: MIT */
/* Conformance under load: what must hold while packets flow. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "addr.h"
#include "conform.h"

struct sender {
	struct rtpe_addr to;
	const char *ip;
	bool rtcp;			/* between RTP packets, one that names them */
	atomic_int stop;
	atomic_uint sent;
	pthread_t tid;
};

/* Of a sender that hears what the other side sends. */
static size_t make_report(uint8_t *p)
{
	memset(p, 0, 32);
	memcpy(p, "\x81\xc9\0\7\0\0\0\x63\0\0\0\x63", 12);
	return 32;
}

static void *send_main(void *arg)
{
	struct sender *s = arg;
	int fd = peer_open(s->ip, 0);
	union sockaddrs ss;
	socklen_t len = addr_to_sockaddr(&s->to, &ss);
	uint8_t buf[172], report[32];

	for (uint16_t i = 0; !atomic_load(&s->stop); i++) {
		make_rtp(buf, sizeof(buf), i, 99);
		/* A closed port may answer with an error. */
		if (sendto(fd, buf, sizeof(buf), 0, &ss.sa, len) < 0)
			continue;
		atomic_fetch_add(&s->sent, 1);
		if (s->rtcp && i % 4 == 0)
			sendto(fd, report, make_report(report), 0, &ss.sa, len);
		if (i % 16 == 0)
			sched_yield();
	}
	peer_close(fd);
	return NULL;
}

static void sender_start_as(struct sender *s, struct rtpe_addr to, const char *ip, bool rtcp)
{
	memset(s, 0, sizeof(*s));
	s->to = to;
	s->ip = ip;
	s->rtcp = rtcp;
	CHECK_EQ(pthread_create(&s->tid, NULL, send_main, s), 0);
	while (atomic_load(&s->sent) < 100)
		sched_yield();
}

static void sender_start(struct sender *s, struct rtpe_addr to, const char *ip)
{
	sender_start_as(s, to, ip, false);
}

static void sender_stop(struct sender *s)
{
	atomic_store(&s->stop, 1);
	pthread_join(s->tid, NULL);
}

static void test_close(void)
{
	struct pair p;
	struct sender s;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	sender_start(&s, p.at_a, "127.0.0.1");
	for (int i = 0; i < 100; i++) {
		uint64_t rx, tx;

		CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)p.a), 0);
		rx = counters_of(p.core, p.a)->rx_packets;
		tx = counters_of(p.core, p.b)->tx_packets;
		for (int k = 0; k < 20; k++)
			sched_yield();
		/* Not one packet after the call returned. */
		CHECK_EQ(counters_of(p.core, p.a)->rx_packets, rx);
		CHECK_EQ(counters_of(p.core, p.b)->tx_packets, tx);
		p.a = open_port(p.core, "127.0.0.1", 40000);
		CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
	}
	sender_stop(&s);
	pair_stop(&p);
}

static void test_close_output(void)
{
	struct pair p;
	struct sender s;

	pair_start(&p, "127.0.0.1", "::1");
	sender_start(&s, p.at_a, "127.0.0.1");
	for (int i = 0; i < 100; i++) {
		uint64_t tx;

		CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)p.b), 0);
		tx = counters_of(p.core, p.b)->tx_packets;
		for (int k = 0; k < 20; k++)
			sched_yield();
		CHECK_EQ(counters_of(p.core, p.b)->tx_packets, tx);
		p.b = open_port(p.core, "::1", 40002);
		p.rule_a.out[0].slot = (rtpe_u32)p.b;
		pair_rules(&p);
	}
	sender_stop(&s);
	pair_stop(&p);
}

/* On a busy machine a sender may come to its turn late. */
static void wait_tx(struct rtpe_core *core, int slot)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < 10000 && !counters_of(core, slot)->tx_packets; i++)
		nanosleep(&ms, NULL);
	CHECK(counters_of(core, slot)->tx_packets > 0);
}

static void test_swap(void)
{
	struct pair p;
	struct sender s;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	sender_start(&s, p.at_a, "127.0.0.1");
	for (int i = 0; i < 2000; i++) {
		p.rule_a.out[0].tos_set = 1;
		p.rule_a.out[0].tos = (rtpe_u8)i;
		p.rule_a.rule.flags = RTPE_RULE_TRACK_SSRC | (i & 1 ? RTPE_RULE_RELEARN : 0);
		CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
		if (i % 100 == 0) {
			CHECK_EQ(rtpe_rule_clear(p.core, (rtpe_u32)p.a), 0);
			sched_yield();
		}
	}
	wait_tx(p.core, p.b);
	sender_stop(&s);
	pair_stop(&p);
}

/* Sections and edits come and go; SSRCs of either port are looked up by the
 * other's thread. */
static void test_sections(void)
{
	struct rtpe_bundle *bundle;
	struct pair p;
	struct sender s[2];

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	bundle = &p.rule_a.bundle;
	p.rule_a.rule.source_action = p.rule_b.rule.source_action = RTPE_SOURCE_IGNORE;
	p.rule_a.rule.flags |= RTPE_RULE_RTCP_MUX;
	p.rule_b.rule.flags |= RTPE_RULE_RTCP_MUX;
	rules_follow(&p.rule_a, p.b);
	pair_rules(&p);
	sender_start_as(&s[0], p.at_a, "127.0.0.1", true);
	sender_start_as(&s[1], p.at_b, "127.0.0.2", true);
	for (unsigned i = 0; i < 2000; i++) {
		bundle->n_sections = (rtpe_u8)(1 + i / 2 % 2);
		for (rtpe_u8 k = 0; k < 2; k++) {
			struct rtpe_section *section = &bundle->sections[k];

			section->mid_len = 1;
			section->mid[0] = (rtpe_u8)('a' + k + i / 4 % 2);
			section->payload_types[0] = k == i % 2;
			p.rule_a.out[k].flags = RTPE_OUT_FOLLOW | RTPE_OUT_SECTION | RTPE_OUT_MID;
			p.rule_a.out[k].section = k % bundle->n_sections;
			p.rule_a.out[k].mid_id = p.rule_a.out[k].mid_len = 1;
		}
		p.rule_a.rule.flags |= RTPE_RULE_BUNDLE;
		CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
		p.rule_a.rule.flags &= (rtpe_u16)~RTPE_RULE_BUNDLE;
		p.rule_a.out[0].flags = p.rule_a.out[1].flags = RTPE_OUT_FOLLOW;
		if (i % 8 == 0)
			CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
		if (i % 100 == 0)
			sched_yield();
	}
	wait_tx(p.core, p.b);
	wait_tx(p.core, p.a);
	sender_stop(&s[0]);
	sender_stop(&s[1]);
	pair_stop(&p);
}

/* A port gets its past while packets come in that it has no rule for. */
static void test_restore(void)
{
	struct pair p;
	struct sender s;
	struct rtpe_counters past;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	sender_start(&s, p.at_a, "127.0.0.1");
	memset(&past, 0, sizeof(past));
	past.rx_packets = 1000000;
	past.ssrc[0] = (struct rtpe_ssrc_counters){
		.in_use = 1, .ssrc = 99, .packets = 1000000, .clock_rate = 8000,
	};
	for (int i = 0; i < 200; i++) {
		CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)p.a), 0);
		p.a = open_port(p.core, "127.0.0.1", 40000);
		CHECK_EQ(rtpe_port_restore(p.core, (rtpe_u32)p.a, &past, sizeof(past)), 0);
		CHECK(counters_of(p.core, p.a)->rx_packets >= 1000000);
		CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
		for (int k = 0; k < 20; k++)
			sched_yield();
		CHECK_EQ(counters_of(p.core, p.a)->ssrc[0].ssrc, 99);
		CHECK_EQ(counters_of(p.core, p.a)->ssrc[1].in_use, 0);
	}
	sender_stop(&s);
	pair_stop(&p);
}

static void test_spray(void)
{
	struct pair p;
	struct sender s[2];
	uint8_t buf[172], got[300];
	uint64_t forwarded = 0;

	/* Two strangers spray the port while a strict call learns and talks. */
	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.source_action = RTPE_SOURCE_DROP;
	pair_rules(&p);
	passes(&p, 0);
	sender_start(&s[0], p.at_a, "127.0.0.66");
	sender_start(&s[1], p.at_a, "127.0.0.67");
	for (uint16_t i = 1; i <= 50; i++) {
		make_rtp(buf, sizeof(buf), i, 0xabcd);
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	}
	while (peer_receive(p.peer_b, got, sizeof(got), NULL, NULL) == 172) {
		CHECK(memcmp(got + 8, "\0\0\xab\xcd", 4) == 0);
		if (++forwarded == 50)
			break;
	}
	sender_stop(&s[0]);
	sender_stop(&s[1]);
	/* Overload may cost packets, but no stranger's comes through. */
	CHECK(forwarded > 0);
	CHECK(peer_silent(p.peer_b));
	CHECK(counters_of(p.core, p.a)->drop_source > 0);
	CHECK_EQ(counters_of(p.core, p.b)->tx_packets, forwarded + 1);
	pair_stop(&p);
}

static void test_stop(void)
{
	struct pair p;
	struct sender s;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	sender_start(&s, p.at_a, "127.0.0.1");
	pair_stop(&p);
	sender_stop(&s);
}

const struct test traffic_tests[] = {
	{ "closing a port under traffic ends it at once", test_close },
	{ "closing an output under traffic ends it at once", test_close_output },
	{ "rules are replaced under traffic", test_swap },
	{ "sections and edits are replaced under traffic", test_sections },
	{ "ports get their past under traffic", test_restore },
	{ "a spray of strangers neither learns nor passes", test_spray },
	{ "the core stops under traffic", test_stop },
	END_OF_TESTS,
};
