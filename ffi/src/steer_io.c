/* SPDX-License-Identifier: MIT */
/* Packets by steering: one receive socket per thread and family, one raw send
 * socket per local address. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc.h"
#include "io.h"
#include "l2.h"
#include "steer.h"

enum { SEND_BUFFER = 4 * 1024 * 1024, ROUNDS = 16, SINGLES = 8 };

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
		step = "getting memory";
		s->taken = taken_new();
		err = s->taken ? 0 : -ENOMEM;
	}
	if (!err) {
		step = "opening a raw socket";
		raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
		err = raw < 0 ? -errno : 0;
		if (raw >= 0)
			close(raw);
	}
	if (!err) {
		core->frame_batch = L2_FRAME_BATCH;
		l2_watch_start(core);
		return 0;
	}
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
	l2_watch_stop(core);
	steer_bpf_close(core->steer);
	taken_free(core->steer->taken);
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

/* Nobody else is to lose packets: not who has the port now, and not who would
 * be given it while it is steered to us. */
static int steer_probe(struct rtpe_core *core, struct slot *slot)
{
	bool hold = core->opts.flags & RTPE_CORE_HOLD_PORTS;
	int probe;

	if (!hold && taken_not(core->steer->taken, slot->local.port, core_now(core)))
		return 0;
	probe = udp_bound(&slot->local);
	if (probe < 0)
		return probe;
	if (hold) {
		sock_may_fragment(probe, slot->local.family);
		atomic_store(&slot->fd, probe);
	} else {
		close(probe);
	}
	return 0;
}

static int steer_open(struct rtpe_core *core, struct slot *slot)
{
	int err;

	if (slot->local.family == 6 && !core->threads[slot->thread].rx_v6)
		return -EAFNOSUPPORT;
	err = steer_probe(core, slot);
	if (err)
		return err;
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

/* One socket for both families: then one system call waits for a packet and
 * takes it. Steered datagrams do not care what it is bound to; loopback keeps
 * others from reaching it. Bound to a mapped address it takes IPv4 as well as
 * IPv6; without loopback (a bare namespace) it is bound to anything. */
static int bind_dual(int fd)
{
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6 }, any = mapped;

	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	mapped.sin6_addr.s6_addr[12] = 127;
	mapped.sin6_addr.s6_addr[15] = 1;
	if (sock_opt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0))
		return -errno;
	if (bind(fd, (struct sockaddr *)&mapped, sizeof(mapped)) == 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0)
		return 0;
	return -errno;
}

static int bind_v4(int fd)
{
	struct sockaddr_in loopback = { .sin_family = AF_INET }, any = loopback;

	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) == 0)
		return 0;
	return -errno;
}

static int rx_options(struct thread *t, int fd, int family)
{
	int err = sock_opt(fd, IPPROTO_IP, IP_RECVORIGDSTADDR, 1);

	rx_sockopts(fd, AF_INET, t->core->opts.rcvbuf_bytes);
	if (!err && family == AF_INET6) {
		err = sock_opt(fd, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, 1);
		rx_sockopts(fd, AF_INET6, t->core->opts.rcvbuf_bytes);
	}
	return err;
}

static int rx_socket(struct thread *t, int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP), err;

	if (fd < 0)
		return -errno;
	err = family == AF_INET6 ? bind_dual(fd) : bind_v4(fd);
	if (!err)
		err = rx_options(t, fd, family);
	if (!err)
		err = steer_bpf_socket(t->core->steer, t->index, false, fd);
	if (!err && family == AF_INET6)
		err = steer_bpf_socket(t->core->steer, t->index, true, fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int steer_thread_init(struct thread *t)
{
	l2_init(t);
	t->rx_fd = rx_socket(t, AF_INET6);
	t->rx_v6 = t->rx_fd >= 0;
	/* A host without IPv6 is a host without IPv6 ports. */
	if (t->rx_fd == -EAFNOSUPPORT || t->rx_fd == -EADDRNOTAVAIL)
		t->rx_fd = rx_socket(t, AF_INET);
	return t->rx_fd < 0 ? t->rx_fd : 0;
}

/* A socket shut down wakes who waits for it, also one that was never connected
 * (and of which ENOTCONN is told). */
static void steer_thread_wake(struct thread *t)
{
	shutdown(t->rx_fd, SHUT_RD);
}

static void steer_thread_exit(struct thread *t)
{
	l2_exit(t);
	if (t->rx_fd >= 0)
		close(t->rx_fd);
}

static void take(struct thread *t, uint32_t n)
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
			bump(&t->rx_overflow, info.overflow - t->overflow);
			t->overflow = info.overflow;
		}
	}
}

static void forward_batch(struct thread *t, uint32_t n)
{
	take(t, n);
	t->batch = n;
	for (uint32_t i = 0; i < n; i++)
		if (t->packets[i].slot)
			forward(t, &t->packets[i]);
	thread_flush(t);
}

static void *steer_main(void *arg)
{
	struct thread *t = arg;

	/* Asking for more than there is costs a look into the empty socket: where
	 * packets come one by one, one is asked for, most times. */
	uint32_t want = BATCH, singles = 0;

	thread_begin(t);
	while (!atomic_load_explicit(&t->core->stop, memory_order_relaxed)) {
		uint32_t total = 0, n;

		thread_pause(t);
		n = (uint32_t)rx_receive(t, t->rx_fd, 0, want, MSG_WAITFORONE);
		bump(&t->wakeups, 1);
		for (int i = 0; ; i++) {
			thread_quiescent(t);
			forward_batch(t, n);
			total += n;
			if (n < want || n == 1 || i == ROUNDS)
				break;
			n = (uint32_t)rx_receive(t, t->rx_fd, 0, want, MSG_DONTWAIT);
		}
		want = total > 1 || ++singles % SINGLES == 0 ? BATCH : 1;
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
	.thread_wake = steer_thread_wake,
	.thread_exit = steer_thread_exit,
	.thread_main = steer_main,
};
