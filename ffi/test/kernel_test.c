/* SPDX-License-Identifier: MIT */
/*
 * When streams are handed to the kernel module and taken back, by what the core
 * tells it. The module is a list of messages here, and a file of counters.
 */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "kernel_source.h"
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
static int answer[RTPE_KERNEL_TRACKS_SET + 1];

static ssize_t fake_write(int fd, const void *buf, size_t len)
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

static unsigned count_of(uint16_t type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < n_heard; i++)
		n += heard[i].head.type == type;
	return n;
}

static const struct rtpe_rule *last_rule(void)
{
	for (unsigned i = n_heard; i-- > 0;)
		if (heard[i].head.type == RTPE_KERNEL_RULE_SET)
			return (const struct rtpe_rule *)(const void *)heard[i].body;
	return NULL;
}

static void path(char *to, const char *file)
{
	snprintf(to, 128, "%s/%s", proc, file);
}

static void put_file(const char *name, const void *bytes, size_t len)
{
	char at[128];
	int fd;

	path(at, name);
	fd = open(at, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

static void table_appears(void)
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

static struct rtpe_offload_opts opts_of(uint32_t adopt)
{
	struct rtpe_offload_opts o = {
		.size = sizeof(o), .table = TABLE, .slots = PLACES, .lease_ms = 1000,
		.adopt = adopt,
	};

	snprintf(o.proc, sizeof(o.proc), "%s", proc);
	return o;
}

static int take_table(uint32_t adopt)
{
	struct rtpe_offload_opts o = opts_of(adopt);
	char err[256];

	return rtpe_offload_open(core, &o, err, sizeof(err));
}

static void prepare(void)
{
	snprintf(proc, sizeof(proc), "/tmp/rtpe-kernel-XXXXXX");
	CHECK(mkdtemp(proc) != NULL);
	put_file("control", "", 0);
	kernel_write = fake_write;
	memset(answer, 0, sizeof(answer));
	n_heard = 0;
	core = core_of_mode(RTPE_MODE_SOCKETS, 1);
}

static void open_ports(void)
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

static void start(void)
{
	prepare();
	table_appears();
	CHECK_EQ(take_table(0), 0);
	open_ports();
}

static void install(void)
{
	CHECK_EQ(rules_set(core, a, &rules_a), 0);
	CHECK_EQ(rules_set(core, b, &rules_b), 0);
}

static void stop(void)
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

static uint64_t received(int slot)
{
	return __atomic_load_n(&rtpe_counters(core)[slot].rx_packets, __ATOMIC_RELAXED);
}

static void send_from(int peer, uint16_t port, uint16_t seq, int slot)
{
	struct rtpe_addr to = addr_of("127.0.0.1", port);
	uint64_t before = received(slot);
	uint8_t buf[172];

	peer_send(peer, &to, buf, make_rtp(buf, sizeof(buf), seq, 7));
	wait_rx(core, slot, before + 1);
}

/* Both have been heard from where they said they would send. */
static void talk(void)
{
	send_from(peer_a, 41000, 1, a);
	send_from(peer_b, 41002, 1, b);
}

static uint8_t why(int slot)
{
	return rtpe_offload_slots(core)[slot].why;
}

static void tick(void)
{
	rtpe_offload_tick(core, NULL);
	/* Who waited for the other is woken by the first. */
	rtpe_offload_tick(core, NULL);
}

static void start_in_kernel(void)
{
	start();
	install();
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
}

/* Place of a slot's port in the module. */
static struct rtpe_counters *of(int slot)
{
	CHECK(core->kernel->ports[slot].place > 0);
	return &module[core->kernel->ports[slot].place - 1];
}

static struct rtpe_counters sum_of(int slot, struct rtpe_offload_share *share)
{
	struct rtpe_counters sum;

	CHECK_EQ(rtpe_counters_sum(core, (uint32_t)slot, &sum, share), 0);
	return sum;
}

/* ---- going there ------------------------------------------------------------ */

static void goes_when_learned(void)
{
	const struct rtpe_rule *r;

	start();
	install();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_OPEN), 0);
	send_from(peer_a, 41000, 1, a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_SINK_LEARNING);
	send_from(peer_b, 41002, 1, b);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_SET), 2);
	r = last_rule();
	CHECK_EQ(r->learning, RTPE_LEARN_OFF);
	CHECK(r->remote.port == 42000 || r->remote.port == 42002);
	stop();
}

