/* SPDX-License-Identifier: MIT */
#include "dtls_hub.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"

static uint64_t now_tick(void)
{
	return clock_us(CLOCK_MONOTONIC) / (1000 * DTLS_TICK_MS);
}

bool dtls_hub_ready(struct dtls_hub *hub, struct rtpe_dtls_link *link)
{
	/* Whoever runs it looks again before it lets go of it. */
	if (link->running || !list_empty(&link->ready))
		return false;
	list_add(&hub->ready, &link->ready);
	return hub->n_idle > 0;
}

void dtls_hub_wake(struct dtls_hub *hub)
{
	pthread_cond_signal(&hub->work);
}

void dtls_hub_time(struct dtls_hub *hub, struct rtpe_dtls_link *link, int32_t ms)
{
	uint64_t now = now_tick(), ticks;

	if (!list_empty(&link->timed)) {
		list_remove(&link->timed);
		hub->n_timed--;
	}
	if (ms < 0)
		return;
	/* Nothing was timed, and so nothing was looked at: the wheel stands. */
	if (!hub->n_timed && hub->tick < now)
		hub->tick = now;
	/* The tick under way is partly over. */
	ticks = (uint64_t)ms / DTLS_TICK_MS + 1 + now - hub->tick;
	if (ticks >= DTLS_TICKS)
		ticks = DTLS_TICKS - 1;
	list_add(&hub->wheel[(hub->tick + ticks) % DTLS_TICKS], &link->timed);
	hub->n_timed++;
}

/* What is due becomes ready. */
static void turn_wheel(struct dtls_hub *hub)
{
	uint64_t now = hub->n_timed ? now_tick() : 0;
	uint32_t turned = 0;

	while (hub->tick < now && hub->n_timed && turned++ < DTLS_TICKS) {
		struct list *place = &hub->wheel[++hub->tick % DTLS_TICKS];

		while (!list_empty(place)) {
			struct rtpe_dtls_link *link =
				LIST_OF(place->next, struct rtpe_dtls_link, timed);

			list_remove(&link->timed);
			hub->n_timed--;
			link->poked = true;
			dtls_hub_ready(hub, link);
		}
	}
	/* All places were looked at. */
	if (turned > DTLS_TICKS)
		hub->tick = now;
}

/* When something is due next, monotonic µs. */
static uint64_t next_due(const struct dtls_hub *hub)
{
	uint64_t tick = hub->tick + 1;

	while (list_empty(&hub->wheel[tick % DTLS_TICKS]))
		tick++;
	return tick * DTLS_TICK_MS * 1000;
}

static void wait_for_work(struct dtls_hub *hub)
{
	uint64_t until = hub->n_timed ? next_due(hub) : UINT64_MAX;
	struct timespec ts;

	if (hub->unheard && hub->told + DTLS_TELL_US < until)
		until = hub->told + DTLS_TELL_US;
	hub->n_idle++;
	if (until != UINT64_MAX) {
		ts.tv_sec = (time_t)(until / 1000000);
		ts.tv_nsec = (long)(until % 1000000) * 1000;
		pthread_cond_timedwait(&hub->work, &hub->lock, &ts);
	} else {
		pthread_cond_wait(&hub->work, &hub->lock);
	}
	hub->n_idle--;
}

/* Under the lock. Whoever is to be told is told by the last worker that comes here
 * before it sleeps. Returns whether the lock was given back for a moment. */
static bool tell(struct dtls_hub *hub)
{
	uint64_t now;
	bool punts;

	if (!hub->unheard)
		return false;
	now = clock_us(CLOCK_MONOTONIC);
	if (now < hub->told + DTLS_TELL_US)
		return false;
	punts = hub->punts;
	hub->unheard = hub->punts = false;
	hub->told = now;
	pthread_mutex_unlock(&hub->lock);
	bell_ring(hub->core->bell, BELL_DTLS);
	if (punts)
		bell_ring(hub->core->bell, RTPE_RING_PUNT);
	pthread_mutex_lock(&hub->lock);
	return true;
}

