/* SPDX-License-Identifier: MIT */
#include "srtp.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "alloc.h"
#include "classify.h"
#include "srtp_algorithms.h"
#include "srtp_cipher.h"
#include "srtp_stream.h"

enum { TAG_MAX = 20, GCM_TAG = 16, INDEX_LEN = 4 };
#define E_BIT 0x80000000u

struct srtp {
	uint32_t owners;
	uint32_t key;			/* see struct rtpe_srtp_port */
	uint32_t hint;			/* of srtp_find() */
	struct rtpe_srtp params;
	struct srtp_keys rtp, rtcp;
	struct srtp_table table;
	/* Where the table is nobody else's. */
	uint32_t own_clock;
	struct rtpe_srtp_state own[];
};

/* Which key a state belongs to: no more of it than tells it from others. */
static int key_id(const struct rtpe_srtp *p, uint32_t *id)
{
	uint8_t key[RTPE_KEY_MAX + RTPE_SALT_MAX], digest[EVP_MAX_MD_SIZE];
	int ok;

	memcpy(key, p->key, p->key_len);
	memcpy(key + p->key_len, p->salt, p->salt_len);
	ok = EVP_Digest(key, (size_t)p->key_len + p->salt_len, digest, NULL, srtp_sha256(), NULL);
	*id = get32(digest) ? get32(digest) : 1;
	OPENSSL_cleanse(key, sizeof(key));
	return ok == 1 ? 0 : -EIO;
}

static size_t size_of(const struct srtp *s)
{
	return sizeof(*s) + (s->table.states == s->own ? RTPE_SRTP_STREAMS * sizeof(s->own[0]) : 0);
}

struct srtp *srtp_new(const struct rtpe_srtp *p, enum srtp_direction direction,
		      const struct srtp_table *table)
{
	bool encrypt = direction == SRTP_PROTECT;
	struct srtp *s;

	if (srtp_problem(p))
		return NULL;
	s = mem_zalloc(sizeof(*s) + (table ? 0 : RTPE_SRTP_STREAMS * sizeof(s->own[0])));
	if (!s)
		return NULL;
	s->owners = 1;
	s->params = *p;
	if (table)
		s->table = *table;
	else
		s->table = (struct srtp_table){ .states = s->own, .clock = &s->own_clock };
	if (key_id(p, &s->key) || srtp_keys_init(&s->rtp, &s->rtcp, p, encrypt)) {
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
	OPENSSL_cleanse(s, size_of(s));
	mem_free(s);
}

bool srtp_same(const struct srtp *s, const struct rtpe_srtp *p)
{
	return memcmp(&s->params, p, sizeof(*p)) == 0;
}

/* ---- SSRCs ----------------------------------------------------------- */

uint32_t srtp_key(const struct srtp *s)
{
	return s->key;
}

int srtp_stream_get(struct srtp *s, uint32_t ssrc, uint32_t *roc, uint16_t *seq)
{
	const struct rtpe_srtp_state *st = srtp_find(&s->table, s->key, ssrc, &s->hint);

	if (!st || !(st->rtp.seen[0] & 1))
		return -ENOENT;
	*roc = (uint32_t)(st->rtp.top >> 16);
	*seq = (uint16_t)st->rtp.top;
	return 0;
}

void srtp_stream_set(struct srtp *s, uint32_t ssrc, uint32_t roc, uint16_t seq)
{
	struct rtpe_srtp_state *st = srtp_take(&s->table, s->key, ssrc, &s->hint);

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

static void roc_bytes(uint64_t index, uint8_t *out)
{
	put32(out, (uint32_t)(index >> 16));
}

int srtp_seal_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	const struct rtpe_srtp *p = &s->params;
	size_t head = rtp_header_len(in, len), tag = srtp_rtp_tag_len(p);
	size_t total = len + tag + p->mki_len;
	uint8_t roc[4], mac[TAG_MAX];
	struct srtp_iv iv = { .header = in };
	int err;

	if (!head)
		return -EINVAL;
	if (total > cap)
		return -ENOSPC;
	iv.ssrc = get32(in + 8);
	err = srtp_claim(&s->table, s->key, iv.ssrc, get16(in + 2), &s->hint, &iv.index);
	if (err)
		return err;
	copy(out, in, head);
	if (srtp_is_gcm(p)) {
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
			err = srtp_hmac(&s->rtp.mac, out, len, roc, sizeof(roc), mac);
			if (err)
				return err;
			memcpy(out + len + p->mki_len, mac, tag);
		}
	}
	return (int)total;
}

