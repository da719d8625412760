/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "check.h"
#include "classify.h"

#define CLASS(flags, ...)                                                    \
	({                                                                   \
		const uint8_t b_[] = { __VA_ARGS__ };                        \
		classify(b_, sizeof(b_), (flags), 0);                        \
	})
#define TWELVE 0x80, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4

static void test_rtp_minimal(void)
{
	CHECK_EQ(CLASS(0, TWELVE), RTPE_CLASS_RTP);
	CHECK_EQ(CLASS(0, TWELVE, 1, 2, 3), RTPE_CLASS_RTP);
}

static void test_rtp_short(void)
{
	const uint8_t b[] = { TWELVE };

	for (size_t n = 0; n < 12; n++)
		CHECK_EQ(classify(b, n, 0, 0), 0);
}

static void test_version(void)
{
	const uint8_t first[] = { 0x00, 0x40, 0xc0 };

	for (size_t i = 0; i < sizeof(first); i++) {
		uint8_t b[] = { TWELVE };

		b[0] = first[i];
		CHECK_EQ(rtp_valid(b, sizeof(b)), 0);
		CHECK(classify(b, sizeof(b), 0, 0) != RTPE_CLASS_RTP);
	}
}

static void test_csrc(void)
{
	uint8_t b[12 + 15 * 4] = { TWELVE };

	b[0] = 0x8f;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), RTPE_CLASS_RTP);
	CHECK_EQ(classify(b, sizeof(b) - 1, 0, 0), 0);
	CHECK_EQ(classify(b, 12, 0, 0), 0);
}

static void test_extension(void)
{
	uint8_t b[12 + 4 + 8] = { TWELVE };

	b[0] = 0x90;
	b[15] = 2;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), RTPE_CLASS_RTP);
	CHECK_EQ(classify(b, sizeof(b) - 1, 0, 0), 0);
	b[15] = 3;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), 0);
	b[14] = 0xff;
	b[15] = 0xff;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), 0);
	CHECK_EQ(classify(b, 15, 0, 0), 0);
	CHECK_EQ(classify(b, 12, 0, 0), 0);
}

static void test_padding(void)
{
	uint8_t b[16] = { TWELVE, 0, 0, 0, 4 };

	b[0] = 0xa0;
	CHECK_EQ(classify(b, 16, 0, 0), RTPE_CLASS_RTP);
	b[15] = 5;
	CHECK_EQ(classify(b, 16, 0, 0), 0);
	b[15] = 0;
	CHECK_EQ(classify(b, 16, 0, 0), 0);
	b[11] = 1;
	CHECK_EQ(classify(b, 12, 0, 0), 0);
}

static void test_rtcp_types_as_rtp(void)
{
	uint8_t b[] = { TWELVE };

	b[1] = 200;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), 0);
	b[1] = 0x80 | 71;
	CHECK_EQ(classify(b, sizeof(b), 0, 0), RTPE_CLASS_RTP);
}

static void test_mux(void)
{
	uint8_t rr[] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	uint8_t rtp[] = { TWELVE };

	CHECK_EQ(classify(rr, sizeof(rr), RTPE_RULE_RTCP_MUX, 0), RTPE_CLASS_RTCP);
	CHECK_EQ(classify(rtp, sizeof(rtp), RTPE_RULE_RTCP_MUX, 0), RTPE_CLASS_RTP);
	rr[1] = 191;
	CHECK_EQ(classify(rr, sizeof(rr), RTPE_RULE_RTCP_MUX, 0), 0);
	rr[1] = 223;
	CHECK_EQ(classify(rr, sizeof(rr), RTPE_RULE_RTCP_MUX, 0), RTPE_CLASS_RTCP);
	CHECK_EQ(classify(rtp, 1, RTPE_RULE_RTCP_MUX, 0), 0);
}

static void test_rtcp_only(void)
{
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, TWELVE), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 1, 1, 2, 3, 4), RTPE_CLASS_RTCP);
}

static void test_rtcp_lengths(void)
{
	/* Beyond the datagram, zero words of a report, rest that is no packet. */
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 2, 1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0xff, 0xff, 1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 0, 0x80, 201, 0, 0), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 1, 1, 2, 3, 4, 9), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 1, 1, 2, 3, 4, 0x40, 1, 0, 0), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 1), 0);
}

