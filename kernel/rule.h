/* SPDX-License-Identifier: GPL-2.0 */
/* Rules: checking what a daemon handed in, and compiling it for packets. */
#ifndef RTPEDGE_RULE_H
#define RTPEDGE_RULE_H

#include "bundle.h"
#include "rtp_ext.h"
#include "srtp.h"
#include "table.h"

/* Packets of no section go where any will do. */
enum { SECTION_NONE = 0x100, SECTIONS_ALL = 0x1ff };

struct out_rule {
	struct port *port;		/* reference held */
	struct remote *remote;		/* NULL: the port's own (RTPE_OUT_FOLLOW) */
	u32 ssrc_in;
	u32 ssrc_out;
	u16 match;
	u16 flags;
	u16 seq_offset;
	u8 tos;
	bool tos_set;
	u16 sections;			/* bit i: packets of section i; see above */
	struct ext_edit *ext;		/* NULL: extensions stay as they are */
	struct srtp_key *encrypt;	/* NULL: in clear */
};

/* What outputs with RTPE_OUT_SILENCE send. */
struct silence {
	u32 pass[4];
	u32 n;
	struct rtpe_silence of[RTPE_MAX_SILENCE];
};

/* Payload types of fixed size, and how long their first packet was. */
struct shortest {
	u32 types[4];
	u16 len[128];
};

struct rule {
	struct rcu_head rcu;
	u16 flags;
	u8 source_action;
	bool rtcp_up;			/* only user space can forward RTCP */
	bool needs_simd;		/* for some of the keys */
	bool copy;			/* media that punt names is not punted */
	bool keep_sealed;		/* an output sends packets as received */
	u32 punt;
	u32 pt_allow[4];
	struct rtpe_addr expected;	/* the only source, with RTPE_SOURCE_DROP */
	struct silence silence;
	struct shortest *shortest;	/* NULL: any size is right */
	struct bundle *bundle;		/* NULL: all is one section */
	struct srtp_key *decrypt;	/* NULL: in clear */
	u32 n_outputs;
	struct out_rule outputs[];
};

enum {
	RULE_MAX_SIZE = sizeof(struct rtpe_rule) +
			RTPE_MAX_OUTPUTS * sizeof(struct rtpe_output) +
			sizeof(struct rtpe_bundle),
};

/* Both under table->lock. body: len bytes, aligned to 8. -EOPNOTSUPP: a rule
 * that is right, but that this engine cannot carry out. */
int rule_set(struct table *t, u32 slot, u32 flags, void *body, u32 len);
void rule_clear(struct port *p);
/* After the last packet that may read it. */
void rule_free(struct rule *rule);

#endif
