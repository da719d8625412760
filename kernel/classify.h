/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kind of packet is this (RFC 7983, RFC 5761), and do its headers hold
 * what they claim (RFC 3550)? Reads nothing outside [p, p + n).
 */
#ifndef RTPEDGE_CLASSIFY_H
#define RTPEDGE_CLASSIFY_H

#include <linux/types.h>

#include "rtpe_rule.h"

enum { RTP_HEADER = 12, RTCP_HEADER = 8 };

/* One RTPE_CLASS_* bit: RTP or RTCP that is valid, STUN or DTLS that looks like
 * it, OTHER, or 0 for what is malformed. flags: of the rule. On an opaque port,
 * what is not STUN or DTLS of the classes in punt is OTHER. */
unsigned int classify(const u8 *p, size_t n, unsigned int flags, unsigned int punt);
bool rtp_valid(const u8 *p, size_t n);
bool rtcp_valid(const u8 *p, size_t n);
/* Where the payload of an RTP packet lies: without header, contributing sources,
 * header extension and padding. */
struct rtp_payload {
	u32 at;
	u32 len;
};

/* Of a packet that is valid. */
struct rtp_payload rtp_payload(const u8 *p, size_t n);

#endif
