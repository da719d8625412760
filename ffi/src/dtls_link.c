/* SPDX-License-Identifier: MIT */
/* Handshakes over the ports of a core: what the control thread does with them, and
 * what a worker does. */
#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "alloc.h"
#include "capture.h"
#include "dtls.h"
#include "dtls_hub.h"
#include "txq.h"

enum { DATAGRAM_MAX = 65507 };

/* ---- what waits ------------------------------------------------------------- */

static void queue_init(struct dtls_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->end = &q->first;
}

static void queue_drop(struct dtls_queue *q)
{
	while (q->first) {
		struct dtls_datagram *d = q->first;

		q->first = d->next;
		mem_free(d);
	}
	queue_init(q);
}

static bool queue_add(struct dtls_queue *q, struct dtls_datagram *d)
{
	if (q->n >= DTLS_QUEUE || q->bytes + d->len > DTLS_QUEUE_BYTES)
		return false;
	*q->end = d;
	q->end = &d->next;
	q->n++;
	q->bytes += d->len;
	return true;
}

/* ---- a worker's part ---------------------------------------------------------- */

/* Each datagram has its length in front. */
static void send_flight(struct dtls_hub *hub, const struct dtls_path *path, const uint8_t *out,
			uint32_t len)
{
	struct slot *slot = path->slot;

	if (!slot || !len)
		return;
	pthread_mutex_lock(&hub->sending);
	for (uint32_t at = 0; at < len;) {
		uint16_t n;

		memcpy(&n, out + at, sizeof(n));
		at += (uint32_t)sizeof(n);
		/* Closed since, or opened again for somebody else. */
		if (atomic_load(&slot->generation) != path->generation)
			break;
		if (captured(slot))
			capture_sent_dtls(hub->core, slot, &path->dst, out + at, n);
		hub->ip_id = hub->ip_id * 6364136223846793005u + 1442695040888963407u;
		tx_now(slot, &path->dst, out + at, n, (uint16_t)(hub->ip_id >> 48));
		at += n;
	}
	pthread_mutex_unlock(&hub->sending);
}

/* A copy to be sent later. Without memory it is lost, as on any network, and will be
 * repeated when it is missed. */
static uint8_t *hold(const uint8_t *out, uint32_t len)
{
	uint8_t *copy = len ? mem_zalloc(len) : NULL;

	if (copy)
		memcpy(copy, out, len);
	return copy;
}

struct run {
	struct rtpe_dtls_link *link;
	struct dtls_path path;
	uint32_t state;			/* before it */
	uint8_t *desk;
	uint8_t *held;
	uint32_t held_len;
	struct rtpe_dtls_result result;
};

static void step(struct run *run, const void *in, uint32_t len)
{
	struct rtpe_dtls_result *r = &run->result;
	bool first = run->state == RTPE_DTLS_HANDSHAKE;

	rtpe_dtls_step(run->link->dtls, in, len, run->desk, DTLS_FLIGHT, r);
	run->state = r->state;
	if (r->state != RTPE_DTLS_CONNECTED || atomic_load(&run->link->accepted)) {
		send_flight(run->link->hub, &run->path, run->desk, r->out_len);
	} else if (first) {
		run->held = hold(run->desk, r->out_len);
		run->held_len = run->held ? r->out_len : 0;
	}
}

/* Memory of OpenSSL's is had and given back by workers alone: that keeps it warm. */
static bool make(struct run *run)
{
	static const struct rtpe_dtls_result failed = {
		.state = RTPE_DTLS_FAILED, .timeout_ms = -1, .error = "out of memory",
	};
	struct rtpe_dtls_link *link = run->link;

	/* Once it has failed it stays so. */
	if (!link->dtls && run->state == RTPE_DTLS_HANDSHAKE)
		link->dtls = rtpe_dtls_new(link->ctx, link->role, link->mtu, link->fingerprints,
					   link->n_fingerprints);
	if (!link->dtls)
		run->result = failed;
	return link->dtls != NULL;
}

static void work(struct run *run, struct dtls_queue *queue, bool poked)
{
	if (!make(run)) {
		queue_drop(queue);
		return;
	}
	/* Before it is repeated what has come is looked at. */
	for (struct dtls_datagram *d = queue->first; d; d = d->next)
		step(run, d->bytes, d->len);
	queue_drop(queue);
	if (poked)
		step(run, NULL, 0);
}

static void tell(struct rtpe_dtls_link *link, const struct rtpe_dtls_result *result)
{
	struct dtls_hub *hub = link->hub;

	if (result->state == link->told)
		return;
	link->told = result->state;
	link->news.result = *result;
	if (list_empty(&link->with_news))
		list_add(&hub->with_news, &link->with_news);
	hub->unheard = true;
}

