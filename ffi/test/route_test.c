/* SPDX-License-Identifier: MIT */
/* Source addresses of routes, as far as every host has them. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "rtpe.h"

static struct rtpe_addr v4(rtpe_u8 a, rtpe_u8 b, rtpe_u8 c, rtpe_u8 d)
{
	struct rtpe_addr addr = { .family = 4, .port = 5060, .ip = { a, b, c, d } };

	return addr;
}

static void loopback(void)
{
	struct rtpe_addr dst = v4(127, 0, 0, 9), src;

	memset(&src, 0xff, sizeof(src));
	CHECK_EQ(rtpe_route_source(&dst, &src), 0);
	CHECK_EQ(src.family, 4);
	CHECK_EQ(src.ip[0], 127);
	CHECK_EQ(src.port, 0);
	CHECK_EQ(src.scope, 0);
	CHECK_EQ(dst.port, 5060);
}

static void mapped(void)
{
	struct rtpe_addr dst = { .family = 6, .ip = { [10] = 0xff, [11] = 0xff, 127, 0, 0, 1 } };
	struct rtpe_addr src;

	CHECK_EQ(rtpe_route_source(&dst, &src), 0);
	CHECK_EQ(src.family, 4);
}

static void nonsense(void)
{
	struct rtpe_addr dst = v4(0, 0, 0, 0), src;

	CHECK_EQ(rtpe_route_source(&dst, &src), -EINVAL);
	dst = v4(224, 0, 0, 1);
	CHECK_EQ(rtpe_route_source(&dst, &src), -EINVAL);
	dst = v4(255, 255, 255, 255);
	CHECK_EQ(rtpe_route_source(&dst, &src), -EINVAL);
	dst.family = 0;
	CHECK_EQ(rtpe_route_source(&dst, &src), -EINVAL);
	dst.family = 5;
	CHECK_EQ(rtpe_route_source(&dst, &src), -EINVAL);
}

static const struct test tests[] = {
	{ "loopback is reached from loopback", loopback },
	{ "an IPv4-mapped address is an IPv4 address", mapped },
	{ "there is no route to what no packet may be sent to", nonsense },
	END_OF_TESTS,
};

const struct suite suite_route = { "route", tests, NULL };
