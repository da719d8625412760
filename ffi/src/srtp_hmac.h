/* SPDX-License-Identifier: MIT */
/*
 * HMAC-SHA1 under a key that is used for many short messages: the two states
 * after the key's own blocks are all that is kept, 40 bytes instead of a chain
 * of objects each on cache lines of its own.
 */
#ifndef RTPE_SRTP_HMAC_H
#define RTPE_SRTP_HMAC_H

#include <stddef.h>
#include <stdint.h>

enum { SRTP_AUTH_KEY = 20, SRTP_MAC_LEN = 20, SRTP_HMAC_KEY_MAX = 64 };

struct srtp_hmac {
	uint32_t inner[5], outer[5];
};

/* The key, of at most SRTP_HMAC_KEY_MAX octets, is not kept. 0, -EINVAL or -EIO. */
int srtp_hmac_init(struct srtp_hmac *h, const uint8_t *key, size_t len);
/* The MAC of two pieces. 0 or -EIO. */
int srtp_hmac(const struct srtp_hmac *h, const uint8_t *a, size_t a_len, const uint8_t *b,
	      size_t b_len, uint8_t mac[SRTP_MAC_LEN]);

#endif
