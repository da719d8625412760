/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "dtls_ends.h"
#include "dtls_hub.h"
#include "net.h"

enum { PATIENCE_MS = 20000, PORT = 42000 };

static struct rtpe_core *core;
static struct identity a, b;
static struct pairs pairs;

static void begin(uint32_t threads)
{
	core = core_of_mode(RTPE_MODE_SOCKETS, threads);
	a = identity(false, ALL);
	b = identity(false, ALL);
}

static void end(void)
{
	rtpe_dtls_ctx_free(a.ctx);
	rtpe_dtls_ctx_free(b.ctx);
	rtpe_core_free(core);
}

static void nap(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

static uint64_t sent_by(const struct end_at_port *at)
{
	return __atomic_load_n(&counters_of(core, at->slot)->tx_packets, __ATOMIC_ACQUIRE);
}

static void check_pair(const struct end_at_port *pair)
{
	const struct rtpe_dtls_result *x = &pair[0].news.result, *y = &pair[1].news.result;

	CHECK_EQ(x->state, RTPE_DTLS_CONNECTED);
	CHECK_EQ(y->state, RTPE_DTLS_CONNECTED);
	CHECK(x->profile && x->profile == y->profile && x->key_len >= 16);
	CHECK(memcmp(x->local_key, y->remote_key, x->key_len) == 0);
	CHECK(memcmp(x->remote_key, y->local_key, x->key_len) == 0);
	CHECK(memcmp(x->local_salt, y->remote_salt, x->salt_len) == 0);
	CHECK(memcmp(x->local_key, x->remote_key, x->key_len) != 0);
}

/* ---- tests -------------------------------------------------------------------- */

static void test_many_at_a_time(void)
{
	begin(4);
	CHECK(pairs_open(&pairs, core, PAIRS_MAX, PORT, &a, &b, NULL, NULL));
	pairs_begin(&pairs);
	CHECK(pairs_run(&pairs, PATIENCE_MS));
	for (uint32_t i = 0; i < PAIRS_MAX; i++)
		check_pair(&pairs.end[2 * i]);
	/* Each is told once. */
	nap(50);
	pairs_turn(&pairs);
	for (uint32_t i = 0; i < 2 * PAIRS_MAX; i++)
		CHECK_EQ(pairs.end[i].told, 1);
	pairs_free(&pairs);
	end();
}

static void test_last_flight_waits(void)
{
	struct end_at_port *server = &pairs.end[1];
	uint64_t before;

	begin(1);
	CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
	pairs_by_hand(&pairs);
	pairs.patient = true;
	pairs_begin(&pairs);
	while (!server->told)
		pairs_turn(&pairs);
	CHECK_EQ(server->news.result.state, RTPE_DTLS_CONNECTED);
	before = sent_by(server);
	CHECK(before > 0);
	/* The client repeats its last flight meanwhile: that is not answered either. */
	while (pairs.come <= 3)
		pairs_turn(&pairs);
	for (int i = 0; i < 20; i++)
		pairs_turn(&pairs);
	CHECK_EQ(sent_by(server), before);
	CHECK_EQ(pairs.end[0].told, 0);
	rtpe_dtls_link_accept(server->link);
	CHECK(sent_by(server) > before);
	CHECK(pairs_run(&pairs, PATIENCE_MS));
	check_pair(pairs.end);
	pairs_free(&pairs);
	end();
}

/* Every datagram of the handshake gets lost once, in turn. */
static void test_losses(void)
{
	begin(2);
	for (uint32_t lost = 1; lost <= 4; lost++) {
		CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
		pairs_by_hand(&pairs);
		pairs.lost_from = pairs.lost_to = lost;
		pairs_begin(&pairs);
		CHECK(pairs_run(&pairs, PATIENCE_MS));
		CHECK(pairs.come > 4);
		check_pair(pairs.end);
		pairs_free(&pairs);
	}
	end();
}

/* What may begin another handshake is the control thread's to judge, and what comes
 * from somebody else. */
static void test_straight(void)
{
	uint8_t noise[100] = { 22, 254, 253 };
	struct end_at_port *server = &pairs.end[1];
	struct rtpe_addr to = addr_of("127.0.0.1", PORT + 1);
	int stranger = peer_open("127.0.0.1", 0);
	uint32_t before;

	begin(2);
	CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
	peer_send(stranger, &to, noise, sizeof(noise));
	for (int i = 0; i < PATIENCE_MS && pairs.come == 0; i++)
		pairs_turn(&pairs);
	CHECK_EQ(pairs.come, 1);
	CHECK_EQ(rtpe_dtls_link_heard(server->link), 0);
	pairs_begin(&pairs);
	CHECK(pairs_run(&pairs, PATIENCE_MS));
	check_pair(pairs.end);
	/* On a slow machine it is repeated. */
	CHECK(pairs.hellos >= 1);
	CHECK_EQ(pairs.come, 1 + pairs.hellos);
	CHECK_EQ(rtpe_dtls_link_heard(server->link), 1);
	CHECK_EQ(rtpe_dtls_link_heard(pairs.end[0].link), 1);
	/* Whom it speaks with is another one now. */
	to = addr_of("127.0.0.1", 9);
	CHECK_EQ(rtpe_dtls_link_aim(server->link, (rtpe_u32)server->slot, &to), 0);
	before = pairs.come;
	to = addr_of("127.0.0.1", PORT + 1);
	CHECK_EQ(rtpe_port_send(core, (rtpe_u32)pairs.end[0].slot, &to, noise, sizeof(noise)), 0);
	for (int i = 0; i < PATIENCE_MS && pairs.come == before; i++)
		pairs_turn(&pairs);
	CHECK_EQ(pairs.come, before + 1);
	peer_close(stranger);
	pairs_free(&pairs);
	end();
}

static void test_mismatch(void)
{
	struct rtpe_dtls_fingerprint wrong;

	begin(1);
	wrong = b.pem.sha256;
	for (int server = 0; server < 2; server++) {
		struct end_at_port *strict = &pairs.end[server], *other = &pairs.end[!server];

		CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, server ? &wrong : NULL,
				 server ? NULL : &a.pem.sha256));
		pairs_begin(&pairs);
		CHECK(pairs_run(&pairs, PATIENCE_MS));
		CHECK_EQ(strict->news.result.state, RTPE_DTLS_FAILED);
		CHECK_EQ(strict->news.result.mismatch, 1);
		/* It was told so. */
		CHECK_EQ(other->news.result.state, RTPE_DTLS_FAILED);
		CHECK_EQ(other->news.result.mismatch, 0);
		pairs_free(&pairs);
	}
	end();
}

