/* SPDX-License-Identifier: MIT */
/*
 * Runs the tests of the module, inside the virtual machine: see run.sh.
 *
 *   module_test         all tests
 *   module_test fuzz    the fuzzed messages alone
 *   module_test load    holds a table with traffic until it is killed
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "stage.h"

static int run(const struct test *tests, int *passed)
{
	int failed = 0;

	for (; tests->name; tests++) {
		int before = failures;

		tests->run();
		printf("%s %s\n", failures == before ? "ok  " : "FAIL", tests->name);
		fflush(stdout);
		if (failures == before)
			++*passed;
		else
			failed++;
	}
	return failed;
}

/* For rmmod: an open control file, mapped counters, hooks, and packets. */
static int load(void)
{
	struct client c;
	struct draft d;
	uint8_t packet[64];
	int fd = sock(N1, N1_4, 4000);

	command("add 0");
	draft_init(&d, N1_4, 4000);
	draft_output(&d, 1, N2_4, 4002);
	if (client_open(&c, 0) || client_hello(&c, RTPE_KERNEL_HOOK_INPUT, 4, 0) ||
	    client_map(&c) || port_open(&c, 0, A4, 30000) || port_open(&c, 1, B4, 30000) ||
	    draft_set(&c, 0, &d))
		return 1;
	for (uint16_t seq = 0, told = 0;; seq++) {
		send_to(fd, A4, 30000, packet, rtp(packet, 0, seq, 1));
		if (c.counters[1].tx_packets >= 100 && !told) {
			told = 1;
			printf("forwarding\n");
			fflush(stdout);
		}
	}
}

int main(int argc, char **argv)
{
	int passed = 0, failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], "load") == 0)
		return load();
	failed = run(fuzz_tests, &passed);
	if (argc > 1 && strcmp(argv[1], "fuzz") == 0)
		goto out;
	failed += run(control_tests, &passed);
	failed += run(forward_tests, &passed);
	failed += run(feature_tests, &passed);
	failed += run(srtp_tests, &passed);
	failed += run(stress_tests, &passed);
out:
	printf("tests: passed %d, failed %d\n", passed, failed);
	return failed != 0;
}
