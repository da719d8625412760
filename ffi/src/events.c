/* SPDX-License-Identifier: MIT */
/* What a relay thread tells the consumer of its ring, and how often. */
#include "core.h"
#include "dtls_hub.h"
#include "punts.h"
#include "stun.h"

enum { EVENT_INTERVAL_US = 100000 };

static int event_put(struct thread *t, struct rtpe_event *ev, const struct packet *p,
		     const void *payload, uint32_t n)
{
	ev->slot = p->slot->index;
	ev->time_us = t->wall;
	ev->dst = p->slot->local;
	t->ring_dirty |= ev->type == RTPE_EVENT_PUNT && ev->reason == RTPE_CLASS_DTLS ? RING_DTLS
										     : RING_OTHER;
	return ring_put(&t->ring, ev, payload, n);
}

void event_punt(struct thread *t, const struct packet *p, unsigned class)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_PUNT, .reason = (rtpe_u16)class };
	struct rtpe_counters *c = p->slot->counters;

	if (class == RTPE_CLASS_STUN && !stun_whole(p->data, p->len)) {
		COUNT(c->drop_malformed, 1);
		COUNT(c->rx_errors, 1);
		return;
	}
	ev.src = p->src;
	if (punts_allow(t, p, class) &&
	    ((class == RTPE_CLASS_DTLS && dtls_hub_take(p, t->core)) ||
	     event_put(t, &ev, p, p->data, p->len) == 0))
		COUNT(c->punted, 1);
	else
		COUNT(c->punt_dropped, 1);
}

void event_remote(struct thread *t, const struct packet *p, unsigned learned)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_REMOTE };
	struct slot *slot = p->slot;

	/* A change may wait for the next packet; a confirmation may not: there
	 * may be no other occasion to tell it. */
	if (!(learned & LEARN_CONFIRMED) && t->now - slot->last_event < EVENT_INTERVAL_US) {
		slot->event_pending = 1;
		return;
	}
	ev.reason = (rtpe_u16)(learned & LEARN_CONFIRMED ? 1 : 0);
	ev.src = remote_read(slot);
	slot->last_event = t->now;
	slot->event_pending = event_put(t, &ev, p, NULL, 0) != 0;
}