static void one_way_does_not_wait(void)
{
	start();
	rules_a.rule.flags |= RTPE_RULE_ONE_WAY;
	install();
	send_from(peer_a, 41000, 1, a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK(!(last_rule()->flags & RTPE_RULE_ONE_WAY));
	stop();
}

static void handover_comes_up(void)
{
	start();
	rules_a.rule.source_action = RTPE_SOURCE_HANDOVER;
	rules_b.rule.source_action = RTPE_SOURCE_HANDOVER;
	install();
	talk();
	tick();
	CHECK_EQ(last_rule()->source_action, RTPE_SOURCE_DROP);
	CHECK(last_rule()->punt & RTPE_CLASS_BAD_SOURCE);
	stop();
}

static void what_is_read_stays(void)
{
	start();
	rules_a.rule.flags |= RTPE_RULE_RTCP;
	rules_a.rule.punt = RTPE_CLASS_RTCP;
	rules_a.out[0].match = RTPE_CLASS_RTCP;
	rules_b.rule.n_outputs = 0;
	install();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_READ);
	CHECK_EQ(why(b), RTPE_WHY_NOWHERE);
	stop();
}

static void refusals_have_reasons(void)
{
	static const struct { int err; uint8_t why; } cases[] = {
		{ -EOPNOTSUPP, RTPE_WHY_UNSUPPORTED }, { -ENOMEM, RTPE_WHY_FULL },
		{ -EINVAL, RTPE_WHY_REFUSED },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start();
		install();
		answer[RTPE_KERNEL_RULE_SET] = cases[i].err;
		talk();
		tick();
		CHECK_EQ(why(a), cases[i].why);
		/* Still forwarded here. */
		send_from(peer_a, 41000, 2, a);
		CHECK_EQ(sum_of(a, NULL).rx_errors, 0);
		stop();
	}
}

static void a_full_table_is_tried_again(void)
{
	start();
	install();
	answer[RTPE_KERNEL_PORT_OPEN] = -ENOMEM;
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_FULL);
	answer[RTPE_KERNEL_PORT_OPEN] = 0;
	core->kernel->next_probe = 0;
	tick();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	stop();
}

/* ---- and coming back -------------------------------------------------------- */

static void comes_back_to_learn(void)
{
	start_in_kernel();
	rules_a.rule.flags |= RTPE_RULE_RELEARN;
	n_heard = 0;
	install();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	/* Its other end has to wait for it, too. */
	CHECK_EQ(why(b), RTPE_WHY_SINK_LEARNING);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 2);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
	stop();
}

static void a_changed_rule_is_replaced(void)
{
	start_in_kernel();
	n_heard = 0;
	rules_a.rule.pt_allow[0] = 1;
	install();
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 0);
	CHECK(count_of(RTPE_KERNEL_RULE_SET) >= 1);
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	stop();
}

static void a_cleared_rule_is_cleared(void)
{
	start_in_kernel();
	n_heard = 0;
	CHECK_EQ(rtpe_rule_clear(core, (uint32_t)a), 0);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 1);
	CHECK_EQ(why(a), RTPE_WHY_NO_RULE);
	stop();
}

static void a_closed_port_is_closed(void)
{
	start_in_kernel();
	n_heard = 0;
	of(a)->rx_packets = 100;
	rtpe_port_close(core, (uint32_t)a);
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_CLOSE), 1);
	/* What was counted can still be read. */
	CHECK_EQ(sum_of(a, NULL).rx_packets, 101);
	stop();
}

/* ---- what goes wrong -------------------------------------------------------- */

