/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <stdatomic.h>
#include <string.h>

#include "classify.h"

enum {
	MAX_DROPOUT = 3000,	/* RFC 3550 A.1 */
	MAX_MISORDER = 100,
	NO_BAD_SEQ = 0x10000,
	MAX_TRANSIT_JUMP_S = 10,
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
	c->in_use = 1;
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
		      uint32_t ssrc, uint64_t now, int *known)
{
	int victim = -1;

	*known = 1;
	for (int i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (tracks[i].in_use && tracks[i].ssrc == ssrc)
			return i;
	*known = 0;
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
static unsigned track_sequence(struct rtpe_ssrc_counters *c, struct track *t, uint16_t seq)
{
	uint16_t delta = (uint16_t)(seq - (uint16_t)c->max_seq);
	uint32_t expected;

	if (delta == 0) {
		c->duplicates++;
	} else if (delta < MAX_DROPOUT) {
		c->max_seq += delta;
		t->window = delta < 64 ? t->window << delta | 1 : 1;
	} else if (delta <= 0x10000 - MAX_MISORDER) {
		if (seq != t->bad_seq) {
			t->bad_seq = (uint16_t)(seq + 1);
			return 0;
		}
		/* Two in a row from there: the sender has restarted. What was
		 * lost so far stays lost, these two are expected and here. */
		expected = c->max_seq - c->base_seq + 1;
		c->max_seq = ((c->max_seq | 0xffffu) + 1) | seq;
		c->base_seq = c->max_seq - expected - 1;
		c->resets++;
		t->window = 3;
		t->bad_seq = NO_BAD_SEQ;
		t->has_transit = 0;
		return 2;
	} else {
		unsigned back = 0x10000u - delta;

		if (back < 64 && t->window >> back & 1) {
			c->duplicates++;
		} else {
			c->reordered++;
			if (back < 64)
				t->window |= (uint64_t)1 << back;
		}
	}
	t->bad_seq = NO_BAD_SEQ;
	return 1;
}

static uint32_t rate_of(const clock_rate *rates, uint8_t pt)
{
	for (unsigned i = 0; i < RTPE_CLOCK_RATES; i++) {
		uint64_t v = atomic_load_explicit(&rates[i], memory_order_relaxed);

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
	uint32_t transit = (uint32_t)(at->now * rate / 1000000) - ts;
	int64_t d = (int32_t)(transit - c->transit);

	if (rate != c->clock_rate) {
		/* The estimate keeps its length in time. */
		c->jitter_x16 = (uint32_t)((uint64_t)c->jitter_x16 * rate / c->clock_rate);
		c->clock_rate = rate;
		t->has_transit = 0;
	}
	c->transit = transit;
	if (!t->has_transit) {
		t->has_transit = 1;
		return;
	}
	if (d < 0)
		d = -d;
	if (d <= (int64_t)rate * MAX_TRANSIT_JUMP_S)
		c->jitter_x16 += (uint32_t)d - ((c->jitter_x16 + 8) >> 4);
}

int stats_rtp(struct rtpe_ssrc_counters *tracks, struct track *own, const uint8_t *rtp,
	      const struct arrival *at)
{
	uint32_t ssrc = get32(rtp + 8), ts = get32(rtp + 4);
	uint16_t seq = get16(rtp + 2);
	uint8_t pt = rtp[1] & 0x7f;
	struct rtpe_ssrc_counters *c;
	struct rtp_payload payload;
	int known, i = track_find(tracks, own, ssrc, at->now, &known);
	unsigned counted;

	if (i < 0)
		return 1;
	c = &tracks[i];
	if (!known)
		track_start(c, &own[i], ssrc, seq, at->wall);
	counted = track_sequence(c, &own[i], seq);
	own[i].last = at->now;
	c->last_us = at->wall;
	payload = rtp_payload(rtp, at->bytes);
	if (counted == 0) {
		own[i].bad_bytes = (uint16_t)at->bytes;
		own[i].bad_payload = (uint16_t)payload.len;
		return !known;
	}
	c->packets += counted;
	c->bytes += at->bytes + (counted == 2 ? own[i].bad_bytes : 0);
	c->payload_bytes += payload.len + (counted == 2 ? own[i].bad_payload : 0);
	track_jitter(c, &own[i], ts, at, rate_of(at->rates, pt));
	c->last_ts = ts;
	c->payload_type = pt;
	return !known;
}
