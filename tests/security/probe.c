/* SPDX-License-Identifier: MIT */
/*
 * How long a relay takes for the packets of one call: sends RTP from one namespace and takes it in another,
 * from the moment a packet is written to the moment the receiver's kernel has it.
 *
 * probe NS_A ADDR_A PORT_A RELAY PORT_R NS_B ADDR_B PORT_B PACKETS_PER_SECOND SECONDS
 *
 * NS_A and NS_B are files of namespaces. Prints one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RTP_BYTES 172
#define OFF_STAMP 12
#define OFF_NUMBER 20
#define MAX_PACKETS 100000
#define SSRC 0x50524f42u

static uint64_t took[MAX_PACKETS];
static size_t received;

static void die(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* A socket in a namespace, bound there. */
static int socket_in(const char *ns, const char *addr, const char *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	int file = open(ns, O_RDONLY | O_CLOEXEC), fd, one = 1;

	if (file < 0 || setns(file, CLONE_NEWNET) != 0)
		die(ns);
	close(file);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (inet_pton(AF_INET, addr, &at.sin_addr) != 1 || fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) != 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		die(addr);
	return fd;
}

static void take(const uint8_t *rtp, ssize_t n, uint64_t arrived)
{
	uint64_t sent;

	if (n != RTP_BYTES || received == MAX_PACKETS)
		return;
	memcpy(&sent, rtp + OFF_STAMP, sizeof(sent));
	took[received++] = arrived > sent ? arrived - sent : 0;
}

/* Takes what there is. */
static void drain(int fd)
{
	for (;;) {
		uint8_t buf[2048], control[128];
		struct iovec iov = {buf, sizeof(buf)};
		struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				   .msg_controllen = sizeof(control)};
		ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
		struct timespec ts;

		if (n < 0)
			return;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
			if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
				continue;
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			take(buf, n, (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double quantile_us(double q)
{
	return received ? (double)took[(size_t)(q * (double)(received - 1))] / 1e3 : 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in relay = {.sin_family = AF_INET};
	uint8_t rtp[RTP_BYTES] = {0x80, 8};
	uint32_t ssrc = htonl(SSRC);
	uint64_t start, end, next, gap, sent = 0;
	int from, to;

	if (argc != 11) {
		fprintf(stderr, "probe: see the head of probe.c\n");
		return 2;
	}
	setpriority(PRIO_PROCESS, 0, -15);
	to = socket_in(argv[6], argv[7], argv[8]);
	from = socket_in(argv[1], argv[2], argv[3]);
	relay.sin_port = htons((uint16_t)atoi(argv[5]));
	if (inet_pton(AF_INET, argv[4], &relay.sin_addr) != 1)
		die(argv[4]);
	gap = (uint64_t)(1e9 / atof(argv[9]));
	memcpy(rtp + 8, &ssrc, sizeof(ssrc));
	next = start = now_ns(CLOCK_MONOTONIC);
	end = start + (uint64_t)(atof(argv[10]) * 1e9);
	for (; next < end; next += gap) {
		struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
		uint64_t stamp;
		uint16_t seq = htons((uint16_t)(1000 + sent));

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		drain(to);
		memcpy(rtp + 2, &seq, sizeof(seq));
		memcpy(rtp + OFF_NUMBER, &sent, sizeof(sent));
		stamp = now_ns(CLOCK_REALTIME);
		memcpy(rtp + OFF_STAMP, &stamp, sizeof(stamp));
		if (sendto(from, rtp, sizeof(rtp), 0, (struct sockaddr *)&relay, sizeof(relay)) < 0)
			die("cannot send");
		sent++;
	}
	usleep(100000);
	drain(to);
	qsort(took, received, sizeof(took[0]), by_size);
	printf("{\"sent\":%llu,\"received\":%zu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f}\n",
	       (unsigned long long)sent, received, quantile_us(0.5), quantile_us(0.9), quantile_us(0.99),
	       quantile_us(1));
	return 0;
}
