/* SPDX-License-Identifier: MIT */
/* What a daemon may say, and what it is told when it lies. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"
#include "stage.h"

static void commands(void)
{
	struct client c;

	CHECK(command("add 64") == -EINVAL);
	CHECK(command("add -1") == -EINVAL);
	CHECK(command("mul 3") == -EINVAL);
	CHECK(command("add") == -EINVAL);
	CHECK(command("add 1111111111111111111") == -EINVAL);
	CHECK(command("del 3") == -ENOENT);
	CHECK(command("add 3\n") == 0);
	CHECK(command("add 3") == -EEXIST);
	CHECK(access("/proc/rtpengine/3/status", R_OK) == 0);
	CHECK(client_open(&c, 3) == 0);
	CHECK(command("del 3") == -EBUSY);
	client_close(&c);
	CHECK(command("del 3") == 0);
	/* Or by force: the daemon's file is dead, its process is not. */
	CHECK(command("add 3") == 0 && client_open(&c, 3) == 0 && client_hello(&c, 0, 4, 0) == 0 &&
	      client_map(&c) == 0);
	CHECK(command("kill 3") == 0 && command("kill 3") == -ENOENT);
	CHECK(port_open(&c, 0, A4, 30000) == -EIO && c.counters[0].rx_packets == 0);
	client_close(&c);
	CHECK(access("/proc/rtpengine/3", F_OK) != 0);
}

static void hellos(void)
{
	struct rtpe_kernel_hello hello = { .rule_abi = RTPE_RULE_ABI, .n_slots = 4 };
	struct rtpe_kernel_msg m = { .size = sizeof(m), .version = 9, .type = 1 };
	struct client c, second;

	command("add 1");
	CHECK(client_open(&c, 1) == 0);
	CHECK(client_open(&second, 1) == -EBUSY);
	CHECK(write(c.fd, &m, 3) < 0 && errno == EINVAL);
	CHECK(write(c.fd, &m, sizeof(m)) < 0 && errno == EPROTO);
	m.version = RTPE_KERNEL_VERSION;
	m.size = 1000;
	CHECK(write(c.fd, &m, sizeof(m)) < 0 && errno == EINVAL);
	CHECK(client_send(&c, 77, 0, NULL, 0) == -EOPNOTSUPP);
	CHECK(client_send(&c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello)) == -EPROTO);
	CHECK(client_send(&c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello) - 1) == -EINVAL);
	CHECK(port_open(&c, 0, A4, 30000) == -ENOTCONN);
	c.n_slots = 4;
	CHECK(client_map(&c) == -ENOTCONN);
	CHECK(client_hello(&c, 0, 0, 0) == -EINVAL);
	CHECK(client_hello(&c, 0, RTPE_KERNEL_MAX_SLOTS + 1, 0) == -EINVAL);
	CHECK(client_hello(&c, RTPE_KERNEL_ADOPT, 4, 0) == -ESTALE);
	CHECK(client_hello(&c, 3 << 1, 4, 0) == -EINVAL);
	CHECK(client_hello(&c, 0, 4, 0) == 0);
	CHECK(client_hello(&c, 0, 4, 0) == -EALREADY);
	CHECK(client_map(&c) == 0);
	CHECK(mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, c.fd, 0) == MAP_FAILED &&
	      errno == EACCES);
	CHECK(mprotect((void *)(uintptr_t)c.counters, 64, PROT_READ | PROT_WRITE) < 0);
	CHECK(mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, c.fd, 0) == MAP_FAILED);
	client_close(&c);
	command("del 1");
}

static void ports(void)
{
	struct rtpe_kernel_clock_rate rate = { .payload_type = 128, .hz = 8000 };
	struct rtpe_addr remote = address(N1_6, 9);
	struct client c;

	command("add 1");
	CHECK(client_open(&c, 1) == 0 && client_hello(&c, 0, 4, 0) == 0 && client_map(&c) == 0);
	CHECK(port_open(&c, 4, A4, 30000) == -ENOENT);
	CHECK(port_open(&c, 0, "0.0.0.0", 30000) == -EINVAL);
	CHECK(port_open(&c, 0, "ff02::1", 30000) == -EINVAL);
	CHECK(port_open(&c, 0, A4, 0) == -EINVAL);
	CHECK(port_open(&c, 0, A4, 30000) == 0);
	CHECK(port_open(&c, 0, A4, 30002) == -EEXIST);
	CHECK(port_open(&c, 1, A4, 30000) == -EADDRINUSE);
	CHECK(port_open(&c, 1, A6, 30000) == 0);
	CHECK(c.counters[0].generation == 1);
	CHECK(client_send(&c, RTPE_KERNEL_REMOTE_SET, 0, &remote, sizeof(remote)) == -EINVAL);
	CHECK(client_send(&c, RTPE_KERNEL_REMOTE_SET, 1, &remote, sizeof(remote)) == 0);
	CHECK(c.counters[1].remote.port == 9 && c.counters[1].remote_seq == 2);
	CHECK(client_send(&c, RTPE_KERNEL_CLOCK_RATE, 0, &rate, sizeof(rate)) == -EINVAL);
	for (rate.payload_type = 0; rate.payload_type < 8; rate.payload_type++)
		CHECK(client_send(&c, RTPE_KERNEL_CLOCK_RATE, 0, &rate, sizeof(rate)) == 0);
	CHECK(client_send(&c, RTPE_KERNEL_CLOCK_RATE, 0, &rate, sizeof(rate)) == -ENOSPC);
	CHECK(client_send(&c, RTPE_KERNEL_PORT_CLOSE, 0, NULL, 0) == 0);
	CHECK(client_send(&c, RTPE_KERNEL_PORT_CLOSE, 0, NULL, 0) == -ENOENT);
	CHECK(port_open(&c, 0, A4, 30000) == 0);
	CHECK(c.counters[0].generation == 2);
	client_close(&c);
	command("del 1");
}

