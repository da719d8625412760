/* SPDX-License-Identifier: MIT */
#include "srtp_kdf.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

static const EVP_CIPHER *ctr_of(uint32_t key_len)
{
	switch (key_len) {
	case 16:
		return EVP_aes_128_ctr();
	case 24:
		return EVP_aes_192_ctr();
	case 32:
		return EVP_aes_256_ctr();
	default:
		return NULL;
	}
}

int srtp_derive(const struct rtpe_srtp *p, enum srtp_label label, uint8_t *out, uint32_t len)
{
	static const uint8_t zeros[256];
	const EVP_CIPHER *cipher = ctr_of(p->key_len);
	EVP_CIPHER_CTX *ctx;
	uint8_t iv[16] = { 0 };
	int n, ok;

	if (!cipher || p->salt_len > RTPE_SALT_MAX || len > sizeof(zeros))
		return -EINVAL;
	ctx = EVP_CIPHER_CTX_new();
	if (!ctx)
		return -ENOMEM;
	/* A salt of 96 bits (AEAD) is padded at its end to 112. */
	memcpy(iv, p->salt, p->salt_len);
	iv[7] ^= (uint8_t)label;
	ok = EVP_EncryptInit_ex(ctx, cipher, NULL, p->key, iv) == 1 &&
	     EVP_EncryptUpdate(ctx, out, &n, zeros, (int)len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	OPENSSL_cleanse(iv, sizeof(iv));
	return ok ? 0 : -EIO;
}
