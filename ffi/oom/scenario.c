/* SPDX-License-Identifier: MIT */
#include "scenario.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "check.h"
#include "dtls_ends.h"
#include "fault.h"
#include "net.h"

enum { PORTS_OPENED = 6, SENT = 8, RTP_LEN = 172, BIG = 1400, WAIT_MS = 2000,
       DTLS_MS = 3000 };

static const struct {
	const char *ip;
	uint16_t port;
} places[PORTS_OPENED] = {
	{ "127.0.0.1", 40000 }, { "127.0.0.2", 40002 }, { "::1", 40000 },
	{ "::1", 40002 }, { "127.0.0.3", 40004 }, { "127.0.0.1", 40006 },
};

/* The peers of the first three ports, and one that asks control questions. */
static int peers[3], asker;
/* Two who shake hands. */
static struct identity shaking[2];
static atomic_uint bells;

struct life {
	struct rtpe_core *core;
	int slot[PORTS_OPENED];
};

void scenario_open(void)
{
	for (int i = 0; i < 3; i++)
		peers[i] = peer_open(places[i].ip, 0);
	asker = peer_open("127.0.0.1", 0);
	for (int i = 0; i < 2; i++)
		shaking[i].pem = make_pem(false);
}

void scenario_close(void)
{
	for (int i = 0; i < 3; i++)
		peer_close(peers[i]);
	peer_close(asker);
}

/* 0 and more is success; an error needs a fault that explains it. */
static bool worked(int result)
{
	if (result >= 0)
		return true;
	if (!fault_hit())
		CHECK_EQ(result, 0);
	return false;
}

static struct rtpe_core *core_start(uint32_t mode)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = mode, .threads = 2, .max_slots = 8,
		.punt_ring_bytes = 65536, .ctl_ring_bytes = 262144, .punt_rate = 50,
		.rcvbuf_bytes = 65536, .flags = RTPE_CORE_HOLD_PORTS,
	};
	char err[256] = "";
	struct rtpe_core *core = rtpe_core_new(&opts, err, sizeof(err));

	if (core)
		return core;
	if (!fault_hit())
		check_failed(__FILE__, __LINE__, "no core: %s", err);
	CHECK(err[0] != '\0');
	return NULL;
}

void scenario_start(uint32_t mode)
{
	rtpe_core_free(core_start(mode));
}

static void on_bell(void)
{
	atomic_fetch_add(&bells, 1);
}

static void ports_open(struct life *l)
{
	for (int i = 0; i < PORTS_OPENED; i++) {
		struct rtpe_addr a = addr_of(places[i].ip, places[i].port);

		l->slot[i] = rtpe_port_open(l->core, &a);
		worked(l->slot[i]);
	}
}

/* A section that takes every packet, and a name for it where one leaves. */
static void bundle(struct rules *r)
{
	struct rtpe_section *s = &r->bundle.sections[0];

	r->rule.flags |= RTPE_RULE_BUNDLE | RTPE_RULE_BLOCK_SHORT;
	r->bundle.n_sections = 1;
	s->mid_len = 1;
	s->mid[0] = 'a';
	memset(s->payload_types, 0xff, sizeof(s->payload_types));
	r->out[0].flags |= RTPE_OUT_SECTION | RTPE_OUT_MID | RTPE_OUT_SILENCE;
	r->out[0].mid_id = 1;
	r->out[0].mid_len = 1;
	r->out[0].mid[0] = 'b';
	r->rule.n_silence = 1;
}

/* From port 0 to ports 1 and 4, STUN to the ring; from port 2 to port 3. */
static bool rules_install(struct life *l)
{
	struct rules r;
	bool ok = true;

	for (int i = 0; i < PORTS_OPENED; i++)
		if (l->slot[i] < 0)
			return false;
	rules_init(&r);
	r.rule.punt = RTPE_CLASS_STUN;
	rules_follow(&r, l->slot[1]);
	rules_follow(&r, l->slot[4])->flags = 0;
	r.out[1].dst = peer_addr(peers[1]);
	bundle(&r);
	ok &= worked(rules_set(l->core, l->slot[0], &r));
	rules_init(&r);
	r.rule.remote = peer_addr(peers[1]);
	ok &= worked(rules_set(l->core, l->slot[1], &r));
	rules_init(&r);
	r.rule.remote = peer_addr(peers[2]);
	ok &= worked(rules_set(l->core, l->slot[3], &r));
	rules_follow(&r, l->slot[3]);
	ok &= worked(rules_set(l->core, l->slot[2], &r));
	return ok;
}

static uint64_t count(const rtpe_u64 *field)
{
	return __atomic_load_n(field, __ATOMIC_ACQUIRE);
}

/* Each of n packets was sent or counted as an error of sending; all were sent
 * if nothing failed. */
static void wait_sent(struct rtpe_core *core, int slot, uint64_t n)
{
	const struct rtpe_counters *c = counters_of(core, slot);
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < WAIT_MS && count(&c->tx_packets) + count(&c->tx_errors) < n; i++)
		nanosleep(&ms, NULL);
	CHECK_EQ(count(&c->tx_packets) + count(&c->tx_errors), n);
	if (!fault_hit())
		CHECK_EQ(count(&c->tx_packets), n);
}

/* Gives way to the next life. */
static void empty(int fd)
{
	uint8_t buf[2048];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		;
}

