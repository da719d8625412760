/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The control protocol of the kernel module: what a daemon writes to
 * /proc/rtpengine/N/control. One message per write(), which returns the
 * message's length or a negative errno; nothing is changed by a message that
 * fails. The calls and their errors are those of rtpe.h.
 *
 * The first message is HELLO. The file can then be mapped, read-only:
 * n_slots structs rtpe_counters, which are all there is to read statistics.
 * Packets that go up to user space are not in them, except as `punted`: who
 * receives them counts them.
 *
 * Layout rules: those of rtpe_rule.h.
 */
#ifndef RTPE_KERNEL_H
#define RTPE_KERNEL_H

#include "rtpe_counters.h"
#include "rtpe_rule.h"

#define RTPE_KERNEL_VERSION 1u

enum {
	RTPE_KERNEL_TABLES = 64,
	RTPE_KERNEL_MAX_SLOTS = 1 << 17,
	RTPE_KERNEL_MAX_LEASE_MS = 3600 * 1000,
};

enum rtpe_kernel_type {
	RTPE_KERNEL_HELLO = 1,		/* struct rtpe_kernel_hello */
	RTPE_KERNEL_PORT_OPEN = 2,	/* struct rtpe_addr: the local address */
	RTPE_KERNEL_PORT_CLOSE = 3,	/* no body; also takes its rule away */
	RTPE_KERNEL_RULE_SET = 4,	/* struct rtpe_rule and what follows it */
	RTPE_KERNEL_RULE_CLEAR = 5,	/* no body; its packets go up to the socket */
	RTPE_KERNEL_REMOTE_SET = 6,	/* struct rtpe_addr: where outputs with
					 * RTPE_OUT_FOLLOW send from this slot */
	RTPE_KERNEL_CLOCK_RATE = 7,	/* struct rtpe_kernel_clock_rate */
};

struct rtpe_kernel_msg {
	rtpe_u32 size;			/* of the whole message */
	rtpe_u16 version;		/* RTPE_KERNEL_VERSION */
	rtpe_u16 type;			/* enum rtpe_kernel_type */
	rtpe_u32 slot;			/* 0 for HELLO */
	rtpe_u32 pad;			/* 0 */
};

enum rtpe_kernel_hello_flags {
	/* Ports and rules of a daemon that went away stay as they are. -ESTALE:
	 * there are none, or they are of another network namespace, or of
	 * another number of slots. */
	RTPE_KERNEL_ADOPT = 1 << 0,
	/* The module takes packets by netfilter hooks of its own: where an
	 * iptables rule in INPUT would, behind all of them, ... */
	RTPE_KERNEL_HOOK_INPUT = 1 << 1,
	/* ... or before routing, connection tracking and firewall rules, to
	 * which media packets of open ports then remain invisible. */
	RTPE_KERNEL_HOOK_EARLY = 1 << 2,
};

/* Sizes are sizeof() as the daemon was compiled: -EPROTO when one differs. */
struct rtpe_kernel_hello {
	rtpe_u32 rule_abi;		/* RTPE_RULE_ABI */
	rtpe_u16 rule_size;
	rtpe_u16 output_size;
	rtpe_u16 bundle_size;
	rtpe_u16 counters_size;
	rtpe_u32 flags;			/* enum rtpe_kernel_hello_flags */
	rtpe_u32 n_slots;		/* 1..RTPE_KERNEL_MAX_SLOTS */
	rtpe_u32 lease_ms;		/* rules go on that long after the daemon
					 * went away; 0 = not at all */
};

struct rtpe_kernel_clock_rate {
	rtpe_u32 payload_type;		/* 0..127 */
	rtpe_u32 hz;			/* 0 = forget it, at most 1,000,000 */
};

/* One record of the file `blist`: a port that is open. */
struct rtpe_kernel_port {
	rtpe_u32 size;			/* of the record */
	rtpe_u32 slot;
	struct rtpe_addr local;
	struct rtpe_addr remote;	/* family 0 = none */
	rtpe_u32 has_rule;
	rtpe_u32 n_outputs;
};

#endif
