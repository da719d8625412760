/* SPDX-License-Identifier: MIT */
#include "rtnl.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "sys.h"

enum { ANSWER = 16384, ATTRS = 64, MIN_MTU = 68 };

/* Attributes by type; those that were not there have no data. */
struct attr {
	const uint8_t *data;
	size_t len;
};

struct request {
	struct nlmsghdr h;
	uint8_t body[128];
};

int rtnl_open(int protocol)
{
	struct timeval limit = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void put(struct request *r, const void *data, size_t n)
{
	memcpy((uint8_t *)r + r->h.nlmsg_len, data, n);
	r->h.nlmsg_len += (uint32_t)NLMSG_ALIGN(n);
}

static void put_attr(struct request *r, uint16_t type, const void *data, size_t n)
{
	struct rtattr a = { .rta_len = (uint16_t)RTA_LENGTH(n), .rta_type = type };

	put(r, &a, sizeof(a));
	put(r, data, n);
}

static struct request request_new(uint16_t type, const void *head, size_t n)
{
	struct request r = { .h = { .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type,
				    .nlmsg_flags = NLM_F_REQUEST } };

	put(&r, head, n);
	return r;
}

/* Answers to questions given up on may still come: the number tells them. */
static uint32_t next_seq(void)
{
	static _Atomic uint32_t seq;

	return ++seq;
}

/* The length of the answer, or a negative errno. */
static ssize_t receive(int fd, void *answer)
{
	ssize_t n;

	do
		n = recv(fd, answer, ANSWER, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return n > ANSWER ? -EMSGSIZE : n;
}

static ssize_t ask(int fd, struct request *r, void *answer)
{
	struct nlmsghdr h;
	ssize_t n;

	r->h.nlmsg_seq = next_seq();
	if (send(fd, r, r->h.nlmsg_len, 0) < 0)
		return -errno;
	do {
		n = receive(fd, answer);
		if (n < 0)
			return n;
		if ((size_t)n < sizeof(h))
			return -EBADMSG;
		memcpy(&h, answer, sizeof(h));
	} while (h.nlmsg_seq != r->h.nlmsg_seq);
	return n;
}

/* Checks the message's own length and type, copies its fixed head, and finds
 * its attributes. */
static int take_apart(const void *msg, size_t len, uint16_t type, void *head, size_t head_len,
		      struct attr attrs[ATTRS])
{
	const uint8_t *p = msg;
	struct nlmsghdr h;
	struct rtattr a;
	int err;

	memset(attrs, 0, ATTRS * sizeof(*attrs));
	/* A length that lies about what was received. */
	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, p, sizeof(h));
	if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len)
		return -EBADMSG;
	len = h.nlmsg_len;
	if (h.nlmsg_type == NLMSG_ERROR && len >= sizeof(h) + sizeof(err)) {
		memcpy(&err, p + sizeof(h), sizeof(err));
		return err < 0 && err >= -4095 ? err : -EBADMSG;
	}
	/* A head that does not fit. */
	if (h.nlmsg_type != type || len - sizeof(h) < NLMSG_ALIGN(head_len))
		return -EBADMSG;
	memcpy(head, p + sizeof(h), head_len);
	for (size_t at = sizeof(h) + NLMSG_ALIGN(head_len); len - at >= sizeof(a);) {
		memcpy(&a, p + at, sizeof(a));
		/* An attribute shorter than its head, or longer than the rest. */
		if (a.rta_len < sizeof(a) || a.rta_len > len - at)
			return -EBADMSG;
		a.rta_type &= NLA_TYPE_MASK;
		if (a.rta_type < ATTRS)
			attrs[a.rta_type] = (struct attr){ p + at + sizeof(a),
							   a.rta_len - sizeof(a) };
		if (RTA_ALIGN(a.rta_len) > len - at)
			break;
		at += RTA_ALIGN(a.rta_len);
	}
	return 0;
}

static bool get_u32(const struct attr *a, uint32_t *v)
{
	if (a->len < sizeof(*v))
		return false;
	memcpy(v, a->data, sizeof(*v));
	return true;
}

