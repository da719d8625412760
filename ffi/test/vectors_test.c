/* SPDX-License-Identifier: MIT */
/* The vectors of RFC 3711, 6188, 7714 and 5769, from the files that the tests in
 * TypeScript read too (tests/vectors). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "classify.h"
#include "srtp_cipher.h"
#include "srtp_hmac.h"
#include "srtp_kdf.h"
#include "stun.h"

enum { FIELDS = 16, CAP = 512 };

struct record {
	char kind[16];
	uint32_t n;
	struct { char name[16], value[2 * CAP]; } fields[FIELDS];
};

static const char *text_of(const struct record *r, const char *name)
{
	for (uint32_t i = 0; i < r->n; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return r->fields[i].value;
	return "";
}

static uint32_t bytes_of(const struct record *r, const char *name, uint8_t *out, size_t cap)
{
	const char *text = text_of(r, name);
	size_t n = strlen(text) / 2;

	CHECK(n <= cap);
	for (size_t i = 0; i < n; i++) {
		unsigned v;

		CHECK_EQ(sscanf(text + 2 * i, "%2x", &v), 1);
		out[i] = (uint8_t)v;
	}
	return (uint32_t)n;
}

/* A number in hexadecimal, or in decimal where that is how it is written. */
static uint32_t number_of(const struct record *r, const char *name, int base)
{
	return (uint32_t)strtoul(text_of(r, name), NULL, base);
}

/* The next paragraph. */
static bool next_record(FILE *f, struct record *r)
{
	char line[2 * CAP + 64], name[16], value[2 * CAP];

	memset(r, 0, sizeof(*r));
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		if (sscanf(line, "%15s %1023s", name, value) != 2) {
			if (r->n)
				return true;
			continue;
		}
		CHECK(r->n < FIELDS);
		strcpy(r->fields[r->n].name, name);
		strcpy(r->fields[r->n++].value, value);
	}
	return r->n > 0;
}

static struct srtp_session session(const struct record *r, uint8_t cipher)
{
	struct srtp_session s = { .cipher = cipher };

	s.key_len = bytes_of(r, "key", s.key, sizeof(s.key));
	s.salt_len = bytes_of(r, "salt", s.salt, sizeof(s.salt));
	return s;
}

static void check_derive(const struct record *r)
{
	struct rtpe_srtp p = { .cipher = RTPE_SRTP_AES_CM };
	uint8_t want[CAP], got[CAP];
	uint32_t n = bytes_of(r, "out", want, sizeof(want));

	p.key_len = (rtpe_u8)bytes_of(r, "key", p.key, sizeof(p.key));
	p.salt_len = (rtpe_u8)bytes_of(r, "salt", p.salt, sizeof(p.salt));
	CHECK_EQ(srtp_derive(&p, (enum srtp_label)number_of(r, "label", 10), got, n), 0);
	CHECK(memcmp(got, want, n) == 0);
}

static void check_keystream(const struct record *r)
{
	struct srtp_session s = session(r, RTPE_SRTP_AES_CM);
	uint32_t at = number_of(r, "at", 10), n;
	struct srtp_iv iv = { .ssrc = 0 };
	uint8_t want[CAP], *stream;
	struct srtp_keys k;

	n = bytes_of(r, "out", want, sizeof(want));
	stream = calloc(1, at + n);
	CHECK(stream && srtp_keys_set(&k, &s, true) == 0);
	CHECK_EQ(srtp_crypt(&k, &iv, stream, stream, at + n), 0);
	CHECK(memcmp(stream + at, want, n) == 0);
	srtp_keys_free(&k);
	free(stream);
}

static void check_f8(const struct record *r)
{
	struct srtp_session s = session(r, RTPE_SRTP_AES_F8);
	uint8_t header[12], in[CAP], want[CAP], got[CAP];
	uint32_t n = bytes_of(r, "in", in, sizeof(in));
	struct srtp_iv iv = { .header = header };
	struct srtp_keys k;

	CHECK_EQ(bytes_of(r, "header", header, sizeof(header)), 12);
	CHECK_EQ(bytes_of(r, "out", want, sizeof(want)), n);
	iv.ssrc = get32(header + 8);
	iv.index = (uint64_t)number_of(r, "roc", 16) << 16 | get16(header + 2);
	CHECK_EQ(srtp_keys_set(&k, &s, true), 0);
	CHECK_EQ(srtp_crypt(&k, &iv, in, got, n), 0);
	CHECK(memcmp(got, want, n) == 0);
	srtp_keys_free(&k);
}

