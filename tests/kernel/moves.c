/* SPDX-License-Identifier: MIT */
/*
 * Moves a stream with keys between the relay core and the kernel module, again
 * and again, while packets flow: ports 20000 (from the sender) and 20002 (to the
 * receiver) of one address.
 *
 * Usage: moves ADDRESS SENDER-IP PORT RECEIVER-IP PORT KEY-IN KEY-OUT TIMES
 *
 * Keys are those of AES_CM_128_HMAC_SHA1_80 in base64. Prints how often the
 * stream went in and came back, and what the core counted.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rtpe_offload.h"

static void nap(long ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

static struct rtpe_addr address(const char *ip, int port)
{
	struct rtpe_addr a = { .family = 4, .port = (rtpe_u16)port };

	if (inet_pton(AF_INET, ip, a.ip) != 1)
		exit(2);
	return a;
}

static int sextet(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = strchr(alphabet, c);

	return at && c ? (int)(at - alphabet) : 0;
}

static struct rtpe_srtp keys(const char *text)
{
	struct rtpe_srtp k = {
		.cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, .rtp_tag_len = 10,
		.rtcp_tag_len = 10, .key_len = 16, .salt_len = 14,
	};
	rtpe_u8 bytes[30];

	for (int i = 0; i < 10; i++) {
		const char *t = text + i * 4;
		int v = sextet(t[0]) << 18 | sextet(t[1]) << 12 | sextet(t[2]) << 6 | sextet(t[3]);

		bytes[i * 3] = (rtpe_u8)(v >> 16);
		bytes[i * 3 + 1] = (rtpe_u8)(v >> 8);
		bytes[i * 3 + 2] = (rtpe_u8)v;
	}
	memcpy(k.key, bytes, 16);
	memcpy(k.salt, bytes + 16, 14);
	return k;
}

static struct {
	struct rtpe_rule rule;
	struct rtpe_output out;
} forward;

static struct rtpe_core *core;

static int install(int slot, int relearn)
{
	forward.rule.flags = RTPE_RULE_TRACK_SSRC | (relearn ? RTPE_RULE_RELEARN : 0);
	return rtpe_rule_set(core, (rtpe_u32)slot, &forward, sizeof(forward));
}

static int until(int slot, rtpe_u8 in_kernel)
{
	const struct rtpe_offload_slot *info = rtpe_offload_slots(core);

	for (int i = 0; i < 400; i++) {
		if (info[slot].in_kernel == in_kernel)
			return 1;
		rtpe_offload_tick(core, NULL);
		nap(5);
	}
	fprintf(stderr, "stays where it is: reason %u\n", info[slot].why);
	return 0;
}

static void start(void)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .threads = 1, .max_slots = 64, .punt_ring_bytes = 1 << 16,
		.ctl_ring_bytes = 1 << 18, .punt_rate = 50, .rcvbuf_bytes = 1 << 20,
		.coalesce_us = 60,
	};
	struct rtpe_offload_opts table = {
		.size = sizeof(table), .table = 7, .hook = RTPE_HOOK_INPUT, .slots = 64,
		.lease_ms = 1000, .retry_ms = 1000,
	};
	char err[512];

	core = rtpe_core_new(&opts, err, sizeof(err));
	if (!core || rtpe_offload_open(core, &table, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct rtpe_addr in, out;
	struct rtpe_counters sum, far;
	struct rtpe_offload_share share;
	struct rtpe_offload_status status;
	int from, to, times, done = 0;

	if (argc != 9)
		return 2;
	in = address(argv[1], 20000);
	out = address(argv[1], 20002);
	times = atoi(argv[8]);
	start();
	from = rtpe_port_open(core, &in);
	to = rtpe_port_open(core, &out);
	if (from < 0 || to < 0)
		return 1;
	forward.rule.size = sizeof(forward);
	forward.rule.abi = RTPE_RULE_ABI;
	forward.rule.remote = address(argv[2], atoi(argv[3]));
	forward.rule.learning = RTPE_LEARN_IMMEDIATE;
	forward.rule.learn_ms = 3000;
	memset(forward.rule.pt_allow, 0xff, sizeof(forward.rule.pt_allow));
	forward.rule.decrypt = keys(argv[6]);
	forward.rule.n_outputs = 1;
	forward.out.slot = (rtpe_u32)to;
	forward.out.match = RTPE_CLASS_RTP;
	forward.out.dst = address(argv[4], atoi(argv[5]));
	forward.out.encrypt = keys(argv[7]);
	if (install(from, 1))
		return 1;
	printf("ready\n");
	fflush(stdout);
	for (; done < times && until(from, 1); done++) {
		nap(20 + rand() % 40);
		if (install(from, 1) || !until(from, 0))
			break;
		nap(5 + rand() % 20);
		rtpe_offload_tick(core, &status);
	}
	nap(300);
	rtpe_offload_tick(core, &status);
	rtpe_counters_sum(core, (rtpe_u32)from, &sum, &share);
	rtpe_counters_sum(core, (rtpe_u32)to, &far, NULL);
	printf("{\"moves\":%d,\"pushed\":%llu,\"pulled\":%llu,\"auth\":%u,\"replay\":%u,"
	       "\"packets\":%llu,\"kernel\":%llu,\"lost\":%d,\"dropped\":%llu,\"sent\":%llu,"
	       "\"unsent\":%llu,\"userSent\":%llu}\n",
	       done, (unsigned long long)status.pushed, (unsigned long long)status.pulled,
	       sum.drop_auth, sum.drop_replay, (unsigned long long)sum.rx_packets,
	       (unsigned long long)share.rx_packets,
	       (int)(sum.ssrc[0].max_seq - sum.ssrc[0].base_seq + 1 - sum.ssrc[0].packets),
	       (unsigned long long)sum.rx_errors, (unsigned long long)far.tx_packets,
	       (unsigned long long)far.tx_errors,
	       (unsigned long long)rtpe_counters(core)[to].tx_packets);
	rtpe_offload_close(core, 0);
	rtpe_core_free(core);
	return done == times ? 0 : 1;
}
