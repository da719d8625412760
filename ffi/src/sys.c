/* SPDX-License-Identifier: MIT */
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STACK_BYTES = 256 * 1024 };

int thread_start(pthread_t *tid, const char *name, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	err = pthread_create(tid, &attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (err)
		return -err;
	pthread_setname_np(*tid, name);
	return 0;
}

int sock_opt(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

void sock_rcvbuf(int fd, uint32_t bytes)
{
	int want = bytes > 0x3fffffff ? 0x3fffffff : (int)bytes;

	if (want && sock_opt(fd, SOL_SOCKET, SO_RCVBUFFORCE, want))
		sock_opt(fd, SOL_SOCKET, SO_RCVBUF, want);
}

void sock_sndbuf(int fd, uint32_t bytes)
{
	int want = bytes > 0x3fffffff ? 0x3fffffff : (int)bytes;

	if (want && sock_opt(fd, SOL_SOCKET, SO_SNDBUFFORCE, want))
		sock_opt(fd, SOL_SOCKET, SO_SNDBUF, want);
}

void sock_may_fragment(int fd, int family)
{
	sock_opt(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (family == 6)
		sock_opt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
}

int udp_bound(const struct rtpe_addr *local)
{
	union sockaddrs ss;
	socklen_t len = addr_to_sockaddr(local, &ss);
	int fd, err;

	if (len == 0)
		return -EINVAL;
	fd = socket(ss.sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	if (fd < 0)
		return -errno;
	if (local->family == 6)
		sock_opt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (bind(fd, &ss.sa, len)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
