/* SPDX-License-Identifier: MIT */
/*
 * Questions to the kernel over netlink, asked and answered synchronously: how a
 * route, a neighbour and a device look, and whether a list is empty. Answers are
 * taken apart without trusting their lengths.
 */
#ifndef RTPE_RTNL_H
#define RTPE_RTNL_H

#include "addr.h"

struct rtnl_route {
	int ifindex;
	uint32_t mtu;			/* of the route, 0 = none of its own */
	struct rtpe_addr via;		/* next hop: gateway, or family 0 = on link */
};

struct rtnl_link {
	int ifindex;
	uint32_t mtu;
	uint8_t mac[6];
};

/* A netlink socket that waits at most a second, or a negative errno. */
int rtnl_open(int protocol);

/* Each returns 0 or a negative errno. -EOPNOTSUPP: exists, but is of a kind
 * that only the kernel's own way out handles. */
int rtnl_route_get(int fd, const struct rtpe_addr *src, const struct rtpe_addr *dst,
		   struct rtnl_route *route);
/* -EAGAIN: the neighbour's link address is not known (yet). */
int rtnl_neigh_get(int fd, int ifindex, const struct rtpe_addr *hop, uint8_t mac[6]);
int rtnl_link_get(int fd, int ifindex, struct rtnl_link *link);
/* Sends a dump request (a whole message; its sequence number is set here).
 * 1: there is something in the list, 0: it is empty, or a negative errno. */
int rtnl_dump_any(int fd, void *request, size_t len);

/* The answers, from their netlink header on; len bytes were received. */
int rtnl_route_parse(const void *msg, size_t len, struct rtnl_route *route);
int rtnl_neigh_parse(const void *msg, size_t len, uint8_t mac[6]);
int rtnl_link_parse(const void *msg, size_t len, struct rtnl_link *link);
/* One datagram of a dump. 1: it holds an entry, 0: the end, -EAGAIN: neither. */
int rtnl_dump_parse(const void *msgs, size_t len, uint32_t seq);

#endif
