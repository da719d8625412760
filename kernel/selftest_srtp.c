// SPDX-License-Identifier: GPL-2.0
/* Known answers of SRTP: RFC 3711 appendix B, RFC 6188 section 7, and packets
 * that other implementations agree on. */
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "compat.h"
#include "packet.h"
#include "srtp.h"

enum { ROOM = 128 };

static size_t __init hex(u8 *to, const char *text)
{
	size_t n = strlen(text) / 2;

	return hex2bin(to, text, n) ? 0 : n;
}

static bool __init same(const char *name, const u8 *got, const char *text)
{
	u8 want[ROOM];
	size_t n = hex(want, text);

	if (n && !memcmp(got, want, n))
		return true;
	pr_err("rtpedge: self-test: %s is wrong\n", name);
	return false;
}

struct derivation {
	const char *name, *master, *master_salt, *key, *salt, *auth;
};

static const struct derivation derivations[] __initconst = {
	{ "RFC 3711 B.3", "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6",
	  "c61e7a93744f39ee10734afe3ff7a087", "30cbbc08863d8c85d49db34a9ae1",
	  "cebe321f6ff7716b6fd4ab49af256a156d38baa4" },
	{ "RFC 6188, 256 bits",
	  "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
	  "3b04803de51ee7c96423ab5b78d2",
	  "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
	  "fa31791685ca444a9e07c6c64e93", "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05" },
	{ "RFC 6188, 192 bits", "73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1",
	  "c8522f3acd4ce86d5add78edbb11", "31874736a8f1143870c26e4857d8a5b2c4a354407faadabb",
	  "2372b82d639b6d8503a47adc0a6c", "355b10973cd95b9eacf4061c7e1a7151e7cfbfcb" },
};

static bool __init derivation_right(const struct derivation *d)
{
	struct rtpe_srtp p = { .cipher = RTPE_SRTP_AES_CM, .salt_len = 14 };
	struct srtp_session s;

	p.key_len = hex(p.key, d->master);
	hex(p.salt, d->master_salt);
	return !srtp_derive(&p, &s) && same(d->name, s.key, d->key) &&
	       same(d->name, s.salt, d->salt) && same(d->name, s.auth, d->auth);
}

struct stream {
	const char *name, *key, *salt, *header, *clear, *sealed;
	u64 index;
	u8 cipher;
};

static const struct stream streams[] __initconst = {
	{ "AES-CM, 128 bits", "2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfd",
	  "000000000000000000000000",
	  "0000000000000000000000000000000000000000000000000000000000000000",
	  "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab", 0,
	  RTPE_SRTP_AES_CM },
	{ "AES-CM, 256 bits", "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
	  "f0f1f2f3f4f5f6f7f8f9fafbfcfd", "000000000000000000000000",
	  "0000000000000000000000000000000000000000000000000000000000000000",
	  "92bdd28a93c3f52511c677d08b5515a49da71b2378a854f67050756ded165bac", 0,
	  RTPE_SRTP_AES_CM },
	{ "AES-F8", "234829008467be186c3de14aae72d62c", "32f2870d", "806e5cba50681de55c621599",
	  "70736575646f72616e646f6d6e65737320697320746865206e6578742062657374207468696e67",
	  "019ce7a26e7854014a6366aa95d4eefd1ad4172a14f9faf455b7f1d4b62bd08f562c0eef7c4802",
	  0xd462564a5cbaull, RTPE_SRTP_AES_F8 },
};

static bool __init stream_right(const struct stream *v, u8 *buffer)
{
	struct srtp_session s = { .cipher = v->cipher };
	struct srtp_keys k;
	u8 header[12];
	struct srtp_iv iv = { .header = header, .index = v->index };
	size_t n;
	bool right;

	s.key_len = hex(s.key, v->key);
	s.salt_len = hex(s.salt, v->salt);
	hex(header, v->header);
	n = hex(buffer, v->clear);
	right = !srtp_keys_set(&k, &s);
	local_bh_disable();
	right = right && !srtp_crypt(&k, &iv, buffer, n) && same(v->name, buffer, v->sealed);
	local_bh_enable();
	srtp_keys_free(&k);
	return right;
}

struct whole {
	const char *name, *key, *salt, *clear, *sealed;
	u8 cipher, tag;
};

static const struct whole wholes[] __initconst = {
	{ "a packet under AES_CM_128_HMAC_SHA1_80", "e1f97a0d3e018be0d64fa32c06de4139",
	  "0ec675ad498afeebb6960b3aabe6",
	  "800f1234decafbadcafebabeabababababababababababababababab",
	  "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
	  RTPE_SRTP_AES_CM, 10 },
	{ "a packet under AEAD_AES_128_GCM", "000102030405060708090a0b0c0d0e0f",
	  "a0a1a2a3a4a5a6a7a8a9aaab",
	  "800f1234decafbadcafebabeabababababababababababababababab",
	  "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
	  RTPE_SRTP_AES_GCM, 16 },
};

static bool __init whole_right(const struct whole *v, struct port *port, u8 *buffer)
{
	struct rtpe_srtp p = {
		.cipher = v->cipher, .rtp_tag_len = v->tag, .rtcp_tag_len = v->tag,
		.auth = v->tag == 16 ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
	};
	struct srtp_key *k;
	int err, n, m;
	bool right;

	p.key_len = hex(p.key, v->key);
	p.salt_len = hex(p.salt, v->salt);
	k = srtp_problem(&p) ? NULL : srtp_key_new(&p, &err);
	if (!k)
		return false;
	n = hex(buffer, v->clear);
	local_bh_disable();
	m = srtp_seal(k, port, 0, buffer, n);
	right = m == n + v->tag && same(v->name, buffer, v->sealed);
	/* Its own is opened once, what was changed never. */
	buffer[m - 1] ^= 1;
	right &= srtp_open(k, port, buffer, m, true) == -EBADMSG;
	hex(buffer, v->sealed);
	right &= srtp_open(k, port, buffer, m, true) == n && same(v->name, buffer, v->clear);
	hex(buffer, v->sealed);
	right &= srtp_open(k, port, buffer, m, true) == -EALREADY;
	/* Shorter than its trailer, and with CSRCs that are not there. */
	right &= srtp_open(k, port, buffer, 12 + v->tag - 1, true) == -EINVAL;
	buffer[0] = 0x8f;
	right &= srtp_open(k, port, buffer, m, true) == -EINVAL;
	local_bh_enable();
	srtp_key_put(k);
	if (!right)
		pr_err("rtpedge: self-test: %s goes wrong\n", v->name);
	return right;
}

bool __init selftest_srtp(void)
{
	struct port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	u8 *buffer = kmalloc(ROOM, GFP_KERNEL);
	bool right = port && buffer;
	int i;

	for (i = 0; right && i < ARRAY_SIZE(derivations); i++)
		right = derivation_right(&derivations[i]);
	for (i = 0; right && i < ARRAY_SIZE(streams); i++)
		right = stream_right(&streams[i], buffer);
	if (right) {
		spin_lock_init(&port->srtp_lock);
		right = !port_srtp_need(port);
	}
	for (i = 0; right && i < ARRAY_SIZE(wholes); i++)
		right = whole_right(&wholes[i], port, buffer);
	if (port)
		kfree(port->srtp);
	kfree(port);
	kfree(buffer);
	return right;
}
