/* SPDX-License-Identifier: MIT */
/*
 * The relay core's API: one flat set of functions around one handle, bound by
 * src/relay/ffi.ts. Unless said otherwise a function returns 0 or a positive
 * value, or a negative errno; it never blocks for longer than a system call
 * that opens or closes a socket, and it may be called from one control thread
 * at a time while the core's own threads forward packets.
 */
#ifndef RTPE_H
#define RTPE_H

#include "rtpe_counters.h"
#include "rtpe_rule.h"
#include "rtpe_srtp.h"

#define RTPE_EXPORT __attribute__((visibility("default")))

struct rtpe_core;

/* How packets get from the network to the core. */
enum rtpe_mode {
	RTPE_MODE_AUTO = 0,	/* STEER when the privileges exist, else SOCKETS */
	RTPE_MODE_STEER = 1,	/* sk_lookup BPF to one socket per thread, raw sends */
	RTPE_MODE_SOCKETS = 2,	/* one UDP socket per open port, epoll */
};

/* Bits of rtpe_core_opts.flags. */
enum rtpe_core_flags {
	/* STEER: keep a socket bound to each open port, so that no other program
	 * can be given it. Not needed where the ports are reserved
	 * (net.ipv4.ip_local_reserved_ports). */
	RTPE_CORE_HOLD_PORTS = 1 << 0,
};

enum { RTPE_PATH_MAX = 240 };

struct rtpe_core_opts {
	rtpe_u32 size;		/* sizeof(struct rtpe_core_opts) */
	rtpe_u32 mode;		/* enum rtpe_mode */
	rtpe_u32 threads;	/* relay threads, 1..64 */
	rtpe_u32 max_slots;	/* open ports at once, 2..1048576 */
	rtpe_u32 punt_ring_bytes;	/* power of two, >= 65536 */
	rtpe_u32 ctl_ring_bytes;	/* power of two, >= 262144 */
	rtpe_u32 punt_rate;	/* punted packets per second and slot; of STUN and DTLS:
				 * per slot and source (ffi/src/punts.h) */
	rtpe_u32 coalesce_us;	/* longest extra wait for a fuller batch; 0 = none */
	rtpe_u32 rcvbuf_bytes;	/* receive buffer asked for each socket */
	rtpe_u32 flags;		/* enum rtpe_core_flags */
	/* File that holds the counters, NUL-terminated: it keeps them when the
	 * process is killed. Made by the core, which must not find it there, and
	 * not removed. Empty: memory of the process. */
	char counters_path[RTPE_PATH_MAX];
};
/* punt_ring_bytes is per relay thread. */

/* Creates a core and starts its threads. On failure returns NULL and writes
 * a NUL-terminated sentence to err. */
RTPE_EXPORT struct rtpe_core *rtpe_core_new(const struct rtpe_core_opts *opts,
					    char *err, rtpe_u32 err_len);
/* Stops the threads, closes every port, frees everything. NULL is fine. */
RTPE_EXPORT void rtpe_core_free(struct rtpe_core *core);
/* RTPE_MODE_STEER or RTPE_MODE_SOCKETS: what is in use. */
RTPE_EXPORT int rtpe_core_mode(const struct rtpe_core *core);
/* Why STEER is not in use, as a sentence ("" when it is). Returns its length. */
RTPE_EXPORT int rtpe_core_mode_reason(const struct rtpe_core *core, char *buf,
				      rtpe_u32 len);

/* Called when a ring goes from drained to non-empty, from a thread that does
 * nothing else: it may block for as long as it likes without holding up a
 * packet or any other call. After rtpe_core_free() one call that had already
 * begun may still be under way; fn must outlive it. NULL: no bell. */
typedef void (*rtpe_doorbell)(void);
RTPE_EXPORT int rtpe_core_doorbell(struct rtpe_core *core, rtpe_doorbell fn);

/* ---- ports ---------------------------------------------------------- */

/* Opens a local UDP port. Returns its slot (0..max_slots-1), which is also
 * the index of its counters. -EADDRINUSE: taken, by us or by anybody (where
 * ports are opened by the thousands a second: by anybody 0.1 s ago);
 * -EADDRNOTAVAIL: not an address of this host; -ENOSPC: no slot left. */
