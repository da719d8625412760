/* SPDX-License-Identifier: MIT */
/* Which streams a compound RTCP packet speaks of. */
#ifndef RTPE_RTCP_NAMES_H
#define RTPE_RTCP_NAMES_H

#include <stddef.h>
#include <stdint.h>

enum { RTCP_NAMES = 64 };

/* SSRCs: of the sender of the packet, and of streams it receives. What is
 * beyond the room is left out. */
struct rtcp_names {
	uint32_t n_own;
	uint32_t n_heard;
	uint32_t own[RTCP_NAMES];
	uint32_t heard[RTCP_NAMES];
};

/* The packet must be valid RTCP. Senders of reports (SR, RR, XR) and those who
 * leave (BYE) are the sender's own; sources of report blocks, and the media
 * source of feedback (RFC 4585), are what it hears. The sender of feedback
 * says nothing: any of its streams will do. */
void rtcp_names(struct rtcp_names *names, const uint8_t *p, size_t n);

#endif
