/* SPDX-License-Identifier: MIT */
#include "checksum.h"

#include <string.h>

uint64_t csum_add(uint64_t sum, const void *data, size_t n)
{
	const uint8_t *p = data;
	size_t words = n / 4;

	/* 2^32 words are needed to overflow; a datagram has 2^14. */
	for (size_t i = 0; i < words; i++) {
		uint32_t w;

		memcpy(&w, p + i * 4, 4);
		sum += w;
	}
	p += words * 4;
	if (n & 2) {
		uint16_t w;

		memcpy(&w, p, 2);
		sum += w;
		p += 2;
	}
	if (n & 1) {
		uint8_t last[2] = { *p, 0 };
		uint16_t w;

		memcpy(&w, last, 2);
		sum += w;
	}
	return sum;
}

uint16_t csum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
