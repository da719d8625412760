/* SPDX-License-Identifier: MIT */
/* Messages about one port: opening it in the module, its rule, its remote. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kernel.h"

static struct kernel_port *port_of(struct kernel *k, const struct slot *slot)
{
	return &k->ports[slot->index];
}

/* ---- places ---------------------------------------------------------------- */

static uint32_t place_take(struct kernel *k)
{
	uint32_t place;

	if (!k->free_count)
		return 0;
	place = k->free[k->free_head];
	k->free_head = (k->free_head + 1) % k->opts.slots;
	k->free_count--;
	return place + 1;
}

static void place_give(struct kernel *k, uint32_t place)
{
	k->free[(k->free_head + k->free_count++) % k->opts.slots] = place;
}

static void tell_rates(struct rtpe_core *core, const struct slot *slot)
{
	for (uint32_t i = 0; i < RTPE_CLOCK_RATES; i++) {
		clock_rate v = COUNT_READ(slot->rates[i]);

		if (v)
			kernel_clock_rate(core, (struct slot *)(uintptr_t)slot,
					  clock_rate_pt(v), clock_rate_hz(v));
	}
}

int kernel_place(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = port_of(k, slot);
	uint32_t place;
	int err;

	if (p->place)
		return 0;
	if (kernel_may_leave(core, slot->index))
		return -ENOSPC;
	place = place_take(k);
	if (!place)
		return -ENOSPC;
	err = kernel_tell(k, RTPE_KERNEL_PORT_OPEN, place - 1, &slot->local,
			  sizeof(slot->local));
	if (err) {
		place_give(k, place - 1);
		return err;
	}
	p->place = place;
	p->ruled = false;
	memset(&p->told, 0, sizeof(p->told));
	k->info[slot->index].counted = 1;
	tell_rates(core, slot);
	return 0;
}

void kernel_displace(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = port_of(k, slot);

	if (!p->place)
		return;
	kernel_send(k, RTPE_KERNEL_PORT_CLOSE, p->place - 1, 0);
	if (p->ruled)
		kernel_hand_back(k, slot);
	kernel_leave(core, slot->index);
	place_give(k, p->place - 1);
	p->place = 0;
	p->ruled = false;
}

int kernel_tell_remote(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = port_of(k, slot);
	struct rtpe_addr now = remote_read(slot);
	int err;

	if (!p->place || addr_equal(&now, &p->told))
		return 0;
	err = kernel_tell(k, RTPE_KERNEL_REMOTE_SET, p->place - 1, &now, sizeof(now));
	if (!err)
		p->told = now;
	return err;
}

/* ---- rules ----------------------------------------------------------------- */

static bool output_lives(const struct slot *slot, uint32_t i)
{
	const struct out_rule *o = &atomic_load(&slot->rule)->outputs[i];

	return atomic_load(&o->slot->generation) == o->generation;
}

/* Ports that a rule sends from are there before it. */
static int place_outputs(struct rtpe_core *core, struct slot *slot)
{
	const struct rule *rule = atomic_load(&slot->rule);
	int err = 0;

	for (uint32_t i = 0; i < rule->n_outputs && !err; i++) {
		if (!output_lives(slot, i))
			continue;
		err = kernel_place(core, rule->outputs[i].slot);
		if (!err)
			err = kernel_tell_remote(core, rule->outputs[i].slot);
	}
	return err;
}

/* What the module is told about sources: it does not learn. */
static void settle_head(struct rtpe_rule *r, const struct slot *slot)
{
	r->learning = RTPE_LEARN_OFF;
	r->remote = remote_read(slot);
	/* Whatever there was to wait for has come. */
	r->flags &= (rtpe_u16)~(RTPE_RULE_RELEARN | RTPE_RULE_WAIT_INPUT | RTPE_RULE_ONE_WAY);
	if (r->source_action == RTPE_SOURCE_HANDOVER) {
		/* Who else sends is somebody to learn. */
		r->source_action = RTPE_SOURCE_DROP;
		r->punt |= RTPE_CLASS_BAD_SOURCE;
	}
}

/* The rule as the module is to have it, behind the header in k->message.
 * Returns its length. */
static uint32_t translate(struct kernel *k, struct slot *slot)
{
	const struct kernel_port *p = port_of(k, slot);
	const struct rule *rule = atomic_load(&slot->rule);
	uint8_t *to = k->message + sizeof(struct rtpe_kernel_msg);
	const uint8_t *from = p->rule + sizeof(struct rtpe_rule);
	struct rtpe_output o;
	struct rtpe_rule r;
	uint32_t len = sizeof(r), n = 0, rest;

	memcpy(&r, p->rule, sizeof(r));
	for (uint32_t i = 0; i < rule->n_outputs; i++, from += sizeof(o)) {
		if (!output_lives(slot, i))
			continue;
		memcpy(&o, from, sizeof(o));
		o.slot = port_of(k, rule->outputs[i].slot)->place - 1;
		memcpy(to + len, &o, sizeof(o));
		len += sizeof(o);
		n++;
	}
	rest = (uint32_t)(p->rule + p->rule_len - from);
	memcpy(to + len, from, rest);
	len += rest;
	settle_head(&r, slot);
	r.n_outputs = n;
	r.size = len;
	memcpy(to, &r, sizeof(r));
	/* Both had keys in them. */
	explicit_bzero(&o, sizeof(o));
	explicit_bzero(&r, sizeof(r));
	return len;
}

