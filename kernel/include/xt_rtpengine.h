/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What an iptables rule with the target RTPENGINE holds. */
#ifndef XT_RTPENGINE_H
#define XT_RTPENGINE_H

#include <linux/types.h>

struct xt_rtpengine_info {
	__u32 id;			/* of the table */
};

#endif
