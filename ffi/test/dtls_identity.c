/* SPDX-License-Identifier: MIT */
#include "dtls_identity.h"

#include <stdio.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "check.h"

static void write_pem(BIO *bio, char *text)
{
	int n = BIO_read(bio, text, 4095);

	CHECK(n > 0);
	text[n] = '\0';
	BIO_free(bio);
}

static void digest(const X509 *cert, const EVP_MD *hash, struct rtpe_dtls_fingerprint *f)
{
	unsigned len = 0;

	CHECK(X509_digest(cert, hash, f->digest, &len) == 1);
	f->len = (rtpe_u8)len;
}

struct pem make_pem(bool rsa)
{
	EVP_PKEY *key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
	struct pem pem;

	CHECK(key && cert && c && k);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 7);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	CHECK(X509_sign(cert, key, EVP_sha256()) > 0);
	CHECK(PEM_write_bio_X509(c, cert) == 1);
	CHECK(PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) == 1);
	write_pem(c, pem.cert);
	write_pem(k, pem.key);
	digest(cert, EVP_sha1(), &pem.sha1);
	digest(cert, EVP_sha256(), &pem.sha256);
	digest(cert, EVP_sha512(), &pem.sha512);
	X509_free(cert);
	EVP_PKEY_free(key);
	return pem;
}

struct identity identity(bool rsa, const char *profiles)
{
	struct identity id = { .pem = make_pem(rsa) };
	char err[256] = "";

	id.ctx = rtpe_dtls_ctx_new(id.pem.cert, id.pem.key, profiles, NULL, err, sizeof(err));
	if (!id.ctx)
		printf("    %s\n", err);
	CHECK(id.ctx != NULL);
	return id;
}
