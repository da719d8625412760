/* SPDX-License-Identifier: MIT */
/* Streams under keys. The other side is the SRTP of the core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "client.h"
#include "srtp.h"
#include "stage.h"

enum { ROOM = 2048 };

struct kind {
	uint8_t cipher, key_len, tag, flags, mki_len;
};

static const struct kind kinds[] = {
	{ RTPE_SRTP_AES_CM, 16, 10, 0, 0 }, { RTPE_SRTP_AES_CM, 16, 4, 0, 0 },
	{ RTPE_SRTP_AES_CM, 24, 10, 0, 0 }, { RTPE_SRTP_AES_CM, 24, 4, 0, 0 },
	{ RTPE_SRTP_AES_CM, 32, 10, 0, 0 }, { RTPE_SRTP_AES_CM, 32, 4, 0, 0 },
	{ RTPE_SRTP_AES_F8, 16, 10, 0, 0 }, { RTPE_SRTP_AES_F8, 16, 4, 0, 0 },
	{ RTPE_SRTP_NULL, 16, 10, 0, 0 }, { RTPE_SRTP_NULL, 16, 4, 0, 0 },
	{ RTPE_SRTP_AES_GCM, 16, 16, 0, 0 }, { RTPE_SRTP_AES_GCM, 32, 16, 0, 0 },
	{ RTPE_SRTP_AES_CM, 16, 10, 0, 4 }, { RTPE_SRTP_AES_GCM, 16, 16, 0, 16 },
	{ RTPE_SRTP_AES_CM, 16, 10, RTPE_SRTP_PLAIN_RTP, 0 },
	{ RTPE_SRTP_AES_CM, 16, 10, RTPE_SRTP_NO_RTP_AUTH, 1 },
	{ RTPE_SRTP_AES_F8, 16, 10, RTPE_SRTP_PLAIN_RTP | RTPE_SRTP_PLAIN_RTCP, 3 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct rtpe_srtp keys_of(const struct kind *k, uint8_t seed)
{
	bool gcm = k->cipher == RTPE_SRTP_AES_GCM;
	struct rtpe_srtp p = {
		.cipher = k->cipher, .auth = gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
		.rtp_tag_len = k->tag, .rtcp_tag_len = gcm ? 16 : 10, .key_len = k->key_len,
		.salt_len = gcm ? 12 : 14, .mki_len = k->mki_len, .flags = k->flags,
	};

	for (uint8_t i = 0; i < p.key_len; i++)
		p.key[i] = (uint8_t)(seed + i * 7);
	for (uint8_t i = 0; i < p.salt_len; i++)
		p.salt[i] = (uint8_t)(seed ^ (i * 5));
	memset(p.mki, seed, p.mki_len);
	return p;
}

static struct srtp *engine(const struct rtpe_srtp *p, enum srtp_direction direction)
{
	struct srtp *s = srtp_new(p, direction, NULL);

	if (!s) {
		printf("the core takes no keys: %s\n", srtp_problem(p));
		exit(1);
	}
	return s;
}

/* A packet of n1, sealed. */
static int sealed(struct srtp *s, uint8_t *out, uint16_t seq)
{
	uint8_t clear[64];

	return srtp_seal_rtp(s, clear, rtp(clear, 8, seq, SSRC), out, ROOM);
}

/* Sends number seq under keys `in`; whether n2 opens it with `out`, in order. */
static bool crosses(struct call *k, struct srtp *in, struct srtp *out, uint16_t seq)
{
	uint8_t packet[ROOM], want[64];
	size_t len = rtp(want, 8, seq, SSRC);
	struct heard h;
	int n = in ? sealed(in, packet, seq) : (int)rtp(packet, 8, seq, SSRC);

	send_to(k->n1, k->a, 30000, packet, (size_t)n);
	h = hear(k->n2, LONG_MS);
	if (h.len > 0 && out)
		h.len = srtp_open_rtp(out, h.data, (size_t)h.len, h.data, sizeof(h.data));
	return h.len == (int)len && memcmp(h.data, want, len) == 0;
}

