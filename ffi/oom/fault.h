/* SPDX-License-Identifier: MIT */
/*
 * Faults on demand: the k-th allocation, or the k-th system call that needs
 * something from the kernel, fails. alloc.c stands in for the core's; wrap.c
 * stands before the C library (ld --wrap).
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

enum fault {
	FAULT_NONE,
	FAULT_MEMORY,
	FAULT_SOCKET,		/* socket, bind */
	FAULT_OPTION,		/* setsockopt */
	FAULT_DESCRIPTOR,	/* epoll_create1, eventfd, open */
	FAULT_EPOLL,		/* epoll_ctl */
	FAULT_THREAD,		/* pthread_create */
	FAULT_BPF,		/* syscall, and mmap of what it made */
	FAULT_SEND,		/* sendmsg, sendmmsg */
	FAULTS,
};

/* From here on the k-th (from 0) of this kind fails, in whatever thread. */
void fault_arm(enum fault kind, unsigned k);
void fault_disarm(void);
/* Whether it has failed since it was armed. */
bool fault_hit(void);
/* Asked by alloc.c and wrap.c: whether this one fails. */
bool fault_now(enum fault kind);

/* Allocations of the core that were not given back. */
unsigned alloc_live(void);

#endif
