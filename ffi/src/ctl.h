/* SPDX-License-Identifier: MIT */
/* Control datagram sockets and their thread. */
#ifndef RTPE_CTL_H
#define RTPE_CTL_H

#include "core.h"

int ctl_start(struct rtpe_core *core);
void ctl_stop(struct rtpe_core *core);
struct ring *ctl_ring(struct rtpe_core *core);

#endif