/* Under the lock, which it gives back for a while. */
static void bury(struct rtpe_dtls_link *link)
{
	struct dtls_hub *hub = link->hub;

	list_remove(&link->all);
	pthread_mutex_unlock(&hub->lock);
	dtls_link_destroy(link);
	pthread_mutex_lock(&hub->lock);
}

void dtls_link_run(struct rtpe_dtls_link *link, uint8_t *desk)
{
	struct dtls_hub *hub = link->hub;
	struct run run = {
		.link = link, .path = link->path, .state = link->told, .desk = desk,
	};
	struct dtls_queue queue = link->queue;
	bool poked = link->poked;

	if (link->doomed) {
		bury(link);
		return;
	}
	/* The end of an empty queue points to itself. */
	if (!queue.first)
		queue.end = &queue.first;
	queue_init(&link->queue);
	link->poked = false;
	link->running = true;
	pthread_mutex_unlock(&hub->lock);
	work(&run, &queue, poked);
	pthread_mutex_lock(&hub->lock);
	link->running = false;
	if (run.held) {
		link->held = run.held;
		link->held_len = run.held_len;
	}
	if (link->doomed) {
		bury(link);
	} else {
		dtls_hub_time(hub, link, run.result.timeout_ms);
		tell(link, &run.result);
		if (link->queue.n || link->poked)
			dtls_hub_ready(hub, link);
	}
	OPENSSL_cleanse(&run.result, sizeof(run.result));
}

/* ---- a relay thread's part ------------------------------------------------------- */

static struct dtls_datagram *datagram_of(const void *in, uint32_t len)
{
	struct dtls_datagram *d = mem_zalloc(sizeof(*d) + len);

	if (d) {
		d->len = len;
		memcpy(d->bytes, in, len);
	}
	return d;
}

/* A record (RFC 6347 section 4.1) of epoch 0 with a ClientHello in it. */
static bool is_client_hello(const uint8_t *data, uint32_t len)
{
	enum { HANDSHAKE = 22, EPOCH = 3, RECORD = 13, CLIENT_HELLO = 1 };

	return len > RECORD && data[0] == HANDSHAKE && data[EPOCH] == 0 &&
	       data[EPOCH + 1] == 0 && data[RECORD] == CLIENT_HELLO;
}

static bool speaks_with(const struct rtpe_dtls_link *link, const struct packet *p)
{
	const struct dtls_path *path = &link->path;

	return path->slot == p->slot && path->generation == atomic_load(&p->slot->generation) &&
	       addr_equal(&path->dst, &p->src);
}

bool dtls_hub_take(const struct packet *p, struct rtpe_core *core)
{
	struct dtls_hub *hub = atomic_load_explicit(&core->dtls, memory_order_acquire);
	struct rtpe_dtls_link *link;
	struct dtls_datagram *d;
	bool mine, taken = false, wake = false;

	if (!hub || !atomic_load_explicit(&p->slot->dtls, memory_order_relaxed) ||
	    is_client_hello(p->data, p->len))
		return false;
	d = datagram_of(p->data, p->len);
	if (!d)
		return false;
	pthread_mutex_lock(&hub->lock);
	link = atomic_load(&p->slot->dtls);
	mine = link && speaks_with(link, p);
	if (mine) {
		atomic_store(&link->heard, true);
		taken = queue_add(&link->queue, d);
		if (taken)
			wake = dtls_hub_ready(hub, link);
	}
	pthread_mutex_unlock(&hub->lock);
	if (wake)
		dtls_hub_wake(hub);
	/* What is too much for it is lost, as on any network. */
	if (!taken)
		mem_free(d);
	return mine;
}

/* ---- the control thread's part -------------------------------------------------- */

/* Where nothing can be sent to, nothing is sent. */
static int set_path(struct rtpe_core *core, struct dtls_path *path, uint32_t index,
		    const struct rtpe_addr *dst)
{
	struct slot *slot = slot_of(core, index);
	struct rtpe_addr to = *dst;

	path->slot = NULL;
	if (!slot)
		return -EBADF;
	if (!addr_normalise(&to) || to.family != slot->local.family || !addr_sendable(&to))
		return -EINVAL;
	path->slot = slot;
	path->generation = atomic_load(&slot->generation);
	path->dst = to;
	return 0;
}

/* Under the lock: relay threads know where datagrams for it come in. */
static void move_to(struct rtpe_dtls_link *link, const struct dtls_path *path)
{
	struct rtpe_dtls_link *expected = link;

	if (link->path.slot && link->path.slot != path->slot)
		atomic_compare_exchange_strong(&link->path.slot->dtls, &expected, NULL);
	link->path = *path;
	if (path->slot)
		atomic_store(&path->slot->dtls, link);
}

