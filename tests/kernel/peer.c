/* SPDX-License-Identifier: MIT */
/*
 * One end of a media stream: sends RTP at a pace and tells what came. Commands
 * on standard input, one answer line each:
 *
 *   send IP PORT SSRC COUNT INTERVAL_US   begins; COUNT 0: stops
 *   stat                                  what was sent and what came since the last reset
 *   reset
 *
 * With two keys (base64 of RFC 4568, AES_CM_128_HMAC_SHA1_80) what it sends is
 * sealed under the first, and what comes is opened under the second, by
 * libsrtp2. Each packet may be sent twice: `twice 1`.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { PAYLOAD = 160, RTP_HEADER = 12, KEY = 30, WINDOW = 4096 };

static int sock, timer;
static struct sockaddr_storage to;
static socklen_t to_len;
static uint32_t ssrc, timestamp;
static uint16_t seq;
static long left, sent;
static int twice;
static srtp_t out, in;

static struct {
	long received, lost, duplicates, reordered, refused, sources;
	bool any;
	uint16_t first, last;
	uint32_t ssrc;
	uint8_t seen[65536];
} got;

static socklen_t address(const char *ip, int port, struct sockaddr_storage *a)
{
	struct sockaddr_in6 *six = (void *)a;
	struct sockaddr_in *four = (void *)a;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		return sizeof(*four);
	}
	if (inet_pton(AF_INET6, ip, &six->sin6_addr) != 1)
		exit(2);
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	return sizeof(*six);
}

static int sextet(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = strchr(alphabet, c);

	return at && c ? (int)(at - alphabet) : 0;
}

static srtp_t session(const char *text, srtp_ssrc_type_t direction)
{
	unsigned char key[KEY];
	srtp_policy_t policy;
	srtp_t s;

	for (int i = 0; i < KEY / 3; i++) {
		const char *t = text + i * 4;
		int v = sextet(t[0]) << 18 | sextet(t[1]) << 12 | sextet(t[2]) << 6 | sextet(t[3]);

		key[i * 3] = (unsigned char)(v >> 16);
		key[i * 3 + 1] = (unsigned char)(v >> 8);
		key[i * 3 + 2] = (unsigned char)v;
	}
	memset(&policy, 0, sizeof(policy));
	srtp_crypto_policy_set_rtp_default(&policy.rtp);
	srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
	policy.ssrc.type = direction;
	policy.key = key;
	policy.window_size = 1024;
	policy.allow_repeat_tx = 1;
	if (srtp_create(&s, &policy) != srtp_err_status_ok)
		exit(3);
	return s;
}

static void send_one(void)
{
	uint8_t packet[RTP_HEADER + PAYLOAD + SRTP_MAX_TRAILER_LEN];
	int len = RTP_HEADER + PAYLOAD;
	uint32_t words[2] = { htonl(timestamp), htonl(ssrc) };
	uint16_t number = htons(seq);

	packet[0] = 0x80;
	packet[1] = 0;
	memcpy(packet + 2, &number, 2);
	memcpy(packet + 4, words, 8);
	memset(packet + RTP_HEADER, seq & 0x7f, PAYLOAD);
	if (out && srtp_protect(out, packet, &len) != srtp_err_status_ok)
		exit(4);
	for (int i = 0; i <= twice; i++) {
		if (sendto(sock, packet, (size_t)len, 0, (void *)&to, to_len) >= 0 ||
		    errno == ECONNREFUSED)
			continue;
		perror("sendto");
		exit(5);
	}
	sent++;
	seq++;
	timestamp += PAYLOAD;
}

static void pace(long us)
{
	struct itimerspec t = {
		.it_interval = { us / 1000000, us % 1000000 * 1000 },
		.it_value = { us / 1000000, us % 1000000 * 1000 },
	};

	timerfd_settime(timer, 0, &t, NULL);
}

static void tick(void)
{
	uint64_t n;

	if (read(timer, &n, sizeof(n)) != sizeof(n))
		return;
	for (; n && left; n--, left--)
		send_one();
	if (!left)
		pace(0);
}

static void count(uint32_t from, uint16_t number)
{
	int16_t ahead;

	if (!got.any || from != got.ssrc) {
		memset(got.seen, 0, sizeof(got.seen));
		got.any = true;
		got.sources++;
		got.ssrc = from;
		got.first = number;
		got.last = (uint16_t)(number - 1);
	}
	if (got.seen[number]) {
		got.duplicates++;
		return;
	}
	ahead = (int16_t)(number - got.last);
	got.received++;
	got.seen[number] = 1;
	/* Numbers come round. */
	got.seen[(uint16_t)(number + 32768)] = 0;
	if (ahead < 0) {
		int16_t before = (int16_t)(got.first - number);

		got.reordered++;
		/* Or the stream began earlier than it seemed. */
		got.lost += before > 0 ? before - 1 : -1;
		if (before > 0)
			got.first = number;
		return;
	}
	got.lost += ahead - 1;
	got.last = number;
}

