/* SPDX-License-Identifier: MIT */
/* Sections, header extensions, waiting, marks, copies. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"

/* RTP with one-byte header extensions: elements of `n` bytes, a multiple of 4. */
static size_t rtp_ext(uint8_t *to, uint8_t pt, uint16_t seq, uint32_t ssrc, const char *elements,
		      size_t n)
{
	rtp(to, pt, seq, ssrc);
	to[0] |= 0x10;
	memcpy(to + 12, "\xbe\xde\x00", 3);
	to[15] = (uint8_t)(n / 4);
	memcpy(to + 16, elements, n);
	memcpy(to + 16 + n, "payload!", 8);
	return 24 + n;
}

static void extensions(void)
{
	/* 1: one byte, 2: two bytes, 3: one byte, and padding. */
	static const char all[] = "\x10""A\x21""BB\x30""C\0";
	static const char kept[] = "\x21""BB\0";
	uint8_t packet[64];
	struct heard h;
	struct call k;
	size_t n;

	call_begin(&k, RTPE_KERNEL_HOOK_EARLY, false, false);
	k.d.outputs[0].flags |= RTPE_OUT_EXT_FILTER;
	k.d.outputs[0].ext_allow[0] = 1 << 2;
	/* Another one with all of them and a MID, and a third as it came. */
	k.d.rule.n_outputs = 1;
	draft_output(&k.d, 1, N2_4, 4003)->flags |= RTPE_OUT_MID;
	k.d.outputs[1].mid_id = 4;
	k.d.outputs[1].mid_len = 2;
	memcpy(k.d.outputs[1].mid, "v1", 2);
	int mid = sock(N2, N2_4, 4003);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	n = rtp_ext(packet, 8, 1, SSRC, all, 8);
	send_to(k.n1, A4, 30000, packet, n);
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == (int)n - 4 && h.data[15] == 1 && !memcmp(h.data + 16, kept, 4) &&
	      !memcmp(h.data + 20, "payload!", 8));
	h = hear(mid, LONG_MS);
	CHECK(h.len == (int)n + 4 && h.data[15] == 3 && !memcmp(h.data + 16, all, 7) &&
	      !memcmp(h.data + 23, "\x41v1\0\0", 5) && !memcmp(h.data + 28, "payload!", 8));
	/* None at all: one is made, or none. */
	n = rtp(packet, 8, 2, SSRC);
	send_to(k.n1, A4, 30000, packet, n);
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == (int)n && memcmp(h.data, packet, n) == 0);
	h = hear(mid, LONG_MS);
	CHECK(h.len == (int)n + 8 && !memcmp(h.data + 12, "\xbe\xde\0\1\x41v1\0", 8) &&
	      !memcmp(h.data + 20, packet + 12, 20));
	k.d.outputs[1].mid_len = RTPE_MID_MAX + 1;
	CHECK(draft_set(&k.c, 0, &k.d) == -EINVAL);
	close(mid);
	call_end(&k);
}

static void section(struct rtpe_section *s, const char *mid, unsigned pt, uint32_t ssrc)
{
	s->mid_len = (rtpe_u8)strlen(mid);
	memcpy(s->mid, mid, s->mid_len);
	s->payload_types[pt / 32] = 1u << pt % 32;
	s->ssrcs[0] = ssrc;
	s->n_ssrcs = ssrc != 0;
}

