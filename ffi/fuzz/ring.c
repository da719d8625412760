/* SPDX-License-Identifier: MIT */
/*
 * Records of arbitrary sizes, taken by buffers of arbitrary sizes: what was
 * put in comes out whole, in order, once.
 *
 * Input: pairs of a choice (bit 0: take, else put) and a size (2 bytes).
 */
#include <stdlib.h>

#include "fake.h"

enum { RING = 65536, MAX_RECORDS = 4096, MAX_STEPS = 512 };

struct model {
	uint32_t len[MAX_RECORDS];
	uint32_t first, last;
	uint64_t used, lost;
};

static uint8_t pattern(uint32_t record, uint32_t i)
{
	return (uint8_t)(record * 31 + i * 7);
}

static void put(struct ring *r, struct model *m, uint32_t n)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_PUNT, .slot = m->last };
	uint64_t need = sizeof(ev) + ((n + 7) & ~7u);
	uint8_t *payload = malloc(n + 1);
	int err;

	REQUIRE(payload);
	for (uint32_t i = 0; i < n; i++)
		payload[i] = pattern(m->last, i);
	err = ring_put(r, &ev, payload, n);
	REQUIRE((err == 0) == (need <= RING - m->used));
	if (err == 0) {
		m->len[m->last++] = n;
		m->used += need;
	} else {
		m->lost++;
	}
	free(payload);
}

static void take(struct ring *r, struct model *m, uint32_t len)
{
	uint8_t *buf = malloc(len + 1);
	uint32_t n, at = 0;

	REQUIRE(buf);
	n = ring_take(r, buf, len);
	REQUIRE(n <= len);
	while (at < n) {
		struct rtpe_event ev;

		REQUIRE(n - at >= sizeof(ev) && m->first < m->last);
		memcpy(&ev, buf + at, sizeof(ev));
		REQUIRE(ev.slot == m->first && ev.payload_len == m->len[m->first]);
		REQUIRE(ev.len == sizeof(ev) + ((ev.payload_len + 7) & ~7u));
		REQUIRE(ev.len <= n - at);
		for (uint32_t i = 0; i < ev.len - sizeof(ev); i++)
			REQUIRE(buf[at + sizeof(ev) + i] ==
				(i < ev.payload_len ? pattern(m->first, i) : 0));
		at += ev.len;
		m->used -= ev.len;
		m->first++;
	}
	/* What stayed did not fit. */
	REQUIRE(m->first == m->last ||
		sizeof(struct rtpe_event) + m->len[m->first] > len - n ||
		sizeof(struct rtpe_event) + ((m->len[m->first] + 7) & ~7u) > len - n);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model m;
	struct input in = { data, size };
	struct ring r = { .data = NULL };

	memset(&m, 0, sizeof(m));
	REQUIRE(ring_init(&r, RING) == 0);
	/* Counters of bytes go on for ever: also over 32 bits. */
	if (input_u8(&in) & 1)
		r.head = r.tail = 0xffffffffffff0000u + 8 * (uint64_t)input_u16(&in);
	for (int i = 0; in.n && i < MAX_STEPS; i++) {
		bool taking = input_u8(&in) & 1;
		uint32_t n = input_u16(&in);

		if (taking)
			take(&r, &m, n);
		else
			put(&r, &m, n);
		REQUIRE((m.used == 0) == !!ring_empty(&r));
		REQUIRE(atomic_load(&r.lost) == m.lost);
	}
	take(&r, &m, RING);
	REQUIRE(m.first == m.last && m.used == 0);
	ring_free(&r);
	return 0;
}
