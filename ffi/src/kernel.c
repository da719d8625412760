/* SPDX-License-Identifier: MIT */
/*
 * When streams are moved. A stream goes to the module at the first tick after
 * its remote endpoint and those of its destinations are certain; it comes back
 * as soon as one of them is not, or a rule says what the module cannot do.
 */
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"

enum { TICK_US = 5000, PROBE_US = 1000000 };

void kernel_wake(struct rtpe_core *core, const struct slot *slot)
{
	_Atomic uint64_t *ready = atomic_load_explicit(&core->ready, memory_order_acquire);

	if (ready)
		atomic_fetch_or(&ready[slot->index / 64], (uint64_t)1 << slot->index % 64);
}

void kernel_stray(struct thread *t, struct slot *slot)
{
	/* At the look it begins anew; one more or less does not matter. */
	if (atomic_fetch_add_explicit(&slot->strays, 1, memory_order_relaxed) ==
	    KERNEL_STRAYS - 1)
		kernel_wake(t->core, slot);
}

/* ---- may it go? -------------------------------------------------------------- */

static bool confirmed(const struct slot *slot)
{
	return __atomic_load_n(&slot->counters->confirmed, __ATOMIC_RELAXED);
}

static uint8_t output_obstacle(const struct rule *rule, const struct out_rule *out)
{
	if (atomic_load(&out->slot->generation) != out->generation)
		return RTPE_WHY_IN_KERNEL;
	if (atomic_load(&out->slot->hold))
		return RTPE_WHY_SINK_LEARNING;
	if (out->flags & RTPE_OUT_FOLLOW && !(rule->flags & RTPE_RULE_ONE_WAY) &&
	    !confirmed(out->slot))
		return RTPE_WHY_SINK_LEARNING;
	return RTPE_WHY_IN_KERNEL;
}

/* Why a slot's packets stay here: RTPE_WHY_IN_KERNEL when nothing is in the way. */
static uint8_t obstacle(const struct slot *slot)
{
	const struct rule *rule = atomic_load(&slot->rule);
	unsigned classes = 0;

	if (!rule)
		return RTPE_WHY_NO_RULE;
	if (atomic_load(&slot->captured))
		return RTPE_WHY_READ;
	for (uint32_t i = 0; i < rule->n_outputs; i++)
		classes |= rule->outputs[i].match;
	if (!classes && !(rule->flags & RTPE_RULE_BLACKHOLE))
		return RTPE_WHY_NOWHERE;
	if (!(classes & ~rule->punt) && !(rule->flags & RTPE_RULE_BLACKHOLE))
		return RTPE_WHY_READ;
	if (!confirmed(slot) || atomic_load(&slot->hold))
		return RTPE_WHY_LEARNING;
	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		uint8_t why = output_obstacle(rule, &rule->outputs[i]);

		if (why)
			return why;
	}
	return RTPE_WHY_IN_KERNEL;
}

static uint8_t why_of(int err)
{
	switch (-err) {
	case EOPNOTSUPP:
		return RTPE_WHY_UNSUPPORTED;
	case ENOSPC:
	case ENOMEM:
		return RTPE_WHY_FULL;
	case EIO:
	case ENODEV:
	case ENOTCONN:
		return RTPE_WHY_NO_MODULE;
	default:
		return RTPE_WHY_REFUSED;
	}
}

static void tell_info(struct kernel *k, const struct slot *slot, uint8_t why)
{
	struct rtpe_offload_slot *info = &k->info[slot->index];

	if (info->in_kernel != (why == RTPE_WHY_IN_KERNEL))
		k->status.streams += why == RTPE_WHY_IN_KERNEL ? 1u : -1u;
	if ((info->why == RTPE_WHY_MISSED) != (why == RTPE_WHY_MISSED))
		k->status.missed += why == RTPE_WHY_MISSED ? 1u : -1u;
	if ((info->why == RTPE_WHY_FULL) != (why == RTPE_WHY_FULL))
		k->status.refused += why == RTPE_WHY_FULL ? 1u : -1u;
	if ((info->why == RTPE_WHY_SINK_LEARNING) != (why == RTPE_WHY_SINK_LEARNING))
		k->waiting += why == RTPE_WHY_SINK_LEARNING ? 1u : -1u;
	info->in_kernel = why == RTPE_WHY_IN_KERNEL;
	info->why = why;
}

