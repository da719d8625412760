/* SPDX-License-Identifier: MIT */
/*
 * Quiescent-state reclamation: relay threads read rules and tables without a
 * lock; what was unpublished is freed once every thread has passed a point
 * where it holds nothing. A thread that waits for packets counts as passed.
 */
#ifndef RTPE_QSBR_H
#define RTPE_QSBR_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct qsbr {
	_Atomic uint64_t period;
};

struct qsbr_reader {
	alignas(64) _Atomic uint64_t seen;	/* 0: holds nothing */
};

/* Reader: what it read before it no longer holds; from here on it may hold
 * what it reads... */
static inline void qsbr_online(struct qsbr *q, struct qsbr_reader *r)
{
	atomic_store_explicit(&r->seen,
			      atomic_load_explicit(&q->period, memory_order_relaxed),
			      memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
}

/* ...and from here on it holds nothing of what it read. */
static inline void qsbr_offline(struct qsbr_reader *r)
{
	atomic_store_explicit(&r->seen, 0, memory_order_release);
}

/* Writer, after unpublishing: the period that has to pass. */
static inline uint64_t qsbr_begin(struct qsbr *q)
{
	return atomic_fetch_add(&q->period, 1) + 1;
}

/* Whether a reader has passed the period. */
static inline bool qsbr_passed(struct qsbr_reader *r, uint64_t period)
{
	uint64_t seen = atomic_load(&r->seen);

	return seen == 0 || seen >= period;
}

#endif
