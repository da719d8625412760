/* SPDX-License-Identifier: GPL-2.0 */
/* For sources of ../ffi/src that are compiled here, too. Of tables of streams
 * the lock is NULL: here it is a spinlock around them. */
#ifndef RTPEDGE_STDATOMIC_H
#define RTPEDGE_STDATOMIC_H

#include <linux/types.h>

typedef struct {
	u8 unused;
} atomic_flag;

#define atomic_flag_test_and_set_explicit(flag, order) ((flag)->unused != 0)
#define atomic_flag_clear_explicit(flag, order) ((void)(flag))

#endif
