/* SPDX-License-Identifier: MIT */
/* The report: one line of JSON. */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>

static void print_latency(const struct histogram *h)
{
	printf("\"latencyUs\":{\"min\":%.2f,\"mean\":%.2f,\"p50\":%.2f,\"p90\":%.2f,\"p99\":%.2f,"
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
	printf("{\"streams\":%zu,\"ppsAsked\":%.1f,\"ppsOffered\":%.1f,\"ppsDelivered\":%.1f,"
	       "\"seconds\":%.4f,",
	       n, o->pps, (double)t->sent / took, (double)t->in_window / took, took);
	printf("\"sent\":%" PRIu64 ",\"received\":%" PRIu64 ",\"lost\":%" PRId64
	       ",\"lossyStreams\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"reordered\":%" PRIu64
	       ",\"misdelivered\":%" PRIu64 ",\"corrupt\":%" PRIu64 ",\"foreign\":%" PRIu64 ",",
	       t->sent, t->received, (int64_t)(t->sent - t->received), lossy, t->duplicates,
	       t->reordered, t->misdelivered, t->corrupt, t->foreign);
	printf("\"sendErrors\":%" PRIu64 ",\"slips\":%" PRIu64 ",\"slipMs\":%.3f,\"sinkDrops\":%" PRIu64
	       ",\"generatorCpuMs\":%.2f,",
	       t->send_errors, t->slips, (double)t->slip_ns / 1e6, t->sink_drops,
	       (double)t->own_cpu_ns / 1e6);
	if (o->cpu_pid_count)
		printf("\"daemonCpuMs\":%.3f,\"daemonCpuUsPerPacket\":%.4f,",
		       (double)t->daemon_cpu_ns / 1e6,
		       t->in_window ? (double)t->daemon_cpu_ns / 1e3 / (double)t->in_window : 0.0);
	print_latency(&t->latency);
	puts("}");
}
