/* SPDX-License-Identifier: MIT */
/* Messages that are almost right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "stage.h"

enum { SLOTS = 8 };

static uint32_t any(uint32_t below)
{
	return (uint32_t)random() % below;
}

static void keys(struct rtpe_srtp *p)
{
	bool gcm = any(4) == 0;

	p->cipher = gcm ? RTPE_SRTP_AES_GCM : (rtpe_u8)(1 + any(3));
	p->auth = !gcm;
	p->rtp_tag_len = gcm ? 16 : any(2) ? 10 : 4;
	p->rtcp_tag_len = gcm ? 16 : 10;
	p->key_len = 16;
	p->salt_len = gcm ? 12 : 14;
	p->key[0] = (rtpe_u8)any(2);
}

static size_t bundle(uint8_t *at)
{
	struct rtpe_bundle b = { .mid_extension = (rtpe_u8)any(16), .n_sections = 2 };

	for (uint8_t i = 0; i < 2; i++) {
		b.sections[i].mid_len = 1;
		b.sections[i].mid[0] = (rtpe_u8)('a' + i);
		b.sections[i].payload_types[0] = 1u << any(32);
	}
	memcpy(at, &b, sizeof(b));
	return sizeof(b);
}

static size_t rule(uint8_t *at)
{
	struct draft d;
	bool bundled = any(4) == 0;
	size_t len;

	draft_init(&d, N1_4, (uint16_t)random());
	if (any(8) == 0)
		keys(&d.rule.decrypt);
	d.rule.flags |= (rtpe_u16)(bundled ? RTPE_RULE_BUNDLE : 0);
	d.rule.punt = any(8);
	for (uint32_t k = any(4); k; k--) {
		struct rtpe_output *o = draft_output(&d, any(SLOTS + 1), N2_4, 9);

		o->match |= (rtpe_u16)(random() & RTPE_CLASS_OTHER);
		o->flags |= (rtpe_u16)(random() & 0x1f);
		if (any(8) == 0)
			keys(&o->encrypt);
		if (bundled && any(2)) {
			o->flags |= RTPE_OUT_SECTION | RTPE_OUT_MID;
			o->section = (rtpe_u8)any(2);
			o->mid_id = (rtpe_u8)(1 + any(20));
			o->mid_len = 1;
		}
	}
	len = sizeof(d.rule) + d.rule.n_outputs * sizeof(d.outputs[0]);
	d.rule.size = (rtpe_u32)(len + (bundled ? sizeof(d.bundle) : 0));
	memcpy(at, &d, len);
	return bundled ? len + bundle(at + len) : len;
}

static size_t body(uint16_t type, uint8_t *at)
{
	struct rtpe_addr a = address(any(2) ? A4 : A6, (uint16_t)(30000 + any(16)));
	struct rtpe_kernel_srtp s = { .sent = any(2), .state = { .key = 1, .ssrc = any(40) } };

	switch (type) {
	case RTPE_KERNEL_RULE_SET:
		return rule(at);
	case RTPE_KERNEL_PORT_OPEN:
	case RTPE_KERNEL_REMOTE_SET:
		memcpy(at, &a, sizeof(a));
		return sizeof(a);
	case RTPE_KERNEL_CLOCK_RATE:
		return sizeof(struct rtpe_kernel_clock_rate);
	case RTPE_KERNEL_SRTP_PUT:
	case RTPE_KERNEL_SRTP_CLAIM:
		s.state.rtp.top = (rtpe_u64)random();
		s.state.rtp.seen[0] = (rtpe_u64)random() | 1;
		memcpy(at, &s, sizeof(s));
		return sizeof(s);
	case RTPE_KERNEL_TRACKS_SET:
		return RTPE_SSRC_TRACKS * sizeof(struct rtpe_ssrc_counters);
	default:
		return 0;
	}
}

/* FUZZ_ROUNDS of them, under traffic if there is any. */
static void messages(void)
{
	const char *text = getenv("FUZZ_ROUNDS");
	long rounds = text ? atol(text) : 30000, accepted = 0;
	static _Alignas(8) uint8_t bytes[sizeof(struct rtpe_kernel_msg) + sizeof(struct draft)];
	struct rtpe_kernel_msg *m = (struct rtpe_kernel_msg *)(void *)bytes;
	struct client c;

	srandom(1);
	command("add 1");
	CHECK(client_open(&c, 1) == 0 && client_hello(&c, RTPE_KERNEL_HOOK_INPUT, SLOTS, 0) == 0);
	for (long i = 0; i < rounds; i++) {
		size_t len;

		memset(bytes, 0, sizeof(bytes));
		*m = (struct rtpe_kernel_msg){
			.version = RTPE_KERNEL_VERSION, .slot = any(SLOTS + 1),
		};
		/* To wait for packets takes its time. */
		do
			m->type = (uint16_t)(2 + any(9));
		while (m->type == RTPE_KERNEL_SYNC && any(500));
		len = sizeof(*m) + body(m->type, bytes + sizeof(*m));
		m->size = (uint32_t)len;
		for (uint32_t k = any(3); k; k--)
			bytes[any((uint32_t)len)] ^= (uint8_t)(1 << any(8));
		accepted += write(c.fd, bytes, len) == (ssize_t)len;
	}
	/* Neither all refused nor all believed. */
	CHECK(accepted > rounds / 50 && accepted < rounds);
	client_close(&c);
	CHECK(command("del 1") == 0);
}

const struct test fuzz_tests[] = {
	{ "mutated messages do no harm", messages },
	{ NULL, NULL },
};
