/* SPDX-License-Identifier: MIT */
#include "srtp.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "alloc.h"
#include "classify.h"
#include "srtp_cipher.h"
#include "srtp_stream.h"

enum { TAG_MAX = 20, GCM_TAG = 16, INDEX_LEN = 4 };
#define E_BIT 0x80000000u
#define RTP_INDEX_END ((uint64_t)1 << 48)
#define RTCP_INDEX_END ((uint32_t)1 << 31)

struct srtp {
	uint32_t owners;
	struct rtpe_srtp params;
	struct srtp_keys rtp, rtcp;
	uint64_t calls;
	struct srtp_stream streams[SRTP_STREAMS];
};

static bool is_gcm(const struct rtpe_srtp *p)
{
	return p->cipher == RTPE_SRTP_AES_GCM;
}

const char *srtp_problem(const struct rtpe_srtp *p)
{
	bool gcm = is_gcm(p);
	bool cm = p->cipher == RTPE_SRTP_AES_CM;

	if (p->cipher == 0 || p->cipher > RTPE_SRTP_AES_GCM)
		return "there is no such cipher";
	if (p->key_len != 16 && !(p->key_len == 32 && (cm || gcm)) && !(p->key_len == 24 && cm))
		return "the cipher has no keys of this length";
	if (p->salt_len != (gcm ? 12 : 14))
		return "the salt is not as long as the cipher wants it";
	if (p->auth != (gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1))
		return "the cipher and the authentication do not go together";
	if (gcm ? p->rtp_tag_len != GCM_TAG || p->rtcp_tag_len != GCM_TAG
		: p->rtcp_tag_len != 10 || (p->rtp_tag_len != 10 && p->rtp_tag_len != 4))
		return "the tags have no length that is defined";
	if (p->mki_len > RTPE_MKI_MAX)
		return "the MKI is too long";
	if (p->flags & ~(RTPE_SRTP_PLAIN_RTP | RTPE_SRTP_PLAIN_RTCP | RTPE_SRTP_NO_RTP_AUTH))
		return "an unknown flag is set";
	/* RFC 7714 section 11: an AEAD always authenticates. */
	if (gcm && p->flags & (RTPE_SRTP_NO_RTP_AUTH | RTPE_SRTP_PLAIN_RTP))
		return "AES-GCM cannot do without encryption and authentication of RTP";
	return NULL;
}

struct srtp *srtp_new(const struct rtpe_srtp *p, enum srtp_direction direction)
{
	bool encrypt = direction == SRTP_PROTECT;
	struct srtp *s;

	if (srtp_problem(p))
		return NULL;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return NULL;
	s->owners = 1;
	s->params = *p;
	if (srtp_keys_init(&s->rtp, p, false, encrypt) ||
	    srtp_keys_init(&s->rtcp, p, true, encrypt)) {
		srtp_free(s);
		return NULL;
	}
	return s;
}

struct srtp *srtp_get(struct srtp *s)
{
	s->owners++;
	return s;
}

void srtp_free(struct srtp *s)
{
	if (!s || --s->owners)
		return;
	srtp_keys_free(&s->rtp);
	srtp_keys_free(&s->rtcp);
	OPENSSL_cleanse(s, sizeof(*s));
	mem_free(s);
}

bool srtp_same(const struct srtp *s, const struct rtpe_srtp *p)
{
	return memcmp(&s->params, p, sizeof(*p)) == 0;
}

/* ---- SSRCs ----------------------------------------------------------- */

static struct srtp_stream *find(const struct srtp *s, uint32_t ssrc)
{
	for (uint32_t i = 0; i < SRTP_STREAMS; i++)
		if (s->streams[i].in_use && s->streams[i].ssrc == ssrc)
			return (struct srtp_stream *)(uintptr_t)&s->streams[i];
	return NULL;
}

/* On the way in only for packets that are authentic: nobody else can push a
 * stream out. On the way out for whatever the source sends; one that sends more
 * SSRCs than there is room for loses its own, and no other, rollover counters. */
static struct srtp_stream *take(struct srtp *s, uint32_t ssrc)
{
	struct srtp_stream *st = find(s, ssrc);

	if (!st) {
		st = &s->streams[0];
		for (uint32_t i = 0; i < SRTP_STREAMS && st->in_use; i++)
			if (!s->streams[i].in_use || s->streams[i].used < st->used)
				st = &s->streams[i];
		memset(st, 0, sizeof(*st));
		st->ssrc = ssrc;
		st->in_use = true;
	}
	st->used = ++s->calls;
	return st;
}

int srtp_stream_get(const struct srtp *s, uint32_t ssrc, uint32_t *roc, uint16_t *seq)
{
	const struct srtp_stream *st = find(s, ssrc);

	if (!st || !st->rtp.any)
		return -ENOENT;
	*roc = (uint32_t)(st->rtp.top >> 16);
	*seq = (uint16_t)st->rtp.top;
	return 0;
}

