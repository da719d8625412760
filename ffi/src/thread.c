/* SPDX-License-Identifier: MIT */
/*
 * A relay thread's life around its engine's loop: memory, waiting, clocks, and
 * when to wait how. Below a few packets per coalesce_us it waits until the
 * kernel wakes it and forwards at once; above, waking for every packet costs
 * more than forwarding it, so it looks by itself every coalesce_us.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc.h"
#include "dtls_hub.h"
#include "io.h"
#include "punts.h"
#include "txq.h"

enum { PACE_INTERVAL_US = 2000, EMPTY_POLLS = 4, RELAY_NICE = -15 };
/* Packets per sleep at which polling begins and ends, in quarters. */
enum { POLL_FROM = 32, POLL_UNTIL = 26 };

int thread_init(struct rtpe_core *core, uint32_t index)
{
	struct thread *t = &core->threads[index];
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = WAKE_EVENT };

	t->core = core;
	t->index = index;
	t->epfd = t->wakefd = t->rx_fd = -1;
	t->rx_data = mem_map((size_t)BATCH * RX_PITCH);
	t->clear = mem_map(RX_PAYLOAD);
	t->rx = mem_zalloc(sizeof(*t->rx));
	t->txq = txq_new();
	t->gate = punts_new();
	if (!t->rx_data || !t->clear || !t->rx || !t->txq || !t->gate ||
	    ring_init(&t->ring, core->opts.punt_ring_bytes))
		return -ENOMEM;
	/* IP identifications nobody can count. */
	if (getrandom(&t->random, sizeof(t->random), GRND_NONBLOCK) < 0)
		t->random = clock_us(CLOCK_REALTIME);
	if (getrandom(&t->secret, sizeof(t->secret), GRND_NONBLOCK) < 0)
		t->secret = clock_us(CLOCK_MONOTONIC);
	t->epfd = epoll_create1(EPOLL_CLOEXEC);
	t->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (t->epfd < 0 || t->wakefd < 0 ||
	    epoll_ctl(t->epfd, EPOLL_CTL_ADD, t->wakefd, &ev))
		return -errno;
	rx_init(t);
	return core->engine->thread_init(t);
}

void thread_exit(struct thread *t)
{
	uint64_t one = 1;

	if (!t->core)
		return;
	if (t->started) {
		/* Fails only if a wake-up is pending already. */
		while (write(t->wakefd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
		if (t->core->engine->thread_wake)
			t->core->engine->thread_wake(t);
		pthread_join(t->tid, NULL);
	}
	t->core->engine->thread_exit(t);
	if (t->epfd >= 0)
		close(t->epfd);
	if (t->wakefd >= 0)
		close(t->wakefd);
	ring_free(&t->ring);
	txq_free(t->txq);
	punts_free(t->gate);
	mem_free(t->rx);
	mem_unmap(t->rx_data, (size_t)BATCH * RX_PITCH);
	mem_unmap(t->clear, RX_PAYLOAD);
}

void thread_begin(struct thread *t)
{
	/* Short sleeps are meant. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	/* A packet does not wait for a garbage collection. Without the privilege
	 * it does. */
	(void)setpriority(PRIO_PROCESS, 0, RELAY_NICE);
	t->pace.since = clock_us(CLOCK_MONOTONIC) - t->core->epoch;
}

static void thread_tick(struct thread *t)
{
	t->now = clock_us(CLOCK_MONOTONIC) - t->core->epoch;
	t->wall = clock_us(CLOCK_REALTIME);
}

void thread_quiescent(struct thread *t)
{
	qsbr_online(&t->core->qsbr, &t->reader);
	thread_tick(t);
}

void thread_pause(struct thread *t)
{
	struct timespec ts = { .tv_nsec = (long)t->core->opts.coalesce_us * 1000 };

	qsbr_offline(&t->reader);
	if (t->pace.polling)
		nanosleep(&ts, NULL);
}

int thread_wait(struct thread *t, struct epoll_event *ev, int n, bool events_needed)
{
	int ready = 0;

	thread_pause(t);
	if (!t->pace.polling || events_needed) {
		ready = epoll_wait(t->epfd, ev, n, t->pace.polling ? 0 : -1);
		if (ready < 0)
			ready = 0;
	}
	bump(&t->wakeups, 1);
	thread_quiescent(t);
	return atomic_load_explicit(&t->core->stop, memory_order_relaxed) ? -1 : ready;
}

void thread_paced(struct thread *t, uint32_t packets)
{
	struct pace *p = &t->pace;
	uint64_t elapsed = t->now - p->since, due;
	uint64_t sent = atomic_load_explicit(&t->tx_packets, memory_order_relaxed);

	if (t->core->opts.coalesce_us == 0)
		return;
	/* A flood of what is dropped must not make others wait. */
	p->packets += sent - p->sent < packets ? (uint32_t)(sent - p->sent) : packets;
	p->sent = sent;
	p->empty = packets ? 0 : p->empty + 1;
	if (p->polling && p->empty >= EMPTY_POLLS)
		p->polling = false;
	if (elapsed < PACE_INTERVAL_US)
		return;
	/* Packets expected per sleep, in quarters. */
	due = (uint64_t)p->packets * t->core->opts.coalesce_us * 4 / elapsed;
	if (due >= POLL_FROM)
		p->polling = true;
	else if (due < POLL_UNTIL)
		p->polling = false;
	p->since = t->now;
	p->packets = 0;
}

void thread_flush(struct thread *t)
{
	txq_flush(t);
	if (t->ring_dirty & RING_OTHER)
		bell_ring(t->core->bell, RTPE_RING_PUNT);
	else if (t->ring_dirty)
		dtls_hub_punted(t->core);
	t->ring_dirty = 0;
}