/* Packets of a stream that is in the module have come here, or some time has
 * passed since they last did. */
static void look_at_strays(struct kernel *k, struct slot *slot)
{
	struct kernel_port *p = &k->ports[slot->index];
	uint64_t now = k->counters[p->place - 1].rx_packets;

	if (now != p->seen)
		tell_info(k, slot, RTPE_WHY_IN_KERNEL);
	else if (atomic_load(&slot->strays) >= KERNEL_STRAYS)
		tell_info(k, slot, RTPE_WHY_MISSED);
	p->seen = now;
	atomic_store(&slot->strays, 0);
}

/* Moves one slot to where it belongs. push: also to the module. */
static void settle(struct rtpe_core *core, struct slot *slot, bool push)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = &k->ports[slot->index];
	uint8_t why = obstacle(slot);
	int err;

	if (!why && !p->rule)
		why = RTPE_WHY_FULL;
	if (k->fd < 0)
		why = RTPE_WHY_NO_MODULE;
	if (why) {
		kernel_pull(core, slot);
		p->waits_since = 0;
		tell_info(k, slot, why);
		return;
	}
	if (!push && !p->ruled) {
		tell_info(k, slot, RTPE_WHY_SOON);
		kernel_wake(core, slot);
		return;
	}
	err = kernel_push(core, slot);
	if (err == -EAGAIN) {
		tell_info(k, slot, RTPE_WHY_SOON);
		kernel_wake(core, slot);
	} else if (err) {
		kernel_pull(core, slot);
		tell_info(k, slot, why_of(err));
	} else if (k->info[slot->index].why != RTPE_WHY_MISSED) {
		tell_info(k, slot, RTPE_WHY_IN_KERNEL);
	}
}

/* ---- what the rest of the core tells ----------------------------------------- */

void kernel_rule_forget(struct kernel_port *p)
{
	if (p->rule)
		explicit_bzero(p->rule, p->rule_len);
	mem_free(p->rule);
	p->rule = NULL;
	p->rule_len = 0;
}

void kernel_rule_changed(struct rtpe_core *core, struct slot *slot, const void *rule,
			 uint32_t len)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p;

	if (!k)
		return;
	p = &k->ports[slot->index];
	kernel_rule_forget(p);
	p->rule = mem_zalloc(len);
	if (!p->rule) {
		kernel_pull(core, slot);
		tell_info(k, slot, RTPE_WHY_FULL);
		return;
	}
	memcpy(p->rule, rule, len);
	p->rule_len = len;
	/* What an earlier process has left stays until all of the call is back. */
	if (!p->adopted)
		settle(core, slot, false);
	else
		kernel_srtp_take(core, slot);
	/* What was said about its destinations may not be true after theirs. */
	if (p->ruled)
		kernel_wake(core, slot);
	kernel_tell_remote(core, slot);
}

void kernel_rule_cleared(struct rtpe_core *core, struct slot *slot)
{
	if (!core->kernel)
		return;
	settle(core, slot, false);
	kernel_rule_forget(&core->kernel->ports[slot->index]);
}

void kernel_clock_rate(struct rtpe_core *core, struct slot *slot, uint8_t payload_type,
		       uint32_t rate)
{
	struct rtpe_kernel_clock_rate body = { .payload_type = payload_type, .hz = rate };
	struct kernel *k = core->kernel;

	if (k && k->ports[slot->index].place)
		kernel_tell(k, RTPE_KERNEL_CLOCK_RATE, k->ports[slot->index].place - 1, &body,
			    sizeof(body));
}

