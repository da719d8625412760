/* SPDX-License-Identifier: MIT */
/*
 * What tests stand on (made by init.sh):
 *
 *   ┌── n1 ──────────┐   ┌── here: the relay ───────┐   ┌── n2 ──────────┐
 *   │ 10.9.1.2       ├───┤ 10.9.1.1        10.9.2.1 ├───┤ 10.9.2.2       │
 *   │ fd09:1::2      │   │ fd09:1::1      fd09:2::1 │   │ fd09:2::2      │
 *   └────────────────┘   └──────────────────────────┘   └────────────────┘
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum place { HERE, N1, N2 };

#define A4 "10.9.1.1"
#define B4 "10.9.2.1"
#define N1_4 "10.9.1.2"
#define N2_4 "10.9.2.2"
#define A6 "fd09:1::1"
#define B6 "fd09:2::1"
#define N1_6 "fd09:1::2"
#define N2_6 "fd09:2::2"

/* Goes to a network namespace; 0 or -errno. */
int go(enum place where);
/* A UDP socket there, bound to ip and port. Ends the test run if it cannot. */
int sock(enum place where, const char *ip, uint16_t port);
void send_to(int fd, const char *ip, uint16_t port, const void *data, size_t len);

struct heard {
	int len;			/* -1: nothing came */
	uint8_t data[4096];
	char from[64];			/* "IP port" */
	int tos;
};

/* Waits for a datagram; ms: how long. */
struct heard hear(int fd, int ms);
/* An RTP packet of 12 + 20 bytes. */
size_t rtp(uint8_t *to, uint8_t pt, uint16_t seq, uint32_t ssrc);

/* A test's harness: prints what failed. */
extern int failures;
bool check(bool right, const char *what, const char *file, int line);
#define CHECK(x) check((x), #x, __FILE__, __LINE__)

struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test control_tests[], forward_tests[], feature_tests[], srtp_tests[],
			 fuzz_tests[],
			 stress_tests[];

#endif
