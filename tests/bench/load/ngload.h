/* SPDX-License-Identifier: MIT */
/* ngload: the state of a run, and the messages it sends. */
#ifndef NGLOAD_H
#define NGLOAD_H

#include "load.h"

#include <stdio.h>

#define MAX_CALLS 100000
#define MAX_SLOTS 256
#define MAX_REQUEST 2048

/* The requests a call can go through. */
enum ng_step { STEP_OFFER, STEP_ANSWER, STEP_DELETE, STEP_KINDS };

/* A party whose media is under keys. */
struct ng_suite {
	const char *name;	/* NULL: in clear */
	unsigned key_bytes;	/* with the salt */
};

#define MAX_KEY_BYTES 46

/* The relay's media ports of one call, and its keys towards each party. */
struct call_ports {
	uint16_t facing_a, facing_b;
	unsigned tag_b;		/* of the keys B is offered */
	uint8_t key_a[MAX_KEY_BYTES], key_b[MAX_KEY_BYTES];
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
	struct ng_suite suite_a, suite_b;
	const char *dtls_b;	/* the called shake hands, with a certificate of this fingerprint */
	bool ice;
	bool one_way;		/* the flow list has what A sends, and no more */
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
/* ng_keys.c */
/* Finds a suite by its name in a=crypto; exits with a message when there is none. */
struct ng_suite ng_suite(const char *name);
/* The master key and salt of party 'a' or 'b' in a call. */
void ng_key(const struct ng_suite *suite, char party, uint32_t call, uint8_t *out);
/* Appends a=crypto with such a key to an SDP. */
void ng_crypto_line(const struct ng_suite *suite, unsigned tag, const uint8_t *key, char *out, size_t room);
/* Takes the relay's key out of the SDP in a reply; exits with a message when there is none. */
void ng_crypto_read(const struct ng_suite *suite, const char *reply, unsigned *tag, uint8_t *key);
/* Writes " in=SUITE:HEX" or " out=SUITE:HEX" to a flow list, nothing where there are no keys. */
void ng_key_write(FILE *file, const char *word, const struct ng_suite *suite, const uint8_t *key);

/* The ng name of a step. */
const char *ng_step_name(enum ng_step step);
/* The media port both parties of a call use (at different addresses). */
unsigned client_port(uint32_t call);

#endif
