/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "rtp_ext.h"

#include <string.h>

#include "classify.h"

enum {
	ONE_BYTE = 0xbede,
	TWO_BYTE = 0x1000,		/* and four bits of whoever's */
	ONE_BYTE_MAX_ID = 14,
	ONE_BYTE_MAX_LEN = 16,
};

void ext_compile(struct ext_edit *e, const struct rtpe_output *o, uint8_t strip)
{
	e->filter = o->flags & RTPE_OUT_EXT_FILTER;
	memcpy(e->allow, o->ext_allow, sizeof(e->allow));
	if (!(o->flags & RTPE_OUT_MID))
		return;
	e->mid_id = o->mid_id;
	e->mid_len = o->mid_len;
	memcpy(e->mid, o->mid, o->mid_len);
	e->strip = strip;
}

static uint32_t fixed_len(const uint8_t *rtp)
{
	return RTP_HEADER + (rtp[0] & 0x0fu) * 4;
}

bool ext_begin(struct ext_walk *w, const uint8_t *rtp)
{
	const uint8_t *block = rtp + fixed_len(rtp);
	unsigned form;

	if (!(rtp[0] & 0x10))
		return false;
	form = get16(block);
	w->two_byte = (form & 0xfff0) == TWO_BYTE;
	w->at = block + 4;
	w->end = w->at + get16(block + 2) * 4u;
	return w->two_byte || form == ONE_BYTE;
}

bool ext_next(struct ext_walk *w, struct ext_element *e)
{
	size_t left;

	/* Zeros between elements are padding. */
	while (w->at < w->end && *w->at == 0)
		w->at++;
	left = (size_t)(w->end - w->at);
	if (left == 0)
		return false;
	if (w->two_byte) {
		/* An identifier without its length. */
		if (left < 2)
			return false;
		e->id = w->at[0];
		e->len = w->at[1];
		e->data = w->at + 2;
		left -= 2;
	} else {
		/* 15 ends the walk, and so does padding that has a length. */
		e->id = w->at[0] >> 4;
		if (e->id == 0 || e->id > ONE_BYTE_MAX_ID)
			return false;
		e->len = (uint8_t)((w->at[0] & 15) + 1);
		e->data = w->at + 1;
		left--;
	}
	/* A value that goes on behind the extension. */
	if (e->len > left)
		return false;
	w->at = e->data + e->len;
	return true;
}

bool ext_find(const uint8_t *rtp, unsigned id, struct ext_element *e)
{
	struct ext_walk w;

	if (!ext_begin(&w, rtp))
		return false;
	while (ext_next(&w, e))
		if (e->id == id)
			return true;
	return false;
}

static uint8_t *put_element(uint8_t *at, bool two_byte, unsigned id, const uint8_t *data,
			    unsigned len)
{
	if (two_byte) {
		*at++ = (uint8_t)id;
		*at++ = (uint8_t)len;
	} else {
		*at++ = (uint8_t)(id << 4 | (len - 1));
	}
	memcpy(at, data, len);
	return at + len;
}

static bool kept(const struct ext_edit *edit, unsigned id)
{
	if (id == edit->strip || id == edit->mid_id)
		return false;
	return !edit->filter || edit->allow[id / 32] >> id % 32 & 1;
}

/* The elements that stay and the new one. Returns their end. */
static uint8_t *put_elements(uint8_t *at, struct ext_walk *w, bool two_byte,
			     const struct ext_edit *edit)
{
	struct ext_element e;

	while (w && ext_next(w, &e))
		if (kept(edit, e.id))
			at = put_element(at, two_byte, e.id, e.data, e.len);
	if (edit->mid_id)
		at = put_element(at, two_byte, edit->mid_id, edit->mid, edit->mid_len);
	return at;
}

uint32_t ext_copy(uint8_t *to, const uint8_t *rtp, uint32_t n, const struct ext_edit *edit)
{
	uint32_t head = fixed_len(rtp), skip = head;
	bool known, two_byte;
	uint8_t *block = to + head, *at;
	struct ext_walk w;
	unsigned form = ONE_BYTE;

	known = ext_begin(&w, rtp);
	if (rtp[0] & 0x10) {
		if (!known && !edit->filter) {
			memcpy(to, rtp, n);
			return n;
		}
		skip += 4 + get16(rtp + head + 2) * 4u;
	}
	two_byte = known && w.two_byte;
	if (two_byte)
		form = get16(rtp + head);
	else if (edit->mid_id > ONE_BYTE_MAX_ID || edit->mid_len > ONE_BYTE_MAX_LEN)
		two_byte = true, form = TWO_BYTE;
	memcpy(to, rtp, head);
	at = put_elements(block + 4, known ? &w : NULL, two_byte, edit);
	if (at == block + 4) {
		to[0] &= (uint8_t)~0x10;
		at = block;
	} else {
		while ((at - block) % 4)
			*at++ = 0;
		to[0] |= 0x10;
		put16(block, (uint16_t)form);
		put16(block + 2, (uint16_t)((at - block) / 4 - 1));
	}
	memcpy(at, rtp + skip, n - skip);
	return (uint32_t)(at - to) + n - skip;
}
