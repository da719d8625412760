/* SPDX-License-Identifier: MIT */
/*
 * Rules: checking what was handed in, compiling it into what relay threads
 * read, and freeing what they may still be reading.
 */
#include <errno.h>

#include "alloc.h"
#include "core.h"

enum {
	RULE_FLAGS = RTPE_RULE_RELEARN | RTPE_RULE_BLACKHOLE | RTPE_RULE_RTCP_MUX |
		     RTPE_RULE_RTCP | RTPE_RULE_OPAQUE | RTPE_RULE_TRACK_SSRC |
		     RTPE_RULE_WAIT_INPUT,
	OUT_FLAGS = RTPE_OUT_FOLLOW | RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET,
	OUT_CLASSES = RTPE_CLASS_RTP | RTPE_CLASS_RTCP | RTPE_CLASS_OTHER,
	PUNT_CLASSES = (RTPE_CLASS_BAD_SOURCE << 1) - 1,
	MAX_LEARN_MS = 3600 * 1000,
	MAX_RETIRED = 4096,
};

static int check_head(struct rtpe_rule *r, const struct slot *slot, uint32_t len)
{
	if (r->abi != RTPE_RULE_ABI || r->size != len)
		return -EINVAL;
	/* More outputs claimed than there are bytes for, or fewer. */
	if (r->n_outputs > RTPE_MAX_OUTPUTS ||
	    len != sizeof(*r) + r->n_outputs * sizeof(struct rtpe_output))
		return -EINVAL;
	if (r->flags & ~RULE_FLAGS || r->punt & ~(uint32_t)PUNT_CLASSES)
		return -EINVAL;
	/* T.38 has neither RTCP nor payload types. */
	if (r->flags & RTPE_RULE_OPAQUE && r->flags & (RTPE_RULE_RTCP | RTPE_RULE_RTCP_MUX))
		return -EINVAL;
	if (r->flags & RTPE_RULE_RTCP && r->flags & RTPE_RULE_RTCP_MUX)
		return -EINVAL;
	if (r->source_action > RTPE_SOURCE_HANDOVER || r->learning > RTPE_LEARN_HEURISTIC ||
	    r->learn_ms > MAX_LEARN_MS)
		return -EINVAL;
	if (r->decrypt.cipher)
		return -EOPNOTSUPP;
	if (!addr_normalise(&r->local) || !addr_normalise(&r->remote))
		return -EINVAL;
	if (r->local.family && !addr_equal(&r->local, &slot->local))
		return -EINVAL;
	if (r->remote.family && r->remote.family != slot->local.family)
		return -EINVAL;
	return 0;
}

static int compile_output(struct rtpe_core *core, struct rtpe_output *o, struct out_rule *c)
{
	if (o->match == 0 || o->match & ~OUT_CLASSES || o->flags & ~OUT_FLAGS)
		return -EINVAL;
	if (o->encrypt.cipher)
		return -EOPNOTSUPP;
	if (!addr_normalise(&o->src) || !addr_normalise(&o->dst))
		return -EINVAL;
	c->slot = slot_of(core, o->slot);
	if (!c->slot)
		return -ENOENT;
	if (o->src.family && !addr_equal(&o->src, &c->slot->local))
		return -EINVAL;
	if (!(o->flags & RTPE_OUT_FOLLOW) && o->dst.family &&
	    o->dst.family != c->slot->local.family)
		return -EINVAL;
	c->generation = atomic_load(&c->slot->generation);
	c->match = o->match;
	c->flags = o->flags;
	c->dst = o->dst;
	c->ssrc_in = o->ssrc_in;
	c->ssrc_out = o->ssrc_out;
	c->seq_offset = o->flags & RTPE_OUT_SEQ_OFFSET ? o->seq_offset : 0;
	c->tos = o->tos;
	c->tos_set = o->tos_set != 0;
	return 0;
}

struct rule *rule_compile(struct rtpe_core *core, const struct slot *slot, const void *buf,
			  uint32_t len, struct rtpe_rule *head, int *err)
{
	const uint8_t *bytes = buf;
	struct rule *rule;

	*err = -EINVAL;
	if (!buf || len < sizeof(*head))
		return NULL;
	memcpy(head, bytes, sizeof(*head));
	*err = check_head(head, slot, len);
	if (*err)
		return NULL;
	rule = mem_zalloc(sizeof(*rule) + head->n_outputs * sizeof(rule->outputs[0]));
	*err = -ENOMEM;
	if (!rule)
		return NULL;
	rule->flags = head->flags;
	rule->punt = head->punt;
	memcpy(rule->pt_allow, head->pt_allow, sizeof(rule->pt_allow));
	rule->n_outputs = head->n_outputs;
	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		struct rtpe_output o;

		memcpy(&o, bytes + sizeof(*head) + i * sizeof(o), sizeof(o));
		*err = compile_output(core, &o, &rule->outputs[i]);
		if (*err) {
			mem_free(rule);
			return NULL;
		}
	}
	*err = 0;
	return rule;
}

void rule_retire(struct rtpe_core *core, struct rule *rule)
{
	if (!rule)
		return;
	rule->period = qsbr_begin(&core->qsbr);
	rule->next_retired = core->retired;
	core->retired = rule;
	if (++core->n_retired > MAX_RETIRED)
		core_synchronize(core);
	rules_reclaim(core, false);
}

static bool rule_passed(struct rtpe_core *core, const struct rule *rule)
{
	for (uint32_t i = 0; i < core->n_threads; i++)
		if (!qsbr_passed(&core->threads[i].reader, rule->period))
			return false;
	return true;
}

void rules_reclaim(struct rtpe_core *core, bool all)
{
	struct rule **at = &core->retired;

	/* Newest first: what follows one that has passed has passed too. */
	while (*at && !all && !rule_passed(core, *at))
		at = &(*at)->next_retired;
	while (*at) {
		struct rule *rule = *at;

		*at = rule->next_retired;
		core->n_retired--;
		mem_free(rule);
	}
}
