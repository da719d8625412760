/* SPDX-License-Identifier: MIT */
#include "learn.h"

#include <string.h>

#include "addr.h"

static enum learn_rank rank_of(const struct rtpe_addr *src, const struct rtpe_addr *want)
{
	bool same_ip, same_port;

	if (want->family == 0)
		return RANK_ANY;
	same_ip = addr_same_ip(src, want);
	same_port = src->port == want->port;
	if (same_ip)
		return same_port ? RANK_EXACT : RANK_ADDR;
	return same_port ? RANK_PORT : RANK_ANY;
}

void learn_install(struct learn *l, const struct rtpe_rule *rule, uint64_t now)
{
	bool kept = !l->installed && l->restored && l->learned &&
		    rule->learning != RTPE_LEARN_OFF && !(rule->flags & RTPE_RULE_RELEARN);
	bool anew = !l->installed || rule->flags & RTPE_RULE_RELEARN ||
		    !addr_equal(&l->signalled, &rule->remote) ||
		    (l->mode == RTPE_LEARN_OFF) != (rule->learning == RTPE_LEARN_OFF);

	l->installed = true;
	l->mode = rule->learning;
	l->action = rule->source_action;
	if (!anew)
		return;
	l->signalled = rule->remote;
	l->window_end = now + (uint64_t)rule->learn_ms * 1000;
	if (kept) {
		l->rank = (uint8_t)rank_of(&l->current, &l->signalled);
		return;
	}
	l->current = rule->remote;
	l->rank = RANK_NONE;
	l->learned = false;
	l->confirmed = l->mode == RTPE_LEARN_OFF;
}

void learn_restore(struct learn *l, const struct rtpe_addr *remote, bool learned,
		   bool confirmed)
{
	l->restored = true;
	l->current = *remote;
	l->learned = learned;
	l->confirmed = learned && confirmed;
}

static unsigned adopt(struct learn *l, const struct rtpe_addr *src)
{
	unsigned changed = addr_equal(src, &l->current) ? 0 : LEARN_CHANGED;

	l->current = *src;
	l->learned = true;
	return changed;
}

static unsigned confirm(struct learn *l)
{
	l->confirmed = true;
	return LEARN_CONFIRMED;
}

/* Not confirmed yet: the packet takes part in the choice. */
static unsigned learn_choose(struct learn *l, const struct rtpe_addr *src, bool over)
{
	unsigned out = LEARN_PASS;

	if (l->mode == RTPE_LEARN_HEURISTIC) {
		enum learn_rank rank = rank_of(src, &l->signalled);

		if (rank > l->rank) {
			l->rank = (uint8_t)rank;
			out |= adopt(l, src);
		} else if (l->action == RTPE_SOURCE_DROP && !addr_equal(src, &l->current)) {
			return 0;
		}
		over |= rank == RANK_EXACT;
	} else {
		out |= adopt(l, src);
		over |= l->mode == RTPE_LEARN_IMMEDIATE;
	}
	return over ? out | confirm(l) : out;
}

unsigned learn_packet(struct learn *l, const struct rtpe_addr *src, uint64_t now)
{
	unsigned out = LEARN_PASS;

	if (!l->confirmed) {
		bool over = now >= l->window_end;

		/* Who sends first only after the window decides at once: a
		 * peer behind NAT may start late. */
		if (!over || !l->learned)
			return learn_choose(l, src, over);
		out |= confirm(l);
	}
	if (addr_equal(src, &l->current))
		return out;
	if (l->action == RTPE_SOURCE_DROP)
		return out & ~(unsigned)LEARN_PASS;
	if (l->action == RTPE_SOURCE_HANDOVER && l->mode != RTPE_LEARN_OFF)
		out |= adopt(l, src);
	return out;
}
