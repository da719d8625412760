/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "classify.h"

#include <stdbool.h>

#define STUN_HEADER 20u
#define STUN_COOKIE 0x2112a442u
#define DTLS_HEADER 13u

size_t rtp_header_len(const uint8_t *p, size_t n)
{
	size_t need = RTP_HEADER;

	if (n < need || p[0] >> 6 != 2)
		return 0;
	/* CC: up to 15 words claimed that may not be there. */
	need += (p[0] & 0x0fu) * 4;
	if (n < need)
		return 0;
	/* X: an extension header, then as many words as it claims. */
	if (p[0] & 0x10) {
		if (n < need + 4)
			return 0;
		need += 4 + (size_t)get16(p + need + 2) * 4;
	}
	return need <= n ? need : 0;
}

int rtp_valid(const uint8_t *p, size_t n)
{
	size_t head = rtp_header_len(p, n);
	unsigned pt;

	if (!head)
		return 0;
	/* 72..76 are what RTCP 200..204 looks like: never an RTP payload type. */
	pt = p[1] & 0x7f;
	if (pt >= 72 && pt <= 76)
		return 0;
	/* P: the last byte counts the padding, itself included. Zero and more
	 * than the payload are lies. */
	if (p[0] & 0x20) {
		if (n == head || p[n - 1] == 0 || p[n - 1] > n - head)
			return 0;
	}
	return 1;
}

struct rtp_payload rtp_payload(const uint8_t *p, size_t n)
{
	uint32_t at = RTP_HEADER + (p[0] & 0x0fu) * 4, end = (uint32_t)n;

	if (p[0] & 0x10)
		at += 4 + get16(p + at + 2) * 4u;
	if (p[0] & 0x20)
		end -= p[n - 1];
	return (struct rtp_payload){ .at = at, .len = end - at };
}

/* The part of an RTCP packet that its own count field promises. */
static size_t rtcp_promised(const uint8_t *p)
{
	unsigned count = p[0] & 0x1f;

	switch (p[1]) {
	case 200: /* SR: sender info and report blocks */
		return 28 + count * 24;
	case 201: /* RR */
		return 8 + count * 24;
	case 202: /* SDES: every chunk is at least an SSRC and an end */
		return 4 + count * 8;
	case 203: /* BYE */
		return 4 + count * 4;
	case 204: /* APP: SSRC and name */
	case 205: /* RTPFB: two SSRCs (RFC 4585) */
	case 206: /* PSFB */
		return 12;
	default:
		return 4;
	}
}

/* BYE may carry a reason whose length byte points outside (RFC 3550 6.6). */
static bool bye_reason_fits(const uint8_t *p, size_t len)
{
	size_t at = 4 + (size_t)(p[0] & 0x1f) * 4;

	return at == len || at + 1 + p[at] <= len;
}

int rtcp_valid(const uint8_t *p, size_t n)
{
	bool last_padded = false;

	if (n < 8)
		return 0;
	while (n > 0) {
		size_t len;

		/* Something after the last packet that is no packet, or
		 * padding announced on a packet that is not the last. */
		if (n < 4 || p[0] >> 6 != 2 || last_padded)
			return 0;
		if (p[1] < 192 || p[1] > 223)
			return 0;
		/* A length beyond the datagram, or too short for the count. */
		len = ((size_t)get16(p + 2) + 1) * 4;
		if (len > n || len < rtcp_promised(p))
			return 0;
		if (p[1] == 203 && !bye_reason_fits(p, len))
			return 0;
		if (p[0] & 0x20) {
			unsigned pad = p[len - 1];

			if (pad == 0 || pad % 4 || pad > len - 4)
				return 0;
			last_padded = true;
		}
		p += len;
		n -= len;
	}
	return 1;
}

static bool looks_like_stun(const uint8_t *p, size_t n)
{
	return n >= STUN_HEADER && p[0] <= 3 && get32(p + 4) == STUN_COOKIE &&
	       get16(p + 2) % 4 == 0 && get16(p + 2) + STUN_HEADER <= n;
}

static bool looks_like_dtls(const uint8_t *p, size_t n)
{
	return n >= DTLS_HEADER && p[0] >= 20 && p[0] <= 63 &&
	       (p[1] == 0xfe || p[0] >= 32);
}

unsigned classify(const uint8_t *p, size_t n, unsigned flags, unsigned punt)
{
	if (n == 0)
		return 0;
	if (flags & RTPE_RULE_OPAQUE) {
		if (punt & RTPE_CLASS_STUN && looks_like_stun(p, n))
			return RTPE_CLASS_STUN;
		if (punt & RTPE_CLASS_DTLS && looks_like_dtls(p, n))
			return RTPE_CLASS_DTLS;
		return RTPE_CLASS_OTHER;
	}
	if (p[0] >= 128 && p[0] <= 191) {
		bool rtcp = flags & RTPE_RULE_RTCP;

		/* RFC 5761 section 4: RTCP types 192..223 where both share. */
		if (flags & RTPE_RULE_RTCP_MUX && n >= 2)
			rtcp = p[1] >= 192 && p[1] <= 223;
		if (flags & CLASSIFY_SEALED)
			return n < RTCP_HEADER ? 0 : rtcp ? RTPE_CLASS_RTCP : RTPE_CLASS_RTP;
		if (rtcp)
			return rtcp_valid(p, n) ? RTPE_CLASS_RTCP : 0;
		return rtp_valid(p, n) ? RTPE_CLASS_RTP : 0;
	}
	if (looks_like_stun(p, n))
		return RTPE_CLASS_STUN;
	if (looks_like_dtls(p, n))
		return RTPE_CLASS_DTLS;
	return RTPE_CLASS_OTHER;
}
