/* SPDX-License-Identifier: MIT */
/* Slots: opening and closing ports, installing rules, sending from a port. */
#include <errno.h>
#include <unistd.h>

#include "alloc.h"
#include "capture.h"
#include "classify.h"
#include "core.h"
#include "dtls_hub.h"
#include "punts.h"
#include "kernel.h"
#include "secure.h"
#include "txq.h"

static size_t slots_bytes(const struct rtpe_core *core)
{
	return core->opts.max_slots * sizeof(struct slot);
}

static size_t free_bytes(const struct rtpe_core *core)
{
	return core->opts.max_slots * sizeof(uint32_t);
}

int slots_init(struct rtpe_core *core)
{
	int err = counters_map(&core->counters_file, core->opts.counters_path,
			       core->opts.max_slots);

	if (err)
		return err;
	core->counters = core->counters_file.counters;
	core->slots = mem_map(slots_bytes(core));
	core->free_slots = mem_map(free_bytes(core));
	if (!core->slots || !core->free_slots)
		return -ENOMEM;
	return 0;
}

/* Closed slots whose counters stay readable while others were never used. */
enum { REST = 4096 };

/* A slot never used, while there is one and few are closed; then the one closed
 * longest ago. Memory is dear that was never touched. */
static struct slot *slot_take(struct rtpe_core *core)
{
	struct slot *slot;
	uint32_t i;

	if (core->n_used_slots < core->opts.max_slots && core->free_count <= REST) {
		if (counters_reserve(&core->counters_file, core->n_used_slots))
			return NULL;
		i = core->n_used_slots++;
	} else if (core->free_count) {
		i = core->free_slots[core->free_head];
		core->free_head = (core->free_head + 1) % core->opts.max_slots;
		core->free_count--;
	} else {
		return NULL;
	}
	slot = &core->slots[i];
	slot->index = i;
	slot->counters = &core->counters[i];
	slot->srtp = &core->counters_file.srtp[i];
	atomic_store(&slot->fd, -1);
	return slot;
}

static void slot_give(struct rtpe_core *core, struct slot *slot)
{
	uint32_t at = (core->free_head + core->free_count) % core->opts.max_slots;

	core->free_slots[at] = slot->index;
	core->free_count++;
}

struct slot *slot_of(struct rtpe_core *core, uint32_t index)
{
	struct slot *slot;

	if (index >= core->n_used_slots)
		return NULL;
	slot = &core->slots[index];
	return atomic_load_explicit(&slot->generation, memory_order_relaxed) ? slot : NULL;
}

void slot_publish_ssrcs(struct slot *slot)
{
	for (unsigned i = 0; i < RTPE_SSRC_TRACKS; i++) {
		const struct rtpe_ssrc_counters *s = &slot->counters->ssrc[i];

		atomic_store_explicit(&slot->heard[i], s->in_use ? s->ssrc : 0,
				      memory_order_relaxed);
	}
}

/* A closed slot is read by nobody but the API: this needs no care. */
static void slot_reset(struct rtpe_core *core, struct slot *slot, struct iface *iface,
		       const struct rtpe_addr *local)
{
	struct rtpe_counters *c = slot->counters;
	uint32_t generation = c->generation + 1, seq = c->remote_seq;

	memset(c, 0, sizeof(*c));
	c->generation = generation ? generation : 1;
	c->remote_seq = seq;
	c->opened_us = clock_us(CLOCK_REALTIME);
	slot->iface = iface;
	slot->local = *local;
	/* A port pair stays on one thread. */
	slot->thread = (uint32_t)(local->port >> 1) % core->opts.threads;
	memset(&slot->learn, 0, sizeof(slot->learn));
	memset(slot->tracks, 0, sizeof(slot->tracks));
	for (uint32_t i = 0; i < RTPE_CLOCK_RATES; i++)
		COUNT_SET(slot->rates[i], 0);
	slot_publish_ssrcs(slot);
	slot->bundle_epoch = 0;
	slot->last_event = 0;
	slot->event_pending = 0;
	slot->overflow = 0;
	punts_reset(slot, core_now(core), core->opts.punt_rate);
	atomic_store(&slot->hold, 0);
	atomic_store(&slot->captured, 0);
	/* Of a port that never had keys it is not even touched. */
	if (slot->secured)
		memset(slot->srtp, 0, sizeof(*slot->srtp));
	slot->secured = false;
	atomic_flag_clear(&slot->srtp_lock);
}

