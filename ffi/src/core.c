/* SPDX-License-Identifier: MIT */
/* The handle: start, stop, grace periods, and what is asked about the whole. */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "capture.h"
#include "ctl.h"
#include "dtls_hub.h"
#include "io.h"
#include "kernel.h"

enum { MAX_SLOTS = 1048576, MIN_PUNT_RING = 65536, MIN_CTL_RING = 262144,
       MAX_RING = 1 << 30, MAX_PUNT_RATE = 1000000, MAX_COALESCE_US = 10000 };

static bool ring_size_ok(uint32_t n, uint32_t min)
{
	return n >= min && n <= MAX_RING && (n & (n - 1)) == 0;
}

static const char *opts_problem(const struct rtpe_core_opts *o)
{
	if (!o || o->size != sizeof(*o))
		return "the options are not of this library's version";
	if (o->mode > RTPE_MODE_SOCKETS)
		return "the mode is none of auto, steer and sockets";
	if (o->threads < 1 || o->threads > MAX_THREADS)
		return "the number of threads is not between 1 and 64";
	if (o->max_slots < 2 || o->max_slots > MAX_SLOTS)
		return "the number of slots is not between 2 and 1048576";
	if (!ring_size_ok(o->punt_ring_bytes, MIN_PUNT_RING))
		return "the punt ring is not a power of two from 65536 bytes";
	if (!ring_size_ok(o->ctl_ring_bytes, MIN_CTL_RING))
		return "the control ring is not a power of two from 262144 bytes";
	if (o->punt_rate > MAX_PUNT_RATE)
		return "the punt rate is above 1000000 per second";
	if (o->coalesce_us > MAX_COALESCE_US)
		return "the coalescing time is above 10000 microseconds";
	if (o->flags & ~(rtpe_u32)RTPE_CORE_HOLD_PORTS)
		return "an unknown flag is set";
	if (memchr(o->counters_path, 0, sizeof(o->counters_path)) == NULL)
		return "the path of the counters is too long";
	return NULL;
}

static int fail(char *err, rtpe_u32 len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (err && len)
		vsnprintf(err, len, format, args);
	va_end(args);
	return -1;
}

static int choose_engine(struct rtpe_core *core, char *err, rtpe_u32 err_len)
{
	uint32_t mode = core->opts.mode;

	if (mode == RTPE_MODE_SOCKETS)
		snprintf(core->reason, sizeof(core->reason), "sockets were asked for");
	if (mode != RTPE_MODE_SOCKETS &&
	    steer_new(core, core->reason, sizeof(core->reason)) == 0) {
		core->engine = &steer_engine;
		core->mode = RTPE_MODE_STEER;
		core->reason[0] = '\0';
		return 0;
	}
	if (mode == RTPE_MODE_STEER)
		return fail(err, err_len, "%s", core->reason);
	core->engine = &socket_engine;
	core->mode = RTPE_MODE_SOCKETS;
	return 0;
}

static int start_threads(struct rtpe_core *core, char *err, rtpe_u32 err_len)
{
	core->threads = mem_zalloc(core->opts.threads * sizeof(*core->threads));
	if (!core->threads)
		return fail(err, err_len, "out of memory for the relay threads");
	for (uint32_t i = 0; i < core->opts.threads; i++) {
		struct thread *t = &core->threads[i];
		char name[24];
		int e;

		core->n_threads = i + 1;
		e = thread_init(core, i);
		snprintf(name, sizeof(name), "rtpe-relay-%u", i);
		if (!e)
			e = thread_start(&t->tid, name, core->engine->thread_main, t);
		if (e)
			return fail(err, err_len, "relay thread %u cannot start: %s", i,
				    strerror(-e));
		t->started = true;
	}
	return 0;
}

struct rtpe_core *rtpe_core_new(const struct rtpe_core_opts *opts, char *err, rtpe_u32 err_len)
{
	const char *problem = opts_problem(opts);
	struct rtpe_core *core;
	int e;

	if (problem) {
		fail(err, err_len, "%s", problem);
		return NULL;
	}
	core = mem_zalloc(sizeof(*core));
	if (!core) {
		fail(err, err_len, "out of memory for the relay core");
		return NULL;
	}
	core->opts = *opts;
	core->counters_file.fd = -1;
	core->epoch = clock_us(CLOCK_MONOTONIC);
	core->ip_id = clock_us(CLOCK_REALTIME) * 0x9e3779b97f4a7c15u;
	atomic_store(&core->qsbr.period, 1);
	core->bell = bell_new(&e);
	if (!core->bell)
		fail(err, err_len, "the doorbell cannot start: %s", strerror(-e));
	else if ((e = slots_init(core)))
		fail(err, err_len, "no room for the counters of %u slots%s%s: %s",
		     opts->max_slots, opts->counters_path[0] ? " in " : "",
		     opts->counters_path, strerror(-e));
	else if (choose_engine(core, err, err_len) == 0 &&
		 start_threads(core, err, err_len) == 0) {
		e = ctl_start(core);
		if (e == 0)
			return core;
		fail(err, err_len, "control datagrams cannot be received: %s", strerror(-e));
	}
	rtpe_core_free(core);
	return NULL;
}

