/* SPDX-License-Identifier: MIT */
/* Endpoints and sockaddr. */
#ifndef RTPE_ADDR_H
#define RTPE_ADDR_H

#include <netinet/in.h>

#include "endpoint.h"

union sockaddrs {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Fills ss and returns its length, 0 when the family is 0. */
socklen_t addr_to_sockaddr(const struct rtpe_addr *a, union sockaddrs *ss);
/* Normalised; family 0 when it is neither IPv4 nor IPv6. */
void addr_from_sockaddr(struct rtpe_addr *a, const union sockaddrs *ss);

#endif
