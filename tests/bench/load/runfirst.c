/* SPDX-License-Identifier: MIT */
/*
 * runfirst CPU COMMAND…: runs a command on one processor (or `any`), ahead of everything else of the fair
 * class.
 *
 * Other work on the machine must not be measured. Nice alone does not do it: the kernel weighs
 * sessions (autogroups) before processes, and lets whoever runs finish its slice. So: a session of
 * its own with the highest weight, and a short slice, which may interrupt longer ones. A real-time
 * class would do too, but would change how the threads of a daemon share their processor.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLICE_NS 100000u

/* struct sched_attr of sched_setattr(2), which the C library does not declare. */
struct slice_attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

static void warn(const char *what)
{
	fprintf(stderr, "runfirst: %s: %s\n", what, strerror(errno));
}

/* Gives this session the highest weight; kernels without autogroups have no such file. */
static void raise_session(void)
{
	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "-20", 3) != 3)
		warn("cannot raise the session");
	close(fd);
}

static int pin(const char *text)
{
	char *end;
	long cpu = strtol(text, &end, 10);
	cpu_set_t set;

	if (*end || end == text || cpu < 0 || cpu >= CPU_SETSIZE) {
		errno = EINVAL;
		return 0;
	}
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

int main(int argc, char **argv)
{
	struct slice_attr attr = {.size = sizeof(attr), .nice = -20, .runtime = SLICE_NS};
	if (argc < 3) {
		fputs("usage: runfirst CPU COMMAND…\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "any") != 0 && !pin(argv[1])) {
		warn("cannot run on that processor");
		return 2;
	}
	/* Fails for the leader of a process group, which has a session already. */
	setsid();
	raise_session();
	/* Kernels before 6.12 refuse the slice: then at least nice. */
	if (syscall(SYS_sched_setattr, 0, &attr, 0) != 0 && setpriority(PRIO_PROCESS, 0, -20) != 0)
		warn("cannot go first");
	execvp(argv[2], argv + 2);
	warn(argv[2]);
	return 127;
}
