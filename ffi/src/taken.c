/* SPDX-License-Identifier: MIT */
#include "taken.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "rtnl.h"
#include "sys.h"

enum {
	ANSWER_BYTES = 32768,
	/* Sockets by the ten thousands are not worth looking at that often. */
	TOO_LONG_US = 5000,
	GIVE_UP_US = 10000000,
	PROBE = 1000000,		/* of what can be afforded */
};

#define MOST_PROBES ((uint64_t)TAKEN_PROBES * PROBE)

struct taken {
	int fd;				/* -1: not opened yet, or not to be had */
	uint32_t seq;
	uint64_t probes;		/* that can be afforded, times PROBE */
	uint64_t probes_at;
	uint64_t read_at;		/* 0: never */
	uint64_t not_before;
	uint64_t ports[65536 / 64];
	uint8_t answer[ANSWER_BYTES];
};

struct taken *taken_new(void)
{
	struct taken *t = mem_zalloc(sizeof(*t));

	if (!t)
		return NULL;
	t->fd = -1;
	t->probes = MOST_PROBES;
	return t;
}

void taken_free(struct taken *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	mem_free(t);
}

/* Notes the sockets of one datagram; 1: there are more, 0: the end. */
static int note(struct taken *t, size_t len)
{
	struct inet_diag_msg m;
	struct nlmsghdr h;

	for (size_t at = 0; at + sizeof(h) <= len; at += NLMSG_ALIGN(h.nlmsg_len)) {
		memcpy(&h, t->answer + at, sizeof(h));
		/* A length that lies about what was received. */
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len - at)
			return -1;
		if (h.nlmsg_seq != t->seq)
			continue;
		if (h.nlmsg_type == NLMSG_DONE)
			return 0;
		if (h.nlmsg_type != SOCK_DIAG_BY_FAMILY || h.nlmsg_flags & NLM_F_DUMP_INTR ||
		    h.nlmsg_len < sizeof(h) + sizeof(m))
			return -1;
		memcpy(&m, t->answer + at + sizeof(h), sizeof(m));
		t->ports[ntohs(m.id.idiag_sport) / 64] |=
			(uint64_t)1 << ntohs(m.id.idiag_sport) % 64;
	}
	return 1;
}

static bool dump(struct taken *t, uint8_t family)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} ask = {
		.h = { .nlmsg_len = sizeof(ask), .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = ++t->seq },
		.r = { .sdiag_family = family, .sdiag_protocol = IPPROTO_UDP,
		       .idiag_states = ~0u },
	};
	int more = 1;

	if (send(t->fd, &ask, sizeof(ask), 0) < 0)
		return false;
	while (more > 0) {
		ssize_t n = recv(t->fd, t->answer, sizeof(t->answer), 0);

		more = n > 0 ? note(t, (size_t)n) : -1;
	}
	return more == 0;
}

static bool read_table(struct taken *t)
{
	if (t->fd < 0)
		t->fd = rtnl_open(NETLINK_SOCK_DIAG);
	if (t->fd < 0)
		return false;
	memset(t->ports, 0, sizeof(t->ports));
	return dump(t, AF_INET) && dump(t, AF_INET6);
}

static bool affords_probe(struct taken *t, uint64_t now)
{
	uint64_t passed = now - t->probes_at;

	t->probes_at = now;
	t->probes = passed >= PROBE ? MOST_PROBES : t->probes + passed * TAKEN_PROBES;
	if (t->probes > MOST_PROBES)
		t->probes = MOST_PROBES;
	if (t->probes < PROBE)
		return false;
	t->probes -= PROBE;
	return true;
}

bool taken_not(struct taken *t, uint16_t port, uint64_t now)
{
	if (affords_probe(t, now) || now < t->not_before)
		return false;
	if (t->read_at == 0 || now - t->read_at > TAKEN_AGE_US) {
		uint64_t begin = clock_us(CLOCK_MONOTONIC);
		bool ok = read_table(t);

		t->read_at = ok ? now : 0;
		if (!ok || clock_us(CLOCK_MONOTONIC) - begin > TOO_LONG_US) {
			t->not_before = now + GIVE_UP_US;
			return false;
		}
	}
	return !(t->ports[port / 64] >> port % 64 & 1);
}
