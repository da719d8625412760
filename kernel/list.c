// SPDX-License-Identifier: GPL-2.0
/* /proc/rtpengine/N/{status,list,blist}: a table as people and programs see it.
 * Keys are in none of them. */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "packet.h"

int status_show(struct seq_file *m, void *unused)
{
	struct table *t = m->private;

	mutex_lock(&t->lock);
	seq_printf(m, "Refcount:  %u\n", 1 + t->controlled);
	seq_printf(m, "Opencount: %u\n", t->controlled);
	seq_printf(m, "Targets:   %u\n", t->n_rules);
	seq_printf(m, "Ports:     %u of %u\n", t->n_ports, t->n_slots);
	seq_printf(m, "Hook:      %s\n",
		   t->hook_flags & RTPE_KERNEL_HOOK_EARLY ? "early" :
		   t->hook_flags ? "input" : "none");
	seq_printf(m, "Lease:     %u ms\n", t->lease_ms);
	mutex_unlock(&t->lock);
	return 0;
}

static struct table *table_of(const struct seq_file *m)
{
	return pde_data(file_inode(m->file));
}

static struct port *next_port(struct table *t, loff_t *at)
{
	for (; *at < t->n_slots; ++*at)
		if (t->seats[*at].port)
			return t->seats[*at].port;
	return NULL;
}

static void *ports_start(struct seq_file *m, loff_t *at)
{
	struct table *t = table_of(m);

	mutex_lock(&t->lock);
	return next_port(t, at);
}

static void *ports_next(struct seq_file *m, void *port, loff_t *at)
{
	++*at;
	return next_port(table_of(m), at);
}

static void ports_stop(struct seq_file *m, void *port)
{
	mutex_unlock(&table_of(m)->lock);
}

static void show_addr(struct seq_file *m, const struct rtpe_addr *a)
{
	if (a->family == 4)
		seq_printf(m, "inet4 %pI4:%u\n", a->ip, a->port);
	else if (a->family == 6)
		seq_printf(m, "inet6 [%pI6c]:%u\n", a->ip, a->port);
	else
		seq_puts(m, "none\n");
}

static void show_counters(struct seq_file *m, u64 bytes, u64 packets, u64 errors)
{
	seq_printf(m, "    stats: %20llu bytes, %20llu packets, %20llu errors\n", bytes, packets,
		   errors);
}

static void show_options(struct seq_file *m, const struct rule *rule)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {
		{ RTPE_RULE_RTCP_MUX, "RTCP-mux" },	{ RTPE_RULE_RTCP, "RTCP" },
		{ RTPE_RULE_OPAQUE, "opaque" },		{ RTPE_RULE_BLACKHOLE, "blackhole" },
		{ RTPE_RULE_TRACK_SSRC, "SSRC-tracking" }, { RTPE_RULE_BUNDLE, "bundle" },
		{ RTPE_RULE_WAIT_INPUT, "waiting" },	{ RTPE_RULE_BLOCK_SHORT, "block-short" },
	};
	int i;

	seq_puts(m, "    options:");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (rule->flags & names[i].flag)
			seq_printf(m, " %s", names[i].name);
	if (rule->copy)
		seq_puts(m, " intercept");
	seq_putc(m, '\n');
}

static void show_key(struct seq_file *m, const char *indent, const char *what,
		     const struct srtp_key *k)
{
	const struct rtpe_srtp *p = &k->params;

	seq_printf(m, "%sSRTP %s: %s", indent, what, srtp_name(p));
	if (p->mki_len)
		seq_printf(m, ", MKI of %u bytes", p->mki_len);
	if (p->flags & RTPE_SRTP_PLAIN_RTP)
		seq_puts(m, ", unencrypted");
	if (p->flags & RTPE_SRTP_NO_RTP_AUTH)
		seq_puts(m, ", unauthenticated");
	seq_putc(m, '\n');
}

