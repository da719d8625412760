/* SPDX-License-Identifier: MIT */
/*
 * The short way out: a relay thread writes whole Ethernet frames to a packet
 * socket, once it knows the next hop of a pair of addresses. It saves a route
 * lookup and the IP output path for every datagram. What is not known, too
 * large or out of the ordinary takes the raw socket, by which the kernel also
 * keeps its neighbours alive: the first datagram of each few seconds goes
 * there. Nothing here is needed; whatever fails leaves the raw socket.
 */
#ifndef RTPE_L2_H
#define RTPE_L2_H

#include <linux/if_packet.h>

#include "core.h"

enum { ETH_HEADER = 14 };

/* A packet that comes alone is cheaper through the raw socket (9.4 µs against
 * 12.5, measured); in batches from this size on frames are. */
enum { L2_FRAME_BATCH = 4 };

struct l2_hop {
	uint64_t expires;		/* thread->now; 0 = place is free */
	int ifindex;			/* 0: by the raw socket */
	uint32_t mtu;
	uint8_t family;
	uint8_t src[16], dst[16];
	uint8_t eth[ETH_HEADER];
};

/* A thread's own; nothing when it cannot be had. */
void l2_init(struct thread *t);
void l2_exit(struct thread *t);
/* The packet socket. */
int l2_fd(const struct thread *t);
/* The hop for an IP packet of len bytes, or NULL: by the raw socket. Valid until
 * l2_flushed(). */
const struct l2_hop *l2_lookup(struct thread *t, const struct rtpe_addr *src,
			       const struct rtpe_addr *dst, uint32_t len);
void l2_address(const struct l2_hop *hop, struct sockaddr_ll *ll);
/* A frame of this hop could not be sent. */
void l2_forget(struct thread *t, const struct l2_hop *hop);
/* After a batch has left: asks the kernel about what was not known. */
void l2_flushed(struct thread *t);

/* l2_watch.c: whether something stands in the kernel's way out that frames
 * would pass by. Looks once a second, on a thread of its own. */
void l2_watch_start(struct rtpe_core *core);
void l2_watch_stop(struct rtpe_core *core);
bool l2_watch_clear(const struct rtpe_core *core);

#endif