int rtpe_port_open(struct rtpe_core *core, const struct rtpe_addr *local)
{
	struct rtpe_addr addr = *local;
	_Atomic uint32_t *entry;
	struct iface *iface;
	struct slot *slot;
	int err;

	if (!addr_normalise(&addr) || addr.family == 0 || addr.port == 0 ||
	    addr_is_unspecified(&addr))
		return -EINVAL;
	iface = table_iface_get(core, &addr, &err);
	if (!iface)
		return err;
	entry = &iface->slot_of_port[addr.port];
	if (atomic_load_explicit(entry, memory_order_relaxed))
		return -EADDRINUSE;
	slot = slot_take(core);
	if (!slot)
		return -ENOSPC;
	slot_reset(core, slot, iface, &addr);
	iface->open_ports++;
	kernel_slot_opened(core, slot);
	atomic_store(&slot->generation, slot->counters->generation);
	atomic_store_explicit(entry, slot->index + 1, memory_order_release);
	err = core->engine->open(core, slot);
	if (err) {
		rtpe_port_close(core, slot->index);
		return err;
	}
	return (int)slot->index;
}

/* Makes the slot unreachable for new packets. */
static void slot_unpublish(struct rtpe_core *core, struct slot *slot)
{
	kernel_slot_closed(core, slot);
	core->engine->unpublish(core, slot);
	atomic_store_explicit(&slot->iface->slot_of_port[slot->local.port], 0,
			      memory_order_release);
	atomic_store(&slot->generation, 0);
}

/* Waits until nobody holds a slot that was unpublished. */
static void slots_pass(struct rtpe_core *core)
{
	core_synchronize(core);
	dtls_hub_pass(core);
}

static void slot_finish(struct rtpe_core *core, struct slot *slot)
{
	int fd;

	core->engine->close(core, slot);
	fd = atomic_exchange(&slot->fd, -1);
	if (fd >= 0)
		close(fd);
	rule_free(atomic_exchange(&slot->rule, NULL));
	mem_free(slot->ssrc_sections);
	slot->ssrc_sections = NULL;
	slot->iface->open_ports--;
	slot_give(core, slot);
}

int rtpe_port_close(struct rtpe_core *core, rtpe_u32 index)
{
	struct slot *slot = slot_of(core, index);

	if (!slot)
		return -EBADF;
	slot_unpublish(core, slot);
	slots_pass(core);
	slot_finish(core, slot);
	rules_reclaim(core, false);
	return 0;
}

int rtpe_ports_close(struct rtpe_core *core, const rtpe_u32 *slots, rtpe_u32 n)
{
	struct slot *closing = NULL;
	int closed = 0;

	for (rtpe_u32 i = 0; i < n; i++) {
		struct slot *slot = slot_of(core, slots[i]);

		if (!slot)
			continue;
		slot_unpublish(core, slot);
		slot->next_closing = closing;
		closing = slot;
		closed++;
	}
	if (closed)
		slots_pass(core);
	while (closing) {
		struct slot *slot = closing;

		closing = slot->next_closing;
		slot_finish(core, slot);
	}
	rules_reclaim(core, false);
	return closed;
}

int rtpe_rule_set(struct rtpe_core *core, rtpe_u32 index, const void *buf, rtpe_u32 len)
{
	struct slot *slot = slot_of(core, index);
	struct rtpe_rule head;
	struct rule *rule;
	bool wait;
	int err;

	if (!slot)
		return -EBADF;
	rule = rule_compile(core, slot, buf, len, &head, &err);
	/* The rule has made of it what it needs. */
	explicit_bzero(&head.decrypt, sizeof(head.decrypt));
	if (!rule)
		return err;
	wait = head.flags & RTPE_RULE_WAIT_INPUT;
	remote_lock(slot);
	if (!wait)
		atomic_store(&slot->hold, 0);
	else if ((!slot->learn.installed && !slot->learn.restored) ||
		 head.flags & RTPE_RULE_RELEARN ||
		 slot->counters->last_rx_us == 0)
		atomic_store(&slot->hold, 1);
	learn_install(&slot->learn, &head, core_now(core));
	remote_publish(slot);
	rule = atomic_exchange(&slot->rule, rule);
	remote_unlock(slot);
	rule_retire(core, rule);
	kernel_rule_changed(core, slot, buf, len);
	return 0;
}

