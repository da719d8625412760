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

enum { COMMAND_MAX = 20, COPIES_AT_ONCE = 1 << 20 };

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

/* Memory of SRTP streams: the offset is a slot. */
static ssize_t control_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	struct rtpe_srtp_port *m;
	int err;

	if (len < sizeof(*m) || *at < 0)
		return -EINVAL;
	m = kmalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	err = port_srtp_read(table_of_inode(file), *at, m);
	if (!err && copy_to_user(to, m, sizeof(*m)))
		err = -EFAULT;
	kfree(m);
	return err ?: (ssize_t)sizeof(*m);
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
	.proc_read = control_read,
	.proc_write = control_write,
	.proc_mmap = control_mmap,
	.proc_lseek = noop_llseek,
};

/* ---- /proc/rtpengine/N/copies --------------------------------------------- */

static ssize_t copies_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	struct table *t = table_of_inode(file);
	ssize_t n;
	void *chunk;

	len = min_t(size_t, len, COPIES_AT_ONCE);
	chunk = kvmalloc(len, GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	mutex_lock(&t->lock);
	n = t->copies ? copies_take(t->copies, chunk, len) : -ENOTCONN;
	mutex_unlock(&t->lock);
	if (n > 0 && copy_to_user(to, chunk, n))
		n = -EFAULT;
	kvfree(chunk);
	return n;
}

static const struct proc_ops copies_ops = {
	.proc_read = copies_read,
	.proc_lseek = noop_llseek,
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
	    owned(proc_create_data("copies", mode(0400), t->dir, &copies_ops, t)) &&
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
	char text[COMMAND_MAX + 1], *argument;
	unsigned int id;
	int err;

	/* As short as "add 0", as long as it may be with spaces around. */
	if (len < 5 || len > COMMAND_MAX)
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	text[len] = '\0';
	argument = strchr(text, ' ');
	if (strlen(text) != len || !argument || kstrtouint(argument + 1, 10, &id))
		return -EINVAL;
	*argument = '\0';
	if (!strcmp(text, "add"))
		err = table_add(id);
	else if (!strcmp(text, "del") || !strcmp(text, "kill"))
		err = table_del(id, text[0] == 'k');
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
