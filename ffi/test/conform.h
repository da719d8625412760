/* SPDX-License-Identifier: MIT */
/*
 * The conformance suite: what a relay does to packets, whatever moves them.
 * conform*.c and traffic.c hold the tests; the suites differ in the mode.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include "check.h"
#include "net.h"

extern uint32_t conform_mode, conform_flags;
extern const struct test conform_tests[], conform_ports_tests[], conform_mux_tests[],
	conform_edit_tests[], conform_srtp_tests[], conform_capture_tests[],
	traffic_tests[];

/* Two ports A and B, each forwarding to the other's remote endpoint, and two
 * peers. IPv4 loopback unless told otherwise. */
struct pair {
	struct rtpe_core *core;
	int a, b;			/* slots */
	struct rtpe_addr at_a, at_b;	/* their addresses */
	int peer_a, peer_b;		/* sockets of the peers */
	struct rules rule_a, rule_b;
};

void pair_open(struct pair *p, const char *ip_a, const char *ip_b);
/* Installs both rules. */
void pair_rules(struct pair *p);
/* pair_open and pair_rules with each peer signalled. */
void pair_start(struct pair *p, const char *ip_a, const char *ip_b);
void pair_stop(struct pair *p);
/* Sends an RTP packet from peer A and checks that B has it, or has not. */
void passes(struct pair *p, uint16_t seq);
void passes_from(struct pair *p, int fd, uint16_t seq);
void blocked_from(struct pair *p, int fd, uint16_t seq);

#endif