void rtpe_core_free(struct rtpe_core *core)
{
	if (!core)
		return;
	atomic_store(&core->stop, 1);
	ctl_stop(core);
	for (uint32_t i = 0; i < core->n_threads; i++)
		thread_exit(&core->threads[i]);
	core->n_threads = 0;
	/* Relay threads tell it of datagrams. */
	dtls_hub_free(core);
	/* Before the ports: the module is not to close them. */
	kernel_free(core);
	slots_free(core);
	rules_reclaim(core, true);
	table_free(core);
	steer_free(core);
	captures_free(core);
	mem_free(core->threads);
	bell_free(core->bell);
	mem_free(core);
}

uint64_t core_now(const struct rtpe_core *core)
{
	return clock_us(CLOCK_MONOTONIC) - core->epoch;
}

void core_synchronize(struct rtpe_core *core)
{
	uint64_t period = qsbr_begin(&core->qsbr);

	for (uint32_t i = 0; i < core->n_threads; i++) {
		unsigned spins = 0;

		/* A batch takes some hundred microseconds at most. */
		while (!qsbr_passed(&core->threads[i].reader, period)) {
			struct timespec nap = { .tv_nsec = 20000 };

			if (++spins < 8)
				sched_yield();
			else
				nanosleep(&nap, NULL);
		}
	}
}

int rtpe_core_mode(const struct rtpe_core *core)
{
	return (int)core->mode;
}

int rtpe_core_mode_reason(const struct rtpe_core *core, char *buf, rtpe_u32 len)
{
	return snprintf(buf, len, "%s", core->reason);
}

int rtpe_core_doorbell(struct rtpe_core *core, rtpe_doorbell fn)
{
	bell_set(core->bell, fn);
	return 0;
}

struct rtpe_counters *rtpe_counters(struct rtpe_core *core)
{
	return core->counters;
}

int rtpe_thread_counters(struct rtpe_core *core, rtpe_u32 thread,
			 struct rtpe_thread_counters *out)
{
	struct timespec ts = { 0, 0 };
	struct thread *t;
	clockid_t clock;

	if (thread >= core->n_threads)
		return -EINVAL;
	t = &core->threads[thread];
	out->wakeups = atomic_load_explicit(&t->wakeups, memory_order_relaxed);
	out->batches = atomic_load_explicit(&t->batches, memory_order_relaxed);
	out->rx_packets = atomic_load_explicit(&t->rx_packets, memory_order_relaxed);
	out->tx_packets = atomic_load_explicit(&t->tx_packets, memory_order_relaxed);
	out->rx_unknown = atomic_load_explicit(&t->rx_unknown, memory_order_relaxed);
	out->rx_overflow = atomic_load_explicit(&t->rx_overflow, memory_order_relaxed);
	out->tx_errors = atomic_load_explicit(&t->tx_errors, memory_order_relaxed);
	if (pthread_getcpuclockid(t->tid, &clock) == 0)
		clock_gettime(clock, &ts);
	out->cpu_ns = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	return 0;
}

static int drain_punts(struct rtpe_core *core, uint8_t *buf, uint32_t len)
{
	uint32_t done = 0;

	/* The next drain starts with another thread's ring: none is starved
	 * when the buffer is small. */
	for (uint32_t i = 0; i < core->n_threads; i++) {
		uint32_t at = (core->next_ring + i) % core->n_threads;

		done += ring_take(&core->threads[at].ring, buf + done, len - done);
	}
	core->next_ring = (core->next_ring + 1) % core->n_threads;
	return (int)done;
}

static bool ring_pending(struct rtpe_core *core, uint32_t ring)
{
	if (ring == RTPE_RING_CTL)
		return ctl_pending(core);
	for (uint32_t i = 0; i < core->n_threads; i++)
		if (!ring_empty(&core->threads[i].ring))
			return true;
	return false;
}

int rtpe_ring_drain(struct rtpe_core *core, rtpe_u32 ring, void *buf, rtpe_u32 len)
{
	int n;

	if (ring > RTPE_RING_CTL || len > MAX_RING)
		return -EINVAL;
	for (;;) {
		n = ring == RTPE_RING_CTL ? (int)ctl_take(core, buf, len)
					  : drain_punts(core, buf, len);
		if (n > 0)
			return n;
		/* Drained. What comes from here on rings; what came just
		 * before is seen now. */
		bell_arm(core->bell, ring);
		if (!ring_pending(core, ring))
			return 0;
		bell_disarm(core->bell, ring);
		if (len < sizeof(struct rtpe_event) + 65536)
			return -ENOBUFS;
	}
}

rtpe_u64 rtpe_ring_lost(struct rtpe_core *core, rtpe_u32 ring)
{
	uint64_t lost = 0;

	if (ring == RTPE_RING_CTL)
		return ctl_lost(core);
	for (uint32_t i = 0; i < core->n_threads; i++)
		lost += atomic_load_explicit(&core->threads[i].ring.lost, memory_order_relaxed);
	return lost;
}