/* The port is one that an earlier process had open. */
static void inherit(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_port *p = &k->ports[slot->index];
	struct kernel_heir *h = kernel_heir(k, &slot->local);

	if (!h || kernel_may_leave(core, slot->index))
		return;
	h->claimed = true;
	p->place = h->place + 1;
	p->ruled = p->adopted = h->ruled;
	p->seen = k->counters[h->place].rx_packets;
	k->info[slot->index].counted = 1;
	if (h->ruled)
		atomic_fetch_or(&slot->kernel, KERNEL_RULED);
}

void kernel_slot_opened(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;

	atomic_store(&slot->kernel, 0);
	atomic_store(&slot->strays, 0);
	if (!k)
		return;
	/* Memory that was never touched is not touched for short calls. */
	if (k->ports[slot->index].waits_since)
		k->ports[slot->index].waits_since = 0;
	if (k->info[slot->index].counted) {
		kernel_forget_left(core, slot->index);
		atomic_store(&k->back[slot->index].state, HANDBACK_EMPTY);
		k->info[slot->index].counted = 0;
	}
	tell_info(k, slot, RTPE_WHY_NO_RULE);
	inherit(core, slot);
}

void kernel_slot_closed(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;

	if (!k)
		return;
	atomic_fetch_and(&slot->kernel, (uint8_t)~(KERNEL_RULED | KERNEL_KEYED));
	kernel_displace(core, slot);
	kernel_rule_forget(&k->ports[slot->index]);
	tell_info(k, slot, RTPE_WHY_NO_RULE);
}

/* ---- keys ---------------------------------------------------------------------- */

void kernel_once_more(struct rtpe_core *core, const struct slot *slot)
{
	struct kernel *k = core->kernel;
	struct kernel_again *a;

	/* So many moves in two ticks: the sweep will come to it. */
	if (k->again_count == core->opts.max_slots)
		return;
	a = &k->again[(k->again_head + k->again_count++) % core->opts.max_slots];
	a->slot = slot->index;
	a->generation = atomic_load(&slot->generation);
	a->tick = k->ticks;
}

static void tell_again(struct rtpe_core *core, const struct kernel_again *a)
{
	struct slot *slot = slot_of(core, a->slot);

	if (!slot || atomic_load(&slot->generation) != a->generation ||
	    !core->kernel->ports[a->slot].place)
		return;
	if (core->kernel->ports[a->slot].ruled) {
		kernel_srtp_put(core, slot);
		return;
	}
	kernel_srtp_take(core, slot);
	atomic_fetch_and(&slot->kernel, (uint8_t)~KERNEL_KEYED);
}

/* Of streams moved in earlier ticks: nothing of before waits in a socket. */
static void tell_settled(struct rtpe_core *core)
{
	struct kernel *k = core->kernel;

	while (k->again_count && k->again[k->again_head].tick != k->ticks) {
		tell_again(core, &k->again[k->again_head]);
		k->again_head = (k->again_head + 1) % core->opts.max_slots;
		k->again_count--;
	}
}

/* What the module remembers is lost with it: it is looked at once a minute, long
 * before a sequence number comes round. */
static void sweep_keys(struct rtpe_core *core)
{
	struct kernel *k = core->kernel;
	uint32_t n = core->n_used_slots / 60 + 1;

	for (; n && core->n_used_slots; n--) {
		struct slot *slot;

		k->keyed_cursor = (k->keyed_cursor + 1) % core->n_used_slots;
		slot = slot_of(core, k->keyed_cursor);
		if (slot && atomic_load(&slot->kernel) & KERNEL_KEYED &&
		    k->ports[slot->index].ruled)
			kernel_srtp_take(core, slot);
	}
}

/* ---- ticks ------------------------------------------------------------------- */

void kernel_each_slot(struct rtpe_core *core, void (*fn)(struct rtpe_core *, struct slot *))
{
	for (uint32_t i = 0; i < core->n_used_slots; i++)
		if (slot_of(core, i))
			fn(core, &core->slots[i]);
}

