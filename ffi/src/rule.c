/* SPDX-License-Identifier: MIT */
/*
 * Rules: compiling what was handed in into what relay threads read, and freeing
 * what they may still be reading.
 */
#include <errno.h>

#include "alloc.h"
#include "core.h"
#include "rule_check.h"
#include "secure.h"

enum { MAX_RETIRED = 4096 };

static int compile_output(struct rtpe_core *core, const struct rtpe_output *o,
			  struct out_rule *c)
{
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
	c->sections = o->flags & RTPE_OUT_SECTION ? (uint16_t)(1 << o->section) : SECTIONS_ALL;
	return 0;
}

/* A rule as it came in, in memory that need not be aligned. */
struct source {
	const uint8_t *bytes;
	struct rtpe_rule *head;
	struct rtpe_bundle bundle;	/* if the head says so */
};

static void output_read(const struct source *in, uint32_t i, struct rtpe_output *o)
{
	memcpy(o, in->bytes + sizeof(*in->head) + i * sizeof(*o), sizeof(*o));
}

/* Room for the rule and all that hangs on it, in one piece. */
static struct rule *rule_alloc(const struct source *in, struct ext_edit **ext)
{
	const struct rtpe_rule *head = in->head;
	size_t size = sizeof(struct rule) + head->n_outputs * sizeof(struct out_rule);
	size_t at_ext = size, at_bundle, at_silence, at_shortest;
	bool silence = false;
	struct rtpe_output o;
	struct rule *rule;
	uint8_t *base;

	for (uint32_t i = 0; i < head->n_outputs; i++) {
		output_read(in, i, &o);
		size += ext_wanted(&o) ? sizeof(struct ext_edit) : 0;
		silence |= o.flags & RTPE_OUT_SILENCE;
	}
	/* No copy of a key is left behind. */
	explicit_bzero(&o.encrypt, sizeof(o.encrypt));
	at_bundle = size = (size + 7) & ~(size_t)7;
	size += head->flags & RTPE_RULE_BUNDLE ? sizeof(struct bundle) : 0;
	at_silence = size = (size + 7) & ~(size_t)7;
	size += silence ? sizeof(struct silence) : 0;
	at_shortest = size;
	size += head->flags & RTPE_RULE_BLOCK_SHORT ? sizeof(struct shortest) : 0;
	rule = mem_zalloc(size);
	if (!rule)
		return NULL;
	base = (uint8_t *)rule;
	*ext = (struct ext_edit *)(void *)(base + at_ext);
	if (head->flags & RTPE_RULE_BUNDLE)
		rule->bundle = (struct bundle *)(void *)(base + at_bundle);
	if (silence)
		rule->silence = (struct silence *)(void *)(base + at_silence);
	if (head->flags & RTPE_RULE_BLOCK_SHORT)
		rule->shortest = (struct shortest *)(void *)(base + at_shortest);
	return rule;
}

/* Sections that are the old rule's keep what was learned about them. */
static int compile_bundle(struct slot *slot, struct bundle *b, const struct rtpe_bundle *from)
{
	const struct rule *old = atomic_load(&slot->rule);

	if (!slot->ssrc_sections)
		slot->ssrc_sections = mem_zalloc(sizeof(*slot->ssrc_sections));
	if (!slot->ssrc_sections)
		return -ENOMEM;
	bundle_compile(b, from);
	b->learned = slot->ssrc_sections;
	if (!old || !old->bundle || !bundle_same_sections(old->bundle, b))
		slot->bundle_epoch++;
	b->epoch = slot->bundle_epoch;
	return 0;
}

static void compile_head(struct rule *rule, const struct rtpe_rule *head)
{
	rule->flags = head->flags;
	rule->punt = head->punt;
	memcpy(rule->pt_allow, head->pt_allow, sizeof(rule->pt_allow));
	rule->n_outputs = head->n_outputs;
	if (rule->silence) {
		memcpy(rule->silence->pass, head->silence_pass, sizeof(rule->silence->pass));
		rule->silence->n = head->n_silence;
		memcpy(rule->silence->of, head->silence, sizeof(rule->silence->of));
	}
	if (rule->shortest)
		memcpy(rule->shortest->types, head->block_short, sizeof(rule->shortest->types));
}

static int compile(struct rtpe_core *core, struct slot *slot, const struct source *in,
		   struct rule *rule, struct ext_edit *ext)
{
	unsigned n_sections = rule->bundle ? in->bundle.n_sections : 0;
	int err;

	compile_head(rule, in->head);
	err = secure_compile(core, slot, &in->head->decrypt, rule);
	for (uint32_t i = 0; i < rule->n_outputs && !err; i++) {
		struct out_rule *c = &rule->outputs[i];
		struct rtpe_output o;

		output_read(in, i, &o);
		err = rule_check_output(&o, n_sections, in->head->decrypt.cipher);
		if (!err)
			err = compile_output(core, &o, c);
		if (!err)
			err = secure_compile_output(core, slot, &o.encrypt, rule, c);
		explicit_bzero(&o.encrypt, sizeof(o.encrypt));
		rule->keep_sealed |= (o.flags & RTPE_OUT_AS_RECEIVED) != 0;
		if (err || !ext_wanted(&o))
			continue;
		ext_compile(ext, &o, rule->bundle ? in->bundle.mid_extension : 0);
		c->ext = ext++;
	}
	return !err && rule->bundle ? compile_bundle(slot, rule->bundle, &in->bundle) : err;
}

void rule_free(struct rule *rule)
{
	if (!rule)
		return;
	srtp_free(rule->decrypt);
	for (uint32_t i = 0; i < rule->n_outputs; i++)
		srtp_free(rule->outputs[i].encrypt);
	mem_free(rule);
}

struct rule *rule_compile(struct rtpe_core *core, struct slot *slot, const void *buf,
			  uint32_t len, struct rtpe_rule *head, int *err)
{
	struct source in = { .bytes = buf, .head = head };
	struct ext_edit *ext;
	struct rule *rule;

	*err = -EINVAL;
	if (!buf || len < sizeof(*head))
		return NULL;
	memcpy(head, in.bytes, sizeof(*head));
	*err = rule_check_head(head, &slot->local, len);
	if (*err)
		return NULL;
	if (head->flags & RTPE_RULE_BUNDLE) {
		memcpy(&in.bundle, in.bytes + len - sizeof(in.bundle), sizeof(in.bundle));
		*err = bundle_valid(&in.bundle) ? 0 : -EINVAL;
		if (*err)
			return NULL;
	}
	rule = rule_alloc(&in, &ext);
	*err = rule ? compile(core, slot, &in, rule, ext) : -ENOMEM;
	if (rule && *err) {
		rule_free(rule);
		return NULL;
	}
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
		rule_free(rule);
	}
}
