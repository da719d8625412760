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

int srtp_kdf_open(struct srtp_kdf *kdf, const struct rtpe_srtp *p)
{
	const EVP_CIPHER *cipher = ctr_of(p->key_len);

	kdf->params = p;
	kdf->ctx = NULL;
	if (!cipher || p->salt_len > RTPE_SALT_MAX)
		return -EINVAL;
	kdf->ctx = EVP_CIPHER_CTX_new();
	if (!kdf->ctx)
		return -ENOMEM;
	return EVP_EncryptInit_ex(kdf->ctx, cipher, NULL, p->key, NULL) == 1 ? 0 : -EIO;
}

int srtp_kdf_take(const struct srtp_kdf *kdf, enum srtp_label label, uint8_t *out, uint32_t len)
{
	static const uint8_t zeros[256];
	uint8_t iv[16] = { 0 };
	int n, ok;

	if (len > sizeof(zeros))
		return -EINVAL;
	/* A salt of 96 bits (AEAD) is padded at its end to 112. */
	memcpy(iv, kdf->params->salt, kdf->params->salt_len);
	iv[7] ^= (uint8_t)label;
	ok = EVP_EncryptInit_ex(kdf->ctx, NULL, NULL, NULL, iv) == 1 &&
	     EVP_EncryptUpdate(kdf->ctx, out, &n, zeros, (int)len) == 1;
	OPENSSL_cleanse(iv, sizeof(iv));
	return ok ? 0 : -EIO;
}

void srtp_kdf_close(struct srtp_kdf *kdf)
{
	EVP_CIPHER_CTX_free(kdf->ctx);
	kdf->ctx = NULL;
}

int srtp_derive(const struct rtpe_srtp *p, enum srtp_label label, uint8_t *out, uint32_t len)
{
	struct srtp_kdf kdf;
	int err = srtp_kdf_open(&kdf, p);

	if (!err)
		err = srtp_kdf_take(&kdf, label, out, len);
	srtp_kdf_close(&kdf);
	return err;
}