static void slot_lost(struct rtpe_core *core, struct slot *slot)
{
	struct kernel *k = core->kernel;

	if (!k->ports[slot->index].place)
		return;
	atomic_fetch_and(&slot->kernel, (uint8_t)~(KERNEL_RULED | KERNEL_KEYED));
	kernel_displace(core, slot);
	tell_info(k, slot, RTPE_WHY_NO_MODULE);
}

static void look_again(struct rtpe_core *core, struct slot *slot)
{
	switch (core->kernel->info[slot->index].why) {
	case RTPE_WHY_MISSED:
		look_at_strays(core->kernel, slot);
		break;
	case RTPE_WHY_FULL:
	case RTPE_WHY_SINK_LEARNING:
		kernel_wake(core, slot);
		break;
	default:
		break;
	}
}

static void places_reset(struct kernel *k)
{
	for (uint32_t i = 0; i < k->opts.slots; i++)
		k->free[i] = i;
	k->free_head = 0;
	k->free_count = k->opts.slots;
}

/* The module has gone: its counters can still be read, nothing can be told. */
static void lose(struct rtpe_core *core)
{
	struct kernel *k = core->kernel;

	kernel_each_slot(core, slot_lost);
	k->again_count = 0;
	/* A relay thread may be reading from its file. */
	core_synchronize(core);
	kernel_detach(k);
	places_reset(k);
	k->status.up = 0;
}

static void wake(struct rtpe_core *core, struct slot *slot)
{
	kernel_wake(core, slot);
}

static void probe(struct rtpe_core *core, uint64_t now)
{
	struct kernel *k = core->kernel;

	if (now < k->next_probe)
		return;
	k->next_probe = now + PROBE_US;
	if (k->fd >= 0 && !kernel_alive(k)) {
		lose(core);
		k->next_probe = now + (uint64_t)k->opts.retry_ms * 1000;
	} else if (k->fd < 0) {
		k->next_probe = now + (uint64_t)k->opts.retry_ms * 1000;
		if (kernel_attach(k, false, NULL, 0) == 0) {
			k->status.up = 1;
			kernel_each_slot(core, wake);
		}
	}
	if (k->fd >= 0)
		sweep_keys(core);
	if (k->fd >= 0 && (k->status.missed || k->status.refused || k->waiting))
		kernel_each_slot(core, look_again);
}

/* Whom a slot talks to may have waited for it. */
static void wake_waiting(struct rtpe_core *core, const struct slot *slot)
{
	const struct rule *rule = atomic_load(&slot->rule);

	for (uint32_t i = 0; rule && i < rule->n_outputs; i++) {
		const struct slot *to = rule->outputs[i].slot;

		if (core->kernel->info[to->index].why == RTPE_WHY_SINK_LEARNING)
			kernel_wake(core, to);
	}
}

static void settle_ready(struct rtpe_core *core, uint32_t index)
{
	struct kernel *k = core->kernel;
	struct slot *slot = slot_of(core, index);

	if (!slot)
		return;
	if (k->ports[index].ruled && k->fd >= 0 &&
	    atomic_load(&slot->strays) >= KERNEL_STRAYS)
		look_at_strays(k, slot);
	settle(core, slot, true);
	kernel_tell_remote(core, slot);
	if (confirmed(slot))
		wake_waiting(core, slot);
}

int rtpe_offload_tick(struct rtpe_core *core, struct rtpe_offload_status *status)
{
	struct kernel *k = core->kernel;
	uint64_t start = core_now(core);
	uint32_t words = kernel_ready_words(core), n;

	if (!k)
		return -ENODEV;
	k->ticks++;
	probe(core, start);
	tell_settled(core);
	for (n = 0; n < words; n++) {
		uint32_t w = k->cursor;
		uint64_t bits = 0;

		if (atomic_load_explicit(&core->ready[w], memory_order_relaxed))
			bits = atomic_exchange(&core->ready[w], 0);
		for (; bits; bits &= bits - 1)
			settle_ready(core, w * 64 + (uint32_t)__builtin_ctzll(bits));
		k->cursor = (w + 1) % words;
		if (core_now(core) - start > TICK_US)
			break;
	}
	if (status)
		*status = k->status;
	return n < words;
}
