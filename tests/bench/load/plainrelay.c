/* SPDX-License-Identifier: MIT */
/*
 * plainrelay FLOWS [drop N]: the simplest relay there is, for checking the load generator and as a
 * measure of what one socket per port costs. Reads a packet from the DST port of a flow and sends it to
 * OUT from the flow's FROM port. `drop N`: every Nth packet is lost, the one after it sent twice.
 * Prints "ready" once it listens.
 */
#include "load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

void die(const char *fmt, ...)
{
	va_list args;

	fputs("plainrelay: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static struct sockaddr_in address(struct endpoint e)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = e.port, .sin_addr.s_addr = e.addr};

	return a;
}

/* The socket that listens at `e`, or -1. */
static int find_socket(const struct flow *flows, const int *sockets, size_t n, struct endpoint e)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].dst.addr == e.addr && flows[i].dst.port == e.port)
			return sockets[i];
	return -1;
}

static int listen_at(struct endpoint e)
{
	struct sockaddr_in a = address(e);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die("cannot listen on port %u: %m", ntohs(e.port));
	return fd;
}

static void forward(int from, int via, struct endpoint out, unsigned drop)
{
	static unsigned count;
	struct sockaddr_in to = address(out);
	char packet[2048];
	ssize_t len;

	while ((len = recv(from, packet, sizeof(packet), 0)) >= 0) {
		count++;
		if (drop && count % drop == 0)
			continue;
		sendto(via, packet, (size_t)len, 0, (struct sockaddr *)&to, sizeof(to));
		if (drop && count % drop == 1 && count > 1)
			sendto(via, packet, (size_t)len, 0, (struct sockaddr *)&to, sizeof(to));
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[64];
	unsigned drop = 0;
	struct flow *flows;
	int *sockets, *via, ep = epoll_create1(0);
	size_t n;

	if (argc != 2 && !(argc == 4 && strcmp(argv[2], "drop") == 0))
		die("usage: plainrelay FLOWS [drop N]");
	if (argc == 4)
		drop = (unsigned)atoi(argv[3]);
	n = flows_read(argv[1], 0, &flows);
	sockets = calloc(n, sizeof(*sockets));
	via = calloc(n, sizeof(*via));
	if (!sockets || !via)
		die("no memory for %zu sockets", n);
	for (size_t i = 0; i < n; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.u64 = i};

		sockets[i] = listen_at(flows[i].dst);
		if (epoll_ctl(ep, EPOLL_CTL_ADD, sockets[i], &ev) != 0)
			die("cannot watch a socket: %m");
	}
	for (size_t i = 0; i < n; i++) {
		via[i] = find_socket(flows, sockets, n, flows[i].from);
		if (via[i] < 0)
			via[i] = sockets[i];
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		int got = epoll_wait(ep, events, 64, -1);

		if (got < 0 && errno != EINTR)
			die("cannot wait: %m");
		for (int i = 0; i < got; i++) {
			size_t k = events[i].data.u64;

			forward(sockets[k], via[k], flows[k].out, drop);
		}
	}
}
