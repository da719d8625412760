/* SPDX-License-Identifier: MIT */
#include "fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "checksum.h"
#include "classify.h"
#include "io.h"
#include "punts.h"
#include "txq.h"

enum { RAW_FD = 100000, OWN_FD = 100100, FAKE_FD = RAW_FD };

struct fake_sent fake_sent;
static uint32_t network;

void fake_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

void fake_network(uint32_t script)
{
	network = script;
}

/* ---- the engine --------------------------------------------------------- */

static int fake_open(struct rtpe_core *core, struct slot *slot)
{
	(void)core;
	atomic_store(&slot->fd, OWN_FD + (int)slot->index);
	return 0;
}

static void fake_slot(struct rtpe_core *core, struct slot *slot)
{
	(void)core;
	/* slot.c closes what is a socket. */
	atomic_store(&slot->fd, -1);
}

static int fake_iface_add(struct rtpe_core *core, struct iface *iface)
{
	(void)core;
	/* The last slot's address is without. */
	iface->raw_fd = iface->addr.ip[0] == 10 ? -1 : RAW_FD + (int)iface->index;
	return 0;
}

static void fake_iface_remove(struct rtpe_core *core, struct iface *iface)
{
	(void)core;
	(void)iface;
}

static const struct engine fake_engine = {
	.open = fake_open,
	.unpublish = fake_slot,
	.close = fake_slot,
	.iface_add = fake_iface_add,
	.iface_remove = fake_iface_remove,
};

/* ---- the network -------------------------------------------------------- */

/* Every byte is there, and is read by a checksum. */
static uint64_t sum_of(const struct msghdr *m, size_t skip, size_t *len)
{
	static uint8_t flat[65536 + 128];

	*len = 0;
	for (size_t i = 0; i < m->msg_iovlen; i++) {
		REQUIRE(m->msg_iov[i].iov_len <= sizeof(flat) - *len);
		memcpy(flat + *len, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len);
		*len += m->msg_iov[i].iov_len;
	}
	REQUIRE(*len >= skip);
	return csum_add(0, flat + skip, *len - skip);
}

/* Headers that say what follows; returns the length of the UDP payload. */
static size_t check_raw(const struct msghdr *m)
{
	const uint8_t *ip = m->msg_iov[0].iov_base;
	bool v4 = ip[0] >> 4 == 4;
	size_t head = v4 ? 20 : 40, addrs = v4 ? 12 : 8, len;
	uint8_t pseudo[4] = { 0, IPPROTO_UDP };
	uint64_t sum = sum_of(m, addrs, &len);
	const uint8_t *udp = ip + head;

	REQUIRE(m->msg_iov[0].iov_len >= head + 8);
	REQUIRE(m->msg_namelen == (v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)));
	REQUIRE(ip[v4 ? 9 : 6] == IPPROTO_UDP);
	REQUIRE(v4 || get16(ip + 4) == len - head);
	REQUIRE(get16(udp + 4) == len - head);
	REQUIRE(get16(udp) != 0 && get16(udp + 2) != 0 && get16(udp + 6) != 0);
	put16(pseudo + 2, (uint16_t)(len - head));
	REQUIRE(csum_fold(csum_add(sum, pseudo, sizeof(pseudo))) == 0);
	return len - head - 8;
}

static void take(int fd, const struct msghdr *m)
{
	size_t len;

	REQUIRE(fd >= FAKE_FD);
	REQUIRE(m->msg_iovlen == 1 || m->msg_iovlen == 2);
	if (fd < OWN_FD)
		len = check_raw(m);
	else
		sum_of(m, 0, &len);
	fake_sent.packets++;
	fake_sent.bytes += len;
}

/* What becomes of a send: 0 or an errno. */
static int fate(void)
{
	uint32_t now = network & 3;

	network >>= 2;
	return now == 2 ? ENOBUFS : now == 3 ? EMSGSIZE : 0;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	(void)flags;
	errno = fate();
	if (errno)
		return -1;
	take(fd, m);
	return 1;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	(void)flags;
	REQUIRE(n > 0 && n <= TXQ_LEN);
	for (unsigned i = 0; i < n; i++) {
		errno = fate();
		if (errno)
			return i ? (int)i : -1;
		take(fd, &m[i].msg_hdr);
	}
	return (int)n;
}

/* The real clock would make a crash hard to find again. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	ts->tv_sec = id == CLOCK_REALTIME ? 1700000000 : 1000;
	ts->tv_nsec = 0;
	return 0;
}

/* ---- the core ----------------------------------------------------------- */

struct rtpe_addr fake_addr(unsigned slot)
{
	struct rtpe_addr a = { .family = slot == 3 || slot == 4 ? 6 : 4,
			       .port = (uint16_t)(40000 + 2 * slot) };

	a.ip[0] = a.family == 6 ? 0xfd : slot == 5 ? 10 : 192;
	a.ip[3] = 1;
	return a;
}

struct rtpe_core *fake_new(void)
{
	struct rtpe_core *core = mem_zalloc(sizeof(*core));
	struct thread *t = mem_zalloc(sizeof(*t));

	REQUIRE(core && t);
	core->opts = (struct rtpe_core_opts){ .threads = 1, .max_slots = 16, .punt_rate = 50 };
	core->engine = &fake_engine;
	core->threads = t;
	core->epoch = 1000 * 1000000;
	atomic_store(&core->qsbr.period, 1);
	REQUIRE(slots_init(core) == 0);
	t->core = core;
	t->txq = txq_new();
	t->gate = punts_new();
	REQUIRE(t->txq && t->gate && ring_init(&t->ring, 65536) == 0);
	t->wall = 1700000000u * (uint64_t)1000000;
	for (unsigned i = 0; i < FAKE_SLOTS; i++) {
		struct rtpe_addr a = fake_addr(i);

		REQUIRE(rtpe_port_open(core, &a) == (int)i);
	}
	memset(&fake_sent, 0, sizeof(fake_sent));
	network = 0;
	return core;
}

void fake_free(struct rtpe_core *core)
{
	slots_free(core);
	rules_reclaim(core, true);
	table_free(core);
	ring_free(&core->threads->ring);
	txq_free(core->threads->txq);
	punts_free(core->threads->gate);
	mem_free(core->threads);
	mem_free(core);
}

/* ---- inputs ------------------------------------------------------------- */

uint32_t input_u8(struct input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

uint32_t input_u16(struct input *in)
{
	uint32_t high = input_u8(in) << 8;

	return high | input_u8(in);
}

uint32_t input_u32(struct input *in)
{
	uint32_t high = input_u16(in) << 16;

	return high | input_u16(in);
}
