/* SPDX-License-Identifier: MIT */
/* Runs the suites in a network namespace of its own. Arguments: names of
 * suites, or nothing for all. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "net.h"

static const struct suite *const suites[] = {
	&suite_classify, &suite_checksum, &suite_ring, &suite_learn, &suite_stats,
	&suite_rule, &suite_api, &suite_ctl, &suite_steer, &suite_sockets,
	&suite_steer_ports, &suite_sockets_ports,
	&suite_steer_traffic, &suite_sockets_traffic, &suite_rtnl, &suite_route, &suite_l2,
	&suite_counters_file, &suite_steer_srtp, &suite_sockets_srtp, &suite_srtp,
	&suite_srtp_restore, &suite_vectors, &suite_punts, &suite_wipe, &suite_dtls, &suite_dtls_link,
	&suite_restore, &suite_ext, &suite_bundle,
	&suite_rtcp_names, &suite_steer_mux, &suite_sockets_mux,
	&suite_steer_capture, &suite_sockets_capture,
	&suite_steer_edit, &suite_sockets_edit, &suite_taken, &suite_kernel,
	&suite_kernel_sum, &suite_kernel_heirs,
};

/* Where the process that runs a suite stands: what it leaves when a test ends it. */
static struct progress {
	int at;			/* the test that runs, or is next */
	int n_passed;
} *progress;

void check_failed(const char *file, int line, const char *format, ...)
{
	va_list args;

	printf("    %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	/* What the test had open goes with the process, its threads as well. */
	_exit(1);
}

static int wanted(const struct suite *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], s->name) == 0)
			return 1;
	return argc == 1;
}

/* Runs tests until all are done or one fails. Ends with exit(), so that
 * leaks are looked for. */
static void run_from(const struct suite *s)
{
	for (; s->tests[progress->at].name; progress->at++) {
		s->tests[progress->at].func();
		progress->n_passed++;
		printf("%-5s %s: %s\n", "ok", s->name, s->tests[progress->at].name);
	}
	exit(0);
}

/* Each suite has a process, and another one after a test that failed: no test
 * finds ports or threads of another. Returns how many failed. */
static int run_suite(const struct suite *s)
{
	int n_failed = 0;

	progress->at = 0;
	for (;;) {
		pid_t child = fork();
		int status = -1;

		if (child == 0)
			run_from(s);
		if (child < 0 || waitpid(child, &status, 0) != child) {
			perror("a suite cannot be run");
			exit(2);
		}
		if (status == 0)
			return n_failed;
		n_failed++;
		if (WIFSIGNALED(status))
			printf("    ended by signal %d\n", WTERMSIG(status));
		if (!s->tests[progress->at].name) {
			printf("%-5s %s: the end, with what is left behind\n", "FAIL", s->name);
			return n_failed;
		}
		printf("%-5s %s: %s\n", "FAIL", s->name, s->tests[progress->at++].name);
	}
}

int main(int argc, char **argv)
{
	int n_failed = 0, n_skipped = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED) {
		perror("mmap");
		return 2;
	}
	net_enter();
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		const struct suite *s = suites[i];
		const char *why;

		if (!wanted(s, argc, argv))
			continue;
		why = s->skip ? s->skip() : NULL;
		if (!why) {
			n_failed += run_suite(s);
			continue;
		}
		printf("%s: skipped: %s\n", s->name, why);
		for (const struct test *t = s->tests; t->name; t++)
			n_skipped++;
	}
	if (n_skipped)
		printf("%d passed, %d failed, %d skipped\n", progress->n_passed, n_failed,
		       n_skipped);
	else
		printf("%d passed, %d failed\n", progress->n_passed, n_failed);
	return n_failed != 0;
}