static void show_output(struct seq_file *m, const struct out_rule *out, u32 i,
			const struct remote *to)
{
	const struct rtpe_counters *c = out->port->counters;

	seq_printf(m, "    output #%u%s\n      src ", i, out->port->closed ? " (closed)" : "");
	show_addr(m, &out->port->local);
	seq_puts(m, "      dst ");
	if (to)
		show_addr(m, &to->addr);
	else
		seq_puts(m, "none\n");
	if (out->flags & RTPE_OUT_SSRC_REWRITE)
		seq_printf(m, "      SSRC out: %x\n", out->ssrc_out);
	if (out->sections != SECTIONS_ALL)
		seq_printf(m, "      media: %u\n", ilog2(out->sections));
	if (out->ext && out->ext->mid_id)
		seq_printf(m, "      media ID: %.*s\n", out->ext->mid_len, out->ext->mid);
	if (out->encrypt)
		show_key(m, "      ", "encryption", out->encrypt);
	seq_puts(m, "  ");
	show_counters(m, READ_ONCE(c->tx_bytes), READ_ONCE(c->tx_packets),
		      READ_ONCE(c->tx_errors));
}

static void show_ssrcs(struct seq_file *m, const struct rtpe_counters *c)
{
	int i;

	for (i = 0; i < RTPE_SSRC_TRACKS; i++)
		if (READ_ONCE(c->ssrc[i].in_use))
			seq_printf(m, "    SSRC in: %x, payload type %u, %llu packets\n",
				   READ_ONCE(c->ssrc[i].ssrc),
				   READ_ONCE(c->ssrc[i].payload_type),
				   READ_ONCE(c->ssrc[i].packets));
}

static void show_payload_types(struct seq_file *m, const struct rtpe_counters *c)
{
	int i;

	for (i = 0; i < RTPE_PAYLOAD_TYPES && READ_ONCE(c->payload_type[i]); i++)
		seq_printf(m, "    payload type %u: %llu bytes, %llu packets\n",
			   READ_ONCE(c->payload_type[i]) & 0x7f, READ_ONCE(c->payload[i].bytes),
			   READ_ONCE(c->payload[i].packets));
}

static int list_show(struct seq_file *m, void *v)
{
	static const char *const actions[] = { "propagate", "drop", "propagate" };
	const struct port *p = v;
	const struct rtpe_counters *c = p->counters;
	const struct rule *rule = rcu_dereference_protected(p->rule, table_held(p->table));
	u32 i;

	seq_puts(m, "local ");
	show_addr(m, &p->local);
	if (!rule) {
		seq_puts(m, "    no rule\n");
		return 0;
	}
	seq_puts(m, "    expect ");
	show_addr(m, &rule->expected);
	seq_printf(m, "    src mismatch action: %s\n",
		   rule->punt & RTPE_CLASS_BAD_SOURCE &&
		   rule->source_action == RTPE_SOURCE_DROP ? "punt" :
		   actions[rule->source_action]);
	show_counters(m, READ_ONCE(c->rx_bytes), READ_ONCE(c->rx_packets),
		      READ_ONCE(c->rx_errors));
	if (rule->decrypt)
		show_key(m, "    ", "decryption", rule->decrypt);
	show_ssrcs(m, c);
	show_payload_types(m, c);
	show_options(m, rule);
	for (i = 0; i < rule->n_outputs; i++) {
		const struct out_rule *out = &rule->outputs[i];
		const struct remote *to = out->remote;

		if (out->flags & RTPE_OUT_FOLLOW)
			to = rcu_dereference_protected(out->port->remote, table_held(p->table));
		show_output(m, out, i, to);
	}
	return 0;
}

static int blist_show(struct seq_file *m, void *v)
{
	const struct port *p = v;
	const struct rule *rule = rcu_dereference_protected(p->rule, table_held(p->table));
	const struct remote *remote = rcu_dereference_protected(p->remote, table_held(p->table));
	struct rtpe_kernel_port record = {
		.size = sizeof(record),
		.slot = p->slot,
		.local = p->local,
		.has_rule = !!rule,
		.n_outputs = rule ? rule->n_outputs : 0,
	};

	if (remote)
		record.remote = remote->addr;
	seq_write(m, &record, sizeof(record));
	return 0;
}

const struct seq_operations list_ops = {
	.start = ports_start,
	.next = ports_next,
	.stop = ports_stop,
	.show = list_show,
};

const struct seq_operations blist_ops = {
	.start = ports_start,
	.next = ports_next,
	.stop = ports_stop,
	.show = blist_show,
};
