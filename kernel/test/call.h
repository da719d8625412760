/* SPDX-License-Identifier: MIT */
/* A call to test with: n1 sends to slot 0, which forwards to n2 by slot 1. */
#ifndef CALL_H
#define CALL_H

#include "client.h"
#include "stage.h"

enum { SHORT_MS = 150, LONG_MS = 2000, SSRC = 0x01020304 };

struct call {
	struct client c;
	struct draft d;
	int n1, n2;			/* sockets of the parties */
	int up;				/* socket of slot 0 */
	const char *a, *b, *n1_ip, *n2_ip;
};

/* Opens a table of 40 slots and the two ports; the rule is drafted. */
void call_begin(struct call *k, uint32_t hook, bool from6, bool to6);
void call_end(struct call *k);
/* Sends RTP from n1; whether n2 hears it as it was. */
bool passes(struct call *k, uint8_t pt, uint16_t seq, struct heard *h);

#endif
