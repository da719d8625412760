/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "io.h"

void rx_init(struct thread *t)
{
	struct rx *rx = t->rx;

	for (uint32_t i = 0; i < BATCH; i++) {
		struct msghdr *m = &rx->msgs[i].msg_hdr;

		rx->iov[i].iov_base = t->rx_data + (size_t)i * RX_PITCH + RX_HEADROOM;
		rx->iov[i].iov_len = RX_PAYLOAD;
		m->msg_iov = &rx->iov[i];
		m->msg_iovlen = 1;
		m->msg_name = &rx->names[i];
		m->msg_control = rx->control[i];
	}
}

int rx_receive(struct thread *t, int fd, uint32_t from, uint32_t n, int flags)
{
	struct rx *rx = t->rx;
	int got;

	for (uint32_t i = from; i < from + n; i++) {
		rx->msgs[i].msg_hdr.msg_namelen = sizeof(rx->names[i]);
		rx->msgs[i].msg_hdr.msg_controllen = RX_CONTROL;
	}
	do
		got = recvmmsg(fd, rx->msgs + from, n, flags, NULL);
	while (got < 0 && errno == EINTR && flags & MSG_DONTWAIT);
	if (got <= 0)
		return 0;
	bump(&t->batches, 1);
	bump(&t->rx_packets, (uint64_t)got);
	return got;
}

static void read_cmsg(const struct cmsghdr *cm, struct rx_info *info)
{
	const uint8_t *data = CMSG_DATA(cm);
	union sockaddrs ss;
	int tclass;

	if (cm->cmsg_level == IPPROTO_IP && cm->cmsg_type == IP_ORIGDSTADDR) {
		memcpy(&ss.in, data, sizeof(ss.in));
		addr_from_sockaddr(&info->dst, &ss);
	} else if (cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == IPV6_ORIGDSTADDR) {
		memcpy(&ss.in6, data, sizeof(ss.in6));
		addr_from_sockaddr(&info->dst, &ss);
	} else if (cm->cmsg_level == IPPROTO_IP && cm->cmsg_type == IP_TOS) {
		info->tos = data[0];
	} else if (cm->cmsg_level == IPPROTO_IPV6 && cm->cmsg_type == IPV6_TCLASS) {
		memcpy(&tclass, data, sizeof(tclass));
		info->tos = (uint8_t)tclass;
	} else if (cm->cmsg_level == SOL_SOCKET && cm->cmsg_type == SO_RXQ_OVFL) {
		memcpy(&info->overflow, data, sizeof(info->overflow));
		info->has_overflow = true;
	}
}

bool rx_packet(struct thread *t, uint32_t i, struct rx_info *info)
{
	struct msghdr *m = &t->rx->msgs[i].msg_hdr;
	struct packet *p = &t->packets[i];

	memset(info, 0, sizeof(*info));
	for (struct cmsghdr *cm = CMSG_FIRSTHDR(m); cm; cm = CMSG_NXTHDR(m, cm))
		read_cmsg(cm, info);
	p->data = t->rx->iov[i].iov_base;
	p->len = t->rx->msgs[i].msg_len;
	p->tos = info->tos;
	addr_from_sockaddr(&p->src, &t->rx->names[i]);
	return p->src.family != 0 && !(m->msg_flags & MSG_TRUNC);
}

void rx_sockopts(int fd, int family, uint32_t rcvbuf)
{
	if (family == AF_INET)
		sock_opt(fd, IPPROTO_IP, IP_RECVTOS, 1);
	else
		sock_opt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	sock_opt(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	sock_rcvbuf(fd, rcvbuf);
}
