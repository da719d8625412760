/* SPDX-License-Identifier: MIT */
/* Packets by steering: one receive socket per thread and family, one raw send
 * socket per local address. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc.h"
#include "io.h"
#include "steer.h"

enum { SEND_BUFFER = 4 * 1024 * 1024, ROUNDS = 16 };

static int raw_bound(const struct rtpe_addr *addr)
{
	union sockaddrs ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);
	int fd, err;

	/* IPPROTO_RAW: sends what it is given, headers included, and receives
	 * nothing. Bound, so that routes may depend on the source address. */
	fd = socket(ss.sa.sa_family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	if (bind(fd, &ss.sa, len)) {
		err = -errno;
		close(fd);
		return err;
	}
	sock_sndbuf(fd, SEND_BUFFER);
	return fd;
}

int steer_new(struct rtpe_core *core, char *reason, size_t len)
{
	struct steer *s = mem_zalloc(sizeof(*s));
	const char *step = "getting memory";
	int err = -ENOMEM, raw;

	if (s) {
		core->steer = s;
		err = steer_bpf_open(s, core->opts.threads, &step);
	}
	if (!err) {
		step = "opening a raw socket";
		raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
		err = raw < 0 ? -errno : 0;
		if (raw >= 0)
			close(raw);
	}
	if (!err)
		return 0;
	snprintf(reason, len,
		 "steering needs CAP_BPF, CAP_NET_ADMIN, CAP_NET_RAW and Linux 5.11: "
		 "%s failed: %s", step, strerror(-err));
	steer_free(core);
	return err;
}

void steer_free(struct rtpe_core *core)
{
	if (!core->steer)
		return;
	steer_bpf_close(core->steer);
	mem_free(core->steer);
	core->steer = NULL;
}

static int steer_iface_add(struct rtpe_core *core, struct iface *iface)
{
	int fd = raw_bound(&iface->addr), err;

	if (fd < 0)
		return fd;
	err = steer_bpf_iface(core->steer, &iface->addr, iface->index);
	if (err) {
		close(fd);
		return err;
	}
	iface->raw_fd = fd;
	return 0;
}

static void steer_iface_remove(struct rtpe_core *core, struct iface *iface)
{
	steer_bpf_iface_remove(core->steer, &iface->addr);
	close(iface->raw_fd);
	iface->raw_fd = -1;
}

static int steer_open(struct rtpe_core *core, struct slot *slot)
{
	int probe = udp_bound(&slot->local);

	/* Nobody else is to lose packets. */
	if (probe < 0)
		return probe;
	close(probe);
	if (slot->local.family == 6 && core->threads[slot->thread].rx6 < 0)
		return -EAFNOSUPPORT;
	steer_bpf_port(core->steer, slot->iface->index, slot->local.port, true);
	return 0;
}

static void steer_unpublish(struct rtpe_core *core, struct slot *slot)
{
	steer_bpf_port(core->steer, slot->iface->index, slot->local.port, false);
}

static void steer_close(struct rtpe_core *core, struct slot *slot)
{
	(void)core;
	(void)slot;
}

/* Steered datagrams do not care what the socket is bound to; loopback keeps
 * others from reaching it. Without loopback (a bare namespace), anything. */
static int rx_socket(struct thread *t, int family)
{
	struct rtpe_addr addr = { .family = family == AF_INET ? 4 : 6 };
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = (uint64_t)family };
	int fd, err;

	addr.ip[0] = family == AF_INET ? 127 : 0;
	addr.ip[family == AF_INET ? 3 : 15] = 1;
	fd = udp_bound(&addr);
	if (fd == -EADDRNOTAVAIL) {
		memset(addr.ip, 0, sizeof(addr.ip));
		fd = udp_bound(&addr);
	}
	if (fd < 0)
		return fd;
	if (family == AF_INET)
		sock_opt(fd, IPPROTO_IP, IP_RECVORIGDSTADDR, 1);
	else
		sock_opt(fd, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, 1);
	rx_sockopts(fd, family, t->core->opts.rcvbuf_bytes);
	err = steer_bpf_socket(t->core->steer, t->index, family == AF_INET6, fd);
	if (!err && epoll_ctl(t->epfd, EPOLL_CTL_ADD, fd, &ev))
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int steer_thread_init(struct thread *t)
{
	t->rx4 = rx_socket(t, AF_INET);
	if (t->rx4 < 0)
		return t->rx4;
	/* A host without IPv6 is a host without IPv6 ports. */
	t->rx6 = rx_socket(t, AF_INET6);
	return t->rx6 < 0 && t->rx6 != -EAFNOSUPPORT && t->rx6 != -EADDRNOTAVAIL ? t->rx6 : 0;
}

static void steer_thread_exit(struct thread *t)
{
	if (t->rx4 >= 0)
		close(t->rx4);
	if (t->rx6 >= 0)
		close(t->rx6);
}

static void take(struct thread *t, uint32_t n, uint32_t *overflow)
{
	for (uint32_t i = 0; i < n; i++) {
		struct packet *p = &t->packets[i];
		struct rx_info info;

		p->slot = NULL;
		if (rx_packet(t, i, &info) && info.dst.family)
			p->slot = table_slot(t->core, &info.dst);
		if (!p->slot)
			bump(&t->rx_unknown, 1);
		else
			__builtin_prefetch(p->slot);
		if (info.has_overflow) {
			bump(&t->rx_overflow, info.overflow - *overflow);
			*overflow = info.overflow;
		}
	}
}

/* One batch of one socket. */
static uint32_t round_of(struct thread *t, int fd, uint32_t *overflow)
{
	uint32_t n = (uint32_t)rx_receive(t, fd, 0, BATCH);

	take(t, n, overflow);
	for (uint32_t i = 0; i < n; i++)
		if (t->packets[i].slot)
			forward(t, &t->packets[i]);
	thread_flush(t);
	return n;
}

static void *steer_main(void *arg)
{
	struct thread *t = arg;
	struct epoll_event ev[4];

	thread_begin(t);
	while (thread_wait(t, ev, 4, false) >= 0) {
		uint32_t total = 0, n4, n6;

		for (int i = 0; i < ROUNDS; i++) {
			n4 = round_of(t, t->rx4, &t->overflow4);
			n6 = t->rx6 >= 0 ? round_of(t, t->rx6, &t->overflow6) : 0;
			total += n4 + n6;
			if (n4 < BATCH && n6 < BATCH)
				break;
			thread_quiescent(t);
		}
		thread_paced(t, total);
	}
	qsbr_offline(&t->reader);
	return NULL;
}

const struct engine steer_engine = {
	.open = steer_open,
	.unpublish = steer_unpublish,
	.close = steer_close,
	.iface_add = steer_iface_add,
	.iface_remove = steer_iface_remove,
	.thread_init = steer_thread_init,
	.thread_exit = steer_thread_exit,
	.thread_main = steer_main,
};