static void check_rtp(const struct record *r)
{
	struct srtp_session s = session(r, RTPE_SRTP_AES_GCM);
	uint8_t in[CAP], want[CAP], got[CAP];
	uint32_t n = bytes_of(r, "in", in, sizeof(in));
	struct srtp_iv iv = { .header = in };
	struct srtp_keys seal, open;

	CHECK_EQ(bytes_of(r, "out", want, sizeof(want)), n + 16);
	iv.ssrc = get32(in + 8);
	iv.index = (uint64_t)number_of(r, "roc", 16) << 16 | get16(in + 2);
	CHECK_EQ(srtp_keys_set(&seal, &s, true), 0);
	CHECK_EQ(srtp_keys_set(&open, &s, false), 0);
	memcpy(got, in, 12);
	CHECK_EQ(srtp_gcm_seal(&seal, &iv, in, 12, NULL, 0, in + 12, got + 12, n - 12, got + n), 0);
	CHECK(memcmp(got, want, n + 16) == 0);
	CHECK_EQ(srtp_gcm_open(&open, &iv, want, 12, NULL, 0, want + 12, got + 12, n - 12, want + n),
		 0);
	CHECK(memcmp(got, in, n) == 0);
	srtp_keys_free(&seal);
	srtp_keys_free(&open);
}

static void check_rtcp(const struct record *r)
{
	struct srtp_session s = session(r, RTPE_SRTP_AES_GCM);
	uint8_t in[CAP], want[CAP], got[CAP], *word;
	uint32_t n = bytes_of(r, "in", in, sizeof(in)), head;
	struct srtp_iv iv = { .header = in, .rtcp = true };
	struct srtp_keys k;

	CHECK_EQ(bytes_of(r, "out", want, sizeof(want)), n + 20);
	iv.ssrc = get32(in + 4);
	iv.index = number_of(r, "index", 16);
	iv.encrypted = number_of(r, "encrypted", 10);
	head = iv.encrypted ? 8 : n;
	word = want + n + 16;
	CHECK_EQ(get32(word), (uint32_t)iv.index | (iv.encrypted ? 0x80000000u : 0));
	CHECK_EQ(srtp_keys_set(&k, &s, true), 0);
	memcpy(got, in, head);
	CHECK_EQ(srtp_gcm_seal(&k, &iv, in, head, word, 4, in + head, got + head, n - head, got + n),
		 0);
	CHECK(memcmp(got, want, n + 16) == 0);
	srtp_keys_free(&k);
}

/* MESSAGE-INTEGRITY in front of the fingerprint, by the core's own HMAC: it signs no
 * STUN itself, the control plane does. */
static void check_integrity(const struct record *r, const uint8_t *m, uint32_t n)
{
	enum { HEADER = 20, ATTRIBUTE = 4 + SRTP_MAC_LEN, FINGERPRINT = 8 };
	uint8_t password[CAP], head[HEADER], mac[SRTP_MAC_LEN];
	uint32_t len = bytes_of(r, "password", password, sizeof(password));
	uint32_t at = n - FINGERPRINT - ATTRIBUTE;
	struct srtp_hmac h;

	CHECK_EQ(get16(m + at), 0x0008);
	CHECK_EQ(get16(m + at + 2), SRTP_MAC_LEN);
	/* The length is that of a message which ends here (RFC 5389 section 15.4). */
	memcpy(head, m, sizeof(head));
	head[2] = (uint8_t)((at + ATTRIBUTE - HEADER) >> 8);
	head[3] = (uint8_t)(at + ATTRIBUTE - HEADER);
	CHECK_EQ(srtp_hmac_init(&h, password, len), 0);
	CHECK_EQ(srtp_hmac(&h, head, HEADER, m + HEADER, at - HEADER, mac), 0);
	CHECK(memcmp(mac, m + at + 4, sizeof(mac)) == 0);
	/* Another octet, another password: another signature. */
	head[HEADER - 1] ^= 1;
	CHECK_EQ(srtp_hmac(&h, head, HEADER, m + HEADER, at - HEADER, mac), 0);
	CHECK(memcmp(mac, m + at + 4, sizeof(mac)) != 0);
	head[HEADER - 1] ^= 1;
	CHECK_EQ(srtp_hmac_init(&h, password, len - 1), 0);
	CHECK_EQ(srtp_hmac(&h, head, HEADER, m + HEADER, at - HEADER, mac), 0);
	CHECK(memcmp(mac, m + at + 4, sizeof(mac)) != 0);
	CHECK_EQ(srtp_hmac_init(&h, password, SRTP_HMAC_KEY_MAX + 1), -EINVAL);
}

