/* SPDX-License-Identifier: MIT */
/*
 * Moving streams between the core and the kernel module (rtpe_offload.h).
 *
 *   kernel.c        when a stream is moved
 *   kernel_open.c   beginning and end
 *   kernel_push.c   how: messages about one port
 *   kernel_srtp.c   what is remembered of SRTP
 *   kernel_io.c     the table's file
 *   kernel_sum.c    counters of both
 *
 * All of it belongs to the API's caller, but for what struct slot and struct
 * handback say about relay threads: they only ever set a bit in `ready`, count
 * packets that should not have come to them, and take over RTP sources that
 * come back.
 */
#ifndef RTPE_KERNEL_CORE_H
#define RTPE_KERNEL_CORE_H

#include <stddef.h>
#include <sys/types.h>

#include "core.h"
#include "kernel_mark.h"
#include "rtpe_kernel.h"
#include "rtpe_offload.h"
#include "secure.h"

/* How long a stream stays for packets that wait in its socket: in clear they would
 * only be late, under keys they may be refused. */
enum { KERNEL_PATIENCE_US = 1000000, KERNEL_PATIENCE_KEYED_US = 5000000 };

enum handback_state { HANDBACK_EMPTY, HANDBACK_FULL, HANDBACK_BUSY };

/* RTP sources as the module has counted them, and SSRCs under keys, until the
 * relay thread goes on from there. */
struct handback {
	_Atomic uint32_t state;		/* enum handback_state */
	bool counted;			/* ssrc[] is there */
	bool keyed;			/* rx[] is there */
	struct rtpe_ssrc_counters ssrc[RTPE_SSRC_TRACKS];
	struct rtpe_srtp_state rx[RTPE_SRTP_STREAMS];
};

/* A slot that was moved with keys: to be told once more. */
struct kernel_again {
	uint32_t slot;
	uint32_t generation;
	uint32_t tick;			/* it was moved in */
};

/* What the API's caller knows of one slot. */
struct kernel_port {
	uint32_t place;			/* slot in the table + 1, 0 = not open there */
	bool ruled;			/* there is a rule for it */
	bool adopted;			/* by an earlier process, and not replaced yet */
	bool has_left;
	bool may_leave;			/* there is room for what it leaves */
	uint32_t generation;		/* of the slot */
	uint64_t waits_since;		/* monotonic µs, see above; 0: not */
	struct rtpe_addr told;		/* remote endpoint told last */
	uint8_t *rule;			/* as it came, or NULL */
	uint32_t rule_len;
	uint64_t seen;			/* packets the module had counted */
};

/* A port that an earlier process has left open, and nobody has claimed yet. */
struct kernel_heir {
	struct rtpe_addr local;
	uint32_t place;
	bool ruled;
	bool claimed;
};

struct kernel {
	struct rtpe_offload_opts opts;
	int fd;				/* -1: the module has gone */
	const struct rtpe_counters *counters;
	uint32_t *free;			/* places, the one given back longest ago first */
	uint32_t free_head, free_count;
	/* Of the core's slots; apart, for most touch none but the first. */
	struct kernel_port *ports;
	struct handback *back;
	struct rtpe_offload_slot *info;
	struct kernel_heir *heirs;	/* by address */
	uint32_t n_heirs;
	uint32_t cursor;		/* word of `ready` looked at next */
	uint32_t keyed_cursor;		/* slot whose keys are looked at next */
	uint32_t ticks;
	struct kernel_again *again;	/* in order, as many as the core has slots */
	uint32_t again_head, again_count;
	uint32_t waiting;		/* slots whose destinations are not certain */
	uint64_t next_probe;		/* monotonic µs */
	struct rtpe_offload_status status;
	uint8_t message[sizeof(struct rtpe_kernel_msg) + sizeof(struct rtpe_rule) +
			RTPE_MAX_OUTPUTS * sizeof(struct rtpe_output) +
			sizeof(struct rtpe_bundle)];
};

/* write(), but for tests. */
extern ssize_t (*kernel_write)(int fd, const void *buf, size_t len);

/* kernel_io.c. All return 0 or a negative errno. */
int kernel_attach(struct kernel *k, bool adopt, char *err, uint32_t err_len);
void kernel_detach(struct kernel *k);
int kernel_delete(const struct kernel *k);
/* The body lies in k->message behind its header. */
int kernel_send(struct kernel *k, uint16_t type, uint32_t place, uint32_t len);
/* The same for a body that lies elsewhere. */
int kernel_tell(struct kernel *k, uint16_t type, uint32_t place, const void *body,
		uint32_t len);
