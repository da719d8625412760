/* SPDX-License-Identifier: MIT */
/* The Internet checksum (RFC 1071), by 32-bit words into a 64-bit sum. */
#ifndef RTPE_CHECKSUM_H
#define RTPE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds n bytes to an unfolded sum. Only the last piece of a message may have
 * an odd length. */
uint64_t csum_add(uint64_t sum, const void *data, size_t n);
/* Folds the sum to the 16 bits of its complement, in network byte order as it
 * lies in memory. */
uint16_t csum_fold(uint64_t sum);
/* As csum_fold, but 0 becomes 0xffff: what UDP sends (RFC 768). */
static inline uint16_t csum_fold_udp(uint64_t sum)
{
	uint16_t folded = csum_fold(sum);

	return folded ? folded : 0xffff;
}

#endif
