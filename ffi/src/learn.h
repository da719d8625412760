/* SPDX-License-Identifier: MIT */
/*
 * Which remote endpoint does a slot talk to? A state machine over the
 * signalled endpoint, the sources of valid packets, and time. Pure: no clock,
 * no lock, no I/O. Times are microseconds of a monotonic clock.
 */
#ifndef RTPE_LEARN_H
#define RTPE_LEARN_H

#include <stdbool.h>
#include <stdint.h>

#include "rtpe_rule.h"

/* How well a source fits the signalled endpoint. */
enum learn_rank {
	RANK_NONE,	/* nothing seen yet */
	RANK_ANY,
	RANK_PORT,	/* same port, other address */
	RANK_ADDR,	/* same address, other port */
	RANK_EXACT,
};

struct learn {
	struct rtpe_addr signalled;
	struct rtpe_addr current;	/* where packets are sent */
	uint64_t window_end;
	uint8_t mode;			/* enum rtpe_learning */
	uint8_t action;			/* enum rtpe_source_action */
	uint8_t rank;			/* best so far, heuristic mode */
	bool installed;			/* a rule has been installed since open */
	bool confirmed;
	bool learned;
	bool restored;			/* current is from before the first rule */
};

/* Bits of learn_packet()'s answer. */
enum {
	LEARN_PASS = 1,			/* the packet may go on */
	LEARN_CHANGED = 2,		/* current is another endpoint now */
	LEARN_CONFIRMED = 4,		/* confirmed became true just now */
};

/* A rule was installed. Starts anew when it is the first one, when it asks for
 * it, when it signals another endpoint, or when learning is turned off or on. */
void learn_install(struct learn *l, const struct rtpe_rule *rule, uint64_t now);
/* Before the first rule: what was known when the port was another one's. It
 * holds unless that rule turns learning off or starts it anew. */
void learn_restore(struct learn *l, const struct rtpe_addr *remote, bool learned,
		   bool confirmed);
/* A valid packet came from src. */
unsigned learn_packet(struct learn *l, const struct rtpe_addr *src, uint64_t now);

#endif
