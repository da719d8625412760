// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: one per daemon. A table belongs to the network namespace in which
 * its daemon said HELLO, and is emptied when that namespace goes.
 */
#include "table.h"

#include <linux/log2.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "packet.h"

static struct table __rcu *tables[RTPE_KERNEL_TABLES];
/* Over adding and removing tables; outside every table->lock. */
static DEFINE_MUTEX(tables_lock);

static struct table *table_at(u32 id)
{
	return rcu_dereference_protected(tables[id], lockdep_is_held(&tables_lock));
}

const struct table *table_of_packet(u32 id, const struct net *net)
{
	const struct table *t = rcu_dereference(tables[id]);

	/* Pairs with the release in table_make(). */
	return t && smp_load_acquire(&t->net) == net ? t : NULL;
}

bool table_exists(u32 id)
{
	return rcu_access_pointer(tables[id]);
}

/* Empties a table: no ports, no rules, no packets on their way. */
static void table_reset(struct table *t)
{
	struct seat *seats;

	if (!t->net)
		return;
	hook_unregister(t);
	WRITE_ONCE(t->net, NULL);
	port_close_all(t);
	seats = t->seats;
	WRITE_ONCE(t->n_slots, 0);
	WRITE_ONCE(t->seats, NULL);
	synchronize_rcu();
	vfree(t->counters);
	kvfree(seats);
	kvfree(t->hash);
	copies_free(t->copies);
	t->counters = NULL;
	t->hash = NULL;
	t->copies = NULL;
}

static void lease_ended(struct work_struct *work)
{
	struct table *t = container_of(to_delayed_work(work), struct table, lease);

	mutex_lock(&t->lock);
	if (!t->controlled && time_after_eq(jiffies, t->lease_end))
		table_reset(t);
	mutex_unlock(&t->lock);
}

int table_add(u32 id)
{
	struct table *t;
	int err = -EEXIST;

	if (id >= RTPE_KERNEL_TABLES)
		return -EINVAL;
	mutex_lock(&tables_lock);
	if (table_at(id))
		goto out;
	err = -ENOMEM;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		goto out;
	t->id = id;
	mutex_init(&t->lock);
	INIT_DELAYED_WORK(&t->lease, lease_ended);
	err = procfs_table_add(t);
	if (err)
		kfree(t);
	else
		rcu_assign_pointer(tables[id], t);
out:
	mutex_unlock(&tables_lock);
	return err;
}

static void table_remove(struct table *t)
{
	RCU_INIT_POINTER(tables[t->id], NULL);
	/* Waits for whoever is in its files, and closes them. */
	procfs_table_remove(t);
	cancel_delayed_work_sync(&t->lease);
	mutex_lock(&t->lock);
	table_reset(t);
	mutex_unlock(&t->lock);
	synchronize_rcu();
	mutex_destroy(&t->lock);
	kfree(t);
}

int table_del(u32 id, bool in_use)
{
	struct table *t;
	bool busy;
	int err = 0;

	if (id >= RTPE_KERNEL_TABLES)
		return -EINVAL;
	mutex_lock(&tables_lock);
	t = table_at(id);
	if (!t) {
		err = -ENOENT;
		goto out;
	}
	mutex_lock(&t->lock);
	busy = t->controlled;
	mutex_unlock(&t->lock);
	if (busy && !in_use)
		err = -EBUSY;
	else
		table_remove(t);
out:
	mutex_unlock(&tables_lock);
	return err;
}

int table_control(struct table *t)
{
	int err = 0;

	mutex_lock(&t->lock);
	if (t->controlled)
		err = -EBUSY;
	t->controlled = true;
	if (!err)
		WRITE_ONCE(t->greeted, false);
	mutex_unlock(&t->lock);
	return err;
}

void table_release(struct table *t)
{
	mutex_lock(&t->lock);
	t->controlled = false;
	if (t->lease_ms && t->net) {
		t->lease_end = jiffies + msecs_to_jiffies(t->lease_ms);
		mod_delayed_work(system_wq, &t->lease, msecs_to_jiffies(t->lease_ms));
	} else {
		table_reset(t);
	}
	mutex_unlock(&t->lock);
}

static int table_make(struct table *t, const struct rtpe_kernel_hello *hello, struct net *net)
{
	u32 buckets = roundup_pow_of_two(hello->n_slots);
	int err;

	t->counters = vmalloc_user((size_t)hello->n_slots * sizeof(*t->counters));
	t->seats = kvcalloc(hello->n_slots, sizeof(*t->seats), GFP_KERNEL);
	t->hash = kvcalloc(buckets, sizeof(*t->hash), GFP_KERNEL);
	if (hello->copy_bytes)
		t->copies = copies_new(hello->copy_bytes);
	err = t->counters && t->seats && t->hash && (t->copies || !hello->copy_bytes) ?
	      0 : -ENOMEM;
	t->hash_mask = buckets - 1;
	/* Pairs with the acquire in port_srtp_read(). */
	smp_store_release(&t->n_slots, err ? 0 : hello->n_slots);
	t->mark = hello->mark;
	t->mark_mask = hello->mark_mask;
	/* From here on its packets may come. */
	smp_store_release(&t->net, net);
	if (!err)
		err = hook_register(t, hello->flags);
	if (err)
		table_reset(t);
	return err;
}