static atomic_uint rings;

static void on_bell(void)
{
	atomic_fetch_add(&rings, 1);
}

/* Nobody asks for anything unless the bell has rung: all is heard of all the same. */
static void test_the_bell_rings(void)
{
	uint32_t heard = 0, waited = 0;

	begin(4);
	CHECK_EQ(rtpe_core_doorbell(core, on_bell), 0);
	CHECK(pairs_open(&pairs, core, PAIRS_MAX, PORT, &a, &b, NULL, NULL));
	/* What rang when the bell was hung. */
	pairs_turn(&pairs);
	pairs_begin(&pairs);
	while (heard < 2 * PAIRS_MAX && waited < PATIENCE_MS) {
		if (atomic_exchange(&rings, 0) == 0) {
			nap(1);
			waited++;
			continue;
		}
		/* Until all is drained, which arms it. */
		for (uint32_t come = pairs.come + 1; come != pairs.come;) {
			come = pairs.come;
			pairs_turn(&pairs);
		}
		heard = 0;
		for (uint32_t i = 0; i < 2 * PAIRS_MAX; i++)
			heard += pairs.end[i].told > 0;
	}
	CHECK_EQ(heard, 2 * PAIRS_MAX);
	for (uint32_t i = 0; i < PAIRS_MAX; i++)
		check_pair(&pairs.end[2 * i]);
	pairs_free(&pairs);
	end();
}

static void test_wiping(void)
{
	static const uint8_t none[RTPE_DTLS_KEY_MAX];

	begin(1);
	CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
	pairs_begin(&pairs);
	CHECK(pairs_run(&pairs, PATIENCE_MS));
	for (int i = 0; i < 2; i++) {
		CHECK(memcmp(pairs.end[i].news.result.local_key, none, 16) != 0);
		CHECK(memcmp(pairs.end[i].link->news.result.local_key, none, 16) == 0);
	}
	pairs_free(&pairs);
	end();
}

static void test_only_so_much_waits(void)
{
	uint8_t noise[100] = { 22 };
	static uint8_t large[DTLS_QUEUE_BYTES / 2];
	struct rtpe_dtls_link *link;
	struct dtls_hub *hub;

	begin(1);
	CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
	link = pairs.end[1].link;
	hub = link->hub;
	/* As if a worker had it. */
	pthread_mutex_lock(&hub->lock);
	link->running = true;
	pthread_mutex_unlock(&hub->lock);
	for (int i = 0; i < DTLS_QUEUE; i++)
		CHECK_EQ(rtpe_dtls_link_feed(link, noise, sizeof(noise)), 0);
	CHECK_EQ(rtpe_dtls_link_feed(link, noise, sizeof(noise)), -ENOBUFS);
	/* To begin, or to repeat, takes no room. */
	CHECK_EQ(rtpe_dtls_link_feed(link, NULL, 0), 0);
	CHECK_EQ(rtpe_dtls_link_feed(link, noise, 65508), -EINVAL);
	link = pairs.end[0].link;
	pthread_mutex_lock(&hub->lock);
	link->running = true;
	pthread_mutex_unlock(&hub->lock);
	CHECK_EQ(rtpe_dtls_link_feed(link, large, 65507), 0);
	CHECK_EQ(rtpe_dtls_link_feed(link, large, 65507), 0);
	CHECK_EQ(rtpe_dtls_link_feed(link, noise, sizeof(noise)), -ENOBUFS);
	pthread_mutex_lock(&hub->lock);
	pairs.end[0].link->running = pairs.end[1].link->running = false;
	pthread_mutex_unlock(&hub->lock);
	pairs_free(&pairs);
	end();
}

