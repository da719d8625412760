/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "dtls_identity.h"

enum { MTU = 1200, CAP = 16384 };

/* ---- two ends and what is between them ---------------------------------------- */

struct end {
	struct rtpe_dtls *d;
	struct rtpe_dtls_result r;
	uint8_t out[CAP];
};

/* Which datagrams get lost, counted over both ways. */
struct wire {
	struct end a, b;
	uint32_t sent, lost_from, lost_to;
	uint32_t longest;
	/* What this end says is looked at. */
	const struct end *watched;
	bool done, bad_certificate;
};

/* Whether datagrams as a step writes them have something that says of a handshake
 * that it is done: ChangeCipherSpec, or anything encrypted. */
static bool says_done(const uint8_t *out, uint32_t len)
{
	for (uint32_t at = 0; at < len;) {
		uint16_t n;

		memcpy(&n, out + at, 2);
		at += 2;
		/* Records: type, version, epoch, sequence number, length. */
		for (uint32_t r = at; r + 13 <= at + n;) {
			if (out[r] == 20 || out[r + 3] || out[r + 4])
				return true;
			r += 13u + (uint32_t)(out[r + 11] << 8 | out[r + 12]);
		}
		at += n;
	}
	return false;
}

/* Whether they have the fatal alert bad_certificate, in clear. */
static bool says_bad_certificate(const uint8_t *out, uint32_t len)
{
	static const uint8_t body[] = { 0, 2, 2, 42 };

	for (uint32_t at = 0; at < len;) {
		uint16_t n;

		memcpy(&n, out + at, 2);
		at += 2;
		if (n == 15 && out[at] == 21 && memcmp(out + at + 11, body, sizeof(body)) == 0)
			return true;
		at += n;
	}
	return false;
}

static void deliver(struct wire *w, struct end *from, struct end *to, int depth);

static void step(struct wire *w, struct end *at, struct end *other, const void *in, uint32_t len,
		 int depth)
{
	CHECK_EQ(rtpe_dtls_step(at->d, in, len, at->out, CAP, &at->r), 0);
	deliver(w, at, other, depth);
}

static void deliver(struct wire *w, struct end *from, struct end *to, int depth)
{
	uint8_t copy[CAP];
	uint32_t len = from->r.out_len;

	CHECK(depth < 50);
	if (from == w->watched) {
		w->done |= says_done(from->out, len);
		w->bad_certificate |= says_bad_certificate(from->out, len);
	}
	memcpy(copy, from->out, len);
	for (uint32_t at = 0; at < len;) {
		uint16_t n;

		memcpy(&n, copy + at, 2);
		CHECK(at + 2u + n <= len);
		if (n > w->longest)
			w->longest = n;
		w->sent++;
		if (w->sent < w->lost_from || w->sent > w->lost_to)
			step(w, to, from, copy + at + 2, n, depth + 1);
		at += 2u + n;
	}
}

