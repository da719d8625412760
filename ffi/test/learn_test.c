/* SPDX-License-Identifier: MIT */
#include "learn.h"

#include <string.h>

#include "addr.h"
#include "check.h"
#include "net.h"

enum { P = LEARN_PASS, CH = LEARN_CHANGED, CO = LEARN_CONFIRMED, S = 1000000 };

static struct learn l;
static struct rtpe_rule rule;
static struct rtpe_addr sdp, nat_port, nat_ip, stranger, stranger2;

static void start(unsigned learning, unsigned action)
{
	sdp = addr_of("192.0.2.1", 4000);
	nat_port = addr_of("192.0.2.1", 61000);
	nat_ip = addr_of("198.51.100.1", 4000);
	stranger = addr_of("203.0.113.9", 5555);
	stranger2 = addr_of("203.0.113.8", 5556);
	memset(&l, 0, sizeof(l));
	memset(&rule, 0, sizeof(rule));
	rule.remote = sdp;
	rule.learning = (rtpe_u8)learning;
	rule.source_action = (rtpe_u8)action;
	rule.learn_ms = 3000;
	learn_install(&l, &rule, 0);
}

static void is(const struct rtpe_addr *want)
{
	CHECK(addr_equal(&l.current, want));
}

static void test_off(void)
{
	start(RTPE_LEARN_OFF, RTPE_SOURCE_IGNORE);
	CHECK(l.confirmed && !l.learned);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P);
	is(&sdp);
	start(RTPE_LEARN_OFF, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &stranger, 1), 0);
	CHECK_EQ(learn_packet(&l, &nat_port, 1), 0);
	CHECK_EQ(learn_packet(&l, &sdp, 1), P);
	start(RTPE_LEARN_OFF, RTPE_SOURCE_HANDOVER);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P);
	is(&sdp);
}

static void test_off_unknown(void)
{
	start(RTPE_LEARN_OFF, RTPE_SOURCE_DROP);
	rule.remote.family = 0;
	learn_install(&l, &rule, 0);
	CHECK_EQ(learn_packet(&l, &stranger, 1), 0);
	CHECK_EQ(l.current.family, 0);
}

static void test_immediate(void)
{
	start(RTPE_LEARN_IMMEDIATE, RTPE_SOURCE_DROP);
	is(&sdp);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P | CH | CO);
	is(&stranger);
	CHECK_EQ(learn_packet(&l, &sdp, 2), 0);
	is(&stranger);
	start(RTPE_LEARN_IMMEDIATE, RTPE_SOURCE_IGNORE);
	CHECK_EQ(learn_packet(&l, &sdp, 1), P | CO);
	CHECK(l.learned);
}

static void test_delayed(void)
{
	start(RTPE_LEARN_DELAYED, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P | CH);
	CHECK_EQ(learn_packet(&l, &sdp, 2), P | CH);
	CHECK_EQ(learn_packet(&l, &nat_ip, 3 * S - 1), P | CH);
	CHECK(!l.confirmed);
	CHECK_EQ(learn_packet(&l, &nat_ip, 3 * S), P | CO);
	CHECK_EQ(learn_packet(&l, &sdp, 3 * S + 1), 0);
	is(&nat_ip);
}

static void test_late(void)
{
	start(RTPE_LEARN_DELAYED, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &stranger, 10 * S), P | CH | CO);
	CHECK_EQ(learn_packet(&l, &sdp, 10 * S + 1), 0);
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &nat_port, 10 * S), P | CH | CO);
}

static void test_exact(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &sdp, 1), P | CO);
	CHECK_EQ(learn_packet(&l, &stranger, 2), 0);
	CHECK_EQ(learn_packet(&l, &nat_port, 2), 0);
	is(&sdp);
}

static void test_ranks(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_IGNORE);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P | CH);
	CHECK_EQ(learn_packet(&l, &nat_ip, 2), P | CH);
	CHECK_EQ(learn_packet(&l, &stranger, 3), P);
	is(&nat_ip);
	CHECK_EQ(learn_packet(&l, &nat_port, 4), P | CH);
	CHECK_EQ(learn_packet(&l, &nat_ip, 5), P);
	is(&nat_port);
	CHECK_EQ(learn_packet(&l, &sdp, 6), P | CH | CO);
	is(&sdp);
}