static void bundles(void)
{
	static const uint8_t report[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	uint8_t packet[64];
	struct heard h;
	struct call k;
	int video;
	size_t n;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	video = sock(N2, N2_4, 4003);
	k.d.rule.flags |= RTPE_RULE_BUNDLE;
	k.d.bundle.mid_extension = 9;
	k.d.bundle.n_sections = 2;
	section(&k.d.bundle.sections[0], "a", 8, 0);
	section(&k.d.bundle.sections[1], "v", 96, 77);
	k.d.outputs[0].flags |= RTPE_OUT_SECTION;
	draft_output(&k.d, 1, N2_4, 4003)->flags |= RTPE_OUT_SECTION | RTPE_OUT_MID;
	k.d.outputs[1].section = 1;
	k.d.outputs[1].mid_id = 3;
	k.d.outputs[1].mid_len = 1;
	k.d.outputs[1].mid[0] = 'x';
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	/* By payload type. */
	CHECK(passes(&k, 8, 1, &h) && hear(video, 0).len < 0);
	/* By an SSRC that was signalled. */
	send_to(k.n1, A4, 30000, packet, rtp(packet, 100, 2, 77));
	h = hear(video, LONG_MS);
	CHECK(h.len == 40 && !memcmp(h.data + 16, "\x30x\0\0", 4));
	/* By its MID, which is replaced; and what was learned from it. */
	n = rtp_ext(packet, 101, 3, 5, "\x90v\0\0", 4);
	send_to(k.n1, A4, 30000, packet, n);
	h = hear(video, LONG_MS);
	CHECK(h.len == (int)n && !memcmp(h.data + 16, "\x30x\0\0", 4));
	send_to(k.n1, A4, 30000, packet, rtp(packet, 8, 4, 5));
	CHECK(hear(video, LONG_MS).len > 0 && hear(k.n2, 0).len < 0);
	/* Of no section: nobody hears it. */
	send_to(k.n1, A4, 30000, packet, rtp(packet, 50, 5, 6));
	CHECK(hear(video, SHORT_MS).len < 0 && hear(k.n2, 0).len < 0);
	CHECK(k.c.counters[0].drop_no_rule == 1);
	/* Who hears RTCP only user space can tell. */
	send_to(k.n1, A4, 30000, report, sizeof(report));
	CHECK(hear(k.up, LONG_MS).len == sizeof(report));
	/* One name for two. */
	k.d.bundle.sections[1].mid[0] = 'a';
	CHECK(draft_set(&k.c, 0, &k.d) == -EINVAL);
	k.d.bundle.n_sections = 9;
	CHECK(draft_set(&k.c, 0, &k.d) == -EINVAL);
	close(video);
	call_end(&k);
}

static void waiting(void)
{
	uint8_t packet[64];
	struct draft back;
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	draft_init(&back, N2_4, 4002);
	draft_output(&back, 0, N1_4, 4000);
	back.rule.flags |= RTPE_RULE_WAIT_INPUT;
	CHECK(draft_set(&k.c, 1, &back) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 8, 1, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_no_rule == 1);
	int up = sock(HERE, B4, 30002);
	send_to(k.n2, B4, 30002, packet, 32);
	CHECK(hear(up, LONG_MS).len == 32 && k.c.counters[1].punted == 1);
	back.rule.flags &= (rtpe_u16)~RTPE_RULE_WAIT_INPUT;
	CHECK(draft_set(&k.c, 1, &back) == 0);
	CHECK(passes(&k, 8, 2, &h));
	close(up);
	call_end(&k);
}

/* nftables marks what the hook is to take. */
static void marks(void)
{
	struct rtpe_kernel_hello hello = client_greeting(RTPE_KERNEL_HOOK_INPUT, 40);
	struct heard h;
	struct call k;

	call_begin(&k, 0, false, false);
	client_close(&k.c);
	CHECK(client_open(&k.c, 0) == 0);
	hello.mark_mask = 0xf0;
	hello.mark = 0x101;
	CHECK(client_send(&k.c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello)) == -EINVAL);
	hello.mark = 0x10;
	CHECK(client_send(&k.c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello)) == 0);
	k.c.n_slots = hello.n_slots;
	CHECK(client_map(&k.c) == 0 && port_open(&k.c, 0, A4, 30000) == 0 &&
	      port_open(&k.c, 1, B4, 30002) == 0 && draft_set(&k.c, 0, &k.d) == 0);
	CHECK(!passes(&k, 8, 1, &h) && hear(k.up, LONG_MS).len == 32);
	CHECK(system("nft 'table inet m { chain c { type filter hook input priority 0;"
		     " udp dport 30000 meta mark set 0x17; }; }'") == 0);
	CHECK(passes(&k, 8, 2, &h));
	CHECK(system("nft delete table inet m") == 0);
	call_end(&k);
}

