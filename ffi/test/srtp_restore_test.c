/* SPDX-License-Identifier: MIT */
/* What a port remembers of SRTP outlives the core that remembered it. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "core.h"
#include "net.h"
#include "srtp.h"

enum { A = 40000, B = 40002, C = 40004, SSRC = 7 };

static struct rtpe_core *core;
static int a, b, peer_a, peer_b;
static struct rtpe_srtp to_b, of_b;
static struct srtp *b_in, *b_out;
static uint8_t buf[172], sealed[300], clear[300];

static struct rtpe_srtp keys(uint8_t seed)
{
	struct rtpe_srtp p = {
		.cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, .key_len = 16,
		.salt_len = 14, .rtp_tag_len = 10, .rtcp_tag_len = 10,
	};

	memset(p.key, seed, p.key_len);
	memset(p.salt, ~seed, p.salt_len);
	return p;
}

static void ports_open(void)
{
	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	a = open_port(core, "127.0.0.1", A);
	b = open_port(core, "127.0.0.2", B);
}

static void rules_in(void)
{
	struct rules r;

	rules_init(&r);
	r.rule.remote = peer_addr(peer_a);
	rules_follow(&r, b)->encrypt = to_b;
	CHECK_EQ(rules_set(core, a, &r), 0);
	rules_init(&r);
	r.rule.remote = peer_addr(peer_b);
	r.rule.decrypt = of_b;
	rules_follow(&r, a);
	CHECK_EQ(rules_set(core, b, &r), 0);
}

static void start(void)
{
	peer_a = peer_open("127.0.0.1", 0);
	peer_b = peer_open("127.0.0.2", 0);
	to_b = keys(1);
	of_b = keys(2);
	b_in = srtp_new(&to_b, SRTP_UNPROTECT, NULL);
	b_out = srtp_new(&of_b, SRTP_PROTECT, NULL);
	CHECK(b_in && b_out);
	ports_open();
}

static void stop(void)
{
	rtpe_core_free(core);
	srtp_free(b_in);
	srtp_free(b_out);
	peer_close(peer_a);
	peer_close(peer_b);
}

/* What B is sent must open with B's idea of the index. */
static void send_and_open(int peer, uint16_t port)
{
	struct rtpe_addr at = addr_of("127.0.0.1", port);
	int m;

	peer_send(peer, &at, buf, sizeof(buf));
	m = peer_receive(peer_b, sealed, sizeof(sealed), NULL, NULL);
	CHECK_EQ(srtp_open_rtp(b_in, sealed, (size_t)m, clear, sizeof(clear)), sizeof(buf));
}

/* Both ways; what B is sent must open with B's idea of the index. */
static void passes_both_ways(uint16_t seq)
{
	struct rtpe_addr at_b = addr_of("127.0.0.2", B);
	int m;

	make_rtp(buf, sizeof(buf), seq, SSRC);
	send_and_open(peer_a, A);
	m = srtp_seal_rtp(b_out, buf, sizeof(buf), sealed, sizeof(sealed));
	CHECK(m > 0);
	peer_send(peer_b, &at_b, sealed, (size_t)m);
	CHECK_EQ(peer_receive(peer_a, clear, sizeof(clear), NULL, NULL), sizeof(buf));
	CHECK(memcmp(clear, buf, sizeof(buf)) == 0);
}

/* One core ends, the next one has its ports and what they remembered. */
static void restart(bool remember)
{
	struct rtpe_srtp_port was_a = core->counters_file.srtp[a];
	struct rtpe_srtp_port was_b = core->counters_file.srtp[b];

	rtpe_core_free(core);
	ports_open();
	if (remember) {
		CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &was_a, sizeof(was_a)), 0);
		CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)b, &was_b, sizeof(was_b)), 0);
	}
	rules_in();
}

/* The rollover counter is of no use to whoever counts cycles of RTP (RFC 3550):
 * there a sender that starts anew has made none. */
static void play(void)
{
	static const uint16_t seqs[] = { 40000, 40001, 100, 101, 30000, 50000, 100, 32000,
					 60000, 65535, 0, 1 };

	rules_in();
	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++)
		passes_both_ways(seqs[i]);
}

static void test_goes_on(void)
{
	struct rtpe_addr at_b = addr_of("127.0.0.2", B);
	uint32_t roc, index;
	uint16_t seq;

	start();
	play();
	CHECK_EQ(srtp_stream_get(b_in, SSRC, &roc, &seq), 0);
	CHECK_EQ(roc, 3);
	index = core->counters_file.srtp[b].srtcp_index + 100000;
	core->counters_file.srtp[b].srtcp_index = index;
	restart(true);
	CHECK_EQ(core->counters_file.srtp[b].srtcp_index, index);
	passes_both_ways(2);
	/* The one before was heard; it is not heard again. */
	for (int i = 0; i < 3; i++)
		peer_send(peer_b, &at_b, sealed, sizeof(buf) + 10);
	wait_rx(core, b, 4);
	CHECK_EQ(counters_of(core, b)->drop_replay, 3);
	stop();
}

static void test_does_not_without(void)
{
	struct rtpe_addr at_a = addr_of("127.0.0.1", A);
	int m;

	start();
	play();
	restart(false);
	make_rtp(buf, sizeof(buf), 2, SSRC);
	peer_send(peer_a, &at_a, buf, sizeof(buf));
	m = peer_receive(peer_b, sealed, sizeof(sealed), NULL, NULL);
	CHECK_EQ(srtp_open_rtp(b_in, sealed, (size_t)m, clear, sizeof(clear)), -EBADMSG);
	stop();
}

