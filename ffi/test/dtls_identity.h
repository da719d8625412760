/* SPDX-License-Identifier: MIT */
/* Somebody with a certificate. */
#ifndef DTLS_IDENTITY_H
#define DTLS_IDENTITY_H

#include <stdbool.h>

#include "rtpe_dtls.h"

#define ALL "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:" \
	    "SRTP_AES128_CM_SHA1_32"

struct pem {
	char cert[4096], key[4096];
	struct rtpe_dtls_fingerprint sha256, sha1, sha512;
};

struct identity {
	struct rtpe_dtls_ctx *ctx;	/* to be freed */
	struct pem pem;
};

struct pem make_pem(bool rsa);
/* profiles: ALL, or some of it. */
struct identity identity(bool rsa, const char *profiles);

#endif