struct rtpe_dtls_link *rtpe_dtls_link_new(struct rtpe_core *core, struct rtpe_dtls_ctx *ctx,
					  rtpe_u32 role, rtpe_u32 mtu,
					  const struct rtpe_dtls_fingerprint *fingerprints,
					  rtpe_u32 n, rtpe_u32 slot,
					  const struct rtpe_addr *dst, rtpe_u32 token)
{
	size_t size = n * sizeof(*fingerprints);
	struct rtpe_dtls_link *link;
	struct dtls_path path;
	struct dtls_hub *hub;

	if (!dtls_terms_ok(role, mtu, n))
		return NULL;
	hub = dtls_hub(core);
	link = hub ? mem_zalloc(sizeof(*link) + size) : NULL;
	if (!link)
		return NULL;
	link->hub = hub;
	link->ctx = dtls_ctx_get(ctx);
	link->role = role;
	link->mtu = mtu;
	link->n_fingerprints = n;
	if (n)
		memcpy(link->fingerprints, fingerprints, size);
	link->news.token = token;
	queue_init(&link->queue);
	list_init(&link->all);
	list_init(&link->ready);
	list_init(&link->timed);
	list_init(&link->with_news);
	set_path(core, &path, slot, dst);
	pthread_mutex_lock(&hub->lock);
	list_add(&hub->all, &link->all);
	move_to(link, &path);
	pthread_mutex_unlock(&hub->lock);
	return link;
}

int rtpe_dtls_link_feed(struct rtpe_dtls_link *link, const void *in, rtpe_u32 len)
{
	struct dtls_hub *hub = link->hub;
	struct dtls_datagram *d = NULL;
	bool taken = true, wake = false;

	if (len > DATAGRAM_MAX)
		return -EINVAL;
	if (len) {
		d = datagram_of(in, len);
		if (!d)
			return -ENOBUFS;
	}
	pthread_mutex_lock(&hub->lock);
	if (d)
		taken = queue_add(&link->queue, d);
	else
		link->poked = true;
	if (taken)
		wake = dtls_hub_ready(hub, link);
	pthread_mutex_unlock(&hub->lock);
	if (wake)
		dtls_hub_wake(hub);
	if (taken)
		return 0;
	mem_free(d);
	return -ENOBUFS;
}

int rtpe_dtls_link_aim(struct rtpe_dtls_link *link, rtpe_u32 slot, const struct rtpe_addr *dst)
{
	struct dtls_hub *hub = link->hub;
	struct dtls_path path;
	int err = set_path(hub->core, &path, slot, dst);

	pthread_mutex_lock(&hub->lock);
	move_to(link, &path);
	pthread_mutex_unlock(&hub->lock);
	return err;
}

int rtpe_dtls_link_heard(const struct rtpe_dtls_link *link)
{
	return atomic_load(&link->heard);
}

void rtpe_dtls_link_accept(struct rtpe_dtls_link *link)
{
	struct dtls_hub *hub = link->hub;
	struct dtls_path path;
	uint32_t len;
	uint8_t *held;

	pthread_mutex_lock(&hub->lock);
	held = link->held;
	len = link->held_len;
	link->held = NULL;
	link->held_len = 0;
	path = link->path;
	atomic_store(&link->accepted, true);
	pthread_mutex_unlock(&hub->lock);
	if (held)
		send_flight(hub, &path, held, len);
	mem_free(held);
}

void dtls_link_destroy(struct rtpe_dtls_link *link)
{
	queue_drop(&link->queue);
	rtpe_dtls_free(link->dtls);
	rtpe_dtls_ctx_free(link->ctx);
	mem_free(link->held);
	OPENSSL_cleanse(link, sizeof(*link));
	mem_free(link);
}

void rtpe_dtls_link_free(struct rtpe_dtls_link *link)
{
	static const struct dtls_path nowhere;
	struct dtls_hub *hub;
	bool wake;

	if (!link)
		return;
	hub = link->hub;
	pthread_mutex_lock(&hub->lock);
	move_to(link, &nowhere);
	list_remove(&link->with_news);
	dtls_hub_time(hub, link, -1);
	link->doomed = true;
	wake = dtls_hub_ready(hub, link);
	pthread_mutex_unlock(&hub->lock);
	if (wake)
		dtls_hub_wake(hub);
}

int rtpe_dtls_take_news(struct rtpe_core *core, struct rtpe_dtls_news *news, rtpe_u32 n)
{
	struct dtls_hub *hub = core->dtls;
	rtpe_u32 done = 0;

	if (!hub)
		return 0;
	pthread_mutex_lock(&hub->lock);
	while (done < n && !list_empty(&hub->with_news)) {
		struct rtpe_dtls_link *link =
			LIST_OF(hub->with_news.next, struct rtpe_dtls_link, with_news);

		list_remove(&link->with_news);
		news[done++] = link->news;
		OPENSSL_cleanse(&link->news.result, sizeof(link->news.result));
	}
	/* Under the lock: nothing can come between the look and the arming. */
	if (!done && n)
		bell_arm(core->bell, BELL_DTLS);
	pthread_mutex_unlock(&hub->lock);
	return (int)done;
}
