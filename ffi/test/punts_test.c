/* SPDX-License-Identifier: MIT */
/* Who may have how much handed up. */
#include <string.h>

#include "check.h"
#include "classify.h"
#include "net.h"

enum { PORT = 40000, PORTS_OF_ONE = 60, FEW = 10 };

static struct rtpe_core *core;

/* A core that hands up `rate` a second. */
static void start(uint32_t rate)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = RTPE_MODE_SOCKETS, .threads = 1, .max_slots = 256,
		.punt_ring_bytes = 1 << 20, .ctl_ring_bytes = 1 << 20, .punt_rate = rate,
	};
	char err[256];

	core = rtpe_core_new(&opts, err, sizeof(err));
	CHECK(core != NULL);
}

static int listening(uint16_t port, const struct rtpe_addr *remote)
{
	int slot = open_port(core, "127.0.0.1", port);
	struct rules r;

	rules_init(&r);
	r.rule.punt = RTPE_CLASS_STUN | RTPE_CLASS_DTLS;
	r.rule.learning = RTPE_LEARN_OFF;
	if (remote)
		r.rule.remote = *remote;
	CHECK_EQ(rules_set(core, slot, &r), 0);
	return slot;
}

static void stun(int fd, uint16_t port, int count)
{
	static const uint8_t binding[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	struct rtpe_addr to = addr_of("127.0.0.1", port);

	for (int i = 0; i < count; i++)
		peer_send(fd, &to, binding, sizeof(binding));
}

static void test_remote_has_its_own(void)
{
	int known = peer_open("127.0.0.2", 0), thief = peer_open("127.0.0.3", 0);
	struct rtpe_addr remote = peer_addr(known);
	uint64_t before;
	int slot;

	start(50);
	slot = listening(PORT, &remote);
	stun(thief, PORT, 200);
	wait_rx(core, slot, 200);
	before = counters_of(core, slot)->punted;
	CHECK(before >= 50 && before < 150);
	stun(known, PORT, FEW);
	wait_rx(core, slot, 200 + FEW);
	CHECK_EQ(counters_of(core, slot)->punted, before + FEW);
	rtpe_core_free(core);
	peer_close(known);
	peer_close(thief);
}

static void test_one_source_leaves_room_for_others(void)
{
	int thief = peer_open("127.0.0.3", 0), same = peer_open("127.0.0.3", 0);
	int other = peer_open("127.0.0.4", 0);
	uint64_t before;
	int slot;

	start(50);
	slot = listening(PORT, NULL);
	stun(thief, PORT, 200);
	wait_rx(core, slot, 200);
	before = counters_of(core, slot)->punted;
	CHECK(before >= 50 && before < 150);
	/* Another port of the same host is the same source. */
	stun(same, PORT, 100);
	wait_rx(core, slot, 300);
	CHECK(counters_of(core, slot)->punted < before + 60);
	before = counters_of(core, slot)->punted;
	stun(other, PORT, FEW);
	wait_rx(core, slot, 300 + FEW);
	CHECK_EQ(counters_of(core, slot)->punted, before + FEW);
	rtpe_core_free(core);
	peer_close(thief);
	peer_close(same);
	peer_close(other);
}

static void test_one_source_at_all_ports(void)
{
	int thief = peer_open("127.0.0.3", 0), other = peer_open("127.0.0.4", 0);
	uint64_t sum = 0, more = 0;
	int slots[PORTS_OF_ONE];

	start(1);
	for (uint16_t i = 0; i < PORTS_OF_ONE; i++)
		slots[i] = listening((uint16_t)(PORT + 2 * i), NULL);
	for (uint16_t i = 0; i < PORTS_OF_ONE; i++)
		stun(thief, (uint16_t)(PORT + 2 * i), 1);
	for (int i = 0; i < PORTS_OF_ONE; i++) {
		wait_rx(core, slots[i], 1);
		sum += counters_of(core, slots[i])->punted;
	}
	CHECK(sum >= 40 && sum < PORTS_OF_ONE);
	stun(other, PORT + 2 * (PORTS_OF_ONE - 1), 1);
	wait_rx(core, slots[PORTS_OF_ONE - 1], 2);
	more = counters_of(core, slots[PORTS_OF_ONE - 1])->punted;
	CHECK(more >= 1);
	rtpe_core_free(core);
	peer_close(thief);
	peer_close(other);
}

static void test_many_sources_at_one_port(void)
{
	int slot;

	start(10);
	slot = listening(PORT, NULL);
	for (int i = 0; i < 100; i++) {
		char ip[32];
		int fd;

		snprintf(ip, sizeof(ip), "127.0.1.%d", i + 1);
		fd = peer_open(ip, 0);
		stun(fd, PORT, 1);
		peer_close(fd);
	}
	wait_rx(core, slot, 100);
	CHECK(counters_of(core, slot)->punted >= 40);
	CHECK(counters_of(core, slot)->punted < 90);
	rtpe_core_free(core);
}

static void test_damaged_stun_goes_nowhere(void)
{
	struct rtpe_addr to = addr_of("127.0.0.1", PORT);
	int peer = peer_open("127.0.0.3", 0), slot;
	/* The attribute claims more than there is. */
	uint8_t lie[28] = { 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42 };

	start(50);
	lie[21] = 6;
	lie[23] = 5;
	slot = listening(PORT, NULL);
	peer_send(peer, &to, lie, sizeof(lie));
	wait_rx(core, slot, 1);
	CHECK_EQ(counters_of(core, slot)->punted, 0);
	CHECK_EQ(counters_of(core, slot)->drop_malformed, 1);
	rtpe_core_free(core);
	peer_close(peer);
}

static const struct test tests[] = {
	{ "the remote endpoint is heard whoever else floods", test_remote_has_its_own },
	{ "one source leaves room for others, whatever its port",
	  test_one_source_leaves_room_for_others },
	{ "one source at all ports has its limit", test_one_source_at_all_ports },
	{ "many sources at one port have theirs", test_many_sources_at_one_port },
	{ "damaged STUN is dropped and counted", test_damaged_stun_goes_nowhere },
	END_OF_TESTS,
};

const struct suite suite_punts = { "punts", tests, net_skip };
