/* SPDX-License-Identifier: MIT */
/* Control datagram sockets. */
#ifndef RTPE_CTL_H
#define RTPE_CTL_H

#include "core.h"

int ctl_start(struct rtpe_core *core);
void ctl_stop(struct rtpe_core *core);
/* Moves whole records to buf, from the ring and then from the sockets; returns
 * the bytes moved. 0: the bell rings at the next datagram. */
uint32_t ctl_take(struct rtpe_core *core, void *buf, uint32_t len);
bool ctl_pending(struct rtpe_core *core);
uint64_t ctl_lost(struct rtpe_core *core);

#endif
