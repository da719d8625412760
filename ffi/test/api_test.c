/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "net.h"

static const struct rtpe_core_opts good = {
	.size = sizeof(good), .mode = RTPE_MODE_SOCKETS, .threads = 1, .max_slots = 4,
	.punt_ring_bytes = 65536, .ctl_ring_bytes = 262144, .punt_rate = 50,
};

static void test_selftest(void)
{
	char err[128] = "x";

	CHECK_EQ(rtpe_selftest(err, sizeof(err)), 0);
	CHECK_EQ(err[0], 0);
}

static void test_options(void)
{
	struct rtpe_core_opts o;
	char err[128];

#define BAD(change)                                                  \
	do {                                                         \
		o = good;                                            \
		change;                                              \
		err[0] = '\0';                                       \
		CHECK(rtpe_core_new(&o, err, sizeof(err)) == NULL);  \
		CHECK(strlen(err) > 10);                             \
	} while (0)
	BAD(o.size = 4);
	BAD(o.mode = 3);
	BAD(o.threads = 0);
	BAD(o.threads = 65);
	BAD(o.max_slots = 1);
	BAD(o.max_slots = 1048577);
	BAD(o.punt_ring_bytes = 65535);
	BAD(o.punt_ring_bytes = 100000);
	BAD(o.ctl_ring_bytes = 65536);
	BAD(o.coalesce_us = 1000000);
	BAD(o.punt_rate = 2000000);
	BAD(o.flags = 2);
	CHECK(rtpe_core_new(NULL, NULL, 0) == NULL);
	rtpe_core_free(NULL);
}

static void test_mode(void)
{
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 2);
	char reason[64];

	CHECK_EQ(rtpe_core_mode(core), RTPE_MODE_SOCKETS);
	CHECK(rtpe_core_mode_reason(core, reason, sizeof(reason)) > 0);
	rtpe_core_free(core);
}

static void test_slots_end(void)
{
	struct rtpe_core_opts o = good;
	struct rtpe_core *core = rtpe_core_new(&o, NULL, 0);
	struct rtpe_addr addr = addr_of("127.0.0.1", 41000);
	uint32_t generation;

	CHECK(core);
	for (int i = 0; i < 4; i++, addr.port++)
		CHECK_EQ(rtpe_port_open(core, &addr), i);
	CHECK_EQ(rtpe_port_open(core, &addr), -ENOSPC);
	generation = counters_of(core, 2)->generation;
	CHECK_EQ(rtpe_port_close(core, 2), 0);
	CHECK_EQ(rtpe_port_close(core, 2), -EBADF);
	CHECK_EQ(rtpe_port_close(core, 0), 0);
	/* The one closed longest ago comes back first. */
	CHECK_EQ(rtpe_port_open(core, &addr), 2);
	CHECK_EQ(counters_of(core, 2)->generation, generation + 1);
	CHECK_EQ(rtpe_ports_close(core, (rtpe_u32[]){ 0, 1, 2, 2, 3, 9 }, 6), 3);
	for (int i = 0; i < 4; i++, addr.port++)
		CHECK(rtpe_port_open(core, &addr) >= 0);
	rtpe_core_free(core);
}

static int compare_offsets(const char *text, const char *name, size_t offset, size_t size)
{
	char want[96];

	snprintf(want, sizeof(want), "%s %zu %zu\n", name, offset, size);
	return strstr(text, want) != NULL;
}

static void test_abi(void)
{
	int n = rtpe_abi_describe(NULL, 0);
	char *text = malloc((size_t)n + 1);

	CHECK_EQ(rtpe_abi_describe(text, (rtpe_u32)n + 1), n);
	CHECK_EQ(strlen(text), n);
	CHECK(strstr(text, "struct rtpe_rule "));
	CHECK(compare_offsets(text, "rtpe_counters.remote",
			      offsetof(struct rtpe_counters, remote), sizeof(struct rtpe_addr)));
	CHECK(compare_offsets(text, "rtpe_rule.n_outputs", offsetof(struct rtpe_rule, n_outputs),
			      4));
	CHECK_EQ(sizeof(struct rtpe_addr), 24);
	CHECK_EQ(sizeof(struct rtpe_event) % 8, 0);
	free(text);
}

