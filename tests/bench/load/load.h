/* SPDX-License-Identifier: MIT */
/*
 * rtpload: a paced RTP generator and a counting sink in one thread, for measuring a relay.
 *
 * Packets are made ahead of time, one template per flow, and written straight to an interface
 * through a packet socket; what the relay sends is read from a packet ring on the same interface
 * with the kernel's arrival time. Neither side goes through the sockets of this machine, so one
 * core offers and counts several times what a relay on another core can forward.
 */
#ifndef RTPLOAD_H
#define RTPLOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct srtp;

#define RTP_HEADER 12
#define RTP_PAYLOAD 160
#define UDP_PAYLOAD (RTP_HEADER + RTP_PAYLOAD)
#define ETH_BYTES 14
#define IP_BYTES 20
#define UDP_BYTES 8
#define FRAME_BYTES (ETH_BYTES + IP_BYTES + UDP_BYTES + UDP_PAYLOAD)
/* What SRTP adds at most. */
#define SEAL_ROOM 16
/* Flow n has this SSRC plus n. */
#define LOAD_SSRC 0x10000000u
#define MAX_FLOWS 65536
#define MAX_BURST 64
/* Distance of one frame template from the next. */
#define FRAME_ROOM 256

/* Offsets of the measuring fields in the UDP payload; the rest of the RTP payload is a pattern. */
#define OFF_MAGIC RTP_HEADER
#define OFF_FLOW (RTP_HEADER + 4)
#define OFF_STAMP (RTP_HEADER + 8)
#define OFF_SEQ (RTP_HEADER + 16)
#define OFF_RUN (RTP_HEADER + 20)
#define OFF_PATTERN (RTP_HEADER + 24)
#define LOAD_MAGIC 0x72747065u

/* One IPv4 endpoint, both fields in network byte order. */
struct endpoint {
	uint32_t addr;
	uint16_t port;
};

/* One direction of one call, with what the sink has seen of it. */
struct flow {
	struct endpoint src;  /* the client sends from here */
	struct endpoint dst;  /* to this port of the relay */
	struct endpoint out;  /* and the relay must deliver it here */
	struct endpoint from; /* from this port; zero: not checked */
	struct srtp *seal; /* what is sent is under these keys; NULL: in clear */
	struct srtp *open; /* what is delivered is under these; NULL: in clear */
	unsigned seal_bytes, open_bytes; /* their tags */
	bool sealed;   /* the next packet is ready */
	uint32_t base; /* RTP sequence number of the first packet of this run, with rollovers */
	uint32_t sent;
	uint32_t highest;  /* highest sequence number seen plus one; 0: none */
	uint64_t window;   /* bit n: sequence number highest-1-n was seen */
	uint32_t received; /* without duplicates */
};

struct options {
	const char *flows_path;
	const char *iface;
	const char *dst_mac;
	uint32_t streams; /* use the first so many flows; 0: all */
	double pps;
	double seconds;
	double drain; /* seconds to go on counting after the last packet */
	unsigned burst;
	unsigned sink_frames;
	const char *blast_if; /* make packets arrive here instead of sending them on `iface` */
	const char *blast_ns; /* in the network namespace of this file */
	bool blackhole; /* stand in for the receivers (loopback) */
	bool verify;    /* compare the whole payload */
	int cpu_pids[16];
	unsigned cpu_pid_count;
};

/* Latency histogram: 32 buckets per power of two, in nanoseconds. */
#define HIST_SUB 32
#define HIST_BUCKETS (40 * HIST_SUB)
struct histogram {
	uint64_t bucket[HIST_BUCKETS];
	uint64_t count;
	uint64_t min, max;
	double sum;
};

/* What one run counted. */
struct totals {
	uint64_t sent, send_errors;
	uint64_t slips, slip_ns;   /* times and time the schedule was moved because we were late */
	uint64_t received;         /* without duplicates */
	uint64_t in_window;        /* of these, arrived before the last packet was sent */
	uint64_t duplicates, reordered;
	uint64_t misdelivered;     /* ours, but at the wrong endpoint or from the wrong port */
	uint64_t corrupt;          /* ours, but RTP header or payload changed */
	uint64_t foreign;          /* not ours at all */
	uint64_t sink_drops;       /* the ring was full: the figures are void */
	uint64_t start_ns, end_ns; /* CLOCK_MONOTONIC */
	uint64_t daemon_cpu_ns, own_cpu_ns;
	struct histogram latency;
};

/* flows.c: reads the flow list; returns the number of flows, exits with a message on error. */
size_t flows_read(const char *path, uint32_t limit, struct flow **out);

/* When the flow list was written. */
struct timespec flows_time(const char *path);

/* secret.c: flows under keys. */
/* Takes in=SUITE:HEX or out=SUITE:HEX of a flow list; returns false when it is neither. */
bool secret_parse(const char *word, struct flow *f);
/* Before the first packet of a run. */
void secret_start(const char *flows_path, struct flow *flows, size_t n);
/* Encrypts UDP_PAYLOAD bytes. */
void secret_seal(struct flow *f, const uint8_t *clear, uint8_t *out);
/* Decrypts in place; returns false when it is not authentic. */
bool secret_open(struct flow *f, uint8_t *rtp, size_t len);
void secret_end(struct flow *flows, size_t n);

/* clock.c */
uint64_t mono_ns(void);
int64_t realtime_minus_mono(void);
uint64_t process_cpu_ns(int pid); /* all threads of a process, ended ones too; 0 if there is none */
void hist_add(struct histogram *h, uint64_t ns);
double hist_quantile_us(const struct histogram *h, double q);

/* source.c: the sending side. */
struct source;
struct source *source_open(const struct options *o, const struct flow *flows, size_t n, uint32_t run);
/* Sends the next `count` packets in turn over all flows; returns how many went out. */
unsigned source_send(struct source *s, struct flow *flows, unsigned count, uint64_t now);
uint64_t source_errors(const struct source *s);
/* Set when the kernel makes the packets (blast.h). */
struct blast *source_blast(const struct source *s);
void source_close(struct source *s);
/* Fills `out` (RTP_PAYLOAD bytes or less) with the pattern of a flow, starting at OFF_PATTERN. */
void payload_pattern(uint32_t flow, uint8_t *out, size_t len);

/* sink.c: the receiving side. */
struct sink;
struct sink *sink_open(const struct options *o, const struct flow *flows, size_t n, uint32_t run);
/* Takes in at most `max` packets; returns how many there were. */
unsigned sink_drain(struct sink *s, struct flow *flows, struct totals *t, unsigned max);
uint64_t sink_drops(struct sink *s);
void sink_close(struct sink *s);

/* run.c: offers the load and counts; report.c: one line of JSON on standard output. */
void run_load(const struct options *o, struct flow *flows, size_t n, struct totals *t);
void report(const struct options *o, const struct flow *flows, size_t n, const struct totals *t);

/* main.c */
__attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...);

#endif