RTPE_EXPORT int rtpe_port_open(struct rtpe_core *core, const struct rtpe_addr *local);
/* Closes it: when this returns no packet is taken from or sent by it. The
 * slot's counters stay readable until the slot is opened again. */
RTPE_EXPORT int rtpe_port_close(struct rtpe_core *core, rtpe_u32 slot);
/* Closes n ports with one wait for all of them. Slots that are not open are
 * skipped. Returns how many were closed. */
RTPE_EXPORT int rtpe_ports_close(struct rtpe_core *core, const rtpe_u32 *slots,
				 rtpe_u32 n);
/* Installs a rule (replacing the old one atomically), len bytes as described
 * in rtpe_rule.h. -EINVAL: the rule contradicts itself; -ENOENT: an output
 * names a slot that is not open; -EOPNOTSUPP: a cipher this build lacks;
 * nothing changed. An output stops working when its slot is closed, also when
 * the slot number is opened again. Without RTPE_RULE_RELEARN what was learned
 * is kept, unless `remote` differs from the previous rule's. */
RTPE_EXPORT int rtpe_rule_set(struct rtpe_core *core, rtpe_u32 slot,
			      const void *rule, rtpe_u32 len);
/* Removes the rule; packets are counted and dropped until there is another. */
RTPE_EXPORT int rtpe_rule_clear(struct rtpe_core *core, rtpe_u32 slot);
/* Sends one datagram from the slot's port to dst (dst->family 0: to the
 * slot's current remote endpoint). */
RTPE_EXPORT int rtpe_port_send(struct rtpe_core *core, rtpe_u32 slot,
			       const struct rtpe_addr *dst, const void *buf,
			       rtpe_u32 len);

/* The same for an RTCP packet that is to leave under keys (SRTCP). -EINVAL: the
 * keys contradict themselves, or it is no RTCP; -EKEYEXPIRED: they are used up. */
RTPE_EXPORT int rtpe_port_send_srtcp(struct rtpe_core *core, rtpe_u32 slot,
				     const struct rtpe_addr *dst, const void *buf,
				     rtpe_u32 len, const struct rtpe_srtp *keys);

/* Tells the RTP clock rate (Hz) of a payload type on a slot, for jitter. Up to
 * RTPE_CLOCK_RATES per slot (-ENOSPC); rate 0 forgets it. Others: 8000. */
RTPE_EXPORT int rtpe_clock_rate_set(struct rtpe_core *core, rtpe_u32 slot,
				    rtpe_u8 payload_type, rtpe_u32 rate);

/* ---- counters ------------------------------------------------------- */

/* A port goes on from what a former core counted and learned on it: adds the
 * counts of past (len = its size), takes over its RTP sources and, unless the
 * first rule turns learning off or says RTPE_RULE_RELEARN, its remote endpoint.
 * Call it after the port was opened and before its first rule. Times in the
 * future count as now. -EINVAL: past contradicts itself or the port;
 * -EBUSY: there was a rule, or past counters, before. */
RTPE_EXPORT int rtpe_port_restore(struct rtpe_core *core, rtpe_u32 slot,
				  const struct rtpe_counters *past, rtpe_u32 len);

/* The same for SRTP: rollover counters and replay windows go on under the keys
 * they belong to. Call it after the port was opened and before any rule has keys
 * on it; a counters file has one struct rtpe_srtp_port per slot, behind the
 * max_slots counters. -EINVAL, -EBUSY as above; -ENOSPC: the counters file is full. */
RTPE_EXPORT int rtpe_srtp_restore(struct rtpe_core *core, rtpe_u32 slot,
				  const struct rtpe_srtp_port *past, rtpe_u32 len);

/* What is remembered of SRTP on one port is remembered on another, too: a party
 * moves there under the same keys. Call it before the rule of `to`, and those of
 * whoever sends from it, have the keys. -EBADF; -EBUSY: what arrives at `to` is
 * opened already; -ENOSPC as above. */
RTPE_EXPORT int rtpe_srtp_move(struct rtpe_core *core, rtpe_u32 from, rtpe_u32 to);

/* The array of max_slots counters, valid for the life of the core. */
RTPE_EXPORT struct rtpe_counters *rtpe_counters(struct rtpe_core *core);

