/* SPDX-License-Identifier: MIT */
#include "bundle.h"

#include <string.h>

#include "check.h"
#include "classify.h"

enum { MID = 3, AUDIO = 0, VIDEO = 1, S = 1000000 };

static struct rtpe_bundle raw;
static struct bundle b;
static struct bundle_table table;
static uint64_t now;

static void compile(uint32_t epoch)
{
	CHECK(bundle_valid(&raw));
	memset(&b, 0, sizeof(b));
	bundle_compile(&b, &raw);
	b.learned = &table;
	b.epoch = epoch;
}

static void start(void)
{
	struct rtpe_section *audio = &raw.sections[AUDIO], *video = &raw.sections[VIDEO];

	memset(&raw, 0, sizeof(raw));
	memset(&table, 0, sizeof(table));
	raw.mid_extension = MID;
	raw.n_sections = 2;
	*audio = (struct rtpe_section){ .mid_len = 1, .mid = "a", .n_ssrcs = 1, .ssrcs = { 10 } };
	*video = (struct rtpe_section){ .mid_len = 2, .mid = "vi", .n_ssrcs = 1, .ssrcs = { 20 } };
	audio->payload_types[0] = 1u << 8;
	video->payload_types[3] = 1u << 0;
	audio->payload_types[3] = video->payload_types[3] |= 1u << 31;
	audio->payload_types[3] &= ~1u;
	now = 100 * (uint64_t)S;
	compile(1);
}

static unsigned plain(uint32_t ssrc, uint8_t pt)
{
	uint8_t rtp[12] = { 0x80, pt };

	put32(rtp + 8, ssrc);
	return bundle_section(&b, rtp, now);
}

static unsigned named(uint32_t ssrc, const char *mid)
{
	uint8_t rtp[12 + 4 + 8] = { 0x90, 127 }, len = (uint8_t)strlen(mid);

	put32(rtp + 8, ssrc);
	put16(rtp + 12, 0xbede);
	put16(rtp + 14, 2);
	rtp[16] = (uint8_t)(MID << 4 | (len - 1));
	memcpy(rtp + 17, mid, len);
	CHECK(rtp_valid(rtp, sizeof(rtp)));
	return bundle_section(&b, rtp, now);
}

static void test_order(void)
{
	start();
	CHECK_EQ(named(1, "vi"), VIDEO);
	CHECK_EQ(plain(1, 8), VIDEO);
	CHECK_EQ(named(20, "a"), AUDIO);
	/* Signalled: what a packet said of it is forgotten with the packet. */
	CHECK_EQ(plain(20, 8), VIDEO);
	CHECK_EQ(plain(2, 96), VIDEO);
	CHECK_EQ(plain(3, 127), NO_SECTION);
	CHECK_EQ(plain(3, 9), NO_SECTION);
	CHECK_EQ(named(10, "v"), NO_SECTION);
	CHECK_EQ(named(10, "vid"), NO_SECTION);
	CHECK_EQ(bundle_section_of_ssrc(&b, 1), VIDEO);
	CHECK_EQ(bundle_section_of_ssrc(&b, 2), VIDEO);
	CHECK_EQ(bundle_section_of_ssrc(&b, 10), AUDIO);
	CHECK_EQ(bundle_section_of_ssrc(&b, 3), NO_SECTION);
}

static void test_flood(void)
{
	start();
	named(1, "vi");
	for (uint32_t ssrc = 100; ssrc < 100000; ssrc++)
		named(ssrc, "a");
	CHECK_EQ(plain(1, 8), VIDEO);
	CHECK_EQ(plain(100 + BUNDLE_LEARNED - 2, 127), AUDIO);
	CHECK_EQ(plain(100 + BUNDLE_LEARNED - 1, 127), NO_SECTION);
	/* Who talks stays; who has been silent makes room, the longest first. */
	now += BUNDLE_IDLE_US - 1;
	plain(1, 127);
	named(7, "vi");
	CHECK_EQ(plain(7, 127), NO_SECTION);
	now += 1;
	named(7, "vi");
	CHECK_EQ(plain(7, 127), VIDEO);
	CHECK_EQ(plain(1, 127), VIDEO);
}

static void test_epoch(void)
{
	struct bundle other;

	start();
	named(1, "vi");
	other = b;
	compile(1);
	CHECK(bundle_same_sections(&other, &b));
	CHECK_EQ(plain(1, 127), VIDEO);
	raw.sections[VIDEO].mid[0] = 'w';
	compile(2);
	CHECK(!bundle_same_sections(&other, &b));
	CHECK_EQ(plain(1, 127), NO_SECTION);
	raw.n_sections = 1;
	compile(3);
	CHECK(!bundle_same_sections(&other, &b));
	/* All of the old one's places are free. */
	for (uint32_t ssrc = 100; ssrc < 100 + BUNDLE_LEARNED; ssrc++)
		CHECK_EQ(named(ssrc, "a"), AUDIO);
	CHECK_EQ(plain(100 + BUNDLE_LEARNED - 1, 127), AUDIO);
}

#define REFUSED(change)                   \
	do {                              \
		start();                  \
		change;                   \
		CHECK(!bundle_valid(&raw)); \
	} while (0)

static void test_lies(void)
{
	REFUSED(raw.n_sections = 0);
	REFUSED(raw.n_sections = RTPE_MAX_SECTIONS + 1);
	REFUSED(raw.sections[0].mid_len = 0);
	REFUSED(raw.sections[1].mid_len = RTPE_MID_MAX + 1);
	REFUSED(raw.sections[1].n_ssrcs = RTPE_SECTION_SSRCS + 1);
	REFUSED((raw.sections[1].mid_len = 1, raw.sections[1].mid[0] = 'a'));
	REFUSED(raw.sections[1].ssrcs[0] = 10);
	start();
	/* Not said, so not meant. */
	raw.sections[0].ssrcs[1] = 20;
	CHECK(bundle_valid(&raw));
}

static const struct test tests[] = {
	{ "a MID beats an SSRC beats a payload type", test_order },
	{ "a flood of SSRCs makes none forgotten that is in use", test_flood },
	{ "other sections make what was learned void", test_epoch },
	{ "bundles that contradict themselves are refused", test_lies },
	END_OF_TESTS,
};

const struct suite suite_bundle = { "bundle", tests, NULL };
