/* SPDX-License-Identifier: MIT */
/*
 * Arbitrary bytes as a rule. What is accepted is in bounds, and a packet goes
 * its way by it; what is refused changes nothing.
 *
 * Input: one byte (bit 0: size and version are put right, so that the rest is
 * looked at), then the rule.
 */
#include <errno.h>
#include <stdlib.h>

#include "fake.h"
#include "txq.h"

static void rule_check(const struct rule *rule)
{
	REQUIRE(rule->n_outputs <= RTPE_MAX_OUTPUTS);
	REQUIRE(!(rule->flags & RTPE_RULE_OPAQUE) ||
		!(rule->flags & (RTPE_RULE_RTCP | RTPE_RULE_RTCP_MUX)));
	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		const struct out_rule *o = &rule->outputs[i];

		REQUIRE(o->slot && o->slot->index < FAKE_SLOTS);
		REQUIRE(o->generation == o->slot->counters->generation);
		REQUIRE(o->match && !(o->match & ~(RTPE_CLASS_RTP | RTPE_CLASS_RTCP |
						   RTPE_CLASS_OTHER)));
		REQUIRE(o->tos_set <= 1);
		REQUIRE(o->flags & RTPE_OUT_FOLLOW || o->dst.family == 0 ||
			o->dst.family == o->slot->local.family);
	}
}

static void packet_run(struct rtpe_core *core, uint8_t *data, uint32_t len)
{
	struct packet p = { .slot = &core->slots[0], .data = data, .len = len };
	struct thread *t = core->threads;

	p.src = fake_addr(0);
	p.src.ip[3] = 7;
	forward(t, &p);
	txq_flush(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t rtp[13] = { 0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 1 };
	uint8_t rtcp[8] = { 0x80, 201, 0, 1, 0, 0, 0, 9 };
	struct rtpe_core *core;
	struct rule *was;
	struct rtpe_rule *head;
	uint8_t *bytes;
	rtpe_u32 len;
	int err;

	if (size == 0)
		return 0;
	len = (rtpe_u32)size - 1;
	bytes = aligned_alloc(8, (size + 8) & ~(size_t)7);
	REQUIRE(bytes);
	/* Ends where the memory ends. */
	head = (struct rtpe_rule *)(void *)bytes;
	memcpy(bytes, data + 1, len);
	if (data[0] & 1 && len >= sizeof(*head)) {
		head->size = len;
		head->abi = RTPE_RULE_ABI;
		head->n_outputs = (rtpe_u32)((len - sizeof(*head)) / sizeof(struct rtpe_output));
	}
	core = fake_new();
	err = rtpe_rule_set(core, 0, bytes, len);
	was = atomic_load(&core->slots[0].rule);
	REQUIRE(err == 0 || err == -EINVAL || err == -ENOENT || err == -EOPNOTSUPP);
	REQUIRE((err == 0) == (was != NULL));
	if (was) {
		rule_check(was);
		packet_run(core, rtp, sizeof(rtp));
		packet_run(core, rtcp, sizeof(rtcp));
		/* Again, over itself; then something no rule is. */
		REQUIRE(rtpe_rule_set(core, 0, bytes, len) == 0);
		was = atomic_load(&core->slots[0].rule);
		REQUIRE(rtpe_rule_set(core, 0, bytes, len - 1) == -EINVAL);
		REQUIRE(atomic_load(&core->slots[0].rule) == was);
	}
	REQUIRE(fake_sent.packets == core->threads->tx_packets);
	fake_free(core);
	free(bytes);
	return 0;
}
