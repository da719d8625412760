/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "classify.h"
#include "srtp.h"

enum { CAP = 2048 };

static size_t hex(const char *text, uint8_t *out)
{
	size_t n = 0;

	for (; *text; text++) {
		static const char digits[] = "0123456789abcdef";
		const char *d = strchr(digits, *text | 0x20);

		if (*text == ' ' || !d)
			continue;
		if (n % 2 == 0)
			out[n / 2] = (uint8_t)((d - digits) << 4);
		else
			out[n / 2] |= (uint8_t)(d - digits);
		n++;
	}
	return n / 2;
}

#define CHECK_HEX(got, text)                                                   \
	do {                                                                   \
		uint8_t want_[CAP];                                            \
		CHECK(memcmp(got, want_, hex(text, want_)) == 0);              \
	} while (0)

static struct rtpe_srtp suite(uint8_t cipher, uint8_t key_len, const char *key, const char *salt)
{
	bool gcm = cipher == RTPE_SRTP_AES_GCM;
	struct rtpe_srtp p = {
		.cipher = cipher, .auth = gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
		.key_len = key_len, .salt_len = gcm ? 12 : 14,
		.rtp_tag_len = gcm ? 16 : 10, .rtcp_tag_len = gcm ? 16 : 10,
	};

	hex(key, p.key);
	hex(salt, p.salt);
	return p;
}

#define KEY_128 "e1f97a0d3e018be0d64fa32c06de4139"
#define SALT_112 "0ec675ad498afeebb6960b3aabe6"

/* ---- packets -------------------------------------------------------------- */

struct pair {
	struct srtp *out, *in;
	uint32_t index;
};

static struct pair pair_of(const struct rtpe_srtp *p)
{
	struct pair pair = { srtp_new(p, SRTP_PROTECT, NULL), srtp_new(p, SRTP_UNPROTECT, NULL), 0 };

	CHECK(pair.out && pair.in);
	return pair;
}

static void pair_free(struct pair *pair)
{
	srtp_free(pair->out);
	srtp_free(pair->in);
}

static size_t rtp(uint8_t *p, uint32_t ssrc, uint16_t seq, size_t payload)
{
	memset(p, 0xab, 12 + payload);
	p[0] = 0x80;
	p[1] = 0x0f;
	put16(p + 2, seq);
	put32(p + 4, 0xdecafbad);
	put32(p + 8, ssrc);
	return 12 + payload;
}

static size_t rtcp(uint8_t *p, uint32_t ssrc)
{
	memset(p, 0xab, 28);
	p[0] = 0x80;
	p[1] = 200;
	put16(p + 2, 6);
	put32(p + 4, ssrc);
	return 28;
}

#define SSRC 0xcafebabeu

static void test_reference_packets(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);
	uint8_t in[CAP], out[CAP];
	size_t n = rtp(in, SSRC, 0x1234, 16);

	CHECK_EQ(srtp_seal_rtp(pair.out, in, n, out, CAP), 38);
	CHECK_HEX(out, "800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 "
		       "b78d6acc99ea179b8dbb");
	n = hex("81c8000bcafebabe", in);
	memset(in + n, 0xab, 16);
	pair.index = 1;
	CHECK_EQ(srtp_seal_rtcp(pair.out, in, 24, out, CAP, &pair.index), 38);
	CHECK_HEX(out, "81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 "
		       "993e08cd54d6c1230798");
	pair_free(&pair);
	p = suite(RTPE_SRTP_AES_GCM, 16, "000102030405060708090a0b0c0d0e0f",
		  "a0a1a2a3a4a5a6a7a8a9aaab");
	pair = pair_of(&p);
	n = rtp(in, SSRC, 0x1234, 16);
	CHECK_EQ(srtp_seal_rtp(pair.out, in, n, out, CAP), 44);
	CHECK_HEX(out, "800f1234decafbadcafebabe c5002ede04cfdd2eb91159e0880aa06e "
		       "d2976826f796b201df3131a127e8a392");
	pair_free(&pair);
}

/* Every suite, with and without an MKI and each session parameter. */
static uint32_t all_suites(struct rtpe_srtp *list)
{
	static const struct { uint8_t cipher, key, tag; } kinds[] = {
		{ RTPE_SRTP_AES_CM, 16, 10 }, { RTPE_SRTP_AES_CM, 16, 4 },
		{ RTPE_SRTP_AES_CM, 24, 10 }, { RTPE_SRTP_AES_CM, 24, 4 },
		{ RTPE_SRTP_AES_CM, 32, 10 }, { RTPE_SRTP_AES_CM, 32, 4 },
		{ RTPE_SRTP_AES_F8, 16, 10 }, { RTPE_SRTP_AES_F8, 16, 4 },
		{ RTPE_SRTP_NULL, 16, 10 }, { RTPE_SRTP_NULL, 16, 4 },
		{ RTPE_SRTP_AES_GCM, 16, 16 }, { RTPE_SRTP_AES_GCM, 32, 16 },
	};
	uint32_t n = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (uint8_t mki = 0; mki <= 4; mki += 4) {
			for (uint8_t flags = 0; flags < 8; flags++) {
				struct rtpe_srtp p = suite(kinds[i].cipher, kinds[i].key,
							   KEY_128 KEY_128, SALT_112);

				p.rtp_tag_len = kinds[i].tag;
				p.mki_len = mki;
				memcpy(p.mki, "mki!", 4);
				p.flags = flags;
				if (!srtp_problem(&p))
					list[n++] = p;
			}
		}
	}
	return n;
}

