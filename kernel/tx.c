// SPDX-License-Identifier: GPL-2.0
/*
 * Out by an output: new IP and UDP headers around the payload, by the route
 * that the destination remembers. Runs with bottom halves disabled.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/udp.h>

#include "addr.h"
#include "classify.h"
#include "compat.h"
#include "packet.h"

enum { TTL = 64 };

/* The fields of a route lookup that a TOS byte would go to differ between
 * kernels, and a route by TOS is not what packets of one stream should have:
 * it is left out. */
static struct dst_entry *route4(struct net *net, struct remote *to, const struct port *from)
{
	struct flowi4 flow = {
		.daddr = addr_in4(&to->addr),
		.saddr = addr_in4(&from->local),
		.flowi4_proto = IPPROTO_UDP,
		.fl4_dport = htons(to->addr.port),
		.fl4_sport = htons(from->local.port),
	};
	struct rtable *rt = dst_cache_get_ip4(&to->route, &flow.saddr);

	if (rt)
		return &rt->dst;
	rt = ip_route_output_key(net, &flow);
	if (IS_ERR(rt))
		return NULL;
	/* A broadcast address of a local network, by whoever named it. */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return NULL;
	}
	dst_cache_set_ip4(&to->route, &rt->dst, flow.saddr);
	return &rt->dst;
}

static struct dst_entry *route6(struct net *net, struct remote *to, const struct port *from)
{
	struct flowi6 flow = {
		.daddr = *addr_in6(&to->addr),
		.saddr = *addr_in6(&from->local),
		.flowi6_proto = IPPROTO_UDP,
		.flowi6_oif = to->addr.scope,
		.fl6_dport = htons(to->addr.port),
		.fl6_sport = htons(from->local.port),
	};
	struct dst_entry *dst = dst_cache_get_ip6(&to->route, &flow.saddr);

	if (dst)
		return dst;
	dst = ip6_dst_lookup_flow(net, NULL, &flow, NULL);
	if (IS_ERR(dst))
		return NULL;
	dst_cache_set_ip6(&to->route, dst, &flow.saddr);
	return dst;
}

static void edit_header(const struct out_rule *out, u8 *rtp)
{
	put_unaligned_be16(get_unaligned_be16(rtp + 2) + out->seq_offset, rtp + 2);
	if (out->flags & RTPE_OUT_SSRC_REWRITE)
		put_unaligned_be32(out->ssrc_out, rtp + 8);
}

static void fill(u8 *rtp, u32 n, u8 byte)
{
	struct rtp_payload payload = rtp_payload(rtp, n);

	memset(rtp + payload.at, byte, payload.len);
}

/* A buffer of our own that begins with the payload. */
static struct sk_buff *payload_of(const struct packet *p, u32 headroom, bool last)
{
	struct sk_buff *skb = p->skb;

	if (!last)
		skb = skb_copy_expand(skb, headroom, 0, GFP_ATOMIC);
	if (!skb)
		return NULL;
	__skb_pull(skb, p->header);
	/* What is behind the UDP datagram is no part of it. */
	if (pskb_trim(skb, p->len) || skb_cow(skb, headroom)) {
		kfree_skb(skb);
		return NULL;
	}
	/* Nothing of its way here is to be seen on its way on: socket, marks,
	 * connection, timestamps. */
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	return skb;
}

static void push_udp(struct sk_buff *skb, u16 from, u16 to)
{
	struct udphdr *udp = __skb_push(skb, sizeof(*udp));

	skb_reset_transport_header(skb);
	udp->source = htons(from);
	udp->dest = htons(to);
	udp->len = htons(skb->len);
	udp->check = 0;
}

static void push_ip4(struct net *net, struct sk_buff *skb, __be32 from, __be32 to, u8 tos)
{
	struct iphdr *ip;

	udp_set_csum(false, skb, from, to, skb->len);
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = tos;
	/* Not DF: a path with a smaller MTU fragments. */
	ip->frag_off = 0;
	ip->ttl = TTL;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = from;
	ip->daddr = to;
	skb->protocol = htons(ETH_P_IP);
	ip_select_ident(net, skb, NULL);
}

static void push_ip6(struct sk_buff *skb, const struct in6_addr *from,
		     const struct in6_addr *to, u8 tos)
{
	struct ipv6hdr *ip;

	udp6_set_csum(false, skb, from, to, skb->len);
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	ip6_flow_hdr(ip, tos, 0);
	ip->payload_len = htons(skb->len - sizeof(*ip));
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = TTL;
	ip->saddr = *from;
	ip->daddr = *to;
	skb->protocol = htons(ETH_P_IPV6);
}

static bool transmit(struct packet *p, const struct out_rule *out, struct remote *to,
		     struct edit edit, bool last)
{
	struct port *from = out->port;
	bool v4 = from->local.family == 4;
	struct dst_entry *dst;
	struct sk_buff *skb;
	u32 headroom;
	int err;

	dst = v4 ? route4(p->net, to, from) : route6(p->net, to, from);
	if (!dst) {
		if (last)
			kfree_skb(p->skb);
		return false;
	}
	headroom = LL_RESERVED_SPACE(dst->dev) + dst->header_len + sizeof(struct udphdr) +
		   (v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	skb = payload_of(p, headroom, last);
	if (!skb) {
		dst_release(dst);
		return false;
	}
	if (edit.fill)
		fill(skb->data, skb->len, edit.byte);
	if (edit.header)
		edit_header(out, skb->data);
	push_udp(skb, from->local.port, to->addr.port);
	skb_dst_set(skb, dst);
	skb->ignore_df = 1;
	if (v4) {
		push_ip4(p->net, skb, addr_in4(&from->local), addr_in4(&to->addr),
			 out->tos_set ? out->tos : p->tos);
		err = ip_local_out(p->net, NULL, skb);
	} else {
		push_ip6(skb, addr_in6(&from->local), addr_in6(&to->addr),
			 out->tos_set ? out->tos : p->tos);
		err = ip6_local_out(p->net, NULL, skb);
	}
	return net_xmit_eval(err) == 0;
}

void tx_packet(struct packet *p, const struct out_rule *out, const struct remote *to,
	       struct edit edit, bool last)
{
	struct rtpe_counters *c = out->port->counters;
	u64 wall = p->wall;
	u32 len = p->len;

	/* The route in it is each CPU's own. */
	if (!transmit(p, out, (struct remote *)to, edit, last)) {
		count_shared(&c->tx_errors, 1);
		return;
	}
	count_shared(&c->tx_packets, 1);
	count_shared(&c->tx_bytes, len);
	WRITE_ONCE(c->last_tx_us, wall);
}