static void copies(void)
{
	struct rtpe_kernel_hello hello = client_greeting(RTPE_KERNEL_HOOK_INPUT, 40);
	static uint8_t buffer[1 << 18];
	struct rtpe_kernel_copy *copy = (struct rtpe_kernel_copy *)(void *)buffer;
	unsigned got = 0;
	struct heard h;
	struct call k;
	ssize_t n;
	int fd;

	call_begin(&k, 0, false, false);
	fd = open("/proc/rtpengine/0/copies", O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && read(fd, buffer, sizeof(buffer)) < 0 && errno == ENOTCONN);
	client_close(&k.c);
	CHECK(client_open(&k.c, 0) == 0);
	hello.copy_bytes = (1 << 17) + 1;
	CHECK(client_send(&k.c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello)) == -EINVAL);
	hello.copy_bytes--;
	CHECK(client_send(&k.c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello)) == 0);
	k.c.n_slots = hello.n_slots;
	k.d.rule.punt = RTPE_CLASS_RTP;
	k.d.flags = RTPE_KERNEL_RULE_COPY;
	CHECK(client_map(&k.c) == 0 && port_open(&k.c, 0, A4, 30000) == 0 &&
	      port_open(&k.c, 1, B4, 30002) == 0 && draft_set(&k.c, 0, &k.d) == 0);
	CHECK(read(fd, buffer, sizeof(buffer)) < 0 && errno == EAGAIN);
	CHECK(passes(&k, 8, 1, &h) && hear(k.up, 0).len < 0);
	CHECK(read(fd, buffer, 50) < 0 && errno == EMSGSIZE);
	n = read(fd, buffer, sizeof(buffer));
	CHECK(n == (ssize_t)copy->size && copy->len == 32 && copy->slot == 0 && copy->lost == 0 &&
	      copy->src.port == 4000 && memcmp(copy + 1, h.data, 32) == 0);
	/* More than there is room for: media goes on, the end of it is copied. */
	for (uint16_t seq = 2; seq < 3002; seq++) {
		uint8_t packet[64];

		send_to(k.n1, A4, 30000, packet, rtp(packet, 8, seq, SSRC));
		hear(k.n2, 0);
	}
	n = read(fd, buffer, sizeof(buffer));
	for (uint8_t *at = buffer; n > 0; got++) {
		copy = (struct rtpe_kernel_copy *)(void *)at;
		CHECK(copy->size == 80 && copy->len == 32);
		at += copy->size;
		n -= copy->size;
	}
	CHECK(got == (1 << 17) / 80);
	while (hear(k.n2, SHORT_MS).len >= 0)
		;
	CHECK(passes(&k, 8, 3003, &h));
	n = read(fd, buffer, sizeof(buffer));
	copy = (struct rtpe_kernel_copy *)(void *)buffer;
	CHECK(n == 80 && copy->lost == 3000 - got);
	/* Without the flag it goes up. */
	k.d.flags = 0;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(!passes(&k, 8, 3004, &h) && hear(k.up, LONG_MS).len == 32);
	close(fd);
	call_end(&k);
}

static void tracks(void)
{
	struct rtpe_ssrc_counters list[RTPE_SSRC_TRACKS];
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	memset(list, 0, sizeof(list));
	list[0] = (struct rtpe_ssrc_counters){
		.packets = 1000, .ssrc = SSRC, .base_seq = 0x10001, .max_seq = 0x10000 + 1000,
		.clock_rate = 8000, .in_use = 1,
	};
	list[1] = list[0];
	CHECK(client_send(&k.c, RTPE_KERNEL_TRACKS_SET, 0, list, sizeof(list)) == -EINVAL);
	list[1].in_use = 0;
	list[0].clock_rate = 0;
	CHECK(client_send(&k.c, RTPE_KERNEL_TRACKS_SET, 0, list, sizeof(list)) == -EINVAL);
	list[0].clock_rate = 8000;
	CHECK(client_send(&k.c, RTPE_KERNEL_TRACKS_SET, 0, list, sizeof(list)) == 0);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(passes(&k, 8, 1001, &h) && passes(&k, 8, 1003, &h));
	CHECK(k.c.counters[0].ssrc[0].packets == 1002 && k.c.counters[0].ssrc[0].max_seq == 66539);
	/* Begin anew. */
	memset(list, 0, sizeof(list));
	CHECK(client_send(&k.c, RTPE_KERNEL_TRACKS_SET, 0, list, sizeof(list)) == 0);
	CHECK(passes(&k, 8, 1004, &h) && k.c.counters[0].ssrc[0].packets == 1);
	call_end(&k);
}

