/* SPDX-License-Identifier: MIT */
/*
 * Reception statistics per SSRC (RFC 3550 appendix A.1, A.3, A.8). One writer:
 * the relay thread of the slot.
 */
#ifndef RTPE_STATS_H
#define RTPE_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "rtpe.h"

/* What the writer remembers and nobody reads. */
struct track {
	uint64_t window;		/* bit i: max_seq - i was received */
	uint64_t last;			/* monotonic µs */
	uint32_t bad_seq;		/* next one confirms a restart; > 0xffff none */
	uint16_t bad_bytes;		/* size of the packet that set it */
	uint16_t bad_payload;		/* and of its payload */
	uint8_t has_transit;
};

/* A payload type and its RTP clock rate in one word, so that the API can set
 * it while the relay thread reads; 0 = unused. */
typedef _Atomic uint64_t clock_rate;

static inline uint64_t clock_rate_make(uint8_t pt, uint32_t hz)
{
	return (uint64_t)hz << 8 | pt;
}

static inline uint8_t clock_rate_pt(uint64_t v)
{
	return (uint8_t)v;
}

static inline uint32_t clock_rate_hz(uint64_t v)
{
	return (uint32_t)(v >> 8);
}

struct arrival {
	uint64_t now;			/* monotonic µs */
	uint64_t wall;			/* CLOCK_REALTIME µs */
	size_t bytes;
	const clock_rate *rates;	/* RTPE_CLOCK_RATES of them */
};

/* A track that had no packet for so long may be given to another SSRC. */
#define TRACK_IDLE_US 2000000u
#define DEFAULT_CLOCK_RATE 8000u

/* Counts an RTP packet that is valid and of at->bytes bytes. Returns 1 when its SSRC was not known before,
 * also when there was no track to spare for it; 0 otherwise. */
int stats_rtp(struct rtpe_ssrc_counters *tracks, struct track *own, const uint8_t *rtp,
	      const struct arrival *at);

/* The track goes on from counters that are not its own: what it remembers is
 * their highest sequence number and nothing else. */
void track_resume(struct track *own, uint64_t now);

#endif
