/* SPDX-License-Identifier: MIT */
/* Keys that are not used any more are nowhere in the process: every page it may
 * write is searched, but for the stack of the test, where the search itself leaves
 * what it has looked at. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "check.h"
#include "net.h"
#include "srtp.h"
#include "srtp_kdf.h"

enum { PIECES = 6, PIECE = 12, A = 40000, B = 40002 };

/* What to look for, kept as its complement: it must not find itself. */
static uint8_t hidden[PIECES][PIECE];

static void hide(int i, const uint8_t *secret)
{
	for (int k = 0; k < PIECE; k++)
		hidden[i][k] = (uint8_t)~secret[k];
}

/* Octet by octet: whole keys in registers would be left on the stack. */
static bool is_hidden(const volatile uint8_t *p, int i)
{
	for (int k = 0; k < PIECE; k++)
		if (p[k] + hidden[i][k] != 0xff)
			return false;
	return true;
}

/* Bit i: piece i is somewhere in a stretch of memory. */
static unsigned search(const uint8_t *p, size_t n)
{
	unsigned found = 0;

	for (size_t at = 0; at + PIECE <= n; at++)
		for (int i = 0; i < PIECES; i++)
			if (is_hidden(p + at, i))
				found |= 1u << i;
	return found;
}

/* The same for all the process may write, but for large maps that were never
 * touched. */
static unsigned search_all(void)
{
	enum { CHUNK = 1 << 16 };
	static uint8_t chunk[CHUNK + PIECE];
	FILE *maps = fopen("/proc/self/maps", "r"), *mem = fopen("/proc/self/mem", "rb");
	char line[512], rights[8];
	unsigned found = 0;
	uint64_t from, to;

	CHECK(maps && mem);
	setvbuf(mem, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, rights) != 3 ||
		    rights[0] != 'r' || rights[1] != 'w' || strstr(line, "[v") || strstr(line, "[stack]") ||
		    to - from > (64u << 20))
			continue;
		for (uint64_t at = from; at < to; at += CHUNK) {
			size_t want = to - at < sizeof(chunk) ? (size_t)(to - at) : sizeof(chunk), n;

			if (fseek(mem, (long)at, SEEK_SET))
				break;
			n = fread(chunk, 1, want, mem);
			found |= search(chunk, n);
			OPENSSL_cleanse(chunk, n);
		}
	}
	fclose(maps);
	fclose(mem);
	return found;
}

/* Keys nobody else has, and what is made of them. */
static void secrets(struct rtpe_srtp *p, int first, uint8_t cipher)
{
	bool gcm = cipher == RTPE_SRTP_AES_GCM;
	uint8_t session[16];

	*p = (struct rtpe_srtp){
		.cipher = cipher, .auth = gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1,
		.key_len = 16, .salt_len = gcm ? 12 : 14, .rtp_tag_len = gcm ? 16 : 10,
		.rtcp_tag_len = gcm ? 16 : 10,
	};
	CHECK_EQ(RAND_bytes(p->key, 16), 1);
	CHECK_EQ(RAND_bytes(p->salt, 12), 1);
	hide(first, p->key);
	CHECK_EQ(srtp_derive(p, SRTP_LABEL_RTP_KEY, session, 16), 0);
	hide(first + 1, session);
	CHECK_EQ(srtp_derive(p, SRTP_LABEL_RTCP_KEY, session, 16), 0);
	hide(first + 2, session);
	OPENSSL_cleanse(session, sizeof(session));
}

static void test_wiped(void)
{
	struct rtpe_core *core = core_of_mode(RTPE_MODE_SOCKETS, 1);
	int a = open_port(core, "127.0.0.1", A), b = open_port(core, "127.0.0.2", B);
	int peer = peer_open("127.0.0.1", 0), other = peer_open("127.0.0.2", 0);
	struct rtpe_addr at_a = addr_of("127.0.0.1", A);
	static struct rules r;
	uint8_t buf[300];

	rules_init(&r);
	r.rule.remote = peer_addr(other);
	secrets(&r.rule.decrypt, 0, RTPE_SRTP_AES_CM);
	CHECK_EQ(rules_set(core, b, &r), 0);
	OPENSSL_cleanse(&r, sizeof(r));
	rules_init(&r);
	r.rule.remote = peer_addr(peer);
	secrets(&rules_follow(&r, b)->encrypt, 3, RTPE_SRTP_AES_GCM);
	CHECK_EQ(rules_set(core, a, &r), 0);
	OPENSSL_cleanse(&r, sizeof(r));
	make_rtp(buf, 172, 1, 7);
	peer_send(peer, &at_a, buf, 172);
	CHECK_EQ(peer_receive(other, buf, sizeof(buf), NULL, NULL), 188);
	/* In use they are there: the search works. */
	CHECK_EQ(search_all() & 0x09, 0x09);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)a), 0);
	CHECK_EQ(rtpe_port_close(core, (rtpe_u32)b), 0);
	CHECK_EQ(search_all(), 0);
	rtpe_core_free(core);
	peer_close(peer);
	peer_close(other);
}

static const struct test tests[] = {
	{ "keys are in use, and gone with their port", test_wiped },
	END_OF_TESTS,
};

const struct suite suite_wipe = { "wipe", tests, net_skip };
