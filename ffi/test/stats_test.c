/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <stdatomic.h>
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
		atomic_store(&rates[i], 0);
	now = 1000000;
}

static int packet(uint32_t ssrc, uint16_t seq, uint32_t ts, uint8_t pt)
{
	struct arrival at = { .now = now, .wall = now, .bytes = 172, .rates = rates };
	uint8_t rtp[12] = { 0x80, pt };

	put16(rtp + 2, seq);
	put32(rtp + 4, ts);
	put32(rtp + 8, ssrc);
	return stats_rtp(c, t, rtp, &at);
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
	atomic_store(&rates[3], clock_rate_make(96, 90000));
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

static const struct test tests[] = {
	{ "a sequence without gaps loses nothing, wrap included", test_in_order },
	{ "loss, lateness and duplicates are told apart", test_loss },
	{ "a packet from before the first is late, not double", test_late_before_first },
	{ "two packets in a row from elsewhere are a restart", test_reset },
	{ "single packets from elsewhere count for nothing", test_junk },
	{ "dropout and misorder end where RFC 3550 A.1 says", test_boundaries },
	{ "jitter is RFC 3550 A.8's", test_jitter },
	{ "a steady stream has no jitter, timestamp wrap included", test_steady },
	{ "jitter uses the payload type's clock rate", test_clock_rate },
	{ "a jump of the timestamp is not jitter", test_time_jump },
	{ "a fifth SSRC takes the place of the one idle longest", test_tracks },
	END_OF_TESTS,
};

const struct suite suite_stats = { "stats", tests, NULL };
