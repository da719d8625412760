// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <linux/math64.h>
#include <linux/string.h>

#include "classify.h"
#include "compat.h"

enum {
	MAX_DROPOUT = 3000,	/* RFC 3550 A.1 */
	MAX_MISORDER = 100,
	NO_BAD_SEQ = 0x10000,
	MAX_TRANSIT_JUMP_S = 10,
	IDLE_US = 2000000,	/* then a track may be given to another SSRC */
};

bool stats_knows(const struct rtpe_ssrc_counters *tracks, u32 ssrc)
{
	int i;

	for (i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (READ_ONCE(tracks[i].in_use) && READ_ONCE(tracks[i].ssrc) == ssrc)
			return true;
	return false;
}

/* The track of ssrc; else a free one; else the one idle for longest, if it is
 * idle at all; else -1. */
static int track_find(const struct rtpe_ssrc_counters *tracks, const struct track *own,
		      u32 ssrc, u64 now, bool *known)
{
	int victim = -1, i;

	*known = true;
	for (i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (tracks[i].in_use && tracks[i].ssrc == ssrc)
			return i;
	*known = false;
	for (i = 0; i < RTPE_SSRC_TRACKS; i++) {
		if (!tracks[i].in_use)
			return i;
		if (now - own[i].last < IDLE_US)
			continue;
		if (victim < 0 || own[i].last < own[victim].last)
			victim = i;
	}
	return victim;
}

static void track_start(struct rtpe_ssrc_counters *c, struct track *t, u32 ssrc, u16 seq,
			const struct arrival *at)
{
	memset(c, 0, sizeof(*c));
	memset(t, 0, sizeof(*t));
	c->ssrc = ssrc;
	/* One cycle ahead, so that what arrives late before it has a number. */
	c->base_seq = 0x10000 | seq;
	c->max_seq = c->base_seq - 1;
	c->clock_rate = DEFAULT_RATE;
	c->first_us = at->wall;
	t->bad_seq = NO_BAD_SEQ;
	t->last = at->now;
	WRITE_ONCE(c->in_use, 1);
}

/* RFC 3550 A.1 without probation. How many packets count now: 0 for a jump
 * nobody confirmed yet, 2 for the packet that confirms it. */
static unsigned int track_sequence(struct rtpe_ssrc_counters *c, struct track *t, u16 seq)
{
	u16 delta = seq - (u16)c->max_seq;
	u32 expected, back = 0x10000 - delta;

	if (delta == 0) {
		COUNT(c->duplicates, 1);
	} else if (delta < MAX_DROPOUT) {
		COUNT(c->max_seq, delta);
		t->window = delta < 64 ? t->window << delta | 1 : 1;
	} else if (back < MAX_MISORDER) {
		if (back < 64 && t->window >> back & 1) {
			COUNT(c->duplicates, 1);
		} else {
			COUNT(c->reordered, 1);
			if (back < 64)
				t->window |= 1ull << back;
		}
	} else {
		if (seq != t->bad_seq) {
			t->bad_seq = (u16)(seq + 1);
			return 0;
		}
		/* Two in a row from there: the sender has restarted. What was
		 * lost so far stays lost, these two are expected and here. */
		expected = c->max_seq - c->base_seq + 1;
		WRITE_ONCE(c->max_seq, ((c->max_seq | 0xffff) + 1) | seq);
		WRITE_ONCE(c->base_seq, c->max_seq - expected - 1);
		COUNT(c->resets, 1);
		t->window = 3;
		t->bad_seq = NO_BAD_SEQ;
		t->has_transit = false;
		return 2;
	}
	t->bad_seq = NO_BAD_SEQ;
	return 1;
}

static u32 rate_of(const struct clock_rate *rates, u8 pt)
{
	int i;

	for (i = 0; i < RATES_MAX; i++)
		if (rates[i].hz && rates[i].payload_type == pt)
			return rates[i].hz;
	return DEFAULT_RATE;
}

/* RFC 3550 A.8. A jump of more than ten seconds is a new time base, not
 * jitter. */
static void track_jitter(struct rtpe_ssrc_counters *c, struct track *t, u32 ts,
			 const struct arrival *at, u32 rate)
{
	u32 transit = (u32)div_u64(at->now * rate, 1000000) - ts;
	s64 d = (s32)(transit - c->transit);

	if (rate != c->clock_rate) {
		/* The estimate keeps its length in time. */
		WRITE_ONCE(c->jitter_x16,
			   (u32)div_u64((u64)c->jitter_x16 * rate, c->clock_rate));
		WRITE_ONCE(c->clock_rate, rate);
		t->has_transit = false;
	}
	WRITE_ONCE(c->transit, transit);
	if (!t->has_transit) {
		t->has_transit = true;
		return;
	}
	if (d < 0)
		d = -d;
	if (d <= (s64)rate * MAX_TRANSIT_JUMP_S)
		COUNT(c->jitter_x16, (u32)d - ((c->jitter_x16 + 8) >> 4));
}

void stats_expect(struct rtpe_ssrc_counters *tracks, struct track *own, u32 ssrc, u16 seq,
		  const struct arrival *at)
{
	bool known;
	int i = track_find(tracks, own, ssrc, at->now, &known);

	if (i >= 0 && !known)
		track_start(&tracks[i], &own[i], ssrc, seq + 1, at);
}

void stats_resume(struct track *own, u64 now)
{
	int i;

	memset(own, 0, RTPE_SSRC_TRACKS * sizeof(*own));
	for (i = 0; i < RTPE_SSRC_TRACKS; i++) {
		own[i].window = 1;
		own[i].last = now;
		own[i].bad_seq = NO_BAD_SEQ;
	}
}

void stats_rtp(struct rtpe_ssrc_counters *tracks, struct track *own, const u8 *rtp,
	       const struct arrival *at)
{
	u32 ssrc = get_unaligned_be32(rtp + 8), ts = get_unaligned_be32(rtp + 4);
	u32 payload = rtp_payload(rtp, at->bytes).len;
	u16 seq = get_unaligned_be16(rtp + 2);
	u8 pt = rtp[1] & 0x7f;
	struct rtpe_ssrc_counters *c;
	struct track *t;
	unsigned int counted;
	bool known;
	int i = track_find(tracks, own, ssrc, at->now, &known);

	if (i < 0)
		return;
	c = &tracks[i];
	t = &own[i];
	if (!known)
		track_start(c, t, ssrc, seq, at);
	counted = track_sequence(c, t, seq);
	t->last = at->now;
	WRITE_ONCE(c->last_us, at->wall);
	if (counted == 0) {
		t->bad_bytes = at->bytes;
		t->bad_payload = payload;
		return;
	}
	COUNT(c->packets, counted);
	COUNT(c->bytes, at->bytes + (counted == 2 ? t->bad_bytes : 0));
	COUNT(c->payload_bytes, payload + (counted == 2 ? t->bad_payload : 0));
	track_jitter(c, t, ts, at, rate_of(at->rates, pt));
	WRITE_ONCE(c->last_ts, ts);
	WRITE_ONCE(c->payload_type, pt);
}
