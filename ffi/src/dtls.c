/* SPDX-License-Identifier: MIT */
#include "dtls.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>

#include "alloc.h"
#include "dtls_bio.h"

enum {
	MTU_MIN = 576, MTU_MAX = 65507,
	/* Less than the second of RFC 6347, as media wait; more than a round trip and
	 * a slow machine take, as some stacks answer a repeated flight with new keys. */
	FIRST_TIMEOUT_US = 400000,
	LAST_TIMEOUT_US = 3000000,
};

/* As browsers have it: first what costs both ends least. All that is encrypted with
 * it is the end of the handshake; what matters is its hash, over which keys are
 * derived, and SHA-256 is in processors. The rest is for ends of long ago. */
#define CIPHERS \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE+CHACHA20:ECDHE+AESGCM:DHE+AESGCM:ECDHE+AES:DHE+AES:RSA+AESGCM:RSA+AES:" \
	"!aNULL:!eNULL:!aDSS:!PSK:!SRP:!AESCCM"

struct rtpe_dtls_ctx {
	atomic_uint users;
	SSL_CTX *ssl;
	BIO_METHOD *bio;
};

struct rtpe_dtls {
	struct rtpe_dtls_ctx *ctx;
	SSL *ssl;
	struct dtls_wire wire;
	uint32_t state;
	bool started;
	bool known;			/* the certificate has the right fingerprint */
	bool mismatch;			/* ...another one */
	char error[RTPE_DTLS_ERROR_MAX];
	uint32_t n_fingerprints;
	struct rtpe_dtls_fingerprint fingerprints[];
};

/* ---- contexts ---------------------------------------------------------- */

static void ctx_put(struct rtpe_dtls_ctx *ctx)
{
	if (atomic_fetch_sub(&ctx->users, 1) != 1)
		return;
	SSL_CTX_free(ctx->ssl);
	BIO_meth_free(ctx->bio);
	mem_free(ctx);
}

/* A digest says by its length what it is of. */
static const EVP_MD *hash_of(uint32_t len)
{
	switch (len) {
	case 20: return EVP_sha1();
	case 28: return EVP_sha224();
	case 32: return EVP_sha256();
	case 48: return EVP_sha384();
	case 64: return EVP_sha512();
	default: return NULL;
	}
}

static bool has_fingerprint(const X509 *cert, const struct rtpe_dtls_fingerprint *f)
{
	const EVP_MD *hash = hash_of(f->len);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	return hash && X509_digest(cert, hash, digest, &len) == 1 && len == f->len &&
	       CRYPTO_memcmp(digest, f->digest, len) == 0;
}

/* Whose certificate it is says the fingerprint in the session description (RFC 8122
 * section 5: any of them will do); there is no authority to ask, and no chain to be
 * built. That the peer has its key is shown by the handshake itself. */
static int verify(X509_STORE_CTX *store, void *arg)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct rtpe_dtls *d = ssl ? SSL_get_app_data(ssl) : NULL;
	const X509 *cert = X509_STORE_CTX_get0_cert(store);

	(void)arg;
	for (uint32_t i = 0; d && cert && i < d->n_fingerprints; i++) {
		if (has_fingerprint(cert, &d->fingerprints[i])) {
			d->known = true;
			return 1;
		}
	}
	if (d)
		d->mismatch = true;
	/* The alert bad_certificate. */
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static void tell(char *err, uint32_t len, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (err && len)
		snprintf(err, len, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
	ERR_clear_error();
}

static const char *load(SSL_CTX *ssl, const char *cert_pem, const char *key_pem)
{
	BIO *cert_bio = BIO_new_mem_buf(cert_pem, -1), *key_bio = BIO_new_mem_buf(key_pem, -1);
	X509 *cert = cert_bio ? PEM_read_bio_X509(cert_bio, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = key_bio ? PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL) : NULL;
	const char *problem = NULL;

	if (!cert)
		problem = "the certificate cannot be read";
	else if (!key)
		problem = "the private key cannot be read";
	else if (SSL_CTX_use_certificate(ssl, cert) != 1)
		problem = "the certificate cannot be used";
	else if (SSL_CTX_use_PrivateKey(ssl, key) != 1)
		problem = "the private key is not the certificate's";
	EVP_PKEY_free(key);
	X509_free(cert);
	BIO_free(key_bio);
	BIO_free(cert_bio);
	return problem;
}

static const char *configure(SSL_CTX *ssl, const char *profiles, const char *ciphers)
{
	if (SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) != 1)
		return "DTLS 1.2 cannot be had";
	if (SSL_CTX_set_cipher_list(ssl, ciphers ? ciphers : CIPHERS) != 1)
		return "the list of ciphers has none that can be used";
	/* Unlike its neighbours this one returns 0 when all is well. */
	if (SSL_CTX_set_tlsext_use_srtp(ssl, profiles) != 0)
		return "the list of SRTP profiles cannot be used";
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ssl, verify, NULL);
	SSL_CTX_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_quiet_shutdown(ssl, 0);
	SSL_CTX_set_read_ahead(ssl, 1);
	return NULL;
}