/* Whether the module is still there. */
bool kernel_alive(struct kernel *k);
/* Reads what an earlier process has left. */
int kernel_read_heirs(struct kernel *k);
/* Who was left at a local address and is not claimed yet, or NULL. */
struct kernel_heir *kernel_heir(const struct kernel *k, const struct rtpe_addr *local);

/* kernel_push.c */
/* Puts the slot's rule in force in the module, or replaces it there. -EAGAIN:
 * packets wait in its socket that came before. */
int kernel_push(struct rtpe_core *core, struct slot *slot);
/* Its packets come up again. */
void kernel_pull(struct rtpe_core *core, struct slot *slot);
/* Opens the slot's port in the module; 0 when it is. */
int kernel_place(struct rtpe_core *core, struct slot *slot);
/* Closes it there; what was counted stays. */
void kernel_displace(struct rtpe_core *core, struct slot *slot);
/* Tells where the slot's remote endpoint is now. */
int kernel_tell_remote(struct rtpe_core *core, struct slot *slot);

/* kernel_srtp.c */
/* What the slot's rule remembers goes to the module. */
int kernel_srtp_put(struct rtpe_core *core, struct slot *slot);
/* What the module remembers comes here. */
void kernel_srtp_take(struct rtpe_core *core, struct slot *slot);
/* All that the module remembers of a port; false when it has none of it. */
bool kernel_srtp_read(const struct rtpe_core *core, const struct slot *slot,
		      struct rtpe_srtp_port *m);
/* The relay thread's. */
void kernel_srtp_merge_received(struct slot *slot, const struct rtpe_srtp_state *states);

/* kernel_sum.c */
/* Counters of places that a slot has had: without sources, whose room is not
 * there. They outlive the process, as the core's own do. */
static inline struct rtpe_counters *kernel_left(const struct rtpe_core *core, uint32_t slot)
{
	return (struct rtpe_counters *)(void *)(core->counters_file.left +
						(size_t)slot * COUNTERS_LEFT);
}

void kernel_hand_back_srtp(struct kernel *k, struct slot *slot,
			   const struct rtpe_srtp_state *states);
/* The slot's counters in the module, or NULL. */
const struct rtpe_counters *kernel_counters(const struct kernel *k, uint32_t slot);
/* Sources go back to the relay thread. */
void kernel_hand_back(struct kernel *k, struct slot *slot);
/* Makes room for what the slot will leave: 0 or -ENOSPC. */
int kernel_may_leave(struct rtpe_core *core, uint32_t slot);
/* Counters survive the place they are counted at. */
void kernel_leave(struct rtpe_core *core, uint32_t slot);
/* The slot is somebody else's. */
void kernel_forget_left(struct rtpe_core *core, uint32_t slot);
/* `next` is what followed on `into`: one source, counted in two places. */
void source_join(struct rtpe_ssrc_counters *into, const struct rtpe_ssrc_counters *next);

/* kernel.c */
/* The slot was moved with keys. */
void kernel_once_more(struct rtpe_core *core, const struct slot *slot);
void kernel_rule_forget(struct kernel_port *p);
/* Every slot that is open. */
void kernel_each_slot(struct rtpe_core *core,
		      void (*fn)(struct rtpe_core *core, struct slot *slot));
static inline uint32_t kernel_ready_words(const struct rtpe_core *core)
{
	return (core->opts.max_slots + 63) / 64;
}

/* kernel_open.c */
void kernel_free(struct rtpe_core *core);

/* kernel.c, called by the rest of the core. All do nothing without a table. */
void kernel_slot_opened(struct rtpe_core *core, struct slot *slot);
void kernel_slot_closed(struct rtpe_core *core, struct slot *slot);
/* The compiled rule is in force by then. */
void kernel_rule_changed(struct rtpe_core *core, struct slot *slot, const void *rule,
			 uint32_t len);
void kernel_rule_cleared(struct rtpe_core *core, struct slot *slot);
void kernel_clock_rate(struct rtpe_core *core, struct slot *slot, uint8_t payload_type,
		       uint32_t rate);

#endif
