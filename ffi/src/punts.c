/* SPDX-License-Identifier: MIT */
#include "punts.h"

#include "alloc.h"

enum { PORT_SHARE = 4, SOURCE_SHARE = 40, PLACES = 512 };

/* What a source has left. Two sources may want one place: the latter starts with
 * a full budget, and the port's limit holds. */
struct place {
	uint64_t key;			/* 0: nobody's */
	struct budget budget;
};

struct punt_gate {
	struct place in_port[PLACES];
	struct place in_all[PLACES];
};

struct punt_gate *punts_new(void)
{
	return mem_zalloc(sizeof(struct punt_gate));
}

void punts_free(struct punt_gate *gate)
{
	mem_free(gate);
}

static void fill(struct budget *b, uint64_t now, uint32_t rate)
{
	b->last = now;
	b->tokens = rate * 1000;
}

void punts_reset(struct slot *slot, uint64_t now, uint32_t rate)
{
	fill(&slot->punts, now, rate);
	fill(&slot->checks, now, rate);
	fill(&slot->strangers, now, rate * PORT_SHARE);
}

static bool take(struct budget *b, uint64_t now, uint32_t per_second)
{
	uint64_t elapsed = now - b->last, tokens;

	if (elapsed > 1000000)
		elapsed = 1000000;
	tokens = b->tokens + elapsed * per_second / 1000;
	if (tokens > (uint64_t)per_second * 1000)
		tokens = (uint64_t)per_second * 1000;
	b->last = now;
	if (tokens < 1000) {
		b->tokens = (uint32_t)tokens;
		return false;
	}
	b->tokens = (uint32_t)(tokens - 1000);
	return true;
}

static uint64_t mix(uint64_t v)
{
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93u;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93u;
	return v ^ v >> 32;
}

/* Nobody outside knows the seed: no source can choose whose place it takes. */
static uint64_t key_of(const struct thread *t, const struct rtpe_addr *src, uint64_t port)
{
	uint64_t halves[2], key;

	memcpy(halves, src->ip, sizeof(halves));
	key = mix(mix(mix(halves[0] ^ t->secret) ^ halves[1]) ^ port);
	return key ? key : 1;
}

static bool take_place(struct place *places, uint64_t key, uint64_t now, uint32_t rate)
{
	struct place *p = &places[key % PLACES];

	if (p->key != key) {
		p->key = key;
		fill(&p->budget, now, rate);
	}
	return take(&p->budget, now, rate);
}

static bool from_remote(const struct packet *p)
{
	struct rtpe_addr remote = remote_read(p->slot);

	return remote.family && addr_equal(&remote, &p->src);
}

bool punts_allow(struct thread *t, const struct packet *p, unsigned class)
{
	uint32_t rate = t->core->opts.punt_rate;
	struct slot *slot = p->slot;

	if (!(class & (RTPE_CLASS_STUN | RTPE_CLASS_DTLS)))
		return take(&slot->punts, t->now, rate);
	if (from_remote(p))
		return take(&slot->checks, t->now, rate);
	return take_place(t->gate->in_port, key_of(t, &p->src, slot->index + 1ull), t->now, rate) &&
	       take_place(t->gate->in_all, key_of(t, &p->src, 0), t->now, rate * SOURCE_SHARE) &&
	       take(&slot->strangers, t->now, rate * PORT_SHARE);
}
