/* SPDX-License-Identifier: MIT */
/* Both ways out over a veth pair: the peers live in a namespace of their own,
 * behind a next hop. */
#include <fcntl.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"
#include "core.h"
#include "l2.h"

static int home_ns = -1, peer_ns = -1;

static bool run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void must(const char *command)
{
	if (!run(command))
		check_failed(__FILE__, __LINE__, "failed: %s", command);
}

static void enter(int ns)
{
	CHECK_EQ(setns(ns, CLONE_NEWNET), 0);
}

static const char *l2_skip(void)
{
	const char *why = steer_skip();
	struct timespec nap = { .tv_nsec = 300000000 };

	if (why)
		return why;
	if (!run("ip link help >/dev/null 2>&1 || command -v ip >/dev/null"))
		return "iproute2 is not installed";
	home_ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET))
		return "no second network namespace can be made";
	peer_ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	enter(home_ns);
	if (!run("ip link add l2a address 02:00:00:00:00:0a type veth peer name l2b "
		 "address 02:00:00:00:00:0b"))
		return "no veth pair can be made";
	/* The child holds the peers' namespace by its descriptor. */
	char command[512];
	snprintf(command, sizeof(command), "ip link set l2b netns /proc/%d/fd/%d", getpid(),
		 peer_ns);
	must(command);
	must("ip addr add 10.9.0.1/24 dev l2a; ip addr add fd09::1/64 dev l2a nodad; "
	     "ip link set l2a up; ip route add 10.9.1.0/24 via 10.9.0.2; "
	     "ip route add fd09:1::/64 via fd09::2");
	enter(peer_ns);
	must("ip link set lo up; ip addr add 10.9.0.2/24 dev l2b; ip addr add 10.9.1.2/32 dev lo; "
	     "ip addr add fd09::2/64 dev l2b nodad; ip addr add fd09:1::2/128 dev lo nodad; "
	     "ip link set l2b up");
	enter(home_ns);
	nanosleep(&nap, NULL);
	return NULL;
}

/* As pair_start(), with peers over there. */
static void far_start(struct pair *p, const char *local, const char *remote)
{
	int a, b;

	pair_open(p, local, local);
	p->core->frame_batch = 1;
	peer_close(p->peer_a);
	peer_close(p->peer_b);
	enter(peer_ns);
	a = peer_open(remote, 0);
	b = peer_open(remote, 0);
	enter(home_ns);
	p->peer_a = a;
	p->peer_b = b;
	p->rule_a.rule.remote = peer_addr(a);
	p->rule_b.rule.remote = peer_addr(b);
	pair_rules(p);
}

static uint64_t frames_sent(struct pair *p)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < p->core->n_threads; i++)
		n += atomic_load(&p->core->threads[i].tx_frames);
	return n;
}

/* Passes a packet and tells whether it went as a frame. */
static bool short_way(struct pair *p)
{
	struct timespec nap = { .tv_nsec = 5000000 };
	uint64_t before = frames_sent(p);

	passes(p, 77);
	nanosleep(&nap, NULL);
	return frames_sent(p) > before;
}

/* Sends until the short way is taken. */
static void warm(struct pair *p)
{
	struct timespec nap = { .tv_nsec = 20000000 };

	int i;

	for (i = 0; i < 100 && !short_way(p); i++)
		nanosleep(&nap, NULL);
	CHECK(i < 100);
}

static void frames(const char *local, const char *remote)
{
	static uint8_t buf[9000], got[9100];
	static const size_t sizes[] = { 12, 13, 172, 1231, 1233, 1452, 1472, 1473, 3000 };
	struct pair p;
	uint64_t sent;

	conform_mode = RTPE_MODE_STEER;
	must("ip neigh flush dev l2a");
	far_start(&p, local, remote);
	CHECK(!short_way(&p));
	warm(&p);
	sent = counters_of(p.core, p.b)->tx_packets;
	for (uint16_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_rtp(buf, sizes[i], i, 7);
		peer_send(p.peer_a, &p.at_a, buf, sizes[i]);
		/* A UDP socket: checksums and lengths were right. */
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizes[i]);
		CHECK(memcmp(got, buf, sizes[i]) == 0);
	}
	wait_rx(p.core, p.a, counters_of(p.core, p.a)->rx_packets);
	CHECK_EQ(counters_of(p.core, p.b)->tx_packets, sent + 9);
	CHECK_EQ(counters_of(p.core, p.b)->tx_errors, 0);
	pair_stop(&p);
}

