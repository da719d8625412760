/* SPDX-License-Identifier: MIT */
/* A module that is a list of messages and a file of counters, and a call. */
#ifndef RTPE_KERNEL_STAGE_H
#define RTPE_KERNEL_STAGE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "kernel.h"
#include "net.h"

enum { PLACES = 32, TABLE = 5, LOG = 64 };

static struct rtpe_core *core;
static int a, b, peer_a, peer_b;
static struct rules rules_a, rules_b;
static char proc[64];
static struct rtpe_counters *module;	/* its counters */

/* What was written, and what is answered to messages of a type. */
static struct {
	struct rtpe_kernel_msg head;
	uint8_t body[sizeof(struct rtpe_rule) + 4 * sizeof(struct rtpe_output)];
} heard[LOG];
static unsigned n_heard;
static int answer[RTPE_KERNEL_SRTP_CLAIM + 1];

static inline ssize_t fake_write(int fd, const void *buf, size_t len)
{
	const struct rtpe_kernel_msg *m = buf;

	(void)fd;
	if (answer[m->type]) {
		errno = -answer[m->type];
		return -1;
	}
	/* What asks whether it is alive. */
	if (m->type == RTPE_KERNEL_RULE_CLEAR && m->slot == PLACES)
		return (ssize_t)len;
	if (n_heard < LOG) {
		size_t n = len - sizeof(*m);

		heard[n_heard].head = *m;
		memcpy(heard[n_heard++].body, m + 1,
		       n < sizeof(heard[0].body) ? n : sizeof(heard[0].body));
	}
	return (ssize_t)len;
}

static inline unsigned count_of(uint16_t type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < n_heard; i++)
		n += heard[i].head.type == type;
	return n;
}

static inline const struct rtpe_rule *last_rule(void)
{
	for (unsigned i = n_heard; i-- > 0;)
		if (heard[i].head.type == RTPE_KERNEL_RULE_SET)
			return (const struct rtpe_rule *)(const void *)heard[i].body;
	return NULL;
}

static inline void path(char *to, const char *file)
{
	snprintf(to, 128, "%s/%s", proc, file);
}

static inline void put_file(const char *name, const void *bytes, size_t len)
{
	char at[128];
	int fd;

	path(at, name);
	fd = open(at, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

static inline void table_appears(void)
{
	char at[128];
	int fd;

	path(at, "5");
	mkdir(at, 0700);
	path(at, "5/control");
	fd = open(at, O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, PLACES * sizeof(*module)) == 0);
	module = mmap(NULL, PLACES * sizeof(*module), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(module != MAP_FAILED);
	close(fd);
}

static inline struct rtpe_offload_opts opts_of(uint32_t adopt)
{
	struct rtpe_offload_opts o = {
		.size = sizeof(o), .table = TABLE, .slots = PLACES, .lease_ms = 1000,
		.adopt = adopt,
	};

	snprintf(o.proc, sizeof(o.proc), "%s", proc);
	return o;
}

static inline int take_table(uint32_t adopt)
{
	struct rtpe_offload_opts o = opts_of(adopt);
	char err[256];

	return rtpe_offload_open(core, &o, err, sizeof(err));
}

static inline void prepare(void)
{
	snprintf(proc, sizeof(proc), "/tmp/rtpe-kernel-XXXXXX");
	CHECK(mkdtemp(proc) != NULL);
	put_file("control", "", 0);
	kernel_write = fake_write;
	memset(answer, 0, sizeof(answer));
	n_heard = 0;
	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
}

static inline void open_ports(void)
{
	a = open_port(core, "127.0.0.1", 41000);
	b = open_port(core, "127.0.0.1", 41002);
	peer_a = peer_open("127.0.0.1", 42000);
	peer_b = peer_open("127.0.0.1", 42002);
	rules_init(&rules_a);
	rules_init(&rules_b);
	rules_a.rule.remote = addr_of("127.0.0.1", 42000);
	rules_b.rule.remote = addr_of("127.0.0.1", 42002);
	rules_follow(&rules_a, b);
	rules_follow(&rules_b, a);
}

static inline void start(void)
{
	prepare();
	table_appears();
	CHECK_EQ(take_table(0), 0);
	open_ports();
}

static inline void install(void)
{
	CHECK_EQ(rules_set(core, a, &rules_a), 0);
	CHECK_EQ(rules_set(core, b, &rules_b), 0);
}

static inline void stop(void)
{
	char line[160];

	rtpe_core_free(core);
	peer_close(peer_a);
	peer_close(peer_b);
	munmap(module, PLACES * sizeof(*module));
	kernel_write = write;
	snprintf(line, sizeof(line), "rm -r %s", proc);
	CHECK_EQ(system(line), 0);
}

static inline uint64_t received(int slot)
{
	return __atomic_load_n(&rtpe_counters(core)[slot].rx_packets, __ATOMIC_RELAXED);
}

static inline void send_from(int peer, uint16_t port, uint16_t seq, int slot)
{
	struct rtpe_addr to = addr_of("127.0.0.1", port);
	uint64_t before = received(slot);
	uint8_t buf[172];

	peer_send(peer, &to, buf, make_rtp(buf, sizeof(buf), seq, 7));
	wait_rx(core, slot, before + 1);
}

/* Both have been heard from where they said they would send. */
static inline void talk(void)
{
	send_from(peer_a, 41000, 1, a);
	send_from(peer_b, 41002, 1, b);
}

static inline uint8_t why(int slot)
{
	return rtpe_offload_slots(core)[slot].why;
}

static inline void tick(void)
{
	rtpe_offload_tick(core, NULL);
	/* Who waited for the other is woken by the first. */
	rtpe_offload_tick(core, NULL);
}

static inline void start_in_kernel(void)
{
	start();
	install();
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
}

/* Place of a slot's port in the module. */
static inline struct rtpe_counters *of(int slot)
{
	CHECK(core->kernel->ports[slot].place > 0);
	return &module[core->kernel->ports[slot].place - 1];
}

static inline struct rtpe_counters sum_of(int slot, struct rtpe_offload_share *share)
{
	struct rtpe_counters sum;

	CHECK_EQ(rtpe_counters_sum(core, (uint32_t)slot, &sum, share), 0);
	return sum;
}

#endif