/* Keys come in by `from` and leave by `to`; NULL: in clear. */
static void one_pair(const struct kind *from, const struct kind *to, bool six)
{
	struct srtp *in = NULL, *out = NULL;
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_EARLY, six, false);
	if (from) {
		k.d.rule.decrypt = keys_of(from, 1);
		in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	}
	if (to) {
		k.d.outputs[0].encrypt = keys_of(to, 99);
		out = engine(&k.d.outputs[0].encrypt, SRTP_UNPROTECT);
	}
	if (CHECK(draft_set(&k.c, 0, &k.d) == 0))
		/* Over the end of the sequence numbers. */
		for (uint16_t i = 0; i < 6; i++)
			CHECK(crosses(&k, in, out, (uint16_t)(65533 + i)));
	CHECK(k.c.counters[0].rx_packets == 6 && k.c.counters[0].rx_errors == 0);
	CHECK(k.c.counters[0].ssrc[0].payload_bytes == 120);
	CHECK(hear(k.up, 0).len < 0);
	srtp_free(in);
	srtp_free(out);
	call_end(&k);
}

static void suites(void)
{
	for (size_t i = 0; i < KINDS; i++) {
		one_pair(&kinds[i], NULL, i & 1);
		one_pair(NULL, &kinds[i], false);
		one_pair(&kinds[i], &kinds[KINDS - 1 - i], false);
	}
}

static void forgeries(void)
{
	uint8_t packet[ROOM], changed[ROOM];
	struct srtp *in, *out;
	struct call k;
	int n;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.rule.decrypt = keys_of(&kinds[0], 1);
	k.d.outputs[0].encrypt = keys_of(&kinds[10], 2);
	in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	out = engine(&k.d.outputs[0].encrypt, SRTP_UNPROTECT);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	CHECK(crosses(&k, in, out, 100));
	n = sealed(in, packet, 101);
	/* Every byte counts. */
	for (int i = 1; i < n; i += 3) {
		memcpy(changed, packet, (size_t)n);
		changed[i] ^= 0x10;
		send_to(k.n1, A4, 30000, changed, (size_t)n);
	}
	send_to(k.n1, A4, 30000, packet, 21);
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	CHECK(k.c.counters[0].drop_auth + k.c.counters[0].drop_malformed ==
	      (uint32_t)((n + 1) / 3 + 1));
	CHECK(k.c.counters[0].ssrc[0].packets == 1 && !k.c.counters[0].ssrc[1].in_use);
	/* The right one still counts, once. */
	send_to(k.n1, A4, 30000, packet, (size_t)n);
	CHECK(hear(k.n2, LONG_MS).len > 0);
	send_to(k.n1, A4, 30000, packet, (size_t)n);
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_replay == 1);
	/* RTCP under keys is user space's. */
	memcpy(packet, "\x80\xc9\x00\x01\x01\x02\x03\x04", 8);
	send_to(k.n1, A4, 30000, packet, 30);
	CHECK(hear(k.up, LONG_MS).len == 30);
	srtp_free(in);
	srtp_free(out);
	call_end(&k);
}

static void as_received(void)
{
	uint8_t packet[ROOM];
	struct srtp *in;
	struct heard h;
	struct call k;
	int n;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.rule.decrypt = keys_of(&kinds[0], 1);
	k.d.outputs[0].flags |= RTPE_OUT_AS_RECEIVED;
	/* Somebody else hears it in clear, and silenced. */
	draft_output(&k.d, 0, N1_4, 4000)->flags |= RTPE_OUT_SILENCE;
	k.d.rule.n_silence = 1;
	k.d.rule.silence[0] = (struct rtpe_silence){ 8, 0xd5 };
	in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	n = sealed(in, packet, 7);
	send_to(k.n1, A4, 30000, packet, (size_t)n);
	h = hear(k.n2, LONG_MS);
	CHECK(h.len == n && memcmp(h.data, packet, (size_t)n) == 0);
	h = hear(k.n1, LONG_MS);
	CHECK(h.len == 32 && h.data[12] == 0xd5 && h.data[31] == 0xd5);
	packet[20] ^= 1;
	send_to(k.n1, A4, 30000, packet, (size_t)n);
	CHECK(hear(k.n2, SHORT_MS).len < 0);
	/* As received, but changed: no. */
	k.d.outputs[0].flags |= RTPE_OUT_SSRC_REWRITE;
	CHECK(draft_set(&k.c, 0, &k.d) == -EINVAL);
	srtp_free(in);
	call_end(&k);
}

