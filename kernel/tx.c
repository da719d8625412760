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

enum { TTL = 64, MAX_DATAGRAM = 65507 };

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
	put16(rtp + 2, get16(rtp + 2) + out->seq_offset);
	if (out->flags & RTPE_OUT_SSRC_REWRITE)
		put32(rtp + 8, out->ssrc_out);
}

static void fill(u8 *rtp, u32 n, u8 byte)
{
	struct rtp_payload payload = rtp_payload(rtp, n);

	memset(rtp + payload.at, byte, payload.len);
}

/* A buffer of our own that holds the payload. */
static struct sk_buff *copied(const struct packet *p, const struct out_rule *out,
			      const struct edit *edit, u32 headroom)
{
	bool sealed = out->flags & RTPE_OUT_AS_RECEIVED;
	const struct ext_edit *ext = edit->rtp ? out->ext : NULL;
	const u8 *from = sealed ? p->sealed : p->data;
	u32 len = sealed ? p->wire_len : p->len;
	struct sk_buff *skb;

	skb = alloc_skb(headroom + (ext ? ext_edited_max(len) : len) + SRTP_TRAILER_MAX,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	if (ext)
		skb_put(skb, ext_copy(skb->data, from, len, ext));
	else
		skb_put_data(skb, from, len);
	return skb;
}

/* The packet's own buffer, without its headers and what it has been through. */
static struct sk_buff *reused(const struct packet *p, u32 headroom, u32 tailroom)
{
	struct sk_buff *skb = p->skb;
	int head, tail;

	__skb_pull(skb, p->header);
	/* What is behind the UDP datagram, or was its trailer, is no part of it. */
	if (pskb_trim(skb, p->len))
		goto fail;
	head = max_t(int, headroom - skb_headroom(skb), 0);
	tail = max_t(int, tailroom - skb_tailroom(skb), 0);
	if ((head || tail || skb_cloned(skb)) && pskb_expand_head(skb, head, tail, GFP_ATOMIC))
		goto fail;
	/* Nothing of its way here is to be seen on its way on: socket, marks,
	 * connection, timestamps. */
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	return skb;

fail:
	kfree_skb(skb);
	return NULL;
}

/* What an output sends, without headers of IP and UDP. */
static struct sk_buff *payload_of(const struct packet *p, const struct out_rule *out,
				  const struct edit *edit, u32 headroom, bool last)
{
	struct sk_buff *skb;
	int n;

	if (last && !(edit->rtp && out->ext)) {
		skb = reused(p, headroom, out->encrypt ? SRTP_TRAILER_MAX : 0);
	} else {
		skb = copied(p, out, edit, headroom);
		if (last)
			consume_skb(p->skb);
	}
	if (!skb)
		return NULL;
	if (edit->fill)
		fill(skb->data, skb->len, edit->byte);
	if (edit->header)
		edit_header(out, skb->data);
	if (out->encrypt) {
		n = srtp_seal(out->encrypt, out->port, p->port->slot, skb->data, skb->len);
		if (n < 0)
			goto fail;
		skb_put(skb, n - skb->len);
	}
	if (skb->len <= MAX_DATAGRAM)
		return skb;
fail:
	kfree_skb(skb);
	return NULL;
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

static void push_ip4(struct sk_buff *skb, struct port *from, __be32 to, u8 tos)
{
	__be32 saddr = addr_in4(&from->local);
	struct iphdr *ip;

	udp_set_csum(false, skb, saddr, to, skb->len);
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = tos;
	ip->tot_len = htons(skb->len);
	/* Not DF: a path with a smaller MTU fragments. Identifiers only have to
	 * differ for as long as fragments live (RFC 6864). */
	ip->frag_off = 0;
	ip->id = htons(++from->ip_id);
	ip->ttl = TTL;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = saddr;
	ip->daddr = to;
	skb->protocol = htons(ETH_P_IP);
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

/* Whether all there is between here and the neighbour would be firewall rules:
 * no fragments, tunnels, IPsec or VRF. */
static bool straight(const struct dst_entry *dst, const struct sk_buff *skb)
{
	return skb->len <= dst_mtu(dst) && !dst_xfrm(dst) && !dst->lwtstate &&
	       !netif_is_l3_slave(dst->dev);
}

static int send4(struct packet *p, struct sk_buff *skb, struct dst_entry *dst)
{
	struct neighbour *neigh;
	bool v6_gateway;

	if (!p->early || dst->output != ip_output || !straight(dst, skb))
		return ip_local_out(p->net, NULL, skb);
	ip_send_check(ip_hdr(skb));
	skb->dev = dst->dev;
	neigh = ip_neigh_for_gw(container_of(dst, struct rtable, dst), skb, &v6_gateway);
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, v6_gateway);
	kfree_skb(skb);
	return PTR_ERR(neigh);
}

static int send6(struct packet *p, struct sk_buff *skb, struct dst_entry *dst)
{
	struct neighbour *neigh;

	if (!p->early || dst->output != ip6_output || !straight(dst, skb))
		return ip6_local_out(p->net, NULL, skb);
	skb->dev = dst->dev;
	neigh = ip_neigh_gw6(dst->dev, rt6_nexthop(container_of(dst, struct rt6_info, dst),
						   &ipv6_hdr(skb)->daddr));
	if (!IS_ERR(neigh))
		return neigh_output(neigh, skb, false);
	kfree_skb(skb);
	return PTR_ERR(neigh);
}

/* How many bytes of payload left, or a negative errno. */
static int transmit(struct packet *p, const struct out_rule *out, struct remote *to,
		    const struct edit *edit, bool last)
{
	struct port *from = out->port;
	bool v4 = from->local.family == 4;
	struct dst_entry *dst;
	struct sk_buff *skb;
	u32 headroom;
	int err, len;

	dst = v4 ? route4(p->net, to, from) : route6(p->net, to, from);
	if (!dst) {
		if (last)
			kfree_skb(p->skb);
		return -ENETUNREACH;
	}
	headroom = LL_RESERVED_SPACE(dst->dev) + dst->header_len + sizeof(struct udphdr) +
		   (v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	skb = payload_of(p, out, edit, headroom, last);
	if (!skb) {
		dst_release(dst);
		return -ENOBUFS;
	}
	len = skb->len;
	push_udp(skb, from->local.port, to->addr.port);
	skb_dst_set(skb, dst);
	skb->ignore_df = 1;
	if (v4) {
		push_ip4(skb, from, addr_in4(&to->addr), out->tos_set ? out->tos : p->tos);
		err = send4(p, skb, dst);
	} else {
		push_ip6(skb, addr_in6(&from->local), addr_in6(&to->addr),
			 out->tos_set ? out->tos : p->tos);
		err = send6(p, skb, dst);
	}
	return net_xmit_eval(err) ? -EIO : len;
}

void tx_packet(struct packet *p, const struct out_rule *out, const struct remote *to,
	       struct edit edit, bool last)
{
	struct rtpe_counters *c = out->port->counters;
	/* The route in it is each CPU's own. */
	int len = transmit(p, out, (struct remote *)to, &edit, last);

	if (len < 0) {
		count_shared(&c->tx_errors, 1);
		return;
	}
	count_shared(&c->tx_packets, 1);
	count_shared(&c->tx_bytes, len);
	WRITE_ONCE(c->last_tx_us, p->wall);
}
