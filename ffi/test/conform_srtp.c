/* SPDX-License-Identifier: MIT */
/* SRTP through the relay: in clear on one side, under keys on the other, under
 * different keys, under the same. What the suites do: srtp_test.c. */
#include <errno.h>
#include <string.h>

#include "addr.h"
#include "classify.h"
#include "conform.h"
#include "srtp.h"

static struct rtpe_srtp keys(uint8_t cipher, uint8_t seed)
{
	bool gcm = cipher == RTPE_SRTP_AES_GCM;
	struct rtpe_srtp p = {
		.cipher = cipher, .auth = gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
		.key_len = 16, .salt_len = gcm ? 12 : 14,
		.rtp_tag_len = gcm ? 16 : 10, .rtcp_tag_len = gcm ? 16 : 10,
	};

	memset(p.key, seed, p.key_len);
	memset(p.salt, ~seed, p.salt_len);
	return p;
}

/* A peer that speaks SRTP. */
struct secure {
	struct srtp *out, *in;
	uint32_t index;
};

static struct secure secure_peer(const struct rtpe_srtp *out, const struct rtpe_srtp *in)
{
	struct secure s = { srtp_new(out, SRTP_PROTECT, NULL), srtp_new(in, SRTP_UNPROTECT, NULL), 0 };

	CHECK(s.out && s.in);
	return s;
}

static void secure_end(struct secure *s)
{
	srtp_free(s->out);
	srtp_free(s->in);
}

static void start(struct pair *p)
{
	p->rule_a.rule.remote = peer_addr(p->peer_a);
	p->rule_b.rule.remote = peer_addr(p->peer_b);
	p->rule_a.rule.flags |= RTPE_RULE_RTCP_MUX;
	p->rule_b.rule.flags |= RTPE_RULE_RTCP_MUX;
	p->rule_a.out[0].match |= RTPE_CLASS_RTCP;
	p->rule_b.out[0].match |= RTPE_CLASS_RTCP;
	pair_rules(p);
}

/* Plain RTP at A, SRTP at B, both ways, RTCP too. */
static void bridge(uint8_t cipher)
{
	bool encrypted = cipher != RTPE_SRTP_NULL;
	struct rtpe_srtp ours = keys(cipher, 1), theirs = keys(cipher, 2);
	uint8_t buf[300], sealed[400], got[400], clear[400];
	struct secure b;
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].encrypt = ours;
	p.rule_b.rule.decrypt = theirs;
	start(&p);
	b = secure_peer(&theirs, &ours);
	for (uint16_t i = 0; i < 20; i++) {
		size_t n = i % 4 == 3 ? make_rtcp(buf, 7) : make_rtp(buf, 172 + i, i, 7);
		int m;

		peer_send(p.peer_a, &p.at_a, buf, n);
		m = peer_receive(p.peer_b, sealed, sizeof(sealed), NULL, NULL);
		CHECK(m > (int)n);
		CHECK(n < 20 || (memcmp(sealed + 12, buf + 12, n - 12) != 0) == encrypted);
		m = i % 4 == 3 ? srtp_open_rtcp(b.in, sealed, (size_t)m, clear, sizeof(clear))
			       : srtp_open_rtp(b.in, sealed, (size_t)m, clear, sizeof(clear));
		CHECK_EQ(m, n);
		CHECK(memcmp(clear, buf, n) == 0);
		m = i % 4 == 3 ? srtp_seal_rtcp(b.out, buf, n, sealed, sizeof(sealed), &b.index)
			       : srtp_seal_rtp(b.out, buf, n, sealed, sizeof(sealed));
		CHECK(m > 0);
		peer_send(p.peer_b, &p.at_b, sealed, (size_t)m);
		CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), n);
		CHECK(memcmp(got, buf, n) == 0);
	}
	CHECK_EQ(counters_of(p.core, p.b)->rx_errors, 0);
	CHECK_EQ(counters_of(p.core, p.b)->ssrc[0].packets, 15);
	secure_end(&b);
	pair_stop(&p);
}

static void test_bridge(void)
{
	bridge(RTPE_SRTP_AES_CM);
	bridge(RTPE_SRTP_AES_GCM);
	bridge(RTPE_SRTP_AES_F8);
	bridge(RTPE_SRTP_NULL);
}

