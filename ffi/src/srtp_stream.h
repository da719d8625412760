/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The SSRCs of one port and direction: a table of struct rtpe_srtp_state, kept
 * by whoever opened the port and shared by all keys in use there.
 */
#ifndef RTPE_SRTP_STREAM_H
#define RTPE_SRTP_STREAM_H

#include <stdatomic.h>

#include "rtpe_srtp.h"

struct srtp_table {
	struct rtpe_srtp_state *states;	/* RTPE_SRTP_STREAMS of them */
	rtpe_u32 *clock;
	atomic_flag *lock;		/* NULL: one thread at a time */
	rtpe_u32 from;			/* for states made through here */
};

static inline void srtp_table_lock(const struct srtp_table *t)
{
	while (t->lock && atomic_flag_test_and_set_explicit(t->lock, memory_order_acquire))
		;
}

static inline void srtp_table_unlock(const struct srtp_table *t)
{
	if (t->lock)
		atomic_flag_clear_explicit(t->lock, memory_order_release);
}

/* The state of an SSRC, NULL while there is none. *hint: where it was found last. */
struct rtpe_srtp_state *srtp_find(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc,
				  rtpe_u32 *hint);
/* The same, made when there is none. In a full table whoever has most of it loses
 * the one silent for longest: a source that changes its SSRC all the time loses
 * its own, and no other, rollover counters. */
struct rtpe_srtp_state *srtp_take(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc,
				  rtpe_u32 *hint);

/* The index that a packet which came in most likely has, of which nothing is
 * noted yet: 0; -EALREADY: seen before, or too old to tell; -EKEYEXPIRED. */
int srtp_expect(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc, rtpe_u16 seq,
		rtpe_u32 *hint, rtpe_u64 *index);
/* The index of a packet that is about to be sent, which is taken: two packets
 * under one index would share their key stream. Errors as above. */
int srtp_claim(const struct srtp_table *t, rtpe_u32 key, rtpe_u32 ssrc, rtpe_u16 seq,
	       rtpe_u32 *hint, rtpe_u64 *index);

#endif
