/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What kind of packet is this (RFC 7983, RFC 5761), and do its headers hold
 * what they claim (RFC 3550)? Reads nothing outside [p, p + n).
 */
#ifndef RTPE_CLASSIFY_H
#define RTPE_CLASSIFY_H

#include <stddef.h>
#include <stdint.h>

#include "rtpe_rule.h"

/* How a port was signalled: the flags of its rule that matter here. */
#define CLASSIFY_FLAGS (RTPE_RULE_RTCP_MUX | RTPE_RULE_RTCP | RTPE_RULE_OPAQUE)
/* RTP and RTCP are SRTP: only the first bytes can be read yet. */
#define CLASSIFY_SEALED (1u << 31)

/* Returns one RTPE_CLASS_* bit: RTP or RTCP that is valid, STUN or DTLS that
 * looks like it, OTHER, or 0 for what is malformed. On an opaque port, what is
 * not STUN or DTLS of the classes in `punt` is OTHER. */
unsigned classify(const uint8_t *p, size_t n, unsigned flags, unsigned punt);

/* Length of RTP header, contributing sources and header extension by their own
 * word; 0: there is not that much. What follows may be encrypted. */
size_t rtp_header_len(const uint8_t *p, size_t n);
/* RFC 3550 section 5.1 and 5.3.1. */
int rtp_valid(const uint8_t *p, size_t n);
/* RFC 3550 section 6.1 and A.2, without the demand that a compound packet
 * begins with a report (RFC 5506). */
int rtcp_valid(const uint8_t *p, size_t n);

#define RTP_HEADER 12u
#define RTCP_HEADER 8u

/* Where the payload of an RTP packet lies. */
struct rtp_payload {
	uint32_t at;
	uint32_t len;
};
/* Of a packet that is valid: without header, contributing sources, header
 * extension and padding. */
struct rtp_payload rtp_payload(const uint8_t *p, size_t n);

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

#endif
