/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "rule_check.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "endpoint.h"
#include "srtp_params.h"

enum {
	RULE_FLAGS = RTPE_RULE_RELEARN | RTPE_RULE_BLACKHOLE | RTPE_RULE_RTCP_MUX |
		     RTPE_RULE_RTCP | RTPE_RULE_OPAQUE | RTPE_RULE_TRACK_SSRC |
		     RTPE_RULE_WAIT_INPUT | RTPE_RULE_BUNDLE | RTPE_RULE_BLOCK_SHORT |
		     RTPE_RULE_ONE_WAY,
	OUT_FLAGS = RTPE_OUT_FOLLOW | RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET |
		    RTPE_OUT_SILENCE | RTPE_OUT_EXT_FILTER | RTPE_OUT_MID | RTPE_OUT_SECTION |
		    RTPE_OUT_AS_RECEIVED,
	OUT_CHANGES = RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET | RTPE_OUT_SILENCE |
		      RTPE_OUT_EXT_FILTER | RTPE_OUT_MID,
	OUT_CLASSES = RTPE_CLASS_RTP | RTPE_CLASS_RTCP | RTPE_CLASS_OTHER,
	PUNT_CLASSES = (RTPE_CLASS_BAD_SOURCE << 1) - 1,
	MAX_LEARN_MS = 3600 * 1000,
};

/* Bytes of everything a rule consists of, by its own word. */
static size_t whole_size(const struct rtpe_rule *r)
{
	size_t size = sizeof(*r) + r->n_outputs * sizeof(struct rtpe_output);

	return r->flags & RTPE_RULE_BUNDLE ? size + sizeof(struct rtpe_bundle) : size;
}

static bool silence_valid(const struct rtpe_rule *r)
{
	/* More patterns than there is room for. */
	if (r->n_silence > RTPE_MAX_SILENCE)
		return false;
	for (unsigned i = 0; i < r->n_silence; i++) {
		unsigned pt = r->silence[i].payload_type;

		/* Also: to be filled, and to be passed as it is. */
		if (pt > 127 || r->silence_pass[pt / 32] >> pt % 32 & 1)
			return false;
		/* Two patterns for one type. */
		for (unsigned k = 0; k < i; k++)
			if (r->silence[k].payload_type == r->silence[i].payload_type)
				return false;
	}
	return true;
}

int rule_check_head(struct rtpe_rule *r, const struct rtpe_addr *local, rtpe_u32 len)
{
	if (r->abi != RTPE_RULE_ABI || r->size != len)
		return -EINVAL;
	if (r->flags & ~RULE_FLAGS || r->punt & ~(uint32_t)PUNT_CLASSES)
		return -EINVAL;
	/* More outputs claimed than there are bytes for, or fewer. */
	if (r->n_outputs > RTPE_MAX_OUTPUTS || len != whole_size(r))
		return -EINVAL;
	/* T.38 has neither RTCP nor payload types nor sections. */
	if (r->flags & RTPE_RULE_OPAQUE &&
	    r->flags & (RTPE_RULE_RTCP | RTPE_RULE_RTCP_MUX | RTPE_RULE_BUNDLE))
		return -EINVAL;
	if (r->flags & RTPE_RULE_RTCP && r->flags & RTPE_RULE_RTCP_MUX)
		return -EINVAL;
	if (r->source_action > RTPE_SOURCE_HANDOVER || r->learning > RTPE_LEARN_HEURISTIC ||
	    r->learn_ms > MAX_LEARN_MS || !silence_valid(r))
		return -EINVAL;
	/* Keys that are none, or of what has no form. */
	if (r->decrypt.cipher && (srtp_problem(&r->decrypt) || r->flags & RTPE_RULE_OPAQUE))
		return -EINVAL;
	if (!addr_normalise(&r->local) || !addr_normalise(&r->remote))
		return -EINVAL;
	if (r->local.family && !addr_equal(&r->local, local))
		return -EINVAL;
	if (r->remote.family && r->remote.family != local->family)
		return -EINVAL;
	return 0;
}

int rule_check_output(struct rtpe_output *o, unsigned n_sections, bool sealed)
{
	if (o->match == 0 || o->match & ~OUT_CLASSES || o->flags & ~OUT_FLAGS)
		return -EINVAL;
	if (o->encrypt.cipher && srtp_problem(&o->encrypt))
		return -EINVAL;
	/* As it came, but changed; or as authentic, with nothing to tell. */
	if (o->flags & RTPE_OUT_AS_RECEIVED &&
	    (!sealed || o->encrypt.cipher || o->flags & OUT_CHANGES))
		return -EINVAL;
	if (o->flags & RTPE_OUT_SECTION && o->section >= n_sections)
		return -EINVAL;
	if (o->flags & RTPE_OUT_MID &&
	    (o->mid_id == 0 || o->mid_len == 0 || o->mid_len > RTPE_MID_MAX))
		return -EINVAL;
	/* 0 is padding, not an identifier. */
	if (o->flags & RTPE_OUT_EXT_FILTER && o->ext_allow[0] & 1)
		return -EINVAL;
	return addr_normalise(&o->src) && addr_normalise(&o->dst) ? 0 : -EINVAL;
}
