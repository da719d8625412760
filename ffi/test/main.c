/* SPDX-License-Identifier: MIT */
/* Runs the suites in a network namespace of its own. Arguments: names of
 * suites, or nothing for all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net.h"

static const struct suite *const suites[] = {
	&suite_classify, &suite_checksum, &suite_ring, &suite_learn, &suite_stats,
	&suite_rule, &suite_api, &suite_ctl, &suite_steer, &suite_sockets,
	&suite_steer_ports, &suite_sockets_ports,
	&suite_steer_traffic, &suite_sockets_traffic, &suite_rtnl, &suite_route, &suite_l2,
	&suite_counters_file, &suite_steer_srtp, &suite_sockets_srtp, &suite_srtp,
	&suite_srtp_restore, &suite_vectors, &suite_punts, &suite_wipe, &suite_dtls, &suite_restore, &suite_ext, &suite_bundle,
	&suite_rtcp_names, &suite_steer_mux, &suite_sockets_mux,
	&suite_steer_capture, &suite_sockets_capture,
	&suite_steer_edit, &suite_sockets_edit, &suite_taken, &suite_kernel, &suite_kernel_sum,
};

static jmp_buf failed;

void check_failed(const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("    %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	longjmp(failed, 1);
}

static int wanted(const struct suite *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], s->name) == 0)
			return 1;
	return argc == 1;
}

static const char *outcome;

static int run(const struct test *t)
{
	outcome = "FAIL";
	if (setjmp(failed))
		return 0;
	t->func();
	outcome = "ok";
	return 1;
}

int main(int argc, char **argv)
{
	int n_passed = 0, n_failed = 0, n_skipped = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	net_enter();
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		const struct suite *s = suites[i];
		const char *why;

		if (!wanted(s, argc, argv))
			continue;
		why = s->skip ? s->skip() : NULL;
		if (why)
			printf("%s: skipped: %s\n", s->name, why);
		for (const struct test *t = s->tests; t->name; t++) {
			if (why) {
				n_skipped++;
				continue;
			}
			if (run(t))
				n_passed++;
			else
				n_failed++;
			printf("%-5s %s: %s\n", outcome, s->name, t->name);
		}
	}
	if (n_skipped)
		printf("%d passed, %d failed, %d skipped\n", n_passed, n_failed, n_skipped);
	else
		printf("%d passed, %d failed\n", n_passed, n_failed);
	return n_failed != 0;
}
