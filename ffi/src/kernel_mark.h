/* SPDX-License-Identifier: MIT */
/* What relay threads have to do with streams in the kernel: see kernel.h. */
#ifndef RTPE_KERNEL_MARK_H
#define RTPE_KERNEL_MARK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Bits of slot->kernel. */
enum {
	KERNEL_RULED = 1,		/* media should not come up */
	KERNEL_BACK = 2,		/* there is something to go on from */
	KERNEL_KEYED = 4,		/* the module may know more of SSRCs under keys */
};

/* Of slot->asking. */
#define KERNEL_ASKING ((uint64_t)1 << 63)

/* So many packets in a row that should not have come up are worth a look. */
enum { KERNEL_STRAYS = 20 };

struct rtpe_core;
struct slot;
struct thread;
struct rule;

/* Asks the API's caller to look at a slot at its next tick; from any thread. */
void kernel_wake(struct rtpe_core *core, const struct slot *slot);
/* The relay thread, about a packet of a slot with a bit set. */
void kernel_met(struct thread *t, struct slot *slot);
/* KERNEL_KEYED: before the rollover counter of an RTP packet is guessed, ... */
void kernel_catch_up(struct thread *t, struct slot *slot, const struct rule *rule,
		     uint32_t ssrc, uint16_t seq);
/* ... once it has been opened: false where the module has taken its twin, ... */
bool kernel_claim(struct thread *t, struct slot *slot, const struct rule *rule,
		  uint32_t ssrc, uint16_t seq);
/* ... and once it has been sealed. */
void kernel_tell_sent(struct thread *t, const struct rule *rule, uint32_t ssrc);
/* A packet that the module would have forwarded. */
void kernel_stray(struct thread *t, struct slot *slot);

#endif
