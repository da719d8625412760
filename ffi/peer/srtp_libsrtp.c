/* SPDX-License-Identifier: MIT */
/*
 * Our SRTP against libsrtp2: what one protects the other must open, packet by
 * packet and across rollovers. Left out is what libsrtp 2.5 does otherwise than
 * the RFCs: AES-192 where it is built with NSS (its session keys are not those of
 * RFC 6188), NULL (derived without a salt), and an MKI where the tags of RTP and
 * RTCP differ in length (it looks for the one of RTCP at the wrong place).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

#include "classify.h"
#include "rtpe_rule.h"
#include "../src/srtp.h"

enum { CAP = 2048, PACKETS = 3000, STEP = 97 };

struct suite {
	const char *name;
	struct rtpe_srtp ours;
	void (*theirs)(srtp_crypto_policy_t *);
	void (*theirs_rtcp)(srtp_crypto_policy_t *);
};

#define CM(bits, tag) .cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, \
	.key_len = (bits) / 8, .salt_len = 14, .rtp_tag_len = (tag), .rtcp_tag_len = 10
#define GCM(bits) .cipher = RTPE_SRTP_AES_GCM, .key_len = (bits) / 8, .salt_len = 12, \
	.rtp_tag_len = 16, .rtcp_tag_len = 16

static const struct suite suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", { CM(128, 10) },
	  srtp_crypto_policy_set_rtp_default,
	  srtp_crypto_policy_set_rtp_default },
	{ "AES_CM_128_HMAC_SHA1_32", { CM(128, 4) },
	  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtp_default },
	{ "AES_256_CM_HMAC_SHA1_80", { CM(256, 10) },
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AES_256_CM_HMAC_SHA1_32", { CM(256, 4) },
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AEAD_AES_128_GCM", { GCM(128) }, srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth },
	{ "AEAD_AES_256_GCM", { GCM(256) }, srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth },
};

static int n_failed, n_told;

static void fail(const struct suite *s, const char *what, int packet)
{
	n_failed++;
	if (n_told++ < 4)
		printf("FAIL  %s: %s at packet %d\n", s->name, what, packet);
}

static srtp_t theirs_new(const struct suite *s, const uint8_t *key, const uint8_t *mki,
			 srtp_ssrc_type_t direction)
{
	srtp_master_key_t master = { .key = (uint8_t *)(uintptr_t)key,
				     .mki_id = (uint8_t *)(uintptr_t)mki, .mki_size = 4 };
	srtp_master_key_t *keys = &master;
	srtp_policy_t policy = { .window_size = 128 };
	srtp_t session;

	s->theirs(&policy.rtp);
	s->theirs_rtcp(&policy.rtcp);
	policy.ssrc.type = direction;
	if (mki) {
		policy.keys = &keys;
		policy.num_master_keys = 1;
	} else {
		policy.key = (uint8_t *)(uintptr_t)key;
	}
	if (srtp_create(&session, &policy) != srtp_err_status_ok) {
		printf("FAIL  %s: libsrtp refuses the policy\n", s->name);
		exit(1);
	}
	return session;
}

static size_t rtp(uint8_t *p, int i)
{
	size_t payload = (size_t)i * 13 % 300;

	for (size_t at = 0; at < 40 + payload; at++)
		p[at] = (uint8_t)rand();
	p[0] = i % 3 == 0 ? 0x92 : 0x80;	/* sometimes two CSRCs and an extension */
	put16(p + 2, (uint16_t)(60000 + i * STEP));
	put32(p + 8, 0x12340000u + (unsigned)i % 3);
	if (i % 3 == 0)
		put16(p + 22, 3);
	return 40 + payload;
}

static size_t rtcp(uint8_t *p, int i)
{
	size_t words = 6 + (size_t)i % 20;

	for (size_t at = 0; at < words * 4 + 4; at++)
		p[at] = (uint8_t)rand();
	p[0] = 0x81;
	p[1] = 200;
	put16(p + 2, (uint16_t)words);
	put32(p + 4, 0x12340000u + (unsigned)i % 3);
	return words * 4 + 4;
}

static void play(const struct suite *s, const uint8_t *mki)
{
	uint8_t key[64], plain[CAP], here[CAP], there[CAP];
	uint32_t index = 1;
	struct rtpe_srtp p = s->ours;
	struct srtp *out, *in;
	srtp_t their_in, their_out;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)rand();
	memcpy(p.key, key, p.key_len);
	memcpy(p.salt, key + p.key_len, p.salt_len);
	if (mki) {
		p.mki_len = 4;
		memcpy(p.mki, mki, 4);
	}
	out = srtp_new(&p, SRTP_PROTECT, NULL);
	in = srtp_new(&p, SRTP_UNPROTECT, NULL);
	their_in = theirs_new(s, key, mki, ssrc_any_inbound);
	their_out = theirs_new(s, key, mki, ssrc_any_outbound);
	for (int i = 0; i < PACKETS; i++) {
		size_t len = rtp(plain, i);
		int n = srtp_seal_rtp(out, plain, len, here, CAP), m = n;

		if (n < 0 || srtp_unprotect_mki(their_in, here, &m, mki != NULL) ||
		    m != (int)len || memcmp(here, plain, len))
			fail(s, "libsrtp does not open our RTP", i);
		memcpy(there, plain, len);
		m = (int)len;
		if (srtp_protect_mki(their_out, there, &m, mki != NULL, 0) ||
		    srtp_open_rtp(in, there, (size_t)m, here, CAP) != (int)len ||
		    memcmp(here, plain, len))
			fail(s, "we do not open libsrtp's RTP", i);
		len = rtcp(plain, i);
		m = n = srtp_seal_rtcp(out, plain, len, here, CAP, &index);
		if (n < 0 || srtp_unprotect_rtcp_mki(their_in, here, &m, mki != NULL) ||
		    m != (int)len || memcmp(here, plain, len))
			fail(s, "libsrtp does not open our RTCP", i);
		memcpy(there, plain, len);
		m = (int)len;
		if (srtp_protect_rtcp_mki(their_out, there, &m, mki != NULL, 0) ||
		    srtp_open_rtcp(in, there, (size_t)m, here, CAP) != (int)len ||
		    memcmp(here, plain, len))
			fail(s, "we do not open libsrtp's RTCP", i);
	}
	srtp_free(out);
	srtp_free(in);
	srtp_dealloc(their_in);
	srtp_dealloc(their_out);
}

int main(void)
{
	int n_passed = 0, n_bad = 0;

	srtp_init();
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		for (int mki = 0; mki < 2; mki++) {
			int before = n_failed;

			if (mki && suites[i].ours.rtp_tag_len != suites[i].ours.rtcp_tag_len)
				continue;
			n_told = 0;
			play(&suites[i], mki ? (const uint8_t *)"abcd" : NULL);
			printf("%-5s libsrtp: %s%s\n", n_failed == before ? "ok" : "FAIL",
			       suites[i].name, mki ? " with an MKI" : "");
			if (n_failed == before)
				n_passed++;
			else
				n_bad++;
		}
	}
	printf("%d passed, %d failed\n", n_passed, n_bad);
	return n_bad != 0;
}