static void a_module_that_goes(void)
{
	struct rtpe_offload_status status;
	char at[128];

	start_in_kernel();
	of(a)->rx_packets = 50;
	answer[RTPE_KERNEL_RULE_CLEAR] = -EIO;
	path(at, "5/control");
	CHECK_EQ(unlink(at), 0);
	core->kernel->next_probe = 0;
	rtpe_offload_tick(core, &status);
	CHECK_EQ(status.up, 0);
	CHECK_EQ(why(a), RTPE_WHY_NO_MODULE);
	CHECK_EQ(sum_of(a, NULL).rx_packets, 51);
	send_from(peer_a, 41000, 2, a);
	munmap(module, PLACES * sizeof(*module));
	table_appears();
	answer[RTPE_KERNEL_RULE_CLEAR] = 0;
	core->kernel->next_probe = 0;
	rtpe_offload_tick(core, &status);
	tick();
	CHECK_EQ(status.up, 1);
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(sum_of(a, NULL).rx_packets, 52);
	stop();
}

/* Where who comes after a process that is killed finds it. */
static void what_it_left_is_in_the_file(void)
{
	struct rtpe_addr again = addr_of("127.0.0.1", 41000);
	struct rtpe_counters *left;

	start_in_kernel();
	left = (void *)(core->counters_file.left + (size_t)a * COUNTERS_LEFT);
	CHECK_EQ(left->rx_packets, 0);
	for (unsigned i = 1; i <= 2; i++) {
		of(a)->rx_packets = 50;
		of(a)->last_rx_us = 1000 + i;
		kernel_displace(core, &core->slots[a]);
		CHECK_EQ(left->rx_packets, 50 * i);
		CHECK_EQ(left->last_rx_us, 1000 + i);
		kernel_wake(core, &core->slots[a]);
		tick();
		CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	}
	/* The next call's port has nothing of it. */
	CHECK_EQ(rtpe_port_close(core, (uint32_t)a), 0);
	kernel_slot_opened(core, &core->slots[a]);
	CHECK_EQ(left->rx_packets, 0);
	CHECK_EQ(left->last_rx_us, 0);
	a = rtpe_port_open(core, &again);
	CHECK(a >= 0);
	stop();
}

static void packets_that_miss_it(void)
{
	start_in_kernel();
	for (uint16_t i = 0; i < KERNEL_STRAYS; i++)
		send_from(peer_a, 41000, (uint16_t)(2 + i), a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_MISSED);
	CHECK_EQ(core->kernel->status.missed, 1);
	of(a)->rx_packets = 5;
	core->kernel->next_probe = 0;
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(core->kernel->status.missed, 0);
	stop();
}

static void no_module(void)
{
	struct rtpe_offload_opts o;
	char err[256];

	prepare();
	peer_a = peer_b = -1;
	module = mmap(NULL, PLACES * sizeof(*module), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_EQ(take_table(0), -ENOENT);
	o = opts_of(0);
	o.patient = 1;
	CHECK_EQ(rtpe_offload_open(core, &o, err, sizeof(err)), 0);
	CHECK(err[0] != '\0');
	stop();
}

/* ---- counters ---------------------------------------------------------------- */

static void sums_are_of_both(void)
{
	struct rtpe_offload_share share;
	struct rtpe_counters sum;

	start_in_kernel();
	of(a)->rx_packets = 30;
	of(a)->rx_bytes = 3000;
	of(a)->last_rx_us = ~(rtpe_u64)0 >> 1;
	of(a)->ssrc[0] = source(2, 30);
	sum = sum_of(a, &share);
	CHECK_EQ(sum.rx_packets, 31);
	CHECK_EQ(share.rx_packets, 30);
	CHECK_EQ(sum.ssrc[0].packets, 31);
	CHECK_EQ(lost(&sum.ssrc[0]), 0);
	CHECK_EQ(rtpe_counters_last_rx(core, (uint32_t)a), of(a)->last_rx_us);
	CHECK_EQ(rtpe_counters_sum(core, 1u << 30, &sum, NULL), -EBADF);
	stop();
}

static void sources_go_on(void)
{
	struct rtpe_counters sum;

	start_in_kernel();
	of(a)->rx_packets = 30;
	of(a)->ssrc[0] = source(2, 30);
	CHECK_EQ(rtpe_rule_clear(core, (uint32_t)a), 0);
	sum = sum_of(a, NULL);
	CHECK_EQ(sum.ssrc[0].packets, 31);
	install();
	/* Sequence numbers of the module's time are not lost ones. */
	send_from(peer_a, 41000, 32, a);
	sum = sum_of(a, NULL);
	CHECK_EQ(sum.ssrc[0].packets, 32);
	CHECK_EQ(lost(&sum.ssrc[0]), 0);
	CHECK_EQ(sum.rx_packets, 32);
	n_heard = 0;
	tick();
	/* There they begin anew. */
	CHECK_EQ(count_of(RTPE_KERNEL_TRACKS_SET), 1);
	stop();
}

/* ---- taking over, letting go ------------------------------------------------- */

static struct rtpe_kernel_port left(uint32_t place, uint16_t port, uint32_t has_rule)
{
	return (struct rtpe_kernel_port){
		.size = sizeof(struct rtpe_kernel_port), .slot = place,
		.local = addr_of("127.0.0.1", port), .has_rule = has_rule,
	};
}

static void a_table_is_taken_over(void)
{
	struct rtpe_kernel_port records[] = {
		left(9, 41000, 1), left(3, 41002, 1), left(7, 41004, 0),
	};

	prepare();
	table_appears();
	put_file("5/blist", records, sizeof(records));
	CHECK_EQ(take_table(1), 0);
	module[9].rx_packets = 77;
	open_ports();
	CHECK_EQ(sum_of(a, NULL).rx_packets, 77);
	n_heard = 0;
	rules_a.rule.learning = rules_b.rule.learning = RTPE_LEARN_OFF;
	install();
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 0);
	CHECK_EQ(rtpe_offload_adopted(core), 1);
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_CLOSE), 1);
	tick();
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_OPEN), 0);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_SET), 2);
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(of(a) - module, 9);
	stop();
}

