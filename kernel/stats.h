/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting: in memory that a daemon reads at any time, so every field is
 * written whole. Reception statistics per SSRC as in RFC 3550 appendix A.1, A.3
 * and A.8.
 */
#ifndef RTPEDGE_STATS_H
#define RTPEDGE_STATS_H

#include <linux/atomic.h>
#include <linux/compiler.h>

#include "rtpe_counters.h"

enum { RATES_MAX = 8, DEFAULT_RATE = 8000 };

/* RTP clock rate of a payload type; hz 0 = unused. */
struct clock_rate {
	u32 hz;
	u8 payload_type;
};

/* What is remembered per SSRC and nobody reads. */
struct track {
	u64 window;			/* bit i: max_seq - i was received */
	u64 last;			/* monotonic µs */
	u32 bad_seq;			/* next one confirms a restart; > 0xffff none */
	u16 bad_bytes;			/* size of the packet that set it */
	u16 bad_payload;		/* and of its payload */
	bool has_transit;
};

struct arrival {
	u64 now;			/* monotonic µs */
	u64 wall;			/* CLOCK_REALTIME µs */
	u32 bytes;
	const struct clock_rate *rates;	/* RATES_MAX of them */
};

/* Fields with one writer at a time. */
#define COUNT(field, n) WRITE_ONCE(field, (field) + (n))

/* Fields with several writers. */
static inline void count_shared(rtpe_u64 *field, u64 n)
{
	BUILD_BUG_ON(sizeof(atomic64_t) != sizeof(*field));
	atomic64_add(n, (atomic64_t *)field);
}

/* Whether an SSRC has a track. */
bool stats_knows(const struct rtpe_ssrc_counters *tracks, u32 ssrc);
/* Gives an SSRC a track, if there is one to spare, whose first packet is the
 * one after seq. */
void stats_expect(struct rtpe_ssrc_counters *tracks, struct track *own, u32 ssrc, u16 seq,
		  const struct arrival *at);
/* Tracks go on from counters that are not their own. */
void stats_resume(struct track *own, u64 now);
/* Counts a valid RTP packet of at->bytes bytes. */
void stats_rtp(struct rtpe_ssrc_counters *tracks, struct track *own, const u8 *rtp,
	       const struct arrival *at);

#endif
