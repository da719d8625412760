/* SPDX-License-Identifier: MIT */
#include "addr.h"
#include "check.h"
#include "net.h"
#include "taken.h"

enum { SECOND = 1000000, FREE_PORT = 1234 };

static struct taken *t;

/* As many looks as are not worth a table. */
static void spend(uint64_t now)
{
	for (int i = 0; i < TAKEN_PROBES; i++)
		CHECK(!taken_not(t, FREE_PORT, now));
}

static void test_slow(void)
{
	t = taken_new();
	CHECK(t != NULL);
	/* A port every millisecond is looked at one by one for ever. */
	for (uint64_t i = 1; i <= 3 * TAKEN_PROBES; i++)
		CHECK(!taken_not(t, FREE_PORT, 10 * SECOND + i * SECOND / TAKEN_PROBES));
	taken_free(t);
}

static void test_fast(void)
{
	uint64_t now = 10 * SECOND;
	int four = peer_open("127.0.0.1", 0), six = peer_open("::1", 0), any;

	t = taken_new();
	CHECK(t != NULL);
	/* A new core's clock starts at 0. */
	spend(0);
	CHECK(taken_not(t, FREE_PORT, 0));
	spend(now);
	CHECK(taken_not(t, FREE_PORT, now));
	CHECK(!taken_not(t, peer_addr(four).port, now));
	CHECK(!taken_not(t, peer_addr(six).port, now));
	/* The table is of that moment... */
	any = peer_open("0.0.0.0", FREE_PORT);
	CHECK(taken_not(t, FREE_PORT, now));
	/* ...and read again when it has aged. */
	now += TAKEN_AGE_US + 1;
	for (int i = 0; i < TAKEN_PROBES / 5; i++)
		taken_not(t, FREE_PORT, now);
	CHECK(!taken_not(t, FREE_PORT, now));
	CHECK(taken_not(t, FREE_PORT + 1, now));
	/* After a pause ports are looked at one by one again. */
	peer_close(any);
	now += SECOND;
	spend(now);
	CHECK(taken_not(t, FREE_PORT, now));
	taken_free(t);
	peer_close(four);
	peer_close(six);
}

static const struct test tests[] = {
	{ "few ports are looked at one by one", test_slow },
	{ "many ports are looked up in the table of sockets", test_fast },
	END_OF_TESTS,
};

const struct suite suite_taken = { "taken", tests, net_skip };
