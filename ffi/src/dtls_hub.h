/* SPDX-License-Identifier: MIT */
/*
 * The threads of a core that drive DTLS handshakes. Who touches what of a link:
 *
 *   hub->lock     its places in the lists, its flags, what waits for it, where it
 *                 speaks to, its news; held for a moment at a time
 *   the worker    `dtls`, while `running`; one worker at a time
 *   hub->sending  held while a worker sends, so that a port is not closed then
 */
#ifndef RTPE_DTLS_HUB_H
#define RTPE_DTLS_HUB_H

#include <stdatomic.h>

#include "core.h"
#include "list.h"
#include "rtpe_dtls.h"

enum {
	/* Time-outs: a wheel of this many places, which is more than the longest. */
	DTLS_TICK_MS = 16, DTLS_TICKS = 256,
	DTLS_WORKERS = 4,
	/* The bell rings once in so long: to be woken is dear for whoever is told. */
	DTLS_TELL_US = 2000,
	/* What may wait for one link. */
	DTLS_QUEUE = 16, DTLS_QUEUE_BYTES = 131072,
	DTLS_FLIGHT = 16384,		/* what one step says, at most */
};

struct dtls_datagram {
	struct dtls_datagram *next;
	uint32_t len;
	uint8_t bytes[];
};

struct dtls_queue {
	struct dtls_datagram *first, **end;
	uint32_t n, bytes;
};

/* Where a link speaks from, and with whom. */
struct dtls_path {
	struct slot *slot;
	uint32_t generation;		/* of the slot when this was told */
	struct rtpe_addr dst;
};

struct rtpe_dtls_link {
	struct dtls_hub *hub;
	struct rtpe_dtls *dtls;		/* made by the first worker that has it */
	struct list all, ready, timed, with_news;
	struct dtls_queue queue;
	struct dtls_path path;
	bool running;
	bool poked;			/* to be stepped without a datagram */
	bool doomed;			/* a worker frees it */
	atomic_bool accepted;
	atomic_bool heard;		/* relay threads have handed it datagrams */
	uint32_t told;			/* the state there was news of last */
	/* What it said when it was connected, until it is accepted. */
	uint8_t *held;
	uint32_t held_len;
	struct rtpe_dtls_news news;
	/* What it is made with. */
	struct rtpe_dtls_ctx *ctx;
	uint32_t role, mtu, n_fingerprints;
	struct rtpe_dtls_fingerprint fingerprints[];
};

struct dtls_hub {
	struct rtpe_core *core;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list all, ready, with_news;
	struct list wheel[DTLS_TICKS];
	uint64_t tick;			/* the last that was looked at */
	uint32_t n_timed;
	uint32_t n_threads, n_idle;
	bool unheard;			/* something waits for the bell */
	bool punts;			/* among it datagrams in a relay thread's ring */
	uint64_t told;			/* when it rang last, monotonic µs */
	bool stop;
	pthread_mutex_t sending;
	uint64_t ip_id;			/* under `sending` */
	pthread_t tids[DTLS_WORKERS];
};

/* The core's hub, made with its threads when it is wanted first; NULL when there is
 * no memory or no thread for it. */
struct dtls_hub *dtls_hub(struct rtpe_core *core);
/* Ends the threads, frees the links. */
void dtls_hub_free(struct rtpe_core *core);
/* A relay thread has put DTLS datagrams into its ring, and nothing else: when the
 * bell is about to ring anyway, it is not rung for them. */
void dtls_hub_punted(struct rtpe_core *core);
/* A relay thread has a datagram of DTLS: it goes straight to the link that speaks
 * with its source, unless it may begin another handshake, which is the control
 * thread's to judge. Returns whether it has gone. */
bool dtls_hub_take(const struct packet *p, struct rtpe_core *core);
/* Waits until nothing more is sent from slots that were unpublished. */
void dtls_hub_pass(struct rtpe_core *core);

/* Under the lock: the link has something to do. Returns whether dtls_hub_wake() is
 * due, once the lock is given back: whoever is woken wants it. */
bool dtls_hub_ready(struct dtls_hub *hub, struct rtpe_dtls_link *link);
void dtls_hub_wake(struct dtls_hub *hub);
/* Under the lock: ...after so many ms; negative: not at all. */
void dtls_hub_time(struct dtls_hub *hub, struct rtpe_dtls_link *link, int32_t ms);

/* dtls_link.c: does what a link has to do. Called with the lock, which it gives
 * back for a while; the link may be gone afterwards. desk: DTLS_FLIGHT bytes. */
void dtls_link_run(struct rtpe_dtls_link *link, uint8_t *desk);
/* Nobody may know of it any more. */
void dtls_link_destroy(struct rtpe_dtls_link *link);

#endif