static atomic_int rings;

static void count_bell(void)
{
	atomic_fetch_add(&rings, 1);
}

static void wait_rings(int n)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < 1000 && atomic_load(&rings) < n; i++)
		nanosleep(&ms, NULL);
	for (int i = 0; i < 20; i++)
		nanosleep(&ms, NULL);
	CHECK_EQ(atomic_load(&rings), n);
}

static void test_doorbell(void)
{
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound;
	_Alignas(8) uint8_t buf[70000];
	int id = rtpe_ctl_open(core, &any, 0, &bound), fd = peer_open("127.0.0.1", 0);

	CHECK(id >= 0);
	atomic_store(&rings, 0);
	CHECK_EQ(rtpe_core_doorbell(core, count_bell), 0);
	wait_rings(1);
	CHECK_EQ(rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf)), 0);
	for (int i = 0; i < 3; i++)
		peer_send(fd, &bound, "ping", 4);
	wait_rings(2);
	CHECK(rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf)) > 0);
	peer_send(fd, &bound, "ping", 4);
	/* Not drained to the end yet: silence. */
	wait_rings(2);
	while (rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf)) > 0)
		;
	peer_send(fd, &bound, "ping", 4);
	wait_rings(3);
	rtpe_core_free(core);
	peer_close(fd);
}

static atomic_int release_bell, in_bell;

static void blocking_bell(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	atomic_store(&in_bell, 1);
	while (!atomic_load(&release_bell))
		nanosleep(&ms, NULL);
	atomic_store(&in_bell, 0);
}

static void test_blocked_doorbell(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	int slot = open_port(core, "127.0.0.1", 41100);

	atomic_store(&release_bell, 0);
	rtpe_core_doorbell(core, blocking_bell);
	while (!atomic_load(&in_bell))
		nanosleep(&ms, NULL);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)slot), 0);
	rtpe_core_free(core);
	atomic_store(&release_bell, 1);
	while (atomic_load(&in_bell))
		nanosleep(&ms, NULL);
	for (int i = 0; i < 20; i++)
		nanosleep(&ms, NULL);
}

static void test_thread_counters(void)
{
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 2);
	struct rtpe_thread_counters n;

	CHECK_EQ(rtpe_thread_counters(core, 0, &n), 0);
	CHECK_EQ(n.rx_packets, 0);
	CHECK_EQ(rtpe_thread_counters(core, 1, &n), 0);
	CHECK_EQ(rtpe_thread_counters(core, 2, &n), -EINVAL);
	rtpe_core_free(core);
}

static void test_clock_rates(void)
{
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	rtpe_u32 slot = (rtpe_u32)open_port(core, "127.0.0.1", 41200);

	for (rtpe_u8 pt = 96; pt < 96 + RTPE_CLOCK_RATES; pt++)
		CHECK_EQ(rtpe_clock_rate_set(core, slot, pt, 48000), 0);
	CHECK_EQ(rtpe_clock_rate_set(core, slot, 120, 48000), -ENOSPC);
	CHECK_EQ(rtpe_clock_rate_set(core, slot, 96, 90000), 0);
	CHECK_EQ(rtpe_clock_rate_set(core, slot, 97, 0), 0);
	CHECK_EQ(rtpe_clock_rate_set(core, slot, 120, 48000), 0);
	CHECK_EQ(rtpe_clock_rate_set(core, slot, 128, 48000), -EINVAL);
	CHECK_EQ(rtpe_clock_rate_set(core, 99, 0, 48000), -EBADF);
	rtpe_core_free(core);
}

static const struct test tests[] = {
	{ "the self test passes", test_selftest },
	{ "bad options are refused with a sentence", test_options },
	{ "sockets that were asked for are used", test_mode },
	{ "slots run out, come back in order and count generations", test_slots_end },
	{ "the layout is told as the compiler has it", test_abi },
	{ "the doorbell rings once until the ring was drained", test_doorbell },
	{ "a doorbell that blocks holds up nobody", test_blocked_doorbell },
	{ "every relay thread has counters", test_thread_counters },
	{ "a slot knows eight clock rates", test_clock_rates },
	END_OF_TESTS,
};

const struct suite suite_api = { "api", tests, net_skip };
