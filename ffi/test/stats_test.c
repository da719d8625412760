/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <string.h>

#include "check.h"
#include "classify.h"

static struct rtpe_ssrc_counters c[RTPE_SSRC_TRACKS];
static struct track t[RTPE_SSRC_TRACKS];
static clock_rate rates[RTPE_CLOCK_RATES];
static uint64_t now;

static void start(void)
{
	memset(c, 0, sizeof(c));
	memset(t, 0, sizeof(t));
	for (unsigned i = 0; i < RTPE_CLOCK_RATES; i++)
		rates[i] = 0;
	now = 1000000;
}

static int packet(uint32_t ssrc, uint16_t seq, uint32_t ts, uint8_t pt)
{
	struct arrival at = { .now = now, .wall = now, .bytes = 172, .rates = rates };
	uint8_t rtp[172] = { 0x80, pt };

	put16(rtp + 2, seq);
	put32(rtp + 4, ts);
	put32(rtp + 8, ssrc);
	return stats_rtp(c, t, rtp, &at);
}

/* A packet of n bytes with the first byte and what follows the header. */
static void shaped(uint16_t seq, uint8_t first, const uint8_t *rest, uint8_t n)
{
	struct arrival at = { .now = now, .wall = now, .bytes = n, .rates = rates };
	uint8_t rtp[64] = { first };

	put16(rtp + 2, seq);
	memcpy(rtp + 12, rest, n - 12u);
	CHECK(rtp_valid(rtp, n));
	stats_rtp(c, t, rtp, &at);
}

static int64_t lost(int i)
{
	return (int64_t)(uint32_t)(c[i].max_seq - c[i].base_seq + 1) - (int64_t)c[i].packets;
}

static void test_in_order(void)
{
	start();
	for (uint16_t i = 0; i < 100; i++)
		CHECK_EQ(packet(7, (uint16_t)(65500 + i), i * 160u, 0), i == 0);
	CHECK_EQ(c[0].packets, 100);
	CHECK_EQ(c[0].bytes, 17200);
	CHECK_EQ(c[0].payload_bytes, 16000);
	CHECK_EQ(lost(0), 0);
	CHECK_EQ(c[0].resets + c[0].reordered + c[0].duplicates, 0);
	CHECK_EQ(c[0].last_ts, 99 * 160);
}

static void test_loss(void)
{
	start();
	packet(7, 65535, 0, 0);
	packet(7, 2, 0, 0);
	CHECK_EQ(lost(0), 2);
	packet(7, 1, 0, 0);
	CHECK_EQ(lost(0), 1);
	CHECK_EQ(c[0].reordered, 1);
	packet(7, 1, 0, 0);
	packet(7, 2, 0, 0);
	CHECK_EQ(c[0].duplicates, 2);
	CHECK_EQ(lost(0), -1);
}

static void test_late_before_first(void)
{
	start();
	packet(7, 10, 0, 0);
	packet(7, 9, 0, 0);
	CHECK_EQ(c[0].reordered, 1);
	CHECK_EQ(c[0].duplicates, 0);
}

static void test_reset(void)
{
	start();
	packet(7, 10, 0, 0);
	packet(7, 12, 0, 0);
	CHECK_EQ(lost(0), 1);
	packet(7, 40000, 0, 0);
	CHECK_EQ(c[0].packets, 2);
	CHECK_EQ(c[0].resets, 0);
	packet(7, 40001, 0, 0);
	CHECK_EQ(c[0].resets, 1);
	CHECK_EQ(c[0].packets, 4);
	CHECK_EQ(c[0].bytes, 4 * 172);
	CHECK_EQ(c[0].payload_bytes, 4 * 160);
	CHECK_EQ(lost(0), 1);
	packet(7, 40002, 0, 0);
	CHECK_EQ(lost(0), 1);
	packet(7, 40000, 0, 0);
	CHECK_EQ(c[0].duplicates, 1);
}

static void test_junk(void)
{
	start();
	packet(7, 10, 0, 0);
	packet(7, 40000, 0, 0);
	packet(7, 20000, 0, 0);
	packet(7, 11, 160, 0);
	CHECK_EQ(c[0].resets, 0);
	CHECK_EQ(c[0].packets, 2);
	CHECK_EQ(lost(0), 0);
}

static void test_boundaries(void)
{
	start();
	packet(7, 0, 0, 0);
	packet(7, 2999, 0, 0);
	CHECK_EQ(lost(0), 2998);
	packet(7, 2999 + 3000, 0, 0);
	CHECK_EQ(c[0].packets, 2);
	packet(7, 2999 - 99, 0, 0);
	CHECK_EQ(c[0].reordered, 1);
	packet(7, 2999 - 100, 0, 0);
	CHECK_EQ(c[0].packets, 3);
}

/* By hand from RFC 3550 A.8: |D| is 80 every time, so J = J + 80 - (J+8)/16. */
static void test_jitter(void)
{
	uint32_t want = 0;

	start();
	packet(7, 0, 0, 0);
	for (uint16_t i = 1; i <= 50; i++) {
		now += i & 1 ? 30000 : 10000;
		packet(7, i, i * 160u, 0);
		want += 80 - ((want + 8) >> 4);
		CHECK_EQ(c[0].jitter_x16, want);
	}
	CHECK(want / 16 > 70);
}

static void test_steady(void)
{
	start();
	for (uint16_t i = 0; i < 50; i++, now += 20000)
		packet(7, i, 0xfffff000u + i * 160u, 0);
	CHECK_EQ(c[0].jitter_x16, 0);
}

