/* SPDX-License-Identifier: MIT */
/* Command line of rtpload. */
#include "load.h"

#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const char usage[] =
	"rtpload: offers RTP to a relay and counts what it delivers; prints one line of JSON.\n"
	"\n"
	"  --flows FILE    one line per stream: SRC DST OUT [FROM], each ADDRESS:PORT (IPv4):\n"
	"                  sent from SRC to DST (the relay), expected at OUT (coming from FROM);\n"
	"                  in=SUITE:HEX and out=SUITE:HEX: under these SRTP keys (key, then salt)\n"
	"  --if NAME       interface to send on and to count on (a veth, or lo)\n"
	"  --mac MAC       link address to send to (the relay's end of the veth; default zeros)\n"
	"  --streams N     use the first N flows (default all)\n"
	"  --pps R         packets per second over all streams (default 1000)\n"
	"  --seconds S     how long (default 2)\n"
	"  --drain S       how long to go on counting at most (default 0.3)\n"
	"  --burst N       at most so many packets at a time, 1 to 64 (default 8)\n"
	"  --blast IF      for overload: make packets arrive at the relay's interface IF, made by the\n"
	"                  kernel itself in batches of up to 64 (not with --verify)\n"
	"  --blast-ns FILE IF is in this network namespace (/run/netns/NAME or /proc/PID/ns/net)\n"
	"  --cpu N         run on this processor\n"
	"  --cpu-of PID    also report the CPU time of this process (repeatable)\n"
	"  --blackhole     bind a socket to every OUT that drops what it gets (needed on lo)\n"
	"  --verify        compare the whole payload\n"
	"  --ring N        packets the sink's ring holds (default 65536)\n";

void die(const char *fmt, ...)
{
	va_list args;

	fputs("rtpload: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* A number in [low, high], or the end of the program. */
static double number(const char *name, const char *text, double low, double high)
{
	char *end;
	double v = strtod(text, &end);

	if (*end || end == text || !(v >= low && v <= high))
		die("--%s wants a number from %g to %g, not %s", name, low, high, text);
	return v;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		die("cannot run on processor %d: %m", cpu);
}

static void take_option(struct options *o, int c, const char *arg)
{
	switch (c) {
	case 'f': o->flows_path = arg; break;
	case 'i': o->iface = arg; break;
	case 'm': o->dst_mac = arg; break;
	case 'n': o->streams = (uint32_t)number("streams", arg, 1, MAX_FLOWS); break;
	case 'r': o->pps = number("pps", arg, 1, 1e8); break;
	case 's': o->seconds = number("seconds", arg, 0.001, 3600); break;
	case 'd': o->drain = number("drain", arg, 0, 60); break;
	case 'b': o->burst = (unsigned)number("burst", arg, 1, MAX_BURST); break;
	case 'c': pin((int)number("cpu", arg, 0, 1023)); break;
	case 'k': o->sink_frames = (unsigned)number("ring", arg, 64, 1 << 21); break;
	case 'o': o->blackhole = true; break;
	case 'B': o->blast_if = arg; break;
	case 'N': o->blast_ns = arg; break;
	case 'v': o->verify = true; break;
	case 'p':
		if (o->cpu_pid_count == sizeof(o->cpu_pids) / sizeof(o->cpu_pids[0]))
			die("too many --cpu-of");
		o->cpu_pids[o->cpu_pid_count++] = (int)number("cpu-of", arg, 1, 1 << 30);
		break;
	case 'h': fputs(usage, stdout); exit(0);
	default: die("see --help");
	}
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{"flows", 1, NULL, 'f'}, {"if", 1, NULL, 'i'},	     {"mac", 1, NULL, 'm'},
		{"streams", 1, NULL, 'n'}, {"pps", 1, NULL, 'r'},    {"seconds", 1, NULL, 's'},
		{"drain", 1, NULL, 'd'}, {"burst", 1, NULL, 'b'},    {"cpu", 1, NULL, 'c'},
		{"ring", 1, NULL, 'k'},	 {"verify", 0, NULL, 'v'},   {"cpu-of", 1, NULL, 'p'},
		{"blast", 1, NULL, 'B'}, {"blast-ns", 1, NULL, 'N'},
		{"blackhole", 0, NULL, 'o'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	static struct totals totals;
	struct options o = {.pps = 1000, .seconds = 2, .drain = 0.3, .burst = 8, .sink_frames = 65536};
	struct flow *flows;
	size_t n;
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		take_option(&o, c, optarg);
	if (optind != argc)
		die("unexpected argument %s", argv[optind]);
	if (!o.flows_path || !o.iface)
		die("--flows and --if are needed; see --help");
	if (o.blast_if && o.verify)
		die("--blast and --verify exclude each other");
	n = flows_read(o.flows_path, o.streams, &flows);
	for (size_t i = 0; i < n; i++)
		if (o.blast_if && (flows[i].seal || flows[i].open))
			die("--blast cannot encrypt");
	secret_start(o.flows_path, flows, n);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	run_load(&o, flows, n, &totals);
	report(&o, flows, n, &totals);
	secret_end(flows, n);
	free(flows);
	return 0;
}
