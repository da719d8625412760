/* SPDX-License-Identifier: GPL-2.0 */
/* One datagram on its way through. */
#ifndef RTPEDGE_PACKET_H
#define RTPEDGE_PACKET_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "rule.h"

struct packet {
	struct sk_buff *skb;		/* linear, and nobody else's once opened */
	struct net *net;
	struct port *port;		/* it arrived on */
	u8 *data;			/* UDP payload, in clear once opened */
	u32 len;			/* of it */
	const u8 *sealed;		/* as it came, where rule->keep_sealed */
	u32 wire_len;			/* as it came */
	u8 *aside;			/* kmalloc()ed: data, where rule->keep_sealed */
	u32 header;			/* bytes of IP and UDP header before it */
	u8 family;
	u8 tos;
	bool early;			/* nobody else is to see it leave */
	u16 sections;			/* as in struct out_rule */
	struct rtpe_addr src;
	u64 now;			/* monotonic µs */
	u64 wall;			/* CLOCK_REALTIME µs */
};

/* What changes in a copy of a packet. */
struct edit {
	bool rtp;
	bool header;			/* SSRC and sequence number */
	bool fill;			/* the payload, with `byte` */
	u8 byte;
};

/* rx.c: what becomes of a packet for the local host, under rcu_read_lock().
 * NF_ACCEPT: it is none of ours, or goes up to the socket; NF_DROP, and
 * NF_STOLEN when it was sent on. hook: where in netfilter. */
unsigned int rx_packet(const struct table *t, struct net *net, struct sk_buff *skb, u8 family,
		       unsigned int hook, bool early);

/* tx.c: sends p->skb by an output. last: skb itself, which is then gone; else
 * a copy. */
void tx_packet(struct packet *p, const struct out_rule *out, const struct remote *to,
	       struct edit edit, bool last);

/* hook.c */
int hook_register(struct table *t, u32 flags);
void hook_unregister(struct table *t);

/* copies.c: a packet in clear to who records. */
void copies_put(const struct table *t, const struct packet *p);

/* xt.c */
int xt_init(void);
void xt_exit(void);

/* control.c: one message of len bytes, aligned to 8. */
int control_message(struct table *t, void *msg, size_t len);

/* selftest.c */
int selftest(void);
/* selftest_srtp.c */
bool selftest_srtp(void);

#endif
