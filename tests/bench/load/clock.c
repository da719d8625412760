/* SPDX-License-Identifier: MIT */
/* Clocks and the latency histogram. */
#include "load.h"

#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

uint64_t mono_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Packet rings stamp with the wall clock: the best of several readings gives the offset. */
int64_t realtime_minus_mono(void)
{
	uint64_t best = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < 32; i++) {
		uint64_t a = read_clock(CLOCK_MONOTONIC);
		uint64_t r = read_clock(CLOCK_REALTIME);
		uint64_t b = read_clock(CLOCK_MONOTONIC);

		if (b - a < best) {
			best = b - a;
			offset = (int64_t)(r - (a + (b - a) / 2));
		}
	}
	return offset;
}

uint64_t process_cpu_ns(int pid)
{
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0)
		return 0;
	return read_clock(id);
}

void hist_add(struct histogram *h, uint64_t ns)
{
	unsigned shift = 0, index;

	if (ns >= HIST_SUB)
		shift = 63u - (unsigned)__builtin_clzll(ns) - 4u;
	/* Below 32 ns one bucket per ns; above, 16 used sub-buckets of each doubling. */
	index = shift * (HIST_SUB / 2) + (unsigned)(ns >> shift);
	if (index >= HIST_BUCKETS)
		index = HIST_BUCKETS - 1;
	h->bucket[index]++;
	if (h->count == 0 || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	h->sum += (double)ns;
	h->count++;
}

/* The middle of a bucket, in nanoseconds. */
static double bucket_middle(unsigned index)
{
	unsigned shift;
	uint64_t low;

	if (index < HIST_SUB)
		return (double)index;
	shift = index / (HIST_SUB / 2) - 1;
	low = (uint64_t)(index - shift * (HIST_SUB / 2)) << shift;
	return (double)low + (double)((uint64_t)1 << shift) / 2;
}

double hist_quantile_us(const struct histogram *h, double q)
{
	uint64_t want = (uint64_t)((double)h->count * q), seen = 0;

	if (h->count == 0)
		return 0;
	if (want >= h->count)
		want = h->count - 1;
	for (unsigned i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen > want)
			return bucket_middle(i) / 1000.0;
	}
	return (double)h->max / 1000.0;
}
