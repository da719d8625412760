/* SPDX-License-Identifier: MIT */
/*
 * The doorbell: tells the consumer of the rings that there is something to
 * drain. The callback may block until the consumer's event loop gets to it, so
 * it runs on a thread of its own that nobody ever waits for.
 */
#ifndef RTPE_BELL_H
#define RTPE_BELL_H

#include "rtpe.h"

/* The rings of rtpe_ring_id, and news of DTLS, which have a list of their own. */
enum { BELL_DTLS = 2, BELL_RINGS = 3 };

struct bell;

/* NULL with *err set (negative errno) when it fails. */
struct bell *bell_new(int *err);
/* Never waits: a callback under way ends by itself. */
void bell_free(struct bell *b);
void bell_set(struct bell *b, rtpe_doorbell fn);
/* Producer: something was put into a ring. */
void bell_ring(struct bell *b, unsigned ring);
/* Consumer: found the ring empty; the next bell_ring() calls again. The caller
 * looks once more afterwards, and disarms if there was something after all. */
void bell_arm(struct bell *b, unsigned ring);
void bell_disarm(struct bell *b, unsigned ring);
/* Consumer: the bell also rings, once, when fd can be read; closing fd ends
 * that. Returns 0 or a negative errno. */
int bell_watch(struct bell *b, int fd);
/* ...and once more, at once if fd can be read already. */
void bell_watch_again(struct bell *b, int fd);

#endif
