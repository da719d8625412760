/* SPDX-License-Identifier: MIT */
/*
 * DTLS-SRTP (RFC 5764) handshakes: datagrams in, datagrams and keys out. No
 * socket and no thread here. A handshake may be driven from any thread, by one
 * at a time; different ones at the same time.
 */
#ifndef RTPE_DTLS_H
#define RTPE_DTLS_H

#include "rtpe.h"

struct rtpe_dtls_ctx;
struct rtpe_dtls;

enum rtpe_dtls_role {
	RTPE_DTLS_PASSIVE = 0,		/* server: waits for a ClientHello */
	RTPE_DTLS_ACTIVE = 1,		/* client */
};

enum rtpe_dtls_state {
	RTPE_DTLS_HANDSHAKE = 0,
	RTPE_DTLS_CONNECTED = 1,
	RTPE_DTLS_FAILED = 2,		/* no way back; the reason is in `error` */
	RTPE_DTLS_CLOSED = 3,		/* close_notify came */
};

/* SRTP protection profiles (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
enum rtpe_dtls_profile {
	RTPE_DTLS_AES128_CM_SHA1_80 = 1,
	RTPE_DTLS_AES128_CM_SHA1_32 = 2,
	RTPE_DTLS_AEAD_AES_128_GCM = 7,
	RTPE_DTLS_AEAD_AES_256_GCM = 8,
};

enum { RTPE_DTLS_KEY_MAX = 32, RTPE_DTLS_SALT_MAX = 14, RTPE_DTLS_ERROR_MAX = 120 };

struct rtpe_dtls_result {
	rtpe_u32 state;			/* enum rtpe_dtls_state */
	rtpe_u32 out_len;		/* bytes in `out` */
	rtpe_s32 timeout_ms;		/* step again after that without input; -1: never */
	rtpe_u16 profile;		/* enum rtpe_dtls_profile, once connected */
	rtpe_u8 key_len;
	rtpe_u8 salt_len;
	/* Master keys and salts of what we send and of what the peer sends. */
	rtpe_u8 local_key[RTPE_DTLS_KEY_MAX];
	rtpe_u8 local_salt[RTPE_DTLS_SALT_MAX];
	rtpe_u8 remote_key[RTPE_DTLS_KEY_MAX];
	rtpe_u8 remote_salt[RTPE_DTLS_SALT_MAX];
	rtpe_u8 pad[4];
	char error[RTPE_DTLS_ERROR_MAX];	/* NUL-terminated */
};

/* A certificate with its key (PEM), and what may be agreed: `profiles` as OpenSSL
 * names them, separated by colons; `ciphers` an OpenSSL list or NULL for the
 * default. NULL on failure, with a sentence in err. */
RTPE_EXPORT struct rtpe_dtls_ctx *rtpe_dtls_ctx_new(const char *cert_pem, const char *key_pem,
						    const char *profiles, const char *ciphers,
						    char *err, rtpe_u32 err_len);
/* Handshakes under way keep what they need. NULL is fine. */
RTPE_EXPORT void rtpe_dtls_ctx_free(struct rtpe_dtls_ctx *ctx);

/* mtu: largest UDP payload, 576..65507. NULL when out of memory or out of range. */
RTPE_EXPORT struct rtpe_dtls *rtpe_dtls_new(struct rtpe_dtls_ctx *ctx, rtpe_u32 role,
					    rtpe_u32 mtu);
/* Wipes the keys. NULL is fine. */
RTPE_EXPORT void rtpe_dtls_free(struct rtpe_dtls *d);

/* Takes a datagram (len 0: none; to start, or because the time-out has passed)
 * and goes on as far as it can. Datagrams to send are written to out, each with
 * its length in front as two bytes in host order; those that do not fit are lost
 * and will be repeated. 0 or -EINVAL. */
RTPE_EXPORT int rtpe_dtls_step(struct rtpe_dtls *d, const void *in, rtpe_u32 len, void *out,
			       rtpe_u32 cap, struct rtpe_dtls_result *result);
/* The peer's certificate (DER), once connected: its digest has to be compared
 * with a=fingerprint (RFC 8122) before the keys are used. Returns its length,
 * also when that is more than cap, or -ENOENT. */
RTPE_EXPORT int rtpe_dtls_peer_certificate(struct rtpe_dtls *d, void *der, rtpe_u32 cap);
/* Writes a close_notify to out, as rtpe_dtls_step() does. Returns the bytes. */
RTPE_EXPORT int rtpe_dtls_close(struct rtpe_dtls *d, void *out, rtpe_u32 cap);

#endif