/* The MTU among a route's metrics, which are attributes themselves. */
static int parse_metrics(const struct attr *metrics, uint32_t *mtu)
{
	struct rtattr a;

	for (size_t at = 0; at <= metrics->len && metrics->len - at >= sizeof(a);
	     at += RTA_ALIGN(a.rta_len)) {
		memcpy(&a, metrics->data + at, sizeof(a));
		if (a.rta_len < sizeof(a) || a.rta_len > metrics->len - at)
			return -EBADMSG;
		if (a.rta_type != RTAX_MTU)
			continue;
		if (a.rta_len < RTA_LENGTH(sizeof(*mtu)))
			return -EBADMSG;
		memcpy(mtu, metrics->data + at + sizeof(a), sizeof(*mtu));
	}
	return 0;
}

int rtnl_route_parse(const void *msg, size_t len, struct rtnl_route *route)
{
	struct attr attrs[ATTRS];
	struct rtmsg head;
	uint32_t oif;
	int err = take_apart(msg, len, RTM_NEWROUTE, &head, sizeof(head), attrs);

	if (err)
		return err;
	memset(route, 0, sizeof(*route));
	/* Local, broadcast, blackhole..., tunnels of the route's own, a next hop
	 * of the other family: the kernel's own business. */
	if (head.rtm_type != RTN_UNICAST || (head.rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) ||
	    attrs[RTA_ENCAP].data || attrs[RTA_ENCAP_TYPE].data || attrs[RTA_NEWDST].data ||
	    attrs[RTA_VIA].data || attrs[RTA_MULTIPATH].data)
		return -EOPNOTSUPP;
	if (!get_u32(&attrs[RTA_OIF], &oif) || oif == 0 || oif > INT32_MAX)
		return -EBADMSG;
	route->ifindex = (int)oif;
	if (attrs[RTA_GATEWAY].data) {
		size_t n = head.rtm_family == AF_INET ? 4 : 16;

		if (attrs[RTA_GATEWAY].len != n)
			return -EBADMSG;
		route->via.family = n == 4 ? 4 : 6;
		memcpy(route->via.ip, attrs[RTA_GATEWAY].data, n);
	}
	return attrs[RTA_METRICS].data ? parse_metrics(&attrs[RTA_METRICS], &route->mtu) : 0;
}

int rtnl_neigh_parse(const void *msg, size_t len, uint8_t mac[6])
{
	enum { USABLE = NUD_REACHABLE | NUD_PERMANENT | NUD_NOARP | NUD_DELAY | NUD_STALE };
	struct attr attrs[ATTRS];
	struct ndmsg head;
	int err = take_apart(msg, len, RTM_NEWNEIGH, &head, sizeof(head), attrs);

	if (err)
		return err;
	if (!(head.ndm_state & USABLE) || !attrs[NDA_LLADDR].data)
		return -EAGAIN;
	if (attrs[NDA_LLADDR].len != 6)
		return -EOPNOTSUPP;
	memcpy(mac, attrs[NDA_LLADDR].data, 6);
	return 0;
}

int rtnl_link_parse(const void *msg, size_t len, struct rtnl_link *link)
{
	struct attr attrs[ATTRS];
	struct ifinfomsg head;
	int err = take_apart(msg, len, RTM_NEWLINK, &head, sizeof(head), attrs);

	if (err)
		return err;
	/* What is not plain Ethernet has another header, or none. */
	if (head.ifi_type != ARPHRD_ETHER || !(head.ifi_flags & IFF_UP) ||
	    attrs[IFLA_ADDRESS].len != 6)
		return -EOPNOTSUPP;
	if (!get_u32(&attrs[IFLA_MTU], &link->mtu) || link->mtu < MIN_MTU)
		return -EBADMSG;
	link->ifindex = head.ifi_index;
	memcpy(link->mac, attrs[IFLA_ADDRESS].data, 6);
	return 0;
}

