/* SPDX-License-Identifier: MIT */
/*
 * The parsers alone, on memory that ends where the input ends: what kind of
 * packet it is, addresses, and the kernel's answers over netlink.
 *
 * Input: rule flags, punt mask (also the sequence number of a dump), the rest.
 */
#include <stdlib.h>

#include "classify.h"
#include "fake.h"
#include "rtnl.h"

static void classify_check(const uint8_t *p, size_t n, unsigned flags, unsigned punt)
{
	unsigned class = classify(p, n, flags & CLASSIFY_FLAGS, punt);

	REQUIRE((class & (class - 1)) == 0 && class <= RTPE_CLASS_OTHER);
	if (class == RTPE_CLASS_RTP) {
		REQUIRE(n >= RTP_HEADER && rtp_valid(p, n));
		REQUIRE(!(flags & (RTPE_RULE_OPAQUE | RTPE_RULE_RTCP)) ||
			(flags & RTPE_RULE_RTCP_MUX && !(flags & RTPE_RULE_OPAQUE)));
	}
	if (class == RTPE_CLASS_RTCP)
		REQUIRE(n >= 8 && n % 4 == 0 && rtcp_valid(p, n));
	if (flags & RTPE_RULE_OPAQUE && n)
		REQUIRE(class == RTPE_CLASS_OTHER || class & punt);
	/* Valid is no matter of what follows elsewhere. */
	rtp_valid(p, n);
	rtcp_valid(p, n);
}

static void addr_check(const uint8_t *p, size_t n)
{
	struct rtpe_addr a, b;
	union sockaddrs ss;

	if (n < sizeof(a))
		return;
	memcpy(&a, p, sizeof(a));
	b = a;
	if (!addr_normalise(&b)) {
		REQUIRE(a.family != 0 && a.family != 4 && a.family != 6);
		return;
	}
	a = b;
	REQUIRE(addr_normalise(&b) && memcmp(&a, &b, sizeof(a)) == 0);
	REQUIRE(addr_equal(&a, &b));
	if (a.family == 0) {
		REQUIRE(addr_to_sockaddr(&a, &ss) == 0);
		return;
	}
	REQUIRE(addr_to_sockaddr(&a, &ss) > 0);
	addr_from_sockaddr(&b, &ss);
	REQUIRE(memcmp(&a, &b, sizeof(a)) == 0);
	REQUIRE(!addr_sendable(&a) || !addr_is_unspecified(&a));
}

static void rtnl_check(const uint8_t *p, size_t n, uint32_t seq)
{
	struct rtnl_route route = { .ifindex = 0 };
	struct rtnl_link link = { .ifindex = 0 };
	uint8_t mac[6];
	int more = rtnl_dump_parse(p, n, seq);

	REQUIRE(more <= 1);
	REQUIRE(rtnl_neigh_parse(p, n, mac) <= 0);
	REQUIRE(rtnl_link_parse(p, n, &link) <= 0);
	if (rtnl_route_parse(p, n, &route) == 0)
		REQUIRE(route.via.family == 0 || route.via.family == 4 ||
			route.via.family == 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned flags = input_u8(&in), punt = input_u8(&in);
	uint8_t *p = malloc(in.n ? in.n : 1);

	REQUIRE(p);
	memcpy(p, in.p, in.n);
	classify_check(p, in.n, flags, punt);
	addr_check(p, in.n);
	rtnl_check(p, in.n, punt);
	free(p);
	return 0;
}
