/* SPDX-License-Identifier: MIT */
/* Things that come and go while packets are on their way. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "stage.h"

enum { SLOTS = 64, SSRC = 7 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* A process that sends to ports 30000 and up until it is killed. */
static pid_t flood(void)
{
	int fd = sock(N1, N1_4, 4000);
	uint8_t packet[64];
	pid_t pid = fork();

	if (pid == 0) {
		for (uint16_t seq = 0;; seq++) {
			size_t n = rtp(packet, 0, seq, SSRC);

			send_to(fd, A4, (uint16_t)(30000 + seq % SLOTS), packet, n);
		}
	}
	close(fd);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void call_make(struct client *c, uint32_t slot)
{
	struct draft d;

	draft_init(&d, N1_4, 4000);
	draft_output(&d, slot ^ 1, N2_4, 4002);
	draft_output(&d, slot, NULL, 0);
	draft_set(c, slot, &d);
}

static int table_begin(struct client *c, unsigned int table, uint32_t flags, uint32_t lease_ms)
{
	int err = client_open(c, table);

	if (!err)
		err = client_hello(c, flags, SLOTS, lease_ms);
	for (uint32_t i = 0; i < SLOTS && !err; i++)
		err = port_open(c, i, A4, (uint16_t)(30000 + i));
	for (uint32_t i = 0; i < SLOTS && !err; i++)
		call_make(c, i);
	return err ? err : client_map(c);
}

static uint64_t forwarded(const struct client *c)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < c->n_slots; i++)
		n += c->counters[i].tx_packets;
	return n;
}

static void churn(void)
{
	double until = now() + 3;
	uint64_t before;
	struct client c;
	pid_t pid;

	command("add 0");
	CHECK(table_begin(&c, 0, RTPE_KERNEL_HOOK_EARLY, 0) == 0);
	pid = flood();
	srandom(2);
	while (now() < until) {
		uint32_t slot = (uint32_t)random() % SLOTS;

		switch (random() % 4) {
		case 0:
			client_send(&c, RTPE_KERNEL_PORT_CLOSE, slot, NULL, 0);
			port_open(&c, slot, A4, (uint16_t)(30000 + slot));
			break;
		case 1:
			client_send(&c, RTPE_KERNEL_RULE_CLEAR, slot, NULL, 0);
			break;
		default:
			call_make(&c, slot);
			break;
		}
	}
	for (uint32_t i = 0; i < SLOTS; i++)
		call_make(&c, i);
	before = forwarded(&c);
	pause_ms(300);
	CHECK(forwarded(&c) > before);
	end(pid);
	client_close(&c);
	CHECK(command("del 0") == 0);
}

/* The table goes while packets come; again and again. */
static void removal(void)
{
	pid_t pid = flood();

	for (int i = 0; i < 30; i++) {
		struct client c;

		CHECK(command("add 0") == 0);
		CHECK(table_begin(&c, 0, i & 1 ? RTPE_KERNEL_HOOK_EARLY : RTPE_KERNEL_HOOK_INPUT,
				  i % 3 ? 0 : 60000) == 0);
		pause_ms(10);
		client_close(&c);
		CHECK(command("del 0") == 0);
	}
	end(pid);
}

static long records(unsigned int table)
{
	struct rtpe_kernel_port record;
	char path[64];
	long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/rtpengine/%u/blist", table);
	f = fopen(path, "r");
	while (f && fread(&record, sizeof(record), 1, f) == 1)
		n += record.size == sizeof(record) && record.has_rule && record.n_outputs == 2;
	if (f)
		fclose(f);
	return n;
}

static void lease(void)
{
	struct client c;
	uint64_t before;
	pid_t pid;

	command("add 0");
	CHECK(table_begin(&c, 0, RTPE_KERNEL_HOOK_INPUT, 1000) == 0);
	/* The daemon dies, another takes over. */
	client_close(&c);
	pid = flood();
	CHECK(records(0) == SLOTS);
	CHECK(client_open(&c, 0) == 0);
	CHECK(client_hello(&c, RTPE_KERNEL_ADOPT, SLOTS + 1, 1000) == -ESTALE);
	CHECK(client_hello(&c, RTPE_KERNEL_ADOPT | RTPE_KERNEL_HOOK_INPUT, SLOTS, 1000) == 0);
	CHECK(client_map(&c) == 0);
	before = forwarded(&c);
	/* Longer than the lease would have been. */
	pause_ms(1300);
	CHECK(forwarded(&c) > before && records(0) == SLOTS);
	/* This one is not followed by anybody. */
	client_close(&c);
	pause_ms(1500);
	CHECK(records(0) == 0);
	end(pid);
	CHECK(command("del 0") == 0);
}

