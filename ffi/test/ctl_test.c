/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "addr.h"
#include "check.h"
#include "net.h"

static struct rtpe_core *core;

/* The next datagram of the control ring; payload behind the header. */
static struct rtpe_event next_datagram(uint8_t *buf, uint32_t len)
{
	struct timespec ms = { .tv_nsec = 1000000 };
	struct rtpe_event ev = { .len = 0 };
	int n = 0;

	for (int i = 0; i < 1000 && n == 0; i++) {
		n = rtpe_ring_drain(core, RTPE_RING_CTL, buf, len);
		if (n == 0)
			nanosleep(&ms, NULL);
	}
	CHECK(n >= (int)sizeof(ev));
	memcpy(&ev, buf, sizeof(ev));
	CHECK_EQ(ev.len, n);
	CHECK_EQ(ev.type, RTPE_EVENT_DATAGRAM);
	return ev;
}

static void asked_and_answered(const char *listen, const char *ask)
{
	struct rtpe_addr any = addr_of(listen, 0), bound, to, from;
	_Alignas(8) uint8_t buf[70000];
	struct rtpe_event ev;
	int id, fd = peer_open(ask, 0);

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	id = rtpe_ctl_open(core, &any, 0x68, &bound);
	CHECK(id >= 0);
	CHECK(bound.port != 0);
	to = addr_of(ask, bound.port);
	peer_send(fd, &to, "5_1 d7:command4:pinge", 21);
	ev = next_datagram(buf, sizeof(buf));
	CHECK_EQ(ev.slot, id);
	CHECK_EQ(ev.payload_len, 21);
	CHECK(memcmp(buf + sizeof(ev), "5_1 d7:command4:pinge", 21) == 0);
	from = peer_addr(fd);
	CHECK(addr_equal(&ev.src, &from));
	CHECK(addr_equal(&ev.dst, &to));
	CHECK_EQ(rtpe_ctl_send(core, (rtpe_u32)id, &ev.dst, &ev.src, "pong", 4), 0);
	{
		int tos = -1;

		CHECK_EQ(peer_receive(fd, buf, sizeof(buf), &from, &tos), 4);
		CHECK(addr_equal(&from, &to));
		CHECK_EQ(tos, 0x68);
	}
	rtpe_core_free(core);
	peer_close(fd);
}

static void test_wildcard4(void)
{
	asked_and_answered("0.0.0.0", "127.0.0.77");
}

static void test_wildcard6(void)
{
	asked_and_answered("::", "::1");
}

static void test_bound(void)
{
	asked_and_answered("127.0.0.5", "127.0.0.5");
	asked_and_answered("::1", "::1");
}

static void test_errors(void)
{
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound, far = addr_of("192.0.2.1", 5);

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	CHECK_EQ(rtpe_ctl_open(core, &any, 0, &bound), 0);
	CHECK_EQ(rtpe_ctl_open(core, &bound, 0, NULL), -EADDRINUSE);
	CHECK_EQ(rtpe_ctl_open(core, &far, 0, NULL), -EADDRNOTAVAIL);
	any.family = 0;
	CHECK_EQ(rtpe_ctl_open(core, &any, 0, NULL), -EINVAL);
	any = addr_of("::1", 5);
	CHECK_EQ(rtpe_ctl_send(core, 0, NULL, &any, "x", 1), -EAFNOSUPPORT);
	CHECK_EQ(rtpe_ctl_send(core, 7, NULL, &bound, "x", 1), -EBADF);
	CHECK_EQ(rtpe_ctl_close(core, 7), -EBADF);
	CHECK_EQ(rtpe_ctl_close(core, 0), 0);
	CHECK_EQ(rtpe_ctl_close(core, 0), -EBADF);
	CHECK_EQ(rtpe_ctl_open(core, &bound, 0, NULL), 0);
	rtpe_core_free(core);
}

static void test_large(void)
{
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound;
	static _Alignas(8) uint8_t buf[70000], big[65507];
	struct rtpe_event ev;
	int fd = peer_open("127.0.0.1", 0);

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	CHECK_EQ(rtpe_ctl_open(core, &any, 0, &bound), 0);
	memset(big, 'x', sizeof(big));
	peer_send(fd, &bound, big, sizeof(big));
	ev = next_datagram(buf, sizeof(buf));
	CHECK_EQ(ev.payload_len, sizeof(big));
	CHECK(memcmp(buf + sizeof(ev), big, sizeof(big)) == 0);
	peer_send(fd, &bound, big, 0);
	CHECK_EQ(next_datagram(buf, sizeof(buf)).payload_len, 0);
	CHECK_EQ(rtpe_ring_drain(core, RTPE_RING_CTL, buf, 8), 0);
	CHECK_EQ(rtpe_ring_lost(core, RTPE_RING_CTL), 0);
	rtpe_core_free(core);
	peer_close(fd);
}

