/* SPDX-License-Identifier: MIT */
/* The report: one line of JSON. */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>

static void print_latency(const struct histogram *h)
{
	printf("\"latency_us\":{\"min\":%.2f,\"mean\":%.2f,\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,"
	       "\"p999\":%.2f,\"max\":%.2f}",
	       (double)h->min / 1e3, h->count ? h->sum / (double)h->count / 1e3 : 0.0,
	       hist_quantile_us(h, 0.5), hist_quantile_us(h, 0.9), hist_quantile_us(h, 0.99),
	       hist_quantile_us(h, 0.999), (double)h->max / 1e3);
}

void report(const struct options *o, const struct flow *flows, size_t n, const struct totals *t)
{
	double took = (double)(t->end_ns - t->start_ns) / 1e9;
	uint64_t lossy = 0;

	for (size_t i = 0; i < n; i++)
		lossy += flows[i].received < flows[i].sent;
	printf("{\"streams\":%zu,\"pps_asked\":%.1f,\"pps_offered\":%.1f,\"pps_delivered\":%.1f,"
	       "\"seconds\":%.4f,",
	       n, o->pps, (double)t->sent / took, (double)t->in_window / took, took);
	printf("\"sent\":%" PRIu64 ",\"received\":%" PRIu64 ",\"lost\":%" PRId64
	       ",\"lossy_streams\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"reordered\":%" PRIu64
	       ",\"misdelivered\":%" PRIu64 ",\"corrupt\":%" PRIu64 ",\"foreign\":%" PRIu64 ",",
	       t->sent, t->received, (int64_t)(t->sent - t->received), lossy, t->duplicates,
	       t->reordered, t->misdelivered, t->corrupt, t->foreign);
	printf("\"send_errors\":%" PRIu64 ",\"slips\":%" PRIu64 ",\"slip_ms\":%.3f,\"sink_drops\":%" PRIu64
	       ",\"generator_cpu_ms\":%.2f,",
	       t->send_errors, t->slips, (double)t->slip_ns / 1e6, t->sink_drops,
	       (double)t->own_cpu_ns / 1e6);
	if (o->cpu_pid_count)
		printf("\"daemon_cpu_ms\":%.3f,\"daemon_cpu_us_per_packet\":%.4f,",
		       (double)t->daemon_cpu_ns / 1e6,
		       t->in_window ? (double)t->daemon_cpu_ns / 1e3 / (double)t->in_window : 0.0);
	print_latency(&t->latency);
	puts("}");
}
