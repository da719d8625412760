/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "check.h"
#include "checksum.h"

/* RFC 1071 as it is written there. */
static uint16_t reference(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint16_t ours(const uint8_t *p, size_t n)
{
	uint16_t s = csum_fold(csum_add(0, p, n));
	uint8_t b[2];

	memcpy(b, &s, 2);
	return (uint16_t)(b[0] << 8 | b[1]);
}

static void test_reference(void)
{
	static uint8_t buf[2100];
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof(buf); i++) {
		x = x * 1664525 + 1013904223;
		buf[i] = (uint8_t)(x >> 24);
	}
	for (size_t n = 0; n <= 2000; n += n < 80 ? 1 : 37)
		for (size_t off = 0; off < 4; off++)
			CHECK_EQ(ours(buf + off, n), reference(buf + off, n));
}

static void test_all_ones(void)
{
	static uint8_t buf[65536];

	memset(buf, 0xff, sizeof(buf));
	for (size_t n = 1; n <= sizeof(buf); n = n * 2 + 1)
		CHECK_EQ(ours(buf, n), reference(buf, n));
	CHECK_EQ(ours(buf, 65535), reference(buf, 65535));
}

static void test_pieces(void)
{
	uint8_t buf[99];

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 7);
	for (size_t cut = 0; cut < sizeof(buf); cut += 2)
		CHECK_EQ(csum_fold(csum_add(csum_add(0, buf, cut), buf + cut, sizeof(buf) - cut)),
			 csum_fold(csum_add(0, buf, sizeof(buf))));
}

static void test_udp_zero(void)
{
	const uint8_t ones[2] = { 0xff, 0xff };

	CHECK_EQ(csum_fold(csum_add(0, ones, 2)), 0);
	CHECK_EQ(csum_fold_udp(csum_add(0, ones, 2)), 0xffff);
}

static const struct test tests[] = {
	{ "equals RFC 1071 for every length and alignment", test_reference },
	{ "carries do not get lost", test_all_ones },
	{ "a message may be summed in even pieces", test_pieces },
	{ "UDP never sends zero", test_udp_zero },
	END_OF_TESTS,
};

const struct suite suite_checksum = { "checksum", tests, NULL };
