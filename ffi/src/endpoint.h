/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Endpoints: comparing, normalising, judging. The kernel module includes it, too. */
#ifndef RTPE_ENDPOINT_H
#define RTPE_ENDPOINT_H

#include <stdbool.h>
#include <string.h>

#include "rtpe_rule.h"

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

static inline bool addr_is_unspecified(const struct rtpe_addr *a)
{
	static const rtpe_u8 zero[16];

	return memcmp(a->ip, zero, a->family == 4 ? 4 : 16) == 0;
}

/* Checks the family, clears what is unused, turns ::ffff:a.b.c.d into IPv4.
 * Returns false when the family is none of 0, 4, 6. */
static inline bool addr_normalise(struct rtpe_addr *a)
{
	static const rtpe_u8 v4_mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	a->pad = 0;
	switch (a->family) {
	case 0:
		memset(a, 0, sizeof(*a));
		return true;
	case 4:
		break;
	case 6:
		if (memcmp(a->ip, v4_mapped, sizeof(v4_mapped)) != 0)
			return true;
		memcpy(a->ip, a->ip + 12, 4);
		a->family = 4;
		break;
	default:
		return false;
	}
	a->scope = 0;
	memset(a->ip + 4, 0, 12);
	return true;
}

/* Whether a media packet may be sent there: not unspecified, not "this
 * network", multicast, reserved or broadcast, and not port 0. */
static inline bool addr_sendable(const struct rtpe_addr *a)
{
	if (a->port == 0)
		return false;
	if (a->family == 4)
		return a->ip[0] != 0 && a->ip[0] < 224;
	return a->family == 6 && a->ip[0] != 0xff && !addr_is_unspecified(a);
}

#endif
