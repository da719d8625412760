/* SPDX-License-Identifier: MIT */
#include "srtp_algorithms.h"

#include <pthread.h>

static const EVP_CIPHER *ecb[3], *gcm[2];
static const EVP_MD *sha256;

static const EVP_CIPHER *cipher(const char *name, const EVP_CIPHER *otherwise)
{
	const EVP_CIPHER *found = EVP_CIPHER_fetch(NULL, name, NULL);

	return found ? found : otherwise;
}

/* They stay until the process ends. */
static void look_up(void)
{
	ecb[0] = cipher("AES-128-ECB", EVP_aes_128_ecb());
	ecb[1] = cipher("AES-192-ECB", EVP_aes_192_ecb());
	ecb[2] = cipher("AES-256-ECB", EVP_aes_256_ecb());
	gcm[0] = cipher("AES-128-GCM", EVP_aes_128_gcm());
	gcm[1] = cipher("AES-256-GCM", EVP_aes_256_gcm());
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256)
		sha256 = EVP_sha256();
}

static void looked_up(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, look_up);
}

const EVP_CIPHER *srtp_aes(uint32_t key_len)
{
	looked_up();
	return ecb[key_len == 16 ? 0 : key_len == 24 ? 1 : 2];
}

const EVP_CIPHER *srtp_aes_gcm(uint32_t key_len)
{
	looked_up();
	return gcm[key_len == 16 ? 0 : 1];
}

const EVP_MD *srtp_sha256(void)
{
	looked_up();
	return sha256;
}
