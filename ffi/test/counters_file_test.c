/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "counters_file.h"
#include "net.h"

static char dir[] = "/tmp/rtpe-counters-XXXXXX";
static char path[64];

static void scratch(void)
{
	memcpy(dir, "/tmp/rtpe-counters-XXXXXX", sizeof(dir));
	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/counters", dir);
}

static void tidy(void)
{
	unlink(path);
	rmdir(dir);
}

static struct rtpe_core *core_with_file(char *err, uint32_t len)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = RTPE_MODE_SOCKETS, .threads = 1,
		.max_slots = 1000, .punt_ring_bytes = 65536, .ctl_ring_bytes = 262144,
		.punt_rate = 50,
	};

	snprintf(opts.counters_path, sizeof(opts.counters_path), "%s", path);
	return rtpe_core_new(&opts, err, len);
}

static void test_file_has_the_counters_after_the_end(void)
{
	struct rtpe_addr local = { .family = 4, .ip = { 127, 0, 0, 1 }, .port = 41000 };
	struct rtpe_counters c;
	struct rtpe_core *core;
	char err[256] = "";
	struct stat st;
	FILE *f;
	int slot;

	scratch();
	core = core_with_file(err, sizeof(err));
	CHECK(core != NULL);
	slot = rtpe_port_open(core, &local);
	CHECK(slot >= 0);
	rtpe_core_free(core);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_size, (off_t)(1000 * (sizeof(c) + sizeof(struct rtpe_srtp_port) +
					     COUNTERS_LEFT)));
	CHECK_EQ(st.st_mode & 0777, 0600);
	f = fopen(path, "rb");
	CHECK(f != NULL);
	CHECK_EQ(fseek(f, (long)((size_t)slot * sizeof(c)), SEEK_SET), 0);
	CHECK_EQ(fread(&c, sizeof(c), 1, f), 1u);
	fclose(f);
	CHECK_EQ(c.generation, 1);
	CHECK(c.opened_us > 0);
	tidy();
}

static void test_blocks_are_there_before_they_are_written(void)
{
	struct counters_file file = { .fd = -1 };
	struct stat st;

	scratch();
	CHECK_EQ(counters_map(&file, path, 1000), 0);
	CHECK_EQ(counters_reserve(&file, 0), 0);
	CHECK_EQ(file.reserved, 256);
	CHECK_EQ(counters_reserve(&file, 255), 0);
	CHECK_EQ(file.reserved, 256);
	CHECK_EQ(fstat(file.fd, &st), 0);
	CHECK((size_t)st.st_blocks * 512 >= 256 * sizeof(struct rtpe_counters));
	CHECK_EQ(counters_reserve(&file, 999), 0);
	CHECK_EQ(file.reserved, 1000);
	CHECK_EQ(counters_reserve_srtp(&file, 999), 0);
	memset(&file.srtp[999], 1, sizeof(file.srtp[999]));
	CHECK_EQ(counters_reserve_left(&file, 999), 0);
	memset(file.left + (size_t)999 * COUNTERS_LEFT, 1, COUNTERS_LEFT);
	CHECK_EQ(fstat(file.fd, &st), 0);
	CHECK_EQ(st.st_size, file.left + (size_t)1000 * COUNTERS_LEFT -
			     (uint8_t *)file.counters);
	counters_unmap(&file);
	tidy();
}

static void test_what_is_there_is_left_alone(void)
{
	char err[256] = "";
	FILE *f;

	scratch();
	f = fopen(path, "w");
	CHECK(f != NULL);
	fputs("mine", f);
	fclose(f);
	CHECK(core_with_file(err, sizeof(err)) == NULL);
	CHECK(strstr(err, path) != NULL);
	unlink(path);
	CHECK_EQ(symlink("elsewhere", path), 0);
	CHECK(core_with_file(err, sizeof(err)) == NULL);
	tidy();
}

static void test_a_path_without_end_is_refused(void)
{
	struct rtpe_core_opts opts = {
		.size = sizeof(opts), .mode = RTPE_MODE_SOCKETS, .threads = 1,
		.max_slots = 4, .punt_ring_bytes = 65536, .ctl_ring_bytes = 262144,
	};
	char err[256] = "";

	memset(opts.counters_path, 'x', sizeof(opts.counters_path));
	CHECK(rtpe_core_new(&opts, err, sizeof(err)) == NULL);
	CHECK(strstr(err, "too long") != NULL);
}

static const struct test tests[] = {
	{ "the file has the counters after the end", test_file_has_the_counters_after_the_end },
	{ "blocks are there before they are written",
	  test_blocks_are_there_before_they_are_written },
	{ "what is there is left alone", test_what_is_there_is_left_alone },
	{ "a path without end is refused", test_a_path_without_end_is_refused },
	END_OF_TESTS,
};

const struct suite suite_counters_file = { "counters_file", tests, NULL };
