/* SPDX-License-Identifier: MIT */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "check.h"

enum { WAIT_MS = 10000, SILENCE_MS = 60 };

static char no_net[128], no_steer[256];

static void lo_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_flags = IFF_UP };

	strcpy(ifr.ifr_name, "lo");
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		snprintf(no_net, sizeof(no_net), "loopback cannot be brought up: %s",
			 strerror(errno));
	close(fd);
}

/* Sockets whose port is the kernel's choice, the core's own among them, must not
 * meet the ports that tests ask for by number. */
static void ports_apart(void)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");

	if (!f)
		return;
	fputs("50000 60999", f);
	fclose(f);
}

void net_enter(void)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = RTPE_MODE_STEER, .threads = 1, .max_slots = 2,
		.punt_ring_bytes = 65536, .ctl_ring_bytes = 262144,
	};
	struct rtpe_core *core;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		snprintf(no_net, sizeof(no_net), "no network namespace can be made: %s",
			 strerror(errno));
		return;
	}
	lo_up();
	ports_apart();
	core = rtpe_core_new(&opts, no_steer, sizeof(no_steer));
	if (core)
		no_steer[0] = '\0';
	rtpe_core_free(core);
}

const char *net_skip(void)
{
	return no_net[0] ? no_net : NULL;
}

const char *steer_skip(void)
{
	return no_net[0] ? no_net : no_steer[0] ? no_steer : NULL;
}

void net_set_mtu(int mtu)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { .ifr_mtu = mtu };
	int err;

	strcpy(ifr.ifr_name, "lo");
	err = ioctl(fd, SIOCSIFMTU, &ifr);
	close(fd);
	CHECK_EQ(err, 0);
}

struct rtpe_addr addr_of(const char *ip, uint16_t port)
{
	struct rtpe_addr a = { .family = strchr(ip, ':') ? 6 : 4, .port = port };

	CHECK_EQ(inet_pton(a.family == 6 ? AF_INET6 : AF_INET, ip, a.ip), 1);
	return a;
}

int peer_open(const char *ip, uint16_t port)
{
	struct rtpe_addr a = addr_of(ip, port);
	union sockaddrs ss;
	socklen_t len = addr_to_sockaddr(&a, &ss);
	int fd = socket(ss.sa.sa_family, SOCK_DGRAM, 0), one = 1, size = 4 << 20;

	CHECK(fd >= 0);
	CHECK_EQ(bind(fd, &ss.sa, len), 0);
	setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &one, sizeof(one));
	if (a.family == 6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fd;
}

struct rtpe_addr peer_addr(int fd)
{
	union sockaddrs ss;
	socklen_t len = sizeof(ss);
	struct rtpe_addr a;

	CHECK_EQ(getsockname(fd, &ss.sa, &len), 0);
	addr_from_sockaddr(&a, &ss);
	return a;
}

void peer_send(int fd, const struct rtpe_addr *to, const void *buf, size_t n)
{
	union sockaddrs ss;
	socklen_t len = addr_to_sockaddr(to, &ss);

	CHECK_EQ(sendto(fd, buf, n, 0, &ss.sa, len), n);
}

int peer_receive(int fd, void *buf, size_t len, struct rtpe_addr *from, int *tos)
{
	struct pollfd p = { fd, POLLIN, 0 };
	_Alignas(struct cmsghdr) char control[128];
	struct iovec iov = { buf, len };
	union sockaddrs ss;
	struct msghdr m = { .msg_name = &ss, .msg_namelen = sizeof(ss), .msg_iov = &iov,
			    .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n;

	if (poll(&p, 1, WAIT_MS) != 1)
		return -1;
	memset(&ss, 0, sizeof(ss));
	n = recvmsg(fd, &m, 0);
	if (from)
		addr_from_sockaddr(from, &ss);
	for (struct cmsghdr *cm = CMSG_FIRSTHDR(&m); tos && cm; cm = CMSG_NXTHDR(&m, cm)) {
		if (cm->cmsg_level == IPPROTO_IP && cm->cmsg_type == IP_TOS)
			*tos = *CMSG_DATA(cm);
		if (cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == IPV6_TCLASS)
			memcpy(tos, CMSG_DATA(cm), sizeof(*tos));
	}
	return (int)n;
}

bool peer_silent(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, SILENCE_MS) == 0;
}

