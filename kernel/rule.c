// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a rule says is checked here once (rule_check.h), and trusted
 * afterwards.
 */
#include "rule.h"

#include <linux/slab.h>

#include "addr.h"
#include "rule_check.h"

static int check(struct rtpe_rule *r, const struct port *port, u32 len)
{
	int err;

	/* Not even the part that says how long it is. */
	if (len < sizeof(*r))
		return -EINVAL;
	if (r->abi != RTPE_RULE_ABI)
		return -EPROTO;
	err = rule_check_head(r, &port->local, len);
	if (err)
		return err;
	/* Right so far, but for user space: who is to be learned first. */
	return r->learning == RTPE_LEARN_OFF ? 0 : -EOPNOTSUPP;
}

/* ---- compiling --------------------------------------------------------------- */

/* Keys of the rule before, or of an output before, go on: making them anew costs
 * more than all the rest of a rule. */
static struct srtp_key *key_of(const struct rule *old, const struct rule *rule, u32 done,
			       const struct rtpe_srtp *p, int *err)
{
	u32 i;

	if (old && old->decrypt && srtp_key_same(old->decrypt, p))
		return srtp_key_get(old->decrypt);
	for (i = 0; old && i < old->n_outputs; i++)
		if (old->outputs[i].encrypt && srtp_key_same(old->outputs[i].encrypt, p))
			return srtp_key_get(old->outputs[i].encrypt);
	for (i = 0; i < done; i++)
		if (rule->outputs[i].encrypt && srtp_key_same(rule->outputs[i].encrypt, p))
			return srtp_key_get(rule->outputs[i].encrypt);
	return srtp_key_new(p, err);
}

static int compile_ext(const struct rtpe_output *o, const struct rtpe_bundle *b,
		       struct out_rule *c)
{
	struct ext_edit *e;

	if (!ext_wanted(o))
		return 0;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	c->ext = e;
	ext_compile(e, o, b ? b->mid_extension : 0);
	return 0;
}

static int compile_output(struct table *t, const struct rtpe_output *o, struct out_rule *c)
{
	struct port *port = port_of(t, o->slot);

	if (!port)
		return -ENOENT;
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
	c->sections = o->flags & RTPE_OUT_SECTION ? 1 << o->section : SECTIONS_ALL;
	return 0;
}

static int compile_outputs(struct table *t, struct rtpe_rule *r, const struct rtpe_bundle *b,
			   const struct rule *old, struct rule *rule)
{
	struct rtpe_output *outputs = (struct rtpe_output *)(r + 1);
	int err = 0;
	u32 i;

	for (i = 0; i < r->n_outputs && !err; i++) {
		struct rtpe_output *o = &outputs[i];
		struct out_rule *c = &rule->outputs[i];

		err = rule_check_output(o, b ? b->n_sections : 0, r->decrypt.cipher);
		if (!err)
			err = compile_output(t, o, c);
		if (!err)
			err = compile_ext(o, b, c);
		if (!err && o->encrypt.cipher) {
			c->encrypt = key_of(old, rule, i, &o->encrypt, &err);
			if (!err)
				err = port_srtp_need(c->port);
		}
		if (err)
			break;
		if (c->encrypt)
			rule->needs_simd |= c->encrypt->keys.needs_simd;
		rule->keep_sealed |= (o->flags & RTPE_OUT_AS_RECEIVED) != 0;
		rule->rtcp_up |= c->encrypt && o->match & RTPE_CLASS_RTCP;
	}
	return err;
}

/* Sections that are the old rule's keep what was learned about them. */
static int compile_bundle(struct port *port, const struct rtpe_bundle *from,
			  const struct rule *old, struct rule *rule)
{
	struct bundle *b = kzalloc(sizeof(*b), GFP_KERNEL);

	rule->bundle = b;
	if (!b)
		return -ENOMEM;
	if (!port->sections)
		port->sections = kzalloc(sizeof(*port->sections), GFP_KERNEL);
	if (!port->sections)
		return -ENOMEM;
	bundle_compile(b, from);
	b->learned = port->sections;
	if (!old || !old->bundle || !bundle_same_sections(old->bundle, b))
		port->bundle_epoch++;
	b->epoch = port->bundle_epoch;
	rule->rtcp_up = true;
	return 0;
}