static void test_rtcp_counts(void)
{
	/* One report block claimed, none there; SR without sender info. */
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x81, 201, 0, 1, 1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 200, 0, 1, 1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x9f, 202, 0, 1, 1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x8f, 206, 0, 1, 1, 2, 3, 4), 0);
}

static void test_bye(void)
{
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x81, 203, 0, 1, 1, 2, 3, 4), RTPE_CLASS_RTCP);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x81, 203, 0, 2, 1, 2, 3, 4, 3, 'b', 'y', 'e'),
		 RTPE_CLASS_RTCP);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x81, 203, 0, 2, 1, 2, 3, 4, 4, 'b', 'y', 'e'), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x82, 203, 0, 1, 1, 2, 3, 4), 0);
}

static void test_compound(void)
{
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 2, 1, 2, 3, 4,
		       1, 0, 0, 0), RTPE_CLASS_RTCP);
	/* Padding is for the last packet only (RFC 3550 6.4.1). */
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0xa0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4, 0x80, 201, 0, 1,
		       1, 2, 3, 4), 0);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0xa0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4),
		 RTPE_CLASS_RTCP);
	CHECK_EQ(CLASS(RTPE_RULE_RTCP, 0xa0, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 16), 0);
}

static void test_stun(void)
{
	uint8_t b[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };

	CHECK_EQ(classify(b, 20, 0, 0), RTPE_CLASS_STUN);
	CHECK_EQ(classify(b, 19, 0, 0), RTPE_CLASS_OTHER);
	b[3] = 4;
	CHECK_EQ(classify(b, 20, 0, 0), RTPE_CLASS_OTHER);
	b[3] = 0;
	b[4] = 0;
	CHECK_EQ(classify(b, 20, 0, 0), RTPE_CLASS_OTHER);
}

static void test_dtls(void)
{
	uint8_t b[13] = { 22, 0xfe, 0xfd };

	CHECK_EQ(classify(b, 13, 0, 0), RTPE_CLASS_DTLS);
	CHECK_EQ(classify(b, 12, 0, 0), RTPE_CLASS_OTHER);
	b[1] = 3;
	CHECK_EQ(classify(b, 13, 0, 0), RTPE_CLASS_OTHER);
	b[0] = 19;
	CHECK_EQ(classify(b, 13, 0, 0), RTPE_CLASS_OTHER);
	b[0] = 64;
	CHECK_EQ(classify(b, 13, 0, 0), RTPE_CLASS_OTHER);
}

static void test_opaque(void)
{
	uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 }, one[1] = { 0 };

	CHECK_EQ(classify(stun, 20, RTPE_RULE_OPAQUE, 0), RTPE_CLASS_OTHER);
	CHECK_EQ(classify(stun, 20, RTPE_RULE_OPAQUE, RTPE_CLASS_STUN), RTPE_CLASS_STUN);
	CHECK_EQ(classify(one, 1, RTPE_RULE_OPAQUE, ~0u), RTPE_CLASS_OTHER);
	CHECK_EQ(classify(one, 0, RTPE_RULE_OPAQUE, 0), 0);
}

static const struct test tests[] = {
	{ "twelve bytes of version 2 are RTP", test_rtp_minimal },
	{ "D2-6 fewer than twelve bytes are malformed", test_rtp_short },
	{ "other versions are not RTP", test_version },
	{ "D2-6 contributing sources must be there", test_csrc },
	{ "D2-6 a header extension must fit", test_extension },
	{ "D2-6 padding must fit and count itself", test_padding },
	{ "RTCP types are no RTP payload types", test_rtcp_types_as_rtp },
	{ "types 192 to 223 are RTCP where RTP and RTCP share a port", test_mux },
	{ "an RTCP port takes RTCP only", test_rtcp_only },
	{ "D2-6 RTCP lengths must add up to the datagram", test_rtcp_lengths },
	{ "D2-7 RTCP counts must fit their packet", test_rtcp_counts },
	{ "D2-7 a BYE reason must fit", test_bye },
	{ "compound RTCP is walked to its end", test_compound },
	{ "STUN has its cookie and a length that fits", test_stun },
	{ "DTLS has a version and thirteen bytes", test_dtls },
	{ "an opaque port takes anything but what is punted", test_opaque },
	END_OF_TESTS,
};

const struct suite suite_classify = { "classify", tests, NULL };