static void test_clock_rate(void)
{
	start();
	rates[3] = clock_rate_make(96, 90000);
	for (uint16_t i = 0; i < 50; i++, now += 20000)
		packet(7, i, i * 1800u, 96);
	CHECK_EQ(c[0].clock_rate, 90000);
	CHECK_EQ(c[0].jitter_x16, 0);
	CHECK_EQ(c[0].payload_type, 96);
}

static void test_time_jump(void)
{
	start();
	packet(7, 0, 0, 0);
	packet(7, 1, 0x80000000u, 0);
	packet(7, 2, 0x80000000u, 0);
	CHECK_EQ(c[0].jitter_x16, 0);
}

static void test_payload(void)
{
	static const uint8_t nothing[8] = { 0 };
	static const uint8_t csrcs[11] = { 0 };
	static const uint8_t extension[10] = { 0xbe, 0xde, 0, 1 };
	static const uint8_t padding[6] = { 1, 2, 0, 0, 0, 4 };
	static const uint8_t all[21] = { 0, 0, 0, 0, 0xbe, 0xde, 0, 2, [20] = 3 };

	start();
	shaped(1, 0x80, nothing, 12);
	CHECK_EQ(c[0].payload_bytes, 0);
	shaped(2, 0x82, csrcs, 12 + 11);
	CHECK_EQ(c[0].payload_bytes, 3);
	shaped(3, 0x90, extension, 12 + 10);
	CHECK_EQ(c[0].payload_bytes, 5);
	shaped(4, 0xa0, padding, 12 + 6);
	CHECK_EQ(c[0].payload_bytes, 7);
	shaped(5, 0xb1, all, 12 + 21);
	CHECK_EQ(c[0].payload_bytes, 9);
	CHECK_EQ(c[0].bytes, 12 * 5 + 11 + 10 + 6 + 21);
}

static void test_first(void)
{
	start();
	packet(7, 1, 0, 0);
	now += 5000;
	packet(7, 2, 0, 0);
	CHECK_EQ(c[0].first_us, 1000000);
	CHECK_EQ(c[0].last_us, 1005000);
}

static void test_tracks(void)
{
	start();
	for (uint32_t s = 1; s <= 4; s++, now += 1000)
		CHECK_EQ(packet(s, 1, 0, 0), 1);
	/* None is idle: the fifth is not counted, nobody is thrown out. */
	CHECK_EQ(packet(5, 1, 0, 0), 1);
	CHECK_EQ(packet(5, 2, 0, 0), 1);
	for (uint32_t i = 0; i < 4; i++)
		CHECK_EQ(c[i].ssrc, i + 1);
	now += TRACK_IDLE_US - 1000;
	packet(2, 2, 0, 0);
	now += 1000;
	CHECK_EQ(packet(5, 3, 0, 0), 1);
	CHECK_EQ(c[0].ssrc, 5);
	CHECK_EQ(c[0].packets, 1);
	CHECK_EQ(packet(5, 4, 0, 0), 0);
	CHECK_EQ(packet(6, 4, 0, 0), 1);
	CHECK_EQ(c[1].ssrc, 2);
	CHECK_EQ(c[2].ssrc, 6);
}

static void test_payload_types(void)
{
	static struct rtpe_counters one, other;

	memset(&one, 0, sizeof(one));
	memset(&other, 0, sizeof(other));
	for (uint8_t pt = 120; pt < 128; pt++)
		stats_payload(&one, pt, 1, pt);
	stats_payload(&one, 0, 1, 7);
	stats_payload(&one, 121, 2, 9);
	for (unsigned i = 0; i < RTPE_PAYLOAD_TYPES; i++)
		CHECK_EQ(one.payload_type[i], 0x80 | (120 + i));
	CHECK_EQ(one.payload[1].packets, 3);
	CHECK_EQ(one.payload[1].bytes, 130);
	CHECK_EQ(one.payload[7].packets, 1);
	stats_payload(&other, 0, 5, 50);
	stats_payload(&other, 121, 1, 1);
	/* What is told already keeps its place; what has none left is not told. */
	stats_payloads_add(&one, &other);
	CHECK_EQ(one.payload[1].packets, 4);
	stats_payloads_add(&other, &one);
	CHECK_EQ(other.payload_type[0], 0x80);
	CHECK_EQ(other.payload[0].packets, 5);
	CHECK_EQ(other.payload[1].packets, 5);
	CHECK_EQ(other.payload_type[7], 0x80 | 126);
}

static const struct test tests[] = {
	{ "D2-8 a sequence without gaps loses nothing, wrap included", test_in_order },
	{ "loss, lateness and duplicates are told apart", test_loss },
	{ "a packet from before the first is late, not double", test_late_before_first },
	{ "two packets in a row from elsewhere are a restart", test_reset },
	{ "D2-8 single packets from elsewhere count for nothing", test_junk },
	{ "dropout and misorder end where RFC 3550 A.1 says", test_boundaries },
	{ "jitter is RFC 3550 A.8's", test_jitter },
	{ "D2-8 a steady stream has no jitter, timestamp wrap included", test_steady },
	{ "jitter uses the payload type's clock rate", test_clock_rate },
	{ "D2-8 a jump of the timestamp is not jitter", test_time_jump },
	{ "the payload is without header, sources, extension and padding", test_payload },
	{ "the times of the first and the last packet are kept", test_first },
	{ "a fifth SSRC takes the place of the one idle longest", test_tracks },
	{ "eight payload types are counted, wherever they were", test_payload_types },
	END_OF_TESTS,
};

const struct suite suite_stats = { "stats", tests, NULL };
