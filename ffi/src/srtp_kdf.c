/* SPDX-License-Identifier: MIT */
#include "srtp_kdf.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "srtp_algorithms.h"

enum { BLOCK = 16, LONGEST = 256 };

int srtp_kdf_open(struct srtp_kdf *kdf, const struct rtpe_srtp *p)
{
	kdf->params = p;
	kdf->ctx = NULL;
	if ((p->key_len != 16 && p->key_len != 24 && p->key_len != 32) ||
	    p->salt_len > RTPE_SALT_MAX)
		return -EINVAL;
	kdf->ctx = EVP_CIPHER_CTX_new();
	if (!kdf->ctx)
		return -ENOMEM;
	if (EVP_EncryptInit_ex(kdf->ctx, srtp_aes(p->key_len), NULL, p->key, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(kdf->ctx, 0) != 1)
		return -EIO;
	return 0;
}

/* Counter mode by blocks of our own: the cipher has no state between two labels. */
int srtp_kdf_take(const struct srtp_kdf *kdf, enum srtp_label label, uint8_t *out, uint32_t len)
{
	uint8_t stream[LONGEST] = { 0 };
	uint32_t blocks = (len + BLOCK - 1) / BLOCK;
	int n, ok;

	if (len > sizeof(stream))
		return -EINVAL;
	for (uint32_t i = 0; i < blocks; i++) {
		uint8_t *iv = stream + i * BLOCK;

		/* A salt of 96 bits (AEAD) is padded at its end to 112. */
		memcpy(iv, kdf->params->salt, kdf->params->salt_len);
		iv[7] ^= (uint8_t)label;
		iv[15] = (uint8_t)i;
	}
	ok = EVP_EncryptUpdate(kdf->ctx, stream, &n, stream, (int)(blocks * BLOCK)) == 1;
	if (ok)
		memcpy(out, stream, len);
	OPENSSL_cleanse(stream, sizeof(stream));
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
