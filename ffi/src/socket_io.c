/* SPDX-License-Identifier: MIT */
/* One UDP socket per port: works everywhere, for the price of a system call
 * or two per datagram. */
#include <errno.h>
#include <unistd.h>

#include "io.h"

enum {
	PER_SOCKET = 4,			/* datagrams asked of a socket at once */
	SHARE = 32,			/* times PER_SOCKET in a row */
	READY = BATCH,
};

static int socket_open(struct rtpe_core *core, struct slot *slot)
{
	int family = slot->local.family == 4 ? AF_INET : AF_INET6;
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	int fd = udp_bound(&slot->local);

	if (fd < 0)
		return fd;
	rx_sockopts(fd, family, core->opts.rcvbuf_bytes);
	sock_opt(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (family == AF_INET6)
		sock_opt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
	atomic_store(&slot->fd, fd);
	ev.data.u64 = (uint64_t)atomic_load(&slot->generation) << 32 | slot->index;
	if (epoll_ctl(core->threads[slot->thread].epfd, EPOLL_CTL_ADD, fd, &ev))
		return -errno;
	return 0;
}

static void socket_unpublish(struct rtpe_core *core, struct slot *slot)
{
	int fd = atomic_load(&slot->fd);

	if (fd >= 0 && core->n_threads)
		epoll_ctl(core->threads[slot->thread].epfd, EPOLL_CTL_DEL, fd, NULL);
}

static void socket_close(struct rtpe_core *core, struct slot *slot)
{
	/* slot.c closes the socket. */
	(void)core;
	(void)slot;
}

static int socket_iface_add(struct rtpe_core *core, struct iface *iface)
{
	(void)core;
	(void)iface;
	return 0;
}

static void socket_iface_remove(struct rtpe_core *core, struct iface *iface)
{
	(void)core;
	(void)iface;
}

static int socket_thread_init(struct thread *t)
{
	(void)t;
	return 0;
}

static void socket_thread_exit(struct thread *t)
{
	(void)t;
}

/* The slot an event is about, or NULL when it was closed since. */
static struct slot *event_slot(struct thread *t, uint64_t data)
{
	uint32_t index = (uint32_t)data, generation = (uint32_t)(data >> 32);
	struct slot *slot;

	if (index >= t->core->opts.max_slots)
		return NULL;
	slot = &t->core->slots[index];
	return atomic_load_explicit(&slot->generation, memory_order_acquire) == generation
		       ? slot
		       : NULL;
}

static void forward_batch(struct thread *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (t->packets[i].slot)
			forward(t, &t->packets[i]);
	thread_flush(t);
}

static void take(struct thread *t, struct slot *slot, uint32_t from, uint32_t n)
{
	for (uint32_t i = from; i < from + n; i++) {
		struct rx_info info;

		t->packets[i].slot = rx_packet(t, i, &info) ? slot : NULL;
		if (!info.has_overflow)
			continue;
		bump(&t->rx_overflow, info.overflow - slot->overflow);
		slot->overflow = info.overflow;
	}
}

/* The socket had more than its share: makes epoll tell of it again. */
static void rearm(struct thread *t, struct slot *slot, int fd, uint32_t generation)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

	ev.data.u64 = (uint64_t)generation << 32 | slot->index;
	epoll_ctl(t->epfd, EPOLL_CTL_MOD, fd, &ev);
}

/* Reads one socket until it is empty or has had its share. Returns the buffers
 * in use; *total counts the datagrams. */
static uint32_t drain(struct thread *t, struct slot *slot, uint32_t used, uint32_t *total)
{
	uint32_t generation = atomic_load_explicit(&slot->generation, memory_order_acquire);
	int fd = atomic_load_explicit(&slot->fd, memory_order_relaxed);

	for (uint32_t left = SHARE; ; left--) {
		uint32_t want = BATCH - used < PER_SOCKET ? BATCH - used : PER_SOCKET;
		uint32_t got = (uint32_t)rx_receive(t, fd, used, want, MSG_DONTWAIT);

		take(t, slot, used, got);
		used += got;
		*total += got;
		if (used == BATCH) {
			forward_batch(t, used);
			thread_quiescent(t);
			used = 0;
			/* Closed since: from here on the socket may be gone. */
			if (atomic_load_explicit(&slot->generation, memory_order_acquire) !=
			    generation)
				return 0;
		}
		if (got < want)
			return used;
		if (left == 0) {
			rearm(t, slot, fd, generation);
			return used;
		}
	}
}

static void *socket_main(void *arg)
{
	struct thread *t = arg;
	struct epoll_event ev[READY];
	int n;

	thread_begin(t);
	while ((n = thread_wait(t, ev, READY, true)) >= 0) {
		uint32_t used = 0, total = 0;

		for (int i = 0; i < n; i++) {
			struct slot *slot = event_slot(t, ev[i].data.u64);

			if (slot)
				used = drain(t, slot, used, &total);
		}
		forward_batch(t, used);
		thread_paced(t, total);
	}
	qsbr_offline(&t->reader);
	return NULL;
}

const struct engine socket_engine = {
	.open = socket_open,
	.unpublish = socket_unpublish,
	.close = socket_close,
	.iface_add = socket_iface_add,
	.iface_remove = socket_iface_remove,
	.thread_init = socket_thread_init,
	.thread_exit = socket_thread_exit,
	.thread_main = socket_main,
};