static int table_adopt(struct table *t, const struct rtpe_kernel_hello *hello, struct net *net)
{
	if (t->net != net || t->n_slots != hello->n_slots)
		return -ESTALE;
	/* What the last daemon asked for stays as large as it was. */
	if (hello->copy_bytes && !t->copies) {
		struct copies *c = copies_new(hello->copy_bytes);

		if (!c)
			return -ENOMEM;
		/* Pairs with the dependency in copies_put(). */
		smp_store_release(&t->copies, c);
	}
	hook_unregister(t);
	t->mark = hello->mark;
	t->mark_mask = hello->mark_mask;
	return hook_register(t, hello->flags);
}

static int hello_valid(const struct rtpe_kernel_hello *h)
{
	/* Compiled against other headers: everything it says would be read
	 * wrongly. */
	if (h->rule_abi != RTPE_RULE_ABI || h->rule_size != sizeof(struct rtpe_rule) ||
	    h->output_size != sizeof(struct rtpe_output) ||
	    h->bundle_size != sizeof(struct rtpe_bundle) ||
	    h->counters_size != sizeof(struct rtpe_counters) ||
	    h->srtp_size != sizeof(struct rtpe_srtp_port))
		return -EPROTO;
	if (h->flags & ~(RTPE_KERNEL_ADOPT | RTPE_KERNEL_HOOK_INPUT | RTPE_KERNEL_HOOK_EARLY))
		return -EINVAL;
	if (h->flags & RTPE_KERNEL_HOOK_INPUT && h->flags & RTPE_KERNEL_HOOK_EARLY)
		return -EINVAL;
	/* Meanings that there are none of yet, or a mark that no packet can have. */
	if (h->pad || h->pad2 || h->mark & ~h->mark_mask)
		return -EINVAL;
	if (h->copy_bytes && (h->copy_bytes < RTPE_KERNEL_MIN_COPY_BYTES ||
			      h->copy_bytes > RTPE_KERNEL_MAX_COPY_BYTES ||
			      !is_power_of_2(h->copy_bytes)))
		return -EINVAL;
	/* Memory without bounds, for counters or for time. */
	if (h->n_slots == 0 || h->n_slots > RTPE_KERNEL_MAX_SLOTS ||
	    h->lease_ms > RTPE_KERNEL_MAX_LEASE_MS)
		return -EINVAL;
	return 0;
}

int table_hello(struct table *t, const struct rtpe_kernel_hello *hello)
{
	struct net *net = current->nsproxy->net_ns;
	int err = hello_valid(hello);

	if (err)
		return err;
	if (t->greeted)
		return -EALREADY;
	if (hello->flags & RTPE_KERNEL_ADOPT) {
		err = table_adopt(t, hello, net);
	} else {
		table_reset(t);
		err = table_make(t, hello, net);
	}
	if (err)
		return err;
	t->lease_ms = hello->lease_ms;
	WRITE_ONCE(t->greeted, true);
	return 0;
}

/* Nothing may hold on to a route of a namespace that goes. */
static void __net_exit table_net_exit(struct net *net)
{
	bool any = false;
	u32 id;

	mutex_lock(&tables_lock);
	for (id = 0; id < RTPE_KERNEL_TABLES; id++) {
		struct table *t = table_at(id);

		if (!t)
			continue;
		mutex_lock(&t->lock);
		if (t->net == net) {
			table_reset(t);
			WRITE_ONCE(t->greeted, false);
			any = true;
		}
		mutex_unlock(&t->lock);
	}
	mutex_unlock(&tables_lock);
	/* A rule's end may begin a port's. */
	if (any) {
		rcu_barrier();
		rcu_barrier();
	}
}

static struct pernet_operations table_net_ops = {
	.pre_exit = table_net_exit,
};

int table_init(void)
{
	return register_pernet_subsys(&table_net_ops);
}

void table_exit(void)
{
	u32 id;

	mutex_lock(&tables_lock);
	for (id = 0; id < RTPE_KERNEL_TABLES; id++)
		if (table_at(id))
			table_remove(table_at(id));
	mutex_unlock(&tables_lock);
	unregister_pernet_subsys(&table_net_ops);
	rcu_barrier();
	rcu_barrier();
}
