/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Which media section of a bundle a packet belongs to (RFC 9143 section 9.2).
 * The table of learned SSRCs has one writer, the relay thread of the port. It
 * is fed by packets of the accepted source only, keeps no more than it has
 * room for, and gives away no entry that is in use; what was signalled is not
 * in it, and stays.
 */
#ifndef RTPE_BUNDLE_H
#define RTPE_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "rtpe_rule.h"

enum {
	BUNDLE_LEARNED = 16,
	BUNDLE_SSRCS = RTPE_MAX_SECTIONS * RTPE_SECTION_SSRCS,
	NO_SECTION = 0xff,
};

/* An SSRC that had no packet for so long may make room for another. */
#define BUNDLE_IDLE_US 30000000u

struct bundle_learned {
	uint64_t last;			/* monotonic µs */
	uint32_t ssrc;
	uint32_t epoch;			/* of the bundle it is about, 0 = none */
	uint8_t section;
};

struct bundle_table {
	struct bundle_learned of[BUNDLE_LEARNED];
};

/* A validated struct rtpe_bundle. */
struct bundle {
	struct bundle_table *learned;
	uint32_t epoch;			/* another one: sections mean others */
	uint32_t n_ssrcs;
	uint32_t ssrcs[BUNDLE_SSRCS];	/* signalled */
	uint8_t section_of_ssrc[BUNDLE_SSRCS];
	uint8_t section_of_type[128];	/* NO_SECTION: of none, or of several */
	uint8_t mid_extension;
	uint8_t n_sections;
	uint8_t mid_len[RTPE_MAX_SECTIONS];
	uint8_t mid[RTPE_MAX_SECTIONS][RTPE_MID_MAX];
};

bool bundle_valid(const struct rtpe_bundle *b);
/* All but learned and epoch; `to` is zeroed. */
void bundle_compile(struct bundle *to, const struct rtpe_bundle *from);
/* Whether section i of one is section i of the other. */
bool bundle_same_sections(const struct bundle *a, const struct bundle *b);

/* The section of a valid RTP packet from the accepted source, or NO_SECTION.
 * Learns from it. */
unsigned bundle_section(const struct bundle *b, const uint8_t *rtp, uint64_t now);
/* The section of an SSRC, as far as it is known. */
unsigned bundle_section_of_ssrc(const struct bundle *b, uint32_t ssrc);

#endif
