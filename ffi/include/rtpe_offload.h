/* SPDX-License-Identifier: MIT */
/*
 * Streams that the kernel module forwards: the core hands it what is learned
 * and steady, and takes it back when that ends. Called from the control thread,
 * as rtpe.h is. Without rtpe_offload_open() nothing here costs anything.
 *
 * While a stream is in the module its packets are counted there. What
 * rtpe_counters() shows is user space's part; rtpe_counters_sum() is both.
 */
#ifndef RTPE_OFFLOAD_H
#define RTPE_OFFLOAD_H

#include "rtpe.h"

/* How packets get to the module. */
enum rtpe_offload_hook {
	RTPE_HOOK_OFF = 0,		/* by firewall rules of somebody else */
	RTPE_HOOK_INPUT = 1,		/* behind the firewall rules of INPUT */
	RTPE_HOOK_EARLY = 2,		/* before connection tracking and routing */
};

struct rtpe_offload_opts {
	rtpe_u32 size;			/* sizeof(struct rtpe_offload_opts) */
	rtpe_u32 table;			/* 0..63; made when it is not there */
	rtpe_u32 hook;			/* enum rtpe_offload_hook */
	rtpe_u32 slots;			/* ports there is room for */
	rtpe_u32 lease_ms;		/* the module goes on that long without us */
	rtpe_u32 adopt;			/* take over what an earlier process left */
	rtpe_u32 retry_ms;		/* between attempts to get the table back */
	/* No table now is no failure: it is tried again. err says why all the same. */
	rtpe_u32 patient;
	/* The module's hooks only take packets with this mark, which a rule of
	 * nftables may have set before; 0: all. */
	rtpe_u32 mark;
	/* Where the module's files are, NUL-terminated; empty: /proc/rtpengine. */
	char proc[RTPE_PATH_MAX];
};

/* Takes control of a table, before any port is open. 0, or a negative errno
 * with a sentence in err: -ENOENT: no module; -EBUSY: the table is another
 * daemon's; -EPROTO: a module of another version. */
RTPE_EXPORT int rtpe_offload_open(struct rtpe_core *core, const struct rtpe_offload_opts *opts,
				  char *err, rtpe_u32 err_len);
/* Ports of the earlier process that nobody has opened again are closed in the
 * module. Returns how many. */
RTPE_EXPORT int rtpe_offload_adopted(struct rtpe_core *core);
/* Lets go of the table. keep: the module forwards on until the lease ends or
 * somebody takes over; else the table is deleted. */
RTPE_EXPORT int rtpe_offload_close(struct rtpe_core *core, rtpe_u32 keep);

struct rtpe_offload_status {
	rtpe_u32 up;			/* the table is ours; 0: the module has gone */
	rtpe_u32 streams;		/* ports whose packets the module forwards */
	rtpe_u32 missed;		/* with a rule, but their packets come to us */
	rtpe_u32 refused;		/* for want of room */
	rtpe_u64 pushed;		/* moves since the start */
	rtpe_u64 pulled;
};
/* Moves what is to be moved; to be called about ten times a second. 1: there is
 * more to do, 0: no more. status may be NULL. */
RTPE_EXPORT int rtpe_offload_tick(struct rtpe_core *core, struct rtpe_offload_status *status);

/* Why a port's packets are not forwarded by the module. */
enum rtpe_offload_why {
	RTPE_WHY_IN_KERNEL = 0,		/* they are */
	RTPE_WHY_NO_RULE = 1,
	RTPE_WHY_LEARNING = 2,		/* its remote endpoint may still change */
	RTPE_WHY_SINK_LEARNING = 3,	/* that of a destination may */
	RTPE_WHY_READ = 4,		/* every packet is read by user space */
	RTPE_WHY_NOWHERE = 5,		/* nothing to forward to */
	RTPE_WHY_UNSUPPORTED = 6,	/* the module cannot do what the rule says */
	RTPE_WHY_FULL = 7,		/* no room in the table, or no memory */
	RTPE_WHY_NO_MODULE = 8,		/* it has gone */
	RTPE_WHY_MISSED = 9,		/* nothing leads its packets to the module */
	RTPE_WHY_REFUSED = 10,		/* any other error */
	RTPE_WHY_SOON = 11,		/* it is about to be */
};

/* One per slot of the core. */
struct rtpe_offload_slot {
	rtpe_u8 counted;		/* the module has counters of it, or had */
	rtpe_u8 in_kernel;
	rtpe_u8 why;			/* enum rtpe_offload_why */
	rtpe_u8 pad;
};
/* max_slots of them, for the life of the core; NULL without a table. */
RTPE_EXPORT const struct rtpe_offload_slot *rtpe_offload_slots(struct rtpe_core *core);

/* The module's part of a slot's counters. */
struct rtpe_offload_share {
	rtpe_u64 rx_packets;
	rtpe_u64 rx_bytes;
	rtpe_u64 rx_errors;
	rtpe_u64 tx_errors;
	rtpe_u64 last_rx_us;
};
/* Counters of a slot, user space's and the module's together. No system call.
 * share may be NULL. -EBADF: no such slot. */
RTPE_EXPORT int rtpe_counters_sum(struct rtpe_core *core, rtpe_u32 slot,
				  struct rtpe_counters *sum, struct rtpe_offload_share *share);
/* last_rx_us of that sum, 0 without such a slot. */
RTPE_EXPORT rtpe_u64 rtpe_counters_last_rx(struct rtpe_core *core, rtpe_u32 slot);

#endif