static void receive(void)
{
	uint8_t packet[2048];
	int len = (int)recv(sock, packet, sizeof(packet), MSG_DONTWAIT);
	uint32_t from;
	uint16_t number;

	if (len < RTP_HEADER)
		return;
	if (in) {
		srtp_err_status_t err = srtp_unprotect(in, packet, &len);

		if (err == srtp_err_status_replay_fail || err == srtp_err_status_replay_old) {
			got.duplicates++;
			return;
		}
		if (err != srtp_err_status_ok) {
			got.refused++;
			return;
		}
	}
	memcpy(&number, packet + 2, 2);
	memcpy(&from, packet + 8, 4);
	count(ntohl(from), ntohs(number));
}

/* False: the end. */
static bool command(void)
{
	char line[200], ip[64];
	unsigned int id;
	int port;
	long n, us;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	if (sscanf(line, "send %63s %d %u %ld %ld", ip, &port, &id, &n, &us) == 5) {
		to_len = address(ip, port, &to);
		ssrc = id;
		left = n;
		pace(n ? us : 0);
	} else if (sscanf(line, "twice %d", &twice) == 1) {
		;
	} else if (strncmp(line, "reset", 5) == 0) {
		bool any = got.any;
		uint16_t first = got.first, last = got.last;
		uint32_t source = got.ssrc;

		memset(&got, 0, sizeof(got));
		got.any = any;
		got.first = first;
		got.last = last;
		got.ssrc = source;
		sent = 0;
	}
	printf("{\"sent\":%ld,\"left\":%ld,\"received\":%ld,\"lost\":%ld,\"duplicates\":%ld,"
	       "\"reordered\":%ld,\"refused\":%ld,\"sources\":%ld}\n",
	       sent, left, got.received, got.lost, got.duplicates, got.reordered, got.refused,
	       got.sources);
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	struct sockaddr_storage here;
	struct pollfd fds[3];
	socklen_t len;

	if (argc != 3 && argc != 5)
		return 2;
	len = address(argv[1], atoi(argv[2]), &here);
	if (argc == 5) {
		srtp_init();
		out = session(argv[3], ssrc_any_outbound);
		in = session(argv[4], ssrc_any_inbound);
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	sock = socket(here.ss_family, SOCK_DGRAM, 0);
	timer = timerfd_create(CLOCK_MONOTONIC, 0);
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ 8 << 20 }, sizeof(int));
	if (sock < 0 || timer < 0 || bind(sock, (void *)&here, len)) {
		perror(argv[1]);
		return 1;
	}
	fds[0] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
	fds[1] = (struct pollfd){ sock, POLLIN, 0 };
	fds[2] = (struct pollfd){ timer, POLLIN, 0 };
	for (;;) {
		if (poll(fds, 3, -1) < 0)
			return 1;
		if (fds[1].revents)
			receive();
		if (fds[2].revents)
			tick();
		if (fds[0].revents && !command())
			return 0;
	}
}
