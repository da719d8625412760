/* SPDX-License-Identifier: MIT */
/* Pairs of handshakes over ports of one core, and what a control thread does for
 * them. */
#ifndef DTLS_ENDS_H
#define DTLS_ENDS_H

#include "dtls_identity.h"

enum { PAIRS_MAX = 16 };

struct end_at_port {
	int slot;
	struct rtpe_dtls_ctx *ctx;
	struct rtpe_dtls_link *link, *decoy;
	struct rtpe_dtls_news news;	/* the last; state 0: none */
	uint32_t told;			/* how often there was some */
};

struct pairs {
	struct rtpe_core *core;
	uint32_t n;
	struct end_at_port end[2 * PAIRS_MAX];	/* active, passive, active, ... */
	uint32_t come;			/* datagrams by way of us so far */
	uint32_t hellos;		/* ClientHellos among them */
	uint32_t lost_from, lost_to;	/* those that get lost, counted from 1 */
	bool patient;			/* who is connected is not accepted at once */
};

/* Opens two ports for each of n pairs from 127.0.0.1:port on, whose rules hand DTLS
 * up, and makes a link for each: b is passive. NULL fingerprints: the right ones.
 * False when something cannot be had. */
bool pairs_open(struct pairs *p, struct rtpe_core *core, uint32_t n, uint16_t port,
		const struct identity *a, const struct identity *b,
		const struct rtpe_dtls_fingerprint *of_a,
		const struct rtpe_dtls_fingerprint *of_b);
/* From now on all datagrams come by way of us: a newer link of each port, which
 * speaks with nobody, sees to that. */
void pairs_by_hand(struct pairs *p);
void pairs_begin(struct pairs *p);
/* Hands on what has come, and takes news. */
void pairs_turn(struct pairs *p);
/* The same until all ends were told of something, or ms have passed. */
bool pairs_run(struct pairs *p, uint32_t ms);
void pairs_free(struct pairs *p);

#endif
