/* SPDX-License-Identifier: MIT */
/*
 * Copies of packets, one ring for each relay thread, one for the API's
 * caller, and one for whoever sends for DTLS. They are made with the first capture and stay: a relay thread may be
 * writing to its own at any time.
 */
#include "capture.h"

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "classify.h"
#include "kernel_mark.h"
#include "rtpe_capture.h"

enum { CAPTURE_RING = 1 << 20 };

struct capture {
	struct ring ring;
	uint8_t whole[RX_PAYLOAD];	/* a packet put together */
};

static void put(struct capture *c, struct rtpe_event *ev, const struct slot *slot,
		const uint8_t *data, uint32_t len)
{
	ev->type = RTPE_EVENT_CAPTURE;
	ev->slot = slot->index;
	ring_put(&c->ring, ev, data, len);
}

void capture_received(struct thread *t, const struct packet *p)
{
	struct rtpe_event ev = { .time_us = t->wall, .src = p->src, .dst = p->slot->local };

	put(t->capture, &ev, p->slot, p->data, p->len);
}

void capture_sent(struct thread *t, const struct slot *slot, const struct rtpe_addr *dst,
		  const uint8_t *data, uint32_t len, const uint8_t *rtp)
{
	struct rtpe_event ev = {
		.reason = 1, .time_us = t->wall, .src = slot->local, .dst = *dst,
	};
	struct capture *c = t->capture;

	if (rtp && len >= RTP_HEADER && len <= sizeof(c->whole)) {
		memcpy(c->whole, rtp, RTP_HEADER);
		memcpy(c->whole + RTP_HEADER, data + RTP_HEADER, len - RTP_HEADER);
		data = c->whole;
	}
	put(c, &ev, slot, data, len);
}

void capture_sent_now(struct rtpe_core *core, const struct slot *slot,
		      const struct rtpe_addr *dst, const uint8_t *data, uint32_t len)
{
	struct rtpe_event ev = {
		.reason = 1, .time_us = clock_us(CLOCK_REALTIME), .src = slot->local, .dst = *dst,
	};

	put(core->capture, &ev, slot, data, len);
}

void capture_sent_dtls(struct rtpe_core *core, const struct slot *slot,
		       const struct rtpe_addr *dst, const uint8_t *data, uint32_t len)
{
	struct rtpe_event ev = {
		.reason = 1, .time_us = clock_us(CLOCK_REALTIME), .src = slot->local, .dst = *dst,
	};

	put(core->capture_dtls, &ev, slot, data, len);
}

static struct capture *capture_new(void)
{
	struct capture *c = mem_map(sizeof(*c));

	if (!c)
		return NULL;
	if (ring_init(&c->ring, CAPTURE_RING) == 0)
		return c;
	mem_unmap(c, sizeof(*c));
	return NULL;
}

static void capture_free(struct capture *c)
{
	if (!c)
		return;
	ring_free(&c->ring);
	mem_unmap(c, sizeof(*c));
}

/* Where there are rings already, they stay. */
static int captures_make(struct rtpe_core *core)
{
	for (uint32_t i = 0; i < core->n_threads; i++) {
		struct thread *t = &core->threads[i];

		/* Read by the thread only after it has seen slot->captured. */
		if (!t->capture)
			t->capture = capture_new();
		if (!t->capture)
			return -ENOMEM;
	}
	if (!core->capture_dtls)
		core->capture_dtls = capture_new();
	if (!core->capture)
		core->capture = capture_new();
	return core->capture && core->capture_dtls ? 0 : -ENOMEM;
}

void captures_free(struct rtpe_core *core)
{
	for (uint32_t i = 0; core->threads && i < core->opts.threads; i++)
		capture_free(core->threads[i].capture);
	capture_free(core->capture_dtls);
	capture_free(core->capture);
}

int rtpe_capture_set(struct rtpe_core *core, rtpe_u32 index, rtpe_u32 on)
{
	struct slot *slot = slot_of(core, index);
	int err;

	if (!slot)
		return -EBADF;
	if (on) {
		err = captures_make(core);
		if (err)
			return err;
	}
	atomic_store_explicit(&slot->captured, on != 0, memory_order_release);
	/* Streams that are in the kernel, or might go there now. */
	kernel_wake(core, slot);
	return 0;
}

int rtpe_capture_drain(struct rtpe_core *core, void *buf, rtpe_u32 len)
{
	uint32_t done = 0;

	if (!core->capture)
		return 0;
	done += ring_take(&core->capture->ring, buf, len);
	done += ring_take(&core->capture_dtls->ring, (uint8_t *)buf + done, len - done);
	for (uint32_t i = 0; i < core->n_threads; i++)
		done += ring_take(&core->threads[i].capture->ring, (uint8_t *)buf + done,
				  len - done);
	return (int)done;
}

rtpe_u64 rtpe_capture_lost(struct rtpe_core *core)
{
	uint64_t lost = 0;

	if (!core->capture)
		return 0;
	lost = atomic_load_explicit(&core->capture->ring.lost, memory_order_relaxed) +
	       atomic_load_explicit(&core->capture_dtls->ring.lost, memory_order_relaxed);
	for (uint32_t i = 0; i < core->n_threads; i++)
		lost += atomic_load_explicit(&core->threads[i].capture->ring.lost,
					     memory_order_relaxed);
	return lost;
}
