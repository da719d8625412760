/* SPDX-License-Identifier: MIT */
/*
 * Measures, inside the virtual machine, what forwarding costs: 200 calls, both
 * directions.
 *
 *   bench daemon plain|srtp    the calls of whatever daemon answers at ng
 *   bench early plain|srtp     rules of our own, the early hook
 *   bench input plain|srtp     rules of our own, the hook in INPUT
 *
 * srtp: the first party's media is under AES_CM_128_HMAC_SHA1_80, the other's is
 * not, so that half of the packets are opened and half are sealed.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "ng.h"
#include "srtp.h"

enum { CALLS = 200, LEARNING = 24, ROUNDS = 100, PAYLOAD = 160, BATCH = 100 };

static struct call_ports ports[CALLS];
static int bench;

static void die(const char *why)
{
	printf("bench: %s\n", why);
	exit(1);
}

static struct rtpe_srtp keys(void)
{
	struct rtpe_srtp p = {
		.cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, .rtp_tag_len = 10,
		.rtcp_tag_len = 10, .key_len = 16, .salt_len = 14,
	};

	memset(p.key, 'k', 16);
	memset(p.salt, 'k', 14);
	return p;
}

/* ---- frames -------------------------------------------------------------------- */

static uint16_t ip_check(const void *header)
{
	const uint8_t *p = header;
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	sum = (sum >> 16) + (sum & 0xffff);
	return htons((uint16_t)~(sum + (sum >> 16)));
}

static void mac_of(const char *dev, uint8_t *mac)
{
	char path[64], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/net/%s/address", dev);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		die("no interface");
	fclose(f);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)strtoul(text + 3 * i, NULL, 16);
}

/* A frame from 10.9.NET.2 to 10.9.NET.1 on interface dNET. */
static void keep(unsigned net, uint16_t from, uint16_t to, const uint8_t *payload, size_t len)
{
	struct {
		uint32_t what, ifindex;
		uint8_t mac[14];
		struct iphdr ip;
		struct udphdr udp;
		uint8_t payload[400];
	} __attribute__((packed)) f = { 0 };
	char dev[8];

	snprintf(dev, sizeof(dev), "d%u", net);
	f.ifindex = if_nametoindex(dev);
	mac_of(dev, f.mac);
	f.mac[6] = 2;
	f.mac[12] = 8;
	f.ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
	f.ip.tot_len = htons((uint16_t)(28 + len));
	f.ip.saddr = htonl(0x0a090002 | net << 8);
	f.ip.daddr = htonl(0x0a090001 | net << 8);
	f.ip.check = ip_check(&f.ip);
	f.udp.source = htons(from);
	f.udp.dest = htons(to);
	f.udp.len = htons((uint16_t)(8 + len));
	memcpy(f.payload, payload, len);
	if (write(bench, &f, 8 + 14 + 28 + len) < 0)
		die("a frame is refused");
}

static size_t rtp(uint8_t *p, uint32_t ssrc, uint16_t seq)
{
	uint32_t ts = htonl(seq * 160u), id = htonl(ssrc);

	memset(p, 0xd5, 12 + PAYLOAD);
	p[0] = 0x80;
	p[1] = 0;
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	memcpy(p + 4, &ts, 4);
	memcpy(p + 8, &id, 4);
	return 12 + PAYLOAD;
}

static void prepare(bool sealed)
{
	static struct srtp *engines[CALLS];
	struct rtpe_srtp p = keys();
	uint8_t packet[400];

	for (unsigned i = 0; i < CALLS; i++)
		engines[i] = srtp_new(&p, SRTP_PROTECT, NULL);
	for (uint16_t seq = 1; seq <= LEARNING + ROUNDS; seq++) {
		for (unsigned i = 0; i < CALLS; i++) {
			size_t n = rtp(packet, 1000 + i, seq);
			int m = (int)n;

			if (sealed)
				m = srtp_seal_rtp(engines[i], packet, n, packet, sizeof(packet));
			keep(1, (uint16_t)(20000 + 2 * i), ports[i].a, packet, (size_t)m);
			n = rtp(packet, 5000 + i, seq);
			keep(2, (uint16_t)(40000 + 2 * i), ports[i].b, packet, n);
		}
	}
	for (unsigned i = 0; i < CALLS; i++)
		srtp_free(engines[i]);
}

/* ---- running ------------------------------------------------------------------- */

