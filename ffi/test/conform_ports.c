/* SPDX-License-Identifier: MIT */
/* Conformance: ports opened and closed, and where packets may go. */
#include "conform.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addr.h"
#include "sys.h"

static void test_bad_destinations(void)
{
	static const char *const bad[] = { "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255",
					   "240.0.0.1" };
	struct pair p;
	uint8_t buf[172];
	uint64_t n = 0;

	pair_open(&p, "127.0.0.1", "127.0.0.2");
	make_rtp(buf, sizeof(buf), 1, 5);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]) + 1; i++) {
		struct rtpe_addr to = i < 5 ? addr_of(bad[i], 9) : addr_of("127.0.0.1", 0);

		p.rule_a.out[0].flags = 0;
		p.rule_a.out[0].dst = to;
		pair_rules(&p);
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
		wait_rx(p.core, p.a, ++n);
		CHECK_EQ(counters_of(p.core, p.b)->tx_errors, 2 * i + 1);
		CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b, &to, buf, 12), -EINVAL);
	}
	CHECK_EQ(counters_of(p.core, p.b)->tx_packets, 0);
	pair_stop(&p);
}

static void test_hairpin(void)
{
	struct pair p;
	int c, d, peer = peer_open("127.0.0.4", 0);
	uint8_t buf[172], got[300];

	/* peer A → a → b → (our own) c → d → peer. */
	pair_open(&p, "127.0.0.1", "127.0.0.2");
	c = open_port(p.core, "127.0.0.3", 43000);
	d = open_port(p.core, "127.0.0.3", 43002);
	p.rule_b.rule.remote = addr_of("127.0.0.3", 43000);
	pair_rules(&p);
	rules_init(&p.rule_a);
	rules_follow(&p.rule_a, d);
	CHECK_EQ(rules_set(p.core, c, &p.rule_a), 0);
	rules_init(&p.rule_a);
	p.rule_a.rule.remote = peer_addr(peer);
	CHECK_EQ(rules_set(p.core, d, &p.rule_a), 0);
	make_rtp(buf, sizeof(buf), 1, 5);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(peer, got, sizeof(got), NULL, NULL), sizeof(buf));
	CHECK(memcmp(got, buf, sizeof(buf)) == 0);
	pair_stop(&p);
	peer_close(peer);
}

static void test_port_send(void)
{
	struct pair p;
	uint8_t got[300];
	struct rtpe_addr none = { .family = 0 }, from, six = addr_of("::1", 9);

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b, &none, "hello", 5), 0);
	CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), &from, NULL), 5);
	CHECK(memcmp(got, "hello", 5) == 0);
	CHECK(addr_equal(&from, &p.at_b));
	from = peer_addr(p.peer_a);
	CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b, &from, "", 0), 0);
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), 0);
	CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b, &six, "x", 1), -EAFNOSUPPORT);
	CHECK_EQ(rtpe_port_send(p.core, 99, &from, "x", 1), -EBADF);
	CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b, &from, got, 65508), -EMSGSIZE);
	CHECK_EQ(counters_of(p.core, p.b)->tx_packets, 2);
	pair_stop(&p);
}

static void oversize(const char *ip_a, const char *ip_b)
{
	static const size_t sizes[] = { 1231, 1233, 1452, 1473, 2000, 9000, 65000 };
	static uint8_t buf[65536], got[65536];
	struct pair p;

	pair_start(&p, ip_a, ip_b);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_rtp(buf, sizes[i], (uint16_t)i, 5);
		peer_send(p.peer_a, &p.at_a, buf, sizes[i]);
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizes[i]);
		CHECK(memcmp(got, buf, sizes[i]) == 0);
		CHECK_EQ(rtpe_port_send(p.core, (rtpe_u32)p.b,
					&(struct rtpe_addr){ .family = 0 }, buf,
					(rtpe_u32)sizes[i]), 0);
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizes[i]);
		CHECK(memcmp(got, buf, sizes[i]) == 0);
	}
	/* And small ones go on as before. */
	passes(&p, 9);
	pair_stop(&p);
}

static void test_oversize(void)
{
	net_set_mtu(1500);
	oversize("127.0.0.1", "127.0.0.2");
	oversize("::1", "::1");
	net_set_mtu(65536);
}

