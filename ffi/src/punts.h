/* SPDX-License-Identifier: MIT */
/*
 * How much is handed up. Media is limited per port. STUN and DTLS come from
 * anybody, and handing them up costs a hundred times what forwarding does:
 *
 *   - from the remote endpoint of a port: `punt_rate` a second for the port,
 *     which nobody else can use up;
 *   - from others: `punt_rate` per source and port, PORT_SHARE times that per
 *     port, SOURCE_SHARE times that per source over all ports of a thread.
 *
 * A source is an IP address.
 */
#ifndef RTPE_PUNTS_H
#define RTPE_PUNTS_H

#include "core.h"

/* NULL when out of memory. */
struct punt_gate *punts_new(void);
void punts_free(struct punt_gate *gate);
/* A port was opened. */
void punts_reset(struct slot *slot, uint64_t now, uint32_t rate);
/* Whether a packet of this class may be handed up; counts it if so. */
bool punts_allow(struct thread *t, const struct packet *p, unsigned class);

#endif
