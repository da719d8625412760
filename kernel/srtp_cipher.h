/* SPDX-License-Identifier: GPL-2.0 */
/* The ciphers and the MAC of SRTP over the kernel's crypto API, keyed once. */
#ifndef RTPEDGE_SRTP_CIPHER_H
#define RTPEDGE_SRTP_CIPHER_H

#include <linux/types.h>

#include "srtp_params.h"

struct crypto_aead;
struct crypto_shash;
struct crypto_skcipher;

enum { SRTP_AUTH_KEY = 20 };

/* Session keys of RTP. */
struct srtp_keys {
	u8 cipher;			/* enum rtpe_srtp_cipher */
	bool needs_simd;		/* or it would be done later, by somebody else */
	u8 salt[RTPE_SALT_MAX];
	struct crypto_skcipher *crypt;	/* AES-CM: counter mode; F8: CBC */
	struct crypto_skcipher *f8;	/* F8 only: under key XOR m */
	struct crypto_shash *mac;	/* NULL with AEAD */
	struct crypto_aead *gcm;
};

/* What an initialisation vector is made of. */
struct srtp_iv {
	const u8 *header;		/* 12 bytes */
	u32 ssrc;
	u64 index;			/* 48 bits */
};

/* Session keys as such, for tests with known answers. */
struct srtp_session {
	u8 cipher;
	u8 key_len;
	u8 salt_len;
	u8 key[RTPE_KEY_MAX];
	u8 salt[RTPE_SALT_MAX];
	u8 auth[SRTP_AUTH_KEY];
};

/* Both may sleep; 0 or -errno, in which case srtp_keys_free() is still due.
 * -EOPNOTSUPP: this kernel lacks the algorithm. */
int srtp_derive(const struct rtpe_srtp *p, struct srtp_session *s);
int srtp_keys_set(struct srtp_keys *k, const struct srtp_session *s);
void srtp_keys_free(struct srtp_keys *k);

/* These with bottom halves disabled, in place, on memory that is contiguous and
 * not of the stack. AES-CM, F8, NULL: encrypts or decrypts. */
int srtp_crypt(const struct srtp_keys *k, const struct srtp_iv *iv, u8 *data, u32 len);
/* HMAC-SHA1 over a packet and four bytes. */
int srtp_mac(const struct srtp_keys *k, const u8 *data, u32 len, const u8 *roc, u8 *mac);
/* AES-GCM (RFC 7714): head bytes of additional data, len bytes, a tag. */
int srtp_gcm(const struct srtp_keys *k, const struct srtp_iv *iv, u8 *data, u32 head, u32 len,
	     bool seal);

int srtp_cipher_init(void);
void srtp_cipher_exit(void);

#endif