static void test_order(void)
{
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound[2];
	static _Alignas(8) uint8_t buf[140000];
	int fd = peer_open("127.0.0.1", 0), total = 0, next[2] = { 0, 0 };

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	for (int id = 0; id < 2; id++)
		CHECK_EQ(rtpe_ctl_open(core, &any, 0, &bound[id]), id);
	for (uint8_t i = 0; i < 100; i++)
		for (int id = 0; id < 2; id++)
			peer_send(fd, &bound[id], &i, 1);
	for (int n; (n = rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf))) > 0;) {
		struct rtpe_event ev;

		for (int at = 0; at < n; at += (int)ev.len, total++) {
			memcpy(&ev, buf + at, sizeof(ev));
			CHECK(ev.slot < 2);
			CHECK_EQ(buf[at + (int)sizeof(ev)], next[ev.slot]++);
			CHECK_EQ(ev.dst.port, bound[ev.slot].port);
		}
	}
	CHECK_EQ(total, 200);
	rtpe_core_free(core);
	peer_close(fd);
}

static void test_overflow(void)
{
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound;
	static _Alignas(8) uint8_t buf[70000], big[60000];
	int fd = peer_open("127.0.0.1", 0), taken = 0;

	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	CHECK_EQ(rtpe_ctl_open(core, &any, 0, &bound), 0);
	for (int i = 0; i < 400; i++)
		peer_send(fd, &bound, big, sizeof(big));
	while (rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf)) > 0)
		taken++;
	/* The number comes with the next one. */
	peer_send(fd, &bound, big, sizeof(big));
	next_datagram(buf, sizeof(buf));
	CHECK(taken > 0 && taken < 400);
	CHECK_EQ(rtpe_ring_lost(core, RTPE_RING_CTL), (uint64_t)(400 - taken));
	rtpe_core_free(core);
	peer_close(fd);
}

static atomic_int rings;

static void ring(void)
{
	atomic_fetch_add(&rings, 1);
}

/* Waits up to a second for that many. */
static int rung(int want)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < 1000 && atomic_load(&rings) < want; i++)
		nanosleep(&ms, NULL);
	return atomic_load(&rings);
}

static void test_bell(void)
{
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound;
	static _Alignas(8) uint8_t buf[70000];
	int fd = peer_open("127.0.0.1", 0);

	atomic_store(&rings, 0);
	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	rtpe_core_doorbell(core, ring);
	CHECK_EQ(rung(1), 1);
	CHECK_EQ(rtpe_ctl_open(core, &any, 0, &bound), 0);
	for (int want = 2; want < 6; want++) {
		/* The second one of each turn is no news until the first was taken. */
		peer_send(fd, &bound, "a", 1);
		CHECK_EQ(rung(want), want);
		peer_send(fd, &bound, "b", 1);
		next_datagram(buf, sizeof(struct rtpe_event) + 8);
		next_datagram(buf, sizeof(struct rtpe_event) + 8);
		CHECK_EQ(rtpe_ring_drain(core, RTPE_RING_CTL, buf, sizeof(buf)), 0);
		CHECK_EQ(atomic_load(&rings), want);
	}
	/* One that comes before the last look rings although nobody looks again. */
	peer_send(fd, &bound, "c", 1);
	CHECK_EQ(rung(6), 6);
	rtpe_core_free(core);
	peer_close(fd);
}

static const struct test tests[] = {
	{ "a wildcard IPv4 socket answers from the address that was asked", test_wildcard4 },
	{ "a wildcard IPv6 socket answers from the address that was asked", test_wildcard6 },
	{ "a bound socket answers from its address", test_bound },
	{ "opening and sending fail with the reason", test_errors },
	{ "datagrams of every size arrive whole", test_large },
	{ "datagrams of every socket arrive in order", test_order },
	{ "datagrams that the kernel dropped are counted", test_overflow },
	{ "the bell rings for a datagram, once until all were taken", test_bell },
	END_OF_TESTS,
};

const struct suite suite_ctl = { "ctl", tests, net_skip };