static void test_round_trips(void)
{
	struct rtpe_srtp list[256];
	uint32_t n = all_suites(list);

	CHECK_EQ(n, 10 * 2 * 8 + 2 * 2 * 2);
	for (uint32_t i = 0; i < n; i++) {
		struct pair pair = pair_of(&list[i]);
		uint8_t in[CAP], mid[CAP], out[CAP];

		for (uint16_t seq = 1; seq < 40; seq++) {
			size_t len = rtp(in, SSRC, seq, (size_t)seq * 7 % 50);
			int m = srtp_seal_rtp(pair.out, in, len, mid, CAP);

			CHECK(m >= (int)len && m <= (int)(len + SRTP_TRAILER_MAX));
			CHECK_EQ(srtp_open_rtp(pair.in, mid, (size_t)m, out, CAP), len);
			CHECK(memcmp(in, out, len) == 0);
			len = rtcp(in, SSRC);
			m = srtp_seal_rtcp(pair.out, in, len, mid, CAP, &pair.index);
			CHECK(m >= (int)len && m <= (int)(len + SRTP_TRAILER_MAX));
			CHECK_EQ(srtp_open_rtcp(pair.in, mid, (size_t)m, out, CAP), len);
			CHECK(memcmp(in, out, len) == 0);
		}
		pair_free(&pair);
	}
}

/* Every bit of an authenticated packet matters, and a forgery changes nothing. */
static void test_forgeries(void)
{
	struct rtpe_srtp list[256];
	uint32_t n = all_suites(list);

	for (uint32_t i = 0; i < n; i++) {
		struct pair pair = pair_of(&list[i]);
		bool open = list[i].flags & RTPE_SRTP_NO_RTP_AUTH;
		uint8_t in[CAP], mid[CAP], out[CAP];
		size_t len = rtp(in, SSRC, 100, 20);
		int m = srtp_seal_rtp(pair.out, in, len, mid, CAP);
		size_t trailer = (size_t)m - len;
		int r;

		for (int bit = 0; !open && bit < m * 8; bit++) {
			size_t at = (size_t)bit / 8;
			size_t mki = list[i].cipher == RTPE_SRTP_AES_GCM ? (size_t)m - list[i].mki_len
									   : len;

			if (list[i].mki_len && at >= mki && at < mki + list[i].mki_len)
				continue;	/* says which key, and there is one */
			mid[at] ^= (uint8_t)(1 << bit % 8);
			r = srtp_open_rtp(pair.in, mid, (size_t)m, out, CAP);
			CHECK(r == -EBADMSG || r == -EINVAL);
			mid[at] ^= (uint8_t)(1 << bit % 8);
		}
		CHECK(trailer <= SRTP_TRAILER_MAX);
		CHECK_EQ(srtp_open_rtp(pair.in, mid, (size_t)m, out, CAP), len);
		pair_free(&pair);
	}
}

static void test_lengths_that_lie(void)
{
	struct rtpe_srtp list[256];
	uint32_t n = all_suites(list);

	for (uint32_t i = 0; i < n; i++) {
		struct pair pair = pair_of(&list[i]);
		uint8_t in[CAP], mid[CAP];
		int m;

		rtp(in, SSRC, 7, 60);
		in[0] = 0x92;		/* two contributing sources, an extension */
		put16(in + 20 + 2, 3);
		m = srtp_seal_rtp(pair.out, in, 72, mid, CAP);
		CHECK(m > 0);
		for (int len = 0; len < m; len++) {
			uint8_t *exact = malloc((size_t)len + 1), *out = malloc(CAP);

			CHECK(exact && out);
			memcpy(exact, mid, (size_t)len);
			CHECK(srtp_open_rtp(pair.in, exact, (size_t)len, out, CAP) < 0 ||
			      list[i].flags & RTPE_SRTP_NO_RTP_AUTH);
			CHECK(srtp_open_rtcp(pair.in, exact, (size_t)len, out, CAP) < 0);
			free(exact);
			free(out);
		}
		put16(in + 20 + 2, 300);
		CHECK_EQ(srtp_seal_rtp(pair.out, in, 72, mid, CAP), -EINVAL);
		CHECK_EQ(srtp_seal_rtp(pair.out, in, 11, mid, CAP), -EINVAL);
		CHECK_EQ(srtp_seal_rtcp(pair.out, in, 7, mid, CAP, &pair.index), -EINVAL);
		rtp(in, SSRC, 9, 60);
		CHECK(srtp_seal_rtp(pair.out, in, 72, mid, 71) == -ENOSPC);
		pair_free(&pair);
	}
}