static void test_first_of_rank(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_IGNORE);
	learn_packet(&l, &stranger, 1);
	CHECK_EQ(learn_packet(&l, &stranger2, 2), P);
	is(&stranger);
}

static void test_strict_window(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	CHECK_EQ(learn_packet(&l, &nat_ip, 1), P | CH);
	CHECK_EQ(learn_packet(&l, &stranger, 2), 0);
	CHECK_EQ(learn_packet(&l, &nat_port, 3), P | CH);
	CHECK_EQ(learn_packet(&l, &nat_ip, 4), 0);
	CHECK_EQ(learn_packet(&l, &nat_port, 3 * S), P | CO);
}

static void test_window_end_by_other(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	learn_packet(&l, &nat_port, 1);
	/* The stranger's packet ends the window but does not get through. */
	CHECK_EQ(learn_packet(&l, &stranger, 3 * S), CO);
	is(&nat_port);
}

static void test_handover(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_HANDOVER);
	learn_packet(&l, &sdp, 1);
	CHECK_EQ(learn_packet(&l, &stranger, 2), P | CH);
	is(&stranger);
	CHECK(l.confirmed);
	CHECK_EQ(learn_packet(&l, &sdp, 3), P | CH);
}

static void test_unknown_remote(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	rule.remote.family = 0;
	learn_install(&l, &rule, 0);
	CHECK_EQ(l.current.family, 0);
	CHECK_EQ(learn_packet(&l, &stranger, 1), P | CH);
	CHECK_EQ(learn_packet(&l, &sdp, 2), 0);
	is(&stranger);
}

static void test_reinstall(void)
{
	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	learn_packet(&l, &nat_port, 1);
	learn_packet(&l, &nat_port, 3 * S);
	learn_install(&l, &rule, 4 * S);
	CHECK(l.confirmed && l.learned);
	is(&nat_port);
	rule.flags = RTPE_RULE_RELEARN;
	learn_install(&l, &rule, 5 * S);
	CHECK(!l.confirmed && !l.learned);
	is(&sdp);
	rule.flags = 0;
	learn_packet(&l, &sdp, 5 * S + 1);
	rule.remote = nat_ip;
	learn_install(&l, &rule, 6 * S);
	CHECK(!l.confirmed);
	is(&nat_ip);
	rule.learning = RTPE_LEARN_OFF;
	learn_install(&l, &rule, 7 * S);
	CHECK(l.confirmed);
}

static void test_scope(void)
{
	struct rtpe_addr from = addr_of("fe80::1", 4000);

	start(RTPE_LEARN_HEURISTIC, RTPE_SOURCE_DROP);
	rule.remote = from;
	learn_install(&l, &rule, 0);
	from.scope = 3;
	CHECK_EQ(learn_packet(&l, &from, 1), P | CO);
	CHECK_EQ(l.current.scope, 3);
	from.scope = 4;
	CHECK_EQ(learn_packet(&l, &from, 2), 0);
}

static void test_mapped(void)
{
	struct rtpe_addr mapped = addr_of("::ffff:192.0.2.1", 4000);

	start(RTPE_LEARN_OFF, RTPE_SOURCE_DROP);
	CHECK(addr_normalise(&mapped));
	CHECK(addr_equal(&mapped, &sdp));
	CHECK_EQ(learn_packet(&l, &mapped, 1), P);
}

static const struct test tests[] = {
	{ "off: the signalled endpoint stays, strict or not", test_off },
	{ "off and strict without an endpoint: nobody gets through", test_off_unknown },
	{ "immediate: the first packet decides", test_immediate },
	{ "delayed: the last source of the window wins", test_delayed },
	{ "who starts after the window decides at once", test_late },
	{ "heuristic: the signalled endpoint is confirmed at once", test_exact },
	{ "heuristic: address beats port beats anything", test_ranks },
	{ "heuristic: the first of a rank stays", test_first_of_rank },
	{ "heuristic and strict: only the best so far gets through", test_strict_window },
	{ "heuristic and strict: a stranger ends the window in vain", test_window_end_by_other },
	{ "handover follows after confirmation", test_handover },
	{ "without a signalled endpoint the first source is learned", test_unknown_remote },
	{ "a new rule keeps what was learned unless told otherwise", test_reinstall },
	{ "a zone counts only where both sides name one", test_scope },
	{ "IPv4 in IPv6 is IPv4", test_mapped },
	END_OF_TESTS,
};

const struct suite suite_learn = { "learn", tests, NULL };
