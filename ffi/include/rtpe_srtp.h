/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What is remembered of SRTP streams: rollover counters, indices seen. Plain
 * data without pointers, in one layout for every engine and for the file that
 * outlives the process; the layout rules are those of rtpe_rule.h. The
 * functions here are the whole arithmetic of RFC 3711 sections 3.3.1 and 3.3.2.
 */
#ifndef RTPE_SRTP_STATE_H
#define RTPE_SRTP_STATE_H

#include <errno.h>

#include "rtpe_rule.h"

enum {
	RTPE_SRTP_WINDOW = 128,		/* indices told apart; RFC 3711 asks for 64 */
	RTPE_SRTP_STREAMS = 16,		/* SSRCs per port and direction */
};

/* Indices end here (RFC 3711 section 9.2): what the functions below give at
 * this and beyond must not be used. */
#define RTPE_SRTP_RTP_END ((rtpe_u64)1 << 48)
#define RTPE_SRTP_RTCP_END ((rtpe_u64)1 << 31)

/* Indices seen. Bit 0 of seen[0] is `top`; while it is clear none was seen. */
struct rtpe_srtp_window {
	rtpe_u64 top;			/* highest one: RTP: ROC << 16 | sequence
					 * number; RTCP: the SRTCP index */
	rtpe_u64 seen[RTPE_SRTP_WINDOW / 64];
};

/* One SSRC under one key, in one direction. 64 bytes. */
struct rtpe_srtp_state {
	rtpe_u32 ssrc;
	rtpe_u32 key;			/* which key, see rtpe_srtp_port; 0: free */
	rtpe_u32 from;			/* sent: slot it came in by, RTPE_NO_SLOT once
					 * that is not known any more */
	rtpe_u32 used;			/* when last, by the port's clock */
	struct rtpe_srtp_window rtp;
	struct rtpe_srtp_window rtcp;	/* received only: see srtcp_index */
};

/* What one port remembers. Keys are no part of it: a state belongs to the key
 * whose master key and salt, one after the other, have a SHA-256 that begins
 * with these 32 bits (as a big-endian number; 1 where that would be 0). */
struct rtpe_srtp_port {
	rtpe_u32 srtcp_index;		/* of the next SRTCP packet sent from here,
					 * whatever its key and SSRC */
	rtpe_u32 rx_clock;
	rtpe_u32 tx_clock;
	rtpe_u32 pad[13];
	struct rtpe_srtp_state rx[RTPE_SRTP_STREAMS];	/* arrives here */
	struct rtpe_srtp_state tx[RTPE_SRTP_STREAMS];	/* leaves from here */
};

/* The index that a 16-bit sequence number most likely stands for. */
static inline rtpe_u64 rtpe_srtp_guess(const struct rtpe_srtp_window *w, rtpe_u16 seq)
{
	rtpe_u64 roc = w->top >> 16;
	rtpe_u16 last = (rtpe_u16)w->top;

	if (!(w->seen[0] & 1))
		return seq;
	if (last < 32768) {
		if (seq > last && seq - last > 32768 && roc > 0)
			roc--;
	} else if (seq < last - 32768) {
		roc++;
	}
	return roc << 16 | seq;
}

/* Whether an index is new, as far as can be told. */
static inline int rtpe_srtp_fresh(const struct rtpe_srtp_window *w, rtpe_u64 index)
{
	rtpe_u64 age;

	if (!(w->seen[0] & 1) || index > w->top)
		return 1;
	age = w->top - index;
	return age < RTPE_SRTP_WINDOW && !(w->seen[age / 64] >> age % 64 & 1);
}

/* Notes an index; of what was received only once it is authentic. */
static inline void rtpe_srtp_note(struct rtpe_srtp_window *w, rtpe_u64 index)
{
	rtpe_u64 by;

	if (!(w->seen[0] & 1)) {
		w->top = index;
		w->seen[0] = 1;
		return;
	}
	if (index <= w->top) {
		by = w->top - index;
		if (by < RTPE_SRTP_WINDOW)
			w->seen[by / 64] |= (rtpe_u64)1 << by % 64;
		return;
	}
	by = index - w->top;
	if (by >= RTPE_SRTP_WINDOW) {
		w->seen[0] = w->seen[1] = 0;
	} else if (by >= 64) {
		w->seen[1] = w->seen[0] << (by - 64);
		w->seen[0] = 0;
	} else {
		w->seen[1] = w->seen[1] << by | w->seen[0] >> (64 - by);
		w->seen[0] <<= by;
	}
	w->seen[0] |= 1;
	w->top = index;
}

/* Makes as if an index had not been noted; top is again the highest that was. */
static inline void rtpe_srtp_forget(struct rtpe_srtp_window *w, rtpe_u64 index)
{
	rtpe_u64 age = w->top - index;

	if (!(w->seen[0] & 1) || index > w->top || age >= RTPE_SRTP_WINDOW)
		return;
	w->seen[age / 64] &= ~((rtpe_u64)1 << age % 64);
	while (!(w->seen[0] & 1) && (w->seen[0] | w->seen[1])) {
		w->seen[0] = w->seen[0] >> 1 | w->seen[1] << 63;
		w->seen[1] >>= 1;
		w->top--;
	}
}

/* Takes an index for one packet, in one go under whatever guards the window: 0;
 * -EALREADY: it was taken before, or is too old to tell; -EKEYEXPIRED. */
static inline int rtpe_srtp_claim(struct rtpe_srtp_window *w, rtpe_u64 index)
{
	if (index >= RTPE_SRTP_RTP_END)
		return -EKEYEXPIRED;
	if (!rtpe_srtp_fresh(w, index))
		return -EALREADY;
	rtpe_srtp_note(w, index);
	return 0;
}

#endif
