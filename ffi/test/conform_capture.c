/* SPDX-License-Identifier: MIT */
/* Copies of packets: what came and what left, and that forwarding goes on. */
#include "conform.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "addr.h"
#include "rtpe_capture.h"

enum { RTP_LEN = 172 };

static uint8_t copies[4 << 20];

/* Drains until `want` copies are there; at most a second. Returns how many. */
static unsigned drain(struct rtpe_core *core, unsigned want, const struct rtpe_event **events)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	uint32_t have = 0;
	unsigned n = 0;

	for (int i = 0; i < 1000 && n < want; i++) {
		int got = rtpe_capture_drain(core, copies + have, sizeof(copies) - have);
		uint32_t end = have + (uint32_t)got;

		CHECK(got >= 0);
		for (; have < end; n++) {
			const struct rtpe_event *ev = (const void *)(copies + have);

			CHECK_EQ(ev->type, RTPE_EVENT_CAPTURE);
			if (events && n < want)
				events[n] = ev;
			have += ev->len;
		}
		if (n < want)
			nanosleep(&ms, NULL);
	}
	return n;
}

static void test_copies(void)
{
	const struct rtpe_event *ev[2];
	struct rtpe_addr from_a, to_b;
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].flags |= RTPE_OUT_SSRC_REWRITE;
	p.rule_a.out[0].ssrc_out = 0x01020304;
	p.rule_a.out[0].ssrc_in = 0x9999;
	pair_rules(&p);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 1), 0);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.b, 1), 0);
	passes(&p, 7);
	CHECK_EQ(drain(p.core, 2, ev), 2);
	/* Which of the two rings is read first is nobody's concern. */
	if (ev[0]->reason)
		ev[0] = ev[1], ev[1] = (const void *)copies;
	from_a = peer_addr(p.peer_a);
	to_b = peer_addr(p.peer_b);
	CHECK_EQ(ev[0]->reason, 0);
	CHECK_EQ(ev[0]->slot, p.a);
	CHECK(addr_equal(&ev[0]->src, &from_a));
	CHECK(addr_equal(&ev[0]->dst, &p.at_a));
	CHECK_EQ(ev[0]->payload_len, RTP_LEN);
	CHECK(ev[0]->time_us > 1500000000000000);
	CHECK_EQ(ev[1]->reason, 1);
	CHECK_EQ(ev[1]->slot, p.b);
	CHECK(addr_equal(&ev[1]->src, &p.at_b));
	CHECK(addr_equal(&ev[1]->dst, &to_b));
	CHECK_EQ(ev[1]->payload_len, RTP_LEN);
	CHECK_EQ(rtpe_capture_lost(p.core), 0);
	pair_stop(&p);
}

static void test_as_it_leaves(void)
{
	const struct rtpe_event *ev[1];
	uint8_t buf[RTP_LEN], got[300];
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].flags |= RTPE_OUT_SSRC_REWRITE;
	p.rule_a.out[0].ssrc_out = 0x01020304;
	pair_rules(&p);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.b, 1), 0);
	make_rtp(buf, sizeof(buf), 9, 0xabcd);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), RTP_LEN);
	CHECK_EQ(drain(p.core, 1, ev), 1);
	CHECK_EQ(ev[0]->payload_len, RTP_LEN);
	CHECK(memcmp(ev[0] + 1, got, RTP_LEN) == 0);
	CHECK(memcmp(got + 8, "\1\2\3\4", 4) == 0);
	pair_stop(&p);
}

static void test_sent_by_hand(void)
{
	const struct rtpe_event *ev[1];
	struct pair p;
	struct rtpe_addr to;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	to = peer_addr(p.peer_a);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 1), 0);
	CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.a, &to, "stun", 4), 0);
	CHECK_EQ(drain(p.core, 1, ev), 1);
	CHECK_EQ(ev[0]->reason, 1);
	CHECK(memcmp(ev[0] + 1, "stun", 4) == 0);
	pair_stop(&p);
}

/* Also what is dropped: a capture is for finding out why. */
static void test_dropped(void)
{
	const struct rtpe_event *ev[1];
	struct pair p;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	rtpe_rule_clear(p.core, (rtpe_u32)p.a);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 1), 0);
	blocked_from(&p, p.peer_a, 1);
	CHECK_EQ(drain(p.core, 1, ev), 1);
	CHECK_EQ(ev[0]->slot, p.a);
	pair_stop(&p);
}

static void test_ends(void)
{
	struct pair p;
	int slot;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	CHECK_EQ(rtpe_capture_drain(p.core, copies, sizeof(copies)), 0);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 1), 0);
	passes(&p, 1);
	CHECK_EQ(drain(p.core, 1, NULL), 1);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 0), 0);
	passes(&p, 2);
	CHECK_EQ(drain(p.core, 1, NULL), 0);
	/* Whoever has the slot next is not captured. */
	slot = open_port(p.core, "127.0.0.1", 40010);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)slot, 1), 0);
	CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)slot), 0);
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)slot, 1), -EBADF);
	CHECK_EQ(rtpe_capture_set(p.core, 1u << 30, 1), -EBADF);
	pair_stop(&p);
}

/* Nobody takes the copies: media goes on, and what was lost is counted. */
static void test_full(void)
{
	uint8_t buf[1400], got[1400];
	struct pair p;

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	CHECK_EQ(rtpe_capture_set(p.core, (rtpe_u32)p.a, 1), 0);
	for (uint16_t i = 0; i < 1200; i++) {
		make_rtp(buf, sizeof(buf), i, 5);
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizeof(buf));
	}
	CHECK(rtpe_capture_lost(p.core) > 0);
	CHECK_EQ(drain(p.core, 1200, NULL) + rtpe_capture_lost(p.core), 1200);
	passes(&p, 2000);
	CHECK_EQ(drain(p.core, 1, NULL), 1);
	pair_stop(&p);
}

const struct test conform_capture_tests[] = {
	{ "what comes and what leaves is copied, with its addresses", test_copies },
	{ "what leaves is copied as it leaves", test_as_it_leaves },
	{ "what TypeScript sends is copied, too", test_sent_by_hand },
	{ "what is dropped is copied, too", test_dropped },
	{ "a capture ends when it is told to, and with the port", test_ends },
	{ "copies that nobody takes are lost, and nothing else", test_full },
	END_OF_TESTS
};