static void test_open_errors(void)
{
	struct pair p;
	struct rtpe_addr taken, far = addr_of("192.0.2.1", 4000), bad = { .family = 9 };
	int fd = peer_open("127.0.0.1", 0);

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	taken = peer_addr(fd);
	CHECK_EQ(rtpe_port_open(p.core, &taken), -EADDRINUSE);
	CHECK_EQ(rtpe_port_open(p.core, &p.at_a), -EADDRINUSE);
	CHECK_EQ(rtpe_port_open(p.core, &far), -EADDRNOTAVAIL);
	CHECK_EQ(rtpe_port_open(p.core, &bad), -EINVAL);
	bad = addr_of("0.0.0.0", 4000);
	CHECK_EQ(rtpe_port_open(p.core, &bad), -EINVAL);
	bad = addr_of("127.0.0.1", 0);
	CHECK_EQ(rtpe_port_open(p.core, &bad), -EINVAL);
	peer_close(fd);
	CHECK(rtpe_port_open(p.core, &taken) >= 0);
	/* A port next to ours is left to others. */
	fd = peer_open("127.0.0.1", 40001);
	peer_send(p.peer_a, &(struct rtpe_addr){ .family = 4, .port = 40001,
						 .ip = { 127, 0, 0, 1 } }, "mine", 4);
	CHECK_EQ(peer_receive(fd, &taken, sizeof(taken), NULL, NULL), 4);
	peer_close(fd);
	pair_stop(&p);
}

static void test_reopened(void)
{
	struct pair p;
	int again;

	/* A rule of A still names B's slot when B becomes somebody else's. */
	pair_start(&p, "127.0.0.1", "127.0.0.2");
	passes(&p, 1);
	CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)p.b), 0);
	blocked_from(&p, p.peer_a, 2);
	do {
		again = open_port(p.core, "127.0.0.2", 40002);
		if (again != p.b)
			CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)again), 0);
	} while (again != p.b);
	CHECK_EQ(rules_set(p.core, p.b, &p.rule_b), 0);
	blocked_from(&p, p.peer_a, 3);
	CHECK_EQ(counters_of(p.core, p.a)->drop_no_rule, 2);
	CHECK_EQ(rules_set(p.core, p.a, &p.rule_a), 0);
	passes(&p, 4);
	pair_stop(&p);
}

static void test_closed_is_silent(void)
{
	struct pair p;
	uint8_t buf[172];

	pair_start(&p, "127.0.0.1", "127.0.0.2");
	passes(&p, 1);
	CHECK_EQ(rtpe_port_close(p.core, (rtpe_u32)p.a), 0);
	make_rtp(buf, sizeof(buf), 2, 1);
	peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
	CHECK(peer_silent(p.peer_b));
	CHECK_EQ(counters_of(p.core, p.a)->rx_packets, 1);
	pair_stop(&p);
}

/* Whether another program could have the port. */
static bool port_is_free(const char *ip, uint16_t port)
{
	struct rtpe_addr a = addr_of(ip, port);
	int fd = udp_bound(&a);

	if (fd < 0) {
		CHECK_EQ(fd, -EADDRINUSE);
		return false;
	}
	close(fd);
	return true;
}

static void test_held(void)
{
	struct rtpe_core *core = core_with_flags(conform_mode, 2, RTPE_CORE_HOLD_PORTS);
	int slot = open_port(core, "127.0.0.1", 40000), six = open_port(core, "::1", 40000);

	CHECK(!port_is_free("127.0.0.1", 40000));
	CHECK(!port_is_free("::1", 40000));
	CHECK(port_is_free("127.0.0.1", 40002));
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)slot), 0);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)six), 0);
	CHECK(port_is_free("127.0.0.1", 40000));
	CHECK(port_is_free("::1", 40000));
	rtpe_core_free(core);
}

static void test_held_forwards(void)
{
	struct pair p;

	conform_flags = RTPE_CORE_HOLD_PORTS;
	pair_start(&p, "127.0.0.1", "127.0.0.2");
	conform_flags = 0;
	for (uint16_t seq = 1; seq < 20; seq++)
		passes(&p, seq);
	pair_stop(&p);
}

const struct test conform_ports_tests[] = {
	{ "D2-15 nothing is sent to multicast, broadcast, nowhere and port 0", test_bad_destinations },
	{ "a call may come back into another port of ours", test_hairpin },
	{ "a datagram is sent from the port", test_port_send },
	{ "packets larger than the MTU are fragmented", test_oversize },
	{ "only our own open ports are ours", test_open_errors },
	{ "D2-24 a slot opened again gets nothing from old rules", test_reopened },
	{ "a closed port forwards nothing", test_closed_is_silent },
	{ "a held port cannot be given to anybody else", test_held },
	{ "held ports forward as others do", test_held_forwards },
	END_OF_TESTS,
};
