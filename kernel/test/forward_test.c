/* SPDX-License-Identifier: MIT */
/* What leaves, and what does not. */
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"

static bool from_is(const struct heard *h, const char *ip, int port)
{
	char want[64];

	snprintf(want, sizeof(want), "%s %d", ip, port);
	return strcmp(h->from, want) == 0;
}

static void one_way(uint32_t hook, bool from6, bool to6)
{
	struct heard h;
	struct call k;

	call_begin(&k, hook, from6, to6);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	for (uint16_t i = 0; i < 10; i++)
		if (CHECK(passes(&k, 8, (uint16_t)(65530 + i), &h)))
			CHECK(from_is(&h, k.b, 30002));
	CHECK(hear(k.up, 0).len < 0);
	CHECK(k.c.counters[0].rx_packets == 10 && k.c.counters[0].rx_bytes == 320);
	CHECK(k.c.counters[0].rx_errors == 0 && k.c.counters[0].last_rx_us != 0);
	CHECK(k.c.counters[1].tx_packets == 10 && k.c.counters[1].tx_bytes == 320);
	CHECK(k.c.counters[0].ssrc[0].ssrc == SSRC && k.c.counters[0].ssrc[0].packets == 10);
	CHECK(k.c.counters[0].ssrc[0].max_seq - k.c.counters[0].ssrc[0].base_seq == 9);
	CHECK(k.c.counters[0].ssrc[0].payload_bytes == 200);
	CHECK(k.c.counters[0].payload_type[0] == (0x80 | 8) && !k.c.counters[0].payload_type[1]);
	CHECK(k.c.counters[0].payload[0].packets == 10 && k.c.counters[0].payload[0].bytes == 320);
	call_end(&k);
}

static void v4(void) { one_way(RTPE_KERNEL_HOOK_INPUT, false, false); }
static void v6(void) { one_way(RTPE_KERNEL_HOOK_INPUT, true, true); }
static void v4_to_v6(void) { one_way(RTPE_KERNEL_HOOK_INPUT, false, true); }
static void v6_to_v4(void) { one_way(RTPE_KERNEL_HOOK_INPUT, true, false); }

static void early(void)
{
	one_way(RTPE_KERNEL_HOOK_EARLY, false, false);
	one_way(RTPE_KERNEL_HOOK_EARLY, true, false);
}

static void no_hook(void)
{
	uint8_t packet[64];
	struct call k;

	call_begin(&k, 0, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 1, SSRC));
	CHECK(hear(k.up, LONG_MS).len == 32);
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	call_end(&k);
}

static void tables_of(const char *tool)
{
	bool six = strncmp(tool, "ip6", 3) == 0;
	char line[160];

	snprintf(line, sizeof(line), "%s -N media && %s -A media -p udp -j RTPENGINE --id 0 && "
		 "%s -I INPUT -p udp -j media", tool, tool, tool);
	if (!CHECK(system(line) == 0))
		return;
	snprintf(line, sizeof(line), "%s-save | grep -q -e '-j RTPENGINE --id 0'", tool);
	CHECK(system(line) == 0);
	one_way(0, six, six);
	snprintf(line, sizeof(line), "%s -F INPUT && %s -F media && %s -X media", tool, tool, tool);
	CHECK(system(line) == 0);
}

static void iptables(void)
{
	tables_of("iptables-legacy");
	tables_of("ip6tables-legacy");
	tables_of("iptables-nft");
	tables_of("ip6tables-nft");
	CHECK(system("iptables-legacy -A INPUT -j RTPENGINE --id 64 2>/dev/null") != 0);
}

static void rewriting(void)
{
	uint8_t packet[64];
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.outputs[0].flags |= RTPE_OUT_SSRC_REWRITE | RTPE_OUT_SEQ_OFFSET;
	k.d.outputs[0].ssrc_in = SSRC;
	k.d.outputs[0].ssrc_out = 0xa1b2c3d4;
	k.d.outputs[0].seq_offset = 10;
	k.d.outputs[0].tos = 0xb8;
	k.d.outputs[0].tos_set = 1;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 65530, SSRC));
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == 32 && h.data[2] == 0 && h.data[3] == 4 && h.tos == 0xb8);
	CHECK(memcmp(h.data + 8, "\xa1\xb2\xc3\xd4", 4) == 0);
	CHECK(memcmp(h.data + 12, packet + 12, 20) == 0);
	/* Another SSRC stays as it is. */
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 7, 99));
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == 32 && memcmp(h.data, packet, 32) == 0);
	call_end(&k);
}