static int set(struct client *c, struct draft *d, void (*spoil)(struct draft *))
{
	draft_init(d, N1_4, 4000);
	draft_output(d, 1, N2_4, 4002);
	d->rule.size = sizeof(d->rule) + sizeof(d->outputs[0]);
	spoil(d);
	return client_send(c, RTPE_KERNEL_RULE_SET, 0, d, sizeof(d->rule) + sizeof(d->outputs[0]));
}

#define SPOIL(name, change) static void name(struct draft *d) { change; }
SPOIL(nothing, (void)d)
SPOIL(other_abi, d->rule.abi = 1)
SPOIL(other_size, d->rule.size++)
SPOIL(more_outputs, d->rule.n_outputs = 2)
SPOIL(huge_outputs, d->rule.n_outputs = 0x10000000)
SPOIL(unknown_flag, d->rule.flags |= 1 << 14)
SPOIL(unknown_punt, d->rule.punt |= 1u << 30)
SPOIL(two_kinds, d->rule.flags |= RTPE_RULE_RTCP)
SPOIL(opaque_rtcp, d->rule.flags |= RTPE_RULE_OPAQUE)
SPOIL(other_local, d->rule.local = address(B4, 30000))
SPOIL(other_family, d->rule.remote = address(N1_6, 1))
SPOIL(no_family, d->rule.remote.family = 9)
SPOIL(no_action, d->rule.source_action = 3)
SPOIL(no_match, d->outputs[0].match = 0)
SPOIL(no_slot, d->outputs[0].slot = 3)
SPOIL(far_slot, d->outputs[0].slot = 0xffffffff)
SPOIL(spoofed, d->outputs[0].src = address("10.9.2.9", 30002))
SPOIL(across, d->outputs[0].dst = address(N2_6, 1))
SPOIL(bundled, d->rule.flags |= RTPE_RULE_BUNDLE)
SPOIL(learns, d->rule.learning = RTPE_LEARN_HEURISTIC)
SPOIL(waits, d->rule.flags |= RTPE_RULE_WAIT_INPUT)
SPOIL(sealed, d->rule.decrypt.cipher = RTPE_SRTP_AES_CM)
SPOIL(seals, d->outputs[0].encrypt.cipher = RTPE_SRTP_AES_CM)
SPOIL(silences, d->rule.n_silence = RTPE_MAX_SILENCE + 1)
SPOIL(passes, d->rule.n_silence = 1; d->rule.silence_pass[0] = 1)
SPOIL(twice, d->rule.n_silence = 2)
SPOIL(pads, d->outputs[0].flags |= RTPE_OUT_EXT_FILTER; d->outputs[0].ext_allow[0] = 1)
SPOIL(nameless, d->outputs[0].flags |= RTPE_OUT_MID)
SPOIL(sections, d->outputs[0].flags |= RTPE_OUT_SECTION)
SPOIL(untouched, d->outputs[0].flags |= RTPE_OUT_AS_RECEIVED)

static void rules(void)
{
	static const struct {
		const char *name;
		void (*spoil)(struct draft *);
		int want;
	} cases[] = {
#define CASE(name, want) { #name, name, want }
		CASE(other_abi, -EPROTO), CASE(other_size, -EINVAL), CASE(more_outputs, -EINVAL),
		CASE(huge_outputs, -EINVAL), CASE(unknown_flag, -EINVAL),
		CASE(unknown_punt, -EINVAL), CASE(two_kinds, -EINVAL), CASE(opaque_rtcp, -EINVAL),
		CASE(other_local, -EINVAL), CASE(other_family, -EINVAL), CASE(no_family, -EINVAL),
		CASE(no_action, -EINVAL), CASE(no_match, -EINVAL), CASE(no_slot, -ENOENT),
		CASE(far_slot, -ENOENT), CASE(spoofed, -EINVAL), CASE(across, -EINVAL),
		CASE(bundled, -EINVAL), CASE(learns, -EOPNOTSUPP), CASE(waits, 0),
		CASE(sealed, -EINVAL), CASE(seals, -EINVAL), CASE(silences, -EINVAL),
		CASE(passes, -EINVAL), CASE(twice, -EINVAL),
		CASE(pads, -EINVAL), CASE(nameless, -EINVAL), CASE(sections, -EINVAL),
		CASE(untouched, -EINVAL), CASE(nothing, 0),
	};
	struct client c;
	struct draft d;

	command("add 1");
	CHECK(client_open(&c, 1) == 0 && client_hello(&c, 0, 4, 0) == 0);
	CHECK(port_open(&c, 0, A4, 30000) == 0 && port_open(&c, 1, B4, 30002) == 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = set(&c, &d, cases[i].spoil);

		if (!CHECK(got == cases[i].want))
			printf("    %s: %d, not %d\n", cases[i].name, got, cases[i].want);
	}
	/* Too short for any rule, and for no slot. */
	CHECK(client_send(&c, RTPE_KERNEL_RULE_SET, 0, &d, 8) == -EINVAL);
	CHECK(client_send(&c, RTPE_KERNEL_RULE_SET, 3, &d, d.rule.size) == -ENOENT);
	CHECK(client_send(&c, RTPE_KERNEL_RULE_CLEAR, 0, NULL, 0) == 0);
	client_close(&c);
	command("del 1");
}

const struct test control_tests[] = {
	{ "commands make and remove tables", commands },
	{ "HELLO is checked, and comes first", hellos },
	{ "ports are opened, closed, told their remote", ports },
	{ "rules that contradict themselves are refused", rules },
	{ NULL, NULL },
};
