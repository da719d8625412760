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
	REFUSED(r.rule.decrypt.cipher = 1, -EOPNOTSUPP);
	REFUSED(r.out[0].match = 0, -EINVAL);
	REFUSED(r.out[0].match = RTPE_CLASS_STUN, -EINVAL);
	REFUSED(r.out[0].flags = 1 << 15, -EINVAL);
	REFUSED(r.out[0].slot = 99999, -ENOENT);
	REFUSED(r.out[0].slot = RTPE_NO_SLOT, -ENOENT);
	REFUSED(r.out[0].encrypt.cipher = 1, -EOPNOTSUPP);
	REFUSED(r.out[0].src = addr_of("127.0.0.1", 1), -EINVAL);
	REFUSED((r.out[0].flags = 0, r.out[0].dst = addr_of("::1", 5)), -EINVAL);
	REFUSED(r.rule.local = addr_of("::ffff:127.0.0.1", 40000), 0);
	REFUSED(r.out[0].src = addr_of("127.0.0.1", 40002), 0);
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
	{ "a refused rule changes nothing", test_refused_changes_nothing },
	{ "rules need an open slot", test_slots },
	END_OF_TESTS,
};

const struct suite suite_rule = { "rule", tests, net_skip };