static void fan_out(void)
{
	int ears[RTPE_MAX_OUTPUTS];
	uint8_t packet[64];
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.rule.n_outputs = 0;
	CHECK(port_open(&k.c, 2, B6, 30002) == 0);
	for (unsigned int i = 0; i < RTPE_MAX_OUTPUTS; i++) {
		bool six = i & 1;
		struct rtpe_output *o;

		ears[i] = sock(N2, six ? N2_6 : N2_4, (uint16_t)(5000 + i));
		o = draft_output(&k.d, six ? 2 : 1, six ? N2_6 : N2_4, (uint16_t)(5000 + i));
		o->flags |= RTPE_OUT_SSRC_REWRITE;
		o->ssrc_out = i;
	}
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 1, SSRC));
	for (int i = 0; i < RTPE_MAX_OUTPUTS; i++) {
		struct heard h = hear(ears[i], LONG_MS);

		CHECK(h.len == 32 && h.data[11] == i && !memcmp(h.data + 12, packet + 12, 20));
		close(ears[i]);
	}
	CHECK(k.c.counters[1].tx_packets == 16 && k.c.counters[2].tx_packets == 16);
	call_end(&k);
}

static void following(void)
{
	struct rtpe_addr remote = address(N2_4, 4002);
	uint8_t packet[64];
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.outputs[0].flags = RTPE_OUT_FOLLOW;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	/* Nobody there yet. */
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 1, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_no_rule == 1);
	CHECK(client_send(&k.c, RTPE_KERNEL_REMOTE_SET, 1, &remote, sizeof(remote)) == 0);
	CHECK(passes(&k, 0, 2, &h));
	CHECK(client_send(&k.c, RTPE_KERNEL_PORT_CLOSE, 1, NULL, 0) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 3, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_no_rule == 2);
	call_end(&k);
}

static void filters(void)
{
	uint8_t packet[64];
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.rule.pt_allow[3] &= ~(1u << (101 - 96));
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(passes(&k, 100, 1, &h));
	send_to(k.n1, A4, 30000, packet, rtp(packet, 101, 2, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && hear(k.up, 0).len < 0);
	CHECK(k.c.counters[0].drop_filtered == 1 && k.c.counters[0].rx_errors == 1);
	k.d.rule.punt = RTPE_CLASS_FILTERED_PT;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 101, 2, SSRC));
	CHECK(hear(k.up, LONG_MS).len == 32 && k.c.counters[0].punted == 1);
	k.d.rule.flags |= RTPE_RULE_BLACKHOLE;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 3, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_filtered == 2);
	call_end(&k);
}

static void silence(void)
{
	uint8_t packet[64];
	struct heard h;
	struct call k;
	size_t n;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.outputs[0].flags |= RTPE_OUT_SILENCE;
	k.d.rule.n_silence = 1;
	k.d.rule.silence[0] = (struct rtpe_silence){ .payload_type = 8, .byte = 0xd5 };
	k.d.rule.silence_pass[3] = 1u << (101 - 96);
	k.d.rule.flags |= RTPE_RULE_BLOCK_SHORT;
	k.d.rule.block_short[0] = 1u << 8;
	/* Somebody else hears it as it is. */
	draft_output(&k.d, 1, N2_4, 4003);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	n = rtp(packet, 8, 1, SSRC);
	send_to(k.n1, A4, 30000, packet, n);
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == (int)n && memcmp(h.data, packet, 12) == 0);
	for (size_t i = 12; i < n; i++)
		CHECK(h.data[i] == 0xd5);
	CHECK(passes(&k, 101, 2, &h));
	/* G.722 has no silence here: only the other output sends it. */
	send_to(k.n1, A4, 30000, packet, rtp(packet, 9, 3, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	CHECK(k.c.counters[1].tx_packets == 5 && k.c.counters[0].rx_errors == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 8, 4, SSRC) - 1);
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_filtered == 1);
	/* Nobody else: it is filtered. */
	k.d.rule.n_outputs = 1;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 9, 5, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_filtered == 2);
	call_end(&k);
}

