/* SPDX-License-Identifier: MIT */
#include "srtp_cipher.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "classify.h"
#include "srtp_algorithms.h"
#include "srtp_kdf.h"

enum { BLOCK = 16, GCM_IV = 12, CM_BLOCKS = 24 };

static const EVP_CIPHER *cipher_of(uint8_t cipher, uint32_t key_len)
{
	switch (cipher) {
	case RTPE_SRTP_AES_CM:
		return srtp_aes(key_len);
	case RTPE_SRTP_AES_F8:
		return srtp_aes(BLOCK);
	case RTPE_SRTP_AES_GCM:
		return srtp_aes_gcm(key_len);
	default:
		return NULL;
	}
}

static EVP_CIPHER_CTX *keyed(const EVP_CIPHER *cipher, const uint8_t *key, bool encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (ctx && (EVP_CipherInit_ex(ctx, cipher, NULL, key, NULL, encrypt) != 1 ||
		    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1)) {
		EVP_CIPHER_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

/* RFC 3711 section 4.1.2.1: m is the salt, padded with 0x55. */
static EVP_CIPHER_CTX *f8_mask(const uint8_t *key, const uint8_t *salt, uint32_t salt_len)
{
	uint8_t masked[BLOCK];
	EVP_CIPHER_CTX *ctx;

	for (uint32_t i = 0; i < BLOCK; i++)
		masked[i] = key[i] ^ (i < salt_len ? salt[i] : 0x55);
	ctx = keyed(srtp_aes(BLOCK), masked, true);
	OPENSSL_cleanse(masked, sizeof(masked));
	return ctx;
}

int srtp_keys_set(struct srtp_keys *k, const struct srtp_session *v, bool encrypt)
{
	const EVP_CIPHER *cipher = cipher_of(v->cipher, v->key_len);

	memset(k, 0, sizeof(*k));
	k->cipher = v->cipher;
	memcpy(k->salt, v->salt, v->salt_len);
	if (cipher) {
		/* Counter mode and F8 only ever use the forward direction. */
		k->ctx = keyed(cipher, v->key, encrypt || v->cipher != RTPE_SRTP_AES_GCM);
		if (!k->ctx)
			return -ENOMEM;
	}
	if (v->cipher == RTPE_SRTP_AES_F8) {
		k->f8 = f8_mask(v->key, v->salt, v->salt_len);
		if (!k->f8)
			return -ENOMEM;
	}
	return v->cipher == RTPE_SRTP_AES_GCM ? 0 : srtp_hmac_init(&k->mac, v->auth, sizeof(v->auth));
}

static int derive(const struct srtp_kdf *kdf, struct srtp_session *v, int first)
{
	int err = srtp_kdf_take(kdf, (enum srtp_label)first, v->key, v->key_len);

	/* With AEAD there is none. */
	if (!err && v->cipher != RTPE_SRTP_AES_GCM)
		err = srtp_kdf_take(kdf, (enum srtp_label)(first + 1), v->auth, SRTP_AUTH_KEY);
	if (!err)
		err = srtp_kdf_take(kdf, (enum srtp_label)(first + 2), v->salt, v->salt_len);
	return err;
}

int srtp_keys_init(struct srtp_keys *rtp, struct srtp_keys *rtcp, const struct rtpe_srtp *p,
		   bool encrypt)
{
	struct srtp_session v = { .cipher = p->cipher, .key_len = p->key_len,
				  .salt_len = p->salt_len };
	struct srtp_kdf kdf;
	int err = srtp_kdf_open(&kdf, p);

	memset(rtp, 0, sizeof(*rtp));
	memset(rtcp, 0, sizeof(*rtcp));
	if (!err)
		err = derive(&kdf, &v, SRTP_LABEL_RTP_KEY);
	if (!err)
		err = srtp_keys_set(rtp, &v, encrypt);
	if (!err)
		err = derive(&kdf, &v, SRTP_LABEL_RTCP_KEY);
	if (!err)
		err = srtp_keys_set(rtcp, &v, encrypt);
	srtp_kdf_close(&kdf);
	OPENSSL_cleanse(&v, sizeof(v));
	return err;
}

void srtp_keys_free(struct srtp_keys *k)
{
	EVP_CIPHER_CTX_free(k->ctx);
	EVP_CIPHER_CTX_free(k->f8);
	OPENSSL_cleanse(k, sizeof(*k));
}

static void xor32(uint8_t *at, uint32_t v)
{
	uint8_t b[4];

	put32(b, v);
	for (int i = 0; i < 4; i++)
		at[i] ^= b[i];
}

/* RFC 3711 section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16. The
 * counters are enciphered as blocks of their own, many at a time: that needs no
 * new initialisation of the cipher for each packet. */
static int crypt_cm(const struct srtp_keys *k, const struct srtp_iv *v, const uint8_t *in,
		    uint8_t *out, size_t len)
{
	uint8_t stream[CM_BLOCKS * BLOCK];
	uint64_t high, low;
	uint8_t iv[BLOCK] = { 0 };
	uint32_t block = 0;
	int n;

	memcpy(iv, k->salt, RTPE_SALT_MAX);
	xor32(iv + 4, v->ssrc);
	iv[8] ^= (uint8_t)(v->index >> 40);
	iv[9] ^= (uint8_t)(v->index >> 32);
	xor32(iv + 10, (uint32_t)v->index);
	memcpy(&high, iv, 8);
	for (size_t at = 0; at < len; at += sizeof(stream)) {
		size_t part = len - at < sizeof(stream) ? len - at : sizeof(stream);
		size_t blocks = (part + BLOCK - 1) / BLOCK;

		for (size_t i = 0; i < blocks; i++, block++) {
			/* 2^16 blocks are longer than any datagram. */
			put16(iv + 14, (uint16_t)block);
			memcpy(&low, iv + 8, 8);
			memcpy(stream + i * BLOCK, &high, 8);
			memcpy(stream + i * BLOCK + 8, &low, 8);
		}
		if (EVP_EncryptUpdate(k->ctx, stream, &n, stream, (int)(blocks * BLOCK)) != 1)
			return -EIO;
		for (size_t i = 0; i < part; i++)
			out[at + i] = in[at + i] ^ stream[i];
	}
	return 0;
}

/* RFC 3711 sections 4.1.2.2 and 4.1.2.3. */
static void f8_iv(const struct srtp_iv *v, uint8_t *iv)
{
	if (v->rtcp) {
		memset(iv, 0, 4);
		put32(iv + 4, (uint32_t)v->index | (v->encrypted ? 0x80000000u : 0));
		memcpy(iv + 8, v->header, 8);
	} else {
		memcpy(iv, v->header, 12);
		iv[0] = 0;
		put32(iv + 12, (uint32_t)(v->index >> 16));
	}
}

static int crypt_f8(const struct srtp_keys *k, const struct srtp_iv *v, const uint8_t *in,
		    uint8_t *out, size_t len)
{
	uint8_t iv[BLOCK], block[BLOCK], s[BLOCK] = { 0 };
	uint32_t j = 0;
	int n;

	f8_iv(v, iv);
	if (EVP_EncryptUpdate(k->f8, iv, &n, iv, BLOCK) != 1)
		return -EIO;
	for (size_t at = 0; at < len; at += BLOCK, j++) {
		size_t part = len - at < BLOCK ? len - at : BLOCK;

		for (int i = 0; i < BLOCK; i++)
			block[i] = iv[i] ^ s[i];
		xor32(block + 12, j);
		if (EVP_EncryptUpdate(k->ctx, s, &n, block, BLOCK) != 1)
			return -EIO;
		for (size_t i = 0; i < part; i++)
			out[at + i] = in[at + i] ^ s[i];
	}
	return 0;
}

int srtp_crypt(const struct srtp_keys *k, const struct srtp_iv *iv, const uint8_t *in,
	       uint8_t *out, size_t len)
{
	switch (k->cipher) {
	case RTPE_SRTP_AES_CM:
		return crypt_cm(k, iv, in, out, len);
	case RTPE_SRTP_AES_F8:
		return crypt_f8(k, iv, in, out, len);
	default:
		if (in != out)
			memcpy(out, in, len);
		return 0;
	}
}

/* RFC 7714 sections 8.1 and 9.1. */
static void gcm_iv(const struct srtp_keys *k, const struct srtp_iv *v, uint8_t *iv)
{
	memcpy(iv, k->salt, GCM_IV);
	xor32(iv + 2, v->ssrc);
	if (v->rtcp) {
		xor32(iv + 8, (uint32_t)v->index);
	} else {
		xor32(iv + 6, (uint32_t)(v->index >> 16));
		iv[10] ^= (uint8_t)(v->index >> 8);
		iv[11] ^= (uint8_t)v->index;
	}
}

int srtp_gcm_seal(const struct srtp_keys *k, const struct srtp_iv *v, const uint8_t *aad,
	      size_t aad_len, const uint8_t *more, size_t more_len, const uint8_t *in,
	      uint8_t *out, size_t len, uint8_t *tag)
{
	uint8_t iv[GCM_IV];
	int n;

	gcm_iv(k, v, iv);
	if (EVP_EncryptInit_ex(k->ctx, NULL, NULL, NULL, iv) != 1 ||
	    EVP_EncryptUpdate(k->ctx, NULL, &n, aad, (int)aad_len) != 1 ||
	    (more_len && EVP_EncryptUpdate(k->ctx, NULL, &n, more, (int)more_len) != 1) ||
	    (len && EVP_EncryptUpdate(k->ctx, out, &n, in, (int)len) != 1) ||
	    EVP_EncryptFinal_ex(k->ctx, out + len, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(k->ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag) != 1)
		return -EIO;
	return 0;
}

int srtp_gcm_open(const struct srtp_keys *k, const struct srtp_iv *v, const uint8_t *aad,
	      size_t aad_len, const uint8_t *more, size_t more_len, const uint8_t *in,
	      uint8_t *out, size_t len, const uint8_t *tag)
{
	uint8_t iv[GCM_IV], copy[16];
	int n;

	gcm_iv(k, v, iv);
	memcpy(copy, tag, sizeof(copy));
	if (EVP_DecryptInit_ex(k->ctx, NULL, NULL, NULL, iv) != 1 ||
	    EVP_DecryptUpdate(k->ctx, NULL, &n, aad, (int)aad_len) != 1 ||
	    (more_len && EVP_DecryptUpdate(k->ctx, NULL, &n, more, (int)more_len) != 1) ||
	    (len && EVP_DecryptUpdate(k->ctx, out, &n, in, (int)len) != 1) ||
	    EVP_CIPHER_CTX_ctrl(k->ctx, EVP_CTRL_AEAD_SET_TAG, 16, copy) != 1)
		return -EIO;
	return EVP_DecryptFinal_ex(k->ctx, out + len, &n) == 1 ? 0 : -EBADMSG;
}
