/* SPDX-License-Identifier: MIT */
/* Answers of the kernel, as they should be and as no kernel sends them. */
#include <errno.h>
#include <netinet/in.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "rtnl.h"

static uint8_t msg[512];
static size_t len;

static void add(const void *data, size_t n)
{
	memcpy(msg + len, data, n);
	len += NLMSG_ALIGN(n);
	memcpy(msg, &(uint32_t){ (uint32_t)len }, 4);
}

static void begin(uint16_t type, const void *head, size_t n)
{
	struct nlmsghdr h = { .nlmsg_type = type };

	memset(msg, 0, sizeof(msg));
	len = 0;
	add(&h, sizeof(h));
	add(head, n);
}

static void attr(uint16_t type, const void *data, size_t n)
{
	struct rtattr a = { .rta_type = type, .rta_len = (uint16_t)RTA_LENGTH(n) };

	add(&a, sizeof(a));
	add(data, n);
}

static void make_route(uint8_t type)
{
	struct rtmsg head = { .rtm_family = AF_INET, .rtm_type = type };
	struct { struct rtattr a; uint32_t v; } metrics = { { 8, RTAX_MTU }, 1400 };

	begin(RTM_NEWROUTE, &head, sizeof(head));
	attr(RTA_OIF, &(uint32_t){ 7 }, 4);
	attr(RTA_GATEWAY, "\x0a\1\2\3", 4);
	attr(RTA_METRICS, &metrics, sizeof(metrics));
}

static void make_neigh(uint16_t state, size_t mac_len)
{
	struct ndmsg head = { .ndm_family = AF_INET, .ndm_state = state };

	begin(RTM_NEWNEIGH, &head, sizeof(head));
	attr(NDA_LLADDR, "\2\0\0\0\0\5\0\0", mac_len);
}

static void make_link(uint16_t type, unsigned flags, uint32_t mtu)
{
	struct ifinfomsg head = { .ifi_type = type, .ifi_index = 7, .ifi_flags = flags };

	begin(RTM_NEWLINK, &head, sizeof(head));
	attr(IFLA_MTU, &mtu, 4);
	attr(IFLA_ADDRESS, "\2\0\0\0\0\6", 6);
}

static void test_route(void)
{
	static const uint8_t others[] = { RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST, RTN_BLACKHOLE,
					  RTN_UNREACHABLE, RTN_PROHIBIT };
	struct rtnl_route r;

	make_route(RTN_UNICAST);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), 0);
	CHECK_EQ(r.ifindex, 7);
	CHECK_EQ(r.mtu, 1400);
	CHECK_EQ(r.via.family, 4);
	CHECK(memcmp(r.via.ip, "\x0a\1\2\3", 4) == 0);
	for (size_t i = 0; i < sizeof(others); i++) {
		make_route(others[i]);
		CHECK_EQ(rtnl_route_parse(msg, len, &r), -EOPNOTSUPP);
	}
	make_route(RTN_UNICAST);
	attr(RTA_ENCAP_TYPE, "\1\0", 2);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), -EOPNOTSUPP);
	make_route(RTN_UNICAST);
	attr(RTA_VIA, "\x0a\0xxxxxxxxxxxxxxxx", 18);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), -EOPNOTSUPP);
	make_route(RTN_UNICAST);
	attr(RTA_GATEWAY, "\x0a\1\2", 3);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), -EBADMSG);
	make_route(RTN_UNICAST);
	attr(RTA_OIF, &(uint32_t){ 0x80000001 }, 4);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), -EBADMSG);
	make_route(RTN_UNICAST);
	attr(RTA_METRICS, "\3\0\2\0\0\0\0\0", 8);
	CHECK_EQ(rtnl_route_parse(msg, len, &r), -EBADMSG);
}

static void test_neigh(void)
{
	uint8_t mac[6];

	make_neigh(NUD_STALE, 6);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), 0);
	CHECK(memcmp(mac, "\2\0\0\0\0\5", 6) == 0);
	make_neigh(NUD_INCOMPLETE, 6);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EAGAIN);
	make_neigh(NUD_FAILED, 6);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EAGAIN);
	make_neigh(NUD_REACHABLE, 8);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EOPNOTSUPP);
}

