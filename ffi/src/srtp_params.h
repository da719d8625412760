/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Keys and what they are for, as they are handed in; the kernel module includes
 * it, too. */
#ifndef RTPE_SRTP_PARAMS_H
#define RTPE_SRTP_PARAMS_H

#include "rtpe_rule.h"

enum { SRTP_GCM_TAG = 16 };

/* Why parameters cannot be used, as a sentence, or NULL. */
const char *srtp_problem(const struct rtpe_srtp *p);

#endif
