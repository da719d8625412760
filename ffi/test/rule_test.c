/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "net.h"

static struct rtpe_core *core;
static int a, b;
static struct rules r;

static void start(void)
{
	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	a = open_port(core, "127.0.0.1", 40000);
	b = open_port(core, "127.0.0.1", 40002);
	rules_init(&r);
	rules_follow(&r, b);
}

static void stop(void)
{
	rtpe_core_free(core);
}

static void test_lengths(void)
{
	start();
	CHECK_EQ(rules_set(core, a, &r), 0);
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, 0), -EINVAL);
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, NULL, sizeof(r)), -EINVAL);
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size - 1), -EINVAL);
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size + 1), -EINVAL);
	r.rule.n_outputs = 2;
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size), -EINVAL);
	r.rule.n_outputs = 0xffffffff;
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size), -EINVAL);
	r.rule.n_outputs = 33;
	CHECK_EQ(rules_set(core, a, &r), -EINVAL);
	stop();
}

#define REFUSED(change, error)                        \
	do {                                          \
		rules_init(&r);                       \
		rules_follow(&r, b);                  \
		change;                               \
		CHECK_EQ(rules_set(core, a, &r), error); \
	} while (0)

static void test_contradictions(void)
{
	start();
	REFUSED(r.rule.abi = RTPE_RULE_ABI + 1, -EINVAL);
	REFUSED(r.rule.flags = 1 << 15, -EINVAL);
	REFUSED(r.rule.flags = RTPE_RULE_OPAQUE | RTPE_RULE_RTCP, -EINVAL);
	REFUSED(r.rule.flags = RTPE_RULE_RTCP_MUX | RTPE_RULE_RTCP, -EINVAL);
	REFUSED(r.rule.punt = 1u << 31, -EINVAL);
	REFUSED(r.rule.learning = 9, -EINVAL);
	REFUSED(r.rule.source_action = 9, -EINVAL);
	REFUSED(r.rule.learn_ms = 0xffffffff, -EINVAL);
	REFUSED(r.rule.remote.family = 9, -EINVAL);
	REFUSED(r.rule.remote = addr_of("::1", 9), -EINVAL);
	REFUSED(r.rule.local = addr_of("127.0.0.1", 40002), -EINVAL);
	REFUSED(r.rule.decrypt.cipher = 1, -EINVAL);
	REFUSED(r.rule.decrypt.cipher = 200, -EINVAL);
	REFUSED(r.out[0].match = 0, -EINVAL);
	REFUSED(r.out[0].match = RTPE_CLASS_STUN, -EINVAL);
	REFUSED(r.out[0].flags = 1 << 15, -EINVAL);
	REFUSED(r.out[0].slot = 99999, -ENOENT);
	REFUSED(r.out[0].slot = RTPE_NO_SLOT, -ENOENT);
	REFUSED(r.out[0].encrypt.cipher = 1, -EINVAL);
	REFUSED(r.out[0].flags |= RTPE_OUT_AS_RECEIVED, -EINVAL);
	REFUSED(r.out[0].src = addr_of("127.0.0.1", 1), -EINVAL);
	REFUSED((r.out[0].flags = 0, r.out[0].dst = addr_of("::1", 5)), -EINVAL);
	REFUSED(r.rule.local = addr_of("::ffff:127.0.0.1", 40000), 0);
	REFUSED(r.out[0].src = addr_of("127.0.0.1", 40002), 0);
	stop();
}

static void bundled(void)
{
	r.rule.flags |= RTPE_RULE_BUNDLE;
	r.bundle = (struct rtpe_bundle){ .n_sections = 1 };
	r.bundle.sections[0] = (struct rtpe_section){ .mid_len = 1, .mid = "a" };
}

