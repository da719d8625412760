/* SPDX-License-Identifier: MIT */
/*
 * A port goes on from what a former core counted and learned on it. What is
 * handed in comes from a file: it is believed only where it holds together.
 */
#include <errno.h>

#include "core.h"
#include "secure.h"

enum { MAX_CLOCK_RATE = 1000000, MAX_JITTER_S = 10 };
/* Numbers beyond are exact for nobody who reads them. */
#define MAX_COUNT ((rtpe_u64)1 << 53)

static bool counts_fit(const struct rtpe_counters *c)
{
	const rtpe_u64 counts[] = {
		c->rx_packets, c->rx_bytes, c->rx_errors, c->tx_packets,
		c->tx_bytes, c->tx_errors, c->punted,
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i] > MAX_COUNT)
			return false;
	/* Dropped without having been received. */
	return c->rx_errors <= c->rx_packets;
}

static bool payloads_fit(const struct rtpe_counters *c)
{
	for (unsigned i = 0; i < RTPE_PAYLOAD_TYPES; i++) {
		rtpe_u8 type = c->payload_type[i];

		if (!type)
			continue;
		/* No type, or counts of more than there can be. */
		if (!(type & 0x80) || c->payload[i].packets > MAX_COUNT ||
		    c->payload[i].bytes > MAX_COUNT)
			return false;
		/* One type in two places would be counted in the first. */
		for (unsigned k = 0; k < i; k++)
			if (c->payload_type[k] == type)
				return false;
	}
	return true;
}

static bool track_fits(const struct rtpe_ssrc_counters *s)
{
	if (s->in_use > 1 || s->payload_type > 127)
		return false;
	if (s->packets > MAX_COUNT || s->bytes > MAX_COUNT || s->payload_bytes > s->bytes)
		return false;
	/* Also what jitter is divided by. */
	if (s->clock_rate == 0 || s->clock_rate > MAX_CLOCK_RATE)
		return false;
	return s->jitter_x16 <= (rtpe_u64)s->clock_rate * MAX_JITTER_S * 16;
}

static bool tracks_fit(const struct rtpe_ssrc_counters *s)
{
	for (unsigned i = 0; i < RTPE_SSRC_TRACKS; i++) {
		if (!s[i].in_use)
			continue;
		if (!track_fits(&s[i]))
			return false;
		/* One source in two places would be counted in the first. */
		for (unsigned k = 0; k < i; k++)
			if (s[k].in_use && s[k].ssrc == s[i].ssrc)
				return false;
	}
	return true;
}

static bool remote_fits(struct rtpe_counters *c, const struct slot *slot)
{
	if (c->confirmed > 1 || c->learned > 1 || !addr_normalise(&c->remote))
		return false;
	/* Learned, but nowhere. */
	if (c->remote.family == 0)
		return !c->learned;
	return c->remote.family == slot->local.family;
}

/* A clock may have been put back since: what happened, happened before now. */
static rtpe_u64 past_time(rtpe_u64 us, rtpe_u64 now)
{
	return us < now ? us : now;
}

static void put_counts(struct rtpe_counters *c, const struct rtpe_counters *past, rtpe_u64 now)
{
	/* Others may be sending from here already. */
	COUNT_SHARED(c->tx_packets, past->tx_packets);
	COUNT_SHARED(c->tx_bytes, past->tx_bytes);
	COUNT_SHARED(c->tx_errors, past->tx_errors);
	if (__atomic_load_n(&c->last_tx_us, __ATOMIC_RELAXED) == 0)
		__atomic_store_n(&c->last_tx_us, past_time(past->last_tx_us, now),
				 __ATOMIC_RELAXED);
	COUNT(c->rx_packets, past->rx_packets);
	COUNT(c->rx_bytes, past->rx_bytes);
	COUNT(c->rx_errors, past->rx_errors);
	COUNT(c->punted, past->punted);
	COUNT(c->punt_dropped, past->punt_dropped);
	COUNT(c->drop_source, past->drop_source);
	COUNT(c->drop_malformed, past->drop_malformed);
	COUNT(c->drop_filtered, past->drop_filtered);
	COUNT(c->drop_no_rule, past->drop_no_rule);
	COUNT(c->drop_auth, past->drop_auth);
	COUNT(c->drop_replay, past->drop_replay);
	stats_payloads_add(c, past);
	__atomic_store_n(&c->last_rx_us, past_time(past->last_rx_us, now), __ATOMIC_RELAXED);
	__atomic_store_n(&c->rx_tos, past->rx_tos, __ATOMIC_RELAXED);
}

