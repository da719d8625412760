/* SPDX-License-Identifier: MIT */
/* Copies of packets for rtpe_capture.h. */
#ifndef RTPE_CAPTURE_CORE_H
#define RTPE_CAPTURE_CORE_H

#include "core.h"

/* Copies of one producer: a relay thread, the API's caller, or
 * whoever sends for DTLS. */
struct capture;

static inline bool captured(const struct slot *slot)
{
	return atomic_load_explicit(&slot->captured, memory_order_acquire);
}

/* A packet that has come for a captured slot. */
void capture_received(struct thread *t, const struct packet *p);
/* A packet that is about to leave from one; rtp: its first RTP_HEADER bytes
 * when they are not those of data, or NULL. */
void capture_sent(struct thread *t, const struct slot *slot, const struct rtpe_addr *dst,
		  const uint8_t *data, uint32_t len, const uint8_t *rtp);
/* The same for the API's caller. */
void capture_sent_now(struct rtpe_core *core, const struct slot *slot,
		      const struct rtpe_addr *dst, const uint8_t *data, uint32_t len);
/* The same for a thread that sends for DTLS, one at a time. */
void capture_sent_dtls(struct rtpe_core *core, const struct slot *slot,
		       const struct rtpe_addr *dst, const uint8_t *data, uint32_t len);
void captures_free(struct rtpe_core *core);

#endif
