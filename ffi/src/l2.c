/* SPDX-License-Identifier: MIT */
#include "l2.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alloc.h"
#include "classify.h"
#include "rtnl.h"

enum {
	HOPS = 4096,			/* a power of two */
	WAYS = 2,
	LINKS = 16,
	ASKS = 4,			/* pairs of addresses in a round */
	ROUND_US = 1000,
	KEEP_US = 3000000,
	LINK_KEEP_US = 3000000,
	RETRY_US = 250000,		/* while the neighbour is not known */
	SEND_BUFFER = 4 * 1024 * 1024,
};

struct link_entry {
	uint64_t expires;
	int err;
	struct rtnl_link link;
};

struct l2 {
	int packet_fd, route_fd;
	uint64_t last_round;
	uint32_t n_asks;
	struct {
		struct rtpe_addr src, dst;
		struct l2_hop *place;
	} asks[ASKS];
	struct link_entry links[LINKS];
	struct l2_hop hops[HOPS];
};

void l2_init(struct thread *t)
{
	struct l2 *l2 = mem_map(sizeof(*l2));

	if (!l2)
		return;
	t->l2 = l2;
	/* Protocol 0: it receives nothing. No PACKET_QDISC_BYPASS, so that
	 * queueing disciplines and packet captures see the frames. */
	l2->packet_fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	l2->route_fd = rtnl_open(NETLINK_ROUTE);
	if (l2->packet_fd < 0 || l2->route_fd < 0)
		l2_exit(t);
	else
		sock_sndbuf(l2->packet_fd, SEND_BUFFER);
}

void l2_exit(struct thread *t)
{
	if (!t->l2)
		return;
	if (t->l2->packet_fd >= 0)
		close(t->l2->packet_fd);
	if (t->l2->route_fd >= 0)
		close(t->l2->route_fd);
	mem_unmap(t->l2, sizeof(*t->l2));
	t->l2 = NULL;
}

int l2_fd(const struct thread *t)
{
	return t->l2->packet_fd;
}

static uint32_t hash_pair(const struct rtpe_addr *src, const struct rtpe_addr *dst)
{
	uint64_t w[4], h = 0;

	memcpy(w, src->ip, 16);
	memcpy(w + 2, dst->ip, 16);
	if (dst->family == 4)
		w[1] = w[3] = 0;
	for (int i = 0; i < 4; i++)
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 40) & (HOPS - 1);
}

static bool hop_is(const struct l2_hop *h, const struct rtpe_addr *src,
		   const struct rtpe_addr *dst)
{
	size_t n = dst->family == 4 ? 4 : 16;

	return h->family == dst->family && memcmp(h->dst, dst->ip, n) == 0 &&
	       memcmp(h->src, src->ip, n) == 0;
}

static bool link_local6(const struct rtpe_addr *a)
{
	return a->family == 6 && a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

/* A place is kept until it expires: those who share it cannot make each other
 * ask again and again. */
static void ask_later(struct l2 *l2, struct l2_hop *place, const struct rtpe_addr *src,
		      const struct rtpe_addr *dst)
{
	for (uint32_t i = 0; i < l2->n_asks; i++)
		if (l2->asks[i].place == place)
			return;
	if (l2->n_asks == ASKS)
		return;
	l2->asks[l2->n_asks].src = *src;
	l2->asks[l2->n_asks].dst = *dst;
	l2->asks[l2->n_asks++].place = place;
}

const struct l2_hop *l2_lookup(struct thread *t, const struct rtpe_addr *src,
			       const struct rtpe_addr *dst, uint32_t len)
{
	struct l2 *l2 = t->l2;
	struct l2_hop *vacant = NULL;
	uint32_t at;

	/* A link-local address says nothing without its device. */
	if (!l2 || t->batch < t->core->frame_batch || !l2_watch_clear(t->core) ||
	    link_local6(dst) || link_local6(src))
		return NULL;
	at = hash_pair(src, dst);
	for (uint32_t way = 0; way < WAYS; way++) {
		struct l2_hop *h = &l2->hops[at ^ way];

		if (h->expires <= t->now) {
			if (!vacant || hop_is(h, src, dst))
				vacant = h;
		} else if (hop_is(h, src, dst)) {
			return h->ifindex && len <= h->mtu ? h : NULL;
		}
	}
	if (vacant)
		ask_later(l2, vacant, src, dst);
	return NULL;
}

void l2_address(const struct l2_hop *hop, struct sockaddr_ll *ll)
{
	*ll = (struct sockaddr_ll){
		.sll_family = AF_PACKET, .sll_ifindex = hop->ifindex, .sll_halen = ETH_ALEN,
		.sll_protocol = htons(hop->family == 4 ? ETH_P_IP : ETH_P_IPV6),
	};
	memcpy(ll->sll_addr, hop->eth, ETH_ALEN);
}

void l2_forget(struct thread *t, const struct l2_hop *hop)
{
	struct l2 *l2 = t->l2;

	l2->hops[hop - l2->hops].expires = 0;
	for (uint32_t i = 0; i < LINKS; i++)
		if (l2->links[i].link.ifindex == hop->ifindex)
			l2->links[i].expires = 0;
}

static const struct link_entry *link_of(struct thread *t, int ifindex)
{
	struct link_entry *e = &t->l2->links[(uint32_t)ifindex % LINKS];

	if (e->link.ifindex == ifindex && e->expires > t->now)
		return e;
	e->err = rtnl_link_get(t->l2->route_fd, ifindex, &e->link);
	e->link.ifindex = ifindex;
	e->expires = t->now + LINK_KEEP_US;
	return e;
}

/* What the kernel says about the way from h->src to dst. */
static int resolve(struct thread *t, const struct rtpe_addr *src, const struct rtpe_addr *dst,
		   struct l2_hop *h)
{
	const struct link_entry *link;
	struct rtnl_route route;
	int err = rtnl_route_get(t->l2->route_fd, src, dst, &route);

	if (err)
		return err;
	link = link_of(t, route.ifindex);
	if (link->err)
		return link->err;
	err = rtnl_neigh_get(t->l2->route_fd, route.ifindex, route.via.family ? &route.via : dst,
			     h->eth);
	if (err)
		return err;
	memcpy(h->eth + 6, link->link.mac, 6);
	put16(h->eth + 12, dst->family == 4 ? ETH_P_IP : ETH_P_IPV6);
	h->mtu = route.mtu && route.mtu < link->link.mtu ? route.mtu : link->link.mtu;
	h->ifindex = route.ifindex;
	return 0;
}

void l2_flushed(struct thread *t)
{
	struct l2 *l2 = t->l2;

	if (!l2 || l2->n_asks == 0 || t->now - l2->last_round < ROUND_US)
		return;
	l2->last_round = t->now;
	for (uint32_t i = 0; i < l2->n_asks; i++) {
		const struct rtpe_addr *src = &l2->asks[i].src, *dst = &l2->asks[i].dst;
		struct l2_hop h = { .family = dst->family };
		int err;

		memcpy(h.src, src->ip, 16);
		memcpy(h.dst, dst->ip, 16);
		err = resolve(t, src, dst, &h);
		h.expires = t->now + (err == -EAGAIN ? RETRY_US : KEEP_US);
		*l2->asks[i].place = h;
	}
	l2->n_asks = 0;
}
