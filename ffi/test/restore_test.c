/* SPDX-License-Identifier: MIT */
/* Counters of a former core, and what becomes of a port that gets them. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "net.h"
#include "sys.h"

static struct rtpe_core *core;
static int slot;
static struct rtpe_counters past;

static void start(void)
{
	struct rtpe_ssrc_counters *s = &past.ssrc[0];

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	slot = open_port(core, "127.0.0.1", 40000);
	memset(&past, 0, sizeof(past));
	past.rx_packets = 1000;
	past.rx_bytes = 172000;
	past.rx_errors = 10;
	past.drop_source = 10;
	past.tx_packets = 900;
	past.tx_bytes = 154800;
	past.last_rx_us = 1700000000000000;
	past.last_tx_us = 1700000000000001;
	past.remote = addr_of("127.0.0.9", 61000);
	past.learned = 1;
	past.confirmed = 1;
	past.payload_type[0] = 0x80 | 101;
	past.payload[0].packets = 990;
	past.payload[0].bytes = 990 * 172;
	s->in_use = 1;
	s->ssrc = 7;
	s->packets = 990;
	s->bytes = 990 * 172;
	s->payload_bytes = 990 * 160;
	s->base_seq = 0x10000 + 65000;
	s->max_seq = s->base_seq + 999;
	s->clock_rate = 8000;
	s->jitter_x16 = 160;
	s->first_us = 1600000000000000;
	s->last_us = 1700000000000000;
}

static void stop(void)
{
	rtpe_core_free(core);
}

static int restore(void)
{
	return rtpe_port_restore(core, (rtpe_u32)slot, &past, sizeof(past));
}

static void hear(uint16_t seq, uint64_t total)
{
	struct rtpe_addr to = addr_of("127.0.0.1", 40000);
	int peer = peer_open("127.0.0.1", 0);
	uint8_t buf[172];

	make_rtp(buf, sizeof(buf), seq, 7);
	peer_send(peer, &to, buf, sizeof(buf));
	wait_rx(core, slot, total);
	peer_close(peer);
}

static void test_goes_on(void)
{
	const struct rtpe_counters *c;
	struct rules r;

	start();
	/* What came before stays counted. */
	hear(1, 1);
	CHECK_EQ(restore(), 0);
	rules_init(&r);
	r.rule.remote = addr_of("127.0.0.9", 5000);
	r.rule.source_action = RTPE_SOURCE_IGNORE;
	CHECK_EQ(rules_set(core, slot, &r), 0);
	hear((uint16_t)(past.ssrc[0].max_seq + 1), 1002);
	c = counters_of(core, slot);
	CHECK_EQ(c->rx_errors, 12);
	CHECK_EQ(c->drop_source, 10);
	CHECK_EQ(c->tx_packets, 900);
	CHECK_EQ(c->last_tx_us, past.last_tx_us);
	CHECK(c->last_rx_us > past.last_rx_us);
	CHECK_EQ(c->remote.port, 61000);
	CHECK_EQ(c->learned, 1);
	CHECK_EQ(c->payload_type[0], 0x80 | 101);
	CHECK_EQ(c->payload[0].packets + c->payload[1].packets, 991);
	CHECK_EQ(c->ssrc[0].packets, 991);
	CHECK_EQ(c->ssrc[0].payload_bytes, 991 * 160);
	CHECK_EQ(c->ssrc[0].max_seq - c->ssrc[0].base_seq, 1000);
	CHECK_EQ(c->ssrc[0].jitter_x16, 160);
	CHECK_EQ(c->ssrc[0].first_us, 1600000000000000);
	CHECK_EQ(c->ssrc[1].in_use, 0);
	stop();
}

static void remote_after(unsigned learning, unsigned flags, uint16_t want)
{
	struct rules r;

	start();
	CHECK_EQ(restore(), 0);
	CHECK_EQ(counters_of(core, slot)->remote.port, 61000);
	rules_init(&r);
	r.rule.remote = addr_of("127.0.0.9", 5000);
	r.rule.learning = (rtpe_u8)learning;
	r.rule.flags |= (rtpe_u16)flags;
	CHECK_EQ(rules_set(core, slot, &r), 0);
	CHECK_EQ(counters_of(core, slot)->remote.port, want);
	/* The rule after it is like any other. */
	r.rule.flags &= (rtpe_u16)~RTPE_RULE_RELEARN;
	CHECK_EQ(rules_set(core, slot, &r), 0);
	CHECK_EQ(counters_of(core, slot)->remote.port, want);
	r.rule.remote.port = 5002;
	CHECK_EQ(rules_set(core, slot, &r), 0);
	CHECK_EQ(counters_of(core, slot)->remote.port, 5002);
	stop();
}