static void test_link(void)
{
	struct rtnl_link l;

	make_link(ARPHRD_ETHER, 1, 1500);
	CHECK_EQ(rtnl_link_parse(msg, len, &l), 0);
	CHECK_EQ(l.mtu, 1500);
	CHECK_EQ(l.ifindex, 7);
	make_link(ARPHRD_ETHER, 0, 1500);
	CHECK_EQ(rtnl_link_parse(msg, len, &l), -EOPNOTSUPP);
	make_link(ARPHRD_NONE, 1, 1500);
	CHECK_EQ(rtnl_link_parse(msg, len, &l), -EOPNOTSUPP);
	make_link(ARPHRD_LOOPBACK, 1, 1500);
	CHECK_EQ(rtnl_link_parse(msg, len, &l), -EOPNOTSUPP);
	make_link(ARPHRD_ETHER, 1, 4);
	CHECK_EQ(rtnl_link_parse(msg, len, &l), -EBADMSG);
}

static void test_error(void)
{
	uint8_t mac[6];

	begin(NLMSG_ERROR, &(int){ -ENOENT }, 4);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -ENOENT);
	/* Success is no answer, nor is a positive error. */
	begin(NLMSG_ERROR, &(int){ 0 }, 4);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EBADMSG);
	begin(NLMSG_ERROR, &(int){ 5 }, 4);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EBADMSG);
	begin(RTM_NEWLINK, "", 1);
	CHECK_EQ(rtnl_neigh_parse(msg, len, mac), -EBADMSG);
}

/* Parses a copy of exactly n bytes, so that a sanitiser sees reads past it. */
static void parse_copy(size_t n)
{
	uint8_t *copy = malloc(n ? n : 1), mac[6];
	struct rtnl_route r;
	struct rtnl_link l;

	memcpy(copy, msg, n);
	rtnl_route_parse(copy, n, &r);
	rtnl_neigh_parse(copy, n, mac);
	rtnl_link_parse(copy, n, &l);
	rtnl_dump_parse(copy, n, 0);
	free(copy);
}

static void test_hostile(void)
{
	struct rtnl_route r;
	uint32_t seed = 1;

	make_route(RTN_UNICAST);
	/* Cut short: by the length received, and by the length it says. */
	for (size_t n = 0; n < len; n++) {
		CHECK_EQ(rtnl_route_parse(msg, n, &r), -EBADMSG);
		parse_copy(n);
	}
	for (int round = 0; round < 20000; round++) {
		switch (round % 3) {
		case 0: make_route(RTN_UNICAST); break;
		case 1: make_neigh(NUD_REACHABLE, 6); break;
		default: make_link(ARPHRD_ETHER, 1, 1500);
		}
		for (int i = 0; i < 3; i++) {
			seed = seed * 1664525 + 1013904223;
			msg[(seed >> 8) % len] = (uint8_t)(seed >> 24);
		}
		parse_copy(len - (round & 1 ? (seed >> 16) % len : 0));
	}
}

static void test_dump(void)
{
	struct nlmsghdr h = { .nlmsg_seq = 5, .nlmsg_len = 20, .nlmsg_type = NLMSG_DONE };

	memset(msg, 0, sizeof(msg));
	memcpy(msg, &h, sizeof(h));
	CHECK_EQ(rtnl_dump_parse(msg, 20, 5), 0);
	CHECK_EQ(rtnl_dump_parse(msg, 20, 6), -EAGAIN);
	CHECK_EQ(rtnl_dump_parse(msg, 19, 5), -EBADMSG);
	h.nlmsg_type = RTM_NEWLINK;
	memcpy(msg, &h, sizeof(h));
	CHECK_EQ(rtnl_dump_parse(msg, 20, 5), 1);
	h.nlmsg_len = 3;
	memcpy(msg, &h, sizeof(h));
	CHECK_EQ(rtnl_dump_parse(msg, 20, 5), -EBADMSG);
	h.nlmsg_len = 20;
	h.nlmsg_type = NLMSG_ERROR;
	memcpy(msg, &h, sizeof(h));
	memcpy(msg + 16, &(int){ -EINVAL }, 4);
	CHECK_EQ(rtnl_dump_parse(msg, 20, 5), -EINVAL);
	h.nlmsg_len = 16;
	memcpy(msg, &h, sizeof(h));
	CHECK_EQ(rtnl_dump_parse(msg, 20, 5), -EBADMSG);
}

static const struct test tests[] = {
	{ "a route says device, next hop and MTU", test_route },
	{ "a neighbour counts only with a known link address", test_neigh },
	{ "a device counts only as Ethernet and up", test_link },
	{ "an error is an error, and anything unasked for too", test_error },
	{ "truncated and altered answers are refused or read within bounds", test_hostile },
	{ "a dump holds an entry, ends, or fails", test_dump },
	END_OF_TESTS,
};

const struct suite suite_rtnl = { "rtnl", tests, NULL };
