/* SPDX-License-Identifier: MIT */
/*
 * Control datagrams: one thread moves them from its sockets to the control
 * ring with the address each was sent to; replies are sent by the caller, from
 * that address.
 */
#include "ctl.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"

enum {
	CTL_SOCKETS = 64,
	CTL_PAYLOAD = 65536,
	CTL_RCVBUF = 4 * 1024 * 1024,
	CTL_BURST = 64,			/* datagrams of one socket in a row */
	CTL_EVENTS = 16,
};

struct ctl_socket {
	int fd;				/* -1 = free */
	struct rtpe_addr bound;
};

struct ctl {
	struct rtpe_core *core;
	pthread_t tid;
	bool started;
	int epfd, wakefd;
	struct ring ring;
	/* Held while the thread reads a socket and while one is closed. */
	pthread_mutex_t lock;
	struct ctl_socket sockets[CTL_SOCKETS];
	uint8_t payload[CTL_PAYLOAD];
};

union ctl_control {
	struct cmsghdr align;
	uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 64];
};

struct ring *ctl_ring(struct rtpe_core *core)
{
	return &core->ctl->ring;
}

/* The address the datagram was sent to. */
static void read_local(struct msghdr *m, struct rtpe_addr *local)
{
	union sockaddrs ss;

	for (struct cmsghdr *cm = CMSG_FIRSTHDR(m); cm; cm = CMSG_NXTHDR(m, cm)) {
		if (cm->cmsg_level == IPPROTO_IP && cm->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(cm), sizeof(info));
			memset(&ss, 0, sizeof(ss));
			ss.in.sin_family = AF_INET;
			ss.in.sin_addr = info.ipi_addr;
		} else if (cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(cm), sizeof(info));
			memset(&ss, 0, sizeof(ss));
			ss.in6.sin6_family = AF_INET6;
			ss.in6.sin6_addr = info.ipi6_addr;
			if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
				ss.in6.sin6_scope_id = info.ipi6_ifindex;
		} else {
			continue;
		}
		addr_from_sockaddr(local, &ss);
		return;
	}
}

/* Moves one datagram to the ring; false when there is none. */
static bool ctl_receive(struct ctl *ctl, uint32_t id)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_DATAGRAM, .slot = id };
	union ctl_control control;
	union sockaddrs from;
	struct iovec iov = { ctl->payload, sizeof(ctl->payload) };
	struct msghdr m = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov,
		.msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n;

	memset(&from, 0, sizeof(from));
	n = recvmsg(ctl->sockets[id].fd, &m, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR;
	addr_from_sockaddr(&ev.src, &from);
	ev.dst = ctl->sockets[id].bound;
	read_local(&m, &ev.dst);
	ev.dst.port = ctl->sockets[id].bound.port;
	ev.time_us = clock_us(CLOCK_REALTIME);
	ring_put(&ctl->ring, &ev, ctl->payload, (uint32_t)n);
	return true;
}

static void *ctl_main(void *arg)
{
	struct ctl *ctl = arg;
	struct epoll_event ev[CTL_EVENTS];

	while (!atomic_load(&ctl->core->stop)) {
		int n = epoll_wait(ctl->epfd, ev, CTL_EVENTS, -1);

		for (int i = 0; i < n; i++) {
			uint32_t id = ev[i].data.u32;

			if (id >= CTL_SOCKETS)
				continue;
			pthread_mutex_lock(&ctl->lock);
			for (int k = 0; k < CTL_BURST && ctl->sockets[id].fd >= 0; k++)
				if (!ctl_receive(ctl, id))
					break;
			pthread_mutex_unlock(&ctl->lock);
			bell_ring(ctl->core->bell, RTPE_RING_CTL);
		}
	}
	return NULL;
}

int ctl_start(struct rtpe_core *core)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = CTL_SOCKETS };
	struct ctl *ctl = mem_zalloc(sizeof(*ctl));
	int err;

	if (!ctl)
		return -ENOMEM;
	core->ctl = ctl;
	ctl->core = core;
	pthread_mutex_init(&ctl->lock, NULL);
	for (int i = 0; i < CTL_SOCKETS; i++)
		ctl->sockets[i].fd = -1;
	ctl->epfd = epoll_create1(EPOLL_CLOEXEC);
	ctl->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ctl->epfd < 0 || ctl->wakefd < 0 ||
	    epoll_ctl(ctl->epfd, EPOLL_CTL_ADD, ctl->wakefd, &ev))
		return -errno;
	err = ring_init(&ctl->ring, core->opts.ctl_ring_bytes);
	if (err)
		return err;
	err = thread_start(&ctl->tid, "rtpe-control", ctl_main, ctl);
	ctl->started = err == 0;
	return err;
}

