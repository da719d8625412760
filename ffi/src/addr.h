/* SPDX-License-Identifier: MIT */
/* Endpoints: comparing, normalising, and conversion to and from sockaddr. */
#ifndef RTPE_ADDR_H
#define RTPE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "rtpe_rule.h"

union sockaddrs {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Address and family are the same; the port is not looked at. */
static inline bool addr_same_ip(const struct rtpe_addr *a, const struct rtpe_addr *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == 4)
		return memcmp(a->ip, b->ip, 4) == 0;
	/* A zone matters only where both sides name one: SDP never does. */
	if (a->scope && b->scope && a->scope != b->scope)
		return false;
	return memcmp(a->ip, b->ip, 16) == 0;
}

static inline bool addr_equal(const struct rtpe_addr *a, const struct rtpe_addr *b)
{
	if (a->family == 0 || b->family == 0)
		return a->family == b->family;
	return a->port == b->port && addr_same_ip(a, b);
}

/* Checks the family, clears what is unused, turns ::ffff:a.b.c.d into IPv4.
 * Returns false when the family is none of 0, 4, 6. */
bool addr_normalise(struct rtpe_addr *a);
/* Whether a media packet may be sent there: not unspecified, not "this
 * network", multicast, reserved or broadcast, and not port 0. */
bool addr_sendable(const struct rtpe_addr *a);
bool addr_is_unspecified(const struct rtpe_addr *a);

/* Fills ss and returns its length, 0 when the family is 0. */
socklen_t addr_to_sockaddr(const struct rtpe_addr *a, union sockaddrs *ss);
/* Normalised; family 0 when it is neither IPv4 nor IPv6. */
void addr_from_sockaddr(struct rtpe_addr *a, const union sockaddrs *ss);

#endif