/* Core-wide numbers, one struct per thread. */
struct rtpe_thread_counters {
	rtpe_u64 wakeups;
	rtpe_u64 batches;
	rtpe_u64 rx_packets;
	rtpe_u64 tx_packets;
	rtpe_u64 rx_unknown;		/* no open slot for the destination */
	rtpe_u64 rx_overflow;		/* SO_RXQ_OVFL: lost before we could read */
	rtpe_u64 tx_errors;
	rtpe_u64 cpu_ns;		/* CLOCK_THREAD_CPUTIME_ID, refreshed about once a second */
};
RTPE_EXPORT int rtpe_thread_counters(struct rtpe_core *core, rtpe_u32 thread,
				     struct rtpe_thread_counters *out);

/* ---- rings: what the core tells TypeScript ---------------------------- */

enum rtpe_event_type {
	RTPE_EVENT_PUNT = 1,		/* payload = the packet; reason = its class */
	RTPE_EVENT_REMOTE = 2,		/* slot's remote endpoint changed (reason 0) or
					 * was confirmed (1); src = the endpoint */
	RTPE_EVENT_DATAGRAM = 3,	/* control datagram on control socket `slot` */
	RTPE_EVENT_CAPTURE = 4,		/* copy of a packet, see rtpe_capture.h */
};

/* Header of one record; payload follows, padded to 8 bytes. */
struct rtpe_event {
	rtpe_u32 len;			/* whole record with header and padding */
	rtpe_u16 type;
	rtpe_u16 reason;
	rtpe_u32 slot;
	rtpe_u32 payload_len;
	rtpe_u64 time_us;		/* CLOCK_REALTIME */
	struct rtpe_addr src;
	struct rtpe_addr dst;		/* local address the packet was sent to */
};

enum rtpe_ring_id { RTPE_RING_PUNT = 0, RTPE_RING_CTL = 1 };
/* Copies whole records into buf; returns the bytes copied (0 = drained, the
 * doorbell will ring again). Control datagrams are taken from their sockets
 * here; after some have come it may stay up to 0.25 ms for the next, where
 * that was worth it the last times. Records that did not fit stay in the ring;
 * -ENOBUFS: not even one fits, and buf is shorter than 65536 + a header. */
RTPE_EXPORT int rtpe_ring_drain(struct rtpe_core *core, rtpe_u32 ring, void *buf,
				rtpe_u32 len);
/* Records lost because the ring (of control datagrams: the socket's receive
 * buffer) was full. */
RTPE_EXPORT rtpe_u64 rtpe_ring_lost(struct rtpe_core *core, rtpe_u32 ring);

/* ---- control datagram sockets ----------------------------------------- */

/* Opens a UDP socket whose datagrams appear in RTPE_RING_CTL with their
 * destination address (IP_PKTINFO), so that a reply can leave from the
 * address that was asked, also when bound to a wildcard. port 0: any, see
 * *bound. Returns its id. */
RTPE_EXPORT int rtpe_ctl_open(struct rtpe_core *core, const struct rtpe_addr *local,
			      rtpe_u8 tos, struct rtpe_addr *bound);
RTPE_EXPORT int rtpe_ctl_send(struct rtpe_core *core, rtpe_u32 id,
			      const struct rtpe_addr *src, const struct rtpe_addr *dst,
			      const void *buf, rtpe_u32 len);
RTPE_EXPORT int rtpe_ctl_close(struct rtpe_core *core, rtpe_u32 id);

/* ---- the host ----------------------------------------------------------- */

/* The address the host would send from to reach dst (its port is not looked
 * at); src->port is 0. -ENETUNREACH and the like: there is no route. */
RTPE_EXPORT int rtpe_route_source(const struct rtpe_addr *dst,
				  struct rtpe_addr *src);

/* ---- facts about the build -------------------------------------------- */

/* One "name offset size" line per field and one "struct NAME size" line per
 * struct of rtpe_rule.h and of this file, so that the TypeScript side takes
 * its layout from the library. Returns the length needed. */
RTPE_EXPORT int rtpe_abi_describe(char *buf, rtpe_u32 len);
/* Known-answer checks (parser, checksum, learning, rings). 0 or -errno with a
 * sentence in err. Run once at start. */
RTPE_EXPORT int rtpe_selftest(char *err, rtpe_u32 len);

#endif
