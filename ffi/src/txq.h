/* SPDX-License-Identifier: MIT */
/*
 * The send side of a batch: datagrams are queued while a batch is worked
 * through and leave in one system call per socket. A datagram leaves by one of
 *   the thread's packet socket   a whole frame, to a next hop that is known
 *                                (l2.h)
 *   the interface's raw socket   with its IP and UDP headers made here
 *   the slot's own UDP socket    what is too large for the others
 */
#ifndef RTPE_TXQ_H
#define RTPE_TXQ_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "core.h"
#include "l2.h"

enum {
	TXQ_LEN = 256,
	/* iov[0] of a frame or raw datagram ends here or 12 bytes later. */
	TX_HEAD = 64,
	TX_RTP = 12,
	/* Changed packets of one batch; any single one fits. */
	TXQ_ROOM = 512 * 1024,
};

struct tx {
	struct slot *slot;
	const uint8_t *data;		/* payload behind what was rewritten */
	uint32_t len;			/* of data */
	uint32_t rewritten;		/* 0 or TX_RTP bytes at head + TX_HEAD */
	int fd;
	uint16_t group;
	uint8_t tos;
	bool raw;
	const struct l2_hop *hop;	/* NULL: not a frame */
	socklen_t name_len;
	union sockaddrs name;
	struct sockaddr_ll ll;
	struct iovec iov[2];
	uint8_t head[TX_HEAD + TX_RTP];
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(int))];
};

struct txq {
	uint32_t n;
	uint32_t room_used;
	uint8_t *room;			/* TXQ_ROOM bytes */
	uint32_t n_groups;
	int group_fd[TXQ_LEN];
	uint32_t group_len[TXQ_LEN];
	uint16_t hash[TXQ_LEN * 2];	/* group + 1 */
	uint16_t order[TXQ_LEN];
	struct tx tx[TXQ_LEN];
	struct mmsghdr msgs[TXQ_LEN];
};

struct txq *txq_new(void);
void txq_free(struct txq *q);
/* n <= 128 KiB bytes that are the caller's until txq_flush(), to be given to
 * txq_add() before this is called again. */
uint8_t *txq_room(struct thread *t, uint32_t n);
/* Queues a datagram from slot to dst; data stays untouched until txq_flush(),
 * which a full queue does by itself. rtp: 12 bytes that replace the first 12
 * of data, or NULL. */
void txq_add(struct thread *t, struct slot *slot, const struct rtpe_addr *dst, uint8_t tos,
	     const uint8_t *data, uint32_t len, const uint8_t *rtp);
void txq_flush(struct thread *t);
/* Sends one datagram at once, from any thread. 0 or a negative errno. */
int tx_now(struct slot *slot, const struct rtpe_addr *dst, const void *buf, uint32_t len,
	   uint16_t ip_id);

#endif
