/* SPDX-License-Identifier: MIT */
/*
 * SRTP and SRTCP (RFC 3711, 6188, 7714): one object transforms the packets of
 * one direction under one master key. It is used by one thread at a time and
 * never allocates once it is made.
 *
 * All functions return the new length, or a negative errno:
 *   -EINVAL    too short, or its lengths contradict each other
 *   -EBADMSG   not authentic
 *   -EALREADY  seen before, or too old to tell
 *   -ENOSPC    does not fit
 *   -EKEYEXPIRED  the key has protected all the packets it may
 */
#ifndef RTPE_SRTP_H
#define RTPE_SRTP_H

#include <stdbool.h>
#include <stddef.h>

#include "srtp_params.h"
#include "srtp_stream.h"

struct srtp;

enum srtp_direction { SRTP_PROTECT, SRTP_UNPROTECT };

enum {
	SRTP_TRAILER_MAX = 16 + 4 + RTPE_MKI_MAX,	/* what protecting adds at most */
};

/* Remembers its SSRCs in `table`, which must outlive it; NULL: in one of its own.
 * NULL when out of memory or srtp_problem() has something to say. */
struct srtp *srtp_new(const struct rtpe_srtp *p, enum srtp_direction direction,
		      const struct srtp_table *table);
/* One more owner; only by the thread that makes and frees them. */
struct srtp *srtp_get(struct srtp *s);
/* One owner less; the last one wipes the keys. NULL is fine. */
void srtp_free(struct srtp *s);
/* Whether an object was made from the same parameters. */
bool srtp_same(const struct srtp *s, const struct rtpe_srtp *p);

/* Which key it is, in struct rtpe_srtp_state. */
uint32_t srtp_key(const struct srtp *s);

/* All four write to out, which is in or does not overlap with it. What is in out
 * after a failure is not to be looked at. */
int srtp_seal_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap);
/* `index` is shared by all who send RTCP under this key (RFC 3711 section 3.4:
 * no index may come twice). */
int srtp_seal_rtcp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap,
		   uint32_t *index);
int srtp_open_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap);
int srtp_open_rtcp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap);

/* Rollover counter and highest sequence number of one SSRC, for taking a
 * stream over from somewhere else. 0 or -ENOENT. */
int srtp_stream_get(struct srtp *s, uint32_t ssrc, uint32_t *roc, uint16_t *seq);
void srtp_stream_set(struct srtp *s, uint32_t ssrc, uint32_t roc, uint16_t seq);

#endif