/* Sources of the last time would look as if much had been lost since. */
static int forget_sources(struct kernel *k, const struct kernel_port *p)
{
	static const struct rtpe_ssrc_counters none[RTPE_SSRC_TRACKS];
	const struct rtpe_counters *c = &k->counters[p->place - 1];
	bool any = false;

	for (int i = 0; i < RTPE_SSRC_TRACKS; i++)
		any |= c->ssrc[i].in_use;
	return any ? kernel_tell(k, RTPE_KERNEL_TRACKS_SET, p->place - 1, none, sizeof(none)) : 0;
}

static bool has_keys(const struct rule *rule)
{
	bool any = rule->decrypt;

	for (uint32_t i = 0; i < rule->n_outputs; i++)
		any |= rule->outputs[i].encrypt != NULL;
	return any;
}

/* What the relay thread has not told the module by itself it is told here. */
static int ask_from_now_on(struct rtpe_core *core, struct slot *slot)
{
	if (!(atomic_fetch_or(&slot->kernel, KERNEL_KEYED) & KERNEL_KEYED))
		core_synchronize(core);
	return kernel_srtp_put(core, slot);
}

/* Packets wait for the relay thread that came before the rule would: those sent
 * by the module would overtake them, and of a stream with keys make them too old
 * to be told from others. A thread that never has none keeps nobody for long. */
static bool is_behind(const struct rtpe_core *core, const struct slot *slot,
		      struct kernel_port *p, bool keyed)
{
	int shared = core->threads[slot->thread].rx_fd;
	int fd = shared >= 0 ? shared : atomic_load(&slot->fd), waiting = 0;
	uint64_t now = core_now(core);

	if (p->ruled || ioctl(fd, FIONREAD, &waiting) || !waiting)
		return false;
	if (!p->waits_since)
		p->waits_since = now;
	return now - p->waits_since < (keyed ? KERNEL_PATIENCE_KEYED_US : KERNEL_PATIENCE_US);
}

int kernel_push(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = port_of(k, slot);
	struct rtpe_addr remote;
	bool keyed = has_keys(atomic_load(&slot->rule));
	int err;

	/* Looked at twice: a relay thread that is held up would be waited for below. */
	if (is_behind(core, slot, p, keyed))
		return -EAGAIN;
	err = kernel_place(core, slot);
	if (!err)
		err = place_outputs(core, slot);
	if (!err && !p->ruled)
		err = forget_sources(k, p);
	if (err)
		return err;
	if (keyed)
		err = ask_from_now_on(core, slot);
	if (err)
		return err;
	remote = remote_read(slot);
	if (is_behind(core, slot, p, keyed))
		err = -EAGAIN;
	else
		err = kernel_send(k, RTPE_KERNEL_RULE_SET, p->place - 1, translate(k, slot));
	/* It may have carried keys. */
	memset(k->message, 0, sizeof(k->message));
	if (err && !p->ruled)
		atomic_fetch_and(&slot->kernel, (uint8_t)~KERNEL_KEYED);
	if (err)
		return err;
	p->waits_since = 0;
	p->told = remote;
	p->adopted = false;
	if (keyed)
		kernel_once_more(core, slot);
	else
		atomic_fetch_and(&slot->kernel, (uint8_t)~KERNEL_KEYED);
	if (p->ruled)
		return 0;
	p->ruled = true;
	p->seen = k->counters[p->place - 1].rx_packets;
	atomic_store(&slot->strays, 0);
	atomic_fetch_or(&slot->kernel, KERNEL_RULED);
	k->status.pushed++;
	return 0;
}

void kernel_pull(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = port_of(k, slot);
	bool keyed;

	if (!p->ruled)
		return;
	keyed = atomic_load(&slot->kernel) & KERNEL_KEYED;
	if (keyed)
		kernel_srtp_take(core, slot);
	kernel_send(k, RTPE_KERNEL_RULE_CLEAR, p->place - 1, 0);
	if (keyed) {
		kernel_srtp_take(core, slot);
		kernel_once_more(core, slot);
	}
	/* Packets are looked up in the module until the next tick. */
	atomic_fetch_and(&slot->kernel, (uint8_t)~KERNEL_RULED);
	kernel_hand_back(k, slot);
	p->ruled = false;
	k->status.pulled++;
}
