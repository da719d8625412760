// SPDX-License-Identifier: GPL-2.0
/*
 * A daemon may be wrong, or somebody who got hold of its file: whatever a rule
 * says is checked here once, and trusted afterwards.
 */
#include "rule.h"

#include <linux/slab.h>

#include "addr.h"

enum {
	RULE_FLAGS = RTPE_RULE_RELEARN | RTPE_RULE_BLACKHOLE | RTPE_RULE_RTCP_MUX |
		     RTPE_RULE_RTCP | RTPE_RULE_OPAQUE | RTPE_RULE_TRACK_SSRC |
		     RTPE_RULE_WAIT_INPUT | RTPE_RULE_BUNDLE | RTPE_RULE_BLOCK_SHORT,
	RULE_FLAGS_BEYOND_US = RTPE_RULE_WAIT_INPUT | RTPE_RULE_BUNDLE,
	OUT_FLAGS = RTPE_OUT_FOLLOW | RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET |
		    RTPE_OUT_SILENCE | RTPE_OUT_EXT_FILTER | RTPE_OUT_MID | RTPE_OUT_SECTION |
		    RTPE_OUT_AS_RECEIVED,
	OUT_FLAGS_BEYOND_US = RTPE_OUT_EXT_FILTER | RTPE_OUT_MID | RTPE_OUT_SECTION |
			      RTPE_OUT_AS_RECEIVED,
	OUT_CLASSES = RTPE_CLASS_RTP | RTPE_CLASS_RTCP | RTPE_CLASS_OTHER,
	PUNT_CLASSES = (RTPE_CLASS_BAD_SOURCE << 1) - 1,
};

static bool silence_valid(const struct rtpe_rule *r)
{
	u32 i, k;

	/* More patterns than there is room for. */
	if (r->n_silence > RTPE_MAX_SILENCE)
		return false;
	for (i = 0; i < r->n_silence; i++) {
		u8 pt = r->silence[i].payload_type;

		/* Also: to be filled, and to be passed as it is. */
		if (pt > 127 || r->silence_pass[pt / 32] >> pt % 32 & 1)
			return false;
		/* Two patterns for one type. */
		for (k = 0; k < i; k++)
			if (r->silence[k].payload_type == pt)
				return false;
	}
	return true;
}

static int check_head(struct rtpe_rule *r, const struct port *port, u32 len)
{
	u64 whole;

	/* Not even the part that says how long it is. */
	if (len < sizeof(*r) || r->size != len)
		return -EINVAL;
	if (r->abi != RTPE_RULE_ABI)
		return -EPROTO;
	if (r->flags & ~RULE_FLAGS || r->punt & ~PUNT_CLASSES)
		return -EINVAL;
	/* More outputs claimed than there are bytes for, or fewer. */
	if (r->n_outputs > RTPE_MAX_OUTPUTS)
		return -EINVAL;
	whole = sizeof(*r) + r->n_outputs * sizeof(struct rtpe_output);
	if (r->flags & RTPE_RULE_BUNDLE)
		whole += sizeof(struct rtpe_bundle);
	if (len != whole)
		return -EINVAL;
	/* T.38 has neither RTCP nor payload types. */
	if (r->flags & RTPE_RULE_OPAQUE && r->flags & (RTPE_RULE_RTCP | RTPE_RULE_RTCP_MUX))
		return -EINVAL;
	if (r->flags & RTPE_RULE_RTCP && r->flags & RTPE_RULE_RTCP_MUX)
		return -EINVAL;
	if (r->source_action > RTPE_SOURCE_HANDOVER || r->learning > RTPE_LEARN_HEURISTIC ||
	    !silence_valid(r))
		return -EINVAL;
	if (!addr_normalise(&r->local) || !addr_normalise(&r->remote))
		return -EINVAL;
	if (r->local.family && !addr_equal(&r->local, &port->local))
		return -EINVAL;
	if (r->remote.family && r->remote.family != port->local.family)
		return -EINVAL;
	/* Right so far, but for user space: keys, sections, waiting; and who is
	 * to be learned first. */
	if (r->decrypt.cipher || r->flags & RULE_FLAGS_BEYOND_US ||
	    r->learning != RTPE_LEARN_OFF)
		return -EOPNOTSUPP;
	return 0;
}

