/* SPDX-License-Identifier: MIT */
/* A private network, peers in it, and a relay core to test against. */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>

#include "rtpe.h"

/* Moves the process to a namespace with nothing but a loopback device. */
void net_enter(void);
/* NULL, or why there is no such namespace. */
const char *net_skip(void);
/* NULL, or why steering cannot be tested. */
const char *steer_skip(void);
void net_set_mtu(int mtu);

/* "127.0.0.1" or "::1" with a port. */
struct rtpe_addr addr_of(const char *ip, uint16_t port);

/* A UDP socket; port 0: any. */
int peer_open(const char *ip, uint16_t port);
struct rtpe_addr peer_addr(int fd);
void peer_send(int fd, const struct rtpe_addr *to, const void *buf, size_t n);
/* Waits up to two seconds; returns the length or -1. from and tos may be NULL. */
int peer_receive(int fd, void *buf, size_t len, struct rtpe_addr *from, int *tos);
/* Whether nothing comes for long enough to be sure. */
bool peer_silent(int fd);
void peer_close(int fd);

/* A valid RTP packet of n bytes with this sequence number; returns n. */
size_t make_rtp(uint8_t *buf, size_t n, uint16_t seq, uint32_t ssrc);
/* A valid receiver report of 8 bytes. */
size_t make_rtcp(uint8_t *buf, uint32_t ssrc);

/* A rule with up to 32 outputs as it is handed to the library. */
struct rules {
	struct rtpe_rule rule;
	struct rtpe_output out[RTPE_MAX_OUTPUTS];
	struct rtpe_bundle bundle;	/* handed in with RTPE_RULE_BUNDLE */
};
/* Learning heuristic for 3 s, all payload types, tracked, no output. */
void rules_init(struct rules *r);
/* Adds an output that follows the remote endpoint of a slot. */
struct rtpe_output *rules_follow(struct rules *r, int slot);
int rules_set(struct rtpe_core *core, int slot, struct rules *r);

/* Fails the test when the core cannot be made. */
struct rtpe_core *core_of_mode(uint32_t mode, uint32_t threads);
struct rtpe_core *core_with_flags(uint32_t mode, uint32_t threads, uint32_t flags);
int open_port(struct rtpe_core *core, const char *ip, uint16_t port);
/* The counters of a slot, once cond() holds or a second has passed. */
const struct rtpe_counters *counters_of(struct rtpe_core *core, int slot);
void wait_rx(struct rtpe_core *core, int slot, uint64_t packets);

#endif