/* A new SSRC is shown to user space as it came, if it is authentic. */
static void introductions(void)
{
	uint8_t packet[ROOM], before[ROOM];
	struct srtp *in;
	struct heard h;
	struct call k;
	int n;

	call_begin(&k, RTPE_KERNEL_HOOK_INPUT, false, false);
	k.d.rule.decrypt = keys_of(&kinds[10], 1);
	k.d.rule.punt = RTPE_CLASS_UNKNOWN_SSRC;
	in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	n = sealed(in, packet, 7);
	memcpy(before, packet, (size_t)n);
	packet[n - 1] ^= 1;
	send_to(k.n1, A4, 30000, packet, (size_t)n);
	CHECK(hear(k.up, SHORT_MS).len < 0 && k.c.counters[0].drop_auth == 1);
	send_to(k.n1, A4, 30000, before, (size_t)n);
	h = hear(k.up, LONG_MS);
	CHECK(h.len == n && memcmp(h.data, before, (size_t)n) == 0);
	CHECK(crosses(&k, in, NULL, 8));
	srtp_free(in);
	call_end(&k);
}

/* ---- up and down ------------------------------------------------------------ */

/* User space's side of a port pair: what a core would do. */
struct core {
	struct rtpe_srtp_port rx, tx;	/* of the two ports */
	struct srtp *open, *seal;
	int out;			/* socket of slot 1 */
	unsigned failures, forwarded;
};

static void core_begin(struct core *o, struct call *k)
{
	const struct srtp_table rx = { .states = o->rx.rx, .clock = &o->rx.rx_clock };
	const struct srtp_table tx = { .states = o->tx.tx, .clock = &o->tx.tx_clock };

	memset(o, 0, sizeof(*o));
	o->open = srtp_new(&k->d.rule.decrypt, SRTP_UNPROTECT, &rx);
	o->seal = srtp_new(&k->d.outputs[0].encrypt, SRTP_PROTECT, &tx);
	o->out = sock(HERE, B4, 30002);
	CHECK(o->open && o->seal);
}

static void core_forward(struct core *o, int from)
{
	struct heard h;

	while ((h = hear(from, 0)).len > 0) {
		int n = srtp_open_rtp(o->open, h.data, (size_t)h.len, h.data, sizeof(h.data));

		if (n > 0)
			n = srtp_seal_rtp(o->seal, h.data, (size_t)n, h.data, sizeof(h.data));
		if (n <= 0) {
			o->failures++;
			continue;
		}
		o->forwarded++;
		send_to(o->out, N2_4, 4002, h.data, (size_t)n);
	}
}

static int put(struct client *c, uint32_t slot, const struct rtpe_srtp_port *m)
{
	struct rtpe_kernel_srtp list[RTPE_KERNEL_SRTP_MAX];
	uint32_t n = 0;

	memset(list, 0, sizeof(list));
	for (int i = 0; i < RTPE_SRTP_STREAMS; i++) {
		if (m->rx[i].key)
			list[n++].state = m->rx[i];
		if (m->tx[i].key) {
			list[n].sent = 1;
			list[n++].state = m->tx[i];
		}
	}
	return n ? client_send(c, RTPE_KERNEL_SRTP_PUT, slot, list, n * sizeof(list[0])) : 0;
}

static void merge(struct rtpe_srtp_state *to, const struct rtpe_srtp_state *from)
{
	for (int i = 0; i < RTPE_SRTP_STREAMS; i++) {
		int k = 0;

		if (!from[i].key)
			continue;
		while (k < RTPE_SRTP_STREAMS - 1 && to[k].key &&
		       (to[k].key != from[i].key || to[k].ssrc != from[i].ssrc))
			k++;
		to[k].key = from[i].key;
		to[k].ssrc = from[i].ssrc;
		rtpe_srtp_merge(&to[k].rtp, &from[i].rtp);
	}
}