static int compile_output(struct table *t, struct rtpe_output *o, struct out_rule *c)
{
	struct port *port = port_of(t, o->slot);

	if (o->match == 0 || o->match & ~OUT_CLASSES || o->flags & ~OUT_FLAGS)
		return -EINVAL;
	if (o->encrypt.cipher || o->flags & OUT_FLAGS_BEYOND_US)
		return -EOPNOTSUPP;
	if (!port)
		return -ENOENT;
	if (!addr_normalise(&o->src) || !addr_normalise(&o->dst))
		return -EINVAL;
	/* To be sent from an address that was not opened. */
	if (o->src.family && !addr_equal(&o->src, &port->local))
		return -EINVAL;
	if (!(o->flags & RTPE_OUT_FOLLOW)) {
		if (o->dst.family && o->dst.family != port->local.family)
			return -EINVAL;
		c->remote = remote_new(&o->dst, GFP_KERNEL);
		if (!c->remote)
			return -ENOMEM;
	}
	kref_get(&port->refs);
	c->port = port;
	c->match = o->match;
	c->flags = o->flags;
	c->ssrc_in = o->ssrc_in;
	c->ssrc_out = o->ssrc_out;
	c->seq_offset = o->flags & RTPE_OUT_SEQ_OFFSET ? o->seq_offset : 0;
	c->tos = o->tos;
	c->tos_set = o->tos_set != 0;
	return 0;
}

void rule_free(struct rule *rule)
{
	u32 i;

	for (i = 0; i < rule->n_outputs; i++) {
		remote_free(rule->outputs[i].remote);
		if (rule->outputs[i].port)
			port_put(rule->outputs[i].port);
	}
	kfree(rule->shortest);
	kfree(rule);
}

static void rule_free_rcu(struct rcu_head *head)
{
	rule_free(container_of(head, struct rule, rcu));
}

static struct rule *compile(struct table *t, const struct rtpe_rule *r, int *err)
{
	struct rtpe_output *outputs = (struct rtpe_output *)(r + 1);
	struct rule *rule;
	u32 i;

	rule = kzalloc(struct_size(rule, outputs, r->n_outputs), GFP_KERNEL);
	*err = rule ? 0 : -ENOMEM;
	if (!rule)
		return NULL;
	rule->flags = r->flags;
	rule->source_action = r->source_action;
	rule->punt = r->punt;
	memcpy(rule->pt_allow, r->pt_allow, sizeof(rule->pt_allow));
	rule->expected = r->remote;
	memcpy(rule->silence.pass, r->silence_pass, sizeof(rule->silence.pass));
	memcpy(rule->silence.of, r->silence, sizeof(rule->silence.of));
	rule->silence.n = r->n_silence;
	if (r->flags & RTPE_RULE_BLOCK_SHORT) {
		rule->shortest = kzalloc(sizeof(*rule->shortest), GFP_KERNEL);
		if (rule->shortest)
			memcpy(rule->shortest->types, r->block_short, sizeof(r->block_short));
		else
			*err = -ENOMEM;
	}
	rule->n_outputs = r->n_outputs;
	for (i = 0; i < r->n_outputs && !*err; i++)
		*err = compile_output(t, &outputs[i], &rule->outputs[i]);
	if (!*err)
		return rule;
	rule_free(rule);
	return NULL;
}

int rule_set(struct table *t, u32 slot, void *body, u32 len)
{
	struct port *port = port_of(t, slot);
	struct rtpe_rule *r = body;
	struct rule *rule, *old;
	int err;

	BUILD_BUG_ON(sizeof(struct rtpe_rule) % 4 || sizeof(struct rtpe_output) % 4);
	if (!port)
		return -ENOENT;
	err = check_head(r, port, len);
	if (err)
		return err;
	rule = compile(t, r, &err);
	if (!rule)
		return err;
	err = port_remote_set(port, &r->remote);
	if (err) {
		rule_free(rule);
		return err;
	}
	old = rcu_replace_pointer(port->rule, rule, table_held(t));
	if (old)
		call_rcu(&old->rcu, rule_free_rcu);
	else
		t->n_rules++;
	return 0;
}

void rule_clear(struct port *p)
{
	struct rule *old;

	old = rcu_replace_pointer(p->rule, NULL, table_held(p->table));
	if (!old)
		return;
	p->table->n_rules--;
	call_rcu(&old->rcu, rule_free_rcu);
}
