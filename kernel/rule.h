/* SPDX-License-Identifier: GPL-2.0 */
/* Rules: checking what a daemon handed in, and compiling it for packets. */
#ifndef RTPEDGE_RULE_H
#define RTPEDGE_RULE_H

#include "table.h"

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
	u32 punt;
	u32 pt_allow[4];
	struct rtpe_addr expected;	/* the only source, with RTPE_SOURCE_DROP */
	struct silence silence;
	struct shortest *shortest;	/* NULL: any size is right */
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
int rule_set(struct table *t, u32 slot, void *body, u32 len);
void rule_clear(struct port *p);
/* After the last packet that may read it. */
void rule_free(struct rule *rule);

#endif