/* Forged, replayed, in clear: nothing passes, nothing is learned. */
static void test_forgeries(void)
{
	struct rtpe_srtp theirs = keys(RTPE_SRTP_AES_CM, 2), wrong = keys(RTPE_SRTP_AES_CM, 3);
	uint8_t buf[172], sealed[300], got[300];
	struct secure b, forger;
	struct pair p;
	int thief, m;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_b.rule.decrypt = theirs;
	p.rule_b.rule.source_action = RTPE_SOURCE_HANDOVER;
	start(&p);
	b = secure_peer(&theirs, &theirs);
	forger = secure_peer(&wrong, &wrong);
	thief = peer_open("127.0.0.3", 0);
	for (uint16_t i = 0; i < 50; i++) {
		make_rtp(buf, sizeof(buf), i, 1000u + i);
		m = srtp_seal_rtp(forger.out, buf, sizeof(buf), sealed, sizeof(sealed));
		peer_send(thief, &p.at_b, i % 2 ? sealed : buf, i % 2 ? (size_t)m : sizeof(buf));
	}
	wait_rx(p.core, p.b, 50);
	CHECK_EQ(counters_of(p.core, p.b)->drop_auth, 50);
	CHECK_EQ(counters_of(p.core, p.b)->learned, 0);
	CHECK_EQ(counters_of(p.core, p.b)->ssrc[0].packets, 0);
	make_rtp(buf, sizeof(buf), 1, 7);
	m = srtp_seal_rtp(b.out, buf, sizeof(buf), sealed, sizeof(sealed));
	for (int i = 0; i < 5; i++)
		peer_send(p.peer_b, &p.at_b, sealed, (size_t)m);
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(peer_silent(p.peer_a));
	CHECK_EQ(counters_of(p.core, p.b)->drop_replay, 4);
	/* A replay from elsewhere moves nothing either. */
	peer_send(thief, &p.at_b, sealed, (size_t)m);
	wait_rx(p.core, p.b, 56);
	CHECK_EQ(counters_of(p.core, p.b)->drop_replay, 5);
	make_rtp(buf, sizeof(buf), 1, 9);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(peer_silent(thief));
	peer_close(thief);
	secure_end(&b);
	secure_end(&forger);
	pair_stop(&p);
}

/* Other keys on each side, with edits between them. */
static void test_other_keys(void)
{
	struct rtpe_srtp at_a = keys(RTPE_SRTP_AES_GCM, 1), at_b = keys(RTPE_SRTP_AES_CM, 2);
	uint8_t buf[172], want[172], sealed[300], clear[300];
	struct secure a, b;
	struct pair p;

	pair_open(&p, "127.0.0.1", "::1");
	p.rule_a.rule.decrypt = at_a;
	p.rule_a.out[0].encrypt = at_b;
	p.rule_a.out[0].flags |= RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET;
	p.rule_a.out[0].ssrc_out = 99;
	p.rule_a.out[0].seq_offset = 5;
	start(&p);
	a = secure_peer(&at_a, &at_a);
	b = secure_peer(&at_b, &at_b);
	for (uint16_t i = 65500; i != 50; i++) {
		int m;

		make_rtp(buf, sizeof(buf), i, 7);
		make_rtp(want, sizeof(want), (uint16_t)(i + 5), 99);
		memcpy(want + 12, buf + 12, sizeof(buf) - 12);
		m = srtp_seal_rtp(a.out, buf, sizeof(buf), sealed, sizeof(sealed));
		peer_send(p.peer_a, &p.at_a, sealed, (size_t)m);
		m = peer_receive(p.peer_b, sealed, sizeof(sealed), NULL, NULL);
		CHECK_EQ(srtp_open_rtp(b.in, sealed, (size_t)m, clear, sizeof(clear)),
			 sizeof(want));
		CHECK(memcmp(clear, want, sizeof(want)) == 0);
	}
	secure_end(&a);
	secure_end(&b);
	pair_stop(&p);
}

/* The same keys on both sides: authenticated, passed as it is; another output
 * has it in clear, a third one silenced. */
static void test_as_received(void)
{
	struct rtpe_srtp k = keys(RTPE_SRTP_AES_GCM, 1);
	uint8_t buf[172], sealed[300], got[300];
	int c, peer_c;
	struct secure a;
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.rule.decrypt = k;
	p.rule_a.out[0].flags |= RTPE_OUT_AS_RECEIVED;
	c = open_port(p.core, "127.0.0.3", 42000);
	peer_c = peer_open("127.0.0.3", 0);
	for (int i = 0; i < 2; i++) {
		struct rtpe_output *o = rules_follow(&p.rule_a, c);

		o->flags = i ? RTPE_OUT_SILENCE : 0;
		o->dst = peer_addr(peer_c);
	}
	p.rule_a.rule.n_silence = 1;
	p.rule_a.rule.silence[0] = (struct rtpe_silence){ .payload_type = 8, .byte = 0xd5 };
	start(&p);
	a = secure_peer(&k, &k);
	for (uint16_t i = 0; i < 10; i++) {
		int m;

		make_rtp(buf, sizeof(buf), i, 7);
		buf[1] = 8;
		m = srtp_seal_rtp(a.out, buf, sizeof(buf), sealed, sizeof(sealed));
		peer_send(p.peer_a, &p.at_a, sealed, (size_t)m);
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), m);
		CHECK(memcmp(got, sealed, (size_t)m) == 0);
		CHECK_EQ(peer_receive(peer_c, got, sizeof(got), NULL, NULL), sizeof(buf));
		CHECK(memcmp(got, buf, sizeof(buf)) == 0);
		CHECK_EQ(peer_receive(peer_c, got, sizeof(got), NULL, NULL), sizeof(buf));
		CHECK_EQ(got[100], 0xd5);
		/* A forgery goes nowhere. */
		sealed[40] ^= 1;
		peer_send(p.peer_a, &p.at_a, sealed, (size_t)m);
	}
	CHECK(peer_silent(p.peer_b));
	/* A forged copy of a packet that has come is a replay first. */
	CHECK_EQ(counters_of(p.core, p.a)->drop_replay, 10);
	peer_close(peer_c);
	secure_end(&a);
	pair_stop(&p);
}

