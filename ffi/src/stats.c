/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "stats.h"

#include <errno.h>
#include <string.h>

#include "classify.h"

enum {
	MAX_DROPOUT = 3000,	/* RFC 3550 A.1 */
	MAX_MISORDER = 100,
	NO_BAD_SEQ = 0x10000,
	MAX_TRANSIT_JUMP_S = 10,
	MAX_CLOCK_RATE = 1000000,
};

static void track_start(struct rtpe_ssrc_counters *c, struct track *t, uint32_t ssrc,
			uint16_t seq, uint64_t wall)
{
	memset(c, 0, sizeof(*c));
	memset(t, 0, sizeof(*t));
	c->ssrc = ssrc;
	/* One cycle ahead, so that what arrives late before it has a number. */
	c->base_seq = 0x10000u | seq;
	c->max_seq = c->base_seq - 1;
	c->clock_rate = DEFAULT_CLOCK_RATE;
	c->first_us = wall;
	t->bad_seq = NO_BAD_SEQ;
	COUNT_SET(c->in_use, 1);
}

void track_resume(struct track *own, uint64_t now)
{
	memset(own, 0, sizeof(*own));
	own->window = 1;
	own->last = now;
	own->bad_seq = NO_BAD_SEQ;
}

/* The track of ssrc; else a free one; else the one idle for longest, if it is
 * idle at all. *known tells which. */
static int track_find(struct rtpe_ssrc_counters *tracks, const struct track *own,
		      uint32_t ssrc, uint64_t now, bool *known)
{
	int victim = -1;

	*known = true;
	for (int i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (tracks[i].in_use && tracks[i].ssrc == ssrc)
			return i;
	*known = false;
	for (int i = 0; i < RTPE_SSRC_TRACKS; i++) {
		if (!tracks[i].in_use)
			return i;
		if (now - own[i].last < TRACK_IDLE_US)
			continue;
		if (victim < 0 || own[i].last < own[victim].last)
			victim = i;
	}
	return victim;
}

/* RFC 3550 A.1 without probation. Returns the number of packets that count
 * now: 0 for a jump nobody confirmed yet, 2 for the packet that confirms it. */
static unsigned int track_sequence(struct rtpe_ssrc_counters *c, struct track *t, uint16_t seq)
{
	uint16_t delta = (uint16_t)(seq - (uint16_t)c->max_seq);
	uint32_t expected;

	if (delta == 0) {
		COUNT(c->duplicates, 1);
	} else if (delta < MAX_DROPOUT) {
		COUNT(c->max_seq, delta);
		t->window = delta < 64 ? t->window << delta | 1 : 1;
	} else if (delta <= 0x10000 - MAX_MISORDER) {
		if (seq != t->bad_seq) {
			t->bad_seq = (uint16_t)(seq + 1);
			return 0;
		}
		/* Two in a row from there: the sender has restarted. What was
		 * lost so far stays lost, these two are expected and here. */
		expected = c->max_seq - c->base_seq + 1;
		COUNT_SET(c->max_seq, ((c->max_seq | 0xffffu) + 1) | seq);
		COUNT_SET(c->base_seq, c->max_seq - expected - 1);
		COUNT(c->resets, 1);
		t->window = 3;
		t->bad_seq = NO_BAD_SEQ;
		t->has_transit = false;
		return 2;
	} else {
		unsigned int back = 0x10000u - delta;

		if (back < 64 && t->window >> back & 1) {
			COUNT(c->duplicates, 1);
		} else {
			COUNT(c->reordered, 1);
			if (back < 64)
				t->window |= (uint64_t)1 << back;
		}
	}
	t->bad_seq = NO_BAD_SEQ;
	return 1;
}

int clock_rates_set(clock_rate *rates, uint32_t payload_type, uint32_t hz)
{
	clock_rate *place = NULL;

	if (payload_type > 127 || hz > MAX_CLOCK_RATE)
		return -EINVAL;
	for (unsigned int i = 0; i < RTPE_CLOCK_RATES; i++) {
		if (rates[i] && clock_rate_pt(rates[i]) == payload_type) {
			place = &rates[i];
			break;
		}
		if (!rates[i] && !place)
			place = &rates[i];
	}
	if (!place)
		return hz ? -ENOSPC : 0;
	COUNT_SET(*place, hz ? clock_rate_make((uint8_t)payload_type, hz) : 0);
	return 0;
}

static uint32_t rate_of(const clock_rate *rates, uint8_t pt)
{
	for (unsigned int i = 0; i < RTPE_CLOCK_RATES; i++) {
		clock_rate v = COUNT_READ(rates[i]);

		if (v && clock_rate_pt(v) == pt)
			return clock_rate_hz(v);
	}
	return DEFAULT_CLOCK_RATE;
}

/* RFC 3550 A.8. A jump of more than ten seconds is a new time base, not
 * jitter. */
static void track_jitter(struct rtpe_ssrc_counters *c, struct track *t, uint32_t ts,
			 const struct arrival *at, uint32_t rate)
{
	uint32_t transit = (uint32_t)div_u64(at->now * rate, 1000000) - ts;
	int64_t d = (int32_t)(transit - c->transit);

	if (rate != c->clock_rate) {
		/* The estimate keeps its length in time. */
		COUNT_SET(c->jitter_x16,
			  (uint32_t)div_u64((uint64_t)c->jitter_x16 * rate, c->clock_rate));
		COUNT_SET(c->clock_rate, rate);
		t->has_transit = false;
	}
	COUNT_SET(c->transit, transit);
	if (!t->has_transit) {
		t->has_transit = true;
		return;
	}
	if (d < 0)
		d = -d;
	if (d <= (int64_t)rate * MAX_TRANSIT_JUMP_S)
		COUNT(c->jitter_x16, (uint32_t)d - ((c->jitter_x16 + 8) >> 4));
}

int stats_track(struct rtpe_ssrc_counters *tracks, struct track *own, uint32_t ssrc,
		uint16_t seq, const struct arrival *at, bool *known)
{
	int i = track_find(tracks, own, ssrc, at->now, known);

	if (i < 0 || *known)
		return i;
	track_start(&tracks[i], &own[i], ssrc, seq, at->wall);
	own[i].last = at->now;
	return i;
}

int stats_rtp(struct rtpe_ssrc_counters *tracks, struct track *own, const uint8_t *rtp,
	      const struct arrival *at)
{
	uint32_t ts = get32(rtp + 4);
	uint16_t seq = get16(rtp + 2);
	uint8_t pt = rtp[1] & 0x7f;
	struct rtpe_ssrc_counters *c;
	struct rtp_payload payload;
	struct track *t;
	unsigned int counted;
	bool known;
	int i = stats_track(tracks, own, get32(rtp + 8), seq, at, &known);

	if (i < 0)
		return 1;
	c = &tracks[i];
	t = &own[i];
	counted = track_sequence(c, t, seq);
	t->last = at->now;
	COUNT_SET(c->last_us, at->wall);
	payload = rtp_payload(rtp, at->bytes);
	if (counted == 0) {
		t->bad_bytes = (uint16_t)at->bytes;
		t->bad_payload = (uint16_t)payload.len;
		return !known;
	}
	COUNT(c->packets, counted);
	COUNT(c->bytes, at->bytes + (counted == 2 ? t->bad_bytes : 0));
	COUNT(c->payload_bytes, payload.len + (counted == 2 ? t->bad_payload : 0));
	track_jitter(c, t, ts, at, rate_of(at->rates, pt));
	COUNT_SET(c->last_ts, ts);
	COUNT_SET(c->payload_type, pt);
	return !known;
}
