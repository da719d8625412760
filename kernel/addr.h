/* SPDX-License-Identifier: GPL-2.0 */
/* Endpoints in the kernel's terms. */
#ifndef RTPEDGE_ADDR_H
#define RTPEDGE_ADDR_H

#include <linux/in6.h>

#include "endpoint.h"

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

#endif
