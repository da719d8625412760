/* SPDX-License-Identifier: GPL-2.0 */
/* For sources of ../ffi/src that are compiled here, too. */
#include <linux/errno.h>
