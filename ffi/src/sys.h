/* SPDX-License-Identifier: MIT */
/* Small wrappers around the system: clocks, threads, sockets. */
#ifndef RTPE_SYS_H
#define RTPE_SYS_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "addr.h"

static inline uint64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Starts a thread with all signals blocked. 0 or a negative errno. */
int thread_start(pthread_t *tid, const char *name, void *(*fn)(void *), void *arg);

/* Lets the kernel make fragments of what is larger than the MTU. */
void sock_may_fragment(int fd, int family);
/* A non-blocking UDP socket bound to an address, or a negative errno. */
int udp_bound(const struct rtpe_addr *local);
/* Asks for a receive (or send) buffer, beyond the system's limit if allowed. */
void sock_rcvbuf(int fd, uint32_t bytes);
void sock_sndbuf(int fd, uint32_t bytes);
int sock_opt(int fd, int level, int name, int value);

#endif