/* Ports are closed and opened again for others while a worker may be sending. */
static void test_ports_that_close(void)
{
	struct rtpe_addr to = addr_of("127.0.0.1", PORT);
	struct end_at_port *server = &pairs.end[1];
	uint64_t before;

	begin(2);
	for (int round = 0; round < 20; round++) {
		CHECK(pairs_open(&pairs, core, 2, PORT, &a, &b, NULL, NULL));
		pairs_begin(&pairs);
		for (int i = 0; i < round / 3; i++)
			pairs_turn(&pairs);
		CHECK_EQ(rtpe_port_close(core, (rtpe_u32)server->slot), 0);
		server->slot = open_port(core, "127.0.0.1", PORT + 1);
		before = sent_by(server);
		for (int i = 0; i < 4; i++)
			pairs_turn(&pairs);
		CHECK_EQ(sent_by(server), before);
		pairs_free(&pairs);
	}
	CHECK(pairs_open(&pairs, core, 1, PORT, &a, &b, NULL, NULL));
	/* Of a port that is not open nothing is sent, until another is told. */
	CHECK_EQ(rtpe_dtls_link_aim(server->link, 200, &to), -EBADF);
	to.family = 0;
	CHECK_EQ(rtpe_dtls_link_aim(server->link, (rtpe_u32)server->slot, &to), -EINVAL);
	pairs_begin(&pairs);
	for (int i = 0; i < 20; i++)
		pairs_turn(&pairs);
	CHECK_EQ(sent_by(server), 0);
	to = addr_of("127.0.0.1", PORT);
	CHECK_EQ(rtpe_dtls_link_aim(server->link, (rtpe_u32)server->slot, &to), 0);
	CHECK(pairs_run(&pairs, PATIENCE_MS));
	check_pair(pairs.end);
	pairs_free(&pairs);
	end();
}

/* Freed at every moment of a handshake; what is left goes with the core. */
static void test_giving_up(void)
{
	begin(4);
	for (int round = 0; round < 40; round++) {
		CHECK(pairs_open(&pairs, core, 3, PORT, &a, &b, NULL, NULL));
		pairs_begin(&pairs);
		for (int i = 0; i < round / 4; i++)
			pairs_turn(&pairs);
		if (round % 2)
			nap(1);
		pairs_free(&pairs);
	}
	rtpe_dtls_link_free(NULL);
	CHECK(pairs_open(&pairs, core, 3, PORT, &a, &b, NULL, NULL));
	pairs_begin(&pairs);
	pairs_turn(&pairs);
	end();
}

/* The bell rings while the threads are told to end. */
static void test_ending(void)
{
	struct rtpe_dtls_ctx *ctx[2];

	begin(1);
	rtpe_core_free(core);
	ctx[0] = a.ctx;
	ctx[1] = b.ctx;
	for (int round = 0; round < 400; round++) {
		core = core_of_mode(RTPE_MODE_SOCKETS, 2);
		CHECK_EQ(rtpe_core_doorbell(core, on_bell), 0);
		CHECK(pairs_open(&pairs, core, 2, PORT, &a, &b, NULL, NULL));
		pairs_begin(&pairs);
		for (int i = 0; i < round % 8; i++)
			pairs_turn(&pairs);
		rtpe_core_free(core);
	}
	rtpe_dtls_ctx_free(ctx[0]);
	rtpe_dtls_ctx_free(ctx[1]);
}

static void test_out_of_range(void)
{
	struct rtpe_addr to = addr_of("127.0.0.1", PORT);
	struct rtpe_dtls_news news;

	begin(1);
	CHECK_EQ(rtpe_dtls_take_news(core, &news, 1), 0);
	CHECK(rtpe_dtls_link_new(core, a.ctx, 2, 1200, NULL, 0, 0, &to, 0) == NULL);
	CHECK(rtpe_dtls_link_new(core, a.ctx, 0, 100, NULL, 0, 0, &to, 0) == NULL);
	CHECK_EQ(rtpe_dtls_take_news(core, &news, 1), 0);
	end();
}

static const struct test tests[] = {
	{ "many handshakes at a time, each told of once", test_many_at_a_time },
	{ "a server does not say that it is done before it is accepted",
	  test_last_flight_waits },
	{ "a datagram that gets lost is sent again, whichever it is", test_losses },
	{ "datagrams of its peer come straight to a handshake, but for ClientHellos",
	  test_straight },
	{ "another certificate is refused, and its owner told so", test_mismatch },
	{ "the bell rings for all there is to be told", test_the_bell_rings },
	{ "keys stay nowhere once they were told", test_wiping },
	{ "only so much waits for one handshake", test_only_so_much_waits },
	{ "nothing is sent from a port that was closed", test_ports_that_close },
	{ "handshakes are given up at any moment", test_giving_up },
	{ "the core ends at any moment of handshakes", test_ending },
	{ "what is out of range is refused", test_out_of_range },
	END_OF_TESTS,
};

const struct suite suite_dtls_link = { "dtls_link", tests, net_skip };