static void down(struct call *k, struct core *o)
{
	CHECK(put(&k->c, 0, &o->rx) == 0 && put(&k->c, 1, &o->tx) == 0);
	CHECK(draft_set(&k->c, 0, &k->d) == 0);
	core_forward(o, k->up);
	CHECK(put(&k->c, 0, &o->rx) == 0 && put(&k->c, 1, &o->tx) == 0);
}

static void up(struct call *k, struct core *o)
{
	struct rtpe_srtp_port m;

	CHECK(client_send(&k->c, RTPE_KERNEL_RULE_CLEAR, 0, NULL, 0) == 0);
	CHECK(client_send(&k->c, RTPE_KERNEL_SYNC, 0, NULL, 0) == 0);
	CHECK(pread(k->c.fd, &m, sizeof(m), 0) == sizeof(m));
	merge(o->rx.rx, m.rx);
	CHECK(pread(k->c.fd, &m, sizeof(m), 1) == sizeof(m));
	merge(o->tx.tx, m.tx);
	core_forward(o, k->up);
}

struct listener {
	struct srtp *s;
	uint32_t last;			/* number, beginning at 1 */
	unsigned heard, failures, late;
};

static void listen_all(struct listener *l, int fd, int ms)
{
	struct heard h;

	while ((h = hear(fd, ms)).len > 0) {
		int n = srtp_open_rtp(l->s, h.data, (size_t)h.len, h.data, sizeof(h.data));
		uint32_t number;

		if (n < 0) {
			l->failures++;
			continue;
		}
		l->heard++;
		memcpy(&number, h.data + 12, sizeof(number));
		l->late += number < l->last;
		if (number > l->last)
			l->last = number;
	}
}

/* A live stream, moved 200 times, while its sequence numbers come round. */
static void moving(void)
{
	enum { MOVES = 200, PER_MOVE = 20 };
	struct listener l = { 0 };
	struct srtp *in;
	uint32_t number = 0;
	static struct core o;
	static uint8_t replays[MOVES][ROOM];
	static int lengths[MOVES];
	struct call k;

	call_begin(&k, RTPE_KERNEL_HOOK_EARLY, false, false);
	k.d.rule.decrypt = keys_of(&kinds[0], 1);
	k.d.outputs[0].encrypt = keys_of(&kinds[10], 2);
	in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	l.s = engine(&k.d.outputs[0].encrypt, SRTP_UNPROTECT);
	core_begin(&o, &k);
	for (int move = 0; move < MOVES; move++) {
		for (int i = 0; i < PER_MOVE; i++) {
			uint8_t clear[64], packet[ROOM];
			int n;

			number++;
			rtp(clear, 8, (uint16_t)(63000 + number), SSRC);
			memcpy(clear + 12, &number, sizeof(number));
			n = srtp_seal_rtp(in, clear, 32, packet, sizeof(packet));
			send_to(k.n1, A4, 30000, packet, (size_t)n);
			if (i == 0) {
				memcpy(replays[move], packet, (size_t)n);
				lengths[move] = n;
			}
			/* In the middle of the stream. */
			if (i == PER_MOVE / 2) {
				if (move % 2 == 0)
					down(&k, &o);
				else
					up(&k, &o);
			}
			core_forward(&o, k.up);
		}
		listen_all(&l, k.n2, 0);
	}
	/* What is still on its way. */
	for (int i = 0; i < 20 && l.heard < number; i++) {
		core_forward(&o, k.up);
		listen_all(&l, k.n2, SHORT_MS);
	}
	if (!CHECK(l.heard == number && l.failures == 0 && o.failures == 0 && l.late <= MOVES))
		printf("    %u of %u heard, %u late, %u and %u not opened\n", l.heard, number, l.late,
		       l.failures, o.failures);
	CHECK(o.forwarded > number / 3 && o.forwarded < number * 2 / 3);
	CHECK(k.c.counters[0].drop_auth == 0 && k.c.counters[0].drop_replay == 0);
	/* Nobody has forgotten anything: sent again, some here, some there. */
	for (int move = MOVES - 3; move < MOVES; move++) {
		send_to(k.n1, A4, 30000, replays[move], (size_t)lengths[move]);
		core_forward(&o, k.up);
		if (move % 2 == 0)
			down(&k, &o);
		else
			up(&k, &o);
		send_to(k.n1, A4, 30000, replays[move], (size_t)lengths[move]);
		core_forward(&o, k.up);
	}
	listen_all(&l, k.n2, SHORT_MS);
	CHECK(l.heard == number && l.failures == 0);
	srtp_free(in);
	srtp_free(l.s);
	srtp_free(o.open);
	srtp_free(o.seal);
	close(o.out);
	call_end(&k);
}

