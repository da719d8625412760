// SPDX-License-Identifier: GPL-2.0
/* Known answers, at load in debug builds: who fails them is not loaded. */
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "addr.h"
#include "classify.h"
#include "packet.h"

struct vector {
	const char *name;
	unsigned int flags;
	unsigned int want;
	size_t len;
	u8 data[40];
};

static const struct vector vectors[] __initconst = {
	{ "RTP", 0, RTPE_CLASS_RTP, 16, { 0x80, [3] = 1, [12] = 1, 2, 3, 4 } },
	{ "RTP without payload", 0, RTPE_CLASS_RTP, 12, { 0x80, [3] = 1 } },
	{ "nothing", 0, 0, 0, { 0 } },
	{ "one byte", 0, 0, 1, { 0x80 } },
	{ "four bytes", 0, 0, 4, { 0x80, 0, 0, 1 } },
	{ "eleven bytes", 0, 0, 11, { 0x80, [3] = 1 } },
	{ "CSRCs that are not there", 0, 0, 20, { 0x8f, [3] = 1 } },
	{ "extension that is not there", 0, 0, 12, { 0x90, [3] = 1 } },
	{ "extension beyond the packet", 0, 0, 20,
	  { 0x90, [3] = 1, [12] = 0xbe, 0xde, 0xff, 0xff } },
	{ "extension", 0, RTPE_CLASS_RTP, 20,
	  { 0x90, [3] = 1, [12] = 0xbe, 0xde, 0, 1, 0x10, 1 } },
	{ "padding of more than the payload", 0, 0, 14, { 0xa0, [3] = 1, [12] = 0, 3 } },
	{ "padding of nothing", 0, 0, 14, { 0xa0, [3] = 1, [12] = 0, 0 } },
	{ "padding", 0, RTPE_CLASS_RTP, 14, { 0xa0, [3] = 1, [12] = 0, 2 } },
	{ "RTCP where RTP is due", 0, 0, 28, { 0x80, 200, 0, 6 } },
	{ "SR", RTPE_RULE_RTCP, RTPE_CLASS_RTCP, 28, { 0x80, 200, 0, 6 } },
	{ "SR, multiplexed", RTPE_RULE_RTCP_MUX, RTPE_CLASS_RTCP, 28, { 0x80, 200, 0, 6 } },
	{ "SR, cut", RTPE_RULE_RTCP, 0, 24, { 0x80, 200, 0, 6 } },
	{ "SR with a block too many", RTPE_RULE_RTCP, 0, 28, { 0x81, 200, 0, 6 } },
	{ "BYE with a reason beyond it", RTPE_RULE_RTCP, 0, 12,
	  { 0x81, 203, 0, 2, 1, 2, 3, 4, 9 } },
	{ "BYE with a reason", RTPE_RULE_RTCP, RTPE_CLASS_RTCP, 12,
	  { 0x81, 203, 0, 2, 1, 2, 3, 4, 3, 'b', 'y', 'e' } },
	{ "padding on a packet before the last", RTPE_RULE_RTCP, 0, 16,
	  { 0xa0, 201, 0, 1, 0, 0, 0, 4, 0x80, 201, 0, 1 } },
	{ "STUN", 0, RTPE_CLASS_STUN, 20, { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 } },
	{ "STUN with attributes beyond it", 0, RTPE_CLASS_OTHER, 20,
	  { 0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42 } },
	{ "DTLS", 0, RTPE_CLASS_DTLS, 13, { 22, 0xfe, 0xff } },
	{ "T.38", RTPE_RULE_OPAQUE, RTPE_CLASS_OTHER, 4, { 0, 1, 2, 3 } },
};

static bool __init classify_right(void)
{
	bool right = true;
	int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		/* In memory of just that size, for KASAN. */
		u8 *copy = kmemdup(v->data, max_t(size_t, v->len, 1), GFP_KERNEL);

		if (!copy)
			return false;
		if (classify(copy, v->len, v->flags, 0) != v->want) {
			pr_err("rtpedge: self-test: %s is taken for something else\n", v->name);
			right = false;
		}
		kfree(copy);
	}
	return right;
}

static bool __init stats_right(void)
{
	static const u16 seqs[] = { 65534, 65535, 0, 2, 1, 1, 9000, 9001, 9003 };
	struct rtpe_ssrc_counters *c = kcalloc(RTPE_SSRC_TRACKS, sizeof(*c), GFP_KERNEL);
	struct track *own = kcalloc(RTPE_SSRC_TRACKS, sizeof(*own), GFP_KERNEL);
	const clock_rate rates[RTPE_CLOCK_RATES] = { clock_rate_make(0, 8000) };
	u8 rtp[14] = { 0x80, [12] = 1, 2 };
	bool right = c && own;
	int i;

	for (i = 0; right && i < ARRAY_SIZE(seqs); i++) {
		const struct arrival at = {
			.now = i * 20000, .wall = i, .bytes = sizeof(rtp), .rates = rates,
		};

		rtp[2] = seqs[i] >> 8;
		rtp[3] = seqs[i];
		stats_rtp(c, own, rtp, &at);
	}
	right = right && c->packets == 9 && c->payload_bytes == 18 && c->duplicates == 1 &&
		c->reordered == 1 && c->resets == 1 && c->max_seq - c->base_seq + 1 == 9;
	if (!right)
		pr_err("rtpedge: self-test: statistics are wrong\n");
	kfree(c);
	kfree(own);
	return right;
}

static bool __init addresses_right(void)
{
	struct rtpe_addr mapped = {
		.family = 6, .port = 7, .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	};
	struct rtpe_addr plain = { .family = 4, .port = 7, .ip = { 192, 0, 2, 1 } };
	struct rtpe_addr group = { .family = 4, .port = 7, .ip = { 224, 0, 0, 1 } };
	struct rtpe_addr none = { .family = 5 };
	bool right = addr_normalise(&mapped) && addr_equal(&mapped, &plain) &&
		     addr_sendable(&plain) && !addr_sendable(&group) && !addr_normalise(&none);

	if (!right)
		pr_err("rtpedge: self-test: addresses are taken for others\n");
	return right;
}

int __init selftest(void)
{
	bool right = classify_right();

	right &= stats_right();
	right &= addresses_right();
	right &= selftest_srtp();
	if (!right)
		return -ENOTRECOVERABLE;
	pr_info("rtpedge: self-tests passed\n");
	return 0;
}