static void wait_ms(int32_t ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

/* a is active. Runs until both are done, or nothing more is to be expected. */
static void shake(struct wire *w)
{
	step(w, &w->a, &w->b, NULL, 0, 0);
	for (int i = 0; i < 20; i++) {
		if (w->a.r.state != RTPE_DTLS_HANDSHAKE && w->b.r.state != RTPE_DTLS_HANDSHAKE)
			return;
		wait_ms(20);
		step(w, &w->a, &w->b, NULL, 0, 0);
		step(w, &w->b, &w->a, NULL, 0, 0);
	}
}

/* What the ends expect of each other: fingerprints, of which there may be none. */
static struct wire *wire_between(const struct identity *a, const struct identity *b,
				 uint32_t mtu, const struct rtpe_dtls_fingerprint *of_a,
				 uint32_t n_a, const struct rtpe_dtls_fingerprint *of_b,
				 uint32_t n_b)
{
	struct wire *w = calloc(1, sizeof(*w));

	CHECK(w != NULL);
	w->lost_from = 1;
	w->a.d = rtpe_dtls_new(a->ctx, RTPE_DTLS_ACTIVE, mtu, of_b, n_b);
	w->b.d = rtpe_dtls_new(b->ctx, RTPE_DTLS_PASSIVE, mtu, of_a, n_a);
	CHECK(w->a.d && w->b.d);
	return w;
}

static struct wire *wire_new(const struct identity *a, const struct identity *b, uint32_t mtu)
{
	return wire_between(a, b, mtu, &a->pem.sha256, 1, &b->pem.sha256, 1);
}

static void wire_free(struct wire *w)
{
	rtpe_dtls_free(w->a.d);
	rtpe_dtls_free(w->b.d);
	free(w);
}

static void check_connected(const struct wire *w)
{
	const struct rtpe_dtls_result *a = &w->a.r, *b = &w->b.r;

	CHECK_EQ(a->state, RTPE_DTLS_CONNECTED);
	CHECK_EQ(b->state, RTPE_DTLS_CONNECTED);
	CHECK(a->profile != 0 && a->profile == b->profile);
	CHECK(a->key_len >= 16 && a->salt_len >= 12);
	CHECK(memcmp(a->local_key, b->remote_key, a->key_len) == 0);
	CHECK(memcmp(a->remote_key, b->local_key, a->key_len) == 0);
	CHECK(memcmp(a->local_salt, b->remote_salt, a->salt_len) == 0);
	CHECK(memcmp(a->remote_salt, b->local_salt, a->salt_len) == 0);
	CHECK(memcmp(a->local_key, a->remote_key, a->key_len) != 0);
}

/* ---- tests ------------------------------------------------------------------ */

static void test_keys_match(void)
{
	static const struct { const char *name; uint16_t id; uint8_t key, salt; } cases[] = {
		{ "SRTP_AES128_CM_SHA1_80", RTPE_DTLS_AES128_CM_SHA1_80, 16, 14 },
		{ "SRTP_AES128_CM_SHA1_32", RTPE_DTLS_AES128_CM_SHA1_32, 16, 14 },
		{ "SRTP_AEAD_AES_128_GCM", RTPE_DTLS_AEAD_AES_128_GCM, 16, 12 },
		{ "SRTP_AEAD_AES_256_GCM", RTPE_DTLS_AEAD_AES_256_GCM, 32, 12 },
	};
	struct identity a = identity(false, ALL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct identity b = identity(false, cases[i].name);
		struct wire *w = wire_new(&a, &b, MTU);

		rtpe_dtls_ctx_free(b.ctx);	/* the handshake keeps what it needs */
		shake(w);
		check_connected(w);
		CHECK_EQ(w->a.r.profile, cases[i].id);
		CHECK_EQ(w->a.r.key_len, cases[i].key);
		CHECK_EQ(w->a.r.salt_len, cases[i].salt);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a.ctx);
}

static void test_certificates(void)
{
	struct identity a = identity(false, ALL), b = identity(true, ALL);
	struct wire *w = wire_new(&a, &b, MTU);

	shake(w);
	check_connected(w);
	CHECK(!w->a.r.mismatch && !w->b.r.mismatch);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_any_fingerprint_will_do(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	const struct pem *pem = &a.pem;
	struct rtpe_dtls_fingerprint odd = { .len = 16 };
	struct rtpe_dtls_fingerprint cases[][3] = {
		{ pem->sha1 }, { pem->sha512 }, { b.pem.sha256, odd, pem->sha1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wire *w = wire_between(&a, &b, MTU, cases[i], i == 2 ? 3 : 1,
					      &b.pem.sha256, 1);

		shake(w);
		check_connected(w);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

/* Neither role tells somebody with another certificate that it is done. */
static void test_mismatch(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct rtpe_dtls_fingerprint wrong = a.pem.sha256, cut = a.pem.sha256;

	wrong.digest[31] ^= 1;
	/* The right digest, cut off: of another hash function by its length. */
	cut.len = 28;
	for (int i = 0; i < 6; i++) {
		const struct rtpe_dtls_fingerprint *f = i / 2 == 1 ? &cut : &wrong;
		uint32_t n = i / 2 == 2 ? 0 : 1;
		bool server = i % 2;
		struct wire *w = server ? wire_between(&a, &b, MTU, f, n, &b.pem.sha256, 1)
					: wire_between(&a, &b, MTU, &a.pem.sha256, 1, f, n);
		struct end *strict = server ? &w->b : &w->a, *other = server ? &w->a : &w->b;

		w->watched = strict;
		shake(w);
		CHECK_EQ(strict->r.state, RTPE_DTLS_FAILED);
		CHECK_EQ(strict->r.mismatch, 1);
		CHECK(strstr(strict->r.error, "another fingerprint") != NULL);
		CHECK(w->bad_certificate && !w->done);
		CHECK_EQ(other->r.state, RTPE_DTLS_FAILED);
		CHECK_EQ(other->r.mismatch, 0);
		/* Nor later. */
		CHECK_EQ(rtpe_dtls_step(strict->d, NULL, 0, strict->out, CAP, &strict->r), 0);
		CHECK_EQ(strict->r.out_len, 0);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

/* The check above sees what it looks for when all is well. */
static void test_done_is_seen(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct wire *w = wire_new(&a, &b, MTU);

	w->watched = &w->b;
	shake(w);
	check_connected(w);
	CHECK(w->done && !w->bad_certificate);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

/* There are ciphers that need no certificate: with them nobody is known. */
static void test_anonymous_peers(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct rtpe_dtls_ctx *ctx[2];
	struct wire *w;

	for (int i = 0; i < 2; i++) {
		const struct pem *pem = i ? &b.pem : &a.pem;

		ctx[i] = rtpe_dtls_ctx_new(pem->cert, pem->key, ALL, "aNULL:@SECLEVEL=0", NULL, 0);
		if (!ctx[i])
			break;	/* a library that has none of them */
	}
	if (ctx[0] && ctx[1]) {
		rtpe_dtls_ctx_free(a.ctx);
		rtpe_dtls_ctx_free(b.ctx);
		a.ctx = ctx[0];
		b.ctx = ctx[1];
		w = wire_new(&a, &b, MTU);
		w->watched = &w->b;
		shake(w);
		CHECK_EQ(w->b.r.state, RTPE_DTLS_FAILED);
		CHECK(w->a.r.state != RTPE_DTLS_CONNECTED);
		CHECK(!w->done);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_small_datagrams(void)
{
	struct identity a = identity(true, ALL), b = identity(true, ALL);
	struct wire *w = wire_new(&a, &b, 576);

	shake(w);
	check_connected(w);
	CHECK(w->longest <= 576);
	CHECK(w->sent > 6);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

/* Every datagram of the handshake gets lost once, in turn. */
static void test_losses(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);

	for (uint32_t lost = 1; lost <= 6; lost++) {
		struct wire *w = wire_new(&a, &b, 600);

		w->lost_from = w->lost_to = lost;
		shake(w);
		check_connected(w);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_noise(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct wire *w = wire_new(&a, &b, MTU);
	struct rtpe_dtls_result r;
	uint8_t noise[200], out[CAP];

	srand(1);
	for (int i = 0; i < 500; i++) {
		for (size_t at = 0; at < sizeof(noise); at++)
			noise[at] = (uint8_t)rand();
		noise[0] = (uint8_t)(20 + rand() % 44);
		if (i % 2) {	/* a record header that fits */
			noise[1] = 0xfe;
			noise[2] = 0xfd;
			memset(noise + 3, 0, 8);
			noise[11] = 0;
			noise[12] = (uint8_t)(rand() % 187);
		}
		CHECK_EQ(rtpe_dtls_step(w->b.d, noise, 20 + (uint32_t)rand() % 180, out, CAP, &r),
			 0);
		if (r.state == RTPE_DTLS_FAILED)
			break;	/* fails for itself alone */
	}
	wire_free(w);
	w = wire_new(&a, &b, MTU);
	shake(w);
	check_connected(w);
	/* Once connected nothing unauthenticated has any effect. */
	for (int i = 0; i < 500; i++) {
		for (size_t at = 0; at < sizeof(noise); at++)
			noise[at] = (uint8_t)rand();
		noise[0] = (uint8_t)(20 + rand() % 4);
		noise[1] = 0xfe;
		noise[2] = 0xfd;
		memset(noise + 3, 0, 8);
		noise[4] = i % 2;
		noise[11] = 0;
		noise[12] = 187;
		CHECK_EQ(rtpe_dtls_step(w->a.d, noise, sizeof(noise), out, CAP, &r), 0);
		CHECK_EQ(r.state, RTPE_DTLS_CONNECTED);
		CHECK(memcmp(r.local_key, w->a.r.local_key, 16) == 0);
	}
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_a_new_hello_does_not_disturb(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct wire *w = wire_new(&a, &b, MTU);
	struct rtpe_dtls *other = rtpe_dtls_new(a.ctx, RTPE_DTLS_ACTIVE, MTU, NULL, 0);
	struct rtpe_dtls_result r;
	uint8_t hello[CAP], out[CAP];
	uint16_t n;

	shake(w);
	check_connected(w);
	CHECK_EQ(rtpe_dtls_step(other, NULL, 0, hello, CAP, &r), 0);
	memcpy(&n, hello, 2);
	CHECK_EQ(rtpe_dtls_step(w->b.d, hello + 2, n, out, CAP, &r), 0);
	CHECK_EQ(r.state, RTPE_DTLS_CONNECTED);
	CHECK(memcmp(r.local_key, w->b.r.local_key, 16) == 0);
	rtpe_dtls_free(other);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_nothing_in_common(void)
{
	struct identity a = identity(false, "SRTP_AES128_CM_SHA1_80");
	struct identity b = identity(false, "SRTP_AEAD_AES_128_GCM");
	struct wire *w = wire_new(&a, &b, MTU);

	shake(w);
	CHECK_EQ(w->a.r.state, RTPE_DTLS_FAILED);
	CHECK(strlen(w->a.r.error) > 10);
	CHECK_EQ(w->a.r.timeout_ms, -1);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_closing(void)
{
	struct identity a = identity(false, ALL), b = identity(false, ALL);
	struct wire *w = wire_new(&a, &b, MTU);
	uint16_t n;
	int len;

	shake(w);
	check_connected(w);
	len = rtpe_dtls_close(w->a.d, w->a.out, CAP);
	CHECK(len > 2);
	memcpy(&n, w->a.out, 2);
	step(w, &w->b, &w->a, w->a.out + 2, n, 0);
	CHECK_EQ(w->b.r.state, RTPE_DTLS_CLOSED);
	wire_free(w);
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
}

static void test_what_cannot_be_used(void)
{
	struct pem one = make_pem(false), two = make_pem(false);
	struct identity id = identity(false, ALL);
	char err[128];

#define BAD(cert, key, profiles, ciphers)                                                  \
	do {                                                                               \
		err[0] = '\0';                                                             \
		CHECK(rtpe_dtls_ctx_new(cert, key, profiles, ciphers, err, sizeof(err)) == \
		      NULL);                                                               \
		CHECK(strlen(err) > 10);                                                   \
	} while (0)
	BAD("nonsense", one.key, ALL, NULL);
	BAD(one.cert, "nonsense", ALL, NULL);
	BAD(one.cert, two.key, ALL, NULL);
	BAD(one.cert, one.key, "SRTP_NONSENSE", NULL);
	BAD(one.cert, one.key, ALL, "NONSENSE");
	CHECK(rtpe_dtls_new(id.ctx, RTPE_DTLS_ACTIVE, 575, NULL, 0) == NULL);
	CHECK(rtpe_dtls_new(id.ctx, 2, MTU, NULL, 0) == NULL);
	CHECK(rtpe_dtls_new(id.ctx, RTPE_DTLS_ACTIVE, MTU, &one.sha256,
			    RTPE_DTLS_FINGERPRINTS_MAX + 1) == NULL);
	rtpe_dtls_ctx_free(id.ctx);
	rtpe_dtls_ctx_free(NULL);
	rtpe_dtls_free(NULL);
}

static const struct test tests[] = {
	{ "both ends get the same keys, for every profile", test_keys_match },
	{ "certificates are of ECDSA or RSA", test_certificates },
	{ "any fingerprint will do, whatever it is made with", test_any_fingerprint_will_do },
	{ "another certificate is refused by an alert, and never told that all is done",
	  test_mismatch },
	{ "...as it is told when all is well", test_done_is_seen },
	{ "who shows no certificate is nobody", test_anonymous_peers },
	{ "no datagram is longer than asked for", test_small_datagrams },
	{ "a datagram that gets lost is sent again, whichever it is", test_losses },
	{ "noise fails a handshake at most, and never a connection", test_noise },
	{ "a ClientHello does not disturb what is connected",
	  test_a_new_hello_does_not_disturb },
	{ "no common profile is a failure with a reason", test_nothing_in_common },
	{ "close_notify is sent and noticed", test_closing },
	{ "what cannot be used is refused with a reason", test_what_cannot_be_used },
	END_OF_TESTS,
};

const struct suite suite_dtls = { "dtls", tests, NULL };