/* The daemon dies; another finds its streams under keys as they are. */
static void inheritance(void)
{
	struct srtp *in, *out;
	struct rtpe_srtp_port m;
	uint8_t replay[ROOM];
	struct client second;
	struct call k;
	int n;

	call_begin(&k, 0, false, false);
	client_close(&k.c);
	CHECK(client_open(&k.c, 0) == 0 &&
	      client_hello(&k.c, RTPE_KERNEL_HOOK_INPUT, 40, 60000) == 0 && client_map(&k.c) == 0);
	CHECK(port_open(&k.c, 0, A4, 30000) == 0 && port_open(&k.c, 1, B4, 30002) == 0);
	k.d.rule.decrypt = keys_of(&kinds[0], 1);
	k.d.outputs[0].encrypt = keys_of(&kinds[1], 2);
	in = engine(&k.d.rule.decrypt, SRTP_PROTECT);
	out = engine(&k.d.outputs[0].encrypt, SRTP_UNPROTECT);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	for (uint16_t i = 0; i < 8; i++)
		CHECK(crosses(&k, in, out, (uint16_t)(65530 + i)));
	client_close(&k.c);
	CHECK(crosses(&k, in, out, 2));
	CHECK(client_open(&second, 0) == 0 &&
	      client_hello(&second, RTPE_KERNEL_ADOPT | RTPE_KERNEL_HOOK_INPUT, 40, 1000) == 0 &&
	      client_map(&second) == 0);
	CHECK(pread(second.fd, &m, sizeof(m), 0) == sizeof(m) && m.rx[0].rtp.top == 0x10002);
	CHECK(pread(second.fd, &m, sizeof(m), 1) == sizeof(m) && m.tx[0].rtp.top == 0x10002 &&
	      m.tx[0].from == 0);
	k.c = second;
	n = sealed(in, replay, 3);
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, replay, (size_t)n);
	CHECK(hear(k.n2, LONG_MS).len > 0);
	CHECK(crosses(&k, in, out, 4));
	CHECK(draft_set(&k.c, 0, &k.d) == 0);
	send_to(k.n1, A4, 30000, replay, (size_t)n);
	CHECK(hear(k.n2, SHORT_MS).len < 0 && k.c.counters[0].drop_replay == 1);
	srtp_free(in);
	srtp_free(out);
	call_end(&k);
}

static void memory(void)
{
	struct rtpe_kernel_srtp list[RTPE_KERNEL_SRTP_MAX];
	struct rtpe_srtp_port m;
	struct call k;

	call_begin(&k, 0, false, false);
	memset(list, 0, sizeof(list));
	CHECK(pread(k.c.fd, &m, sizeof(m), 0) == sizeof(m) && m.rx[0].key == 0);
	CHECK(pread(k.c.fd, &m, sizeof(m), 39) < 0 && errno == ENOENT);
	CHECK(pread(k.c.fd, &m, sizeof(m), 1 << 20) < 0 && errno == ENOENT);
	CHECK(pread(k.c.fd, &m, 5, 0) < 0 && errno == EINVAL);
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, 0) == -EINVAL);
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, 9) == -EINVAL);
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, sizeof(list[0])) == -EINVAL);
	for (uint32_t i = 0; i < RTPE_KERNEL_SRTP_MAX; i++) {
		list[i].state.key = 1;
		list[i].state.ssrc = i / 2;
		list[i].sent = i & 1;
		list[i].state.rtp.top = 0x12345;
		list[i].state.rtp.seen[0] = 5;
	}
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, sizeof(list)) == 0);
	CHECK(pread(k.c.fd, &m, sizeof(m), 0) == sizeof(m));
	CHECK(m.rx[15].key == 1 && m.tx[15].rtp.top == 0x12345 && m.rx[15].rtp.seen[0] == 5);
	/* One more than there is room for, and one that is there. */
	list[0].state.ssrc = 99;
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, sizeof(list[0])) == -ENOSPC);
	list[0].state.ssrc = 3;
	list[0].state.rtp.top++;
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, sizeof(list[0])) == 0);
	CHECK(pread(k.c.fd, &m, sizeof(m), 0) == sizeof(m));
	CHECK(m.rx[3].rtp.top == 0x12346 && m.rx[3].rtp.seen[0] == 15);
	list[0].state.rtp.top = RTPE_SRTP_RTP_END;
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_PUT, 0, list, sizeof(list[0])) == -EINVAL);
	call_end(&k);
}