static void sources(void)
{
	uint8_t packet[64];
	struct heard h;
	struct call k;
	int other;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	other = sock(N1, N1_4, 4444);
	k.d.rule.source_action = RTPE_SOURCE_DROP;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(passes(&k, 0, 1, &h));
	send_to(other, A4, 30000, packet, rtp(packet, 0, 2, SSRC));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_source == 1);
	k.d.rule.punt = RTPE_CLASS_BAD_SOURCE;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(other, A4, 30000, packet, rtp(packet, 0, 3, SSRC));
	CHECK(hear(k.up, LONG_MS).len == 32);
	k.d.rule.source_action = RTPE_SOURCE_IGNORE;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(other, A4, 30000, packet, rtp(packet, 0, 4, SSRC));
	CHECK(hear(k.n2, LONG_MS).len == 32);
	/* A new SSRC is shown to user space once. */
	k.d.rule.punt = RTPE_CLASS_UNKNOWN_SSRC;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 5, 77));
	CHECK(hear(k.up, LONG_MS).len == 32 && hear(k.n2, 0).len < 0);
	send_to(k.n1, A4, 30000, packet, rtp(packet, 0, 6, 77));
	CHECK(hear(k.n2, LONG_MS).len == 32 && k.c.counters[0].ssrc[1].packets == 1);
	close(other);
	call_end(&k);
}

static void malformed(void)
{
	static const struct {
		size_t len;
		uint8_t data[24];
	} lies[] = {
		{ 1, { 0x80 } }, { 4, { 0x80, 0, 0, 1 } }, { 8, { 0x80, 0, 0, 1 } },
		{ 11, { 0x80, 0, 0, 1 } },
		{ 20, { 0x8f, 0, 0, 1 } },				/* CC 15 */
		{ 12, { 0x90, 0, 0, 1 } },				/* X, nothing there */
		{ 20, { 0x90, 0, 0, 1, [12] = 0xbe, 0xde, 0xff, 0xff } },	/* X, beyond */
		{ 16, { 0xa0, 0, 0, 1, [15] = 5 } },			/* P, too much */
		{ 16, { 0xa0, 0, 0, 1, [15] = 0 } },			/* P, nothing */
		{ 1, { 0x80 } }, { 4, { 0x81, 200, 0, 6 } },
		{ 8, { 0x81, 201, 0, 7 } },				/* RR beyond */
		{ 12, { 0x81, 203, 0, 2, 1, 2, 3, 4, 200 } },		/* BYE reason */
		{ 12, { 0x80, 206, 0, 9, 1 } },				/* PSFB beyond */
	};
	const size_t n = sizeof(lies) / sizeof(lies[0]);
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	for (size_t i = 0; i < n; i++)
		send_to(k.n1, A4, 30000, lies[i].data, lies[i].len);
	CHECK(passes(&k, 0, 1, &h));
	CHECK(hear(k.n2, SHORT_MS).len < 0 && hear(k.up, 0).len < 0);
	CHECK(k.c.counters[0].drop_malformed == n && k.c.counters[0].ssrc[0].packets == 1);
	/* No datagram at all, but a datagram: dropped, too. */
	send_to(k.n1, A4, 30000, "", 0);
	CHECK(hear(k.up, SHORT_MS).len < 0);
	call_end(&k);
}

static void other_protocols(void)
{
	static const uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	static const uint8_t dtls[13] = { 22, 0xfe, 0xff };
	static const uint8_t report[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, stun, sizeof(stun));
	CHECK(hear(k.up, LONG_MS).len == sizeof(stun));
	send_to(k.n1, A4, 30000, dtls, sizeof(dtls));
	CHECK(hear(k.up, LONG_MS).len == sizeof(dtls));
	send_to(k.n1, A4, 30000, "hello", 5);
	CHECK(hear(k.up, LONG_MS).len == 5);
	CHECK(k.c.counters[0].punted == 3 && k.c.counters[0].rx_packets == 0);
	send_to(k.n1, A4, 30000, report, sizeof(report));
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == sizeof(report) && memcmp(h.data, report, sizeof(report)) == 0);
	k.d.rule.punt = RTPE_CLASS_RTCP;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, report, sizeof(report));
	CHECK(hear(k.up, LONG_MS).len == sizeof(report) && hear(k.n2, 0).len < 0);
	/* Fax. */
	k.d.rule.punt = 0;
	k.d.rule.flags = RTPE_RULE_OPAQUE;
	k.d.outputs[0].match = RTPE_CLASS_OTHER;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, "hello", 5);
	CHECK(hear(k.n2, LONG_MS).len == 5);
	call_end(&k);
}

