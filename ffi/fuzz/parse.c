/* SPDX-License-Identifier: MIT */
/*
 * The parsers alone, on memory that ends where the input ends: what kind of
 * packet it is, header extensions and their change, names in RTCP, addresses,
 * and the kernel's answers over netlink.
 *
 * Input: rule flags (also what to change), punt mask (also identifiers, and the
 * sequence number of a dump), the rest.
 */
#include <stdlib.h>

#include "classify.h"
#include "fake.h"
#include "rtcp_names.h"
#include "rtnl.h"
#include "rtp_ext.h"

/* Every element of the result was in the packet or is the MID. */
static void elements_check(const uint8_t *to, const uint8_t *p, const struct ext_edit *edit)
{
	struct ext_element e, was;
	struct ext_walk w, from;
	bool mid = false;

	if (!ext_begin(&w, to))
		return;
	if (!ext_begin(&from, p))
		from.at = from.end = p;
	while (ext_next(&w, &e)) {
		if (e.id == edit->mid_id) {
			REQUIRE(!mid && e.len == edit->mid_len);
			mid = true;
			continue;
		}
		REQUIRE(e.id != edit->strip);
		REQUIRE(!edit->filter || edit->allow[e.id / 32] >> e.id % 32 & 1);
		do
			REQUIRE(ext_next(&from, &was));
		while (was.id == edit->mid_id || was.id == edit->strip ||
		       (edit->filter && !(edit->allow[was.id / 32] >> was.id % 32 & 1)));
		REQUIRE(was.id == e.id && was.len == e.len);
		REQUIRE(memcmp(was.data, e.data, e.len) == 0);
	}
	REQUIRE(mid == (edit->mid_id != 0));
}

static void ext_check(const uint8_t *p, uint32_t n, unsigned flags, unsigned punt)
{
	struct ext_edit edit = { .filter = flags & 1, .strip = (uint8_t)(punt & 15) };
	struct rtp_payload was = rtp_payload(p, n), is;
	uint32_t room = ext_edited_max(n), len;
	uint8_t *to = malloc(room);
	struct ext_element e;
	struct ext_walk w;

	REQUIRE(to && was.at + was.len <= n);
	if (flags & 2) {
		edit.mid_id = (uint8_t)(punt >> 4 | (flags & 16));
		edit.mid_len = edit.mid_id ? (uint8_t)(1 + flags / 32 * 4) : 0;
	}
	memset(edit.allow, flags & 4 ? 0xff : 0x55, sizeof(edit.allow));
	if (ext_find(p, punt & 15, &e))
		REQUIRE(e.data >= p + RTP_HEADER && e.data + e.len <= p + was.at);
	len = ext_copy(to, p, n, &edit);
	REQUIRE(len <= room && rtp_valid(to, len));
	is = rtp_payload(to, len);
	REQUIRE(is.len == was.len && memcmp(to + is.at, p + was.at, is.len) == 0);
	REQUIRE(len - is.at == n - was.at);
	/* What is not of RFC 8285 stays whole, unless there is a filter. */
	if (p[0] & 0x10 && !ext_begin(&w, p) && !edit.filter)
		REQUIRE(len == n && memcmp(to, p, n) == 0);
	else
		elements_check(to, p, &edit);
	free(to);
}

static void names_check(const uint8_t *p, size_t n)
{
	struct rtcp_names names;

	rtcp_names(&names, p, n);
	REQUIRE(names.n_own <= RTCP_NAMES && names.n_heard <= RTCP_NAMES);
	REQUIRE((names.n_own + names.n_heard) * 4 <= n);
}

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
	if (rtp_valid(p, n))
		ext_check(p, (uint32_t)n, flags, punt);
	if (rtcp_valid(p, n))
		names_check(p, n);
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
