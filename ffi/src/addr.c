/* SPDX-License-Identifier: MIT */
#include "addr.h"

#include <arpa/inet.h>

static const uint8_t v4_mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool addr_normalise(struct rtpe_addr *a)
{
	a->pad = 0;
	switch (a->family) {
	case 0:
		memset(a, 0, sizeof(*a));
		return true;
	case 4:
		a->scope = 0;
		memset(a->ip + 4, 0, 12);
		return true;
	case 6:
		if (memcmp(a->ip, v4_mapped, sizeof(v4_mapped)) == 0) {
			memcpy(a->ip, a->ip + 12, 4);
			memset(a->ip + 4, 0, 12);
			a->family = 4;
			a->scope = 0;
		}
		return true;
	default:
		return false;
	}
}

bool addr_is_unspecified(const struct rtpe_addr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->ip, zero, a->family == 4 ? 4 : 16) == 0;
}

bool addr_sendable(const struct rtpe_addr *a)
{
	if (a->port == 0)
		return false;
	if (a->family == 4)
		return a->ip[0] != 0 && a->ip[0] < 224;
	return a->family == 6 && a->ip[0] != 0xff && !addr_is_unspecified(a);
}

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
