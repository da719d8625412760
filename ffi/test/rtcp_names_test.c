/* SPDX-License-Identifier: MIT */
#include "rtcp_names.h"

#include <string.h>

#include "check.h"
#include "classify.h"

static uint8_t buf[4096];
static uint32_t len;
static struct rtcp_names names;

/* Appends a packet whose words after the header are 1000 * type + index. */
static void add(uint8_t type, uint8_t count, uint16_t words)
{
	put32(buf + len, 0x80000000u | (uint32_t)count << 24 | (uint32_t)type << 16 | words);
	for (uint16_t i = 1; i <= words; i++)
		put32(buf + len + i * 4u, type * 1000u + i);
	len += 4 + words * 4u;
	/* SDES: an item that ends. */
	if (type == 202)
		put32(buf + len - 4, 0);
}

static void read_names(void)
{
	CHECK(rtcp_valid(buf, len));
	rtcp_names(&names, buf, len);
	len = 0;
}

static void test_reports(void)
{
	add(200, 2, 6 + 12);
	add(201, 1, 1 + 6);
	add(202, 1, 2);
	read_names();
	CHECK_EQ(names.n_own, 2);
	CHECK_EQ(names.own[0], 200001);
	CHECK_EQ(names.own[1], 201001);
	CHECK_EQ(names.n_heard, 3);
	CHECK_EQ(names.heard[0], 200007);
	CHECK_EQ(names.heard[1], 200013);
	CHECK_EQ(names.heard[2], 201002);
}

static void test_others(void)
{
	add(205, 1, 3);
	add(206, 15, 4);
	add(207, 0, 2);
	add(203, 2, 2);
	add(204, 0, 2);
	read_names();
	CHECK_EQ(names.n_heard, 2);
	CHECK_EQ(names.heard[0], 205002);
	CHECK_EQ(names.heard[1], 206002);
	CHECK_EQ(names.n_own, 3);
	CHECK_EQ(names.own[0], 207001);
	CHECK_EQ(names.own[1], 203001);
	CHECK_EQ(names.own[2], 203002);
}

static void test_short(void)
{
	add(207, 0, 0);
	add(192, 0, 0);
	add(203, 0, 0);
	read_names();
	CHECK_EQ(names.n_own, 0);
	CHECK_EQ(names.n_heard, 0);
}

static void test_many(void)
{
	for (int i = 0; i < 4; i++) {
		add(201, 31, 1 + 31 * 6);
		add(203, 31, 31);
	}
	read_names();
	CHECK_EQ(names.n_own, RTCP_NAMES);
	CHECK_EQ(names.n_heard, RTCP_NAMES);
}

static const struct test tests[] = {
	{ "reports name their sender and their sources", test_reports },
	{ "feedback names the media source, a BYE who leaves", test_others },
	{ "packets without a word name nobody", test_short },
	{ "names beyond the room are left out", test_many },
	END_OF_TESTS,
};

const struct suite suite_rtcp_names = { "rtcp-names", tests, NULL };
