/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Counting: in memory that others read at any time, so every field is written
 * whole. Reception statistics per SSRC as in RFC 3550 appendix A.1, A.3 and A.8.
 * One writer at a time: the relay thread of the slot, in the kernel whoever
 * holds the port's lock.
 */
#ifndef RTPE_STATS_H
#define RTPE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rtpe_counters.h"

#ifdef __KERNEL__
#include <linux/compiler.h>
#include <linux/math64.h>

#define COUNT_READ(field) READ_ONCE(field)
#define COUNT_SET(field, v) WRITE_ONCE(field, v)
#else
#define COUNT_READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define COUNT_SET(field, v) __atomic_store_n(&(field), (v), __ATOMIC_RELAXED)

static inline uint64_t div_u64(uint64_t n, uint32_t by)
{
	return n / by;
}
#endif

#define COUNT(field, n) COUNT_SET(field, COUNT_READ(field) + (n))

/* What the writer remembers and nobody reads. */
struct track {
	uint64_t window;		/* bit i: max_seq - i was received */
	uint64_t last;			/* monotonic µs */
	uint32_t bad_seq;		/* next one confirms a restart; > 0xffff none */
	uint16_t bad_bytes;		/* size of the packet that set it */
	uint16_t bad_payload;		/* and of its payload */
	bool has_transit;
};

/* A payload type and its RTP clock rate in one word, so that it can be set
 * while the writer reads; 0 = unused. */
typedef rtpe_u64 clock_rate;

static inline clock_rate clock_rate_make(uint8_t pt, uint32_t hz)
{
	return (clock_rate)hz << 8 | pt;
}

static inline uint8_t clock_rate_pt(clock_rate v)
{
	return (uint8_t)v;
}

static inline uint32_t clock_rate_hz(clock_rate v)
{
	return (uint32_t)(v >> 8);
}

/* Remembers the clock rate of a payload type; hz 0 forgets it. -EINVAL: there is
 * no such type or rate; -ENOSPC: there is no place. */
int clock_rates_set(clock_rate *rates, uint32_t payload_type, uint32_t hz);

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

/* The track of an SSRC. *known is false of one that begins here, where seq is
 * expected first; -1: there is none to spare. */
int stats_track(struct rtpe_ssrc_counters *tracks, struct track *own, uint32_t ssrc,
		uint16_t seq, const struct arrival *at, bool *known);

/* The track goes on from counters that are not its own: what it remembers is
 * their highest sequence number and nothing else. */
void track_resume(struct track *own, uint64_t now);

/* The place of a payload type, taken where it has none; -1: there is none left. */
static inline int stats_payload_place(struct rtpe_counters *c, uint8_t payload_type)
{
	uint8_t mark = (uint8_t)(payload_type | 0x80);

	for (int i = 0; i < RTPE_PAYLOAD_TYPES; i++) {
		if (!c->payload_type[i])
			COUNT_SET(c->payload_type[i], mark);
		if (c->payload_type[i] == mark)
			return i;
	}
	return -1;
}

/* Counts what came under a payload type. */
static inline void stats_payload(struct rtpe_counters *c, uint8_t payload_type, uint64_t packets,
				 uint64_t bytes)
{
	int i = stats_payload_place(c, payload_type);

	if (i < 0)
		return;
	COUNT(c->payload[i].packets, packets);
	COUNT(c->payload[i].bytes, bytes);
}

/* Adds what was counted elsewhere. */
static inline void stats_payloads_add(struct rtpe_counters *c, const struct rtpe_counters *other)
{
	for (int i = 0; i < RTPE_PAYLOAD_TYPES; i++) {
		uint8_t mark = COUNT_READ(other->payload_type[i]);

		if (mark)
			stats_payload(c, mark & 0x7f, COUNT_READ(other->payload[i].packets),
				      COUNT_READ(other->payload[i].bytes));
	}
}

#endif
