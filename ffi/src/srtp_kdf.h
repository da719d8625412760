/* SPDX-License-Identifier: MIT */
/* Session keys from a master key. */
#ifndef RTPE_SRTP_KDF_H
#define RTPE_SRTP_KDF_H

#include "rtpe_rule.h"

struct evp_cipher_ctx_st;

/* RFC 3711 section 4.3.2. */
enum srtp_label {
	SRTP_LABEL_RTP_KEY = 0,
	SRTP_LABEL_RTP_AUTH = 1,
	SRTP_LABEL_RTP_SALT = 2,
	SRTP_LABEL_RTCP_KEY = 3,
	SRTP_LABEL_RTCP_AUTH = 4,
	SRTP_LABEL_RTCP_SALT = 5,
};

/* Derives `len` bytes (at most 256) with the AES-CM PRF, key derivation rate 0.
 * RFC 3711 section 4.3.1, RFC 6188 section 3, RFC 7714 section 11. 0 or -errno. */
int srtp_derive(const struct rtpe_srtp *p, enum srtp_label label, uint8_t *out, uint32_t len);

/* The same for several labels of one master key, which is set up once: open, take,
 * and close, also when opening failed. */
struct srtp_kdf {
	const struct rtpe_srtp *params;
	struct evp_cipher_ctx_st *ctx;
};

int srtp_kdf_open(struct srtp_kdf *kdf, const struct rtpe_srtp *p);
int srtp_kdf_take(const struct srtp_kdf *kdf, enum srtp_label label, uint8_t *out, uint32_t len);
void srtp_kdf_close(struct srtp_kdf *kdf);

#endif
