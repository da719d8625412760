/* SPDX-License-Identifier: MIT */
/*
 * A bounded ring of whole event records: one producer thread, one consumer.
 * Full means the new record is lost and counted, never that anybody waits.
 */
#ifndef RTPE_RING_H
#define RTPE_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "rtpe.h"

struct ring {
	uint8_t *data;
	uint32_t size;				/* power of two */
	alignas(64) _Atomic uint64_t head;	/* bytes ever written */
	_Atomic uint64_t lost;
	alignas(64) _Atomic uint64_t tail;	/* bytes ever read */
};

int ring_init(struct ring *r, uint32_t size);
void ring_free(struct ring *r);
/* Writes one record; ev->len and ev->payload_len are filled in from n.
 * Returns 0 or -ENOSPC. */
int ring_put(struct ring *r, struct rtpe_event *ev, const void *payload, uint32_t n);
/* Moves whole records to buf; returns the bytes moved. */
uint32_t ring_take(struct ring *r, void *buf, uint32_t len);
int ring_empty(struct ring *r);
/* Producer: whether a record with n bytes of payload would find place. */
int ring_has_room(struct ring *r, uint32_t n);

#endif
