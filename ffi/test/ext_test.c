/* SPDX-License-Identifier: MIT */
#include "rtp_ext.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "classify.h"

enum { MAX = 2048 };

static uint8_t rtp[MAX], out[2 * MAX];
static uint32_t n;

/* A packet with this extension block and five bytes of payload. */
static void packet(const uint8_t *block, uint32_t len)
{
	static const uint8_t payload[5] = { 1, 2, 3, 4, 5 };

	memset(rtp, 0, sizeof(rtp));
	rtp[0] = len ? 0x91 : 0x81;
	rtp[1] = 8;
	memset(rtp + 12, 0xcc, 4);
	if (len)
		memcpy(rtp + 16, block, len);
	memcpy(rtp + 16 + len, payload, sizeof(payload));
	n = 16 + len + (uint32_t)sizeof(payload);
	CHECK(rtp_valid(rtp, n));
}

/* What comes out, between the CSRC and the payload. */
static void becomes(const struct ext_edit *edit, const uint8_t *block, uint32_t len)
{
	uint32_t got = ext_copy(out, rtp, n, edit);

	CHECK_EQ(got, 16 + len + 5);
	CHECK(got <= ext_edited_max(n));
	CHECK(rtp_valid(out, got));
	CHECK_EQ(out[0], len ? 0x91 : 0x81);
	CHECK(memcmp(out + 1, rtp + 1, 15) == 0);
	CHECK(len == 0 || memcmp(out + 16, block, len) == 0);
	CHECK(memcmp(out + 16 + len, "\1\2\3\4\5", 5) == 0);
}

#define BLOCK(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static void allow(struct ext_edit *edit, unsigned id)
{
	edit->filter = true;
	edit->allow[id / 32] |= 1u << id % 32;
}

static void test_walk(void)
{
	struct ext_element e;

	packet(BLOCK(0xbe, 0xde, 0, 2, 0x10, 7, 0, 0, 0x21, 8, 9, 0));
	CHECK(ext_find(rtp, 1, &e) && e.len == 1 && e.data[0] == 7);
	CHECK(ext_find(rtp, 2, &e) && e.len == 2 && e.data[1] == 9);
	CHECK(!ext_find(rtp, 3, &e) && !ext_find(rtp, 0, &e));
	packet(BLOCK(0x10, 0x0f, 0, 2, 1, 0, 0, 200, 3, 7, 8, 9));
	CHECK(ext_find(rtp, 1, &e) && e.len == 0);
	CHECK(ext_find(rtp, 200, &e) && e.len == 3 && e.data[2] == 9);
	packet(NULL, 0);
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0xbe, 0xdf, 0, 1, 0x10, 7, 0, 0));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0x20, 0, 0, 1, 1, 1, 7, 0));
	CHECK(!ext_find(rtp, 1, &e));
}

static void test_ends(void)
{
	struct ext_element e;

	/* Padding with a length; 15; a value that goes on; a lone identifier. */
	packet(BLOCK(0xbe, 0xde, 0, 1, 0x01, 0x10, 7, 0));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0xbe, 0xde, 0, 1, 0xf0, 0x10, 7, 0));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0xbe, 0xde, 0, 1, 0x13, 1, 2, 3));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0x10, 0, 0, 1, 0, 0, 0, 1));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0x10, 0, 0, 1, 0, 0, 1, 1));
	CHECK(!ext_find(rtp, 1, &e));
	packet(BLOCK(0xbe, 0xde, 0, 1, 0x12, 1, 2, 3));
	CHECK(ext_find(rtp, 1, &e) && e.len == 3);
}

static void test_filter(void)
{
	struct ext_edit edit = { .filter = true };

	packet(BLOCK(0xbe, 0xde, 0, 1, 0x10, 7, 0x20, 8));
	becomes(&edit, NULL, 0);
	allow(&edit, 2);
	becomes(&edit, BLOCK(0xbe, 0xde, 0, 1, 0x20, 8, 0, 0));
	edit.strip = 2;
	becomes(&edit, NULL, 0);
	packet(BLOCK(1, 2, 0, 1, 9, 9, 9, 9));
	becomes(&edit, NULL, 0);
	packet(NULL, 0);
	becomes(&edit, NULL, 0);
	packet(BLOCK(0xbe, 0xde, 0, 0));
	becomes(&edit, NULL, 0);
}

static void test_mid(void)
{
	struct ext_edit edit = { .mid_id = 4, .mid_len = 2, .mid = "v1" };

	packet(NULL, 0);
	becomes(&edit, BLOCK(0xbe, 0xde, 0, 1, 0x41, 'v', '1', 0));
	packet(BLOCK(0xbe, 0xde, 0, 2, 0x42, 1, 2, 3, 0x10, 7, 0, 0));
	becomes(&edit, BLOCK(0xbe, 0xde, 0, 2, 0x10, 7, 0x41, 'v', '1', 0, 0, 0));
	packet(BLOCK(0x10, 0x05, 0, 1, 1, 0, 0, 0));
	becomes(&edit, BLOCK(0x10, 0x05, 0, 2, 1, 0, 4, 2, 'v', '1', 0, 0));
	packet(BLOCK(1, 2, 0, 1, 9, 9, 9, 9));
	becomes(&edit, BLOCK(1, 2, 0, 1, 9, 9, 9, 9));
	edit.filter = true;
	becomes(&edit, BLOCK(0xbe, 0xde, 0, 1, 0x41, 'v', '1', 0));
}

/* Every element gets a byte longer: the longest packet there can be. */
static void test_growth(void)
{
	struct ext_edit edit = { .mid_id = 255, .mid_len = RTPE_MID_MAX };
	uint32_t len = 65507, words = (len - 16) / 4, got;
	uint8_t *p = calloc(1, len), *to = malloc(ext_edited_max(len));

	CHECK(p && to);
	p[0] = 0x90;
	memcpy(p + 12, "\xbe\xde", 2);
	put16(p + 14, (uint16_t)words);
	for (uint32_t i = 0; i < words * 2; i++)
		p[16 + i * 2] = 0x10;
	CHECK(rtp_valid(p, len));
	got = ext_copy(to, p, len, &edit);
	CHECK(got <= ext_edited_max(len));
	CHECK(got > len + len / 2);
	CHECK_EQ(get16(to + 12), 0x1000);
	CHECK_EQ(get16(to + 14), (words * 6 + 2 + RTPE_MID_MAX + 3) / 4);
	CHECK(rtp_valid(to, got));
	free(p);
	free(to);
}

static const struct test tests[] = {
	{ "elements of both forms are found", test_walk },
	{ "what cannot be read ends the walk", test_ends },
	{ "only what is allowed stays", test_filter },
	{ "a MID is added or replaced", test_mid },
	{ "no packet outgrows the room it was promised", test_growth },
	END_OF_TESTS,
};

const struct suite suite_ext = { "ext", tests, NULL };