/* ---- indices ---------------------------------------------------------------- */

static int pass(struct pair *pair, uint32_t ssrc, uint16_t seq)
{
	uint8_t in[CAP], mid[CAP], out[CAP];
	int m = srtp_seal_rtp(pair->out, in, rtp(in, ssrc, seq, 10), mid, CAP);

	return m < 0 ? m : srtp_open_rtp(pair->in, mid, (size_t)m, out, CAP);
}

static void test_rollover(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);
	uint32_t roc;
	uint16_t seq;

	for (uint32_t i = 65000; i < 65000 + 3 * 65536; i += 101)
		CHECK(pass(&pair, SSRC, (uint16_t)i) > 0);
	CHECK_EQ(srtp_stream_get(pair.in, SSRC, &roc, &seq), 0);
	CHECK_EQ(roc, 3);
	/* A late packet from before a rollover. */
	CHECK(pass(&pair, 5, 65530) > 0);
	CHECK(pass(&pair, 5, 3) > 0);
	CHECK(pass(&pair, 5, 65531) > 0);
	CHECK(pass(&pair, 5, 4) > 0);
	CHECK_EQ(srtp_stream_get(pair.in, 5, &roc, &seq), 0);
	CHECK_EQ(roc, 1);
	CHECK_EQ(seq, 4);
	CHECK_EQ(srtp_stream_get(pair.in, 6, &roc, &seq), -ENOENT);
	pair_free(&pair);
}

static void test_taking_over(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_GCM, 32, KEY_128 KEY_128, SALT_112);
	struct pair pair = pair_of(&p), later = pair_of(&p);
	uint8_t in[CAP], mid[CAP], out[CAP];
	uint32_t roc;
	uint16_t seq;
	int m;

	for (uint32_t i = 60000; i < 160000; i += 1000)
		CHECK(pass(&pair, SSRC, (uint16_t)i) > 0);
	CHECK_EQ(srtp_stream_get(pair.in, SSRC, &roc, &seq), 0);
	CHECK_EQ(roc, 2);
	srtp_stream_set(later.in, SSRC, roc, seq);
	m = srtp_seal_rtp(pair.out, in, rtp(in, SSRC, (uint16_t)(seq + 1), 10), mid, CAP);
	CHECK_EQ(srtp_open_rtp(later.in, mid, (size_t)m, out, CAP), 22);
	/* What may have been seen before is not taken again. */
	m = srtp_seal_rtp(pair.out, in, rtp(in, SSRC, (uint16_t)(seq - 1), 10), mid, CAP);
	CHECK_EQ(srtp_open_rtp(later.in, mid, (size_t)m, out, CAP), -EALREADY);
	pair_free(&pair);
	pair_free(&later);
}

static void test_replays(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);
	uint8_t in[CAP], mid[300][64], out[CAP];
	int m = 0;

	for (uint16_t i = 0; i < 300; i++)
		m = srtp_seal_rtp(pair.out, in, rtp(in, SSRC, i, 10), mid[i], 64);
	for (uint16_t i = 0; i < 300; i += 2)
		CHECK_EQ(srtp_open_rtp(pair.in, mid[i], (size_t)m, out, CAP), 22);
	for (uint16_t i = 0; i < 300; i++) {
		bool old = 298 - i >= RTPE_SRTP_WINDOW && i < 298, seen = i % 2 == 0;
		int want = i == 299 ? 22 : old || seen ? -EALREADY : 22;

		if (i == 299)	/* moves the window */
			break;
		CHECK_EQ(srtp_open_rtp(pair.in, mid[i], (size_t)m, out, CAP), want);
	}
	/* The sender never uses an index twice. */
	CHECK_EQ(srtp_seal_rtp(pair.out, in, rtp(in, SSRC, 299, 10), out, CAP), -EALREADY);
	pair_free(&pair);
}

