/* SPDX-License-Identifier: MIT */
/*
 * Any suite towards any suite: what a sender protects is lost, doubled, held back
 * and falsified on its way, opened by the relay, protected under other keys and
 * opened by a receiver. What the relay takes must be what RFC 3711 says, packet
 * by packet, and arrive as it was sent.
 *
 * Each pair of the twelve suites has 2^17 packets of RTP, with rollovers, and as
 * many of RTCP, in PARTS: for each part keys, MKIs and the three switches of RFC
 * 4568 are drawn anew on both sides. There are 168 ways to switch a suite, and so
 * 28,224 pairs of them: drawn 576 times, each switch and each length of an MKI
 * meets every suite on the other side. Arguments: another number of packets, a seed.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "../src/srtp.h"

enum {
	CAP = 512,
	SSRCS = 3,
	LATE_MAX = 300,			/* packets held back at most: more than the window */
	PARTS = 4,
};

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % below);
}

static const struct kind {
	const char *name;
	uint8_t cipher, key, tag;
} kinds[] = {
	{ "AES_CM_128_HMAC_SHA1_80", RTPE_SRTP_AES_CM, 16, 10 },
	{ "AES_CM_128_HMAC_SHA1_32", RTPE_SRTP_AES_CM, 16, 4 },
	{ "AES_192_CM_HMAC_SHA1_80", RTPE_SRTP_AES_CM, 24, 10 },
	{ "AES_192_CM_HMAC_SHA1_32", RTPE_SRTP_AES_CM, 24, 4 },
	{ "AES_256_CM_HMAC_SHA1_80", RTPE_SRTP_AES_CM, 32, 10 },
	{ "AES_256_CM_HMAC_SHA1_32", RTPE_SRTP_AES_CM, 32, 4 },
	{ "F8_128_HMAC_SHA1_80", RTPE_SRTP_AES_F8, 16, 10 },
	{ "F8_128_HMAC_SHA1_32", RTPE_SRTP_AES_F8, 16, 4 },
	{ "NULL_HMAC_SHA1_80", RTPE_SRTP_NULL, 16, 10 },
	{ "NULL_HMAC_SHA1_32", RTPE_SRTP_NULL, 16, 4 },
	{ "AEAD_AES_128_GCM", RTPE_SRTP_AES_GCM, 16, 16 },
	{ "AEAD_AES_256_GCM", RTPE_SRTP_AES_GCM, 32, 16 },
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* A suite with new keys, and parameters drawn from what it allows. */
static struct rtpe_srtp params(const struct kind *k)
{
	bool gcm = k->cipher == RTPE_SRTP_AES_GCM;
	struct rtpe_srtp p = {
		.cipher = k->cipher, .auth = gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
		.key_len = k->key, .salt_len = gcm ? 12 : 14, .rtp_tag_len = k->tag,
		.rtcp_tag_len = gcm ? 16 : 10, .mki_len = (uint8_t)(draw(2) * (1 + draw(RTPE_MKI_MAX))),
	};

	for (int i = 0; i < p.key_len; i++)
		p.key[i] = (uint8_t)draw(256);
	for (int i = 0; i < p.salt_len; i++)
		p.salt[i] = (uint8_t)draw(256);
	for (int i = 0; i < p.mki_len; i++)
		p.mki[i] = (uint8_t)draw(256);
	do {
		p.flags = (uint8_t)draw(8);
	} while (srtp_problem(&p));
	return p;
}

/* What RFC 3711 says of one SSRC, told by absolute numbers: the highest taken, and
 * which of those below it. */
struct model {
	bool any;
	uint64_t top;
	bool seen[RTPE_SRTP_WINDOW];	/* by number modulo the window */
};

static bool model_takes(const struct model *m, uint64_t n)
{
	if (!m->any || n > m->top)
		return true;
	return m->top - n < RTPE_SRTP_WINDOW && !m->seen[n % RTPE_SRTP_WINDOW];
}

static void model_note(struct model *m, uint64_t n)
{
	for (uint64_t i = m->top + 1; m->any && i <= n && i <= m->top + RTPE_SRTP_WINDOW; i++)
		m->seen[i % RTPE_SRTP_WINDOW] = false;
	if (!m->any || n > m->top)
		m->top = n;
	m->any = true;
	m->seen[n % RTPE_SRTP_WINDOW] = true;
}

/* A packet on its way. */
struct sealed {
	uint64_t number;		/* of its SSRC */
	uint64_t due;			/* arrives then, in packets of its sender */
	uint32_t ssrc;
	uint16_t plain_len, len;
	uint8_t plain[CAP], data[CAP];
};

struct pair {
	const char *from, *to;
	struct rtpe_srtp p_in, p_out;
	struct srtp *sender, *relay_in, *relay_out, *receiver;
	uint32_t sender_index, relay_index;
	bool rtcp;
	struct model models[SSRCS];
	uint64_t next[SSRCS];
	uint64_t taken, refused;
};

static struct sealed *way;		/* packets held back */
static uint32_t n_way;
static int n_failed;

static void fail(const struct pair *p, const char *what, uint64_t number)
{
	if (n_failed++ < 10)
		printf("FAIL  %s to %s, %s: %s at %llu (flags %u to %u, MKI %u to %u)\n", p->from,
		       p->to, p->rtcp ? "RTCP" : "RTP", what, (unsigned long long)number,
		       p->p_in.flags, p->p_out.flags, p->p_in.mki_len, p->p_out.mki_len);
}

static int seal(struct pair *p, struct srtp *s, const uint8_t *in, size_t len, uint8_t *out,
		uint32_t *index)
{
	return p->rtcp ? srtp_seal_rtcp(s, in, len, out, CAP, index)
		       : srtp_seal_rtp(s, in, len, out, CAP);
}

static int open_(const struct pair *p, struct srtp *s, const uint8_t *in, size_t len, uint8_t *out)
{
	return p->rtcp ? srtp_open_rtcp(s, in, len, out, CAP) : srtp_open_rtp(s, in, len, out, CAP);
}

static uint16_t make(const struct pair *p, uint8_t *b, uint32_t ssrc, uint64_t number)
{
	bool wide = !p->rtcp && number % 16 == 0;	/* contributing sources, an extension */
	uint16_t head = p->rtcp ? 8 : wide ? 12 + 8 + 8 : 12;
	uint16_t len = (uint16_t)(head + (p->rtcp ? 4 * draw(10) : draw(number % 64 ? 40 : 300)));

	for (uint16_t i = 0; i < len; i += 4)
		put32(b + i, draw(1u << 31));
	b[0] = wide ? 0x92 : 0x80;
	b[1] = p->rtcp ? 200 : 8;
	put16(b + 2, p->rtcp ? (uint16_t)(len / 4 - 1) : (uint16_t)number);
	put32(b + (p->rtcp ? 4 : 8), ssrc);
	if (wide)
		put16(b + 22, 1);
	return len;
}

/* The next packet of one of the sources, sealed and put on its way. */
static void send_one(struct pair *p, uint64_t now)
{
	uint32_t source = draw(5) ? 0 : draw(SSRCS);
	struct sealed *s = &way[n_way];
	/* SRTCP counts over all SSRCs of a sender; in gaps, as if some were lost. */
	uint64_t *next = p->rtcp ? &p->next[0] : &p->next[source];
	int n;

	s->number = *next;
	*next += draw(100) ? 1 : 1 + draw(500);
	s->ssrc = 0x10000u + source;
	s->plain_len = make(p, s->plain, s->ssrc, s->number);
	p->sender_index = (uint32_t)s->number;
	n = seal(p, p->sender, s->plain, s->plain_len, s->data, &p->sender_index);
	if (n < 0) {
		fail(p, "the sender cannot protect", s->number);
		return;
	}
	s->len = (uint16_t)n;
	s->due = now + (draw(10) ? 0 : draw(draw(10) ? 20 : LATE_MAX));
	if (draw(50))		/* the others are lost */
		n_way++;
}

/* What the relay took leaves under other keys and arrives as it was sent. */
static void pass_on(struct pair *p, const struct sealed *s, const uint8_t *clear, size_t len)
{
	uint8_t out[CAP], end[CAP];
	int n = seal(p, p->relay_out, clear, len, out, &p->relay_index);

	if (n < 0)
		fail(p, "the relay cannot protect", s->number);
	else if (open_(p, p->receiver, out, (size_t)n, end) != s->plain_len ||
		 memcmp(end, s->plain, s->plain_len))
		fail(p, "it does not arrive as it was sent", s->number);
	else if (open_(p, p->receiver, out, (size_t)n, end) != -EALREADY)
		fail(p, "the receiver takes it twice", s->number);
}

static void arrive(struct pair *p, const struct sealed *s)
{
	struct model *m = &p->models[s->ssrc - 0x10000u];
	bool due = model_takes(m, s->number);
	uint8_t clear[CAP];
	int n = open_(p, p->relay_in, s->data, s->len, clear);

	if (n >= 0 && !due) {
		fail(p, "the relay takes what it must not", s->number);
	} else if (n < 0 && due) {
		fail(p, "the relay refuses what it must take", s->number);
	} else if (n < 0) {
		p->refused++;
		if (n != -EALREADY)
			fail(p, "it is refused for the wrong reason", s->number);
	} else {
		model_note(m, s->number);
		p->taken++;
		if (n != s->plain_len || memcmp(clear, s->plain, s->plain_len))
			fail(p, "the relay reads something else", s->number);
		pass_on(p, s, clear, (size_t)n);
	}
}

/* Falsified, which changes nothing: the true one passes afterwards. */
static void falsify(struct pair *p, const struct sealed *s)
{
	bool open = !p->rtcp && p->p_in.flags & RTPE_SRTP_NO_RTP_AUTH;
	uint32_t tail = p->p_in.mki_len + (p->p_in.cipher == RTPE_SRTP_AES_GCM ? 0u : 10u);
	uint8_t forged[CAP], clear[CAP];
	int n;

	/* Neither the MKI, which is not protected, nor what nobody protects. */
	if (open || s->len <= tail)
		return;
	memcpy(forged, s->data, s->len);
	forged[draw(s->len - tail)] ^= (uint8_t)(1u << draw(8));
	n = open_(p, p->relay_in, forged, s->len, clear);
	if (n >= 0)
		fail(p, "the relay takes what is forged", s->number);
}

static void arrivals(struct pair *p, uint64_t now)
{
	for (uint32_t i = 0; i < n_way; i++) {
		if (way[i].due > now)
			continue;
		if (draw(200) == 0)
			falsify(p, &way[i]);
		arrive(p, &way[i]);
		if (draw(50) == 0) {	/* comes again, at once or later */
			way[i].due = now + draw(LATE_MAX);
			continue;
		}
		way[i--] = way[--n_way];
	}
}

static void play(struct pair *p, uint32_t packets)
{
	memset(p->models, 0, sizeof(p->models));
	/* Near the end of the 16 bits, so that they roll over soon, and again. */
	for (int i = 0; i < SSRCS; i++)
		p->next[i] = p->rtcp ? 1 : 32768 + draw(32000);
	p->sender = srtp_new(&p->p_in, SRTP_PROTECT, NULL);
	p->relay_in = srtp_new(&p->p_in, SRTP_UNPROTECT, NULL);
	p->relay_out = srtp_new(&p->p_out, SRTP_PROTECT, NULL);
	p->receiver = srtp_new(&p->p_out, SRTP_UNPROTECT, NULL);
	p->relay_index = 1;
	n_way = 0;
	for (uint32_t now = 0; now < packets + LATE_MAX; now++) {
		if (now < packets)
			send_one(p, now);
		arrivals(p, now);
	}
	srtp_free(p->sender);
	srtp_free(p->relay_in);
	srtp_free(p->relay_out);
	srtp_free(p->receiver);
}

/* Everything of one pair. */
static bool run(const struct kind *from, const struct kind *to, uint32_t packets)
{
	int before = n_failed;
	uint64_t rollovers = 0, taken = 0, refused = 0;

	for (int part = 0; part < PARTS; part++) {
		struct pair p = { .from = from->name, .to = to->name, .p_in = params(from),
				  .p_out = params(to) };

		for (int rtcp = 0; rtcp < 2; rtcp++) {
			p.rtcp = rtcp;
			play(&p, packets / PARTS);
			for (int i = 0; i < SSRCS && !rtcp; i++)
				rollovers += p.next[i] >> 16;
		}
		taken += p.taken;
		refused += p.refused;
	}
	if ((packets >= 1u << 16 && !rollovers) || !taken || !refused) {
		printf("FAIL  %s to %s: nothing rolled over, passed or was refused\n", from->name,
		       to->name);
		n_failed++;
	}
	return n_failed == before;
}

int main(int argc, char **argv)
{
	uint32_t packets = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1u << 17;
	int n_passed = 0, n_bad = 0;

	random_state = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	way = calloc(2 * LATE_MAX + 16, sizeof(*way));
	if (!way || packets < PARTS * 1000)
		return 2;
	for (int from = 0; from < KINDS; from++) {
		for (int to = 0; to < KINDS; to++) {
			if (run(&kinds[from], &kinds[to], packets))
				n_passed++;
			else
				n_bad++;
		}
		printf("%-5s %s to every suite, %u packets of RTP and of RTCP each\n",
		       n_bad ? "FAIL" : "ok", kinds[from].name, packets);
		fflush(stdout);
	}
	free(way);
	printf("%d passed, %d failed\n", n_passed, n_bad);
	return n_bad != 0;
}
