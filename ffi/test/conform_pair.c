/* SPDX-License-Identifier: MIT */
/* Two ports, two peers: what all conformance tests stand on. */
#include "conform.h"

#include <string.h>

#include "addr.h"

uint32_t conform_mode, conform_flags;

void pair_open(struct pair *p, const char *ip_a, const char *ip_b)
{
	memset(p, 0, sizeof(*p));
	p->core = core_with_flags(conform_mode, 2, conform_flags);
	CHECK_EQ(rtpe_core_mode(p->core), conform_mode);
	p->at_a = addr_of(ip_a, 40000);
	p->at_b = addr_of(ip_b, 40002);
	p->a = open_port(p->core, ip_a, 40000);
	p->b = open_port(p->core, ip_b, 40002);
	p->peer_a = peer_open(ip_a, 0);
	p->peer_b = peer_open(ip_b, 0);
	rules_init(&p->rule_a);
	rules_init(&p->rule_b);
	p->rule_a.rule.remote = peer_addr(p->peer_a);
	p->rule_b.rule.remote = peer_addr(p->peer_b);
	rules_follow(&p->rule_a, p->b);
	rules_follow(&p->rule_b, p->a);
}

void pair_rules(struct pair *p)
{
	CHECK_EQ(rules_set(p->core, p->a, &p->rule_a), 0);
	CHECK_EQ(rules_set(p->core, p->b, &p->rule_b), 0);
}

void pair_start(struct pair *p, const char *ip_a, const char *ip_b)
{
	pair_open(p, ip_a, ip_b);
	pair_rules(p);
}

void pair_stop(struct pair *p)
{
	rtpe_core_free(p->core);
	peer_close(p->peer_a);
	peer_close(p->peer_b);
}

void passes_from(struct pair *p, int fd, uint16_t seq)
{
	uint8_t buf[172], got[2000];
	struct rtpe_addr from;

	make_rtp(buf, sizeof(buf), seq, 0xabcd);
	peer_send(fd, &p->at_a, buf, sizeof(buf));
	CHECK_EQ(peer_receive(p->peer_b, got, sizeof(got), &from, NULL), sizeof(buf));
	CHECK(memcmp(got, buf, sizeof(buf)) == 0);
	CHECK(addr_equal(&from, &p->at_b));
}

void passes(struct pair *p, uint16_t seq)
{
	passes_from(p, p->peer_a, seq);
}

void blocked_from(struct pair *p, int fd, uint16_t seq)
{
	uint64_t before = counters_of(p->core, p->a)->rx_packets;
	uint8_t buf[172];

	make_rtp(buf, sizeof(buf), seq, 0xabcd);
	peer_send(fd, &p->at_a, buf, sizeof(buf));
	wait_rx(p->core, p->a, before + 1);
	CHECK(peer_silent(p->peer_b));
}
