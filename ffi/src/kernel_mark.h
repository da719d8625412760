/* SPDX-License-Identifier: MIT */
/* What relay threads have to do with streams in the kernel: see kernel.h. */
#ifndef RTPE_KERNEL_MARK_H
#define RTPE_KERNEL_MARK_H

#include <stdatomic.h>
#include <stdint.h>

/* Bits of slot->kernel. */
enum {
	KERNEL_RULED = 1,		/* media should not come up */
	KERNEL_BACK = 2,		/* there are sources to go on from */
};

/* So many packets in a row that should not have come up are worth a look. */
enum { KERNEL_STRAYS = 20 };

struct rtpe_core;
struct slot;
struct thread;
struct packet;

/* Asks the API's caller to look at a slot at its next tick; from any thread. */
void kernel_wake(struct rtpe_core *core, const struct slot *slot);
/* The relay thread, about a packet of a slot with a bit set. */
void kernel_met(struct thread *t, struct slot *slot);
/* A packet that the module would have forwarded. */
void kernel_stray(struct thread *t, struct slot *slot);

#endif
