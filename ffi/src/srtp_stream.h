/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of each SSRC under one key: the rollover counter and which
 * indices have been seen (RFC 3711 section 3.2.3, 3.3.1, 3.3.2).
 */
#ifndef RTPE_SRTP_STREAM_H
#define RTPE_SRTP_STREAM_H

#include <stdbool.h>
#include <stdint.h>

enum { SRTP_WINDOW = 128 };		/* indices told apart; RFC 3711 asks for 64 */

/* Indices seen: bit 0 of window[0] is `top`. */
struct srtp_window {
	uint64_t top;
	uint64_t seen[SRTP_WINDOW / 64];
	bool any;
};

struct srtp_stream {
	uint32_t ssrc;
	bool in_use;
	uint64_t used;			/* when, in calls; the least is replaced */
	struct srtp_window rtp;
	struct srtp_window rtcp;
};

/* The index that a 16-bit sequence number most likely stands for; 2^48 and more
 * when the last one has passed. */
uint64_t srtp_guess_index(const struct srtp_window *w, uint16_t seq);
/* Whether an index is new; srtp_window_add() notes it once it is authentic. */
bool srtp_window_fresh(const struct srtp_window *w, uint64_t index);
void srtp_window_add(struct srtp_window *w, uint64_t index);

#endif