static void test_edits(void)
{
	start();
	bundled();
	r.out[0].flags |= RTPE_OUT_SECTION | RTPE_OUT_MID | RTPE_OUT_EXT_FILTER | RTPE_OUT_SILENCE;
	r.out[0].mid_id = 15;
	r.out[0].mid_len = RTPE_MID_MAX;
	r.out[0].ext_allow[7] = 0x80000000;
	r.rule.n_silence = RTPE_MAX_SILENCE;
	for (rtpe_u8 i = 0; i < RTPE_MAX_SILENCE; i++)
		r.rule.silence[i].payload_type = i;
	r.rule.flags |= RTPE_RULE_BLOCK_SHORT;
	CHECK_EQ(rules_set(core, a, &r), 0);
	REFUSED(r.rule.n_silence = RTPE_MAX_SILENCE + 1, -EINVAL);
	REFUSED(r.rule.n_silence = 2, -EINVAL);
	REFUSED((r.rule.n_silence = 1, r.rule.silence[0].payload_type = 128), -EINVAL);
	REFUSED((r.rule.n_silence = 1, r.rule.silence_pass[0] = 1), -EINVAL);
	REFUSED(r.out[0].flags |= RTPE_OUT_SECTION, -EINVAL);
	REFUSED(r.out[0].flags |= RTPE_OUT_MID, -EINVAL);
	REFUSED((r.out[0].flags |= RTPE_OUT_MID, r.out[0].mid_len = 1), -EINVAL);
	REFUSED((r.out[0].flags |= RTPE_OUT_MID, r.out[0].mid_id = 1,
		 r.out[0].mid_len = RTPE_MID_MAX + 1), -EINVAL);
	REFUSED((r.out[0].flags |= RTPE_OUT_EXT_FILTER, r.out[0].ext_allow[0] = 1), -EINVAL);
	REFUSED((bundled(), r.out[0].flags |= RTPE_OUT_SECTION, r.out[0].section = 1), -EINVAL);
	REFUSED((bundled(), r.rule.flags |= RTPE_RULE_OPAQUE), -EINVAL);
	REFUSED((bundled(), r.bundle.n_sections = 0), -EINVAL);
	REFUSED((bundled(), r.bundle.sections[0].mid_len = 0), -EINVAL);
	stop();
}

/* The bundle is what is left behind the outputs, whole or not at all. */
static void test_bundle_length(void)
{
	start();
	r.rule.flags |= RTPE_RULE_BUNDLE;
	r.rule.size = sizeof(r.rule) + sizeof(r.out[0]);
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size), -EINVAL);
	r.rule.size += sizeof(r.bundle) - 1;
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size), -EINVAL);
	r.rule.flags &= (rtpe_u16)~RTPE_RULE_BUNDLE;
	r.rule.size++;
	CHECK_EQ(rtpe_rule_set(core, (rtpe_u32)a, &r, r.rule.size), -EINVAL);
	stop();
}

static void test_refused_changes_nothing(void)
{
	struct rtpe_addr want = addr_of("127.0.0.1", 5000);

	start();
	r.rule.remote = want;
	CHECK_EQ(rules_set(core, a, &r), 0);
	r.rule.remote.port = 5002;
	r.out[0].slot = 77;
	CHECK_EQ(rules_set(core, a, &r), -ENOENT);
	CHECK_EQ(counters_of(core, a)->remote.port, 5000);
	stop();
}

static void test_slots(void)
{
	start();
	CHECK_EQ(rules_set(core, 200, &r), -EBADF);
	CHECK_EQ(rules_set(core, -1, &r), -EBADF);
	CHECK_EQ(rtpe_rule_clear(core, 200), -EBADF);
	CHECK_EQ(rtpe_rule_clear(core, (rtpe_u32)a), 0);
	CHECK_EQ(rtpe_rule_clear(core, (rtpe_u32)a), 0);
	stop();
}

static const struct test tests[] = {
	{ "a rule's length is that of its outputs", test_lengths },
	{ "contradictions and unknown values are refused", test_contradictions },
	{ "edits and sections that cannot be are refused", test_edits },
	{ "a bundle's length is part of the rule's", test_bundle_length },
	{ "a refused rule changes nothing", test_refused_changes_nothing },
	{ "rules need an open slot", test_slots },
	END_OF_TESTS,
};

const struct suite suite_rule = { "rule", tests, net_skip };
