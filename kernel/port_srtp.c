// SPDX-License-Identifier: GPL-2.0
/*
 * What a port remembers of SRTP streams, as user space hears and tells it. A
 * relay thread asks with a packet in its hands: nothing here waits for a message
 * under table->lock.
 */
#include <linux/slab.h>

#include "srtp_stream.h"
#include "table.h"

int port_srtp_need(struct port *p)
{
	struct rtpe_srtp_port *m;

	if (READ_ONCE(p->srtp))
		return 0;
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	/* Somebody else may have been faster. Packets come here by rules that are
	 * published later. */
	if (cmpxchg(&p->srtp, NULL, m))
		kfree(m);
	return 0;
}

static u32 places(const struct rtpe_srtp_state *states, const struct rtpe_kernel_srtp *list,
		  u32 n, u32 sent)
{
	u32 need = 0, i, k;

	for (i = 0; i < n; i++) {
		if (list[i].sent != sent)
			continue;
		for (k = 0; k < RTPE_SRTP_STREAMS; k++)
			if (states[k].key == list[i].state.key &&
			    states[k].ssrc == list[i].state.ssrc)
				break;
		need += k == RTPE_SRTP_STREAMS;
	}
	return need;
}

static u32 places_free(const struct rtpe_srtp_state *states)
{
	u32 n = 0, k;

	for (k = 0; k < RTPE_SRTP_STREAMS; k++)
		n += !states[k].key;
	return n;
}

/* The window of an SSRC, which is there or has room. */
static struct rtpe_srtp_window *srtp_window(struct rtpe_srtp_port *m,
					    const struct rtpe_kernel_srtp *in)
{
	struct srtp_table t = {
		.states = in->sent ? m->tx : m->rx,
		.clock = in->sent ? &m->tx_clock : &m->rx_clock,
		.from = in->state.from,
	};
	u32 hint = 0;

	return &srtp_take(&t, in->state.key, in->state.ssrc, &hint)->rtp;
}

static bool srtp_fits(const struct rtpe_kernel_srtp *in)
{
	/* No key, no direction, or an index that no packet has. */
	return in->state.key && in->sent <= 1 && !in->pad &&
	       in->state.rtp.top < RTPE_SRTP_RTP_END;
}

/* What may be done without table->lock: a port that is closed meanwhile stays
 * until it is given back. NULL: there is none. */
static struct port *port_get(struct table *t, u64 slot)
{
	struct port *p = NULL;
	struct seat *seats;

	rcu_read_lock();
	/* Both are freed after a grace period; seats are there before n_slots. */
	if (slot < smp_load_acquire(&t->n_slots)) {
		seats = READ_ONCE(t->seats);
		p = seats ? READ_ONCE(seats[slot].port) : NULL;
	}
	if (p && !kref_get_unless_zero(&p->refs))
		p = NULL;
	rcu_read_unlock();
	return p;
}

static int put(struct port *p, const struct rtpe_kernel_srtp *list, u32 n)
{
	u32 i;

	/* Nobody who is there makes room. */
	if (places(p->srtp->rx, list, n, 0) > places_free(p->srtp->rx) ||
	    places(p->srtp->tx, list, n, 1) > places_free(p->srtp->tx))
		return -ENOSPC;
	for (i = 0; i < n; i++)
		rtpe_srtp_merge(srtp_window(p->srtp, &list[i]), &list[i].state.rtp);
	return 0;
}

static int claim(struct port *p, const struct rtpe_kernel_srtp *in)
{
	const struct rtpe_srtp_state *states = in->sent ? p->srtp->tx : p->srtp->rx;

	if (places(states, in, 1, in->sent) > places_free(states))
		return -ENOSPC;
	return rtpe_srtp_claim(srtp_window(p->srtp, in), in->state.rtp.top);
}

int port_srtp_message(struct table *t, const struct rtpe_kernel_msg *m,
		      const struct rtpe_kernel_srtp *list)
{
	u32 len = m->size - sizeof(*m), n = len / sizeof(*list), i;
	struct port *p;
	int err;

	/* None, half of one, or more than a port has room for. */
	if (len == 0 || len % sizeof(*list) || n > RTPE_KERNEL_SRTP_MAX)
		return -EINVAL;
	for (i = 0; i < n; i++)
		if (!srtp_fits(&list[i]))
			return -EINVAL;
	p = port_get(t, m->slot);
	if (!p)
		return -ENOENT;
	err = port_srtp_need(p);
	if (!err) {
		spin_lock_bh(&p->srtp_lock);
		err = m->type == RTPE_KERNEL_SRTP_CLAIM ? claim(p, list) : put(p, list, n);
		spin_unlock_bh(&p->srtp_lock);
	}
	port_put(p);
	return err;
}

int port_srtp_read(struct table *t, u64 slot, struct rtpe_srtp_port *out)
{
	struct port *p = port_get(t, slot);
	const struct rtpe_srtp_port *m;

	if (!p)
		return -ENOENT;
	/* Pairs with the barrier of port_srtp_need(). */
	m = smp_load_acquire(&p->srtp);
	if (m) {
		spin_lock_bh(&p->srtp_lock);
		*out = *m;
		spin_unlock_bh(&p->srtp_lock);
	} else {
		memset(out, 0, sizeof(*out));
	}
	port_put(p);
	return 0;
}