/* A new rule with the same keys goes on; one with others begins anew. */
static void test_rules_change(void)
{
	struct rtpe_srtp theirs = keys(RTPE_SRTP_AES_CM, 2), next = keys(RTPE_SRTP_AES_CM, 4);
	uint8_t buf[100], sealed[200], got[200];
	struct secure b, b2;
	struct pair p;
	int m;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_b.rule.decrypt = theirs;
	p.rule_b.out[0].encrypt = theirs;
	start(&p);
	b = secure_peer(&theirs, &theirs);
	b2 = secure_peer(&next, &next);
	for (uint32_t i = 65000; i < 65000 + 3 * 700; i += 700) {
		make_rtp(buf, sizeof(buf), (uint16_t)i, 7);
		m = srtp_seal_rtp(b.out, buf, sizeof(buf), sealed, sizeof(sealed));
		peer_send(p.peer_b, &p.at_b, sealed, (size_t)m);
		m = peer_receive(p.peer_a, got, sizeof(got), NULL, NULL);
		CHECK_EQ(srtp_open_rtp(b.in, got, (size_t)m, sealed, sizeof(sealed)),
			 sizeof(buf));
		/* The sequence number has rolled over by the end. */
		CHECK_EQ(rules_set(p.core, p.b, &p.rule_b), 0);
	}
	p.rule_b.rule.decrypt = next;
	CHECK_EQ(rules_set(p.core, p.b, &p.rule_b), 0);
	make_rtp(buf, sizeof(buf), 1, 8);
	m = srtp_seal_rtp(b2.out, buf, sizeof(buf), sealed, sizeof(sealed));
	peer_send(p.peer_b, &p.at_b, sealed, (size_t)m);
	CHECK(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL) > 0);
	secure_end(&b);
	secure_end(&b2);
	pair_stop(&p);
}

/* What is sent from a port by hand shares its indices with what passes. */
static void test_own_reports(void)
{
	struct rtpe_srtp ours = keys(RTPE_SRTP_AES_CM, 1);
	struct rtpe_addr none = { 0 };
	uint8_t buf[64], got[200], clear[200];
	struct secure b;
	struct pair p;
	int m;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_a.out[0].encrypt = ours;
	start(&p);
	b = secure_peer(&ours, &ours);
	for (int i = 0; i < 10; i++) {
		size_t n = make_rtcp(buf, 7);

		if (i % 2)
			peer_send(p.peer_a, &p.at_a, buf, n);
		else
			CHECK(rtpe_port_send_srtcp(p.core, (rtpe_u32)p.b, &none, buf,
						   (rtpe_u32)n, &ours) >= 0);
		m = peer_receive(p.peer_b, got, sizeof(got), NULL, NULL);
		CHECK_EQ(srtp_open_rtcp(b.in, got, (size_t)m, clear, sizeof(clear)), n);
	}
	CHECK_EQ(rtpe_port_send_srtcp(p.core, (rtpe_u32)p.b, &none, "x", 1, &ours), -EINVAL);
	ours.key_len = 5;
	CHECK_EQ(rtpe_port_send_srtcp(p.core, (rtpe_u32)p.b, &none, buf, 8, &ours), -EINVAL);
	CHECK_EQ(rtpe_port_send_srtcp(p.core, 99, &none, buf, 8, &ours), -EBADF);
	secure_end(&b);
	pair_stop(&p);
}

/* Malformed SRTP of every length, through the whole path. */
static void test_short_packets(void)
{
	struct rtpe_srtp theirs = keys(RTPE_SRTP_AES_GCM, 2);
	uint8_t buf[64];
	struct pair p;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	p.rule_b.rule.decrypt = theirs;
	start(&p);
	for (size_t n = 1; n <= sizeof(buf); n++) {
		make_rtp(buf, sizeof(buf), (uint16_t)n, 7);
		buf[0] = n % 2 ? 0xbf : 0x80;
		buf[1] = n % 3 ? 200 : 8;
		peer_send(p.peer_b, &p.at_b, buf, n);
	}
	wait_rx(p.core, p.b, sizeof(buf));
	CHECK_EQ(counters_of(p.core, p.b)->rx_errors, sizeof(buf));
	CHECK(peer_silent(p.peer_a));
	pair_stop(&p);
}

const struct test conform_srtp_tests[] = {
	{ "RTP on one side, SRTP on the other", test_bridge },
	{ "what is not authentic is dropped and moves nothing", test_forgeries },
	{ "other keys on each side", test_other_keys },
	{ "the same keys on both sides: passed as it came", test_as_received },
	{ "a new rule goes on where the keys are the same", test_rules_change },
	{ "reports of our own share the indices", test_own_reports },
	{ "malformed SRTP is dropped", test_short_packets },
	END_OF_TESTS,
};