static void test_control_indices(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);
	uint8_t in[CAP], mid[CAP], out[CAP];
	int m = srtp_seal_rtcp(pair.out, in, rtcp(in, SSRC), mid, CAP, &pair.index);

	CHECK_EQ(srtp_open_rtcp(pair.in, mid, (size_t)m, out, CAP), 28);
	CHECK_EQ(srtp_open_rtcp(pair.in, mid, (size_t)m, out, CAP), -EALREADY);
	pair.index = 0x7fffffff;
	m = srtp_seal_rtcp(pair.out, in, rtcp(in, SSRC), mid, CAP, &pair.index);
	CHECK_EQ(srtp_open_rtcp(pair.in, mid, (size_t)m, out, CAP), 28);
	/* RFC 3711 section 9.2: 2^31 packets, and no more. */
	for (int i = 0; i < 3; i++)
		CHECK_EQ(srtp_seal_rtcp(pair.out, in, rtcp(in, SSRC), mid, CAP, &pair.index),
			 -EKEYEXPIRED);
	pair_free(&pair);
}

static void test_the_last_index(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);

	srtp_stream_set(pair.out, SSRC, 0xffffffff, 65534);
	srtp_stream_set(pair.in, SSRC, 0xffffffff, 65534);
	CHECK(pass(&pair, SSRC, 65535) > 0);
	CHECK_EQ(pass(&pair, SSRC, 0), -EKEYEXPIRED);
	pair_free(&pair);
}

static void test_many_sources(void)
{
	struct rtpe_srtp p = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112);
	struct pair pair = pair_of(&p);
	uint8_t forged[64], out[CAP];
	uint32_t roc;
	uint16_t seq;

	for (uint32_t i = 0; i < RTPE_SRTP_STREAMS; i++)
		CHECK(pass(&pair, i, 10) > 0);
	/* Forgeries push nobody out. */
	for (uint32_t i = 1000; i < 2000; i++)
		CHECK_EQ(srtp_open_rtp(pair.in, forged, rtp(forged, i, 10, 40), out, CAP),
			 -EBADMSG);
	for (uint32_t i = 0; i < RTPE_SRTP_STREAMS; i++)
		CHECK_EQ(srtp_stream_get(pair.in, i, &roc, &seq), 0);
	/* A source more takes the place of the one silent for longest. */
	CHECK(pass(&pair, 0, 11) > 0);
	CHECK(pass(&pair, 99, 10) > 0);
	CHECK_EQ(srtp_stream_get(pair.in, 0, &roc, &seq), 0);
	CHECK_EQ(srtp_stream_get(pair.in, 1, &roc, &seq), -ENOENT);
	pair_free(&pair);
}

static void test_parameters_that_contradict(void)
{
	struct rtpe_srtp good = suite(RTPE_SRTP_AES_CM, 16, KEY_128, SALT_112), p;

	CHECK(srtp_problem(&good) == NULL);
#define BAD(change)                                               \
	do {                                                      \
		p = good;                                         \
		change;                                           \
		CHECK(srtp_problem(&p) != NULL);                  \
		CHECK(srtp_new(&p, SRTP_PROTECT, NULL) == NULL);        \
	} while (0)
	BAD(p.cipher = 0);
	BAD(p.cipher = 5);
	BAD(p.key_len = 15);
	BAD(p.key_len = 0);
	BAD(p.salt_len = 12);
	BAD(p.salt_len = 255);
	BAD(p.auth = RTPE_SRTP_AUTH_NONE);
	BAD(p.rtp_tag_len = 0);
	BAD(p.rtp_tag_len = 16);
	BAD(p.rtcp_tag_len = 4);
	BAD(p.mki_len = RTPE_MKI_MAX + 1);
	BAD(p.flags = 8);
	BAD((p.cipher = RTPE_SRTP_AES_F8, p.key_len = 32));
	good = suite(RTPE_SRTP_AES_GCM, 16, KEY_128, SALT_112);
	BAD(p.key_len = 24);
	BAD(p.salt_len = 14);
	BAD(p.rtp_tag_len = 8);
	BAD(p.auth = RTPE_SRTP_HMAC_SHA1);
	BAD(p.flags = RTPE_SRTP_NO_RTP_AUTH);
	BAD(p.flags = RTPE_SRTP_PLAIN_RTP);
}

static const struct test tests[] = {
	{ "protected packets are those of others", test_reference_packets },
	{ "every suite gives back what it took", test_round_trips },
	{ "a forged bit is noticed, and changes nothing", test_forgeries },
	{ "D2-6 lengths that lie are noticed", test_lengths_that_lie },
	{ "D2-8 sequence numbers roll over, late ones too", test_rollover },
	{ "a stream can be taken over", test_taking_over },
	{ "D2-9 nothing is taken twice, nor sent twice", test_replays },
	{ "an RTCP index is used once, and the last one is the last", test_control_indices },
	{ "the last RTP index is the last", test_the_last_index },
	{ "D2-10 a forger pushes no source out", test_many_sources },
	{ "parameters that contradict each other are refused", test_parameters_that_contradict },
	END_OF_TESTS,
};

const struct suite suite_srtp = { "srtp", tests, NULL };