static int claim(struct call *k, uint32_t sent, uint32_t key, uint32_t ssrc, uint64_t index)
{
	struct rtpe_kernel_srtp s = {
		.sent = sent, .state = { .key = key, .ssrc = ssrc, .rtp.top = index },
	};

	return client_send(&k->c, RTPE_KERNEL_SRTP_CLAIM, 0, &s, sizeof(s));
}

static void claims(void)
{
	struct rtpe_kernel_srtp two[2] = { { .state.key = 1 }, { .state.key = 1 } };
	struct rtpe_srtp_port m;
	struct call k;

	call_begin(&k, 0, false, false);
	CHECK(claim(&k, 0, 0, 7, 5) == -EINVAL);
	CHECK(claim(&k, 2, 1, 7, 5) == -EINVAL);
	CHECK(claim(&k, 0, 1, 7, RTPE_SRTP_RTP_END) == -EINVAL);
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_CLAIM, 0, two, sizeof(two)) == -EINVAL);
	CHECK(client_send(&k.c, RTPE_KERNEL_SRTP_CLAIM, 39, two, sizeof(two[0])) == -ENOENT);
	/* Each once, in any order, each way, and under each key by itself. */
	CHECK(claim(&k, 0, 1, 7, 0x1fffe) == 0 && claim(&k, 0, 1, 7, 0x20001) == 0);
	CHECK(claim(&k, 0, 1, 7, 0x1ffff) == 0);
	CHECK(claim(&k, 0, 1, 7, 0x1fffe) == -EALREADY);
	CHECK(claim(&k, 0, 1, 7, 0x20001) == -EALREADY);
	CHECK(claim(&k, 0, 1, 7, 0x20001 - RTPE_SRTP_WINDOW) == -EALREADY);
	CHECK(claim(&k, 1, 1, 7, 0x20001) == 0 && claim(&k, 0, 2, 7, 0x20001) == 0);
	CHECK(pread(k.c.fd, &m, sizeof(m), 0) == sizeof(m));
	CHECK(m.rx[0].rtp.top == 0x20001 && m.rx[0].rtp.seen[0] == 13);
	CHECK(m.tx[0].rtp.top == 0x20001 && m.tx[0].rtp.seen[0] == 1);
	/* Who is there makes no room. */
	for (uint32_t i = 2; i < RTPE_SRTP_STREAMS; i++)
		CHECK(claim(&k, 0, 1, 100 + i, 1) == 0);
	CHECK(claim(&k, 0, 1, 99, 1) == -ENOSPC);
	CHECK(claim(&k, 0, 1, 102, 1) == -EALREADY && claim(&k, 0, 1, 102, 2) == 0);
	call_end(&k);
}

const struct test srtp_tests[] = {
	{ "all suites in, out and across", suites },
	{ "forged, replayed and cut packets under keys", forgeries },
	{ "packets that leave as they came", as_received },
	{ "new SSRCs under keys", introductions },
	{ "what is remembered of streams under keys", memory },
	{ "an index is claimed once", claims },
	{ "streams under keys outlive a daemon", inheritance },
	{ "a stream under keys is moved up and down", moving },
	{ NULL, NULL },
};
