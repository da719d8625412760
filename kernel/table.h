/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables, ports, and who may touch them.
 *
 *   control    one message at a time per table, under table->lock; what is told
 *              and asked about SRTP streams under the lock of the port alone
 *   packets    under RCU: a table's ports are found by local address, a port's
 *              rule and remote are pointers that control swaps
 *   port->rx   lock over the receive counters and SSRC tracks of a port;
 *              port->srtp_lock is that of its SRTP streams
 *
 * A rule holds a reference to each port it sends from. A port that was closed
 * stays until the last such rule is gone, but nothing is sent from it.
 */
#ifndef RTPEDGE_TABLE_H
#define RTPEDGE_TABLE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/dst_cache.h>
#include <net/net_namespace.h>

#include "rtpe_kernel.h"
#include "stats.h"

struct bundle_table;
struct copies;

struct proc_dir_entry;
struct rule;

/* Somewhere to send to, with the route there. */
struct remote {
	struct rtpe_addr addr;		/* family 0 = nowhere */
	struct dst_cache route;
	struct rcu_head rcu;
};

struct port {
	struct hlist_node hash;
	struct table *table;
	struct rtpe_counters *counters;	/* in table->counters */
	struct rule __rcu *rule;
	struct remote __rcu *remote;
	struct rtpe_addr local;
	u32 slot;
	bool closed;
	bool waits;			/* its rule says RTPE_RULE_WAIT_INPUT */
	u16 ip_id;			/* of the last packet sent, about */
	struct kref refs;
	spinlock_t rx;			/* receive counters, tracks, rates, sections */
	struct track tracks[RTPE_SSRC_TRACKS];
	clock_rate rates[RTPE_CLOCK_RATES];
	struct bundle_table *sections;	/* since there was a rule with a bundle */
	u32 bundle_epoch;		/* of the last bundle; control's */
	spinlock_t srtp_lock;
	struct rtpe_srtp_port *srtp;	/* since there were keys */
	struct rcu_head rcu;
};

/* A slot while its port is closed. */
struct seat {
	struct port *port;
	unsigned long grace;		/* of the port closed last */
};

struct table {
	u32 id;
	struct mutex lock;		/* control: everything below */
	struct proc_dir_entry *dir;
	bool controlled;		/* its control file is open */
	bool greeted;			/* and has said HELLO */
	/* Since HELLO. */
	struct net *net;		/* no reference: see table_net_exit() */
	struct rtpe_counters *counters;
	struct seat *seats;
	struct hlist_head *hash;
	u32 hash_mask;
	u32 n_slots;
	u32 n_ports;
	u32 n_rules;
	u32 lease_ms;
	u32 hook_flags;
	u32 mark;
	u32 mark_mask;
	struct nf_hook_ops hooks[2];
	struct copies *copies;		/* NULL: none asked for */
	struct delayed_work lease;
	unsigned long lease_end;	/* jiffies */
};

/* Counters with several writers. */
static inline void count_shared(rtpe_u64 *field, u64 n)
{
	BUILD_BUG_ON(sizeof(atomic64_t) != sizeof(*field));
	atomic64_add(n, (atomic64_t *)field);
}

/* For rcu_dereference_protected(). */
#define table_held(t) lockdep_is_held(&(t)->lock)

/* table.c */
int table_add(u32 id);
/* in_use: also when a daemon controls it, whose file then is dead. */
int table_del(u32 id, bool in_use);
/* Under rcu_read_lock(): the table if it is of that namespace, else NULL. */
const struct table *table_of_packet(u32 id, const struct net *net);
bool table_exists(u32 id);
/* The control file is opened, and closed. -EBUSY: it is open. */
int table_control(struct table *t);
void table_release(struct table *t);
/* Under table->lock. */
int table_hello(struct table *t, const struct rtpe_kernel_hello *hello);
int table_init(void);
/* Removes all tables. */
void table_exit(void);

/* port.c, under table->lock but for port_lookup(), port_put(), and what says so. */
int port_open(struct table *t, u32 slot, const struct rtpe_addr *local);
int port_close(struct table *t, u32 slot);
void port_close_all(struct table *t);
int port_remote_set(struct port *p, const struct rtpe_addr *addr);
int port_rate_set(struct port *p, const struct rtpe_kernel_clock_rate *rate);
int port_tracks_set(struct port *p, const struct rtpe_ssrc_counters *tracks);
/* The open port of a slot, or NULL. */
struct port *port_of(const struct table *t, u32 slot);
void port_put(struct port *p);
/* Under rcu_read_lock(). scope: the interface the packet came in by. */
struct port *port_lookup(const struct table *t, u8 family, const void *ip, u16 port,
			 u32 scope);
/* Secret of the hash of local addresses. */
void port_init(void);

/* port_srtp.c, with or without table->lock. */
/* Memory for SRTP streams, if it has none yet. 0 or -ENOMEM. */
int port_srtp_need(struct port *p);
/* What the port of a slot remembers of them. */
int port_srtp_read(struct table *t, u64 slot, struct rtpe_srtp_port *out);
/* RTPE_KERNEL_SRTP_PUT and RTPE_KERNEL_SRTP_CLAIM. */
int port_srtp_message(struct table *t, const struct rtpe_kernel_msg *m,
		      const struct rtpe_kernel_srtp *list);

struct remote *remote_new(const struct rtpe_addr *addr, gfp_t gfp);
void remote_free(struct remote *r);

/* copies.c: packets for a daemon that records. */
struct copies *copies_new(u32 bytes);
void copies_free(struct copies *c);
/* Under table->lock: moves whole records to memory. How many bytes, or -EAGAIN:
 * there are none; -EMSGSIZE: not even one fits. */
ssize_t copies_take(struct copies *c, void *to, size_t len);

/* list.c */
int status_show(struct seq_file *m, void *unused);
extern const struct seq_operations list_ops, blist_ops;

/* procfs.c */
int procfs_table_add(struct table *t);
void procfs_table_remove(struct table *t);
int procfs_init(void);
/* No more tables come or go by command. */
void procfs_stop(void);
void procfs_exit(void);

#endif