void dtls_hub_punted(struct rtpe_core *core)
{
	struct dtls_hub *hub = atomic_load_explicit(&core->dtls, memory_order_acquire);
	bool now = true;

	if (hub) {
		pthread_mutex_lock(&hub->lock);
		/* Whoever works comes by, and so does who waits to tell something. */
		if (!hub->stop && (hub->unheard || hub->n_idle < hub->n_threads)) {
			hub->unheard = hub->punts = true;
			now = false;
		} else {
			hub->told = clock_us(CLOCK_MONOTONIC);
		}
		pthread_mutex_unlock(&hub->lock);
	}
	if (now)
		bell_ring(core->bell, RTPE_RING_PUNT);
}

static void *worker(void *arg)
{
	struct dtls_hub *hub = arg;
	uint8_t desk[DTLS_FLIGHT];

	pthread_mutex_lock(&hub->lock);
	while (!hub->stop) {
		struct list *first;

		turn_wheel(hub);
		/* Meanwhile there may have been anything, the end as well. */
		if (tell(hub))
			continue;
		first = hub->ready.next;
		if (first == &hub->ready) {
			wait_for_work(hub);
			continue;
		}
		list_remove(first);
		dtls_link_run(LIST_OF(first, struct rtpe_dtls_link, ready), desk);
	}
	pthread_mutex_unlock(&hub->lock);
	return NULL;
}

/* One is enough; more are as many as there are relay threads. */
static int start(struct dtls_hub *hub)
{
	uint32_t wanted = hub->core->opts.threads;
	int err = 0;

	if (wanted > DTLS_WORKERS)
		wanted = DTLS_WORKERS;
	while (hub->n_threads < wanted && !err) {
		err = thread_start(&hub->tids[hub->n_threads], "rtpe-dtls", worker, hub);
		if (!err)
			hub->n_threads++;
	}
	return hub->n_threads ? 0 : err;
}

static void hub_destroy(struct dtls_hub *hub)
{
	pthread_cond_destroy(&hub->work);
	pthread_mutex_destroy(&hub->lock);
	pthread_mutex_destroy(&hub->sending);
	mem_free(hub);
}

struct dtls_hub *dtls_hub(struct rtpe_core *core)
{
	struct dtls_hub *hub = core->dtls;
	pthread_condattr_t attr;

	if (hub)
		return hub;
	hub = mem_zalloc(sizeof(*hub));
	if (!hub)
		return NULL;
	hub->core = core;
	hub->ip_id = core->ip_id ^ 0x5bd1e9955bd1e995u;
	list_init(&hub->all);
	list_init(&hub->ready);
	list_init(&hub->with_news);
	for (int i = 0; i < DTLS_TICKS; i++)
		list_init(&hub->wheel[i]);
	hub->tick = now_tick();
	pthread_mutex_init(&hub->lock, NULL);
	pthread_mutex_init(&hub->sending, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&hub->work, &attr);
	pthread_condattr_destroy(&attr);
	if (start(hub)) {
		hub_destroy(hub);
		return NULL;
	}
	atomic_store_explicit(&core->dtls, hub, memory_order_release);
	return hub;
}

void dtls_hub_free(struct rtpe_core *core)
{
	struct dtls_hub *hub = core->dtls;

	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	hub->stop = true;
	pthread_cond_broadcast(&hub->work);
	pthread_mutex_unlock(&hub->lock);
	for (uint32_t i = 0; i < hub->n_threads; i++)
		pthread_join(hub->tids[i], NULL);
	while (!list_empty(&hub->all)) {
		struct list *first = hub->all.next;

		list_remove(first);
		dtls_link_destroy(LIST_OF(first, struct rtpe_dtls_link, all));
	}
	hub_destroy(hub);
	core->dtls = NULL;
}

void dtls_hub_pass(struct rtpe_core *core)
{
	if (!core->dtls)
		return;
	pthread_mutex_lock(&core->dtls->sending);
	pthread_mutex_unlock(&core->dtls->sending);
}