static void large(bool from6, bool to6)
{
	uint8_t packet[3000] = { 0 };
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, from6, to6);
	k.d.outputs[0].flags |= RTPE_OUT_SSRC_REWRITE;
	k.d.outputs[0].ssrc_out = SSRC;
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	rtp(packet, 0, 1, SSRC);
	memset(packet + 32, 0x5a, sizeof(packet) - 32);
	send_to(k.n1, k.a, 30000, packet, sizeof(packet));
	/* IPv6 puts fragments together behind INPUT: they are the socket's. */
	h = hear(from6 ? k.up : k.n2, LONG_MS);
	CHECK(h.len == sizeof(packet) && memcmp(h.data, packet, sizeof(packet)) == 0);
	call_end(&k);
}

static void fragments(void)
{
	large(false, false);
	large(false, true);
	large(true, true);
}

/* Several datagrams in one buffer, as they come from network cards that join
 * them: the socket takes them apart. */
static void joined(uint32_t hook, bool from6)
{
	enum { EACH = 32, ALL = 4 };
	uint8_t packets[ALL * EACH];
	int size = EACH;
	struct heard h;
	struct call k;

	call_begin(&k, hook, from6, from6);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	for (uint16_t i = 0; i < ALL; i++)
		CHECK(rtp(packets + i * EACH, 8, i, SSRC) == EACH);
	CHECK(setsockopt(k.n1, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) == 0);
	send_to(k.n1, k.a, 30000, packets, sizeof(packets));
	for (int i = 0; i < ALL; i++) {
		h = hear(k.up, LONG_MS);
		CHECK(h.len == EACH && memcmp(h.data, packets + i * EACH, EACH) == 0);
	}
	CHECK(k.c.counters[0].rx_packets == 0 && hear(k.n2, 0).len < 0);
	size = 0;
	CHECK(setsockopt(k.n1, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) == 0);
	CHECK(passes(&k, 8, ALL, &h) && k.c.counters[0].rx_packets == 1);
	call_end(&k);
}

static void joined_datagrams(void)
{
	joined(RTPE_KERNEL_HOOK_INPUT, false);
	joined(RTPE_KERNEL_HOOK_INPUT, true);
	joined(RTPE_KERNEL_HOOK_EARLY, false);
}

/* A datagram with headers of our own making. */
static void send_raw(uint16_t check, uint16_t udp_len, size_t n, const uint8_t *payload)
{
	struct {
		struct iphdr ip;
		struct udphdr udp;
		uint8_t payload[64];
	} __attribute__((packed)) d = {
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP },
		.udp = { .source = htons(4000), .dest = htons(30000), .len = htons(udp_len),
			 .check = htons(check) },
	};
	int fd;

	inet_pton(AF_INET, N1_4, &d.ip.saddr);
	inet_pton(AF_INET, A4, &d.ip.daddr);
	memcpy(d.payload, payload, n);
	go(N1);
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	go(HERE);
	send_to(fd, A4, 0, &d, sizeof(d.ip) + sizeof(d.udp) + n);
	close(fd);
}

static void checksums(void)
{
	uint8_t packet[64];
	size_t n = rtp(packet, 0, 1, SSRC);
	struct heard h;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_raw(0x1234, (uint16_t)(8 + n), n, packet);
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	/* A length of less than a header, and of more than there is. */
	send_raw(0, 3, n, packet);
	send_raw(0, 60000, n, packet);
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	CHECK(k.c.counters[0].rx_packets == 0);
	/* None is fine with IPv4; what is behind the datagram is cut off. */
	send_raw(0, (uint16_t)(8 + n - 4), n, packet);
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == (int)n - 4 && memcmp(h.data, packet, n - 4) == 0);
	call_end(&k);
}

const struct test forward_tests[] = {
	{ "IPv4", v4 },
	{ "IPv6", v6 },
	{ "IPv4 to IPv6", v4_to_v6 },
	{ "IPv6 to IPv4", v6_to_v4 },
	{ "the early hook", early },
	{ "without hook and firewall rule packets reach the socket", no_hook },
	{ "iptables and ip6tables, legacy and nft", iptables },
	{ "SSRC, sequence numbers, TOS", rewriting },
	{ "32 outputs", fan_out },
	{ "outputs that follow a remote, and closed ones", following },
	{ "payload types and blackholes", filters },
	{ "silence, and packets that are too short", silence },
	{ "sources and SSRCs", sources },
	{ "malformed packets are dropped", malformed },
	{ "STUN, DTLS, RTCP, fax", other_protocols },
	{ "packets beyond the MTU", fragments },
	{ "several datagrams in one buffer", joined_datagrams },
	{ "checksums and lengths", checksums },
	{ NULL, NULL },
};
