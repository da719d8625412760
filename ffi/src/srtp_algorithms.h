/* SPDX-License-Identifier: MIT */
/* OpenSSL's algorithms, looked up once: EVP_aes_128_ecb() and its like are looked up
 * by name each time they are used. Never NULL, from any thread. */
#ifndef RTPE_SRTP_ALGORITHMS_H
#define RTPE_SRTP_ALGORITHMS_H

#include <stdint.h>

#include <openssl/evp.h>

/* AES by the bytes of a key: 16, 24, else 32. */
const EVP_CIPHER *srtp_aes(uint32_t key_len);
/* 16, else 32. */
const EVP_CIPHER *srtp_aes_gcm(uint32_t key_len);
const EVP_MD *srtp_sha256(void);

#endif
