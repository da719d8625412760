/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The control protocol of the kernel module: what a daemon writes to
 * /proc/rtpengine/N/control. One message per write(), which returns the
 * message's length or a negative errno; nothing is changed by a message that
 * fails. The calls and their errors are those of rtpe.h.
 *
 * The first message is HELLO. Then the file can be
 *
 *   mapped     read-only: n_slots structs rtpe_counters, which are all there is
 *              to read statistics. Packets that go up to user space are not in
 *              them, except as `punted`: who receives them counts them.
 *   pread()    at offset SLOT, by any thread and without waiting for messages:
 *              the struct rtpe_srtp_port of an open port (all zeros where there
 *              were never keys; -ENOENT: it is not open)
 *
 * Moving a stream with keys. The module and the core each have their own struct
 * rtpe_srtp_port; what one has seen the other learns by merging, which may be
 * done at any time and any number of times:
 *
 *   down     SRTP_PUT of what the core remembers; RULE_SET when no packet waits
 *            in the port's socket, for one that is overtaken by more than a
 *            window is too old to tell; SRTP_PUT once more when none can wait
 *            there that came before
 *   up       RULE_CLEAR, SYNC, then rtpe_srtp_merge() of what pread() returns
 *   between  of a packet that comes up SRTP_CLAIM before it is forwarded: its
 *            twin may be under way in the module
 *   always   of a packet that comes up, and of one that the core sends, the
 *            rollover counter is guessed after rtpe_srtp_note() of the `top`
 *            that pread() returns, where that is higher
 *
 * SRTP_PUT and SRTP_CLAIM wait for no other message: any thread may send them,
 * with a packet in its hands.
 *
 * Layout rules: those of rtpe_rule.h.
 */
#ifndef RTPE_KERNEL_H
#define RTPE_KERNEL_H

#include "rtpe_counters.h"
#include "rtpe_rule.h"
#include "rtpe_srtp.h"

#define RTPE_KERNEL_VERSION 2u

enum {
	RTPE_KERNEL_TABLES = 64,
	RTPE_KERNEL_MAX_SLOTS = 1 << 17,
	RTPE_KERNEL_MAX_LEASE_MS = 3600 * 1000,
	RTPE_KERNEL_MIN_COPY_BYTES = 1 << 17,
	RTPE_KERNEL_MAX_COPY_BYTES = 1 << 26,
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
	/* Structs rtpe_kernel_srtp, 1..RTPE_KERNEL_SRTP_MAX: merged into what the
	 * port remembers. -ENOSPC: no place for so many SSRCs. */
	RTPE_KERNEL_SRTP_PUT = 8,
	/* No body, slot 0: returns when no packet is under way any more by rules
	 * that were replaced or cleared before. */
	RTPE_KERNEL_SYNC = 9,
	/* RTPE_SSRC_TRACKS structs rtpe_ssrc_counters: the port's statistics of
	 * SSRCs go on from these. -EINVAL: they contradict themselves. */
	RTPE_KERNEL_TRACKS_SET = 10,
	/* Struct rtpe_kernel_srtp: the one index `top` is taken, seen[] is not
	 * looked at. -EALREADY: a packet of the port had it, or it is too old to
	 * tell; -ENOSPC as above. */
	RTPE_KERNEL_SRTP_CLAIM = 11,
};

struct rtpe_kernel_msg {
	rtpe_u32 size;			/* of the whole message */
	rtpe_u16 version;		/* RTPE_KERNEL_VERSION */
	rtpe_u16 type;			/* enum rtpe_kernel_type */
	rtpe_u32 slot;			/* 0 for HELLO and SYNC */
	rtpe_u32 flags;			/* RULE_SET: enum rtpe_kernel_rule_flags */
};

enum rtpe_kernel_rule_flags {
	/* Media that `punt` names are forwarded here, and a copy in clear is put
	 * in the queue `copies`; without this they go up instead. */
	RTPE_KERNEL_RULE_COPY = 1 << 0,
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
	 * which media packets of open ports then remain invisible, in and out. */
	RTPE_KERNEL_HOOK_EARLY = 1 << 2,
};

/* Sizes are sizeof() as the daemon was compiled: -EPROTO when one differs. */
struct rtpe_kernel_hello {
	rtpe_u32 rule_abi;		/* RTPE_RULE_ABI */
	rtpe_u16 rule_size;
	rtpe_u16 output_size;
	rtpe_u16 bundle_size;
	rtpe_u16 counters_size;
	rtpe_u16 srtp_size;		/* of struct rtpe_srtp_port */
	rtpe_u16 pad;
	rtpe_u32 flags;			/* enum rtpe_kernel_hello_flags */
	rtpe_u32 n_slots;		/* 1..RTPE_KERNEL_MAX_SLOTS */
	rtpe_u32 lease_ms;		/* rules go on that long after the daemon
					 * went away; 0 = not at all */
	/* Hooks only take packets whose mark & mark_mask is mark, which rules of
	 * nftables may have set; both 0: all. */
	rtpe_u32 mark;
	rtpe_u32 mark_mask;
	rtpe_u32 copy_bytes;		/* room for copies: 0, or a power of two from
					 * RTPE_KERNEL_MIN_ to _MAX_COPY_BYTES */
	rtpe_u32 pad2;
};

struct rtpe_kernel_clock_rate {
	rtpe_u32 payload_type;		/* 0..127 */
	rtpe_u32 hz;			/* 0 = forget it, at most 1,000,000 */
};

enum { RTPE_KERNEL_SRTP_MAX = 2 * RTPE_SRTP_STREAMS };

struct rtpe_kernel_srtp {
	rtpe_u32 sent;			/* 0: it arrives at the port, 1: leaves from it */
	rtpe_u32 pad;
	struct rtpe_srtp_state state;	/* key not 0; `used` is not looked at */
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

/* One record of the file `copies`, whose read() returns as many whole ones as
 * fit (-EMSGSIZE: not even one does; one fits in 64 KiB + its header), and never
 * waits (-EAGAIN: there are none): who records looks every so many milliseconds.
 * The packet follows, padded to 8 bytes. Made for rules with
 * RTPE_KERNEL_RULE_COPY. */
struct rtpe_kernel_copy {
	rtpe_u32 size;			/* of the record with packet and padding */
	rtpe_u32 slot;			/* where it arrived */
	rtpe_u64 time_us;		/* CLOCK_REALTIME */
	rtpe_u32 len;			/* of the packet: RTP or RTCP in clear */
	rtpe_u32 lost;			/* copies for which there was no room, so far */
	struct rtpe_addr src;
};

/* Makes `to` remember what `from` has seen, too. */
static inline void rtpe_srtp_merge(struct rtpe_srtp_window *to,
				   const struct rtpe_srtp_window *from)
{
	rtpe_u64 i;

	if (!(from->seen[0] & 1))
		return;
	for (i = RTPE_SRTP_WINDOW; i-- > 0;)
		if (from->seen[i / 64] >> i % 64 & 1 && from->top >= i)
			rtpe_srtp_note(to, from->top - i);
}

#endif
