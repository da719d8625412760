/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

int failures;

bool check(bool right, const char *what, const char *file, int line)
{
	if (right)
		return true;
	failures++;
	printf("    %s:%d: not so: %s (errno %d, %s)\n", file, line, what, errno, strerror(errno));
	return false;
}

int go(enum place where)
{
	static const char *const paths[] = { "/run/netns/here", "/run/netns/n1", "/run/netns/n2" };
	int fd = open(paths[where], O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	return err;
}

static socklen_t sockaddr_of(struct sockaddr_storage *ss, const char *ip, uint16_t port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, ip, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	inet_pton(AF_INET6, ip, &in6->sin6_addr);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

int sock(enum place where, const char *ip, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = sockaddr_of(&ss, ip, port);
	int one = 1, fd = -1;

	if (go(where) == 0)
		fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &one, sizeof(one));
	if (ss.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, len) || go(HERE)) {
		printf("no socket at %s port %u: %s\n", ip, port, strerror(errno));
		exit(1);
	}
	return fd;
}

void send_to(int fd, const char *ip, uint16_t port, const void *data, size_t len)
{
	struct sockaddr_storage ss;
	socklen_t n = sockaddr_of(&ss, ip, port);

	sendto(fd, data, len, 0, (struct sockaddr *)&ss, n);
}

static void name_of(char *to, size_t size, const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	bool v4 = ss->ss_family == AF_INET;
	char ip[INET6_ADDRSTRLEN];

	inet_ntop(ss->ss_family, v4 ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr,
		  ip, sizeof(ip));
	snprintf(to, size, "%s %u", ip, ntohs(v4 ? in->sin_port : in6->sin6_port));
}

struct heard hear(int fd, int ms)
{
	struct heard h = { .len = -1, .tos = -1 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct sockaddr_storage from;
	union {
		struct cmsghdr align;
		char bytes[128];
	} control;
	struct iovec iov = { h.data, sizeof(h.data) };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	if (poll(&p, 1, ms) != 1)
		return h;
	h.len = (int)recvmsg(fd, &m, 0);
	if (h.len < 0)
		return h;
	name_of(h.from, sizeof(h.from), &from);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			h.tos = *CMSG_DATA(c);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
			memcpy(&h.tos, CMSG_DATA(c), sizeof(h.tos));
	}
	return h;
}

size_t rtp(uint8_t *to, uint8_t pt, uint16_t seq, uint32_t ssrc)
{
	const uint8_t header[12] = {
		0x80, pt, (uint8_t)(seq >> 8), (uint8_t)seq, 0, 0, (uint8_t)seq, 0,
		(uint8_t)(ssrc >> 24), (uint8_t)(ssrc >> 16), (uint8_t)(ssrc >> 8), (uint8_t)ssrc,
	};

	memcpy(to, header, sizeof(header));
	for (int i = 0; i < 20; i++)
		to[12 + i] = (uint8_t)(seq + i);
	return 32;
}
