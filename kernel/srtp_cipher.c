// SPDX-License-Identifier: GPL-2.0
/*
 * Algorithms that use vector registers may do so later in another context when
 * those are taken; who calls them with srtp_keys.needs_simd has seen to it that
 * they are not. So everything here is done when it returns.
 */
#include "srtp_cipher.h"

#include <crypto/aead.h>
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/skcipher.h>
#include <linux/percpu.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "compat.h"

enum { REQUEST_MAX = 2048, STREAM = 512, GCM_IV = 12 };

/* Of one CPU, with bottom halves disabled. */
struct scratch {
	u8 request[REQUEST_MAX] __aligned(CRYPTO_MINALIGN);
	u8 stream[STREAM] __aligned(16);
};

static DEFINE_PER_CPU(struct scratch *, scratch);

static int cipher_run(struct crypto_skcipher *tfm, u8 *data, u32 len, u8 *iv)
{
	struct skcipher_request *req = (void *)this_cpu_read(scratch)->request;
	struct scatterlist sg;

	sg_init_one(&sg, data, len);
	skcipher_request_set_tfm(req, tfm);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	return crypto_skcipher_encrypt(req);
}

/* What fits the scratch memory, and is done by the CPU. */
static struct crypto_skcipher *cipher_new(const char *name, const u8 *key, u32 len, int *err)
{
	struct crypto_skcipher *tfm =
		crypto_alloc_skcipher(name, 0, CRYPTO_ALG_KERN_DRIVER_ONLY);

	if (IS_ERR(tfm)) {
		*err = PTR_ERR(tfm) == -ENOMEM ? -ENOMEM : -EOPNOTSUPP;
		return NULL;
	}
	*err = crypto_skcipher_setkey(tfm, key, len);
	if (!*err &&
	    sizeof(struct skcipher_request) + crypto_skcipher_reqsize(tfm) > REQUEST_MAX)
		*err = -EOPNOTSUPP;
	if (!*err)
		return tfm;
	crypto_free_skcipher(tfm);
	return NULL;
}

static bool cipher_needs_simd(struct crypto_skcipher *tfm)
{
	return crypto_skcipher_tfm(tfm)->__crt_alg->cra_flags & CRYPTO_ALG_ASYNC;
}

static int gcm_new(struct srtp_keys *k, const struct srtp_session *s)
{
	int err;

	k->gcm = crypto_alloc_aead("gcm(aes)", 0, CRYPTO_ALG_KERN_DRIVER_ONLY);
	if (IS_ERR(k->gcm)) {
		err = PTR_ERR(k->gcm) == -ENOMEM ? -ENOMEM : -EOPNOTSUPP;
		k->gcm = NULL;
		return err;
	}
	if (sizeof(struct aead_request) + crypto_aead_reqsize(k->gcm) > REQUEST_MAX)
		return -EOPNOTSUPP;
	k->needs_simd = crypto_aead_tfm(k->gcm)->__crt_alg->cra_flags & CRYPTO_ALG_ASYNC;
	err = crypto_aead_setkey(k->gcm, s->key, s->key_len);
	return err ?: crypto_aead_setauthsize(k->gcm, SRTP_GCM_TAG);
}

static int mac_new(struct srtp_keys *k, const struct srtp_session *s)
{
	struct crypto_shash *mac = crypto_alloc_shash("hmac(sha1)", 0, 0);

	if (IS_ERR(mac))
		return PTR_ERR(mac) == -ENOMEM ? -ENOMEM : -EOPNOTSUPP;
	k->mac = mac;
	return crypto_shash_setkey(mac, s->auth, sizeof(s->auth));
}

/* RFC 3711 section 4.1.2.1: m is the salt, padded with 0x55. */
static int f8_new(struct srtp_keys *k, const struct srtp_session *s)
{
	u8 masked[AES_BLOCK_SIZE];
	int err, i;

	for (i = 0; i < AES_BLOCK_SIZE; i++)
		masked[i] = s->key[i] ^ (i < s->salt_len ? s->salt[i] : 0x55);
	k->f8 = cipher_new("cbc(aes)", masked, sizeof(masked), &err);
	memzero_explicit(masked, sizeof(masked));
	if (err)
		return err;
	k->crypt = cipher_new("cbc(aes)", s->key, s->key_len, &err);
	return err;
}

int srtp_keys_set(struct srtp_keys *k, const struct srtp_session *s)
{
	int err = 0;

	memset(k, 0, sizeof(*k));
	k->cipher = s->cipher;
	memcpy(k->salt, s->salt, s->salt_len);
	if (s->cipher == RTPE_SRTP_AES_GCM)
		return gcm_new(k, s);
	if (s->cipher == RTPE_SRTP_AES_CM)
		k->crypt = cipher_new("ctr(aes)", s->key, s->key_len, &err);
	else if (s->cipher == RTPE_SRTP_AES_F8)
		err = f8_new(k, s);
	if (k->crypt)
		k->needs_simd = cipher_needs_simd(k->crypt);
	return err ?: mac_new(k, s);
}

void srtp_keys_free(struct srtp_keys *k)
{
	if (k->crypt)
		crypto_free_skcipher(k->crypt);
	if (k->f8)
		crypto_free_skcipher(k->f8);
	if (k->mac)
		crypto_free_shash(k->mac);
	if (k->gcm)
		crypto_free_aead(k->gcm);
	memzero_explicit(k, sizeof(*k));
}