int rtpe_rule_clear(struct rtpe_core *core, rtpe_u32 index)
{
	struct slot *slot = slot_of(core, index);

	if (!slot)
		return -EBADF;
	rule_retire(core, atomic_exchange(&slot->rule, NULL));
	kernel_rule_cleared(core, slot);
	return 0;
}

static int send_now(struct rtpe_core *core, struct slot *slot, const struct rtpe_addr *dst,
		    const void *buf, rtpe_u32 len)
{
	struct rtpe_addr to = *dst;

	if (len > 65507)
		return -EMSGSIZE;
	if (!addr_normalise(&to))
		return -EINVAL;
	if (to.family == 0)
		to = remote_read(slot);
	if (to.family == 0)
		return -EDESTADDRREQ;
	if (to.family != slot->local.family)
		return -EAFNOSUPPORT;
	if (!addr_sendable(&to)) {
		COUNT_SHARED(slot->counters->tx_errors, 1);
		return -EINVAL;
	}
	if (captured(slot))
		capture_sent_now(core, slot, &to, buf, len);
	core->ip_id = core->ip_id * 6364136223846793005u + 1442695040888963407u;
	return tx_now(slot, &to, buf, len, (uint16_t)(core->ip_id >> 48));
}

int rtpe_port_send(struct rtpe_core *core, rtpe_u32 index, const struct rtpe_addr *dst,
		   const void *buf, rtpe_u32 len)
{
	struct slot *slot = slot_of(core, index);

	return slot ? send_now(core, slot, dst, buf, len) : -EBADF;
}

int rtpe_port_send_srtcp(struct rtpe_core *core, rtpe_u32 index, const struct rtpe_addr *dst,
			 const void *buf, rtpe_u32 len, const struct rtpe_srtp *keys)
{
	struct slot *slot = slot_of(core, index);
	uint8_t sealed[2048];
	struct srtp *s;
	int n, err;

	if (!slot)
		return -EBADF;
	if (len > sizeof(sealed) - SRTP_TRAILER_MAX)
		return -EMSGSIZE;
	if (!rtcp_valid(buf, len) || srtp_problem(keys))
		return -EINVAL;
	err = secure_prepare(core, slot);
	if (err)
		return err;
	/* Reports are rare: no object is kept for them. */
	s = srtp_new(keys, SRTP_PROTECT, NULL);
	if (!s)
		return -ENOMEM;
	n = srtp_seal_rtcp(s, buf, len, sealed, sizeof(sealed), &slot->srtp->srtcp_index);
	srtp_free(s);
	return n < 0 ? n : send_now(core, slot, dst, sealed, (rtpe_u32)n);
}

int rtpe_clock_rate_set(struct rtpe_core *core, rtpe_u32 index, rtpe_u8 payload_type,
			rtpe_u32 rate)
{
	struct slot *slot = slot_of(core, index);
	int err;

	if (!slot)
		return -EBADF;
	err = clock_rates_set(slot->rates, payload_type, rate);
	if (err)
		return err;
	kernel_clock_rate(core, slot, payload_type, rate);
	return 0;
}

void slots_free(struct rtpe_core *core)
{
	for (uint32_t i = 0; core->slots && i < core->n_used_slots; i++) {
		struct slot *slot = slot_of(core, i);

		if (!slot)
			continue;
		slot_unpublish(core, slot);
		slot_finish(core, slot);
	}
	mem_unmap(core->free_slots, free_bytes(core));
	mem_unmap(core->slots, slots_bytes(core));
	counters_unmap(&core->counters_file);
}
