/* SPDX-License-Identifier: MIT */
/* Flows under keys: SRTP by the relay core's own code, which is checked against libsrtp elsewhere. */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "srtp.h"

struct suite {
	const char *name;
	struct rtpe_srtp params;
};

#define CM(bits, tag) .cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, \
	.key_len = (bits) / 8, .salt_len = 14, .rtp_tag_len = (tag), .rtcp_tag_len = 10
#define GCM(bits) .cipher = RTPE_SRTP_AES_GCM, .key_len = (bits) / 8, .salt_len = 12, \
	.rtp_tag_len = 16, .rtcp_tag_len = 16

static const struct suite suites[] = {
	{"AES_CM_128_HMAC_SHA1_80", {CM(128, 10)}}, {"AES_CM_128_HMAC_SHA1_32", {CM(128, 4)}},
	{"AES_256_CM_HMAC_SHA1_80", {CM(256, 10)}}, {"AEAD_AES_128_GCM", {GCM(128)}},
	{"AEAD_AES_256_GCM", {GCM(256)}},
};

static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *d = c ? strchr(digits, c) : NULL;

	return d ? (int)(d - digits) : -1;
}

/* SUITE:HEX, key and salt one after the other. */
static bool parse_keys(const char *text, struct rtpe_srtp *p)
{
	const char *colon = strchr(text, ':');
	uint8_t bytes[RTPE_KEY_MAX + RTPE_SALT_MAX];
	size_t n = 0;

	for (size_t i = 0; colon && i < sizeof(suites) / sizeof(suites[0]); i++)
		if (strlen(suites[i].name) == (size_t)(colon - text) &&
		    memcmp(suites[i].name, text, (size_t)(colon - text)) == 0) {
			*p = suites[i].params;
			n = (size_t)p->key_len + p->salt_len;
		}
	if (n == 0 || strlen(colon + 1) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = nibble(colon[1 + 2 * i]), low = nibble(colon[2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(p->key, bytes, p->key_len);
	memcpy(p->salt, bytes + p->key_len, p->salt_len);
	return true;
}

bool secret_parse(const char *word, struct flow *f)
{
	bool in = strncmp(word, "in=", 3) == 0;
	struct rtpe_srtp p;
	struct srtp *s;

	if ((!in && strncmp(word, "out=", 4) != 0) || !parse_keys(strchr(word, '=') + 1, &p))
		return false;
	s = srtp_new(&p, in ? SRTP_PROTECT : SRTP_UNPROTECT, NULL);
	if (!s)
		die("no memory for keys");
	if (in) {
		f->seal = s;
		f->seal_bytes = p.rtp_tag_len;
	} else {
		f->open = s;
		f->open_bytes = p.rtp_tag_len;
	}
	return true;
}

/* A relay remembers the indices of the runs before: each run begins above them. */
static uint32_t first_index(const char *flows_path)
{
	struct timespec made = flows_time(flows_path), now;

	clock_gettime(CLOCK_REALTIME, &now);
	/* 400 a second, more than a flow ever sends; 10 for the first packets of all. */
	return 10 + (uint32_t)((double)(now.tv_sec - made.tv_sec) * 400 +
			       (double)(now.tv_nsec - made.tv_nsec) / 1e9 * 400);
}

void secret_start(const char *flows_path, struct flow *flows, size_t n)
{
	uint32_t first = 0;

	for (size_t i = 0; i < n; i++)
		if ((flows[i].seal || flows[i].open) && first == 0)
			first = first_index(flows_path);
	for (size_t i = 0; i < n; i++) {
		uint32_t before = first - 1, ssrc = LOAD_SSRC + (uint32_t)i;

		flows[i].base = first;
		if (flows[i].seal)
			srtp_stream_set(flows[i].seal, ssrc, before >> 16, (uint16_t)before);
		if (flows[i].open)
			srtp_stream_set(flows[i].open, ssrc, before >> 16, (uint16_t)before);
	}
}

void secret_seal(struct flow *f, const uint8_t *clear, uint8_t *out)
{
	if (srtp_seal_rtp(f->seal, clear, UDP_PAYLOAD, out, UDP_PAYLOAD + SEAL_ROOM) < 0)
		die("a packet cannot be encrypted");
}

bool secret_open(struct flow *f, uint8_t *rtp, size_t len)
{
	return srtp_open_rtp(f->open, rtp, len, rtp, len) == UDP_PAYLOAD;
}

void secret_end(struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		srtp_free(flows[i].seal);
		srtp_free(flows[i].open);
	}
}
