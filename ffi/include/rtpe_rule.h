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
 * rtpe_output and, if RTPE_RULE_BUNDLE is set, one struct rtpe_bundle.
 */
#ifndef RTPE_RULE_H
#define RTPE_RULE_H

#ifdef __KERNEL__
#include <linux/types.h>
typedef __u8 rtpe_u8;
typedef __u16 rtpe_u16;
typedef __s16 rtpe_s16;
typedef __s32 rtpe_s32;
typedef __u32 rtpe_u32;
typedef __u64 rtpe_u64;
#else
#include <stdint.h>
typedef uint8_t rtpe_u8;
typedef uint16_t rtpe_u16;
typedef int16_t rtpe_s16;
typedef int32_t rtpe_s32;
typedef uint32_t rtpe_u32;
typedef uint64_t rtpe_u64;
#endif

#define RTPE_RULE_ABI 2u
#define RTPE_NO_SLOT 0xffffffffu

enum {
	RTPE_MAX_OUTPUTS = 32,		/* fan-out of one rule */
	RTPE_SSRC_TRACKS = 4,		/* SSRCs counted per slot */
	RTPE_KEY_MAX = 32,
	RTPE_SALT_MAX = 14,
	RTPE_MKI_MAX = 16,
	RTPE_MAX_SECTIONS = 8,		/* media sections behind one port */
	RTPE_SECTION_SSRCS = 8,		/* SSRCs signalled for one section */
	RTPE_MID_MAX = 32,		/* bytes of a MID */
	RTPE_MAX_SILENCE = 8,		/* payload types that have a pattern */
};

/* family: 0 = none, 4 = IPv4 (ip[0..3]), 6 = IPv6 (ip[0..15]). */
struct rtpe_addr {
	rtpe_u8 family;
	rtpe_u8 pad;
	rtpe_u16 port;
	rtpe_u32 scope;			/* IPv6 zone index, 0 = none */
	rtpe_u8 ip[16];
};

enum rtpe_srtp_cipher {
	RTPE_SRTP_NONE = 0,		/* plain RTP */
	RTPE_SRTP_NULL = 1,		/* authenticated only */
	RTPE_SRTP_AES_CM = 2,		/* RFC 3711 section 4.1.1, RFC 6188 */
	RTPE_SRTP_AES_F8 = 3,		/* RFC 3711 section 4.1.2 */
	RTPE_SRTP_AES_GCM = 4,		/* RFC 7714 */
};

enum rtpe_srtp_auth {
	RTPE_SRTP_AUTH_NONE = 0,	/* the cipher authenticates (AES-GCM) */
	RTPE_SRTP_HMAC_SHA1 = 1,	/* RFC 3711 section 4.2.1 */
};

/* Session parameters of RFC 4568 section 6.3. */
enum rtpe_srtp_flags {
	RTPE_SRTP_PLAIN_RTP = 1 << 0,	/* UNENCRYPTED_SRTP */
	RTPE_SRTP_PLAIN_RTCP = 1 << 1,	/* UNENCRYPTED_SRTCP */
	RTPE_SRTP_NO_RTP_AUTH = 1 << 2,	/* UNAUTHENTICATED_SRTP */
};

/* SRTP context of one direction. */
struct rtpe_srtp {
	rtpe_u8 cipher;			/* enum rtpe_srtp_cipher */
	rtpe_u8 auth;			/* enum rtpe_srtp_auth */
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
	/* RTP payloads become silence: see struct rtpe_silence. */
	RTPE_OUT_SILENCE = 1 << 3,
	/* RTP header extension elements (RFC 8285) whose identifier is not in
	 * ext_allow are taken out, and what is not of that form altogether. */
	RTPE_OUT_EXT_FILTER = 1 << 4,
	/* RTP packets carry `mid` under the identifier mid_id (RFC 9143 section
	 * 15), in place of a MID they had. */
	RTPE_OUT_MID = 1 << 5,
	/* Only packets of one section of the rule's bundle. */
	RTPE_OUT_SECTION = 1 << 6,
	/* Packets leave byte for byte as they came, once the rule's `decrypt` has
	 * shown them to be authentic: both sides have the same keys. Excludes
	 * `encrypt` and everything that changes packets. */
	RTPE_OUT_AS_RECEIVED = 1 << 7,
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
	rtpe_u8 section;		/* with RTPE_OUT_SECTION */
	rtpe_u8 mid_id;			/* with RTPE_OUT_MID: 1..255 */
	rtpe_u8 mid_len;		/* with RTPE_OUT_MID: 1..RTPE_MID_MAX */
	rtpe_u8 pad;
	rtpe_u8 mid[RTPE_MID_MAX];
	rtpe_u32 ext_allow[8];		/* bitmap over identifiers 1..255 */
	struct rtpe_srtp encrypt;
};

/* What silence is for one payload type: payloads filled with this byte. */
struct rtpe_silence {
	rtpe_u8 payload_type;
	rtpe_u8 byte;
};

/* One media section of a bundle. */
struct rtpe_section {
	rtpe_u8 mid_len;		/* 1..RTPE_MID_MAX */
	rtpe_u8 n_ssrcs;		/* 0..RTPE_SECTION_SSRCS */
	rtpe_u8 pad[2];
	rtpe_u8 mid[RTPE_MID_MAX];
	rtpe_u32 payload_types[4];	/* bitmap over 0..127 */
	rtpe_u32 ssrcs[RTPE_SECTION_SSRCS];
};

/* Several media sections behind one port (RFC 9143 section 9.2): an RTP packet
 * is of the section its MID names, else of that of its SSRC (signalled, or
 * learned from an earlier packet), else of the only one that has its payload
 * type, else of none. */
struct rtpe_bundle {
	rtpe_u8 mid_extension;		/* identifier of the MID here, 0 = none */
	rtpe_u8 n_sections;		/* 1..RTPE_MAX_SECTIONS */
	rtpe_u8 pad[2];
	struct rtpe_section sections[RTPE_MAX_SECTIONS];
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
	RTPE_RULE_BUNDLE = 1 << 7,	/* a struct rtpe_bundle follows the outputs */
	RTPE_RULE_BLOCK_SHORT = 1 << 8,	/* drop RTP of the types in block_short that is
					 * shorter than the first packet of its type */
	RTPE_RULE_ONE_WAY = 1 << 9,	/* destinations that never send are no reason to
					 * wait with handing the stream to the kernel */
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
	rtpe_u32 block_short[4];	/* bitmap over payload types 0..127 */
	/* For outputs with RTPE_OUT_SILENCE. Of payload types that are neither
	 * here nor in silence_pass nothing leaves by them: what cannot be
	 * silenced is not to be heard. */
	rtpe_u32 silence_pass[4];	/* bitmap: passed as they are */
	rtpe_u32 n_silence;		/* 0..RTPE_MAX_SILENCE */
	struct rtpe_silence silence[RTPE_MAX_SILENCE];
	struct rtpe_srtp decrypt;
};

#endif
