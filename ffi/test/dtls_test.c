/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "check.h"
#include "rtpe_dtls.h"

#define ALL "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:" \
	    "SRTP_AES128_CM_SHA1_32"

enum { MTU = 1200, CAP = 16384 };

/* ---- certificates ---------------------------------------------------------- */

struct pem {
	char cert[4096], key[4096];
};

static void write_pem(BIO *bio, char *text)
{
	int n = BIO_read(bio, text, 4095);

	CHECK(n > 0);
	text[n] = '\0';
	BIO_free(bio);
}

static struct pem make_pem(bool rsa)
{
	EVP_PKEY *key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
	struct pem pem;

	CHECK(key && cert && c && k);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 7);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	CHECK(X509_sign(cert, key, EVP_sha256()) > 0);
	CHECK(PEM_write_bio_X509(c, cert) == 1);
	CHECK(PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) == 1);
	write_pem(c, pem.cert);
	write_pem(k, pem.key);
	X509_free(cert);
	EVP_PKEY_free(key);
	return pem;
}

static struct rtpe_dtls_ctx *context(bool rsa, const char *profiles)
{
	struct pem pem = make_pem(rsa);
	char err[256] = "";
	struct rtpe_dtls_ctx *ctx = rtpe_dtls_ctx_new(pem.cert, pem.key, profiles, NULL, err,
						      sizeof(err));

	if (!ctx)
		printf("    %s\n", err);
	CHECK(ctx != NULL);
	return ctx;
}

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
};

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

static struct wire *wire_new(struct rtpe_dtls_ctx *a, struct rtpe_dtls_ctx *b, uint32_t mtu)
{
	struct wire *w = calloc(1, sizeof(*w));

	CHECK(w != NULL);
	w->lost_from = 1;
	w->a.d = rtpe_dtls_new(a, RTPE_DTLS_ACTIVE, mtu);
	w->b.d = rtpe_dtls_new(b, RTPE_DTLS_PASSIVE, mtu);
	CHECK(w->a.d && w->b.d);
	return w;
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
	struct rtpe_dtls_ctx *a = context(false, ALL);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rtpe_dtls_ctx *b = context(false, cases[i].name);
		struct wire *w = wire_new(a, b, MTU);

		rtpe_dtls_ctx_free(b);	/* the handshake keeps what it needs */
		shake(w);
		check_connected(w);
		CHECK_EQ(w->a.r.profile, cases[i].id);
		CHECK_EQ(w->a.r.key_len, cases[i].key);
		CHECK_EQ(w->a.r.salt_len, cases[i].salt);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a);
}

static void test_certificates(void)
{
	struct rtpe_dtls_ctx *a = context(false, ALL), *b = context(true, ALL);
	struct wire *w = wire_new(a, b, MTU);
	uint8_t der[4096];
	const uint8_t *at = der;
	X509 *cert;
	int n;

	CHECK_EQ(rtpe_dtls_peer_certificate(w->a.d, der, sizeof(der)), -ENOENT);
	shake(w);
	check_connected(w);
	n = rtpe_dtls_peer_certificate(w->a.d, NULL, 0);
	CHECK(n > 200);
	CHECK_EQ(rtpe_dtls_peer_certificate(w->a.d, der, sizeof(der)), n);
	cert = d2i_X509(NULL, &at, n);
	CHECK(cert != NULL);
	CHECK_EQ(EVP_PKEY_get_base_id(X509_get0_pubkey(cert)), EVP_PKEY_RSA);
	X509_free(cert);
	wire_free(w);
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_small_datagrams(void)
{
	struct rtpe_dtls_ctx *a = context(true, ALL), *b = context(true, ALL);
	struct wire *w = wire_new(a, b, 576);

	shake(w);
	check_connected(w);
	CHECK(w->longest <= 576);
	CHECK(w->sent > 6);
	wire_free(w);
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

/* Every datagram of the handshake gets lost once, in turn. */
static void test_losses(void)
{
	struct rtpe_dtls_ctx *a = context(false, ALL), *b = context(false, ALL);

	for (uint32_t lost = 1; lost <= 6; lost++) {
		struct wire *w = wire_new(a, b, 600);

		w->lost_from = w->lost_to = lost;
		shake(w);
		check_connected(w);
		wire_free(w);
	}
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_noise(void)
{
	struct rtpe_dtls_ctx *a = context(false, ALL), *b = context(false, ALL);
	struct wire *w = wire_new(a, b, MTU);
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
	w = wire_new(a, b, MTU);
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
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_a_new_hello_does_not_disturb(void)
{
	struct rtpe_dtls_ctx *a = context(false, ALL), *b = context(false, ALL);
	struct wire *w = wire_new(a, b, MTU);
	struct rtpe_dtls *other = rtpe_dtls_new(a, RTPE_DTLS_ACTIVE, MTU);
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
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_nothing_in_common(void)
{
	struct rtpe_dtls_ctx *a = context(false, "SRTP_AES128_CM_SHA1_80");
	struct rtpe_dtls_ctx *b = context(false, "SRTP_AEAD_AES_128_GCM");
	struct wire *w = wire_new(a, b, MTU);

	shake(w);
	CHECK_EQ(w->a.r.state, RTPE_DTLS_FAILED);
	CHECK(strlen(w->a.r.error) > 10);
	CHECK_EQ(w->a.r.timeout_ms, -1);
	wire_free(w);
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_closing(void)
{
	struct rtpe_dtls_ctx *a = context(false, ALL), *b = context(false, ALL);
	struct wire *w = wire_new(a, b, MTU);
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
	rtpe_dtls_ctx_free(a);
	rtpe_dtls_ctx_free(b);
}

static void test_what_cannot_be_used(void)
{
	struct pem one = make_pem(false), two = make_pem(false);
	struct rtpe_dtls_ctx *ctx = context(false, ALL);
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
	CHECK(rtpe_dtls_new(ctx, RTPE_DTLS_ACTIVE, 575) == NULL);
	CHECK(rtpe_dtls_new(ctx, 2, MTU) == NULL);
	rtpe_dtls_ctx_free(ctx);
	rtpe_dtls_ctx_free(NULL);
	rtpe_dtls_free(NULL);
}

static const struct test tests[] = {
	{ "both ends get the same keys, for every profile", test_keys_match },
	{ "the peer's certificate can be had, also an RSA one", test_certificates },
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