static bool shows(const char *file, const char *what)
{
	char line[200];

	snprintf(line, sizeof(line), "grep -q -e '%s' /proc/rtpengine/0/%s", what, file);
	return system(line) == 0;
}

/* What administrators see; and what they do not. */
static void listing(void)
{
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_EARLY, true, false);
	k.d.outputs[0].encrypt = (struct rtpe_srtp){
		.cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, .rtp_tag_len = 10,
		.rtcp_tag_len = 10, .key_len = 16, .salt_len = 14, .key = "secretsecretsecr",
		.salt = "saltysaltysalt",
	};
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	for (uint16_t i = 0; i < 3; i++)
		passes(&k, 8, i, &h);
	CHECK(system("grep -qx 0 /proc/rtpengine/list") == 0);
	CHECK(shows("status", "^Refcount:  2$") && shows("status", "^Opencount: 1$") &&
	      shows("status", "^Targets:   1$") && shows("status", "^Hook:      early$"));
	CHECK(shows("list", "^local inet6 .fd09:1::1.:30000$") &&
	      shows("list", "^    expect inet6 .fd09:1::2.:4000$"));
	CHECK(shows("list", "^    stats:                   96 bytes,                    3 packets,") &&
	      shows("list", "^    SSRC in: 1020304, payload type 8, 3 packets$"));
	CHECK(shows("list", "^      dst inet4 10.9.2.2:4002$") &&
	      shows("list", "^      SRTP encryption: AES_CM_128_HMAC_SHA1_80$") &&
	      shows("list", "^    options: RTCP-mux SSRC-tracking$"));
	CHECK(!shows("list", "7365637265") && !shows("list", "secret"));
	call_end(&k);
}

/* Two daemons of one host, told apart by firewall rules; and as many tables as
 * there can be. */
static void instances(void)
{
	uint8_t packet[64];
	struct client second;
	char text[16];
	struct heard h;
	struct draft d;
	struct call k;

	call_begin(&k, 0, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(command("add 1") == 0 && client_open(&second, 1) == 0 &&
	      client_hello(&second, 0, 2, 0) == 0 && client_map(&second) == 0);
	CHECK(port_open(&second, 0, B4, 30002) == 0 && port_open(&second, 1, A4, 30004) == 0);
	draft_init(&d, N2_4, 4002);
	draft_output(&d, 1, N1_4, 4000);
	CHECK(draft_set(&second, 0, &d) == 0);
	CHECK(system("iptables-legacy -I INPUT -p udp -d " A4 " -j RTPENGINE --id 0 &&"
		     "iptables-legacy -I INPUT -p udp -d " B4 " -j RTPENGINE --id 1") == 0);
	CHECK(passes(&k, 8, 1, &h));
	send_to(k.n2, B4, 30002, packet, rtp(packet, 8, 1, SSRC));
	h = hear(k.n1, LONG_MS);
	CHECK(h.len == 32 && strcmp(h.from, A4 " 30004") == 0);
	CHECK(k.c.counters[0].rx_packets == 1 && second.counters[0].rx_packets == 1);
	CHECK(system("iptables-legacy -F INPUT") == 0);
	client_close(&second);
	CHECK(command("del 1") == 0);
	for (int i = 1; i < RTPE_KERNEL_TABLES; i++) {
		snprintf(text, sizeof(text), "add %d", i);
		CHECK(command(text) == 0);
	}
	CHECK(system("[ $(wc -l </proc/rtpengine/list) = 64 ]") == 0);
	for (int i = 1; i < RTPE_KERNEL_TABLES; i++) {
		snprintf(text, sizeof(text), "del %d", i);
		CHECK(command(text) == 0);
	}
	call_end(&k);
}

const struct test feature_tests[] = {
	{ "header extensions and MIDs", extensions },
	{ "sections of a bundle", bundles },
	{ "ports that wait for input", waiting },
	{ "marks of nftables", marks },
	{ "copies for who records", copies },
	{ "statistics that go on", tracks },
	{ "two tables, and sixty-four", instances },
	{ "what administrators see", listing },
	{ NULL, NULL },
};
