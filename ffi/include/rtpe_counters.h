/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What is counted for one open port. One declaration for every engine, and one
 * layout for whoever maps the counters; the layout rules are those of
 * rtpe_rule.h.
 */
#ifndef RTPE_COUNTERS_H
#define RTPE_COUNTERS_H

#include "rtpe_rule.h"

enum {
	RTPE_CLOCK_RATES = 8,		/* payload types whose clock rate a slot knows */
	RTPE_PAYLOAD_TYPES = 8,		/* payload types counted per slot */
};

/* One RTP source (RFC 3550 appendix A.1, A.3, A.8) seen on a slot. */
struct rtpe_ssrc_counters {
	rtpe_u64 packets;
	rtpe_u64 bytes;			/* UDP payload bytes */
	rtpe_u64 payload_bytes;		/* RTP payload bytes (RFC 3550 section 6.4.1):
					 * without header, CSRCs, extension, padding */
	rtpe_u64 first_us;		/* CLOCK_REALTIME of the first packet, µs */
	rtpe_u64 last_us;		/* and of the last one */
	rtpe_u32 ssrc;
	rtpe_u32 base_seq;		/* first extended sequence number, moved along
					 * by a reset so that max_seq - base_seq + 1
					 * stays the number of packets expected */
	rtpe_u32 max_seq;		/* highest extended sequence number */
	rtpe_u32 last_ts;		/* RTP timestamp of the last packet */
	rtpe_u32 jitter_x16;		/* RFC 3550 A.8 estimate, timestamp units * 16 */
	rtpe_u32 duplicates;
	rtpe_u32 reordered;
	rtpe_u32 resets;		/* sequence jumps taken as restarts */
	rtpe_u32 transit;
	rtpe_u32 clock_rate;		/* used for jitter: 8000 until told otherwise */
	rtpe_u8 payload_type;		/* of the last packet */
	rtpe_u8 in_use;
	rtpe_u8 pad[6];
};

/* One RTP payload type that came to a slot. */
struct rtpe_payload_counters {
	rtpe_u64 packets;
	rtpe_u64 bytes;			/* UDP payload bytes, in clear */
};

/* Everything counted for one slot. Written by the engine, read by
 * anybody who maps it (rtpe_counters()). Never reset while the slot is open. */
struct rtpe_counters {
	rtpe_u64 rx_packets;		/* every datagram, dropped ones too */
	rtpe_u64 rx_bytes;		/* UDP payload bytes of them */
	rtpe_u64 rx_errors;		/* all drops below together */
	rtpe_u64 tx_packets;
	rtpe_u64 tx_bytes;
	rtpe_u64 tx_errors;
	rtpe_u64 last_rx_us;		/* CLOCK_REALTIME µs of the last valid packet
					 * from an accepted source, 0 = never */
	rtpe_u64 last_tx_us;
	rtpe_u64 opened_us;
	rtpe_u64 punted;
	rtpe_u32 punt_dropped;		/* ring full or over punt_rate */
	rtpe_u32 drop_source;		/* strict source */
	rtpe_u32 drop_malformed;	/* not valid RTP/RTCP where that was due */
	rtpe_u32 drop_filtered;		/* payload type not allowed, or blackhole */
	rtpe_u32 drop_no_rule;		/* no rule, no output, or no destination */
	rtpe_u32 drop_auth;		/* SRTP: not authentic */
	rtpe_u32 drop_replay;		/* SRTP: seen before, or too old to tell */
	rtpe_u32 generation;		/* +1 at each open of the slot */
	struct rtpe_addr remote;	/* current remote endpoint */
	rtpe_u32 remote_seq;		/* seqlock over `remote`: odd = being written */
	rtpe_u8 confirmed;		/* learning is over */
	rtpe_u8 learned;		/* remote came from a packet, not from SDP */
	rtpe_u8 rx_tos;			/* TOS byte of the last packet, where known */
	rtpe_u8 pad;
	/* What came from accepted sources, by payload type: that of payload[i] is
	 * payload_type[i] & 127, and 0 in place of 128 + type is nobody's yet. Of
	 * more types than there are places the last ones are not counted. */
	rtpe_u8 payload_type[RTPE_PAYLOAD_TYPES];
	struct rtpe_payload_counters payload[RTPE_PAYLOAD_TYPES];
	struct rtpe_ssrc_counters ssrc[RTPE_SSRC_TRACKS];
};

#endif
