/* SPDX-License-Identifier: MIT */
#include "secure.h"

#include <errno.h>

#include "classify.h"
#include "txq.h"

enum { MAX_DATAGRAM = 65507, INDICES_PER_SECOND = 32 };

rtpe_u32 *secure_open(struct thread *t, struct packet *p, const struct rule *rule,
		      unsigned class)
{
	struct rtpe_counters *c = p->slot->counters;
	bool rtcp = class == RTPE_CLASS_RTCP;
	/* In place, unless the packet is also wanted as it came. */
	uint8_t *to = rule->keep_sealed ? t->clear : p->data;
	int n = rtcp ? srtp_open_rtcp(rule->decrypt, p->data, p->len, to, RX_PAYLOAD)
		     : srtp_open_rtp(rule->decrypt, p->data, p->len, to, RX_PAYLOAD);

	if (n == -EALREADY)
		return &c->drop_replay;
	if (n < 0)
		return n == -EINVAL ? &c->drop_malformed : &c->drop_auth;
	p->sealed = p->data;
	p->sealed_len = p->len;
	p->fleeting = rule->keep_sealed;
	p->data = to;
	p->len = (uint32_t)n;
	/* Authentic, but what the peer itself sends may be nonsense, too. */
	return (rtcp ? rtcp_valid(to, p->len) : rtp_valid(to, p->len)) ? NULL
									 : &c->drop_malformed;
}

const uint8_t *secure_seal(struct thread *t, const struct out_rule *out, unsigned class,
			   const uint8_t *data, bool owned, uint32_t *len)
{
	uint32_t cap = *len + SRTP_TRAILER_MAX;
	uint8_t *to = owned ? (uint8_t *)(uintptr_t)data : txq_room(t, cap);
	int n;

	if (class == RTPE_CLASS_RTCP)
		n = srtp_seal_rtcp(out->encrypt, data, *len, to, cap, &out->slot->srtp->srtcp_index);
	else
		n = srtp_seal_rtp(out->encrypt, data, *len, to, cap);
	if (n < 0 || n > MAX_DATAGRAM)
		return NULL;
	*len = (uint32_t)n;
	return to;
}

/* Where the indices of SRTCP sent from a port begin: after those of any port
 * before it, also of a former core, without anything being remembered. */
static uint32_t first_index(void)
{
	/* Comes round after two years, which is longer than any call. */
	return (uint32_t)(clock_us(CLOCK_REALTIME) / 1000000 * INDICES_PER_SECOND) & 0x7fffffff;
}

int secure_prepare(struct rtpe_core *core, struct slot *slot)
{
	int err;

	if (slot->secured)
		return 0;
	err = counters_reserve_srtp(&core->counters_file, slot->index);
	if (err)
		return err;
	slot->srtp->srtcp_index = first_index();
	slot->secured = true;
	return 0;
}

/* A relay thread may be writing to it: until it looks the same twice. */
void secure_copy_received(const struct slot *slot, struct rtpe_srtp_state *to)
{
	const uint64_t *from = (const uint64_t *)(const void *)slot->srtp->rx;
	enum { WORDS = RTPE_SRTP_STREAMS * sizeof(*to) / 8 };
	uint64_t words[2][WORDS];
	unsigned turn = 0;

	memset(words, 0, sizeof(words));
	do {
		turn ^= 1;
		for (unsigned i = 0; i < WORDS; i++)
			words[turn][i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (memcmp(words[0], words[1], sizeof(words[0])));
	memcpy(to, words[0], sizeof(words[0]));
}

void secure_copy_sent(struct slot *slot, struct rtpe_srtp_state *to)
{
	while (atomic_flag_test_and_set_explicit(&slot->srtp_lock, memory_order_acquire))
		;
	memcpy(to, slot->srtp->tx, sizeof(slot->srtp->tx));
	atomic_flag_clear_explicit(&slot->srtp_lock, memory_order_release);
}

static struct srtp *opener(struct slot *slot, const struct rtpe_srtp *keys)
{
	const struct srtp_table table = {
		.states = slot->srtp->rx, .clock = &slot->srtp->rx_clock, .from = slot->index,
	};

	return srtp_new(keys, SRTP_UNPROTECT, &table);
}

/* Several threads may send from one port under one key. */
static struct srtp *sealer(const struct slot *slot, struct slot *to, const struct rtpe_srtp *keys)
{
	const struct srtp_table table = {
		.states = to->srtp->tx, .clock = &to->srtp->tx_clock, .lock = &to->srtp_lock,
		.from = slot->index,
	};

	return srtp_new(keys, SRTP_PROTECT, &table);
}

int secure_compile(struct rtpe_core *core, struct slot *slot, const struct rtpe_srtp *decrypt,
		   struct rule *rule)
{
	const struct rule *old = atomic_load(&slot->rule);
	int err;

	if (!decrypt->cipher)
		return 0;
	if (old && old->decrypt && srtp_same(old->decrypt, decrypt)) {
		rule->decrypt = srtp_get(old->decrypt);
		return 0;
	}
	err = secure_prepare(core, slot);
	if (err)
		return err;
	rule->decrypt = opener(slot, decrypt);
	return rule->decrypt ? 0 : -ENOMEM;
}

static struct srtp *known(const struct rule *rule, uint32_t n, const struct out_rule *out,
			  const struct rtpe_srtp *keys)
{
	for (uint32_t i = 0; rule && i < n; i++) {
		const struct out_rule *o = &rule->outputs[i];

		if (o->encrypt && o->slot == out->slot && o->generation == out->generation &&
		    srtp_same(o->encrypt, keys))
			return o->encrypt;
	}
	return NULL;
}

int secure_compile_output(struct rtpe_core *core, struct slot *slot,
			  const struct rtpe_srtp *encrypt, struct rule *rule, struct out_rule *out)
{
	const struct rule *old = atomic_load(&slot->rule);
	struct srtp *s;
	int err;

	if (!encrypt->cipher)
		return 0;
	s = known(rule, (uint32_t)(out - rule->outputs), out, encrypt);
	if (!s)
		s = known(old, old ? old->n_outputs : 0, out, encrypt);
	if (s) {
		out->encrypt = srtp_get(s);
		return 0;
	}
	err = secure_prepare(core, out->slot);
	if (err)
		return err;
	out->encrypt = sealer(slot, out->slot, encrypt);
	return out->encrypt ? 0 : -ENOMEM;
}
