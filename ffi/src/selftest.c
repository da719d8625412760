/* SPDX-License-Identifier: MIT */
/* Known answers, asked once at start: a build that gets these wrong must not
 * relay anything. The tests proper are in ffi/test. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "classify.h"
#include "learn.h"
#include "ring.h"
#include "stats.h"

static const char *check_checksum(void)
{
	/* The example of RFC 1071 section 3. */
	static const uint8_t rfc1071[8] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	uint16_t sum = csum_fold(csum_add(0, rfc1071, sizeof(rfc1071)));
	uint8_t bytes[2];

	memcpy(bytes, &sum, 2);
	if (bytes[0] != 0x22 || bytes[1] != 0x0d)
		return "the Internet checksum of RFC 1071's example is wrong";
	return NULL;
}

static const char *check_classify(void)
{
	uint8_t rtp[12] = { 0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4 };
	uint8_t rr[8] = { 0x80, 201, 0, 1, 1, 2, 3, 4 };

	if (classify(rtp, 12, 0, 0) != RTPE_CLASS_RTP || classify(rtp, 11, 0, 0) != 0)
		return "an RTP header is not told from a short one";
	rtp[0] = 0x8f;
	if (classify(rtp, 12, 0, 0) != 0)
		return "contributing sources beyond the packet are accepted";
	if (classify(rr, 8, RTPE_RULE_RTCP, 0) != RTPE_CLASS_RTCP ||
	    classify(rr, 8, RTPE_RULE_RTCP_MUX, 0) != RTPE_CLASS_RTCP)
		return "a receiver report is not recognised";
	return NULL;
}

static const char *check_learning(void)
{
	struct rtpe_rule rule = { .learning = RTPE_LEARN_HEURISTIC,
				  .source_action = RTPE_SOURCE_DROP, .learn_ms = 3000 };
	struct rtpe_addr a = { .family = 4, .port = 4000, .ip = { 192, 0, 2, 1 } };
	struct rtpe_addr b = { .family = 4, .port = 4000, .ip = { 192, 0, 2, 2 } };
	struct learn l;

	memset(&l, 0, sizeof(l));
	rule.remote = a;
	learn_install(&l, &rule, 0);
	if (learn_packet(&l, &b, 1) != (LEARN_PASS | LEARN_CHANGED) ||
	    learn_packet(&l, &a, 2) != (LEARN_PASS | LEARN_CHANGED | LEARN_CONFIRMED) ||
	    learn_packet(&l, &b, 3) != 0)
		return "heuristic learning does not settle on the signalled endpoint";
	return NULL;
}

static const char *check_stats(void)
{
	struct rtpe_ssrc_counters c[RTPE_SSRC_TRACKS];
	struct track t[RTPE_SSRC_TRACKS];
	clock_rate rates[RTPE_CLOCK_RATES] = { 0 };
	struct arrival at = { .bytes = 12, .rates = rates };
	uint8_t rtp[12] = { 0x80, 0, 0xff, 0xff };

	memset(c, 0, sizeof(c));
	memset(t, 0, sizeof(t));
	stats_rtp(c, t, rtp, &at);
	put16(rtp + 2, 1);
	stats_rtp(c, t, rtp, &at);
	if (c[0].max_seq - c[0].base_seq + 1 != 3 || c[0].packets != 2)
		return "a lost packet at the wrap of the sequence is not counted";
	return NULL;
}

static const char *check_ring(void)
{
	struct rtpe_event ev = { .type = RTPE_EVENT_PUNT }, out;
	uint8_t payload[8] = { 1, 2, 3, 4, 5 }, buf[sizeof(ev) + 8];
	struct ring r;
	const char *problem = NULL;

	memset(&r, 0, sizeof(r));
	if (ring_init(&r, 4096))
		return "out of memory for a ring";
	if (ring_put(&r, &ev, payload, 5) || ring_take(&r, buf, sizeof(buf)) != sizeof(buf))
		problem = "a ring does not give back what was put in";
	memcpy(&out, buf, sizeof(out));
	if (!problem && (out.payload_len != 5 || memcmp(buf + sizeof(out), payload, 8)))
		problem = "a ring changes what was put in";
	ring_free(&r);
	return problem;
}

int rtpe_selftest(char *err, rtpe_u32 len)
{
	static const char *(*const checks[])(void) = {
		check_checksum, check_classify, check_learning, check_stats, check_ring,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		const char *problem = checks[i]();

		if (problem) {
			if (err && len)
				snprintf(err, len, "%s", problem);
			return -EIO;
		}
	}
	if (err && len)
		err[0] = '\0';
	return 0;
}
