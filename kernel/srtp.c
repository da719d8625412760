// SPDX-License-Identifier: GPL-2.0
#include "srtp.h"

#include <crypto/algapi.h>
#include <crypto/sha2.h>
#include <linux/slab.h>

#include "compat.h"
#include "rtpe_srtp.h"
#include "srtp_stream.h"
#include "table.h"

static bool is_gcm(const struct rtpe_srtp *p)
{
	return p->cipher == RTPE_SRTP_AES_GCM;
}

const char *srtp_name(const struct rtpe_srtp *p)
{
	bool whole = p->rtp_tag_len == 10;

	switch (p->cipher) {
	case RTPE_SRTP_NULL:
		return whole ? "NULL_HMAC_SHA1_80" : "NULL_HMAC_SHA1_32";
	case RTPE_SRTP_AES_F8:
		return "F8_128_HMAC_SHA1_80";
	case RTPE_SRTP_AES_GCM:
		return p->key_len == 16 ? "AEAD_AES_128_GCM" : "AEAD_AES_256_GCM";
	case RTPE_SRTP_AES_CM:
		break;
	default:
		return "none";
	}
	if (p->key_len == 16)
		return whole ? "AES_CM_128_HMAC_SHA1_80" : "AES_CM_128_HMAC_SHA1_32";
	if (p->key_len == 24)
		return whole ? "AES_192_CM_HMAC_SHA1_80" : "AES_192_CM_HMAC_SHA1_32";
	return whole ? "AES_256_CM_HMAC_SHA1_80" : "AES_256_CM_HMAC_SHA1_32";
}

/* Which key a state belongs to: no more of it than tells it from others. */
static u32 key_id(const struct rtpe_srtp *p)
{
	u8 key[RTPE_KEY_MAX + RTPE_SALT_MAX], digest[SHA256_DIGEST_SIZE];

	memcpy(key, p->key, p->key_len);
	memcpy(key + p->key_len, p->salt, p->salt_len);
	sha256(key, p->key_len + p->salt_len, digest);
	memzero_explicit(key, sizeof(key));
	return get_unaligned_be32(digest) ?: 1;
}

struct srtp_key *srtp_key_new(const struct rtpe_srtp *p, int *err)
{
	struct srtp_key *k = kzalloc(sizeof(*k), GFP_KERNEL);
	struct srtp_session s;

	*err = k ? 0 : -ENOMEM;
	if (!k)
		return NULL;
	kref_init(&k->refs);
	k->params = *p;
	k->id = key_id(p);
	*err = srtp_derive(p, &s);
	if (!*err)
		*err = srtp_keys_set(&k->keys, &s);
	memzero_explicit(&s, sizeof(s));
	if (!*err)
		return k;
	srtp_key_put(k);
	return NULL;
}

bool srtp_key_same(const struct srtp_key *k, const struct rtpe_srtp *p)
{
	return !memcmp(&k->params, p, sizeof(*p));
}

static void key_release(struct kref *refs)
{
	struct srtp_key *k = container_of(refs, struct srtp_key, refs);

	srtp_keys_free(&k->keys);
	kfree_sensitive(k);
}

void srtp_key_put(struct srtp_key *k)
{
	if (k)
		kref_put(&k->refs, key_release);
}

/* Header, contributing sources and extension by their own word; 0: there is not
 * that much. What is behind them is still encrypted. */
static u32 header_len(const u8 *p, u32 len)
{
	u32 n = 12;

	if (len < n || p[0] >> 6 != 2)
		return 0;
	n += 4 * (p[0] & 15);
	if (p[0] & 0x10) {
		if (len < n + 4)
			return 0;
		n += 4 + 4 * get_unaligned_be16(p + n + 2);
	}
	return n <= len ? n : 0;
}

static u32 tag_len(const struct rtpe_srtp *p)
{
	return p->flags & RTPE_SRTP_NO_RTP_AUTH ? 0 : p->rtp_tag_len;
}

/* ---- streams --------------------------------------------------------------- */

/* The index of a packet that came in, if it is new. Under the port's lock. */
static int index_received(struct srtp_key *k, struct rtpe_srtp_port *m, u32 ssrc, u16 seq,
			  u64 *index)
{
	struct srtp_table t = { .states = m->rx, .clock = &m->rx_clock };
	const struct rtpe_srtp_state *st = srtp_find(&t, k->id, ssrc, &k->hint);

	*index = st ? rtpe_srtp_guess(&st->rtp, seq) : seq;
	if (*index >= RTPE_SRTP_RTP_END)
		return -EKEYEXPIRED;
	return st && !rtpe_srtp_fresh(&st->rtp, *index) ? -EALREADY : 0;
}

/* It is authentic: nobody else can push a stream out. On another CPU the same
 * packet may have been faster. */