void peer_close(int fd)
{
	close(fd);
}

size_t make_rtp(uint8_t *buf, size_t n, uint16_t seq, uint32_t ssrc)
{
	CHECK(n >= 12);
	for (size_t i = 12; i < n; i++)
		buf[i] = (uint8_t)(seq + i);
	memset(buf, 0, 12);
	buf[0] = 0x80;
	buf[2] = (uint8_t)(seq >> 8);
	buf[3] = (uint8_t)seq;
	for (int i = 0; i < 4; i++)
		buf[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	return n;
}

size_t make_rtcp(uint8_t *buf, uint32_t ssrc)
{
	const uint8_t head[4] = { 0x80, 201, 0, 1 };

	memcpy(buf, head, 4);
	for (int i = 0; i < 4; i++)
		buf[4 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	return 8;
}

void rules_init(struct rules *r)
{
	memset(r, 0, sizeof(*r));
	r->rule.abi = RTPE_RULE_ABI;
	r->rule.learning = RTPE_LEARN_HEURISTIC;
	r->rule.learn_ms = 3000;
	r->rule.flags = RTPE_RULE_TRACK_SSRC;
	memset(r->rule.pt_allow, 0xff, sizeof(r->rule.pt_allow));
}

struct rtpe_output *rules_follow(struct rules *r, int slot)
{
	struct rtpe_output *o = &r->out[r->rule.n_outputs++];

	o->slot = (rtpe_u32)slot;
	o->match = RTPE_CLASS_RTP | RTPE_CLASS_RTCP | RTPE_CLASS_OTHER;
	o->flags = RTPE_OUT_FOLLOW;
	return o;
}

int rules_set(struct rtpe_core *core, int slot, struct rules *r)
{
	uint8_t flat[sizeof(*r)];
	size_t at = sizeof(r->rule) + r->rule.n_outputs * sizeof(r->out[0]), len = at;
	int err;

	if (r->rule.flags & RTPE_RULE_BUNDLE)
		len += sizeof(r->bundle);
	r->rule.size = (rtpe_u32)len;
	/* A lie about the number of outputs is refused before they are read. */
	if (len > sizeof(flat))
		return rtpe_rule_set(core, (rtpe_u32)slot, r, r->rule.size);
	memcpy(flat, r, at);
	memcpy(flat + at, &r->bundle, len - at);
	err = rtpe_rule_set(core, (rtpe_u32)slot, flat, r->rule.size);
	/* There may be keys in it. */
	explicit_bzero(flat, sizeof(flat));
	return err;
}

struct rtpe_core *core_of_mode(uint32_t mode, uint32_t threads)
{
	return core_with_flags(mode, threads, 0);
}

struct rtpe_core *core_with_flags(uint32_t mode, uint32_t threads, uint32_t flags)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = mode, .threads = threads, .max_slots = 256,
		.punt_ring_bytes = 1 << 20, .ctl_ring_bytes = 1 << 20, .punt_rate = 50,
		.coalesce_us = 250, .rcvbuf_bytes = 1 << 20, .flags = flags,
	};
	char err[256] = "";
	struct rtpe_core *core = rtpe_core_new(&opts, err, sizeof(err));

	if (!core)
		check_failed(__FILE__, __LINE__, "no core: %s", err);
	return core;
}

int open_port(struct rtpe_core *core, const char *ip, uint16_t port)
{
	struct rtpe_addr a = addr_of(ip, port);
	int slot = rtpe_port_open(core, &a);

	CHECK(slot >= 0);
	return slot;
}

const struct rtpe_counters *counters_of(struct rtpe_core *core, int slot)
{
	return &rtpe_counters(core)[slot];
}

void wait_rx(struct rtpe_core *core, int slot, uint64_t packets)
{
	const struct rtpe_counters *c = counters_of(core, slot);
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < WAIT_MS; i++) {
		if (__atomic_load_n(&c->rx_packets, __ATOMIC_ACQUIRE) >= packets)
			break;
		nanosleep(&ms, NULL);
	}
	CHECK_EQ(__atomic_load_n(&c->rx_packets, __ATOMIC_ACQUIRE), packets);
	/* The rest of the packet's way: what follows rx_packets. */
	nanosleep(&ms, NULL);
	nanosleep(&ms, NULL);
}
