/* SPDX-License-Identifier: MIT */
/* Keys of the parties in SDP (RFC 4568), and in the flow list. */
#include "ngload.h"

#include <stdlib.h>
#include <string.h>

static const struct ng_suite suites[] = {
	{"AES_CM_128_HMAC_SHA1_80", 30}, {"AES_CM_128_HMAC_SHA1_32", 30},
	{"AES_256_CM_HMAC_SHA1_80", 46}, {"AEAD_AES_128_GCM", 28}, {"AEAD_AES_256_GCM", 44},
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct ng_suite ng_suite(const char *name)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (strcmp(suites[i].name, name) == 0)
			return suites[i];
	die("there is no suite %s", name);
}

void ng_key(const struct ng_suite *suite, char party, uint32_t call, uint8_t *out)
{
	for (unsigned i = 0; i < suite->key_bytes; i++)
		out[i] = (uint8_t)(call * 2654435761u >> i % 24 ^ i * 37u ^ (unsigned)party * 91u);
}

void ng_crypto_line(const struct ng_suite *suite, unsigned tag, const uint8_t *key, char *out, size_t room)
{
	int n = snprintf(out, room, "a=crypto:%u %s inline:", tag, suite->name);

	if (n < 0 || (size_t)n + MAX_KEY_BYTES * 2 > room)
		die("a key does not fit");
	for (unsigned i = 0; i < suite->key_bytes; i += 3) {
		unsigned have = suite->key_bytes - i < 3 ? suite->key_bytes - i : 3;
		uint32_t v = (uint32_t)key[i] << 16 | (have > 1 ? (uint32_t)key[i + 1] << 8 : 0) |
			     (have > 2 ? key[i + 2] : 0);

		for (unsigned k = 0; k < 4; k++)
			out[n++] = k <= have ? alphabet[v >> (18 - 6 * k) & 63] : '=';
	}
	memcpy(out + n, "\r\n", 3);
}

void ng_crypto_read(const struct ng_suite *suite, const char *reply, unsigned *tag, uint8_t *key)
{
	const char *at = reply;
	char name[64];

	while ((at = strstr(at, "a=crypto:")) != NULL) {
		unsigned n = 0, bits = 0;
		uint32_t v = 0;

		at += 9;
		if (sscanf(at, "%u %63s", tag, name) != 2 || strcmp(name, suite->name) != 0)
			continue;
		at = strstr(at, "inline:");
		for (at = at ? at + 7 : ""; n < suite->key_bytes && *at; at++) {
			const char *digit = strchr(alphabet, *at);

			if (!digit)
				break;
			v = v << 6 | (uint32_t)(digit - alphabet);
			bits += 6;
			if (bits >= 8) {
				bits -= 8;
				key[n++] = (uint8_t)(v >> bits);
			}
		}
		if (n == suite->key_bytes)
			return;
	}
	die("the relay offers no key of %s: %.600s", suite->name, reply);
}

void ng_key_write(FILE *file, const char *word, const struct ng_suite *suite, const uint8_t *key)
{
	if (!suite->name)
		return;
	fprintf(file, " %s=%s:", word, suite->name);
	for (unsigned i = 0; i < suite->key_bytes; i++)
		fprintf(file, "%02x", key[i]);
}
