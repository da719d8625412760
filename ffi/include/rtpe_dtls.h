/* SPDX-License-Identifier: MIT */
/*
 * DTLS-SRTP (RFC 5764) handshakes: datagrams in, datagrams and keys out. The
 * first half has no socket and no thread: a handshake may be driven from any
 * thread, by one at a time; different ones at the same time. The second half has
 * threads of a core drive them, over its ports.
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

enum { RTPE_DTLS_KEY_MAX = 32, RTPE_DTLS_SALT_MAX = 14, RTPE_DTLS_ERROR_MAX = 120,
       RTPE_DTLS_DIGEST_MAX = 64, RTPE_DTLS_FINGERPRINTS_MAX = 32 };

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
	rtpe_u8 mismatch;		/* it failed for the peer's certificate */
	rtpe_u8 pad[3];
	char error[RTPE_DTLS_ERROR_MAX];	/* NUL-terminated */
};

/* A certificate with its key (PEM), and what may be agreed: `profiles` as OpenSSL
 * names them, separated by colons; `ciphers` an OpenSSL list or NULL for our own
 * default. NULL on failure, with a sentence in err. */
RTPE_EXPORT struct rtpe_dtls_ctx *rtpe_dtls_ctx_new(const char *cert_pem, const char *key_pem,
						    const char *profiles, const char *ciphers,
						    char *err, rtpe_u32 err_len);
/* Handshakes under way keep what they need. NULL is fine. */
RTPE_EXPORT void rtpe_dtls_ctx_free(struct rtpe_dtls_ctx *ctx);

/* A digest of a certificate (RFC 8122): 20 bytes are of SHA-1; 28, 32, 48 and 64
 * of SHA-2. */
struct rtpe_dtls_fingerprint {
	rtpe_u8 len;
	rtpe_u8 digest[RTPE_DTLS_DIGEST_MAX];
};

/* mtu: largest UDP payload, 576..65507. The peer's certificate has to have one of
 * the fingerprints: with another one the handshake fails before anything of ours
 * says that it is done. NULL when out of memory or out of range. */
RTPE_EXPORT struct rtpe_dtls *rtpe_dtls_new(struct rtpe_dtls_ctx *ctx, rtpe_u32 role,
					    rtpe_u32 mtu,
					    const struct rtpe_dtls_fingerprint *fingerprints,
					    rtpe_u32 n);
/* Wipes the keys. NULL is fine. */
RTPE_EXPORT void rtpe_dtls_free(struct rtpe_dtls *d);

/* Takes a datagram (len 0: none; to start, or because the time-out has passed)
 * and goes on as far as it can. Datagrams to send are written to out, each with
 * its length in front as two bytes in host order; those that do not fit are lost
 * and will be repeated. 0 or -EINVAL. */
RTPE_EXPORT int rtpe_dtls_step(struct rtpe_dtls *d, const void *in, rtpe_u32 len, void *out,
			       rtpe_u32 cap, struct rtpe_dtls_result *result);
/* Writes a close_notify to out, as rtpe_dtls_step() does. Returns the bytes. */
RTPE_EXPORT int rtpe_dtls_close(struct rtpe_dtls *d, void *out, rtpe_u32 cap);

/* ---- over the ports of a core ------------------------------------------------ */

/* A handshake that threads of the core drive: they take the datagrams it is fed
 * with, send what it says from one of the core's ports, repeat what gets lost, and
 * tell of what became of it. Like the rest of the API these functions are for one
 * control thread; links must not be used once the core is freed. */
struct rtpe_dtls_link;

/* What became of one. */
struct rtpe_dtls_news {
	rtpe_u32 token;			/* as rtpe_dtls_link_new() was given it */
	struct rtpe_dtls_result result;
};

/* dst: who it speaks with, by way of slot; to where nothing can be sent, nothing
 * is. NULL when out of memory or threads, or out of range. It does not begin yet.
 * Handshakes under way keep what they need of ctx. */
RTPE_EXPORT struct rtpe_dtls_link *
rtpe_dtls_link_new(struct rtpe_core *core, struct rtpe_dtls_ctx *ctx, rtpe_u32 role,
		   rtpe_u32 mtu, const struct rtpe_dtls_fingerprint *fingerprints, rtpe_u32 n,
		   rtpe_u32 slot, const struct rtpe_addr *dst, rtpe_u32 token);
/* Hands it a datagram, of which it makes a copy; len 0: begins. Returns 0, -EINVAL,
 * or -ENOBUFS when as much is waiting as may (it is lost, as on any network). */
RTPE_EXPORT int rtpe_dtls_link_feed(struct rtpe_dtls_link *link, const void *in, rtpe_u32 len);
/* From here on it speaks with dst by way of slot. 0; -EBADF or -EINVAL: with
 * nobody. */
RTPE_EXPORT int rtpe_dtls_link_aim(struct rtpe_dtls_link *link, rtpe_u32 slot,
				   const struct rtpe_addr *dst);
/* Whether datagrams from dst have come to it that are no ClientHello: relay threads
 * hand them to the newest link of the port, if it is dst's, and nobody else. */
RTPE_EXPORT int rtpe_dtls_link_heard(const struct rtpe_dtls_link *link);
/* What it says when it is connected tells the peer that it may send: it waits
 * until this is called, and leaves now. */
RTPE_EXPORT void rtpe_dtls_link_accept(struct rtpe_dtls_link *link);
/* Ends it without a word, and wipes its keys. NULL is fine. */
RTPE_EXPORT void rtpe_dtls_link_free(struct rtpe_dtls_link *link);
/* Takes news: links that are connected, have failed or were closed since they were
 * told of last. Whatever is not taken stays. Returns how many were written; 0: the
 * doorbell will ring. */
RTPE_EXPORT int rtpe_dtls_take_news(struct rtpe_core *core, struct rtpe_dtls_news *news,
				    rtpe_u32 n);

#endif