static void traffic(struct life *l)
{
	struct rtpe_addr at = addr_of(places[0].ip, places[0].port);
	struct rtpe_addr at6 = addr_of(places[2].ip, places[2].port);
	static const uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	static uint8_t drained[sizeof(struct rtpe_event) + 65536];
	uint8_t buf[BIG];
	int n;

	for (uint16_t i = 0; i < SENT; i++) {
		make_rtp(buf, RTP_LEN, i, 7);
		peer_send(peers[0], &at, buf, RTP_LEN);
		/* More than one kind of way out: IPv6 has large ones, too. */
		make_rtp(buf, i & 1 ? BIG : RTP_LEN, i, 7);
		peer_send(peers[2], &at6, buf, i & 1 ? BIG : RTP_LEN);
	}
	peer_send(peers[0], &at, stun, sizeof(stun));
	wait_rx(l->core, l->slot[0], SENT + 1);
	wait_rx(l->core, l->slot[2], SENT);
	wait_sent(l->core, l->slot[1], SENT);
	wait_sent(l->core, l->slot[4], SENT);
	wait_sent(l->core, l->slot[3], SENT);
	n = rtpe_ring_drain(l->core, RTPE_RING_PUNT, drained, sizeof(drained));
	CHECK(n > 0);
	CHECK_EQ(rtpe_ring_drain(l->core, RTPE_RING_PUNT, drained, sizeof(drained)), 0);
	CHECK_EQ(counters_of(l->core, l->slot[0])->punted, 1);
	worked(rtpe_port_send(l->core, (rtpe_u32)l->slot[1],
			      &(struct rtpe_addr){ .family = 0 }, buf, RTP_LEN));
	worked(rtpe_port_send(l->core, (rtpe_u32)l->slot[3],
			      &(struct rtpe_addr){ .family = 0 }, buf, BIG));
}

static void control(struct life *l)
{
	static uint8_t drained[sizeof(struct rtpe_event) + 65536];
	struct rtpe_addr any = addr_of("127.0.0.1", 0), bound, to = peer_addr(asker);
	struct timespec ms = { .tv_nsec = 1000000 };
	char answer[16];
	int id = rtpe_ctl_open(l->core, &any, 0, &bound), n = 0;

	if (!worked(id))
		return;
	peer_send(asker, &bound, "ping", 4);
	for (int i = 0; i < WAIT_MS && n == 0; i++) {
		n = rtpe_ring_drain(l->core, RTPE_RING_CTL, drained, sizeof(drained));
		nanosleep(&ms, NULL);
	}
	CHECK(n > 0);
	if (worked(rtpe_ctl_send(l->core, (rtpe_u32)id, &bound, &to, "pong", 4)))
		CHECK_EQ(peer_receive(asker, answer, sizeof(answer), NULL, NULL), 4);
	CHECK_EQ(rtpe_ctl_close(l->core, (rtpe_u32)id), 0);
}

static void ports_close(struct life *l)
{
	rtpe_u32 slots[PORTS_OPENED];
	int open = 0;

	for (int i = 0; i < PORTS_OPENED; i++) {
		slots[i] = (rtpe_u32)l->slot[i];
		open += l->slot[i] >= 0;
	}
	if (l->slot[0] >= 0) {
		CHECK_EQ(rtpe_rule_clear(l->core, slots[0]), 0);
		CHECK_EQ(rtpe_port_close(l->core, slots[0]), 0);
		open--;
	}
	CHECK_EQ(rtpe_ports_close(l->core, slots, PORTS_OPENED), open);
}

void scenario_run(uint32_t mode)
{
	struct life l = { .core = core_start(mode) };

	if (!l.core)
		return;
	CHECK_EQ(rtpe_core_doorbell(l.core, on_bell), 0);
	ports_open(&l);
	if (rules_install(&l))
		traffic(&l);
	control(&l);
	ports_close(&l);
	/* What is closed can be opened again; the core closes what is left. */
	ports_open(&l);
	rtpe_core_free(l.core);
	CHECK(atomic_load(&bells) > 0 || fault_hit());
	for (int i = 0; i < 3; i++)
		empty(peers[i]);
}

/* A context under each certificate. */
static bool contexts_open(void)
{
	for (int i = 0; i < 2; i++) {
		const struct pem *pem = &shaking[i].pem;

		shaking[i].ctx = rtpe_dtls_ctx_new(pem->cert, pem->key, ALL, NULL, NULL, 0);
	}
	return shaking[0].ctx && shaking[1].ctx;
}

void scenario_dtls(uint32_t mode)
{
	struct rtpe_core *core = core_start(mode);
	static struct pairs pairs;
	bool ok = false;

	if (!core)
		return;
	if (contexts_open() &&
	    pairs_open(&pairs, core, 2, 43000, &shaking[0], &shaking[1], NULL, NULL)) {
		pairs_begin(&pairs);
		ok = pairs_run(&pairs, DTLS_MS);
		for (uint32_t i = 0; i < 4 && ok; i++)
			ok = pairs.end[i].news.result.state == RTPE_DTLS_CONNECTED;
	}
	CHECK(ok || fault_hit());
	/* What is left goes with the core. */
	if (!ok || !fault_hit())
		pairs_free(&pairs);
	explicit_bzero(&pairs, sizeof(pairs));
	for (int i = 0; i < 2; i++) {
		rtpe_dtls_ctx_free(shaking[i].ctx);
		shaking[i].ctx = NULL;
	}
	rtpe_core_free(core);
}
