// SPDX-License-Identifier: GPL-2.0
/*
 * For measurements only: hands prepared Ethernet frames to the network stack as
 * if they had arrived at an interface, and tells how long that took. With an
 * output that only counts, that is what forwarding costs.
 *
 *   write { 0, interface index, frame }    keeps the frame
 *   write { 1, first, count }              runs some of them
 *   write { 2 }                            forgets them
 *   read                                   nanoseconds of the last run, as a u64
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

enum { FRAME_MAX = 2048, FRAMES_MAX = 200000 };

struct frame {
	struct net_device *dev;
	u32 len;
	u8 data[];
};

struct command {
	u32 what;
	u32 a;
	u32 b;
};

static struct frame **frames;
static u32 n_frames;
static u64 nanoseconds;
static DEFINE_MUTEX(lock);

static void forget(void)
{
	while (n_frames) {
		dev_put(frames[--n_frames]->dev);
		kfree(frames[n_frames]);
	}
}

static int keep(u32 ifindex, const char __user *from, size_t len)
{
	struct frame *f;

	if (len < ETH_HLEN || len > FRAME_MAX || n_frames == FRAMES_MAX)
		return -EINVAL;
	f = kmalloc(sizeof(*f) + len, GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	f->len = len;
	f->dev = copy_from_user(f->data, from, len) ? NULL :
		 dev_get_by_index(current->nsproxy->net_ns, ifindex);
	if (!f->dev) {
		kfree(f);
		return -EINVAL;
	}
	frames[n_frames++] = f;
	return 0;
}

static int receive(const struct frame *f)
{
	struct sk_buff *skb = netdev_alloc_skb_ip_align(f->dev, f->len);

	if (!skb)
		return -ENOMEM;
	skb_put_data(skb, f->data, f->len);
	skb->protocol = eth_type_trans(skb, f->dev);
	/* As cards do. */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	netif_receive_skb(skb);
	return 0;
}

static int run(u32 first, u32 count)
{
	int err = 0;
	u64 begin;
	u32 i;

	if (first > n_frames || count > n_frames - first)
		return -EINVAL;
	local_bh_disable();
	begin = ktime_get_ns();
	for (i = first; i < first + count && !err; i++)
		err = receive(frames[i]);
	nanoseconds = ktime_get_ns() - begin;
	local_bh_enable();
	return err;
}

static ssize_t bench_write(struct file *file, const char __user *buf, size_t len, loff_t *at)
{
	struct command c = {};
	int err;

	if (copy_from_user(&c, buf, min(len, sizeof(c))))
		return -EFAULT;
	mutex_lock(&lock);
	if (c.what == 0 && len > 8)
		err = keep(c.a, buf + 8, len - 8);
	else if (c.what == 1 && len == sizeof(c))
		err = run(c.a, c.b);
	else if (c.what == 2)
		err = 0, forget();
	else
		err = -EINVAL;
	mutex_unlock(&lock);
	return err ?: (ssize_t)len;
}

static ssize_t bench_read(struct file *file, char __user *buf, size_t len, loff_t *at)
{
	if (len < sizeof(nanoseconds))
		return -EINVAL;
	return copy_to_user(buf, &nanoseconds, sizeof(nanoseconds)) ? -EFAULT :
								      sizeof(nanoseconds);
}

static const struct proc_ops ops = {
	.proc_write = bench_write,
	.proc_read = bench_read,
	.proc_lseek = noop_llseek,
};

static int __init bench_init(void)
{
	frames = kvcalloc(FRAMES_MAX, sizeof(*frames), GFP_KERNEL);
	if (!frames)
		return -ENOMEM;
	if (!proc_create("rtpbench", 0600, NULL, &ops)) {
		kvfree(frames);
		return -ENOMEM;
	}
	return 0;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("rtpbench", NULL);
	forget();
	kvfree(frames);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Measures what forwarding costs");