static int index_note(struct srtp_key *k, struct port *at, u32 ssrc, u64 index)
{
	struct rtpe_srtp_port *m = at->srtp;
	struct srtp_table t = { .states = m->rx, .clock = &m->rx_clock, .from = at->slot };
	struct rtpe_srtp_window *w;
	int err = 0;

	spin_lock(&at->srtp_lock);
	w = &srtp_take(&t, k->id, ssrc, &k->hint)->rtp;
	if (rtpe_srtp_fresh(w, index))
		rtpe_srtp_note(w, index);
	else
		err = -EALREADY;
	spin_unlock(&at->srtp_lock);
	return err;
}

/* Takes the index of a packet that is to be sent: two packets under one index
 * would share their key stream. */
static int index_claim(struct srtp_key *k, struct port *out, u32 from, u32 ssrc, u16 seq,
		       u64 *index)
{
	struct rtpe_srtp_port *m = out->srtp;
	struct srtp_table t = { .states = m->tx, .clock = &m->tx_clock, .from = from };
	struct rtpe_srtp_window *w;
	int err = 0;

	spin_lock(&out->srtp_lock);
	w = &srtp_take(&t, k->id, ssrc, &k->hint)->rtp;
	*index = rtpe_srtp_guess(w, seq);
	if (*index >= RTPE_SRTP_RTP_END)
		err = -EKEYEXPIRED;
	else if (!rtpe_srtp_fresh(w, *index))
		err = -EALREADY;
	else
		rtpe_srtp_note(w, *index);
	spin_unlock(&out->srtp_lock);
	return err;
}

/* ---- packets --------------------------------------------------------------- */

static int packet_mac(const struct srtp_key *k, const u8 *rtp, u32 len, u64 index, u8 *mac)
{
	u8 roc[4];

	put_unaligned_be32((u32)(index >> 16), roc);
	return srtp_mac(&k->keys, rtp, len, roc, mac);
}

int srtp_open(struct srtp_key *k, struct port *at, u8 *rtp, u32 len, bool note)
{
	const struct rtpe_srtp *p = &k->params;
	u32 head = header_len(rtp, len), tag = tag_len(p), body;
	struct srtp_iv iv = { .header = rtp };
	u8 mac[SRTP_AUTH_KEY];
	int err;

	/* The header may claim more than is left in front of the trailer. */
	if (!head || len < head + tag + p->mki_len)
		return -EINVAL;
	body = len - tag - p->mki_len;
	iv.ssrc = get_unaligned_be32(rtp + 8);
	spin_lock(&at->srtp_lock);
	err = index_received(k, at->srtp, iv.ssrc, get_unaligned_be16(rtp + 2), &iv.index);
	spin_unlock(&at->srtp_lock);
	if (err)
		return err;
	if (is_gcm(p)) {
		err = srtp_gcm(&k->keys, &iv, rtp, head, body - head, false);
	} else {
		if (tag) {
			err = packet_mac(k, rtp, body, iv.index, mac);
			if (!err && crypto_memneq(mac, rtp + body + p->mki_len, tag))
				err = -EBADMSG;
		}
		if (!err && !(p->flags & RTPE_SRTP_PLAIN_RTP))
			err = srtp_crypt(&k->keys, &iv, rtp + head, body - head);
	}
	if (!err && note)
		err = index_note(k, at, iv.ssrc, iv.index);
	return err ?: (int)body;
}

int srtp_seal(struct srtp_key *k, struct port *out, u32 from, u8 *rtp, u32 len)
{
	const struct rtpe_srtp *p = &k->params;
	u32 head = header_len(rtp, len), tag = tag_len(p);
	struct srtp_iv iv = { .header = rtp };
	u8 mac[SRTP_AUTH_KEY];
	int err;

	if (!head)
		return -EINVAL;
	iv.ssrc = get_unaligned_be32(rtp + 8);
	err = index_claim(k, out, from, iv.ssrc, get_unaligned_be16(rtp + 2), &iv.index);
	if (err)
		return err;
	if (is_gcm(p)) {
		err = srtp_gcm(&k->keys, &iv, rtp, head, len - head, true);
		/* The MKI is behind the tag (RFC 7714 section 8.2). */
		memcpy(rtp + len + tag, p->mki, p->mki_len);
		return err ?: (int)(len + tag + p->mki_len);
	}
	if (!(p->flags & RTPE_SRTP_PLAIN_RTP))
		err = srtp_crypt(&k->keys, &iv, rtp + head, len - head);
	if (!err && tag)
		err = packet_mac(k, rtp, len, iv.index, mac);
	if (err)
		return err;
	memcpy(rtp + len, p->mki, p->mki_len);
	memcpy(rtp + len + p->mki_len, mac, tag);
	return len + tag + p->mki_len;
}