static uint64_t run(uint32_t first, uint32_t count)
{
	const uint32_t command[3] = { 1, first, count };
	uint64_t ns;

	if (write(bench, command, sizeof(command)) < 0 || read(bench, &ns, sizeof(ns)) < 0)
		die("frames are not run");
	return ns;
}

static uint64_t left(void)
{
	uint64_t n = 0;

	for (int i = 1; i <= 2; i++) {
		char path[64], text[32] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/net/d%d/statistics/tx_packets", i);
		f = fopen(path, "r");
		if (f && fgets(text, sizeof(text), f))
			n += strtoull(text, NULL, 10);
		if (f)
			fclose(f);
	}
	return n;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The machine's processors are not its own: what counts is the fastest tenth of
 * batches so short that most of them are not disturbed. */
static void measure(const char *who, const char *what)
{
	enum { FIRST = 2 * CALLS * LEARNING, ALL = 2 * CALLS * ROUNDS, BATCHES = ALL / BATCH };
	static uint64_t ns[BATCHES];
	uint64_t before = left(), gone;

	for (uint32_t i = 0; i < BATCHES; i++)
		ns[i] = run(FIRST + i * BATCH, BATCH) / BATCH;
	usleep(300000);
	gone = left() - before;
	qsort(ns, BATCHES, sizeof(ns[0]), by_size);
	printf("bench: %-8s %-6s %6llu ns per packet, %7.0f packets per CPU second "
	       "(median %llu ns), %llu of %u forwarded\n",
	       who, what, (unsigned long long)ns[BATCHES / 10], 1e9 / (double)ns[BATCHES / 10],
	       (unsigned long long)ns[BATCHES / 2], (unsigned long long)gone, ALL);
}

/* ---- who forwards -------------------------------------------------------------- */

static void calls(bool sealed)
{
	if (!ng_ready(20))
		die("no daemon answers");
	for (unsigned i = 0; i < CALLS; i++)
		if (!ng_call(i, sealed, &ports[i]))
			die("a call fails");
}

static void rules(struct client *c, uint32_t hook, bool sealed)
{
	struct draft d;

	command("add 0");
	if (client_open(c, 0) || client_hello(c, hook, 2 * CALLS, 0))
		die("no table");
	for (uint32_t i = 0; i < CALLS; i++) {
		ports[i].a = ports[i].b = (uint16_t)(30000 + 2 * i);
		if (port_open(c, 2 * i, "10.9.1.1", ports[i].a) ||
		    port_open(c, 2 * i + 1, "10.9.2.1", ports[i].b))
			die("no port");
	}
	for (uint32_t i = 0; i < CALLS; i++) {
		draft_init(&d, "10.9.1.2", (uint16_t)(20000 + 2 * i));
		draft_output(&d, 2 * i + 1, "10.9.2.2", (uint16_t)(40000 + 2 * i));
		if (sealed)
			d.rule.decrypt = keys();
		if (draft_set(c, 2 * i, &d))
			die("a rule is refused");
		draft_init(&d, "10.9.2.2", (uint16_t)(40000 + 2 * i));
		draft_output(&d, 2 * i, "10.9.1.2", (uint16_t)(20000 + 2 * i));
		if (sealed)
			d.outputs[0].encrypt = keys();
		if (draft_set(c, 2 * i + 1, &d))
			die("a rule is refused");
	}
}

int main(int argc, char **argv)
{
	bool sealed, daemon;
	struct client c;
	uint32_t forget = 2;

	if (argc < 3)
		die("who and what?");
	setvbuf(stdout, NULL, _IOLBF, 0);
	daemon = !strcmp(argv[1], "daemon");
	sealed = !strcmp(argv[2], "srtp");
	bench = open("/proc/rtpbench", O_RDWR);
	if (bench < 0)
		die("no /proc/rtpbench");
	if (daemon)
		calls(sealed);
	else
		rules(&c, !strcmp(argv[1], "early") ? RTPE_KERNEL_HOOK_EARLY : RTPE_KERNEL_HOOK_INPUT,
		      sealed);
	prepare(sealed);
	/* Streams are learned, and go to the kernel. */
	for (uint32_t i = 0; i < LEARNING; i++) {
		run(i * 2 * CALLS, 2 * CALLS);
		if (daemon)
			usleep(250000);
	}
	if (daemon)
		system("for f in /proc/rtpengine/*/status; do echo bench: $(grep Targets $f); done");
	measure(argv[1], argv[2]);
	if (write(bench, &forget, sizeof(forget)) < 0)
		die("frames stay");
	if (!daemon)
		client_close(&c);
	return 0;
}
