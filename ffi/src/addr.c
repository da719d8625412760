/* SPDX-License-Identifier: MIT */
#include "addr.h"

#include <arpa/inet.h>

socklen_t addr_to_sockaddr(const struct rtpe_addr *a, union sockaddrs *ss)
{
	if (a->family == 4) {
		memset(&ss->in, 0, sizeof(ss->in));
		ss->in.sin_family = AF_INET;
		ss->in.sin_port = htons(a->port);
		memcpy(&ss->in.sin_addr, a->ip, 4);
		return sizeof(ss->in);
	}
	if (a->family == 6) {
		memset(&ss->in6, 0, sizeof(ss->in6));
		ss->in6.sin6_family = AF_INET6;
		ss->in6.sin6_port = htons(a->port);
		ss->in6.sin6_scope_id = a->scope;
		memcpy(&ss->in6.sin6_addr, a->ip, 16);
		return sizeof(ss->in6);
	}
	return 0;
}

void addr_from_sockaddr(struct rtpe_addr *a, const union sockaddrs *ss)
{
	memset(a, 0, sizeof(*a));
	if (ss->sa.sa_family == AF_INET) {
		a->family = 4;
		a->port = ntohs(ss->in.sin_port);
		memcpy(a->ip, &ss->in.sin_addr, 4);
	} else if (ss->sa.sa_family == AF_INET6) {
		a->family = 6;
		a->port = ntohs(ss->in6.sin6_port);
		a->scope = ss->in6.sin6_scope_id;
		memcpy(a->ip, &ss->in6.sin6_addr, 16);
		addr_normalise(a);
	}
}
