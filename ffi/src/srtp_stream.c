/* SPDX-License-Identifier: MIT */
#include "srtp_stream.h"

uint64_t srtp_guess_index(const struct srtp_window *w, uint16_t seq)
{
	uint64_t roc = w->top >> 16;
	uint16_t last = (uint16_t)w->top;

	if (!w->any)
		return seq;
	/* RFC 3711 section 3.3.1. */
	if (last < 32768) {
		if (seq > last && seq - last > 32768 && roc > 0)
			roc--;
	} else if (seq < last - 32768) {
		roc++;
	}
	return roc << 16 | seq;
}

bool srtp_window_fresh(const struct srtp_window *w, uint64_t index)
{
	uint64_t age;

	if (!w->any || index > w->top)
		return true;
	age = w->top - index;
	return age < SRTP_WINDOW && !(w->seen[age / 64] >> age % 64 & 1);
}

void srtp_window_add(struct srtp_window *w, uint64_t index)
{
	uint64_t by;

	if (!w->any) {
		w->any = true;
		w->top = index;
		w->seen[0] = 1;
		return;
	}
	if (index <= w->top) {
		by = w->top - index;
		if (by < SRTP_WINDOW)
			w->seen[by / 64] |= (uint64_t)1 << by % 64;
		return;
	}
	by = index - w->top;
	if (by >= SRTP_WINDOW) {
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
