/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * RTP header extensions of RFC 8285, both forms. Reads nothing outside of the
 * packet. What cannot be parsed ends the walk: of an element that claims more
 * than there is, and of all behind it, nobody knows the identifiers.
 */
#ifndef RTPE_RTP_EXT_H
#define RTPE_RTP_EXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rtpe_rule.h"

/* One element. */
struct ext_element {
	const uint8_t *data;
	uint8_t id;
	uint8_t len;
};

/* A walk over the elements of one packet. */
struct ext_walk {
	const uint8_t *at;
	const uint8_t *end;
	bool two_byte;
};

/* The packet must be valid RTP. False: no extension, or not of RFC 8285. */
bool ext_begin(struct ext_walk *w, const uint8_t *rtp);
bool ext_next(struct ext_walk *w, struct ext_element *e);
/* Looks for an identifier. */
bool ext_find(const uint8_t *rtp, unsigned id, struct ext_element *e);

/* How a packet's elements are to change. */
struct ext_edit {
	bool filter;			/* keep only those in allow */
	uint8_t strip;			/* and not this one, 0 = none */
	uint8_t mid_id;			/* add this one, 0 = none */
	uint8_t mid_len;
	uint8_t mid[RTPE_MID_MAX];
	uint32_t allow[8];
};

/* Whether an output changes elements at all. */
static inline bool ext_wanted(const struct rtpe_output *o)
{
	return o->flags & (RTPE_OUT_EXT_FILTER | RTPE_OUT_MID);
}

/* What an output changes. strip: the extension that has the sender's MID, which
 * names a section of the sender's; 0 = none. `e` is zeroed. */
void ext_compile(struct ext_edit *e, const struct rtpe_output *o, uint8_t strip);

/* The most a packet of n bytes can become. */
static inline uint32_t ext_edited_max(uint32_t n)
{
	return n + n / 2 + 2 + RTPE_MID_MAX + 8;
}

/* Copies a packet that is valid RTP with its elements changed; `to` has room
 * for ext_edited_max(n). An extension of another form stays, and the MID is
 * not added, unless there is a filter, which it does not pass. Returns the
 * length. */
uint32_t ext_copy(uint8_t *to, const uint8_t *rtp, uint32_t n, const struct ext_edit *edit);

#endif
