/* SPDX-License-Identifier: MIT */
/* What a process leaves in the kernel module, and who comes after it finds. */
#include "kernel_stage.h"

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

static void marks_are_told(void)
{
	struct rtpe_kernel_hello hello;

	for (uint32_t mark = 0; mark <= 0x7274; mark += 0x7274) {
		struct rtpe_offload_opts o;
		char err[256];

		prepare();
		table_appears();
		o = opts_of(0);
		o.mark = mark;
		CHECK_EQ(rtpe_offload_open(core, &o, err, sizeof(err)), 0);
		CHECK_EQ(heard[0].head.type, RTPE_KERNEL_HELLO);
		memcpy(&hello, heard[0].body, sizeof(hello));
		CHECK_EQ(hello.mark, mark);
		CHECK_EQ(hello.mark_mask, mark ? 0xffffffff : 0);
		open_ports();
		stop();
	}
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
	{ "a table is taken over", a_table_is_taken_over },
	{ "the mark of packets is told", marks_are_told },
	{ "a list of ports that lies is not believed", a_list_that_lies },
	{ "the table is deleted at the end", its_table_is_deleted },
	{ "who is killed leaves the module as it is", who_is_killed_says_nothing },
	{ "what it counted where it is no more outlives the process",
	  what_it_left_is_in_the_file },
	END_OF_TESTS
};

const struct suite suite_kernel_heirs = { "kernel-heirs", tests, net_skip };