static void test_ipv4(void)
{
	frames("10.9.0.1", "10.9.0.2");
}

static void test_ipv6(void)
{
	frames("fd09::1", "fd09::2");
}

static void test_gateway(void)
{
	frames("10.9.0.1", "10.9.1.2");
	frames("fd09::1", "fd09:1::2");
}

/* Of both ends: a veth takes in nothing larger than its own. */
static void mtu_set(int mtu)
{
	char command[64];

	snprintf(command, sizeof(command), "ip link set l2a mtu %d", mtu);
	must(command);
	enter(peer_ns);
	snprintf(command, sizeof(command), "ip link set l2b mtu %d", mtu);
	must(command);
	enter(home_ns);
}

static void test_device_refuses(void)
{
	static uint8_t buf[1400], got[1500];
	struct pair p;

	conform_mode = RTPE_MODE_STEER;
	far_start(&p, "10.9.0.1", "10.9.0.2");
	warm(&p);
	/* The MTU known is too large by now. */
	mtu_set(1300);
	make_rtp(buf, sizeof(buf), 9, 7);
	peer_send(p.peer_b, &p.at_b, buf, 172);
	CHECK_EQ(peer_receive(p.peer_a, got, sizeof(got), NULL, NULL), 172);
	for (int i = 0; i < 3; i++) {
		peer_send(p.peer_a, &p.at_a, buf, sizeof(buf));
		CHECK_EQ(peer_receive(p.peer_b, got, sizeof(got), NULL, NULL), sizeof(buf));
		CHECK(memcmp(got, buf, sizeof(buf)) == 0);
	}
	mtu_set(1500);
	CHECK_EQ(counters_of(p.core, p.b)->tx_errors, 0);
	pair_stop(&p);
}

static void watched(const char *add, const char *remove)
{
	struct timespec nap = { .tv_nsec = 100000000 };
	struct pair p;

	conform_mode = RTPE_MODE_STEER;
	far_start(&p, "10.9.0.1", "10.9.0.2");
	warm(&p);
	must(add);
	for (int i = 0; i < 30 && l2_watch_clear(p.core); i++)
		nanosleep(&nap, NULL);
	CHECK(!l2_watch_clear(p.core));
	CHECK(!short_way(&p));
	passes(&p, 500);
	must(remove);
	for (int i = 0; i < 30 && !l2_watch_clear(p.core); i++)
		nanosleep(&nap, NULL);
	CHECK(l2_watch_clear(p.core));
	warm(&p);
	pair_stop(&p);
}

static void test_hook(void)
{
	if (!run("command -v nft >/dev/null")) {
		printf("    not run: nft is not installed\n");
		return;
	}
	watched("nft add table inet l2t && "
		"nft add chain inet l2t c '{ type filter hook output priority 0; }'",
		"nft delete table inet l2t");
}

static void test_policy(void)
{
	watched("ip xfrm policy add dir out src 10.99.0.0/16 dst 10.98.0.0/16",
		"ip xfrm policy deleteall");
}

static const struct test tests[] = {
	{ "frames and raw datagrams reach an IPv4 neighbour, at any size", test_ipv4 },
	{ "frames and raw datagrams reach an IPv6 neighbour, at any size", test_ipv6 },
	{ "frames go to the gateway of a route", test_gateway },
	{ "a frame the device refuses goes another way", test_device_refuses },
	{ "a netfilter hook closes the short way while it is there", test_hook },
	{ "an IPsec policy closes the short way while it is there", test_policy },
	END_OF_TESTS,
};

const struct suite suite_l2 = { "l2", tests, l2_skip };
