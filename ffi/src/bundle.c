/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "bundle.h"

#include <string.h>

#include "classify.h"
#include "rtp_ext.h"

static bool same_mid(const uint8_t *a, unsigned a_len, const uint8_t *b, unsigned b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* Two sections of one name, or of one SSRC, contradict each other. */
static bool sections_differ(const struct rtpe_section *a, const struct rtpe_section *b)
{
	if (same_mid(a->mid, a->mid_len, b->mid, b->mid_len))
		return false;
	for (unsigned i = 0; i < a->n_ssrcs; i++)
		for (unsigned k = 0; k < b->n_ssrcs; k++)
			if (a->ssrcs[i] == b->ssrcs[k])
				return false;
	return true;
}

bool bundle_valid(const struct rtpe_bundle *b)
{
	if (b->n_sections == 0 || b->n_sections > RTPE_MAX_SECTIONS)
		return false;
	for (unsigned i = 0; i < b->n_sections; i++) {
		const struct rtpe_section *s = &b->sections[i];

		if (s->mid_len == 0 || s->mid_len > RTPE_MID_MAX ||
		    s->n_ssrcs > RTPE_SECTION_SSRCS)
			return false;
		for (unsigned k = 0; k < i; k++)
			if (!sections_differ(s, &b->sections[k]))
				return false;
	}
	return true;
}

static void compile_types(struct bundle *to, const struct rtpe_bundle *from)
{
	memset(to->section_of_type, NO_SECTION, sizeof(to->section_of_type));
	for (unsigned pt = 0; pt < 128; pt++) {
		unsigned owners = 0;

		for (unsigned i = 0; i < from->n_sections; i++) {
			if (!(from->sections[i].payload_types[pt / 32] >> pt % 32 & 1))
				continue;
			to->section_of_type[pt] = owners++ ? NO_SECTION : (uint8_t)i;
		}
	}
}

void bundle_compile(struct bundle *to, const struct rtpe_bundle *from)
{
	to->mid_extension = from->mid_extension;
	to->n_sections = from->n_sections;
	compile_types(to, from);
	for (unsigned i = 0; i < from->n_sections; i++) {
		const struct rtpe_section *s = &from->sections[i];

		to->mid_len[i] = s->mid_len;
		memcpy(to->mid[i], s->mid, s->mid_len);
		for (unsigned k = 0; k < s->n_ssrcs; k++) {
			to->section_of_ssrc[to->n_ssrcs] = (uint8_t)i;
			to->ssrcs[to->n_ssrcs++] = s->ssrcs[k];
		}
	}
}

bool bundle_same_sections(const struct bundle *a, const struct bundle *b)
{
	if (a->n_sections != b->n_sections)
		return false;
	for (unsigned i = 0; i < a->n_sections; i++)
		if (!same_mid(a->mid[i], a->mid_len[i], b->mid[i], b->mid_len[i]))
			return false;
	return true;
}

static unsigned section_of_mid(const struct bundle *b, const struct ext_element *mid)
{
	for (unsigned i = 0; i < b->n_sections; i++)
		if (same_mid(b->mid[i], b->mid_len[i], mid->data, mid->len))
			return i;
	return NO_SECTION;
}

static unsigned signalled(const struct bundle *b, uint32_t ssrc)
{
	for (uint32_t i = 0; i < b->n_ssrcs; i++)
		if (b->ssrcs[i] == ssrc)
			return b->section_of_ssrc[i];
	return NO_SECTION;
}

static struct bundle_learned *learned(const struct bundle *b, uint32_t ssrc)
{
	for (unsigned i = 0; i < BUNDLE_LEARNED; i++) {
		struct bundle_learned *l = &b->learned->of[i];

		if (l->epoch == b->epoch && l->ssrc == ssrc)
			return l;
	}
	return NULL;
}

/* A place for one more: free, or idle for longest, if it is idle at all. */
static struct bundle_learned *place(const struct bundle *b, uint64_t now)
{
	struct bundle_learned *best = NULL;

	for (unsigned i = 0; i < BUNDLE_LEARNED; i++) {
		struct bundle_learned *l = &b->learned->of[i];

		if (l->epoch != b->epoch)
			return l;
		if (now - l->last >= BUNDLE_IDLE_US && (!best || l->last < best->last))
			best = l;
	}
	return best;
}

static void learn(const struct bundle *b, struct bundle_learned *l, uint32_t ssrc,
		  unsigned section, uint64_t now)
{
	if (!l)
		l = place(b, now);
	if (!l)
		return;
	l->ssrc = ssrc;
	l->epoch = b->epoch;
	l->section = (uint8_t)section;
	l->last = now;
}

unsigned bundle_section(const struct bundle *b, const uint8_t *rtp, uint64_t now)
{
	uint32_t ssrc = get32(rtp + 8);
	struct bundle_learned *known;
	struct ext_element mid;
	unsigned section;

	if (b->mid_extension && ext_find(rtp, b->mid_extension, &mid)) {
		section = section_of_mid(b, &mid);
		/* A name of no section is not overruled by anything weaker. */
		if (section != NO_SECTION && signalled(b, ssrc) == NO_SECTION)
			learn(b, learned(b, ssrc), ssrc, section, now);
		return section;
	}
	section = signalled(b, ssrc);
	if (section != NO_SECTION)
		return section;
	known = learned(b, ssrc);
	if (known) {
		known->last = now;
		return known->section;
	}
	section = b->section_of_type[rtp[1] & 0x7f];
	if (section != NO_SECTION)
		learn(b, NULL, ssrc, section, now);
	return section;
}

unsigned bundle_section_of_ssrc(const struct bundle *b, uint32_t ssrc)
{
	unsigned section = signalled(b, ssrc);
	const struct bundle_learned *known;

	if (section != NO_SECTION)
		return section;
	known = learned(b, ssrc);
	return known ? known->section : NO_SECTION;
}
