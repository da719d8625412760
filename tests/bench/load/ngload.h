/* SPDX-License-Identifier: MIT */
/* ngload: the state of a run, and the messages it sends. */
#ifndef NGLOAD_H
#define NGLOAD_H

#include "load.h"

#define MAX_CALLS 100000
#define MAX_SLOTS 256
#define MAX_REQUEST 2048

/* The requests a call can go through. */
enum ng_step { STEP_OFFER, STEP_ANSWER, STEP_DELETE, STEP_KINDS };

/* The relay's media ports of one call. */
struct call_ports {
	uint16_t facing_a, facing_b;
};

/* One request under way. */
struct ng_slot {
	unsigned index;
	bool busy;
	uint32_t call;
	unsigned step;
	uint32_t serial;
	unsigned tries;
	uint64_t first_ns, sent_ns;
	char request[MAX_REQUEST];
	size_t request_len;
};

struct ng_run {
	int fd;
	const char *prefix, *client_a, *client_b;
	enum ng_step steps[STEP_KINDS];
	unsigned step_count;
	uint32_t call_count, next_call, calls_done;
	unsigned slot_count;
	struct ng_slot *slots;
	struct call_ports *ports;
	uint32_t run, serial;
	uint64_t messages, errors, retransmits;
	uint64_t start_ns, end_ns;
	struct histogram latency[STEP_KINDS];
};

/* ng_message.c: writes the request of a slot's present step; returns its length. */
size_t ng_request(const struct ng_run *r, const struct ng_slot *s, char *out, size_t room);
/* The ng name of a step. */
const char *ng_step_name(enum ng_step step);
/* The media port both parties of a call use (at different addresses). */
unsigned client_port(uint32_t call);

#endif
