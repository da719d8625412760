/* SPDX-License-Identifier: MIT */
#include "rtcp_names.h"

#include "classify.h"

enum { SR = 200, RR = 201, BYE = 203, RTPFB = 205, PSFB = 206, XR = 207, REPORT_BLOCK = 24 };

static void own(struct rtcp_names *names, const uint8_t *p)
{
	if (names->n_own < RTCP_NAMES)
		names->own[names->n_own++] = get32(p);
}

static void heard(struct rtcp_names *names, const uint8_t *p)
{
	if (names->n_heard < RTCP_NAMES)
		names->heard[names->n_heard++] = get32(p);
}

/* One packet of len bytes, which is at least what its type and count ask for. */
static void one(struct rtcp_names *names, const uint8_t *p, size_t len)
{
	unsigned count = p[0] & 0x1f, type = p[1];
	size_t blocks = type == SR ? 28 : 8;

	switch (type) {
	case SR:
	case RR:
		own(names, p + 4);
		for (unsigned i = 0; i < count; i++)
			heard(names, p + blocks + (size_t)i * REPORT_BLOCK);
		break;
	case BYE:
		for (unsigned i = 0; i < count; i++)
			own(names, p + 4 + (size_t)i * 4);
		break;
	case XR:
		/* The only one whose length is not checked by its type. */
		if (len >= 8)
			own(names, p + 4);
		break;
	case RTPFB:
	case PSFB:
		heard(names, p + 8);
		break;
	default:
		break;
	}
}

void rtcp_names(struct rtcp_names *names, const uint8_t *p, size_t n)
{
	names->n_own = names->n_heard = 0;
	while (n >= 4) {
		size_t len = ((size_t)get16(p + 2) + 1) * 4;

		one(names, p, len);
		p += len;
		n -= len;
	}
}
