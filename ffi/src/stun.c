/* SPDX-License-Identifier: MIT */
#include "stun.h"

#include "classify.h"

enum { HEADER = 20, ATTRIBUTE = 4, FINGERPRINT = 0x8028, FINGERPRINT_LEN = 4 };
#define COOKIE 0x2112a442u
#define FINGERPRINT_XOR 0x5354554eu

/* CRC-32 of ISO 3309, four bits at a time: a message has a hundred octets. */
static uint32_t crc32(const uint8_t *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

bool stun_whole(const uint8_t *p, size_t n)
{
	if (n < HEADER || p[0] > 3 || get32(p + 4) != COOKIE)
		return false;
	/* A length that is not that of the datagram. */
	if (get16(p + 2) % 4 || get16(p + 2) + (size_t)HEADER != n)
		return false;
	for (size_t at = HEADER; at < n;) {
		size_t len = get16(p + at + 2), padded = (len + 3) & ~(size_t)3;

		/* An attribute that reaches beyond the end. */
		if (padded > n - at - ATTRIBUTE)
			return false;
		if (get16(p + at) == FINGERPRINT)
			return len == FINGERPRINT_LEN && at + ATTRIBUTE + padded == n &&
			       get32(p + at + ATTRIBUTE) == (crc32(p, at) ^ FINGERPRINT_XOR);
		at += ATTRIBUTE + padded;
	}
	return true;
}