/* States belong to keys: with others, a stream begins anew. */
static void test_other_keys(void)
{
	start();
	play();
	to_b = keys(3);
	srtp_free(b_in);
	b_in = srtp_new(&to_b, SRTP_UNPROTECT, NULL);
	CHECK(b_in != NULL);
	restart(true);
	passes_both_ways(2);
	stop();
}

static void test_lies(void)
{
	struct rtpe_srtp_port past;

	start();
	memset(&past, 0, sizeof(past));
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, NULL, sizeof(past)), -EINVAL);
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past) - 1), -EINVAL);
	CHECK_EQ(rtpe_srtp_restore(core, 4000000000u, &past, sizeof(past)), -EBADF);
	past.rx[3].rtp.top = RTPE_SRTP_RTP_END;
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past)), -EINVAL);
	past.rx[3].rtp.top = 0;
	past.tx[15].rtcp.top = RTPE_SRTP_RTCP_END;
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past)), -EINVAL);
	past.tx[15].rtcp.top = 0;
	past.srtcp_index = 0x80000001;
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past)), -EINVAL);
	past.srtcp_index = 0;
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past)), 0);
	CHECK(core->counters_file.srtp[a].srtcp_index > 0);
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)a, &past, sizeof(past)), -EBUSY);
	rules_in();
	CHECK_EQ(rtpe_srtp_restore(core, (rtpe_u32)b, &past, sizeof(past)), -EBUSY);
	stop();
}

/* A port that is opened again knows nothing of who had it. */
static void test_forgets(void)
{
	struct rtpe_srtp_port *of_port;

	start();
	play();
	of_port = &core->counters_file.srtp[b];
	CHECK_EQ(of_port->rx[0].ssrc, SSRC);
	CHECK_EQ(of_port->tx[0].ssrc, SSRC);
	CHECK_EQ(of_port->tx[0].from, (rtpe_u32)a);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)b), 0);
	for (int i = 0; i < 8000 && core->slots[b].generation == 0; i++) {
		struct rtpe_addr at = addr_of("127.0.0.3", (uint16_t)(30000 + i));

		CHECK(rtpe_port_open(core, &at) >= 0);
		if (core->slots[b].generation == 0)
			continue;
		CHECK_EQ(of_port->rx[0].key, 0);
		CHECK_EQ(of_port->tx[0].key, 0);
		stop();
		return;
	}
	stop();
	CHECK(!"the slot was never used again");
}

/* B goes on from another address, to another port of ours. */
static void test_moves(void)
{
	struct rtpe_addr at_c = addr_of("127.0.0.3", C);
	uint8_t old[sizeof(sealed)];
	uint32_t index;
	struct rules r;
	int c, m;

	start();
	play();
	memcpy(old, sealed, sizeof(old));
	c = open_port(core, "127.0.0.3", C);
	index = core->counters_file.srtp[b].srtcp_index + 100000;
	core->counters_file.srtp[b].srtcp_index = index;
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)b, (rtpe_u32)c), 0);
	CHECK_EQ(core->counters_file.srtp[c].srtcp_index, index);
	rules_init(&r);
	r.rule.remote = peer_addr(peer_a);
	rules_follow(&r, c)->encrypt = to_b;
	CHECK_EQ(rules_set(core, a, &r), 0);
	rules_init(&r);
	r.rule.remote = peer_addr(peer_b);
	r.rule.decrypt = of_b;
	rules_follow(&r, a);
	CHECK_EQ(rules_set(core, c, &r), 0);
	/* Three cycles on, both ways. */
	make_rtp(buf, sizeof(buf), 2, SSRC);
	send_and_open(peer_a, A);
	m = srtp_seal_rtp(b_out, buf, sizeof(buf), sealed, sizeof(sealed));
	peer_send(peer_b, &at_c, sealed, (size_t)m);
	CHECK_EQ(peer_receive(peer_a, clear, sizeof(clear), NULL, NULL), sizeof(buf));
	/* What was heard on the other port is not heard again. */
	peer_send(peer_b, &at_c, old, sizeof(buf) + 10);
	wait_rx(core, c, 2);
	CHECK_EQ(counters_of(core, c)->drop_replay, 1);
	/* And a packet is not encrypted again under its index. */
	CHECK_EQ(core->counters_file.srtp[c].tx[0].rtp.top, (rtpe_u64)3 << 16 | 2);
	stop();
}

static void test_moves_not(void)
{
	start();
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)a, (rtpe_u32)b), 0);
	rules_in();
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)b, (rtpe_u32)b), 0);
	/* A has neither received nor sent under keys: there is nothing to move. */
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)a, (rtpe_u32)b), 0);
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)b, 4000000000u), -EBADF);
	CHECK_EQ(rtpe_srtp_move(core, 4000000000u, (rtpe_u32)b), -EBADF);
	to_b = keys(4);
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)b, (rtpe_u32)a), 0);
	CHECK_EQ(rtpe_srtp_move(core, (rtpe_u32)a, (rtpe_u32)b), -EBUSY);
	stop();
}

static const struct test tests[] = {
	{ "rollover counters and replay windows go on in the next core", test_goes_on },
	{ "without them the next core's packets cannot be opened", test_does_not_without },
	{ "a stream under other keys begins anew", test_other_keys },
	{ "a past that contradicts itself or comes too late is refused", test_lies },
	{ "a port that is opened again remembers nothing", test_forgets },
	{ "a party moves to another port under its keys", test_moves },
	{ "nothing moves to where keys are in use, or from where there are none", test_moves_not },
	END_OF_TESTS,
};

const struct suite suite_srtp_restore = { "srtp_restore", tests, net_skip };
