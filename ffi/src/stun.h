/* SPDX-License-Identifier: MIT */
/* STUN (RFC 8489) as far as the core looks into it. */
#ifndef RTPE_STUN_H
#define RTPE_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a datagram is one whole STUN message: its attributes fill it, and its
 * FINGERPRINT, if there is one, is right and the last. Who signed it is not
 * looked at. */
bool stun_whole(const uint8_t *p, size_t n);

#endif
