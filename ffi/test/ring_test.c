/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "check.h"

static int put(struct ring *r, uint32_t slot, const void *payload, uint32_t n)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_PUNT, .slot = slot };

	return ring_put(r, &ev, payload, n);
}

static void test_order(void)
{
	struct ring r = { 0 };
	uint8_t buf[65536], payload[33];
	struct rtpe_event ev;
	uint32_t at = 0, n;

	CHECK_EQ(ring_init(&r, 65536), 0);
	for (uint32_t i = 0; i < 5; i++) {
		memset(payload, (int)i, sizeof(payload));
		CHECK_EQ(put(&r, i, payload, i * 8 + 1), 0);
	}
	n = ring_take(&r, buf, sizeof(buf));
	for (uint32_t i = 0; i < 5; i++) {
		memcpy(&ev, buf + at, sizeof(ev));
		CHECK_EQ(ev.slot, i);
		CHECK_EQ(ev.payload_len, i * 8 + 1);
		CHECK_EQ(ev.len % 8, 0);
		CHECK_EQ(buf[at + sizeof(ev) + i * 8], i);
		at += ev.len;
	}
	CHECK_EQ(at, n);
	CHECK(ring_empty(&r));
	ring_free(&r);
}

static void test_full(void)
{
	struct ring r = { 0 };
	uint8_t payload[1000] = { 0 }, buf[4096];
	int stored = 0;

	CHECK_EQ(ring_init(&r, 4096), 0);
	while (put(&r, 0, payload, sizeof(payload)) == 0)
		stored++;
	CHECK_EQ(stored, 4096 / (sizeof(struct rtpe_event) + 1000));
	CHECK_EQ(atomic_load(&r.lost), 1);
	CHECK_EQ(put(&r, 0, payload, 5000), -ENOSPC);
	CHECK_EQ(atomic_load(&r.lost), 2);
	CHECK(ring_take(&r, buf, sizeof(buf)) > 0);
	CHECK_EQ(put(&r, 0, payload, sizeof(payload)), 0);
	ring_free(&r);
}

static void test_small_buffer(void)
{
	struct ring r = { 0 };
	uint8_t payload[100] = { 0 }, buf[300];

	CHECK_EQ(ring_init(&r, 4096), 0);
	put(&r, 1, payload, 100);
	put(&r, 2, payload, 100);
	CHECK_EQ(ring_take(&r, buf, 50), 0);
	CHECK_EQ(ring_take(&r, buf, 250), sizeof(struct rtpe_event) + 104);
	CHECK_EQ(((struct rtpe_event *)(void *)buf)->slot, 1);
	CHECK_EQ(ring_take(&r, buf, 250), sizeof(struct rtpe_event) + 104);
	CHECK_EQ(((struct rtpe_event *)(void *)buf)->slot, 2);
	ring_free(&r);
}

enum { SHARED_RECORDS = 20000 };

static void *producer(void *arg)
{
	struct ring *r = arg;
	uint8_t payload[200];

	for (uint32_t i = 0; i < SHARED_RECORDS; i++) {
		memset(payload, (int)(i & 0xff), sizeof(payload));
		while (put(r, i, payload, i % sizeof(payload)))
			sched_yield();
	}
	return NULL;
}

static void test_threads(void)
{
	struct ring r = { 0 };
	_Alignas(8) uint8_t buf[5000];
	uint32_t next = 0;
	pthread_t tid;

	CHECK_EQ(ring_init(&r, 8192), 0);
	CHECK_EQ(pthread_create(&tid, NULL, producer, &r), 0);
	while (next < SHARED_RECORDS) {
		uint32_t n = ring_take(&r, buf, sizeof(buf)), at = 0;

		if (n == 0)
			sched_yield();
		while (at < n) {
			struct rtpe_event ev;

			memcpy(&ev, buf + at, sizeof(ev));
			CHECK_EQ(ev.slot, next);
			CHECK_EQ(ev.payload_len, next % 200);
			for (uint32_t i = 0; i < ev.payload_len; i++)
				CHECK_EQ(buf[at + sizeof(ev) + i], next & 0xff);
			at += ev.len;
			next++;
		}
	}
	pthread_join(tid, NULL);
	ring_free(&r);
}

static const struct test tests[] = {
	{ "gives records back whole and in order", test_order },
	{ "loses and counts what does not fit", test_full },
	{ "keeps a record the buffer is too small for", test_small_buffer },
	{ "a producer and a consumer need no lock", test_threads },
	END_OF_TESTS,
};

const struct suite suite_ring = { "ring", tests, NULL };
