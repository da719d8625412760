/* SPDX-License-Identifier: MIT */
/* What the two engines share: receive buffers and the thread's waiting. */
#ifndef RTPE_IO_H
#define RTPE_IO_H

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core.h"

#define WAKE_EVENT UINT64_MAX

struct rx {
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	union sockaddrs names[BATCH];
	_Alignas(struct cmsghdr) uint8_t control[BATCH][RX_CONTROL];
};

/* What the ancillary data of a datagram says. */
struct rx_info {
	struct rtpe_addr dst;		/* family 0: not told */
	uint32_t overflow;		/* SO_RXQ_OVFL, as told */
	bool has_overflow;
	uint8_t tos;
};

extern const struct engine steer_engine;
extern const struct engine socket_engine;

/* Sets up steering. On failure returns a negative errno and a sentence. */
int steer_new(struct rtpe_core *core, char *reason, size_t len);
void steer_free(struct rtpe_core *core);

/* rx.c */
void rx_init(struct thread *t);
/* Receives into the buffers from..from+n-1; returns how many. flags:
 * MSG_DONTWAIT, or MSG_WAITFORONE on a blocking socket. */
int rx_receive(struct thread *t, int fd, uint32_t from, uint32_t n, int flags);
/* Fills t->packets[i] (but for its slot) and info from buffer i. False: drop. */
bool rx_packet(struct thread *t, uint32_t i, struct rx_info *info);
/* Sockets for media: TOS and overflow told, big buffer. */
void rx_sockopts(int fd, int family, uint32_t rcvbuf);

/* thread.c */
void thread_begin(struct thread *t);
void thread_quiescent(struct thread *t);
/* Before a thread waits by itself: gives up its references, and sleeps if many
 * packets are due. */
void thread_pause(struct thread *t);
/* Waits for packets: returns the number of epoll events put into ev (0 also
 * when it is time to look at everything), or -1 to stop. */
int thread_wait(struct thread *t, struct epoll_event *ev, int n, bool events_needed);
/* After a round: how many datagrams it brought. */
void thread_paced(struct thread *t, uint32_t packets);
/* Sends what is queued and rings the bell if there are events. */
void thread_flush(struct thread *t);

#endif
