/* SPDX-License-Identifier: MIT */
/*
 * The algorithms that handshakes choose from: OpenSSL's own, less the decoders
 * of kinds of keys that no certificate of a peer has. OpenSSL looks through all
 * decoders for each certificate, which takes longer than its signature.
 */
#ifndef RTPE_DTLS_CRYPTO_H
#define RTPE_DTLS_CRYPTO_H

struct evp_pkey_st;
struct ossl_lib_ctx_st;

/* Made at the first call, for the life of the process. NULL: OpenSSL's default
 * one, where the administrator has chosen other providers, or memory is short. */
struct ossl_lib_ctx_st *dtls_crypto(void);
/* The same key for use with dtls_crypto(), or NULL. */
struct evp_pkey_st *dtls_crypto_key(struct evp_pkey_st *key);

#endif
