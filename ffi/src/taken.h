/* SPDX-License-Identifier: MIT */
/*
 * Which UDP ports have a socket. To bind a socket to a port and to close it
 * again is the sure way to know that nobody has it, and costs some
 * microseconds. Where ports are opened faster than TAKEN_PROBES a second, the
 * kernel's table of sockets is read every TAKEN_AGE_US instead: who binds a
 * port of ours by number after that would not have been kept from it a moment
 * later either.
 */
#ifndef RTPE_TAKEN_H
#define RTPE_TAKEN_H

#include <stdbool.h>
#include <stdint.h>

enum {
	TAKEN_PROBES = 1000,		/* per second, and at once */
	TAKEN_AGE_US = 100000,
};

struct taken;

/* NULL: out of memory. */
struct taken *taken_new(void);
void taken_free(struct taken *t);
/* Whether a port had no socket at any address a moment ago. false: it had one,
 * or the sure way can be afforded. */
bool taken_not(struct taken *t, uint16_t port, uint64_t now_us);

#endif
