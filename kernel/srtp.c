// SPDX-License-Identifier: GPL-2.0
#include "srtp.h"

#include <crypto/algapi.h>
#include <crypto/sha2.h>
#include <linux/slab.h>

#include "classify.h"
#include "rtpe_srtp.h"
#include "srtp_stream.h"
#include "table.h"

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
	return get32(digest) ?: 1;
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

/* ---- streams --------------------------------------------------------------- */

/* The index of a packet that came in, if it is new. */
static int index_received(struct srtp_key *k, struct port *at, u32 ssrc, u16 seq, u64 *index)
{
	struct rtpe_srtp_port *m = at->srtp;
	struct srtp_table t = { .states = m->rx, .clock = &m->rx_clock };
	int err;

	spin_lock(&at->srtp_lock);
	err = srtp_expect(&t, k->id, ssrc, seq, &k->hint, index);
	spin_unlock(&at->srtp_lock);
	return err;
}

/* It is authentic: nobody else can push a stream out. On another CPU the same
 * packet may have been faster. */
static int index_note(struct srtp_key *k, struct port *at, u32 ssrc, u64 index)
{
	struct rtpe_srtp_port *m = at->srtp;
	struct srtp_table t = { .states = m->rx, .clock = &m->rx_clock, .from = at->slot };
	int err;

	spin_lock(&at->srtp_lock);
	err = rtpe_srtp_claim(&srtp_take(&t, k->id, ssrc, &k->hint)->rtp, index);
	spin_unlock(&at->srtp_lock);
	return err;
}

static int index_sent(struct srtp_key *k, struct port *out, u32 from, u32 ssrc, u16 seq,
		      u64 *index)
{
	struct rtpe_srtp_port *m = out->srtp;
	struct srtp_table t = { .states = m->tx, .clock = &m->tx_clock, .from = from };
	int err;

	spin_lock(&out->srtp_lock);
	err = srtp_claim(&t, k->id, ssrc, seq, &k->hint, index);
	spin_unlock(&out->srtp_lock);
	return err;
}

/* ---- packets --------------------------------------------------------------- */

static int packet_mac(const struct srtp_key *k, const u8 *rtp, u32 len, u64 index, u8 *mac)
{
	u8 roc[4];

	put32(roc, (u32)(index >> 16));
	return srtp_mac(&k->keys, rtp, len, roc, mac);
}

int srtp_open(struct srtp_key *k, struct port *at, u8 *rtp, u32 len, bool note)
{
	const struct rtpe_srtp *p = &k->params;
	u32 head = rtp_header_len(rtp, len), tag = srtp_rtp_tag_len(p), body;
	struct srtp_iv iv = { .header = rtp };
	u8 mac[SRTP_AUTH_KEY];
	int err;

	/* The header may claim more than is left in front of the trailer. */
	if (!head || len < head + tag + p->mki_len)
		return -EINVAL;
	body = len - tag - p->mki_len;
	iv.ssrc = get32(rtp + 8);
	err = index_received(k, at, iv.ssrc, get16(rtp + 2), &iv.index);
	if (err)
		return err;
	if (srtp_is_gcm(p)) {
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
	u32 head = rtp_header_len(rtp, len), tag = srtp_rtp_tag_len(p);
	struct srtp_iv iv = { .header = rtp };
	u8 mac[SRTP_AUTH_KEY];
	int err;

	if (!head)
		return -EINVAL;
	iv.ssrc = get32(rtp + 8);
	err = index_sent(k, out, from, iv.ssrc, get16(rtp + 2), &iv.index);
	if (err)
		return err;
	if (srtp_is_gcm(p)) {
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
