/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The forwarding rule: what to do with a packet that arrives on one local
 * address. One declaration for every engine: the userspace relay core
 * includes it as it is, the kernel module includes it as it is, and the
 * TypeScript side takes sizes and offsets from the built library
 * (rtpe_abi_describe()).
 *
 * Layout rules: fixed-width types only, explicit padding, no pointers, no
 * bit-fields, ports in host byte order, IP addresses in network byte order.
 * A rule is one struct rtpe_rule followed by rule.n_outputs structs
 * rtpe_output.
 */
#ifndef RTPE_RULE_H
#define RTPE_RULE_H

#ifdef __KERNEL__
#include <linux/types.h>
typedef __u8 rtpe_u8;
typedef __u16 rtpe_u16;
typedef __s16 rtpe_s16;
typedef __u32 rtpe_u32;
typedef __u64 rtpe_u64;
#else
#include <stdint.h>
typedef uint8_t rtpe_u8;
typedef uint16_t rtpe_u16;
typedef int16_t rtpe_s16;
typedef uint32_t rtpe_u32;
typedef uint64_t rtpe_u64;
#endif

#define RTPE_RULE_ABI 1u
#define RTPE_NO_SLOT 0xffffffffu

enum {
	RTPE_MAX_OUTPUTS = 32,		/* fan-out of one rule */
	RTPE_SSRC_TRACKS = 4,		/* SSRCs counted per slot */
	RTPE_KEY_MAX = 32,
	RTPE_SALT_MAX = 14,
	RTPE_MKI_MAX = 16,
};

/* family: 0 = none, 4 = IPv4 (ip[0..3]), 6 = IPv6 (ip[0..15]). */
struct rtpe_addr {
	rtpe_u8 family;
	rtpe_u8 pad;
	rtpe_u16 port;
	rtpe_u32 scope;			/* IPv6 zone index, 0 = none */
	rtpe_u8 ip[16];
};

/* SRTP context of one direction. cipher = 0: plain RTP. */
struct rtpe_srtp {
	rtpe_u8 cipher;			/* 0 none; values are added with SRTP */
	rtpe_u8 auth;
	rtpe_u8 rtp_tag_len;
	rtpe_u8 rtcp_tag_len;
	rtpe_u8 key_len;
	rtpe_u8 salt_len;
	rtpe_u8 mki_len;
	rtpe_u8 flags;
	rtpe_u8 key[RTPE_KEY_MAX];
	rtpe_u8 salt[RTPE_SALT_MAX];
	rtpe_u8 pad[2];
	rtpe_u8 mki[RTPE_MKI_MAX];
};

/* What kind of packet an output or a punt applies to (bit mask). */
enum rtpe_class {
	RTPE_CLASS_RTP = 1 << 0,
	RTPE_CLASS_RTCP = 1 << 1,
	RTPE_CLASS_STUN = 1 << 2,	/* RFC 7983 first byte 0..3 */
	RTPE_CLASS_DTLS = 1 << 3,	/* RFC 7983 first byte 20..63 */
	RTPE_CLASS_OTHER = 1 << 4,	/* opaque UDP: T.38 UDPTL and the like */
	RTPE_CLASS_UNKNOWN_SSRC = 1 << 5,	/* punt masks only */
	RTPE_CLASS_FILTERED_PT = 1 << 6,	/* punt masks only */
	RTPE_CLASS_BAD_SOURCE = 1 << 7,		/* punt masks only */
};

enum rtpe_output_flags {
	/* Send to the remote endpoint that slot `slot` has now (learned or
	 * signalled) instead of the fixed `dst`. */
	RTPE_OUT_FOLLOW = 1 << 0,
	RTPE_OUT_SSRC_REWRITE = 1 << 1,
	RTPE_OUT_SEQ_OFFSET = 1 << 2,
};

struct rtpe_output {
	struct rtpe_addr src;		/* local address the packet leaves from */
	struct rtpe_addr dst;		/* used when RTPE_OUT_FOLLOW is not set */
	rtpe_u32 slot;			/* slot of `src`; owns the tx counters */
	rtpe_u16 match;			/* RTPE_CLASS_RTP|RTCP|OTHER */
	rtpe_u16 flags;
	rtpe_u32 ssrc_in;		/* rewritten SSRC, 0 = any; packets of other
					 * SSRCs are sent unchanged */
	rtpe_u32 ssrc_out;
	rtpe_u16 seq_offset;
	rtpe_u8 tos;			/* used when tos_set */
	rtpe_u8 tos_set;		/* 0 = copy the TOS byte of the packet */
	rtpe_u32 pad;
	struct rtpe_srtp encrypt;
};

/* What to do with a packet whose source is not the expected one, after
 * learning is over. */
enum rtpe_source_action {
	RTPE_SOURCE_IGNORE = 0,		/* forward from anywhere (rtpengine's default) */
	RTPE_SOURCE_DROP = 1,		/* strict source */
	RTPE_SOURCE_HANDOVER = 2,	/* media handover: re-learn at once */
};

/* How the remote endpoint is learned from packets (endpoint-learning). */
enum rtpe_learning {
	RTPE_LEARN_OFF = 0,		/* never; the signalled address stays */
	RTPE_LEARN_IMMEDIATE = 1,	/* first packet decides */
	RTPE_LEARN_DELAYED = 2,		/* follow every packet for learn_ms, last one wins */
	RTPE_LEARN_HEURISTIC = 3,	/* best match for learn_ms: address+port at
					 * once, then address, port, anything */
};

enum rtpe_rule_flags {
	RTPE_RULE_RELEARN = 1 << 0,	/* installing this rule starts learning anew */
	RTPE_RULE_BLACKHOLE = 1 << 1,	/* count and drop */
	RTPE_RULE_RTCP_MUX = 1 << 2,	/* RTP and RTCP share this port (RFC 5761) */
	RTPE_RULE_RTCP = 1 << 3,	/* this port carries RTCP only */
	RTPE_RULE_OPAQUE = 1 << 4,	/* not RTP: forward any payload (UDPTL, …) */
	RTPE_RULE_TRACK_SSRC = 1 << 5,	/* keep loss/jitter per SSRC */
	RTPE_RULE_WAIT_INPUT = 1 << 6,	/* NAT-wait: nothing is sent to this slot's
					 * remote before it has sent something */
};

struct rtpe_rule {
	rtpe_u32 size;			/* sizeof(rule) + n_outputs * sizeof(output) */
	rtpe_u32 abi;			/* RTPE_RULE_ABI */
	struct rtpe_addr local;
	struct rtpe_addr remote;	/* signalled remote endpoint (SDP); family 0 =
					 * none yet */
	rtpe_u8 source_action;		/* enum rtpe_source_action */
	rtpe_u8 learning;		/* enum rtpe_learning */
	rtpe_u16 flags;			/* enum rtpe_rule_flags */
	rtpe_u32 learn_ms;		/* learning window, 3000 */
	rtpe_u32 punt;			/* classes handed to TypeScript */
	rtpe_u32 pt_allow[4];		/* bitmap over payload types 0..127 */
	rtpe_u32 n_outputs;		/* 0..RTPE_MAX_OUTPUTS */
	struct rtpe_srtp decrypt;
};

#endif