static void put_tracks(struct slot *slot, const struct rtpe_counters *past, uint64_t mono,
		       rtpe_u64 wall)
{
	for (unsigned i = 0; i < RTPE_SSRC_TRACKS; i++) {
		struct rtpe_ssrc_counters *to = &slot->counters->ssrc[i];

		if (!past->ssrc[i].in_use)
			continue;
		*to = past->ssrc[i];
		to->first_us = past_time(to->first_us, wall);
		to->last_us = past_time(to->last_us, wall);
		track_resume(&slot->tracks[i], mono);
	}
	slot_publish_ssrcs(slot);
}

int rtpe_port_restore(struct rtpe_core *core, rtpe_u32 index, const struct rtpe_counters *past,
		      rtpe_u32 len)
{
	struct slot *slot = slot_of(core, index);
	rtpe_u64 wall = clock_us(CLOCK_REALTIME);
	struct rtpe_counters old;

	if (!slot)
		return -EBADF;
	if (!past || len != sizeof(old))
		return -EINVAL;
	memcpy(&old, past, sizeof(old));
	if (!counts_fit(&old) || !payloads_fit(&old) || !tracks_fit(old.ssrc) || !remote_fits(&old, slot))
		return -EINVAL;
	if (slot->learn.installed || slot->learn.restored)
		return -EBUSY;
	/* The relay thread is the writer of all this: it leaves a port without a
	 * rule alone from here on. */
	atomic_store(&slot->restoring, 1);
	core_synchronize(core);
	put_counts(slot->counters, &old, wall);
	put_tracks(slot, &old, core_now(core), wall);
	remote_lock(slot);
	learn_restore(&slot->learn, &old.remote, old.learned, old.confirmed);
	remote_publish(slot);
	remote_unlock(slot);
	atomic_store(&slot->restoring, 0);
	return 0;
}

/* ---- SRTP ----------------------------------------------------------------- */

static bool states_fit(const struct rtpe_srtp_state *s)
{
	for (unsigned i = 0; i < RTPE_SRTP_STREAMS; i++)
		if (s[i].rtp.top >= RTPE_SRTP_RTP_END || s[i].rtcp.top >= RTPE_SRTP_RTCP_END)
			return false;
	return true;
}

int rtpe_srtp_restore(struct rtpe_core *core, rtpe_u32 index, const struct rtpe_srtp_port *past,
		      rtpe_u32 len)
{
	struct slot *slot = slot_of(core, index);
	struct rtpe_srtp_port old;
	rtpe_u32 first;
	int err;

	if (!slot)
		return -EBADF;
	if (!past || len != sizeof(old))
		return -EINVAL;
	memcpy(&old, past, sizeof(old));
	if (!states_fit(old.rx) || !states_fit(old.tx) || old.srtcp_index > RTPE_SRTP_RTCP_END)
		return -EINVAL;
	/* Whoever has used keys here since has a past of its own. */
	if (slot->learn.installed || slot->secured)
		return -EBUSY;
	err = secure_prepare(core, slot);
	if (err)
		return err;
	/* The ports it came in by may be others now. */
	for (unsigned i = 0; i < RTPE_SRTP_STREAMS; i++)
		old.tx[i].from = RTPE_NO_SLOT;
	first = slot->srtp->srtcp_index;
	*slot->srtp = old;
	if (slot->srtp->srtcp_index < first)
		slot->srtp->srtcp_index = first;
	return 0;
}
