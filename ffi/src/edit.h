/* SPDX-License-Identifier: MIT */
/* RTP packets that leave otherwise than they came: silence, header extensions,
 * SSRC and sequence numbers. */
#ifndef RTPE_EDIT_H
#define RTPE_EDIT_H

#include "core.h"

/* Outputs with one of these need a copy of the whole packet. */
#define EDIT_FLAGS (RTPE_OUT_SILENCE | RTPE_OUT_EXT_FILTER | RTPE_OUT_MID)

/* Changes the RTP header at rtp as the output is told to. */
void edit_header(const struct out_rule *out, uint8_t *rtp);
/* Whether it changes at all. */
static inline bool edit_wanted(const struct out_rule *out, uint32_t ssrc)
{
	return out->flags & (RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET) &&
	       (!out->ssrc_in || out->ssrc_in == ssrc);
}
/* A copy of a packet for an output, with its header changed where that is wanted,
 * in room that secure_seal() may use. */
const uint8_t *edit_copy(struct thread *t, const struct out_rule *out, const struct packet *p,
			 unsigned class);
/* A valid RTP packet as an output with EDIT_FLAGS sends it; stays where it is
 * until txq_flush(). NULL: it must not be heard, or does not fit a datagram. */
const uint8_t *edit_rtp(struct thread *t, const struct rule *rule, const struct out_rule *out,
			const struct packet *p, uint32_t *len);

/* Whether the packet is shorter than its type's first one. Remembers that. */
bool edit_too_short(struct shortest *s, const uint8_t *rtp, uint32_t n);

#endif
