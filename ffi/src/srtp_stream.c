/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "srtp_stream.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct rtpe_srtp_state *srtp_find(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc,
				  rtpe_u32 *hint)
{
	struct rtpe_srtp_state *st = &t->states[*hint];

	if (st->key == key && st->ssrc == ssrc)
		return st;
	for (rtpe_u32 i = 0; i < RTPE_SRTP_STREAMS; i++) {
		st = &t->states[i];
		if (st->key == key && st->ssrc == ssrc) {
			*hint = i;
			return st;
		}
	}
	return NULL;
}

static rtpe_u32 share_of(const struct srtp_table *t, rtpe_u32 from)
{
	rtpe_u32 n = 0;

	for (rtpe_u32 i = 0; i < RTPE_SRTP_STREAMS; i++)
		n += t->states[i].key && t->states[i].from == from;
	return n;
}

static struct rtpe_srtp_state *victim(const struct srtp_table *t)
{
	struct rtpe_srtp_state *worst = NULL;
	rtpe_u32 most = 0;

	for (rtpe_u32 i = 0; i < RTPE_SRTP_STREAMS; i++) {
		struct rtpe_srtp_state *st = &t->states[i];
		rtpe_u32 share;

		if (!st->key)
			return st;
		share = share_of(t, st->from);
		if (share > most || (share == most && st->used < worst->used)) {
			worst = st;
			most = share;
		}
	}
	return worst;
}

/* After 2^32 packets all are equally old. */
static rtpe_u32 tick(const struct srtp_table *t)
{
	if (++*t->clock == 0) {
		for (rtpe_u32 i = 0; i < RTPE_SRTP_STREAMS; i++)
			t->states[i].used = 0;
		*t->clock = 1;
	}
	return *t->clock;
}

struct rtpe_srtp_state *srtp_take(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc,
				  rtpe_u32 *hint)
{
	struct rtpe_srtp_state *st = srtp_find(t, key, ssrc, hint);

	if (!st) {
		st = victim(t);
		memset(st, 0, sizeof(*st));
		st->ssrc = ssrc;
		st->key = key;
		*hint = (rtpe_u32)(st - t->states);
	}
	st->from = t->from;
	st->used = tick(t);
	return st;
}

int srtp_expect(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc, rtpe_u16 seq,
		rtpe_u32 *hint, rtpe_u64 *index)
{
	const struct rtpe_srtp_state *st = srtp_find(t, key, ssrc, hint);

	*index = st ? rtpe_srtp_guess(&st->rtp, seq) : seq;
	if (*index >= RTPE_SRTP_RTP_END)
		return -EKEYEXPIRED;
	return st && !rtpe_srtp_fresh(&st->rtp, *index) ? -EALREADY : 0;
}

int srtp_claim(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc, rtpe_u16 seq,
	       rtpe_u32 *hint, rtpe_u64 *index)
{
	struct rtpe_srtp_window *w;
	int err;

	srtp_table_lock(t);
	w = &srtp_take(t, key, ssrc, hint)->rtp;
	*index = rtpe_srtp_guess(w, seq);
	err = rtpe_srtp_claim(w, *index);
	srtp_table_unlock(t);
	return err;
}
