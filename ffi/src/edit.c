/* SPDX-License-Identifier: MIT */
#include "edit.h"

#include "classify.h"
#include "srtp.h"
#include "txq.h"

enum { MAX_DATAGRAM = 65507 };

void edit_header(const struct out_rule *out, uint8_t *rtp)
{
	put16(rtp + 2, (uint16_t)(get16(rtp + 2) + out->seq_offset));
	if (out->flags & RTPE_OUT_SSRC_REWRITE)
		put32(rtp + 8, out->ssrc_out);
}

/* What the payload of a type is filled with; AS_IT_IS, or SECRET. */
enum { AS_IT_IS = 256, SECRET };

static unsigned silence_of(const struct silence *s, unsigned pt)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->of[i].payload_type == pt)
			return s->of[i].byte;
	return s->pass[pt / 32] >> pt % 32 & 1 ? AS_IT_IS : SECRET;
}

static void fill(uint8_t *rtp, uint32_t n, uint8_t byte)
{
	struct rtp_payload payload = rtp_payload(rtp, n);

	memset(rtp + payload.at, byte, payload.len);
}

const uint8_t *edit_rtp(struct thread *t, const struct rule *rule, const struct out_rule *out,
			const struct packet *p, uint32_t *len)
{
	unsigned byte = AS_IT_IS;
	uint8_t *to;

	if (out->flags & RTPE_OUT_SILENCE)
		byte = silence_of(rule->silence, p->data[1] & 0x7f);
	if (byte == SECRET)
		return NULL;
	to = txq_room(t, (out->ext ? ext_edited_max(p->len) : p->len) + SRTP_TRAILER_MAX);
	*len = p->len;
	if (out->ext)
		*len = ext_copy(to, p->data, p->len, out->ext);
	else
		memcpy(to, p->data, p->len);
	if (*len > MAX_DATAGRAM)
		return NULL;
	if (edit_wanted(out, get32(p->data + 8)))
		edit_header(out, to);
	if (byte != AS_IT_IS)
		fill(to, *len, (uint8_t)byte);
	return to;
}

const uint8_t *edit_copy(struct thread *t, const struct out_rule *out, const struct packet *p,
			 unsigned class)
{
	uint8_t *to = txq_room(t, p->len + SRTP_TRAILER_MAX);

	memcpy(to, p->data, p->len);
	if (class == RTPE_CLASS_RTP && edit_wanted(out, get32(to + 8)))
		edit_header(out, to);
	return to;
}

bool edit_too_short(struct shortest *s, const uint8_t *rtp, uint32_t n)
{
	unsigned pt = rtp[1] & 0x7f;
	uint32_t len;

	if (!(s->types[pt / 32] >> pt % 32 & 1))
		return false;
	len = rtp_payload(rtp, n).len;
	/* An empty packet sets no measure. */
	if (s->len[pt] == 0)
		s->len[pt] = (uint16_t)len;
	return len < s->len[pt];
}