void srtp_stream_set(struct srtp *s, uint32_t ssrc, uint32_t roc, uint16_t seq)
{
	struct srtp_stream *st = take(s, ssrc);

	memset(&st->rtp, 0, sizeof(st->rtp));
	st->rtp.any = true;
	st->rtp.top = (uint64_t)roc << 16 | seq;
	/* What came before is not known: none of it is taken again. */
	st->rtp.seen[0] = st->rtp.seen[1] = ~(uint64_t)0;
}

static void copy(uint8_t *out, const uint8_t *in, size_t len)
{
	if (out != in)
		memcpy(out, in, len);
}

/* ---- RTP --------------------------------------------------------------- */

/* Length of header, contributing sources and header extension; 0: contradictory. */
static size_t rtp_header_len(const uint8_t *p, size_t len)
{
	size_t n = RTP_HEADER;

	if (len < n || p[0] >> 6 != 2)
		return 0;
	n += 4u * (p[0] & 15);
	if (p[0] & 0x10) {
		if (len < n + 4)
			return 0;
		n += 4 + 4u * get16(p + n + 2);
	}
	return n <= len ? n : 0;
}

static uint64_t rtp_index(const struct srtp_stream *st, const uint8_t *p)
{
	return st ? srtp_guess_index(&st->rtp, get16(p + 2)) : get16(p + 2);
}

static void roc_bytes(uint64_t index, uint8_t *out)
{
	put32(out, (uint32_t)(index >> 16));
}

static uint32_t rtp_tag_len(const struct rtpe_srtp *p)
{
	return p->flags & RTPE_SRTP_NO_RTP_AUTH ? 0 : p->rtp_tag_len;
}

int srtp_seal_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	const struct rtpe_srtp *p = &s->params;
	size_t head = rtp_header_len(in, len), tag = rtp_tag_len(p);
	size_t total = len + tag + p->mki_len;
	uint8_t roc[4], mac[TAG_MAX];
	struct srtp_stream *st;
	struct srtp_iv iv;
	int err;

	if (!head)
		return -EINVAL;
	if (total > cap)
		return -ENOSPC;
	st = take(s, get32(in + 8));
	iv = (struct srtp_iv){ .header = in, .ssrc = st->ssrc, .index = rtp_index(st, in) };
	if (iv.index >= RTP_INDEX_END)
		return -EKEYEXPIRED;
	/* Two packets under one index would share their key stream. */
	if (!srtp_window_fresh(&st->rtp, iv.index))
		return -EALREADY;
	copy(out, in, head);
	if (is_gcm(p)) {
		err = srtp_gcm_seal(&s->rtp, &iv, in, head, NULL, 0, in + head, out + head,
				len - head, out + len);
		if (err)
			return err;
		memcpy(out + len + tag, p->mki, p->mki_len);
	} else {
		if (p->flags & RTPE_SRTP_PLAIN_RTP)
			copy(out + head, in + head, len - head);
		else if ((err = srtp_crypt(&s->rtp, &iv, in + head, out + head, len - head)))
			return err;
		memcpy(out + len, p->mki, p->mki_len);
		if (tag) {
			roc_bytes(iv.index, roc);
			err = srtp_mac(&s->rtp, out, len, roc, sizeof(roc), mac);
			if (err)
				return err;
			memcpy(out + len + p->mki_len, mac, tag);
		}
	}
	srtp_window_add(&st->rtp, iv.index);
	return (int)total;
}

int srtp_open_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	const struct rtpe_srtp *p = &s->params;
	size_t head = rtp_header_len(in, len), tag = rtp_tag_len(p), body;
	uint8_t roc[4], mac[TAG_MAX];
	const struct srtp_stream *st;
	struct srtp_iv iv;
	int err;

	/* The header may claim more than is left in front of the trailer. */
	if (!head || len < head + tag + p->mki_len)
		return -EINVAL;
	body = len - tag - p->mki_len;
	if (body > cap)
		return -ENOSPC;
	st = find(s, get32(in + 8));
	iv = (struct srtp_iv){ .header = in, .ssrc = get32(in + 8), .index = rtp_index(st, in) };
	if (iv.index >= RTP_INDEX_END)
		return -EKEYEXPIRED;
	if (st && !srtp_window_fresh(&st->rtp, iv.index))
		return -EALREADY;
	if (is_gcm(p)) {
		copy(out, in, head);
		err = srtp_gcm_open(&s->rtp, &iv, in, head, NULL, 0, in + head, out + head,
				body - head, in + body);
		if (err)
			return err;
	} else {
		if (tag) {
			roc_bytes(iv.index, roc);
			err = srtp_mac(&s->rtp, in, body, roc, sizeof(roc), mac);
			if (err)
				return err;
			if (CRYPTO_memcmp(mac, in + body + p->mki_len, tag))
				return -EBADMSG;
		}
		copy(out, in, head);
		if (p->flags & RTPE_SRTP_PLAIN_RTP)
			copy(out + head, in + head, body - head);
		else if ((err = srtp_crypt(&s->rtp, &iv, in + head, out + head, body - head)))
			return err;
	}
	srtp_window_add(&take(s, iv.ssrc)->rtp, iv.index);
	return (int)body;
}

