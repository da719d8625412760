/* SPDX-License-Identifier: MIT */
#include <errno.h>
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

static const struct test tests[] = {
	{ "a wildcard IPv4 socket answers from the address that was asked", test_wildcard4 },
	{ "a wildcard IPv6 socket answers from the address that was asked", test_wildcard6 },
	{ "a bound socket answers from its address", test_bound },
	{ "opening and sending fail with the reason", test_errors },
	{ "datagrams of every size arrive whole", test_large },
	END_OF_TESTS,
};

const struct suite suite_ctl = { "ctl", tests, net_skip };
