/* SPDX-License-Identifier: MIT */
#include "txq.h"

#include <errno.h>
#include <unistd.h>

#include "alloc.h"
#include "capture.h"
#include "checksum.h"
#include "classify.h"

enum { IP4_HEADER = 20, IP6_HEADER = 40, UDP_HEADER = 8, TTL = 64, IP6_MIN_MTU = 1280 };

/* The UDP header, and its checksum over addresses and payload; sum holds the
 * addresses. */
static void make_udp(struct tx *tx, uint8_t *udp, const struct rtpe_addr *dst, uint64_t sum)
{
	uint32_t len = UDP_HEADER + tx->rewritten + tx->len;
	uint8_t pseudo[4] = { 0, IPPROTO_UDP };
	uint16_t folded;

	put16(udp, tx->slot->local.port);
	put16(udp + 2, dst->port);
	put16(udp + 4, (uint16_t)len);
	put16(udp + 6, 0);
	put16(pseudo + 2, (uint16_t)len);
	sum = csum_add(sum, pseudo, sizeof(pseudo));
	sum = csum_add(sum, udp, UDP_HEADER + tx->rewritten);
	sum = csum_add(sum, tx->data, tx->len);
	folded = csum_fold_udp(sum);
	memcpy(udp + 6, &folded, sizeof(folded));
}

static size_t make_ip4(struct tx *tx, const struct rtpe_addr *dst, uint16_t id)
{
	uint8_t *udp = tx->head + TX_HEAD - UDP_HEADER, *ip = udp - IP4_HEADER;
	uint16_t folded;

	memset(ip, 0, IP4_HEADER);
	ip[0] = 0x45;
	ip[1] = tx->tos;
	put16(ip + 2, (uint16_t)(IP4_HEADER + UDP_HEADER + tx->rewritten + tx->len));
	/* Not DF: a path with a smaller MTU fragments. */
	put16(ip + 4, id ? id : 1);
	ip[8] = TTL;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, tx->slot->local.ip, 4);
	memcpy(ip + 16, dst->ip, 4);
	folded = csum_fold(csum_add(0, ip, IP4_HEADER));
	memcpy(ip + 10, &folded, sizeof(folded));
	make_udp(tx, udp, dst, csum_add(0, ip + 12, 8));
	return IP4_HEADER + UDP_HEADER;
}

static size_t make_ip6(struct tx *tx, const struct rtpe_addr *dst)
{
	uint8_t *udp = tx->head + TX_HEAD - UDP_HEADER, *ip = udp - IP6_HEADER;

	put32(ip, 6u << 28 | (uint32_t)tx->tos << 20);
	put16(ip + 4, (uint16_t)(UDP_HEADER + tx->rewritten + tx->len));
	ip[6] = IPPROTO_UDP;
	ip[7] = TTL;
	memcpy(ip + 8, tx->slot->local.ip, 16);
	memcpy(ip + 24, dst->ip, 16);
	make_udp(tx, udp, dst, csum_add(0, ip + 8, 32));
	return IP6_HEADER + UDP_HEADER;
}

/* The slot's own UDP socket; made now if there is none. Several threads may
 * come at once: the first one's is kept. */
