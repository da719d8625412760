/* SPDX-License-Identifier: MIT */
/* RTP sources as they might have been counted. */
#ifndef KERNEL_SOURCE_H
#define KERNEL_SOURCE_H

#include "rtpe_counters.h"

static inline struct rtpe_ssrc_counters source(uint32_t first, uint32_t n)
{
	return (struct rtpe_ssrc_counters){
		.ssrc = 7, .in_use = 1, .packets = n, .base_seq = 0x10000 + first,
		.max_seq = 0x10000 + first + n - 1, .first_us = 10 + first, .last_us = 20 + first,
		.clock_rate = 8000,
	};
}

static inline uint32_t lost(const struct rtpe_ssrc_counters *s)
{
	return s->max_seq - s->base_seq + 1 - (uint32_t)s->packets;
}

#endif
