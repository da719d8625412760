/* SPDX-License-Identifier: MIT */
/*
 * Copies of the packets of some ports, for captures: what a port receives, as
 * it came, and what leaves from it, as it leaves. Forwarding never waits for
 * it: what finds no room is lost for the capture, and counted. While a port is
 * captured its packets come up from the kernel module, too. The rules of
 * rtpe.h about return values and callers hold here as well.
 */
#ifndef RTPE_CAPTURE_H
#define RTPE_CAPTURE_H

#include "rtpe.h"

/* Begins to copy a slot's packets (on = 1) or ends it (0); closing the port
 * ends it, too. -EBADF: it is not open; -ENOMEM: no room for the copies. */
RTPE_EXPORT int rtpe_capture_set(struct rtpe_core *core, rtpe_u32 slot, rtpe_u32 on);
/* Takes copies, as rtpe_ring_drain() takes events, but without a doorbell. Each
 * is a struct rtpe_event of the type RTPE_EVENT_CAPTURE: reason 0, from src to
 * the port dst; reason 1, from the port src to dst. Those of one port and one
 * direction are in order. Returns the bytes copied. */
RTPE_EXPORT int rtpe_capture_drain(struct rtpe_core *core, void *buf, rtpe_u32 len);
/* Packets that found no room. */
RTPE_EXPORT rtpe_u64 rtpe_capture_lost(struct rtpe_core *core);

#endif