static int slot_udp_fd(struct slot *slot)
{
	int fd = atomic_load_explicit(&slot->fd, memory_order_acquire), none = -1;

	if (fd >= 0)
		return fd;
	fd = udp_bound(&slot->local);
	if (fd < 0) {
		/* Taken: by the thread that came first, maybe. */
		none = atomic_load_explicit(&slot->fd, memory_order_acquire);
		return none >= 0 ? none : fd;
	}
	sock_opt(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (slot->local.family == 6)
		sock_opt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
	if (atomic_compare_exchange_strong(&slot->fd, &none, fd))
		return fd;
	close(fd);
	return none;
}

/* Makes it a datagram for the slot's own socket. */
static void make_plain(struct tx *tx)
{
	tx->raw = false;
	tx->hop = NULL;
	tx->fd = slot_udp_fd(tx->slot);
	tx->iov[0] = (struct iovec){ tx->head + TX_HEAD, tx->rewritten };
	tx->iov[1] = (struct iovec){ (void *)(uintptr_t)tx->data, tx->len };
	if (tx->tos) {
		struct cmsghdr *cm = (struct cmsghdr *)(void *)tx->control;
		int tos = tx->tos;

		cm->cmsg_len = CMSG_LEN(sizeof(tos));
		cm->cmsg_level = tx->name.sa.sa_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
		cm->cmsg_type = tx->name.sa.sa_family == AF_INET ? IP_TOS : IPV6_TCLASS;
		memcpy(CMSG_DATA(cm), &tos, sizeof(tos));
	}
}

/* Makes a raw datagram a frame. */
static void make_frame(struct tx *tx, int fd)
{
	tx->fd = fd;
	tx->iov[0].iov_base = (uint8_t *)tx->iov[0].iov_base - ETH_HEADER;
	tx->iov[0].iov_len += ETH_HEADER;
	memcpy(tx->iov[0].iov_base, tx->hop->eth, ETH_HEADER);
	l2_address(tx->hop, &tx->ll);
}

/* And back. */
static void make_raw(struct tx *tx)
{
	tx->hop = NULL;
	tx->fd = tx->slot->iface->raw_fd;
	tx->iov[0].iov_base = (uint8_t *)tx->iov[0].iov_base + ETH_HEADER;
	tx->iov[0].iov_len -= ETH_HEADER;
}

/* t: the thread whose packet socket may be used, or NULL. */
static void tx_make(struct thread *t, struct tx *tx, const struct rtpe_addr *dst, uint16_t id)
{
	const struct iface *iface = tx->slot->iface;
	size_t head;

	tx->hop = NULL;
	tx->name_len = addr_to_sockaddr(dst, &tx->name);
	/* An IPv6 path may have a smaller MTU than the device, which a raw
	 * socket does not get to know: only the minimum always fits. */
	if (iface->raw_fd < 0 ||
	    (dst->family == 6 && IP6_HEADER + UDP_HEADER + tx->rewritten + tx->len > IP6_MIN_MTU)) {
		make_plain(tx);
		return;
	}
	tx->raw = true;
	tx->fd = iface->raw_fd;
	head = dst->family == 4 ? make_ip4(tx, dst, id) : make_ip6(tx, dst);
	if (dst->family == 6)
		tx->name.in6.sin6_port = 0;
	tx->iov[0] = (struct iovec){ tx->head + TX_HEAD - head, head + tx->rewritten };
	tx->iov[1] = (struct iovec){ (void *)(uintptr_t)tx->data, tx->len };
	if (t)
		tx->hop = l2_lookup(t, &tx->slot->local, dst,
				    (uint32_t)(tx->iov[0].iov_len + tx->len));
	if (tx->hop)
		make_frame(tx, l2_fd(t));
}

static void tx_msghdr(struct tx *tx, struct msghdr *m)
{
	unsigned skip = tx->iov[0].iov_len == 0;

	memset(m, 0, sizeof(*m));
	if (tx->hop) {
		m->msg_name = &tx->ll;
		m->msg_namelen = sizeof(tx->ll);
	} else {
		m->msg_name = &tx->name;
		m->msg_namelen = tx->name_len;
	}
	m->msg_iov = tx->iov + skip;
	m->msg_iovlen = 2 - skip;
	if (!tx->raw && tx->tos) {
		m->msg_control = tx->control;
		m->msg_controllen = sizeof(tx->control);
	}
}

static uint16_t group_of(struct txq *q, int fd)
{
	uint32_t at = ((uint32_t)fd * 0x9e3779b1u >> 16) % (TXQ_LEN * 2);

	for (;; at = (at + 1) % (TXQ_LEN * 2)) {
		uint16_t g = q->hash[at];

		if (g == 0) {
			g = (uint16_t)q->n_groups++;
			q->hash[at] = (uint16_t)(g + 1);
			q->group_fd[g] = fd;
			q->group_len[g] = 0;
			return g;
		}
		if (q->group_fd[g - 1] == fd)
			return (uint16_t)(g - 1);
	}
}

static void tx_failed(struct thread *t, struct tx *tx)
{
	COUNT_SHARED(tx->slot->counters->tx_errors, 1);
	bump(&t->tx_errors, 1);
}

static void tx_done(struct thread *t, struct tx *tx)
{
	struct rtpe_counters *c = tx->slot->counters;

	COUNT_SHARED(c->tx_packets, 1);
	COUNT_SHARED(c->tx_bytes, tx->rewritten + tx->len);
	__atomic_store_n(&c->last_tx_us, t->wall, __ATOMIC_RELAXED);
}

static int tx_send(struct tx *tx)
{
	struct msghdr m;

	if (tx->fd < 0)
		return tx->fd;
	tx_msghdr(tx, &m);
	return sendmsg(tx->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* A datagram whose first way out failed with err takes the next one: after the
 * device is gone or otherwise than it was told, the kernel's own; larger than
 * the device's MTU, the slot's own socket, where the kernel makes fragments. */
static void tx_otherwise(struct thread *t, struct tx *tx, int err)
{
	/* The device cannot keep up, which no other way would change. */
	if (tx->hop && err != -ENOBUFS && err != -EAGAIN) {
		l2_forget(t, tx->hop);
		make_raw(tx);
		err = tx_send(tx);
	}
	if (tx->raw && !tx->hop && err == -EMSGSIZE) {
		make_plain(tx);
		err = tx_send(tx);
	}
	if (err) {
		tx_failed(t, tx);
		return;
	}
	tx_done(t, tx);
	bump(&t->tx_packets, 1);
}

struct txq *txq_new(void)
{
	struct txq *q = mem_zalloc(sizeof(*q));

	if (!q)
		return NULL;
	q->room = mem_map(TXQ_ROOM);
	if (q->room)
		return q;
	mem_free(q);
	return NULL;
}

void txq_free(struct txq *q)
{
	if (!q)
		return;
	mem_unmap(q->room, TXQ_ROOM);
	mem_free(q);
}

uint8_t *txq_room(struct thread *t, uint32_t n)
{
	struct txq *q = t->txq;
	uint8_t *room;

	/* txq_add() must not have to flush before the room is used. */
	if (q->n == TXQ_LEN || TXQ_ROOM - q->room_used < n)
		txq_flush(t);
	room = q->room + q->room_used;
	q->room_used += n;
	return room;
}

void txq_add(struct thread *t, struct slot *slot, const struct rtpe_addr *dst, uint8_t tos,
	     const uint8_t *data, uint32_t len, const uint8_t *rtp)
{
	struct txq *q = t->txq;
	struct tx *tx;

	if (captured(slot))
		capture_sent(t, slot, dst, data, len, rtp);
	if (q->n == TXQ_LEN)
		txq_flush(t);
	tx = &q->tx[q->n];
	tx->slot = slot;
	tx->tos = tos;
	tx->rewritten = rtp ? TX_RTP : 0;
	tx->data = data + tx->rewritten;
	tx->len = len - tx->rewritten;
	if (rtp)
		memcpy(tx->head + TX_HEAD, rtp, TX_RTP);
	t->random = t->random * 6364136223846793005u + 1442695040888963407u;
	tx_make(t, tx, dst, (uint16_t)(t->random >> 48));
	if (tx->fd < 0) {
		tx_failed(t, tx);
		return;
	}
	tx->group = group_of(q, tx->fd);
	q->group_len[tx->group]++;
	q->n++;
}

static void flush_group(struct thread *t, int fd, uint32_t first, uint32_t n)
{
	struct txq *q = t->txq;
	uint32_t end = first + n;

	while (first < end) {
		int sent = sendmmsg(fd, q->msgs + first, end - first, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			for (int i = 0; i < sent; i++)
				tx_done(t, &q->tx[q->order[first + (uint32_t)i]]);
			bump(&t->tx_packets, (uint64_t)sent);
			if (q->tx[q->order[first]].hop)
				bump(&t->tx_frames, (uint64_t)sent);
			first += (uint32_t)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		/* The error is the first datagram's; the others go on. */
		tx_otherwise(t, &q->tx[q->order[first]], -errno);
		first++;
	}
}

void txq_flush(struct thread *t)
{
	struct txq *q = t->txq;
	uint32_t at[TXQ_LEN], sum = 0;

	q->room_used = 0;
	if (q->n == 0)
		return;
	for (uint32_t g = 0; g < q->n_groups; g++) {
		at[g] = sum;
		sum += q->group_len[g];
	}
	for (uint32_t i = 0; i < q->n; i++) {
		uint32_t pos = at[q->tx[i].group]++;

		q->order[pos] = (uint16_t)i;
		tx_msghdr(&q->tx[i], &q->msgs[pos].msg_hdr);
	}
	sum = 0;
	for (uint32_t g = 0; g < q->n_groups; g++) {
		flush_group(t, q->group_fd[g], sum, q->group_len[g]);
		sum += q->group_len[g];
	}
	memset(q->hash, 0, sizeof(q->hash));
	q->n = 0;
	q->n_groups = 0;
	l2_flushed(t);
}

int tx_now(struct slot *slot, const struct rtpe_addr *dst, const void *buf, uint32_t len,
	   uint16_t ip_id)
{
	struct rtpe_counters *c = slot->counters;
	struct tx tx = { .slot = slot, .data = buf, .len = len };
	struct msghdr m;
	ssize_t sent;
	int err;

	tx_make(NULL, &tx, dst, ip_id);
	if (tx.fd < 0)
		return tx.fd;
	tx_msghdr(&tx, &m);
	sent = sendmsg(tx.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno == EMSGSIZE && tx.raw) {
		make_plain(&tx);
		tx_msghdr(&tx, &m);
		sent = tx.fd < 0 ? -1 : sendmsg(tx.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (sent < 0) {
		err = -errno;
		COUNT_SHARED(c->tx_errors, 1);
		return err;
	}
	COUNT_SHARED(c->tx_packets, 1);
	COUNT_SHARED(c->tx_bytes, len);
	__atomic_store_n(&c->last_tx_us, clock_us(CLOCK_REALTIME), __ATOMIC_RELAXED);
	return 0;
}