/* A daemon in a network namespace of its own, which goes when it is killed. */
static void namespace_end(void)
{
	char text[256] = { 0 };
	int ready[2], fd;
	pid_t pid;

	command("add 5");
	CHECK(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		struct client c;
		struct draft d;
		uint8_t packet[64];
		int tx;

		if (unshare(CLONE_NEWNET) || system("/bin/ip link set lo up") || client_open(&c, 5) ||
		    client_hello(&c, RTPE_KERNEL_HOOK_INPUT, SLOTS, 3600000) ||
		    port_open(&c, 0, "127.0.0.1", 30000) || port_open(&c, 1, "::1", 30000))
			_exit(1);
		draft_init(&d, NULL, 0);
		draft_output(&d, 0, "127.0.0.1", 9999);
		draft_output(&d, 1, "::1", 9999);
		if (draft_set(&c, 0, &d) || client_map(&c))
			_exit(1);
		tx = socket(AF_INET, SOCK_DGRAM, 0);
		for (uint16_t seq = 0;; seq++) {
			send_to(tx, "127.0.0.1", 30000, packet, rtp(packet, 0, seq, 1));
			if (forwarded(&c) > 100 && forwarded(&c) < 200 && write(ready[1], "y", 1) < 0)
				_exit(1);
		}
	}
	CHECK(read(ready[0], text, 1) == 1);
	end(pid);
	/* Namespaces are cleaned up in the background. */
	for (int i = 0; i < 50; i++) {
		fd = open("/proc/rtpengine/5/status", O_RDONLY);
		CHECK(read(fd, text, sizeof(text) - 1) > 0);
		close(fd);
		if (strstr(text, "Ports:     0 of 0"))
			break;
		pause_ms(100);
	}
	CHECK(strstr(text, "Ports:     0 of 0"));
	CHECK(command("del 5") == 0);
	close(ready[0]);
	close(ready[1]);
}

static long meminfo(const char *field)
{
	char line[128];
	long kib = -1;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, field, strlen(field)) == 0)
			kib = strtol(line + strlen(field), NULL, 10);
	if (f)
		fclose(f);
	return kib;
}

/* Everything that is allocated per rule: slabs, vmalloc, per-CPU memory. */
static long memory(void)
{
	return meminfo("SUnreclaim:") + meminfo("VmallocUsed:") + meminfo("Percpu:");
}

/* The same when it is at most `enough`, or does not change any more: memory is
 * freed after grace periods, bit by bit. */
static long memory_settled(long enough)
{
	long last = memory(), before;
	int same = 0;

	for (int i = 0; i < 60 && same < 8 && last > enough; i++) {
		pause_ms(150);
		before = last;
		last = memory();
		same = labs(last - before) < 32 ? same + 1 : 0;
	}
	return last;
}

static void many(void)
{
	enum { N = 10000, ROUNDS = 10 };
	/* KASAN keeps what is freed for a while. */
	const char *spare = getenv("SPARE_KIB");
	const long spare_kib = spare ? atol(spare) : 1500;
	long first = 0, last = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct client c;
		int wrong = 0;

		command("add 0");
		CHECK(client_open(&c, 0) == 0 &&
		      client_hello(&c, RTPE_KERNEL_HOOK_INPUT, N, 0) == 0);
		for (uint32_t i = 0; i < N; i++)
			wrong += port_open(&c, i, i & 1 ? B4 : A4, (uint16_t)(30000 + i)) != 0;
		for (uint32_t i = 0; i < N; i++) {
			struct draft d;

			draft_init(&d, i & 1 ? N2_4 : N1_4, 4000);
			draft_output(&d, i ^ 1, i & 1 ? N1_4 : N2_4, 4000);
			wrong += draft_set(&c, i, &d) != 0;
		}
		CHECK(wrong == 0);
		client_close(&c);
		CHECK(command("del 0") == 0);
		/* The first rounds fill caches. */
		if (round == 1)
			first = memory_settled(0);
	}
	/* 10,000 ports and rules are 20 MB: a hundredth of them eight times. */
	last = memory_settled(first + spare_kib);
	if (!CHECK(last - first <= spare_kib))
		printf("    grown from %ld to %ld KiB\n", first, last);
}

const struct test stress_tests[] = {
	{ "ports and rules under traffic", churn },
	{ "tables under traffic", removal },
	{ "a daemon that dies, and its lease", lease },
	{ "the end of a network namespace", namespace_end },
	{ "10,000 rules, ten times, and the memory is back", many },
	{ NULL, NULL },
};
