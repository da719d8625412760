/* SPDX-License-Identifier: MIT */
/*
 * Control datagrams: whoever drains the control ring takes them from the
 * sockets, with the address each was sent to; replies leave from that address.
 * Until then they wait in the kernel, and the bell watches the sockets.
 */
#include "ctl.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"

enum {
	CTL_SOCKETS = 64,
	CTL_PAYLOAD = 65536,
	CTL_RCVBUF = 4 * 1024 * 1024,
	CTL_BURST = 64,			/* datagrams of one socket in a row */
	CTL_LOOK_US = 50,
	CTL_WAIT_NS = 150000,
	CTL_MOST_WORTH = 8,
	CTL_TRY_AGAIN = 32,
};

struct ctl_socket {
	int fd;				/* -1 = free */
	uint32_t overflow;		/* SO_RXQ_OVFL told last */
	struct rtpe_addr bound;
};

/* Something that is done for as long as it is worth it: four times in vain end
 * it. Then it is tried now and again. */
struct habit {
	uint32_t worth;
	uint32_t refused;
};

struct ctl {
	struct ring ring;
	bool busy;			/* something came since the bell rang */
	struct habit looking, waiting;
	uint32_t n_sockets;		/* those above were never open */
	struct ctl_socket sockets[CTL_SOCKETS];
	uint8_t payload[CTL_PAYLOAD];
};

union ctl_control {
	struct cmsghdr align;
	uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 64];
};

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

/* What the kernel has dropped for want of space, as it tells with a datagram. */
static void read_overflow(struct ctl *ctl, struct ctl_socket *s, struct msghdr *m)
{
	for (struct cmsghdr *cm = CMSG_FIRSTHDR(m); cm; cm = CMSG_NXTHDR(m, cm)) {
		uint32_t dropped;

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&dropped, CMSG_DATA(cm), sizeof(dropped));
		atomic_fetch_add_explicit(&ctl->ring.lost, dropped - s->overflow,
					  memory_order_relaxed);
		s->overflow = dropped;
	}
}

/* Moves one datagram to the ring; false when there is none. */
static bool ctl_receive(struct ctl *ctl, uint32_t id)
{
	struct ctl_socket *s = &ctl->sockets[id];
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
	n = recvmsg(s->fd, &m, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR;
	addr_from_sockaddr(&ev.src, &from);
	ev.dst = s->bound;
	read_local(&m, &ev.dst);
	ev.dst.port = s->bound.port;
	read_overflow(ctl, s, &m);
	ev.time_us = clock_us(CLOCK_REALTIME);
	ring_put(&ctl->ring, &ev, ctl->payload, (uint32_t)n);
	return true;
}

/* Every socket in turn, as far as the ring has room for whatever may come. */
static void ctl_receive_all(struct ctl *ctl)
{
	for (uint32_t id = 0; id < ctl->n_sockets; id++) {
		for (int k = 0; k < CTL_BURST && ctl->sockets[id].fd >= 0; k++)
			if (!ring_has_room(&ctl->ring, CTL_PAYLOAD) || !ctl_receive(ctl, id))
				break;
	}
}

static bool habit_asks(struct habit *h)
{
	return h->worth > 0 || ++h->refused % CTL_TRY_AGAIN == 0;
}

static bool habit_note(struct habit *h, bool worth)
{
	if (!worth)
		h->worth /= 2;
	else if (h->worth < CTL_MOST_WORTH)
		h->worth++;
	return worth;
}

static bool look(struct pollfd *fds, nfds_t n, uint64_t us)
{
	static const struct timespec now;
	uint64_t end = clock_us(CLOCK_MONOTONIC) + us;

	do {
		if (ppoll(fds, n, &now, NULL) > 0)
			return true;
	} while (clock_us(CLOCK_MONOTONIC) < end);
	return false;
}

/*
 * Stays for the next datagram, where it is likely to come soon: a proxy that is
 * busy sends its next request when it has the reply to the last. To look for it
 * without going to sleep costs less than to fall asleep and be woken, for about
 * as long as a request takes on the same host; to be woken here costs a third
 * of what the bell's thread and an event loop cost.
 */
static bool ctl_linger(struct ctl *ctl)
{
	static const struct timespec moment = { .tv_nsec = CTL_WAIT_NS };
	struct pollfd fds[CTL_SOCKETS];
	nfds_t n = 0;

	for (uint32_t id = 0; id < ctl->n_sockets; id++)
		if (ctl->sockets[id].fd >= 0)
			fds[n++] = (struct pollfd){ ctl->sockets[id].fd, POLLIN, 0 };
	if (n == 0)
		return false;
	if (habit_asks(&ctl->looking) && habit_note(&ctl->looking, look(fds, n, CTL_LOOK_US)))
		return true;
	return habit_asks(&ctl->waiting) &&
	       habit_note(&ctl->waiting, ppoll(fds, n, &moment, NULL) > 0);
}

uint32_t ctl_take(struct rtpe_core *core, void *buf, uint32_t len)
{
	struct ctl *ctl = core->ctl;

	if (ring_empty(&ctl->ring)) {
		ctl_receive_all(ctl);
		if (!ring_empty(&ctl->ring))
			ctl->busy = true;
		else if (ctl->busy && ctl_linger(ctl))
			ctl_receive_all(ctl);
	}
	if (!ring_empty(&ctl->ring))
		return ring_take(&ctl->ring, buf, len);
	ctl->busy = false;
	for (uint32_t id = 0; id < ctl->n_sockets; id++)
		if (ctl->sockets[id].fd >= 0)
			bell_watch_again(core->bell, ctl->sockets[id].fd);
	return 0;
}

bool ctl_pending(struct rtpe_core *core)
{
	return !ring_empty(&core->ctl->ring);
}

uint64_t ctl_lost(struct rtpe_core *core)
{
	return atomic_load_explicit(&core->ctl->ring.lost, memory_order_relaxed);
}

int ctl_start(struct rtpe_core *core)
{
	struct ctl *ctl = mem_zalloc(sizeof(*ctl));

	if (!ctl)
		return -ENOMEM;
	core->ctl = ctl;
	for (int i = 0; i < CTL_SOCKETS; i++)
		ctl->sockets[i].fd = -1;
	return ring_init(&ctl->ring, core->opts.ctl_ring_bytes);
}

void ctl_stop(struct rtpe_core *core)
{
	struct ctl *ctl = core->ctl;

	if (!ctl)
		return;
	for (int i = 0; i < CTL_SOCKETS; i++)
		if (ctl->sockets[i].fd >= 0)
			close(ctl->sockets[i].fd);
	ring_free(&ctl->ring);
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
	sock_opt(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	sock_rcvbuf(fd, CTL_RCVBUF);
	sock_sndbuf(fd, CTL_RCVBUF);
}

int rtpe_ctl_open(struct rtpe_core *core, const struct rtpe_addr *local, rtpe_u8 tos,
		  struct rtpe_addr *bound)
{
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
	err = bell_watch(core->bell, fd);
	if (err) {
		close(fd);
		return err;
	}
	ctl->sockets[id].fd = fd;
	ctl->sockets[id].overflow = 0;
	addr_from_sockaddr(&ctl->sockets[id].bound, &ss);
	if (id >= ctl->n_sockets)
		ctl->n_sockets = id + 1;
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

	if (id >= CTL_SOCKETS || ctl->sockets[id].fd < 0)
		return -EBADF;
	close(ctl->sockets[id].fd);
	ctl->sockets[id].fd = -1;
	return 0;
}
