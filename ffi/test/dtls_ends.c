/* SPDX-License-Identifier: MIT */
#include "dtls_ends.h"

#include <string.h>
#include <time.h>

#include "check.h"
#include "net.h"

static bool open_end(struct pairs *p, struct end_at_port *end, const struct rtpe_addr *at)
{
	struct rules r;

	end->slot = rtpe_port_open(p->core, at);
	if (end->slot < 0)
		return false;
	rules_init(&r);
	r.rule.punt = RTPE_CLASS_DTLS;
	return rules_set(p->core, end->slot, &r) >= 0;
}

bool pairs_open(struct pairs *p, struct rtpe_core *core, uint32_t n, uint16_t port,
		const struct identity *a, const struct identity *b,
		const struct rtpe_dtls_fingerprint *of_a,
		const struct rtpe_dtls_fingerprint *of_b)
{
	bool ok = true;

	memset(p, 0, sizeof(*p));
	p->core = core;
	p->n = n;
	p->lost_from = 1;
	for (uint32_t i = 0; i < 2 * n; i++)
		p->end[i].slot = -1;
	for (uint32_t i = 0; i < 2 * n && ok; i++) {
		struct rtpe_addr at = addr_of("127.0.0.1", (uint16_t)(port + i));
		/* The next port, and the one before. */
		struct rtpe_addr to = addr_of("127.0.0.1", (uint16_t)(port + (i ^ 1)));
		struct end_at_port *end = &p->end[i];
		bool passive = i & 1;
		const struct rtpe_dtls_fingerprint *f =
			passive ? of_a ? of_a : &a->pem.sha256 : of_b ? of_b : &b->pem.sha256;

		ok = open_end(p, end, &at);
		if (!ok)
			break;
		end->ctx = passive ? b->ctx : a->ctx;
		end->link = rtpe_dtls_link_new(core, end->ctx,
					       passive ? RTPE_DTLS_PASSIVE : RTPE_DTLS_ACTIVE,
					       1200, f, 1, (rtpe_u32)end->slot, &to, i);
		ok = end->link != NULL;
	}
	return ok;
}

void pairs_by_hand(struct pairs *p)
{
	struct rtpe_addr nobody = addr_of("127.0.0.1", 9);

	for (uint32_t i = 0; i < 2 * p->n; i++) {
		struct end_at_port *end = &p->end[i];

		end->decoy = rtpe_dtls_link_new(p->core, end->ctx, RTPE_DTLS_PASSIVE, 1200, NULL, 0,
						(rtpe_u32)end->slot, &nobody, 2 * p->n + i);
		CHECK(end->decoy != NULL);
	}
}

void pairs_begin(struct pairs *p)
{
	for (uint32_t i = 0; i < 2 * p->n; i += 2)
		CHECK_EQ(rtpe_dtls_link_feed(p->end[i].link, NULL, 0), 0);
}

static void take_datagrams(struct pairs *p)
{
	static _Alignas(8) uint8_t buf[sizeof(struct rtpe_event) + 65536];
	int n = rtpe_ring_drain(p->core, RTPE_RING_PUNT, buf, sizeof(buf));
	struct rtpe_event ev;

	for (int at = 0; at < n; at += (int)ev.len) {
		memcpy(&ev, buf + at, sizeof(ev));
		p->come++;
		p->hellos += ev.payload_len > 13 && buf[at + (int)sizeof(ev)] == 22 &&
			     buf[at + (int)sizeof(ev) + 13] == 1;
		if (p->come >= p->lost_from && p->come <= p->lost_to)
			continue;
		for (uint32_t i = 0; i < 2 * p->n; i++)
			if (p->end[i].slot == (int)ev.slot && p->end[i].link)
				rtpe_dtls_link_feed(p->end[i].link, buf + at + sizeof(ev),
						    ev.payload_len);
	}
}

static void take_news(struct pairs *p)
{
	struct rtpe_dtls_news news[3];
	int n;

	while ((n = rtpe_dtls_take_news(p->core, news, 3)) > 0) {
		for (int i = 0; i < n; i++) {
			struct end_at_port *end = &p->end[news[i].token];

			CHECK(news[i].token < 2 * p->n && end->link);
			CHECK(news[i].result.state != RTPE_DTLS_HANDSHAKE);
			end->news = news[i];
			end->told++;
			if (!p->patient)
				rtpe_dtls_link_accept(end->link);
		}
	}
}

void pairs_turn(struct pairs *p)
{
	struct timespec nap = { .tv_nsec = 500000 };

	take_datagrams(p);
	take_news(p);
	nanosleep(&nap, NULL);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

bool pairs_run(struct pairs *p, uint32_t ms)
{
	uint64_t end = now_ms() + ms;
	bool all = false;

	while (!all && now_ms() < end) {
		pairs_turn(p);
		all = true;
		for (uint32_t i = 0; i < 2 * p->n; i++)
			all &= p->end[i].news.result.state != RTPE_DTLS_HANDSHAKE;
	}
	return all;
}

void pairs_free(struct pairs *p)
{
	for (uint32_t i = 0; i < 2 * p->n; i++) {
		rtpe_dtls_link_free(p->end[i].link);
		rtpe_dtls_link_free(p->end[i].decoy);
		p->end[i].link = p->end[i].decoy = NULL;
		if (p->end[i].slot >= 0)
			rtpe_port_close(p->core, (rtpe_u32)p->end[i].slot);
		p->end[i].slot = -1;
	}
}
