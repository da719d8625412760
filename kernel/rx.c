// SPDX-License-Identifier: GPL-2.0
/*
 * From the wire to the outputs: find the port, classify and validate, check
 * the source, open what is under keys, count, filter. What only user space can
 * decide goes up to the port's socket as if the module were not there, and is
 * counted there; that is known before anything of a packet changes.
 */
#include <asm/simd.h>
#include <crypto/internal/simd.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/ip.h>

#include "addr.h"
#include "classify.h"
#include "packet.h"

/* What becomes of a packet; a counter's address says why it is dropped. */
struct judgement {
	bool up;
	rtpe_u32 *drop;
};

static const struct judgement PASS;
static const struct judgement UP = { .up = true };

#define DROP(why) ((struct judgement){ .drop = &(why) })

static bool source_accepted(const struct packet *p, const struct rule *rule)
{
	/* Nothing is learned here: handover is ignoring, as in user space when
	 * learning is off. */
	return rule->source_action != RTPE_SOURCE_DROP || addr_equal(&p->src, &rule->expected);
}

static bool payload_type_allowed(const struct rule *rule, const struct packet *p)
{
	unsigned int pt = p->data[1] & 0x7f;

	return rule->pt_allow[pt / 32] >> pt % 32 & 1;
}

/* Shorter than the first packet of its type, where all are of one size. */
static bool too_short(struct packet *p, struct shortest *s)
{
	unsigned int pt = p->data[1] & 0x7f;
	u16 len;

	if (!s || !(s->types[pt / 32] >> pt % 32 & 1))
		return false;
	len = rtp_payload(p->data, p->len).len;
	/* An empty packet sets no measure. */
	if (READ_ONCE(s->len[pt]) == 0)
		WRITE_ONCE(s->len[pt], len);
	return len < READ_ONCE(s->len[pt]);
}

static struct arrival arrival_of(const struct packet *p)
{
	return (struct arrival){
		.now = p->now,
		.wall = p->wall,
		.bytes = p->len,
		.rates = p->port->rates,
	};
}

/* Whether a packet under keys is authentic, of which nothing is to change. */
static bool authentic_aside(const struct packet *p, const struct rule *rule)
{
	u8 *copy = kmemdup(p->data, p->len, GFP_ATOMIC);
	bool right = copy && srtp_open(rule->decrypt, p->port, copy, p->len, false) >= 0;

	kfree(copy);
	return right;
}

