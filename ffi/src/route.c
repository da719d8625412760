/* SPDX-License-Identifier: MIT */
/* Which of the host's addresses the kernel would send from. */
#include <errno.h>
#include <unistd.h>

#include "addr.h"
#include "rtpe.h"

int rtpe_route_source(const struct rtpe_addr *dst, struct rtpe_addr *src)
{
	struct rtpe_addr to = *dst;
	union sockaddrs ss;
	socklen_t len;
	int fd;
	int err = 0;

	to.port = 9;	/* nothing is sent to it */
	if (!addr_normalise(&to) || !addr_sendable(&to))
		return -EINVAL;
	len = addr_to_sockaddr(&to, &ss);
	fd = socket(ss.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Connecting a UDP socket is a route lookup, policy rules included. */
	if (connect(fd, &ss.sa, len) < 0) {
		err = -errno;
	} else {
		len = sizeof(ss);
		if (getsockname(fd, &ss.sa, &len) < 0)
			err = -errno;
	}
	close(fd);
	if (err)
		return err;
	addr_from_sockaddr(src, &ss);
	src->port = 0;
	return 0;
}
