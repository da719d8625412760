/* SPDX-License-Identifier: MIT */
/* The counters' memory: anonymous, or a file that outlives the process. */
#ifndef RTPE_COUNTERS_FILE_H
#define RTPE_COUNTERS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "rtpe.h"
#include "rtpe_srtp.h"

/* Counters without sources: what comes before them, in whole cache lines. */
enum { COUNTERS_LEFT = (offsetof(struct rtpe_counters, ssrc) + 63) / 64 * 64 };

struct counters_file {
	struct rtpe_counters *counters;
	struct rtpe_srtp_port *srtp;	/* behind the counters */
	uint8_t *left;			/* COUNTERS_LEFT per slot, behind that */
	uint32_t slots;
	uint32_t reserved;		/* slots whose blocks are allocated */
	int fd;				/* -1: anonymous */
};

/* Maps zeroed counters for `slots` slots. An empty path: anonymous memory.
 * Otherwise the file is made, and must not exist. 0 or -errno; call
 * counters_unmap() in any case. */
int counters_map(struct counters_file *file, const char *path, uint32_t slots);
/* Makes sure that writing to a slot's counters cannot fail. Slots are used in
 * ascending order. 0 or -ENOSPC. */
int counters_reserve(struct counters_file *file, uint32_t slot);
/* The same for a slot's srtp, in any order: few ports have keys. */
int counters_reserve_srtp(struct counters_file *file, uint32_t slot);
/* The same for what the kernel module counted at places it has no more. */
int counters_reserve_left(struct counters_file *file, uint32_t slot);
void counters_unmap(struct counters_file *file);

#endif