int srtp_open_rtp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	const struct rtpe_srtp *p = &s->params;
	size_t head = rtp_header_len(in, len), tag = srtp_rtp_tag_len(p), body;
	uint8_t roc[4], mac[TAG_MAX];
	struct srtp_iv iv = { .header = in };
	int err;

	/* The header may claim more than is left in front of the trailer. */
	if (!head || len < head + tag + p->mki_len)
		return -EINVAL;
	body = len - tag - p->mki_len;
	if (body > cap)
		return -ENOSPC;
	iv.ssrc = get32(in + 8);
	err = srtp_expect(&s->table, s->key, iv.ssrc, get16(in + 2), &s->hint, &iv.index);
	if (err)
		return err;
	if (srtp_is_gcm(p)) {
		copy(out, in, head);
		err = srtp_gcm_open(&s->rtp, &iv, in, head, NULL, 0, in + head, out + head,
				body - head, in + body);
		if (err)
			return err;
	} else {
		if (tag) {
			roc_bytes(iv.index, roc);
			err = srtp_hmac(&s->rtp.mac, in, body, roc, sizeof(roc), mac);
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
	rtpe_srtp_note(&srtp_take(&s->table, s->key, iv.ssrc, &s->hint)->rtp, iv.index);
	return (int)body;
}

/* ---- RTCP -------------------------------------------------------------- */

int srtp_seal_rtcp(struct srtp *s, const uint8_t *in, size_t len, uint8_t *out, size_t cap,
		  uint32_t *index)
{
	const struct rtpe_srtp *p = &s->params;
	bool plain = p->flags & RTPE_SRTP_PLAIN_RTCP;
	size_t tag = p->rtcp_tag_len, total = len + tag + INDEX_LEN + p->mki_len;
	size_t head = plain && srtp_is_gcm(p) ? len : RTCP_HEADER;
	uint8_t word[INDEX_LEN], mac[TAG_MAX];
	struct srtp_iv iv;
	int err;

	if (len < RTCP_HEADER || in[0] >> 6 != 2)
		return -EINVAL;
	if (total > cap)
		return -ENOSPC;
	iv = (struct srtp_iv){
		.header = in, .ssrc = get32(in + 4), .rtcp = true, .encrypted = !plain,
		.index = __atomic_fetch_add(index, 1, __ATOMIC_RELAXED),
	};
	if (iv.index >= RTPE_SRTP_RTCP_END) {
		__atomic_store_n(index, (uint32_t)RTPE_SRTP_RTCP_END, __ATOMIC_RELAXED);
		return -EKEYEXPIRED;
	}
	put32(word, (uint32_t)iv.index | (plain ? 0 : E_BIT));
	copy(out, in, head);
	if (srtp_is_gcm(p)) {
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
	err = srtp_hmac(&s->rtcp.mac, out, len + INDEX_LEN, NULL, 0, mac);
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
	const struct rtpe_srtp_state *st;
	const uint8_t *word;
	struct srtp_iv iv;
	int err;

	if (len < RTCP_HEADER + trailer || in[0] >> 6 != 2)
		return -EINVAL;
	body = len - trailer;
	if (body > cap)
		return -ENOSPC;
	word = in + body + (srtp_is_gcm(p) ? tag : 0);
	iv = (struct srtp_iv){
		.header = in, .ssrc = get32(in + 4), .rtcp = true,
		.encrypted = get32(word) & E_BIT, .index = get32(word) & ~E_BIT,
	};
	st = srtp_find(&s->table, s->key, iv.ssrc, &s->hint);
	if (st && !rtpe_srtp_fresh(&st->rtcp, iv.index))
		return -EALREADY;
	/* The E bit is the sender's word, authenticated with the rest. */
	head = srtp_is_gcm(p) && !iv.encrypted ? body : RTCP_HEADER;
	if (srtp_is_gcm(p)) {
		copy(out, in, head);
		err = srtp_gcm_open(&s->rtcp, &iv, in, head, word, INDEX_LEN, in + head, out + head,
				body - head, in + body);
		if (err)
			return err;
	} else {
		err = srtp_hmac(&s->rtcp.mac, in, body + INDEX_LEN, NULL, 0, mac);
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
	rtpe_srtp_note(&srtp_take(&s->table, s->key, iv.ssrc, &s->hint)->rtcp, iv.index);
	return (int)body;
}
