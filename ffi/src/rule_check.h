/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Whether a rule holds together: whoever wrote it may be wrong, or may not be
 * the daemon. The same for every engine; the kernel module includes it, too.
 */
#ifndef RTPE_RULE_CHECK_H
#define RTPE_RULE_CHECK_H

#include <stdbool.h>

#include "rtpe_rule.h"

/* The part before the outputs, of a rule of len bytes for the port at local; len
 * is at least its size. Normalises its addresses. 0 or -EINVAL. */
int rule_check_head(struct rtpe_rule *r, const struct rtpe_addr *local, rtpe_u32 len);
/* n_sections: of the rule's bundle, 0 = it has none. sealed: packets come in
 * under keys. Normalises its addresses. 0 or -EINVAL. */
int rule_check_output(struct rtpe_output *o, unsigned n_sections, bool sealed);

#endif