static void a_list_that_lies(void)
{
	struct rtpe_kernel_port record = left(PLACES, 41000, 1);

	prepare();
	peer_a = peer_b = -1;
	table_appears();
	put_file("5/blist", &record, sizeof(record));
	CHECK_EQ(take_table(1), -EPROTO);
	stop();
}

static void its_table_is_deleted(void)
{
	char at[128], text[16] = "";
	int fd;

	start_in_kernel();
	n_heard = 0;
	CHECK_EQ(rtpe_offload_close(core, 0), 0);
	path(at, "control");
	fd = open(at, O_RDONLY);
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	CHECK(strcmp(text, "del 5") == 0);
	stop();
	CHECK_EQ(n_heard, 0);
}

static void who_is_killed_says_nothing(void)
{
	start_in_kernel();
	n_heard = 0;
	stop();
	CHECK_EQ(n_heard, 0);
}

static const struct test tests[] = {
	{ "a stream goes to the module when both ends are learned", goes_when_learned },
	{ "one-way media does not wait for who never sends", one_way_does_not_wait },
	{ "packets of who takes over come up", handover_comes_up },
	{ "what is read here, or goes nowhere, stays", what_is_read_stays },
	{ "a refusal has a reason, and loses nothing", refusals_have_reasons },
	{ "a full table is tried again", a_full_table_is_tried_again },
	{ "a stream comes back to learn", comes_back_to_learn },
	{ "a changed rule is replaced where it is", a_changed_rule_is_replaced },
	{ "a cleared rule is cleared there", a_cleared_rule_is_cleared },
	{ "a closed port is closed there, and its counters stay", a_closed_port_is_closed },
	{ "a module that goes, and is back", a_module_that_goes },
	{ "packets that miss the module are noticed", packets_that_miss_it },
	{ "no module is a reason not to start, unless one is patient", no_module },
	{ "sums are of both", sums_are_of_both },
	{ "sources go on where the module was", sources_go_on },
	{ "what it counted where it is no more outlives the process",
	  what_it_left_is_in_the_file },
	{ "a table is taken over", a_table_is_taken_over },
	{ "a list of ports that lies is not believed", a_list_that_lies },
	{ "the table is deleted at the end", its_table_is_deleted },
	{ "who is killed leaves the module as it is", who_is_killed_says_nothing },
	END_OF_TESTS
};

const struct suite suite_kernel = { "kernel", tests, net_skip };