/* ---- RTCP -------------------------------------------------------------- */

int srtp_seal_rtcp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap,
		  _Atomic uint32_t *index)
{
	const struct rtpe_srtp *p = &s->params;
	bool plain = p->flags & RTPE_SRTP_PLAIN_RTCP;
	size_t tag = p->rtcp_tag_len, total = len + tag + INDEX_LEN + p->mki_len;
	size_t head = plain && is_gcm(p) ? len : RTCP_HEADER;
	uint8_t word[INDEX_LEN], mac[TAG_MAX];
	struct srtp_iv iv;
	int err;

	if (len < RTCP_HEADER || in[0] >> 6 != 2)
		return -EINVAL;
	if (total > cap)
		return -ENOSPC;
	iv = (struct srtp_iv){
		.header = in, .ssrc = get32(in + 4), .rtcp = true, .encrypted = !plain,
		.index = atomic_fetch_add_explicit(index, 1, memory_order_relaxed),
	};
	if (iv.index >= RTCP_INDEX_END) {
		atomic_store_explicit(index, RTCP_INDEX_END, memory_order_relaxed);
		return -EKEYEXPIRED;
	}
	put32(word, (uint32_t)iv.index | (plain ? 0 : E_BIT));
	copy(out, in, head);
	if (is_gcm(p)) {
		err = srtp_gcm_seal(&s->rtcp, &iv, in, head, word, INDEX_LEN, in + head, out + head,
				len - head, out + len);
		if (err)
			return err;
		memcpy(out + len + tag, word, INDEX_LEN);
		memcpy(out + len + tag + INDEX_LEN, p->mki, p->mki_len);
		return (int)total;
	}
	if (plain)
		copy(out + head, in + head, len - head);
	else if ((err = srtp_crypt(&s->rtcp, &iv, in + head, out + head, len - head)))
		return err;
	memcpy(out + len, word, INDEX_LEN);
	err = srtp_mac(&s->rtcp, out, len + INDEX_LEN, NULL, 0, mac);
	if (err)
		return err;
	memcpy(out + len + INDEX_LEN, p->mki, p->mki_len);
	memcpy(out + len + INDEX_LEN + p->mki_len, mac, tag);
	return (int)total;
}

int srtp_open_rtcp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	const struct rtpe_srtp *p = &s->params;
	size_t tag = p->rtcp_tag_len, trailer = tag + INDEX_LEN + p->mki_len, body, head;
	uint8_t mac[TAG_MAX];
	const struct srtp_stream *st;
	const uint8_t *word;
	struct srtp_iv iv;
	int err;

	if (len < RTCP_HEADER + trailer || in[0] >> 6 != 2)
		return -EINVAL;
	body = len - trailer;
	if (body > cap)
		return -ENOSPC;
	word = in + body + (is_gcm(p) ? tag : 0);
	iv = (struct srtp_iv){
		.header = in, .ssrc = get32(in + 4), .rtcp = true,
		.encrypted = get32(word) & E_BIT, .index = get32(word) & ~E_BIT,
	};
	st = find(s, iv.ssrc);
	if (st && !srtp_window_fresh(&st->rtcp, iv.index))
		return -EALREADY;
	/* The E bit is the sender's word, authenticated with the rest. */
	head = is_gcm(p) && !iv.encrypted ? body : RTCP_HEADER;
	if (is_gcm(p)) {
		copy(out, in, head);
		err = srtp_gcm_open(&s->rtcp, &iv, in, head, word, INDEX_LEN, in + head, out + head,
				body - head, in + body);
		if (err)
			return err;
	} else {
		err = srtp_mac(&s->rtcp, in, body + INDEX_LEN, NULL, 0, mac);
		if (err)
			return err;
		if (CRYPTO_memcmp(mac, in + len - tag, tag))
			return -EBADMSG;
		copy(out, in, head);
		if (!iv.encrypted)
			copy(out + head, in + head, body - head);
		else if ((err = srtp_crypt(&s->rtcp, &iv, in + head, out + head, body - head)))
			return err;
	}
	srtp_window_add(&take(s, iv.ssrc)->rtcp, iv.index);
	return (int)body;
}
