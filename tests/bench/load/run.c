/* SPDX-License-Identifier: MIT */
/* Offers the load on a schedule and counts what comes back, in one thread. */
#include "blast.h"

#include <time.h>
#include <unistd.h>

/* Later than this, the schedule is moved instead of sending everything at once. */
#define MAX_LATE_NS 1000000u

static uint64_t daemon_cpu(const struct options *o)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < o->cpu_pid_count; i++) {
		uint64_t one = process_cpu_ns(o->cpu_pids[i]);

		if (one == 0)
			die("process %d is not there (any more)", o->cpu_pids[i]);
		sum += one;
	}
	return sum;
}

/* Goes on counting until `drain` seconds have passed or everything has come. */
static void drain_rest(const struct options *o, struct sink *k, struct flow *flows, struct totals *t)
{
	uint64_t until = mono_ns() + (uint64_t)(o->drain * 1e9);
	struct timespec nap = {0, 1000000};

	while (mono_ns() < until) {
		if (sink_drain(k, flows, t, 4096) == 0) {
			/* Everything is here: a few naps more would show copies. */
			if (t->received >= t->sent && until > mono_ns() + 20000000u)
				until = mono_ns() + 20000000u;
			nanosleep(&nap, NULL);
		}
	}
}

/*
 * Packet number n is due at start + n / pps. Packets go out in bursts of at most `burst`, with the
 * sink read in between; when this thread was held up for more than a millisecond, the schedule
 * slips (and the report says so) rather than flooding the relay for our own lateness.
 */
static void offer(const struct options *o, struct source *s, struct sink *k, struct flow *flows,
		  struct totals *t)
{
	double per_ns = o->pps / 1e9;
	uint64_t late_packets = (uint64_t)(per_ns * MAX_LATE_NS) + o->burst;
	uint64_t start = mono_ns(), end, now;

	t->start_ns = start;
	end = start + (uint64_t)(o->seconds * 1e9);
	for (now = start; now < end; now = mono_ns()) {
		uint64_t due = (uint64_t)((double)(now - start) * per_ns) + 1;
		uint64_t behind = due > t->sent ? due - t->sent : 0;

		if (behind > late_packets) {
			uint64_t skip = (uint64_t)((double)(behind - o->burst) / per_ns);

			t->slips++;
			t->slip_ns += skip;
			start += skip;
			behind = o->burst;
		}
		if (behind > o->burst)
			behind = o->burst;
		if (behind)
			t->sent += source_send(s, flows, (unsigned)behind, now);
		sink_drain(k, flows, t, 2 * o->burst);
	}
	t->end_ns = now;
}

/* The same with packets made by the kernel; this thread only reads the sink, between its batches. */
static void offer_blast(const struct options *o, struct blast *b, struct sink *k, struct flow *flows,
			size_t n, struct totals *t)
{
	struct timespec nap = {0, 1000000};
	uint64_t end;

	for (size_t i = 0; i < n; i++)
		flows[i].sent = UINT32_MAX; /* not known before the end */
	blast_start(b);
	t->start_ns = mono_ns();
	end = t->start_ns + (uint64_t)(o->seconds * 1e9);
	while (mono_ns() < end) {
		sink_drain(k, flows, t, UINT32_MAX);
		nanosleep(&nap, NULL);
	}
	t->end_ns = mono_ns();
	blast_stop(b);
	t->sent = blast_count(b, flows);
}

void run_load(const struct options *o, struct flow *flows, size_t n, struct totals *t)
{
	uint32_t run = (uint32_t)(mono_ns() >> 10) ^ (uint32_t)getpid() << 16;
	struct sink *k = sink_open(o, flows, n, run);
	struct source *s = source_open(o, flows, n, run);
	uint64_t daemon = daemon_cpu(o), own = process_cpu_ns(0);

	if (source_blast(s))
		offer_blast(o, source_blast(s), k, flows, n, t);
	else
		offer(o, s, k, flows, t);
	t->own_cpu_ns = process_cpu_ns(0) - own;
	t->daemon_cpu_ns = daemon_cpu(o) - daemon;
	drain_rest(o, k, flows, t);
	t->send_errors = source_errors(s);
	t->sink_drops = sink_drops(k);
	source_close(s);
	sink_close(k);
}
