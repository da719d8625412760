/* SPDX-License-Identifier: MIT */
/* The ciphers and the MAC of SRTP over OpenSSL, keyed once. */
#ifndef RTPE_SRTP_CIPHER_H
#define RTPE_SRTP_CIPHER_H

#include <stdbool.h>
#include <stddef.h>

#include "rtpe_rule.h"
#include "srtp_hmac.h"

struct evp_cipher_ctx_st;

/* Keys of RTP or of RTCP. */
struct srtp_keys {
	rtpe_u8 cipher;			/* enum rtpe_srtp_cipher */
	uint8_t salt[RTPE_SALT_MAX];
	struct evp_cipher_ctx_st *ctx;	/* NULL with the NULL cipher */
	struct evp_cipher_ctx_st *f8;	/* F8 only: the block cipher under key XOR m */
	struct srtp_hmac mac;		/* not with AEAD */
};

/* Session keys as such. */
struct srtp_session {
	rtpe_u8 cipher;
	uint32_t key_len, salt_len;
	uint8_t key[RTPE_KEY_MAX];
	uint8_t salt[RTPE_SALT_MAX];
	uint8_t auth[SRTP_AUTH_KEY];
};

/* Installs. 0 or -errno, in which case srtp_keys_free() is still due. */
int srtp_keys_set(struct srtp_keys *k, const struct srtp_session *v, bool encrypt);
/* Derives and installs those of both. 0 or -errno, in which case srtp_keys_free() is
 * still due. */
int srtp_keys_init(struct srtp_keys *rtp, struct srtp_keys *rtcp, const struct rtpe_srtp *p,
		   bool encrypt);
void srtp_keys_free(struct srtp_keys *k);

/* What the initialisation vector is made of. */
struct srtp_iv {
	const uint8_t *header;		/* RTP: 12 bytes; RTCP: 8 bytes */
	uint32_t ssrc;
	uint64_t index;			/* RTP: 48 bits; RTCP: 31 bits */
	bool rtcp;
	bool encrypted;			/* the E bit (RTCP under F8) */
};

/* AES-CM, F8: encrypts or decrypts; in may be out. */
int srtp_crypt(const struct srtp_keys *k, const struct srtp_iv *iv, const uint8_t *in,
	       uint8_t *out, size_t len);

/* AES-GCM (RFC 7714): additional data in two pieces, tag of 16 bytes. */
int srtp_gcm_seal(const struct srtp_keys *k, const struct srtp_iv *iv, const uint8_t *aad,
	      size_t aad_len, const uint8_t *more, size_t more_len, const uint8_t *in,
	      uint8_t *out, size_t len, uint8_t *tag);
/* -EBADMSG when the tag is wrong; out is not to be looked at then. */
int srtp_gcm_open(const struct srtp_keys *k, const struct srtp_iv *iv, const uint8_t *aad,
	      size_t aad_len, const uint8_t *more, size_t more_len, const uint8_t *in,
	      uint8_t *out, size_t len, const uint8_t *tag);

#endif
