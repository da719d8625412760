// SPDX-License-Identifier: GPL-2.0
/* Ports: opening, closing, finding; and the remote endpoints they send to. */
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "addr.h"
#include "rule.h"

static u32 secret __read_mostly;

void port_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
}

static struct hlist_head *bucket(const struct table *t, u8 family, const void *ip, u16 port)
{
	u32 h = family == 4 ? jhash(ip, 4, secret ^ port) : jhash(ip, 16, secret ^ port);

	return &t->hash[h & t->hash_mask];
}

struct port *port_lookup(const struct table *t, u8 family, const void *ip, u16 port, u32 scope)
{
	struct port *p;

	hlist_for_each_entry_rcu(p, bucket(t, family, ip, port), hash) {
		if (p->local.port != port || p->local.family != family)
			continue;
		if (memcmp(p->local.ip, ip, family == 4 ? 4 : 16))
			continue;
		/* The same link-local address may be on several links. */
		if (p->local.scope && p->local.scope != scope)
			continue;
		return p;
	}
	return NULL;
}

struct remote *remote_new(const struct rtpe_addr *addr, gfp_t gfp)
{
	struct remote *r = kzalloc(sizeof(*r), gfp);

	if (!r)
		return NULL;
	r->addr = *addr;
	if (dst_cache_init(&r->route, gfp)) {
		kfree(r);
		return NULL;
	}
	return r;
}

void remote_free(struct remote *r)
{
	if (!r)
		return;
	dst_cache_destroy(&r->route);
	kfree(r);
}

static void remote_free_rcu(struct rcu_head *head)
{
	remote_free(container_of(head, struct remote, rcu));
}

static void port_free_rcu(struct rcu_head *head)
{
	struct port *p = container_of(head, struct port, rcu);

	remote_free(rcu_dereference_protected(p->remote, true));
	kfree(p->sections);
	kfree(p->srtp);
	kfree(p);
}

static void port_release(struct kref *refs)
{
	call_rcu(&container_of(refs, struct port, refs)->rcu, port_free_rcu);
}

void port_put(struct port *p)
{
	kref_put(&p->refs, port_release);
}

struct port *port_of(const struct table *t, u32 slot)
{
	return slot < t->n_slots ? t->seats[slot].port : NULL;
}

static bool address_taken(const struct table *t, const struct rtpe_addr *a)
{
	const struct port *p;

	hlist_for_each_entry(p, bucket(t, a->family, a->ip, a->port), hash)
		if (addr_equal(&p->local, a))
			return true;
	return false;
}

static void counters_open(struct rtpe_counters *c)
{
	u32 generation = c->generation;

	memset(c, 0, sizeof(*c));
	c->opened_us = ktime_get_real_ns() / NSEC_PER_USEC;
	c->generation = generation + 1;
}

int port_open(struct table *t, u32 slot, const struct rtpe_addr *where)
{
	struct rtpe_addr local = *where;
	struct port *p;

	if (slot >= t->n_slots)
		return -ENOENT;
	if (t->seats[slot].port)
		return -EEXIST;
	/* No port to listen on, or no single address. */
	if (!addr_normalise(&local) || !addr_sendable(&local))
		return -EINVAL;
	if (address_taken(t, &local))
		return -EADDRINUSE;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	p->table = t;
	p->local = local;
	p->slot = slot;
	p->counters = &t->counters[slot];
	kref_init(&p->refs);
	spin_lock_init(&p->rx);
	spin_lock_init(&p->srtp_lock);
	p->ip_id = get_random_u32();
	/* Who sends from the slot's last port may be counting still. */
	cond_synchronize_rcu(t->seats[slot].grace);
	counters_open(p->counters);
	WRITE_ONCE(t->seats[slot].port, p);
	t->n_ports++;
	hlist_add_head_rcu(&p->hash, bucket(t, local.family, local.ip, local.port));
	return 0;
}

static void port_shut(struct table *t, struct port *p)
{
	rule_clear(p);
	WRITE_ONCE(p->closed, true);
	hlist_del_rcu(&p->hash);
	WRITE_ONCE(t->seats[p->slot].port, NULL);
	t->seats[p->slot].grace = get_state_synchronize_rcu();
	t->n_ports--;
	port_put(p);
}

int port_close(struct table *t, u32 slot)
{
	struct port *p = port_of(t, slot);

	if (!p)
		return -ENOENT;
	port_shut(t, p);
	return 0;
}

void port_close_all(struct table *t)
{
	u32 i;

	for (i = 0; i < t->n_slots && t->n_ports; i++)
		if (t->seats[i].port)
			port_shut(t, t->seats[i].port);
}

/* For readers in user space, who see the fields of an address one by one. */
static void remote_publish(struct rtpe_counters *c, const struct rtpe_addr *addr)
{
	WRITE_ONCE(c->remote_seq, c->remote_seq + 1);
	/* Readers take what they read between two equal, even numbers. */
	smp_wmb();
	c->remote = *addr;
	WRITE_ONCE(c->confirmed, addr->family != 0);
	/* As above. */
	smp_wmb();
	WRITE_ONCE(c->remote_seq, c->remote_seq + 1);
}

int port_remote_set(struct port *p, const struct rtpe_addr *to)
{
	struct remote *old, *new = NULL;
	struct rtpe_addr addr = *to;

	if (!addr_normalise(&addr))
		return -EINVAL;
	if (addr.family && addr.family != p->local.family)
		return -EINVAL;
	old = rcu_dereference_protected(p->remote, table_held(p->table));
	/* The route stays with it. */
	if (old && addr_equal(&old->addr, &addr))
		return 0;
	if (addr.family) {
		new = remote_new(&addr, GFP_KERNEL);
		if (!new)
			return -ENOMEM;
	}
	rcu_assign_pointer(p->remote, new);
	remote_publish(p->counters, &addr);
	if (old)
		call_rcu(&old->rcu, remote_free_rcu);
	return 0;
}

int port_rate_set(struct port *p, const struct rtpe_kernel_clock_rate *rate)
{
	return clock_rates_set(p->rates, rate->payload_type, rate->hz);
}

/* ---- statistics -------------------------------------------------------------- */

static bool tracks_fit(const struct rtpe_ssrc_counters *s)
{
	int i, k;

	for (i = 0; i < RTPE_SSRC_TRACKS; i++) {
		if (s[i].in_use > 1)
			return false;
		if (!s[i].in_use)
			continue;
		/* Also what jitter is divided by. */
		if (s[i].payload_type > 127 || !s[i].clock_rate || s[i].clock_rate > 1000000)
			return false;
		/* One source in two places would be counted in the first. */
		for (k = 0; k < i; k++)
			if (s[k].in_use && s[k].ssrc == s[i].ssrc)
				return false;
	}
	return true;
}

int port_tracks_set(struct port *p, const struct rtpe_ssrc_counters *tracks)
{
	u64 now = ktime_get_ns() / NSEC_PER_USEC;
	int i;

	if (!tracks_fit(tracks))
		return -EINVAL;
	spin_lock_bh(&p->rx);
	memcpy(p->counters->ssrc, tracks, sizeof(p->counters->ssrc));
	for (i = 0; i < RTPE_SSRC_TRACKS; i++)
		track_resume(&p->tracks[i], now);
	spin_unlock_bh(&p->rx);
	return 0;
}
