/* SPDX-License-Identifier: MIT */
/*
 * The sending side for overload: the kernel makes the packets itself, as if the relay's network card
 * had received them (BPF_PROG_RUN with live frames on an XDP program). Twice as fast as writing to a
 * packet socket. One such run takes tens of milliseconds to start and end, so there is a single one in
 * a thread of its own, and the program keeps the pace: a frame made before its time is dropped.
 */
#ifndef RTPLOAD_BLAST_H
#define RTPLOAD_BLAST_H

#include "load.h"

/* Room for one frame as the program finds it in a page, and what it looks up for each packet. */
struct blast_flow {
	uint32_t src_addr, dst_addr; /* network byte order, as all but `seq` */
	uint16_t src_port, dst_port;
	uint16_t ip_checksum, pad;
	uint32_t index, ssrc;
	uint32_t seq; /* next sequence number, host byte order; counted up by the program */
	uint32_t pad2;
};

/* What the program keeps between packets; times in 1/256 ns of CLOCK_MONOTONIC. */
struct blast_state {
	uint64_t due;      /* when the next packet may go */
	uint64_t interval; /* from one packet to the next */
	uint32_t next;     /* flow of the next packet */
	uint32_t pad;
};

struct blast;

/* Opens the interface `o->blast_if` of the namespace `o->blast_ns`; exits with a message on error. */
struct blast *blast_open(const struct options *o, const struct flow *flows, size_t n,
			 const uint8_t *frames);
/* Begins to make packets arrive, and ends it. */
void blast_start(struct blast *b);
void blast_stop(struct blast *b);
/* Writes how often each flow was sent; returns the sum. */
uint64_t blast_count(const struct blast *b, struct flow *flows);
void blast_close(struct blast *b);

/* blast_prog.c: loads the XDP program; returns its descriptor or exits with a message. */
int blast_load_program(int state_map, int flow_map, uint32_t flow_count);

#endif
