/* SPDX-License-Identifier: MIT */
/*
 * Sends many datagrams, each with some octets made anew, and counts what comes back. Used by the tests of
 * what attackers do, inside network namespaces of their own.
 *
 * flood FROM TO PORT_MIN PORT_MAX PACKETS_PER_SECOND SECONDS HEX [OFFSET:LENGTH]...
 *
 * HEX is the datagram; each OFFSET:LENGTH names octets that are random in every copy; a negative OFFSET
 * counts from the end. Ports are taken in turn. Prints one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32
#define MAX_DATAGRAM 1500
#define MAX_SPANS 8

struct span {
	size_t offset, length;
};

struct flood {
	int fd;
	struct in_addr to;
	unsigned port_min, port_max, port;
	uint8_t data[MAX_DATAGRAM];
	size_t length;
	struct span spans[MAX_SPANS];
	size_t span_count;
	uint64_t sent, sent_bytes, received, received_bytes, failed;
	uint64_t random;
};

static void die(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* xorshift64*: forged packets need not be unpredictable, only different. */
static uint8_t random_octet(struct flood *f)
{
	f->random ^= f->random >> 12;
	f->random ^= f->random << 25;
	f->random ^= f->random >> 27;
	return (uint8_t)((f->random * 2685821657736338717u) >> 56);
}

static void parse_hex(struct flood *f, const char *hex)
{
	for (; hex[0] != 0 && hex[1] != 0; hex += 2) {
		unsigned value;

		if (f->length == MAX_DATAGRAM || sscanf(hex, "%2x", &value) != 1) {
			fprintf(stderr, "flood: not a datagram in hex\n");
			exit(1);
		}
		f->data[f->length++] = (uint8_t)value;
	}
}

static void parse_span(struct flood *f, const char *text)
{
	long offset, length;

	if (f->span_count == MAX_SPANS || sscanf(text, "%ld:%ld", &offset, &length) != 2) {
		fprintf(stderr, "flood: not OFFSET:LENGTH: %s\n", text);
		exit(1);
	}
	if (offset < 0)
		offset += (long)f->length;
	if (offset < 0 || length < 0 || (size_t)(offset + length) > f->length) {
		fprintf(stderr, "flood: outside the datagram: %s\n", text);
		exit(1);
	}
	f->spans[f->span_count].offset = (size_t)offset;
	f->spans[f->span_count++].length = (size_t)length;
}

static void open_socket(struct flood *f, const char *from)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int size = 4 << 20;

	f->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (f->fd < 0)
		die("socket");
	if (inet_pton(AF_INET, from, &at.sin_addr) != 1 ||
	    bind(f->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die(from);
	setsockopt(f->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(f->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void send_batch(struct flood *f)
{
	static uint8_t copies[BATCH][MAX_DATAGRAM];
	struct sockaddr_in to[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr messages[BATCH];
	int done;

	memset(messages, 0, sizeof(messages));
	for (size_t i = 0; i < BATCH; i++) {
		memcpy(copies[i], f->data, f->length);
		for (size_t s = 0; s < f->span_count; s++)
			for (size_t o = 0; o < f->spans[s].length; o++)
				copies[i][f->spans[s].offset + o] = random_octet(f);
		to[i] = (struct sockaddr_in){ .sin_family = AF_INET,
					      .sin_addr = f->to,
					      .sin_port = htons((uint16_t)f->port) };
		f->port = f->port == f->port_max ? f->port_min : f->port + 1;
		iov[i] = (struct iovec){ copies[i], f->length };
		messages[i].msg_hdr.msg_name = &to[i];
		messages[i].msg_hdr.msg_namelen = sizeof(to[i]);
		messages[i].msg_hdr.msg_iov = &iov[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	done = sendmmsg(f->fd, messages, BATCH, 0);
	if (done < 0) {
		/* a closed port answers by ICMP; that is no reason to stop */
		f->failed++;
		return;
	}
	f->sent += (uint64_t)done;
	f->sent_bytes += (uint64_t)done * f->length;
}

static void take_answers(struct flood *f)
{
	uint8_t buffer[2048];
	ssize_t length;

	while ((length = recv(f->fd, buffer, sizeof(buffer), 0)) >= 0) {
		f->received++;
		f->received_bytes += (uint64_t)length;
	}
}

int main(int argc, char **argv)
{
	struct flood f = { .random = 0x9e3779b97f4a7c15u };
	uint64_t start, end, rate;

	if (argc < 8) {
		fprintf(stderr, "usage: flood FROM TO PORT_MIN PORT_MAX PPS SECONDS HEX [OFFSET:LENGTH]...\n");
		return 2;
	}
	open_socket(&f, argv[1]);
	if (inet_pton(AF_INET, argv[2], &f.to) != 1)
		die(argv[2]);
	f.port = f.port_min = (unsigned)atoi(argv[3]);
	f.port_max = (unsigned)atoi(argv[4]);
	rate = strtoull(argv[5], NULL, 10);
	parse_hex(&f, argv[7]);
	for (int i = 8; i < argc; i++)
		parse_span(&f, argv[i]);

	start = now_ns();
	end = start + strtoull(argv[6], NULL, 10) * 1000000000u;
	f.random ^= start;
	for (uint64_t now = start, batches = 0; now < end; now = now_ns()) {
		if (batches * BATCH * 1000000000u / rate <= now - start) {
			send_batch(&f);
			batches++;
		} else {
			usleep(200);
		}
		take_answers(&f);
	}
	/* what is still on its way back */
	usleep(300000);
	take_answers(&f);
	printf("{\"sent\":%llu,\"sentBytes\":%llu,\"received\":%llu,\"receivedBytes\":%llu,\"failed\":%llu}\n",
	       (unsigned long long)f.sent, (unsigned long long)f.sent_bytes,
	       (unsigned long long)f.received, (unsigned long long)f.received_bytes,
	       (unsigned long long)f.failed);
	return 0;
}