void ctl_stop(struct rtpe_core *core)
{
	struct ctl *ctl = core->ctl;
	uint64_t one = 1;

	if (!ctl)
		return;
	if (ctl->started) {
		while (write(ctl->wakefd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
		pthread_join(ctl->tid, NULL);
	}
	for (int i = 0; i < CTL_SOCKETS; i++)
		if (ctl->sockets[i].fd >= 0)
			close(ctl->sockets[i].fd);
	if (ctl->epfd >= 0)
		close(ctl->epfd);
	if (ctl->wakefd >= 0)
		close(ctl->wakefd);
	ring_free(&ctl->ring);
	pthread_mutex_destroy(&ctl->lock);
	mem_free(ctl);
	core->ctl = NULL;
}

static void ctl_sockopts(int fd, const struct rtpe_addr *local, uint8_t tos)
{
	if (local->family == 4) {
		sock_opt(fd, IPPROTO_IP, IP_PKTINFO, 1);
		sock_opt(fd, IPPROTO_IP, IP_TOS, tos);
	} else {
		sock_opt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		sock_opt(fd, IPPROTO_IPV6, IPV6_TCLASS, tos);
	}
	sock_rcvbuf(fd, CTL_RCVBUF);
	sock_sndbuf(fd, CTL_RCVBUF);
}

int rtpe_ctl_open(struct rtpe_core *core, const struct rtpe_addr *local, rtpe_u8 tos,
		  struct rtpe_addr *bound)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct ctl *ctl = core->ctl;
	struct rtpe_addr addr = *local;
	union sockaddrs ss;
	socklen_t len = sizeof(ss);
	uint32_t id = 0;
	int fd, err;

	if (!addr_normalise(&addr) || addr.family == 0)
		return -EINVAL;
	while (id < CTL_SOCKETS && ctl->sockets[id].fd >= 0)
		id++;
	if (id == CTL_SOCKETS)
		return -ENOSPC;
	fd = udp_bound(&addr);
	if (fd < 0)
		return fd;
	ctl_sockopts(fd, &addr, tos);
	memset(&ss, 0, sizeof(ss));
	getsockname(fd, &ss.sa, &len);
	pthread_mutex_lock(&ctl->lock);
	ctl->sockets[id].fd = fd;
	addr_from_sockaddr(&ctl->sockets[id].bound, &ss);
	pthread_mutex_unlock(&ctl->lock);
	ev.data.u32 = id;
	if (epoll_ctl(ctl->epfd, EPOLL_CTL_ADD, fd, &ev)) {
		err = -errno;
		rtpe_ctl_close(core, id);
		return err;
	}
	if (bound)
		*bound = ctl->sockets[id].bound;
	return (int)id;
}

/* Says from which address the datagram is to leave. */
static void set_source(struct msghdr *m, union ctl_control *control, const struct rtpe_addr *src)
{
	struct cmsghdr *cm = &control->align;

	memset(control, 0, sizeof(*control));
	m->msg_control = control;
	if (src->family == 4) {
		struct in_pktinfo info = { .ipi_ifindex = 0 };

		memcpy(&info.ipi_spec_dst, src->ip, 4);
		cm->cmsg_len = CMSG_LEN(sizeof(info));
		cm->cmsg_level = IPPROTO_IP;
		cm->cmsg_type = IP_PKTINFO;
		memcpy(CMSG_DATA(cm), &info, sizeof(info));
		m->msg_controllen = CMSG_SPACE(sizeof(info));
	} else {
		struct in6_pktinfo info = { .ipi6_ifindex = src->scope };

		memcpy(&info.ipi6_addr, src->ip, 16);
		cm->cmsg_len = CMSG_LEN(sizeof(info));
		cm->cmsg_level = IPPROTO_IPV6;
		cm->cmsg_type = IPV6_PKTINFO;
		memcpy(CMSG_DATA(cm), &info, sizeof(info));
		m->msg_controllen = CMSG_SPACE(sizeof(info));
	}
}

int rtpe_ctl_send(struct rtpe_core *core, rtpe_u32 id, const struct rtpe_addr *src,
		  const struct rtpe_addr *dst, const void *buf, rtpe_u32 len)
{
	struct ctl *ctl = core->ctl;
	struct rtpe_addr to = *dst, from = { .family = 0 };
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union ctl_control control;
	union sockaddrs ss;

	if (id >= CTL_SOCKETS || ctl->sockets[id].fd < 0)
		return -EBADF;
	if (src)
		from = *src;
	if (!addr_normalise(&to) || !addr_normalise(&from))
		return -EINVAL;
	if (to.family != ctl->sockets[id].bound.family)
		return -EAFNOSUPPORT;
	m.msg_namelen = addr_to_sockaddr(&to, &ss);
	m.msg_name = &ss;
	if (from.family == to.family && !addr_is_unspecified(&from))
		set_source(&m, &control, &from);
	return sendmsg(ctl->sockets[id].fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int rtpe_ctl_close(struct rtpe_core *core, rtpe_u32 id)
{
	struct ctl *ctl = core->ctl;
	int fd;

	if (id >= CTL_SOCKETS || ctl->sockets[id].fd < 0)
		return -EBADF;
	pthread_mutex_lock(&ctl->lock);
	fd = ctl->sockets[id].fd;
	ctl->sockets[id].fd = -1;
	close(fd);
	pthread_mutex_unlock(&ctl->lock);
	return 0;
}
