/* SPDX-License-Identifier: GPL-2.0 */
/* Endpoints: normalising, comparing, judging. */
#ifndef RTPEDGE_ADDR_H
#define RTPEDGE_ADDR_H

#include <linux/string.h>
#include <net/ipv6.h>

#include "rtpe_rule.h"

static inline const struct in6_addr *addr_in6(const struct rtpe_addr *a)
{
	return (const struct in6_addr *)a->ip;
}

static inline __be32 addr_in4(const struct rtpe_addr *a)
{
	__be32 ip;

	memcpy(&ip, a->ip, sizeof(ip));
	return ip;
}

/* Checks the family, clears what is unused, turns ::ffff:a.b.c.d into IPv4. */
static inline bool addr_normalise(struct rtpe_addr *a)
{
	a->pad = 0;
	switch (a->family) {
	case 0:
		memset(a, 0, sizeof(*a));
		return true;
	case 4:
		break;
	case 6:
		if (!ipv6_addr_v4mapped(addr_in6(a)))
			return true;
		memmove(a->ip, a->ip + 12, 4);
		a->family = 4;
		break;
	default:
		return false;
	}
	a->scope = 0;
	memset(a->ip + 4, 0, 12);
	return true;
}

static inline bool addr_same_ip(const struct rtpe_addr *a, const struct rtpe_addr *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == 4)
		return addr_in4(a) == addr_in4(b);
	/* A zone matters only where both sides name one: SDP never does. */
	if (a->scope && b->scope && a->scope != b->scope)
		return false;
	return ipv6_addr_equal(addr_in6(a), addr_in6(b));
}

static inline bool addr_equal(const struct rtpe_addr *a, const struct rtpe_addr *b)
{
	if (a->family == 0 || b->family == 0)
		return a->family == b->family;
	return a->port == b->port && addr_same_ip(a, b);
}

/* Whether a media packet may be sent there: not unspecified, not "this
 * network", multicast, reserved or broadcast, and not port 0. */
static inline bool addr_sendable(const struct rtpe_addr *a)
{
	if (a->port == 0)
		return false;
	if (a->family == 4)
		return a->ip[0] != 0 && a->ip[0] < 224;
	return a->family == 6 && a->ip[0] != 0xff && !ipv6_addr_any(addr_in6(a));
}

#endif