/* RFC 3711 section 4.3.1, RFC 6188 section 3, RFC 7714 section 11; labels of RTP. */
static int derive_one(struct crypto_skcipher *prf, const struct rtpe_srtp *p, u8 label, u8 *out,
		      u32 len)
{
	u8 iv[AES_BLOCK_SIZE] = {};
	u8 *stream;
	int err;

	/* A salt of 96 bits (AEAD) is padded at its end to 112. */
	memcpy(iv, p->salt, p->salt_len);
	iv[7] ^= label;
	local_bh_disable();
	stream = this_cpu_read(scratch)->stream;
	memset(stream, 0, len);
	err = cipher_run(prf, stream, len, iv);
	memcpy(out, stream, len);
	memzero_explicit(stream, len);
	local_bh_enable();
	return err;
}

int srtp_derive(const struct rtpe_srtp *p, struct srtp_session *s)
{
	struct crypto_skcipher *prf;
	int err;

	memset(s, 0, sizeof(*s));
	s->cipher = p->cipher;
	s->key_len = p->key_len;
	s->salt_len = p->salt_len;
	prf = cipher_new("ctr(aes)", p->key, p->key_len, &err);
	if (!prf)
		return err;
	err = derive_one(prf, p, 0, s->key, p->key_len);
	if (!err)
		err = derive_one(prf, p, 1, s->auth, sizeof(s->auth));
	if (!err)
		err = derive_one(prf, p, 2, s->salt, p->salt_len);
	crypto_free_skcipher(prf);
	return err;
}

static void xor32(u8 *at, u32 v)
{
	put_unaligned_be32(get_unaligned_be32(at) ^ v, at);
}

/* RFC 3711 section 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16. */
static int crypt_cm(const struct srtp_keys *k, const struct srtp_iv *v, u8 *data, u32 len)
{
	u8 iv[AES_BLOCK_SIZE] = {};

	memcpy(iv, k->salt, RTPE_SALT_MAX);
	xor32(iv + 4, v->ssrc);
	iv[8] ^= (u8)(v->index >> 40);
	iv[9] ^= (u8)(v->index >> 32);
	xor32(iv + 10, (u32)v->index);
	return cipher_run(k->crypt, data, len, iv);
}

/* RFC 3711 sections 4.1.2.1 and 4.1.2.2. S(j) = E(IV' ^ j ^ S(j - 1)): the key
 * stream is what CBC makes of IV' ^ j. */
static int crypt_f8(const struct srtp_keys *k, const struct srtp_iv *v, u8 *data, u32 len)
{
	u8 *stream = this_cpu_read(scratch)->stream;
	u8 iv[AES_BLOCK_SIZE], chain[AES_BLOCK_SIZE] = {};
	u32 j = 0, part, i;
	int err;

	memcpy(stream, v->header, 12);
	stream[0] = 0;
	put_unaligned_be32((u32)(v->index >> 16), stream + 12);
	err = cipher_run(k->f8, stream, AES_BLOCK_SIZE, chain);
	memcpy(iv, stream, sizeof(iv));
	memset(chain, 0, sizeof(chain));
	for (; len && !err; data += part, len -= part) {
		part = min_t(u32, len, STREAM);
		for (i = 0; i < part; i += AES_BLOCK_SIZE) {
			memcpy(stream + i, iv, sizeof(iv));
			xor32(stream + i + 12, j++);
		}
		/* CBC leaves its last block in chain. */
		err = cipher_run(k->crypt, stream, i, chain);
		for (i = 0; i < part; i++)
			data[i] ^= stream[i];
	}
	return err;
}

int srtp_crypt(const struct srtp_keys *k, const struct srtp_iv *iv, u8 *data, u32 len)
{
	if (!len)
		return 0;
	switch (k->cipher) {
	case RTPE_SRTP_AES_CM:
		return crypt_cm(k, iv, data, len);
	case RTPE_SRTP_AES_F8:
		return crypt_f8(k, iv, data, len);
	default:
		return 0;
	}
}

int srtp_mac(const struct srtp_keys *k, const u8 *data, u32 len, const u8 *roc, u8 *mac)
{
	SHASH_DESC_ON_STACK(desc, k->mac);
	int err;

	desc->tfm = k->mac;
	err = crypto_shash_init(desc) ?: crypto_shash_update(desc, data, len);
	return err ?: crypto_shash_finup(desc, roc, 4, mac);
}

int srtp_gcm(const struct srtp_keys *k, const struct srtp_iv *v, u8 *data, u32 head, u32 len,
	     bool seal)
{
	struct aead_request *req = (void *)this_cpu_read(scratch)->request;
	struct scatterlist sg;
	u8 iv[GCM_IV];

	/* RFC 7714 section 8.1. */
	memcpy(iv, k->salt, GCM_IV);
	xor32(iv + 2, v->ssrc);
	xor32(iv + 6, (u32)(v->index >> 16));
	iv[10] ^= (u8)(v->index >> 8);
	iv[11] ^= (u8)v->index;
	sg_init_one(&sg, data, head + len + SRTP_GCM_TAG);
	aead_request_set_tfm(req, k->gcm);
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, head);
	aead_request_set_crypt(req, &sg, &sg, seal ? len : len + SRTP_GCM_TAG, iv);
	return seal ? crypto_aead_encrypt(req) : crypto_aead_decrypt(req);
}

int srtp_cipher_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		/* Scatterlists do not take the memory that is per CPU. */
		per_cpu(scratch, cpu) = kzalloc_node(sizeof(struct scratch), GFP_KERNEL,
						     cpu_to_node(cpu));
		if (!per_cpu(scratch, cpu)) {
			srtp_cipher_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void srtp_cipher_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree_sensitive(per_cpu(scratch, cpu));
		per_cpu(scratch, cpu) = NULL;
	}
}