void rule_free(struct rule *rule)
{
	u32 i;

	for (i = 0; i < rule->n_outputs; i++) {
		struct out_rule *o = &rule->outputs[i];

		remote_free(o->remote);
		kfree(o->ext);
		srtp_key_put(o->encrypt);
		if (o->port)
			port_put(o->port);
	}
	srtp_key_put(rule->decrypt);
	kfree(rule->bundle);
	kfree(rule->shortest);
	kfree(rule);
}

static void rule_free_rcu(struct rcu_head *head)
{
	rule_free(container_of(head, struct rule, rcu));
}

static int compile_head(struct rule *rule, const struct rtpe_rule *r)
{
	rule->flags = r->flags;
	rule->source_action = r->source_action;
	rule->punt = r->punt;
	memcpy(rule->pt_allow, r->pt_allow, sizeof(rule->pt_allow));
	rule->expected = r->remote;
	memcpy(rule->silence.pass, r->silence_pass, sizeof(rule->silence.pass));
	memcpy(rule->silence.of, r->silence, sizeof(rule->silence.of));
	rule->silence.n = r->n_silence;
	rule->n_outputs = r->n_outputs;
	if (!(r->flags & RTPE_RULE_BLOCK_SHORT))
		return 0;
	rule->shortest = kzalloc(sizeof(*rule->shortest), GFP_KERNEL);
	if (!rule->shortest)
		return -ENOMEM;
	memcpy(rule->shortest->types, r->block_short, sizeof(r->block_short));
	return 0;
}

static int compile_decrypt(struct port *port, const struct rtpe_rule *r, const struct rule *old,
			   struct rule *rule)
{
	int err = 0;

	if (!r->decrypt.cipher)
		return 0;
	rule->rtcp_up = true;
	rule->decrypt = key_of(old, rule, 0, &r->decrypt, &err);
	if (err)
		return err;
	rule->needs_simd = rule->decrypt->keys.needs_simd;
	return port_srtp_need(port);
}

static struct rule *compile(struct table *t, struct port *port, struct rtpe_rule *r, int *err)
{
	const struct rule *old = rcu_dereference_protected(port->rule, table_held(t));
	struct rtpe_output *outputs = (struct rtpe_output *)(r + 1);
	const struct rtpe_bundle *b = NULL;
	struct rule *rule;

	if (r->flags & RTPE_RULE_BUNDLE) {
		b = (const struct rtpe_bundle *)(outputs + r->n_outputs);
		*err = bundle_valid(b) ? 0 : -EINVAL;
		if (*err)
			return NULL;
	}
	rule = kzalloc(struct_size(rule, outputs, r->n_outputs), GFP_KERNEL);
	*err = rule ? compile_head(rule, r) : -ENOMEM;
	if (!rule)
		return NULL;
	if (!*err)
		*err = compile_decrypt(port, r, old, rule);
	if (!*err)
		*err = compile_outputs(t, r, b, old, rule);
	if (!*err && b)
		*err = compile_bundle(port, b, old, rule);
	if (!*err)
		return rule;
	rule_free(rule);
	return NULL;
}

int rule_set(struct table *t, u32 slot, u32 flags, void *body, u32 len)
{
	struct port *port = port_of(t, slot);
	struct rtpe_rule *r = body;
	struct rule *rule, *old;
	int err;

	BUILD_BUG_ON(sizeof(struct rtpe_rule) % 4 || sizeof(struct rtpe_output) % 4);
	if (!port)
		return -ENOENT;
	err = check(r, port, len);
	if (err)
		return err;
	rule = compile(t, port, r, &err);
	if (!rule)
		return err;
	rule->copy = flags & RTPE_KERNEL_RULE_COPY;
	err = port_remote_set(port, &r->remote);
	if (err) {
		rule_free(rule);
		return err;
	}
	WRITE_ONCE(port->waits, (r->flags & RTPE_RULE_WAIT_INPUT) != 0);
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
	WRITE_ONCE(p->waits, false);
	p->table->n_rules--;
	call_rcu(&old->rcu, rule_free_rcu);
}
