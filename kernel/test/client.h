/* SPDX-License-Identifier: MIT */
/* The module as a daemon sees it: control messages and mapped counters. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "rtpe_kernel.h"

struct client {
	int fd;
	uint32_t n_slots;
	const volatile struct rtpe_counters *counters;
};

/* Writes to /proc/rtpengine/control. 0 or -errno. */
int command(const char *text);
/* Opens a table's control file. 0 or -errno. */
int client_open(struct client *c, unsigned int table);
void client_close(struct client *c);
/* HELLO as it should be: to be sent by somebody else. */
struct rtpe_kernel_hello client_greeting(uint32_t flags, uint32_t n_slots);
/* The same, sent. 0 or -errno. */
int client_hello(struct client *c, uint32_t flags, uint32_t n_slots, uint32_t lease_ms);
/* Maps the counters. 0 or -errno. */
int client_map(struct client *c);
/* A message with that body. 0 or -errno. */
int client_send(struct client *c, uint16_t type, uint32_t slot, const void *body, size_t len);

struct rtpe_addr address(const char *ip, uint16_t port);

/* A rule in the making. */
struct draft {
	struct rtpe_rule rule;
	struct rtpe_output outputs[RTPE_MAX_OUTPUTS];
	struct rtpe_bundle bundle;	/* sent if the rule says so */
	uint32_t flags;			/* enum rtpe_kernel_rule_flags */
};

/* Forwards every payload type, expects remote, and has no outputs yet. */
void draft_init(struct draft *d, const char *remote, uint16_t port);
/* Adds an output for RTP and RTCP. dst NULL: follows the slot's remote. */
struct rtpe_output *draft_output(struct draft *d, uint32_t slot, const char *dst,
				 uint16_t port);
int draft_set(struct client *c, uint32_t slot, struct draft *d);
int port_open(struct client *c, uint32_t slot, const char *ip, uint16_t port);

#endif