static void check_stun(const struct record *r)
{
	uint8_t m[CAP];
	uint32_t n = bytes_of(r, "message", m, sizeof(m));

	check_integrity(r, m, n);
	CHECK_EQ(classify(m, n, 0, RTPE_CLASS_STUN), RTPE_CLASS_STUN);
	CHECK(stun_whole(m, n));
	CHECK(!stun_whole(m, n - 4));
	/* The transaction, and all that is signed last: no length and no type is changed. */
	for (uint32_t at = 8; at < n; at = at == 19 ? n - 28 : at == n - 9 ? n - 4 : at + 1) {
		m[at] ^= 0x10;
		CHECK(!stun_whole(m, n));
		m[at] ^= 0x10;
	}
}

static void check_record(const struct record *r)
{
	static const struct {
		const char *kind;
		void (*check)(const struct record *);
	} kinds[] = {
		{ "derive", check_derive }, { "keystream", check_keystream }, { "f8", check_f8 },
		{ "rtp", check_rtp }, { "rtcp", check_rtcp }, { "stun", check_stun },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, text_of(r, "kind")) == 0) {
			kinds[i].check(r);
			return;
		}
	CHECK(!"a kind of record nobody knows");
}

static void check_file(const char *name, int records)
{
	char path[512];
	static struct record r;
	FILE *f;
	int n = 0;

	snprintf(path, sizeof(path), "%s/%s", VECTORS, name);
	f = fopen(path, "r");
	CHECK(f != NULL);
	for (; next_record(f, &r); n++)
		check_record(&r);
	fclose(f);
	CHECK_EQ(n, records);
}

static void test_3711(void)
{
	check_file("rfc3711.txt", 6);
}

static void test_6188(void)
{
	check_file("rfc6188.txt", 10);
}

static void test_7714(void)
{
	check_file("rfc7714.txt", 6);
}

static void test_5769(void)
{
	check_file("rfc5769.txt", 3);
}

static void test_stun_that_lies(void)
{
	uint8_t m[32] = { 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42 };

	m[21] = 6;
	m[23] = 4;
	CHECK(stun_whole(m, 28));
	CHECK(!stun_whole(m, 27));
	CHECK(!stun_whole(m, 32));
	CHECK(!stun_whole(m, 19));
	m[23] = 5;		/* one octet more than there is */
	CHECK(!stun_whole(m, 28));
	m[22] = 0xff;
	CHECK(!stun_whole(m, 28));
	m[22] = 0;
	m[23] = 4;
	m[20] = 0x80;		/* a fingerprint that is none */
	m[21] = 0x28;
	CHECK(!stun_whole(m, 28));
	m[3] = 0;
	CHECK(stun_whole(m, 20));
	m[4] = 0;
	CHECK(!stun_whole(m, 20));
}

static const struct test tests[] = {
	{ "D2-11 RFC 3711: key derivation, AES-CM, F8", test_3711 },
	{ "D2-11 RFC 6188: AES-192 and AES-256", test_6188 },
	{ "D2-11 RFC 7714: AES-GCM for RTP and RTCP", test_7714 },
	{ "RFC 5769: STUN", test_5769 },
	{ "STUN whose lengths lie is not whole", test_stun_that_lies },
	END_OF_TESTS,
};

const struct suite suite_vectors = { "vectors", tests, NULL };