struct rtpe_dtls_ctx *rtpe_dtls_ctx_new(const char *cert_pem, const char *key_pem,
					const char *profiles, const char *ciphers, char *err,
					rtpe_u32 err_len)
{
	struct rtpe_dtls_ctx *ctx = mem_zalloc(sizeof(*ctx));
	const char *problem = "out of memory";

	ERR_clear_error();
	if (!ctx) {
		tell(err, err_len, problem);
		return NULL;
	}
	atomic_store(&ctx->users, 1);
	ctx->ssl = SSL_CTX_new(DTLS_method());
	ctx->bio = dtls_bio_method();
	if (ctx->ssl && ctx->bio) {
		problem = configure(ctx->ssl, profiles, ciphers);
		if (!problem)
			problem = load(ctx->ssl, cert_pem, key_pem);
	}
	if (!problem)
		return ctx;
	tell(err, err_len, problem);
	ctx_put(ctx);
	return NULL;
}

struct rtpe_dtls_ctx *dtls_ctx_get(struct rtpe_dtls_ctx *ctx)
{
	atomic_fetch_add(&ctx->users, 1);
	return ctx;
}

void rtpe_dtls_ctx_free(struct rtpe_dtls_ctx *ctx)
{
	if (ctx)
		ctx_put(ctx);
}

/* ---- handshakes ---------------------------------------------------------- */

static unsigned timer(SSL *ssl, unsigned before_us)
{
	(void)ssl;
	if (!before_us)
		return FIRST_TIMEOUT_US;
	return before_us * 2 < LAST_TIMEOUT_US ? before_us * 2 : LAST_TIMEOUT_US;
}

bool dtls_terms_ok(rtpe_u32 role, rtpe_u32 mtu, rtpe_u32 n_fingerprints)
{
	return mtu >= MTU_MIN && mtu <= MTU_MAX && role <= RTPE_DTLS_ACTIVE &&
	       n_fingerprints <= RTPE_DTLS_FINGERPRINTS_MAX;
}

struct rtpe_dtls *rtpe_dtls_new(struct rtpe_dtls_ctx *ctx, rtpe_u32 role, rtpe_u32 mtu,
				const struct rtpe_dtls_fingerprint *fingerprints, rtpe_u32 n)
{
	size_t size = n * sizeof(*fingerprints);
	struct rtpe_dtls *d;
	BIO *bio;

	if (!dtls_terms_ok(role, mtu, n))
		return NULL;
	d = mem_zalloc(sizeof(*d) + size);
	if (!d)
		return NULL;
	d->ctx = dtls_ctx_get(ctx);
	d->n_fingerprints = n;
	if (n)
		memcpy(d->fingerprints, fingerprints, size);
	d->wire.mtu = mtu;
	d->ssl = SSL_new(ctx->ssl);
	bio = dtls_bio_new(ctx->bio, &d->wire);
	if (!d->ssl || !bio) {
		BIO_free(bio);
		rtpe_dtls_free(d);
		return NULL;
	}
	SSL_set_bio(d->ssl, bio, bio);
	SSL_set_app_data(d->ssl, d);
	SSL_set_mtu(d->ssl, mtu);
	/* No record is longer: so much less memory for each connection. */
	SSL_set_max_send_fragment(d->ssl, mtu < SSL3_RT_MAX_PLAIN_LENGTH
						  ? mtu : SSL3_RT_MAX_PLAIN_LENGTH);
	DTLS_set_timer_cb(d->ssl, timer);
	if (role == RTPE_DTLS_ACTIVE)
		SSL_set_connect_state(d->ssl);
	else
		SSL_set_accept_state(d->ssl);
	return d;
}

void rtpe_dtls_free(struct rtpe_dtls *d)
{
	if (!d)
		return;
	SSL_free(d->ssl);
	ctx_put(d->ctx);
	OPENSSL_cleanse(d, sizeof(*d));
	mem_free(d);
}

static void fail(struct rtpe_dtls *d, const char *what)
{
	d->state = RTPE_DTLS_FAILED;
	tell(d->error, sizeof(d->error), what);
}

static void handshake(struct rtpe_dtls *d)
{
	int done = SSL_do_handshake(d->ssl);

	if (done == 1) {
		if (d->known) {
			d->state = RTPE_DTLS_CONNECTED;
			return;
		}
		/* There are ciphers without certificates, for those who ask for them.
		 * Our last flight is not to leave. */
		d->wire.out_len = 0;
		fail(d, "the peer has shown no certificate");
		return;
	}
	switch (SSL_get_error(d->ssl, done)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return;
	default:
		if (d->mismatch)
			ERR_clear_error();
		fail(d, d->mismatch ? "the certificate has another fingerprint"
				    : "the handshake failed");
	}
}

/* After the handshake: a repeated last flight is answered, close_notify noticed;
 * application data have no place here and are thrown away. */
