/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SRTP (RFC 3711, 6188, 7714) of packets on their way through. Keys are shared
 * by rules; what is remembered of streams belongs to ports (struct rtpe_srtp_port). SRTCP
 * is left to user space.
 */
#ifndef RTPEDGE_SRTP_H
#define RTPEDGE_SRTP_H

#include <linux/kref.h>

#include "rtpe_rule.h"
#include "srtp_cipher.h"

struct port;

enum { SRTP_TRAILER_MAX = SRTP_GCM_TAG + RTPE_MKI_MAX };

struct srtp_key {
	struct kref refs;
	struct rtpe_srtp params;
	struct srtp_keys keys;
	u32 id;				/* as in struct rtpe_srtp_port */
	u32 hint;			/* of srtp_find() */
};

/* May sleep. -EOPNOTSUPP: this kernel lacks the algorithm. */
struct srtp_key *srtp_key_new(const struct rtpe_srtp *p, int *err);
bool srtp_key_same(const struct srtp_key *k, const struct rtpe_srtp *p);
static inline struct srtp_key *srtp_key_get(struct srtp_key *k)
{
	kref_get(&k->refs);
	return k;
}

/* NULL is fine. */
void srtp_key_put(struct srtp_key *k);
/* As SDP calls it. */
const char *srtp_name(const struct rtpe_srtp *p);

/* Both in place, with bottom halves disabled. They return the new length, or
 * -EINVAL: lengths that contradict each other; -EBADMSG: not authentic;
 * -EALREADY: seen before, or too old to tell; -EKEYEXPIRED: used up.
 * note: remembers that it came. */
int srtp_open(struct srtp_key *k, struct port *at, u8 *rtp, u32 len, bool note);
/* Behind the packet is room for SRTP_TRAILER_MAX. from: the slot it came in by. */
int srtp_seal(struct srtp_key *k, struct port *out, u32 from, u8 *rtp, u32 len);

#endif