int rtnl_route_get(int fd, const struct rtpe_addr *src, const struct rtpe_addr *dst,
		   struct rtnl_route *route)
{
	_Alignas(8) uint8_t answer[ANSWER];
	size_t n = dst->family == 4 ? 4 : 16;
	/* TOS 0: by that the raw socket's datagrams are routed, too. */
	struct rtmsg head = { .rtm_family = n == 4 ? AF_INET : AF_INET6,
			      .rtm_dst_len = (uint8_t)(n * 8), .rtm_src_len = (uint8_t)(n * 8) };
	struct request r = request_new(RTM_GETROUTE, &head, sizeof(head));
	ssize_t got;

	put_attr(&r, RTA_SRC, src->ip, n);
	put_attr(&r, RTA_DST, dst->ip, n);
	got = ask(fd, &r, answer);
	return got < 0 ? (int)got : rtnl_route_parse(answer, (size_t)got, route);
}

int rtnl_neigh_get(int fd, int ifindex, const struct rtpe_addr *hop, uint8_t mac[6])
{
	_Alignas(8) uint8_t answer[ANSWER];
	size_t n = hop->family == 4 ? 4 : 16;
	struct ndmsg head = { .ndm_family = n == 4 ? AF_INET : AF_INET6, .ndm_ifindex = ifindex };
	struct request r = request_new(RTM_GETNEIGH, &head, sizeof(head));
	ssize_t got;

	put_attr(&r, NDA_DST, hop->ip, n);
	got = ask(fd, &r, answer);
	if (got < 0)
		return (int)got;
	got = rtnl_neigh_parse(answer, (size_t)got, mac);
	return got == -ENOENT ? -EAGAIN : (int)got;
}

int rtnl_link_get(int fd, int ifindex, struct rtnl_link *link)
{
	_Alignas(8) uint8_t answer[ANSWER];
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
	struct request r = request_new(RTM_GETLINK, &head, sizeof(head));
	uint32_t mask = RTEXT_FILTER_SKIP_STATS;
	ssize_t got;

	put_attr(&r, IFLA_EXT_MASK, &mask, sizeof(mask));
	got = ask(fd, &r, answer);
	return got < 0 ? (int)got : rtnl_link_parse(answer, (size_t)got, link);
}

int rtnl_dump_parse(const void *msgs, size_t len, uint32_t seq)
{
	const uint8_t *p = msgs;
	struct nlmsghdr h;
	int err;

	while (len >= sizeof(h)) {
		memcpy(&h, p, sizeof(h));
		/* A message shorter than its head, or longer than the rest. */
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > len)
			return -EBADMSG;
		if (h.nlmsg_seq == seq && h.nlmsg_type == NLMSG_DONE)
			return 0;
		if (h.nlmsg_seq == seq && h.nlmsg_type == NLMSG_ERROR) {
			if (h.nlmsg_len < sizeof(h) + sizeof(err))
				return -EBADMSG;
			memcpy(&err, p + sizeof(h), sizeof(err));
			return err < 0 && err >= -4095 && err != -EAGAIN ? err : -EBADMSG;
		}
		if (h.nlmsg_seq == seq && h.nlmsg_type >= NLMSG_MIN_TYPE)
			return 1;
		if (NLMSG_ALIGN(h.nlmsg_len) >= len)
			break;
		p += NLMSG_ALIGN(h.nlmsg_len);
		len -= NLMSG_ALIGN(h.nlmsg_len);
	}
	return -EAGAIN;
}

int rtnl_dump_any(int fd, void *request, size_t len)
{
	_Alignas(8) uint8_t answer[ANSWER];
	struct nlmsghdr *h = request;
	int found;

	h->nlmsg_seq = next_seq();
	if (send(fd, request, len, 0) < 0)
		return -errno;
	do {
		ssize_t n = receive(fd, answer);

		/* Too large a message is an entry, too. */
		if (n < 0)
			return n == -EMSGSIZE ? 1 : (int)n;
		found = rtnl_dump_parse(answer, (size_t)n, h->nlmsg_seq);
	} while (found == -EAGAIN);
	return found;
}