static void listen(struct rtpe_dtls *d)
{
	uint8_t scrap[2048];
	int n;

	/* All of the datagram was the handshake's: so it is nearly always. */
	if (!d->wire.in && !SSL_has_pending(d->ssl))
		return;
	do {
		n = SSL_read(d->ssl, scrap, sizeof(scrap));
	} while (n > 0);
	switch (SSL_get_error(d->ssl, n)) {
	case SSL_ERROR_ZERO_RETURN:
		d->state = RTPE_DTLS_CLOSED;
		break;
	case SSL_ERROR_SSL:
		fail(d, "the connection broke");
		break;
	default:
		break;
	}
}

static const struct profile {
	uint16_t id;
	uint8_t key_len, salt_len;
} profiles[] = {
	{ RTPE_DTLS_AES128_CM_SHA1_80, 16, 14 },
	{ RTPE_DTLS_AES128_CM_SHA1_32, 16, 14 },
	{ RTPE_DTLS_AEAD_AES_128_GCM, 16, 12 },
	{ RTPE_DTLS_AEAD_AES_256_GCM, 32, 12 },
};

/* RFC 5764 section 4.2: client key, server key, client salt, server salt. */
static void export_keys(struct rtpe_dtls *d, struct rtpe_dtls_result *r)
{
	static const char label[] = "EXTRACTOR-dtls_srtp";
	const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(d->ssl);
	uint8_t material[2 * (RTPE_DTLS_KEY_MAX + RTPE_DTLS_SALT_MAX)];
	const struct profile *p = NULL;
	uint8_t *keys[2], *salts[2];

	for (size_t i = 0; chosen && i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (profiles[i].id == chosen->id)
			p = &profiles[i];
	if (!p) {
		fail(d, "no SRTP profile was agreed");
		return;
	}
	if (SSL_export_keying_material(d->ssl, material, 2u * (p->key_len + p->salt_len), label,
				       sizeof(label) - 1, NULL, 0, 0) != 1) {
		fail(d, "the keys cannot be exported");
		return;
	}
	keys[0] = SSL_is_server(d->ssl) ? r->remote_key : r->local_key;
	keys[1] = SSL_is_server(d->ssl) ? r->local_key : r->remote_key;
	salts[0] = SSL_is_server(d->ssl) ? r->remote_salt : r->local_salt;
	salts[1] = SSL_is_server(d->ssl) ? r->local_salt : r->remote_salt;
	for (int i = 0; i < 2; i++) {
		memcpy(keys[i], material + i * p->key_len, p->key_len);
		memcpy(salts[i], material + 2 * p->key_len + i * p->salt_len, p->salt_len);
	}
	OPENSSL_cleanse(material, sizeof(material));
	r->profile = p->id;
	r->key_len = p->key_len;
	r->salt_len = p->salt_len;
}

static int32_t timeout_of(const struct rtpe_dtls *d)
{
	struct timeval tv;

	if (d->state != RTPE_DTLS_HANDSHAKE && d->state != RTPE_DTLS_CONNECTED)
		return -1;
	if (DTLSv1_get_timeout(d->ssl, &tv) != 1)
		return -1;
	return (int32_t)(tv.tv_sec * 1000 + (tv.tv_usec + 999) / 1000);
}

int rtpe_dtls_step(struct rtpe_dtls *d, const void *in, rtpe_u32 len, void *out, rtpe_u32 cap,
		   struct rtpe_dtls_result *r)
{
	if (len > MTU_MAX || !r || (cap && !out))
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	ERR_clear_error();
	d->wire.in = len ? in : NULL;
	d->wire.in_len = len;
	d->wire.out = out;
	d->wire.out_len = 0;
	d->wire.out_cap = cap;
	if (!len && d->started && d->state <= RTPE_DTLS_CONNECTED &&
	    DTLSv1_handle_timeout(d->ssl) < 0)
		fail(d, "nothing was heard for too long");
	d->started = true;
	if (d->state == RTPE_DTLS_HANDSHAKE)
		handshake(d);
	if (d->state == RTPE_DTLS_CONNECTED)
		listen(d);
	if (d->state == RTPE_DTLS_CONNECTED)
		export_keys(d, r);
	d->wire.in = NULL;
	r->state = d->state;
	r->mismatch = d->mismatch;
	r->out_len = d->wire.out_len;
	r->timeout_ms = timeout_of(d);
	memcpy(r->error, d->error, sizeof(r->error));
	return 0;
}

int rtpe_dtls_close(struct rtpe_dtls *d, void *out, rtpe_u32 cap)
{
	d->wire.in = NULL;
	d->wire.out = out;
	d->wire.out_len = 0;
	d->wire.out_cap = cap;
	if (d->state == RTPE_DTLS_CONNECTED)
		SSL_shutdown(d->ssl);
	d->state = RTPE_DTLS_CLOSED;
	ERR_clear_error();
	return (int)d->wire.out_len;
}
