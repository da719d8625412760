/* SPDX-License-Identifier: MIT */
/* The digest by itself: EVP offers no state that can be kept in one's own memory,
 * and copies one for each message on the heap. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "srtp_hmac.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

_Static_assert(SRTP_HMAC_KEY_MAX == SHA_CBLOCK, "a key fits into one block");

static int state_after(const uint8_t *key, size_t len, uint8_t pad, uint32_t *state)
{
	uint8_t block[SHA_CBLOCK];
	SHA_CTX c;

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < len; i++)
		block[i] ^= key[i];
	if (SHA1_Init(&c) != 1)
		return -EIO;
	SHA1_Transform(&c, block);
	state[0] = c.h0;
	state[1] = c.h1;
	state[2] = c.h2;
	state[3] = c.h3;
	state[4] = c.h4;
	OPENSSL_cleanse(block, sizeof(block));
	OPENSSL_cleanse(&c, sizeof(c));
	return 0;
}

int srtp_hmac_init(struct srtp_hmac *h, const uint8_t *key, size_t len)
{
	int err;

	/* A longer one would have to be hashed first; nobody has one. */
	if (len > SRTP_HMAC_KEY_MAX)
		return -EINVAL;
	err = state_after(key, len, 0x36, h->inner);
	return err ? err : state_after(key, len, 0x5c, h->outer);
}

/* A digest that has taken in one block. */
static void go_on(SHA_CTX *c, const uint32_t *state)
{
	c->h0 = state[0];
	c->h1 = state[1];
	c->h2 = state[2];
	c->h3 = state[3];
	c->h4 = state[4];
	c->Nl = SHA_CBLOCK * 8;
	c->Nh = 0;
	c->num = 0;
}

int srtp_hmac(const struct srtp_hmac *h, const uint8_t *a, size_t a_len, const uint8_t *b,
	      size_t b_len, uint8_t mac[SRTP_MAC_LEN])
{
	uint8_t digest[SHA_DIGEST_LENGTH];
	SHA_CTX c;

	go_on(&c, h->inner);
	if (SHA1_Update(&c, a, a_len) != 1 || (b_len && SHA1_Update(&c, b, b_len) != 1) ||
	    SHA1_Final(digest, &c) != 1)
		return -EIO;
	go_on(&c, h->outer);
	if (SHA1_Update(&c, digest, sizeof(digest)) != 1 || SHA1_Final(mac, &c) != 1)
		return -EIO;
	return 0;
}