static bool is_tracked(const struct rtpe_ssrc_counters *tracks, u32 ssrc)
{
	int i;

	for (i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (READ_ONCE(tracks[i].in_use) && READ_ONCE(tracks[i].ssrc) == ssrc)
			return true;
	return false;
}

/* An SSRC that user space wants to hear of: this packet tells it. */
static bool introduces_ssrc(struct packet *p, const struct rule *rule)
{
	struct rtpe_ssrc_counters *tracks = p->port->counters->ssrc;
	u32 ssrc = get32(p->data + 8);
	struct arrival at;
	bool known;

	if (!(rule->punt & RTPE_CLASS_UNKNOWN_SSRC) || !(rule->flags & RTPE_RULE_TRACK_SSRC) ||
	    is_tracked(tracks, ssrc))
		return false;
	/* What is not authentic takes no track from anybody. */
	if (rule->decrypt && !authentic_aside(p, rule))
		return false;
	at = arrival_of(p);
	spin_lock(&p->port->rx);
	/* Its first packet here is the one after this. */
	stats_track(tracks, p->port->tracks, ssrc, get16(p->data + 2) + 1, &at, &known);
	spin_unlock(&p->port->rx);
	return true;
}

/* Whose a packet is, by what can be read of it while it is under keys. */
static struct judgement judge(struct packet *p, const struct rule *rule, unsigned int class)
{
	struct rtpe_counters *c = p->port->counters;
	bool media = class & (RTPE_CLASS_RTP | RTPE_CLASS_RTCP) ||
		     (class == RTPE_CLASS_OTHER && rule->flags & RTPE_RULE_OPAQUE);

	if (!class)
		return DROP(c->drop_malformed);
	if (!media || (rule->punt & class && !rule->copy))
		return UP;
	if ((class == RTPE_CLASS_RTCP && rule->rtcp_up) || READ_ONCE(p->port->waits))
		return UP;
	/* We interrupt somebody who uses the vector registers. */
	if (rule->needs_simd && !crypto_simd_usable())
		return UP;
	if (!source_accepted(p, rule))
		return rule->punt & RTPE_CLASS_BAD_SOURCE ? UP : DROP(c->drop_source);
	if (class != RTPE_CLASS_RTP)
		return PASS;
	if (introduces_ssrc(p, rule))
		return UP;
	if (rule->punt & RTPE_CLASS_FILTERED_PT && !(rule->flags & RTPE_RULE_BLACKHOLE) &&
	    !payload_type_allowed(rule, p))
		return UP;
	return PASS;
}

/* Opens a packet, in place unless it is also wanted as it came. NULL, or the
 * counter of why not. */
static rtpe_u32 *unseal(struct packet *p, const struct rule *rule)
{
	struct rtpe_counters *c = p->port->counters;
	int n;

	if (rule->keep_sealed) {
		p->sealed = p->data;
		p->aside = kmemdup(p->data, p->len, GFP_ATOMIC);
		p->data = p->aside;
	} else if (skb_ensure_writable(p->skb, p->skb->len)) {
		p->data = NULL;
	} else {
		p->data = p->skb->data + p->header;
	}
	/* Out of memory. */
	if (!p->data)
		return &c->drop_no_rule;
	n = srtp_open(rule->decrypt, p->port, p->data, p->len, true);
	if (n == -EALREADY)
		return &c->drop_replay;
	if (n < 0)
		return n == -EINVAL ? &c->drop_malformed : &c->drop_auth;
	p->len = n;
	/* Authentic, but what the peer itself sends may be nonsense, too. */
	return rtp_valid(p->data, p->len) ? NULL : &c->drop_malformed;
}

/* NULL, or the counter of why nobody hears it. */
static rtpe_u32 *refused(struct packet *p, const struct rule *rule, unsigned int class)
{
	struct rtpe_counters *c = p->port->counters;

	if (rule->flags & RTPE_RULE_BLACKHOLE)
		return &c->drop_filtered;
	if (class == RTPE_CLASS_RTP &&
	    (!payload_type_allowed(rule, p) || too_short(p, rule->shortest)))
		return &c->drop_filtered;
	return NULL;
}

/* why: it is dropped; accepted: it is valid and from an accepted source. */
static void count(struct packet *p, const struct rule *rule, unsigned int class, rtpe_u32 *why)
{
	struct port *port = p->port;
	struct rtpe_counters *c = port->counters;
	struct arrival at;

	spin_lock(&port->rx);
	COUNT(c->rx_packets, 1);
	COUNT(c->rx_bytes, p->wire_len);
	if (why) {
		COUNT(*why, 1);
		COUNT(c->rx_errors, 1);
	}
	if (!why || why == &c->drop_filtered) {
		WRITE_ONCE(c->last_rx_us, p->wall);
		WRITE_ONCE(c->rx_tos, p->tos);
		if (class == RTPE_CLASS_RTP && rule->flags & RTPE_RULE_TRACK_SSRC) {
			at = arrival_of(p);
			stats_payload(c, p->data[1] & 0x7f, 1, p->len);
			stats_rtp(c->ssrc, port->tracks, p->data, &at);
		}
	}
	if (!why && rule->bundle && class == RTPE_CLASS_RTP) {
		unsigned int section = bundle_section(rule->bundle, p->data, p->now);

		p->sections = section == NO_SECTION ? SECTION_NONE : 1 << section;
	}
	spin_unlock(&port->rx);
}

/* It was counted, and then nobody took it. */
static void drop(struct port *port, rtpe_u32 *why)
{
	spin_lock(&port->rx);
	COUNT(*why, 1);
	COUNT(port->counters->rx_errors, 1);
	spin_unlock(&port->rx);
}

/* Where an output sends now, or NULL: closed, waiting, or nobody is known there; or
 * nobody who may be sent to, then *taken becomes true. */
static const struct remote *destination(const struct out_rule *out, bool *taken)
{
	const struct remote *to = out->remote;

	if (READ_ONCE(out->port->closed) || READ_ONCE(out->port->waits))
		return NULL;
	if (out->flags & RTPE_OUT_FOLLOW)
		to = rcu_dereference(out->port->remote);
	if (!to || to->addr.family == 0)
		return NULL;
	if (addr_sendable(&to->addr))
		return to;
	*taken = true;
	count_shared(&out->port->counters->tx_errors, 1);
	return NULL;
}

/* What an output changes. False: nobody may hear this. */
static bool edit_of(const struct packet *p, const struct rule *rule, const struct out_rule *out,
		    unsigned int class, struct edit *edit)
{
	const struct silence *s = &rule->silence;
	u8 pt = p->data[1] & 0x7f;
	u32 i;

	*edit = (struct edit){ .rtp = class == RTPE_CLASS_RTP };
	if (!edit->rtp)
		return true;
	edit->header = out->flags & (RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET) &&
		       (!out->ssrc_in || out->ssrc_in == get32(p->data + 8));
	if (!(out->flags & RTPE_OUT_SILENCE))
		return true;
	for (i = 0; i < s->n && !edit->fill; i++) {
		edit->fill = s->of[i].payload_type == pt;
		edit->byte = s->of[i].byte;
	}
	/* What cannot be silenced, and need not be. */
	return edit->fill || s->pass[pt / 32] >> pt % 32 & 1;
}

/* Copies for all outputs but the last, which gets the packet itself. */
static unsigned int send_on(struct packet *p, const struct rule *rule, unsigned int class)
{
	const struct out_rule *last = NULL;
	const struct remote *last_to = NULL;
	bool taken = false, muted = false;
	struct edit edit, last_edit = {};
	u32 i;

	for (i = 0; i < rule->n_outputs; i++) {
		const struct out_rule *out = &rule->outputs[i];
		const struct remote *to;

		if (!(out->match & class && out->sections & p->sections))
			continue;
		to = destination(out, &taken);
		if (!to)
			continue;
		if (!edit_of(p, rule, out, class, &edit)) {
			muted = true;
			continue;
		}
		taken = true;
		if (rule->keep_sealed) {
			tx_packet(p, out, to, edit, false);
			continue;
		}
		if (last)
			tx_packet(p, last, last_to, last_edit, false);
		last = out;
		last_to = to;
		last_edit = edit;
	}
	if (!taken)
		drop(p->port, muted ? &p->port->counters->drop_filtered :
				      &p->port->counters->drop_no_rule);
	if (!last)
		return NF_DROP;
	tx_packet(p, last, last_to, last_edit, true);
	return NF_STOLEN;
}

static unsigned int forward(struct packet *p, const struct table *t, const struct rule *rule)
{
	u32 flags = (rule->flags & CLASSIFY_FLAGS) | (rule->decrypt ? CLASSIFY_SEALED : 0);
	unsigned int class = classify(p->data, p->len, flags, rule->punt), verdict = NF_DROP;
	ktime_t now = ktime_get();
	struct judgement j;

	p->now = ktime_to_us(now);
	p->wall = ktime_to_us(ktime_mono_to_real(now));
	j = judge(p, rule, class);
	if (j.up) {
		count_shared(&p->port->counters->punted, 1);
		return NF_ACCEPT;
	}
	if (!j.drop && rule->decrypt)
		j.drop = unseal(p, rule);
	if (!j.drop)
		j.drop = refused(p, rule, class);
	count(p, rule, class, j.drop);
	if (!j.drop) {
		if (rule->copy && rule->punt & class)
			copies_put(t, p);
		verdict = send_on(p, rule, class);
	}
	kfree(p->aside);
	return verdict;
}

/* Length of the IP header of a whole UDP datagram; 0: it is none. */
static u32 udp_offset(const struct sk_buff *skb, u8 family)
{
	if (skb_network_offset(skb) != 0)
		return 0;
	if (family == 4) {
		const struct iphdr *ip = ip_hdr(skb);

		/* Before routing fragments are still fragments. */
		if (ip->protocol != IPPROTO_UDP || ip_is_fragment(ip))
			return 0;
		return ip_hdrlen(skb);
	}
	/* Behind extension headers there may be anything: for the stack. */
	return ipv6_hdr(skb)->nexthdr == IPPROTO_UDP ? sizeof(struct ipv6hdr) : 0;
}

static struct port *find_port(const struct table *t, const struct sk_buff *skb, u8 family,
			      const struct udphdr *udp)
{
	u16 port = ntohs(udp->dest);

	if (family == 4)
		return port_lookup(t, 4, &ip_hdr(skb)->daddr, port, 0);
	return port_lookup(t, 6, &ipv6_hdr(skb)->daddr, port, skb->dev ? skb->dev->ifindex : 0);
}

static void read_addresses(struct packet *p, const struct udphdr *udp)
{
	const struct sk_buff *skb = p->skb;

	memset(&p->src, 0, sizeof(p->src));
	p->src.family = p->family;
	p->src.port = ntohs(udp->source);
	if (p->family == 4) {
		memcpy(p->src.ip, &ip_hdr(skb)->saddr, 4);
		p->tos = ip_hdr(skb)->tos;
		return;
	}
	memcpy(p->src.ip, &ipv6_hdr(skb)->saddr, 16);
	if (ipv6_addr_type(&ipv6_hdr(skb)->saddr) & IPV6_ADDR_LINKLOCAL && skb->dev)
		p->src.scope = skb->dev->ifindex;
	p->tos = ipv6_get_dsfield(ipv6_hdr(skb));
}

unsigned int rx_packet(const struct table *t, struct net *net, struct sk_buff *skb, u8 family,
		       unsigned int hook, bool early)
{
	u32 offset = udp_offset(skb, family);
	const struct rule *rule;
	struct udphdr *udp, copy;
	struct packet p;
	u32 len;

	/* Several datagrams in one buffer: the socket takes them apart. */
	if (!offset || skb->pkt_type != PACKET_HOST || skb_is_gso(skb))
		return NF_ACCEPT;
	udp = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!udp)
		return NF_ACCEPT;
	p.port = find_port(t, skb, family, udp);
	if (!p.port)
		return NF_ACCEPT;
	rule = rcu_dereference(p.port->rule);
	if (!rule || skb_linearize(skb))
		return NF_ACCEPT;
	/* A length beyond the packet, or shorter than its own header; no
	 * checksum where it is due, or a wrong one: the stack counts those. */
	udp = (struct udphdr *)(skb->data + offset);
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - offset)
		return NF_ACCEPT;
	if (!udp->check && family == 6)
		return NF_ACCEPT;
	if (udp->check && nf_checksum(skb, hook, offset, IPPROTO_UDP,
				      family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6))
		return NF_ACCEPT;
	p.skb = skb;
	p.net = net;
	p.aside = NULL;
	p.sealed = NULL;
	p.early = early;
	p.sections = SECTIONS_ALL;
	p.family = family;
	p.header = offset + sizeof(*udp);
	p.data = skb->data + p.header;
	p.len = len - sizeof(*udp);
	p.wire_len = p.len;
	read_addresses(&p, udp);
	return forward(&p, t, rule);
}
