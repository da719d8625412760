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

static void bundle_check(const struct bundle *b)
{
	REQUIRE(b->learned && b->epoch);
	REQUIRE(b->n_sections >= 1 && b->n_sections <= RTPE_MAX_SECTIONS);
	REQUIRE(b->n_ssrcs <= BUNDLE_SSRCS);
	for (unsigned i = 0; i < b->n_ssrcs; i++)
		REQUIRE(b->section_of_ssrc[i] < b->n_sections);
	for (unsigned pt = 0; pt < 128; pt++)
		REQUIRE(b->section_of_type[pt] < b->n_sections ||
			b->section_of_type[pt] == NO_SECTION);
	for (unsigned i = 0; i < b->n_sections; i++)
		REQUIRE(b->mid_len[i] >= 1 && b->mid_len[i] <= RTPE_MID_MAX);
}

static void rule_check(const struct rule *rule)
{
	REQUIRE(rule->n_outputs <= RTPE_MAX_OUTPUTS);
	REQUIRE(!rule->bundle == !(rule->flags & RTPE_RULE_BUNDLE));
	if (rule->bundle)
		bundle_check(rule->bundle);
	REQUIRE(!rule->silence || rule->silence->n <= RTPE_MAX_SILENCE);
	REQUIRE(!(rule->flags & RTPE_RULE_OPAQUE) ||
		!(rule->flags & (RTPE_RULE_RTCP | RTPE_RULE_RTCP_MUX)));
	for (uint32_t i = 0; i < rule->n_outputs; i++) {
		const struct out_rule *o = &rule->outputs[i];

		REQUIRE(o->slot && o->slot->index < FAKE_SLOTS);
		REQUIRE(o->generation == o->slot->counters->generation);
		REQUIRE(o->match && !(o->match & ~(RTPE_CLASS_RTP | RTPE_CLASS_RTCP |
						   RTPE_CLASS_OTHER)));
		REQUIRE(o->tos_set <= 1);
		REQUIRE(o->sections == SECTIONS_ALL ||
			(rule->bundle && o->sections < 1u << rule->bundle->n_sections));
		REQUIRE(!o->ext == !(o->flags & (RTPE_OUT_MID | RTPE_OUT_EXT_FILTER)));
		REQUIRE(!o->ext || o->ext->mid_len <= RTPE_MID_MAX);
		REQUIRE(!(o->flags & RTPE_OUT_SILENCE) || rule->silence);
		REQUIRE(o->flags & RTPE_OUT_FOLLOW || o->dst.family == 0 ||
			o->dst.family == o->slot->local.family);
	}
}

/* Bytes left for outputs. */
static size_t outputs_len(const struct rtpe_rule *head, rtpe_u32 len)
{
	size_t rest = len - sizeof(*head);

	if (!(head->flags & RTPE_RULE_BUNDLE))
		return rest;
	return rest > sizeof(struct rtpe_bundle) ? rest - sizeof(struct rtpe_bundle) : 0;
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
		head->n_outputs = (rtpe_u32)(outputs_len(head, len) / sizeof(struct rtpe_output));
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