static void test_remote(void)
{
	remote_after(RTPE_LEARN_HEURISTIC, 0, 61000);
	remote_after(RTPE_LEARN_DELAYED, 0, 61000);
	remote_after(RTPE_LEARN_OFF, 0, 5000);
	remote_after(RTPE_LEARN_IMMEDIATE, RTPE_RULE_RELEARN, 5000);
}

static void test_future(void)
{
	uint64_t now;

	start();
	past.last_rx_us = past.last_tx_us = past.ssrc[0].last_us = UINT64_MAX;
	CHECK_EQ(restore(), 0);
	now = clock_us(CLOCK_REALTIME);
	CHECK(counters_of(core, slot)->last_rx_us <= now);
	CHECK(counters_of(core, slot)->last_tx_us <= now);
	CHECK(counters_of(core, slot)->ssrc[0].last_us <= now);
	stop();
}

static void test_once(void)
{
	struct rules r;

	start();
	CHECK_EQ(restore(), 0);
	CHECK_EQ(restore(), -EBUSY);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)slot), 0);
	CHECK_EQ(restore(), -EBADF);
	slot = open_port(core, "127.0.0.1", 40000);
	rules_init(&r);
	CHECK_EQ(rules_set(core, slot, &r), 0);
	CHECK_EQ(restore(), -EBUSY);
	CHECK_EQ(rtpe_rule_clear(core, (rtpe_u32)slot), 0);
	CHECK_EQ(restore(), -EBUSY);
	CHECK_EQ(counters_of(core, slot)->rx_packets, 0);
	stop();
}

#define REFUSED(change)                               \
	do {                                          \
		start();                              \
		change;                               \
		CHECK_EQ(restore(), -EINVAL);         \
		CHECK_EQ(counters_of(core, slot)->rx_packets + \
			 counters_of(core, slot)->ssrc[0].packets, 0); \
		stop();                               \
	} while (0)

static void test_lies(void)
{
	start();
	CHECK_EQ(rtpe_port_restore(core, (rtpe_u32)slot, NULL, sizeof(past)), -EINVAL);
	CHECK_EQ(rtpe_port_restore(core, (rtpe_u32)slot, &past, sizeof(past) - 1), -EINVAL);
	CHECK_EQ(rtpe_port_restore(core, 4000000000u, &past, sizeof(past)), -EBADF);
	stop();
	REFUSED(past.rx_packets = (uint64_t)1 << 54);
	REFUSED(past.tx_bytes = UINT64_MAX);
	REFUSED(past.rx_errors = past.rx_packets + 1);
	REFUSED(past.remote.family = 5);
	REFUSED(past.remote = addr_of("::1", 5));
	REFUSED(past.remote.family = 0);
	REFUSED(past.learned = 2);
	REFUSED(past.confirmed = 2);
	REFUSED(past.payload_type[3] = 101);
	REFUSED(past.payload_type[7] = past.payload_type[0]);
	REFUSED(past.payload[0].packets = UINT64_MAX);
	REFUSED(past.ssrc[0].in_use = 2);
	REFUSED(past.ssrc[0].payload_type = 128);
	REFUSED(past.ssrc[0].clock_rate = 0);
	REFUSED(past.ssrc[0].clock_rate = 1000001);
	REFUSED(past.ssrc[0].jitter_x16 = 0xffffffff);
	REFUSED(past.ssrc[0].payload_bytes = past.ssrc[0].bytes + 1);
	REFUSED(past.ssrc[3] = past.ssrc[0]);
}

static const struct test tests[] = {
	{ "counts, sources and the endpoint go on from the past", test_goes_on },
	{ "the first rule keeps the endpoint unless told otherwise", test_remote },
	{ "nothing has happened in the future", test_future },
	{ "a port has one past, and none once it had a rule", test_once },
	{ "a past that contradicts itself is refused whole", test_lies },
	END_OF_TESTS,
};

const struct suite suite_restore = { "restore", tests, net_skip };
