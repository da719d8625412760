// SPDX-License-Identifier: GPL-2.0
#include "classify.h"

#include "compat.h"

enum {
	STUN_HEADER = 20,
	STUN_COOKIE = 0x2112a442,
	DTLS_HEADER = 13,
};

/* Header, contributing sources and extension of an RTP packet by its own word;
 * 0: there is not that much. */
static size_t rtp_header_len(const u8 *p, size_t n)
{
	size_t need = RTP_HEADER;

	if (n < need)
		return 0;
	/* CC: up to 15 words claimed that may not be there. */
	need += (p[0] & 0x0f) * 4;
	if (n < need)
		return 0;
	if (!(p[0] & 0x10))
		return need;
	/* X: an extension header, then as many words as it claims. */
	if (n < need + 4)
		return 0;
	need += 4 + get_unaligned_be16(p + need + 2) * 4;
	return n < need ? 0 : need;
}

bool rtp_valid(const u8 *p, size_t n)
{
	size_t need = rtp_header_len(p, n);
	unsigned int pt;

	if (!need || p[0] >> 6 != 2)
		return false;
	/* 72..76 are what RTCP 200..204 looks like: never an RTP payload type. */
	pt = p[1] & 0x7f;
	if (pt >= 72 && pt <= 76)
		return false;
	/* P: the last byte counts the padding, itself included. Zero and more
	 * than the payload are lies. */
	if (p[0] & 0x20 && (n == need || p[n - 1] == 0 || p[n - 1] > n - need))
		return false;
	return true;
}

struct rtp_payload rtp_payload(const u8 *p, size_t n)
{
	u32 at = rtp_header_len(p, n);

	return (struct rtp_payload){ at, n - at - (p[0] & 0x20 ? p[n - 1] : 0) };
}

/* The part of an RTCP packet that its own count field promises. */
static size_t rtcp_promised(const u8 *p)
{
	size_t count = p[0] & 0x1f;

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
static bool bye_reason_fits(const u8 *p, size_t len)
{
	size_t at = 4 + (p[0] & 0x1f) * 4;

	return at == len || at + 1 + p[at] <= len;
}

bool rtcp_valid(const u8 *p, size_t n)
{
	bool last_padded = false;

	if (n < RTCP_HEADER)
		return false;
	while (n > 0) {
		size_t len;

		/* Something after the last packet that is no packet, or
		 * padding announced on a packet that is not the last. */
		if (n < 4 || p[0] >> 6 != 2 || last_padded)
			return false;
		if (p[1] < 192 || p[1] > 223)
			return false;
		/* A length beyond the datagram, or too short for the count. */
		len = (get_unaligned_be16(p + 2) + 1) * 4;
		if (len > n || len < rtcp_promised(p))
			return false;
		if (p[1] == 203 && !bye_reason_fits(p, len))
			return false;
		if (p[0] & 0x20) {
			u8 pad = p[len - 1];

			if (pad == 0 || pad % 4 || pad > len - 4)
				return false;
			last_padded = true;
		}
		p += len;
		n -= len;
	}
	return true;
}

static bool looks_like_stun(const u8 *p, size_t n)
{
	return n >= STUN_HEADER && p[0] <= 3 && get_unaligned_be32(p + 4) == STUN_COOKIE &&
	       get_unaligned_be16(p + 2) % 4 == 0 &&
	       get_unaligned_be16(p + 2) + STUN_HEADER <= n;
}

static bool looks_like_dtls(const u8 *p, size_t n)
{
	return n >= DTLS_HEADER && p[0] >= 20 && p[0] <= 63 && (p[1] == 0xfe || p[0] >= 32);
}

unsigned int classify(const u8 *p, size_t n, unsigned int flags, unsigned int punt)
{
	bool rtcp = flags & RTPE_RULE_RTCP;

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
		/* RFC 5761 section 4: RTCP types 192..223 where both share. */
		if (flags & RTPE_RULE_RTCP_MUX && n >= 2)
			rtcp = p[1] >= 192 && p[1] <= 223;
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
