// SPDX-License-Identifier: GPL-2.0
/* /proc/rtpengine: control, list, and a folder per table. */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "packet.h"

enum { COMMAND_MAX = 20 };

static uint proc_uid;
module_param(proc_uid, uint, 0444);
MODULE_PARM_DESC(proc_uid, "Owner of /proc/rtpengine/control and of the tables' files");
static uint proc_gid;
module_param(proc_gid, uint, 0444);
MODULE_PARM_DESC(proc_gid, "Group of them");
static uint proc_mask = 0777;
module_param(proc_mask, uint, 0444);
MODULE_PARM_DESC(proc_mask, "Permissions that files may have at most");

static struct proc_dir_entry *root;

static struct table *table_of_inode(const struct file *file)
{
	return pde_data(file_inode(file));
}

/* ---- /proc/rtpengine/N/control ------------------------------------------ */

static int control_open(struct inode *inode, struct file *file)
{
	return table_control(pde_data(inode));
}

static int control_release(struct inode *inode, struct file *file)
{
	table_release(pde_data(inode));
	return 0;
}

static ssize_t control_write(struct file *file, const char __user *buf, size_t len, loff_t *at)
{
	void *msg;
	int err;

	if (len < sizeof(struct rtpe_kernel_msg) ||
	    len > sizeof(struct rtpe_kernel_msg) + RULE_MAX_SIZE)
		return -EINVAL;
	/* Once: what is checked is what is used. */
	msg = memdup_user(buf, len);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	err = control_message(table_of_inode(file), msg, len);
	kfree_sensitive(msg);
	return err ? err : len;
}

static int control_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct table *t = table_of_inode(file);
	int err;

	/* Counters are the module's to write. */
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	vm_flags_clear(vma, VM_MAYWRITE);
	mutex_lock(&t->lock);
	/* Refuses what is larger than they are. */
	err = t->greeted ? remap_vmalloc_range(vma, t->counters, vma->vm_pgoff) : -ENOTCONN;
	mutex_unlock(&t->lock);
	return err;
}

static const struct proc_ops control_ops = {
	.proc_open = control_open,
	.proc_release = control_release,
	.proc_write = control_write,
	.proc_mmap = control_mmap,
	.proc_lseek = noop_llseek,
};

/* ---- /proc/rtpengine/N/{status,list,blist} -------------------------------- */

static int status_show(struct seq_file *m, void *unused)
{
	struct table *t = m->private;

	mutex_lock(&t->lock);
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

static struct port *next_port(struct table *t, loff_t *at)
{
	for (; *at < t->n_slots; ++*at)
		if (t->seats[*at].port)
			return t->seats[*at].port;
	return NULL;
}

static void *ports_start(struct seq_file *m, loff_t *at)
{
	struct table *t = table_of_inode(m->file);

	mutex_lock(&t->lock);
	return next_port(t, at);
}

static void *ports_next(struct seq_file *m, void *port, loff_t *at)
{
	++*at;
	return next_port(table_of_inode(m->file), at);
}

static void ports_stop(struct seq_file *m, void *port)
{
	mutex_unlock(&table_of_inode(m->file)->lock);
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
		{ RTPE_RULE_TRACK_SSRC, "SSRC-tracking" },
	};
	int i;

	seq_puts(m, "    options:");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (rule->flags & names[i].flag)
			seq_printf(m, " %s", names[i].name);
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
	seq_puts(m, "  ");
	show_counters(m, READ_ONCE(c->tx_bytes), READ_ONCE(c->tx_packets),
		      READ_ONCE(c->tx_errors));
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

static const struct seq_operations list_ops = {
	.start = ports_start,
	.next = ports_next,
	.stop = ports_stop,
	.show = list_show,
};

static const struct seq_operations blist_ops = {
	.start = ports_start,
	.next = ports_next,
	.stop = ports_stop,
	.show = blist_show,
};

/* ---- folders --------------------------------------------------------------- */

static struct proc_dir_entry *owned(struct proc_dir_entry *e)
{
	if (e)
		proc_set_user(e, make_kuid(&init_user_ns, proc_uid),
			      make_kgid(&init_user_ns, proc_gid));
	return e;
}

/* To the kernel no permissions at all mean that everybody may read. */
static umode_t mode(umode_t most)
{
	return most & proc_mask ?: most & 0700;
}

int procfs_table_add(struct table *t)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", t->id);
	t->dir = proc_mkdir_mode(name, 0555, root);
	if (!t->dir)
		return -ENOMEM;
	if (owned(proc_create_data("control", mode(0660), t->dir, &control_ops, t)) &&
	    owned(proc_create_single_data("status", mode(0444), t->dir, status_show, t)) &&
	    owned(proc_create_seq_data("list", mode(0440), t->dir, &list_ops, t)) &&
	    owned(proc_create_seq_data("blist", mode(0440), t->dir, &blist_ops, t)))
		return 0;
	proc_remove(t->dir);
	return -ENOMEM;
}

void procfs_table_remove(struct table *t)
{
	proc_remove(t->dir);
}

static ssize_t command_write(struct file *file, const char __user *buf, size_t len, loff_t *at)
{
	char text[COMMAND_MAX + 1];
	unsigned int id;
	int err;

	/* As short as "add 0", as long as it may be with spaces around. */
	if (len < 5 || len > COMMAND_MAX)
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	text[len] = '\0';
	if (strlen(text) != len || kstrtouint(text + 4, 10, &id))
		return -EINVAL;
	if (!strncmp(text, "add ", 4))
		err = table_add(id);
	else if (!strncmp(text, "del ", 4))
		err = table_del(id);
	else
		err = -EINVAL;
	return err ? err : len;
}

static const struct proc_ops command_ops = {
	.proc_write = command_write,
	.proc_lseek = noop_llseek,
};

static int tables_show(struct seq_file *m, void *unused)
{
	u32 id;

	for (id = 0; id < RTPE_KERNEL_TABLES; id++)
		if (table_exists(id))
			seq_printf(m, "%u\n", id);
	return 0;
}

int procfs_init(void)
{
	root = proc_mkdir("rtpengine", NULL);
	if (!root)
		return -ENOMEM;
	if (owned(proc_create("control", mode(0220), root, &command_ops)) &&
	    proc_create_single("list", mode(0444), root, tables_show))
		return 0;
	proc_remove(root);
	return -ENOMEM;
}

void procfs_stop(void)
{
	remove_proc_entry("control", root);
	remove_proc_entry("list", root);
}

void procfs_exit(void)
{
	proc_remove(root);
}
