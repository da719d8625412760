/* SPDX-License-Identifier: MIT */
/*
 * A core's whole life, again and again: each time another allocation or system
 * call of it fails, until a life comes through without reaching the one that
 * would. Nothing may crash, hang or be left behind, and the next life must not
 * notice.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include "check.h"
#include "fault.h"
#include "net.h"
#include "scenario.h"

enum {
	MAX_WALK = 2000,
	SETTLE_MS = 2000,
	ALONE = 3,			/* entries of a process of one thread: . and .. */
};

struct walk {
	const char *name;
	enum fault kind;
	uint32_t mode;
	void (*life)(uint32_t mode);
};

/* An engine chosen by itself does without steering when that fails. */
#define LIVES(mode, what, run)                                                           \
	{ what ": an allocation that fails is survived", FAULT_MEMORY, mode, run },      \
	{ what ": a socket that cannot be had is survived", FAULT_SOCKET, mode, run },   \
	{ what ": a socket option refused is survived", FAULT_OPTION, mode, run },       \
	{ what ": a descriptor that cannot be had is survived", FAULT_DESCRIPTOR, mode, run }, \
	{ what ": a descriptor epoll refuses is survived", FAULT_EPOLL, mode, run },     \
	{ what ": a thread that cannot start is survived", FAULT_THREAD, mode, run },    \
	{ what ": a datagram that cannot be sent is survived", FAULT_SEND, mode, run }

static const struct walk walks[] = {
	LIVES(RTPE_MODE_SOCKETS, "sockets", scenario_run),
	LIVES(RTPE_MODE_STEER, "steer", scenario_run),
	{ "DTLS: an allocation that fails is survived", FAULT_MEMORY, RTPE_MODE_SOCKETS,
	  scenario_dtls },
	{ "DTLS: a thread that cannot start is survived", FAULT_THREAD, RTPE_MODE_SOCKETS,
	  scenario_dtls },
	{ "DTLS: a datagram that cannot be sent is survived", FAULT_SEND, RTPE_MODE_SOCKETS,
	  scenario_dtls },
	{ "steer: BPF that fails is survived", FAULT_BPF, RTPE_MODE_STEER, scenario_run },
	{ "auto: BPF that fails makes it sockets", FAULT_BPF, RTPE_MODE_AUTO, scenario_run },
	{ "auto: starting without memory is refused", FAULT_MEMORY, RTPE_MODE_AUTO,
	  scenario_start },
};

static jmp_buf failed;
static unsigned at;

void check_failed(const char *file, int line, const char *format, ...)
{
	va_list args;

	fault_disarm();
	printf("    %s:%d, at the fault number %u: ", file, line, at);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	longjmp(failed, 1);
}

static unsigned entries(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	CHECK(d != NULL);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* Memory, descriptors and threads are given back: the doorbell's a moment
 * later than the rest. */
static void settle(void)
{
	struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < SETTLE_MS; i++) {
		if (alloc_live() == 0 && entries("/proc/self/task") == ALONE)
			break;
		nanosleep(&ms, NULL);
	}
}

static void check_settled(unsigned descriptors)
{
	settle();
	CHECK_EQ(alloc_live(), 0);
	CHECK_EQ(entries("/proc/self/task"), ALONE);
	CHECK_EQ(entries("/proc/self/fd"), descriptors);
}

/* Returns how many faults were walked. */
static unsigned walk(const struct walk *w)
{
	unsigned descriptors = entries("/proc/self/fd");
	bool hit;

	for (at = 0; at < MAX_WALK; at++) {
		fault_arm(w->kind, at);
		w->life(w->mode);
		fault_disarm();
		hit = fault_hit();
		check_settled(descriptors);
		if (!hit)
			break;
		fault_arm(FAULT_NONE, 0);
		w->life(w->mode);
		check_settled(descriptors);
	}
	CHECK(at > 0);
	CHECK(at < MAX_WALK);
	return at;
}

static int run(const struct walk *w)
{
	if (setjmp(failed))
		return 0;
	printf("ok    %s (%u walked)\n", w->name, walk(w));
	return 1;
}

static const char *why_not(const struct walk *w)
{
	return w->mode == RTPE_MODE_SOCKETS ? net_skip() : steer_skip();
}

int main(void)
{
	int n_passed = 0, n_failed = 0, n_skipped = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	net_enter();
	scenario_open();
	/* What net_enter() started is over. */
	settle();
	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		const struct walk *w = &walks[i];
		const char *why = why_not(w);

		if (why) {
			printf("skip  %s: %s\n", w->name, why);
			n_skipped++;
		} else if (run(w)) {
			n_passed++;
		} else {
			printf("FAIL  %s\n", w->name);
			n_failed++;
		}
	}
	scenario_close();
	if (n_skipped)
		printf("%d passed, %d failed, %d skipped\n", n_passed, n_failed, n_skipped);
	else
		printf("%d passed, %d failed\n", n_passed, n_failed);
	return n_failed != 0;
}
