/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Keys and what they are for, as they are handed in; the kernel module includes
 * it, too. */
#ifndef RTPE_SRTP_PARAMS_H
#define RTPE_SRTP_PARAMS_H

#include <stdbool.h>

#include "rtpe_rule.h"

enum { SRTP_GCM_TAG = 16 };

/* Why parameters cannot be used, as a sentence, or NULL. */
const char *srtp_problem(const struct rtpe_srtp *p);

static inline bool srtp_is_gcm(const struct rtpe_srtp *p)
{
	return p->cipher == RTPE_SRTP_AES_GCM;
}

/* Bytes that authenticate an RTP packet. */
static inline rtpe_u32 srtp_rtp_tag_len(const struct rtpe_srtp *p)
{
	return p->flags & RTPE_SRTP_NO_RTP_AUTH ? 0 : p->rtp_tag_len;
}

#endif
