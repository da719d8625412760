/* SPDX-License-Identifier: MIT */
#include "dtls_crypto.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

enum { MAX_DECODERS = 15 };

/* OpenSSL's default provider, in a context of its own. It does all the work, and
 * is asked through one that passes on what it is asked, in another context. */
static OSSL_PROVIDER *full;
static OSSL_LIB_CTX *lean;
static OSSL_ALGORITHM decoders[MAX_DECODERS + 1];

/* Whether it reads a public key of a certificate. */
static bool is_wanted(const OSSL_ALGORITHM *a)
{
	static const char *const keys[] = { "EC", "RSA", "RSA-PSS", "ED25519", "ED448" };
	const char *end = strchr(a->algorithm_names, ':');
	size_t len = end ? (size_t)(end - a->algorithm_names) : strlen(a->algorithm_names);

	if (!strstr(a->property_definition, "structure=SubjectPublicKeyInfo"))
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (len == strlen(keys[i]) && !strncmp(a->algorithm_names, keys[i], len))
			return true;
	return false;
}

static const OSSL_ALGORITHM *query(void *prov, int operation, int *no_cache)
{
	const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(full, operation, no_cache);

	(void)prov;
	return operation == OSSL_OP_DECODER && decoders[0].algorithm_names ? decoders : all;
}

static int capabilities(void *prov, const char *capability, OSSL_CALLBACK *each, void *arg)
{
	(void)prov;
	return OSSL_PROVIDER_get_capabilities(full, capability, each, arg);
}

static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
		const OSSL_DISPATCH **out, void **prov)
{
	static const OSSL_DISPATCH functions[] = {
		{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities },
		{ 0, NULL },
	};

	(void)handle;
	(void)in;
	*out = functions;
	/* What its functions are given when they are called through this one. */
	*prov = OSSL_PROVIDER_get0_provider_ctx(full);
	return 1;
}

static void choose_decoders(void)
{
	int no_cache = 0;
	const OSSL_ALGORITHM *a = OSSL_PROVIDER_query_operation(full, OSSL_OP_DECODER, &no_cache);
	size_t n = 0;

	for (; a && a->algorithm_names && n < MAX_DECODERS; a++)
		if (is_wanted(a))
			decoders[n++] = *a;
}

static void make(void)
{
	OSSL_LIB_CTX *behind, *front;

	/* Another choice than OpenSSL's own has to be kept to. */
	if (EVP_default_properties_is_fips_enabled(NULL) ||
	    !OSSL_PROVIDER_available(NULL, "default"))
		return;
	behind = OSSL_LIB_CTX_new();
	front = OSSL_LIB_CTX_new();
	full = behind ? OSSL_PROVIDER_load(behind, "default") : NULL;
	if (full && front) {
		choose_decoders();
		if (OSSL_PROVIDER_add_builtin(front, "rtpe", init) == 1 &&
		    OSSL_PROVIDER_load(front, "rtpe")) {
			lean = front;
			return;
		}
	}
	OSSL_LIB_CTX_free(front);
	if (full)
		OSSL_PROVIDER_unload(full);
	OSSL_LIB_CTX_free(behind);
}

OSSL_LIB_CTX *dtls_crypto(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make);
	return lean;
}

EVP_PKEY *dtls_crypto_key(EVP_PKEY *key)
{
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	EVP_PKEY_CTX *maker = type ? EVP_PKEY_CTX_new_from_name(lean, type, NULL) : NULL;
	OSSL_PARAM *parts = NULL;
	EVP_PKEY *made = NULL;

	if (!maker || EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &parts) != 1 ||
	    EVP_PKEY_fromdata_init(maker) != 1 ||
	    EVP_PKEY_fromdata(maker, &made, EVP_PKEY_KEYPAIR, parts) != 1)
		made = NULL;
	for (OSSL_PARAM *part = parts; part && part->key; part++)
		OPENSSL_cleanse(part->data, part->data_size);
	OSSL_PARAM_free(parts);
	EVP_PKEY_CTX_free(maker);
	return made;
}
