/* SPDX-License-Identifier: MIT */
/*
 * One end of a call that secures its media by libsrtp2: sends RTP and RTCP, and
 * counts what it hears and can open. It is told what to do by lines:
 *
 *	keys SUITE SEND RECEIVE		master keys with their salts, hex
 *	send HOST RTP RTCP SSRC COUNT	so many packets, and a report after every tenth;
 *					equal ports: both from one
 *	report				one line of JSON, and counting begins anew
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <srtp2/srtp.h>

enum { KEY_MAX = 46, CAP = 2048, PAYLOAD = 160, HEADER = 12, REPORT = 28 };

struct suite {
	const char *name;
	void (*rtp)(srtp_crypto_policy_t *);
	void (*rtcp)(srtp_crypto_policy_t *);
};

static const struct suite suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", srtp_crypto_policy_set_rtp_default,
	  srtp_crypto_policy_set_rtp_default },
	{ "AES_CM_128_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtp_default },
	{ "AES_256_CM_HMAC_SHA1_80", srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AES_256_CM_HMAC_SHA1_32", srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth },
};

static struct { unsigned rtp, rtcp, refused, garbled; } heard;
static srtp_t out_session, in_session;
static int sockets[2];
static uint16_t sequence = 100;

static void die(const char *what)
{
	fprintf(stderr, "srtp_peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint8_t pattern(uint16_t number, unsigned at)
{
	return (uint8_t)(number + 7 * at);
}

static void unhex(const char *text, uint8_t *key)
{
	for (unsigned i = 0; i < KEY_MAX && text[2 * i] && text[2 * i + 1]; i++) {
		char byte[3] = { text[2 * i], text[2 * i + 1], 0 };

		key[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
}

static srtp_t session(const struct suite *s, const char *hex, srtp_ssrc_type_t direction)
{
	uint8_t key[KEY_MAX] = { 0 };
	srtp_policy_t policy = { .key = key, .window_size = 128 };
	srtp_t made;

	unhex(hex, key);
	s->rtp(&policy.rtp);
	s->rtcp(&policy.rtcp);
	policy.ssrc.type = direction;
	if (srtp_create(&made, &policy) != srtp_err_status_ok)
		die(s->name);
	return made;
}

static void set_keys(const char *name, const char *send, const char *receive)
{
	for (unsigned i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (strcmp(suites[i].name, name))
			continue;
		if (out_session)
			srtp_dealloc(out_session);
		if (in_session)
			srtp_dealloc(in_session);
		out_session = session(&suites[i], send, ssrc_any_outbound);
		in_session = session(&suites[i], receive, ssrc_any_inbound);
		return;
	}
	errno = EINVAL;
	die(name);
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void post(int fd, const uint8_t *packet, int len, const struct sockaddr_in *to)
{
	if (sendto(fd, packet, (size_t)len, 0, (const void *)to, sizeof(*to)) != len)
		die("sendto");
}

static void send_rtp(const struct sockaddr_in *to, uint32_t ssrc)
{
	uint8_t packet[CAP] = { 0x80, 8 };
	int len = HEADER + PAYLOAD;

	packet[2] = (uint8_t)(sequence >> 8);
	packet[3] = (uint8_t)sequence;
	put32(packet + 4, sequence * 160u);
	put32(packet + 8, ssrc);
	for (unsigned i = 0; i < PAYLOAD; i++)
		packet[HEADER + i] = pattern(sequence, i);
	sequence++;
	if (srtp_protect(out_session, packet, &len) != srtp_err_status_ok)
		die("srtp_protect");
	post(sockets[0], packet, len, to);
}

/* A sender report without blocks (RFC 3550 section 6.4.1). */
static void send_rtcp(int fd, const struct sockaddr_in *to, uint32_t ssrc)
{
	uint8_t packet[CAP] = { 0x80, 200, 0, REPORT / 4 - 1 };
	int len = REPORT;

	put32(packet + 4, ssrc);
	put32(packet + 16, sequence * 160u);
	put32(packet + 20, sequence);
	put32(packet + 24, sequence * (uint32_t)PAYLOAD);
	if (srtp_protect_rtcp(out_session, packet, &len) != srtp_err_status_ok)
		die("srtp_protect_rtcp");
	post(fd, packet, len, to);
}

static void speak(const char *host, unsigned rtp, unsigned rtcp, uint32_t ssrc, unsigned count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)rtp) };
	struct sockaddr_in reports = to;
	struct timespec pause = { .tv_nsec = 2000000 };

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		die(host);
	reports.sin_addr = to.sin_addr;
	reports.sin_port = htons((uint16_t)rtcp);
	for (unsigned i = 1; i <= count; i++) {
		send_rtp(&to, ssrc);
		if (i % 10 == 0)
			send_rtcp(sockets[rtp == rtcp ? 0 : 1], &reports, ssrc);
		nanosleep(&pause, NULL);
	}
}

static bool sounds_right(const uint8_t *packet, int len)
{
	uint16_t number = (uint16_t)(packet[2] << 8 | packet[3]);

	if (len != HEADER + PAYLOAD)
		return false;
	for (unsigned i = 0; i < PAYLOAD; i++)
		if (packet[HEADER + i] != pattern(number, i))
			return false;
	return true;
}

static void hear(int which)
{
	uint8_t packet[CAP];
	int len = (int)recv(sockets[which], packet, sizeof(packet), 0);
	bool rtcp = len > 1 && packet[1] >= 192 && packet[1] <= 223;

	if (len < 0 || !in_session)
		return;
	if ((rtcp ? srtp_unprotect_rtcp : srtp_unprotect)(in_session, packet, &len) !=
	    srtp_err_status_ok)
		heard.refused++;
	else if (rtcp ? packet[1] != 200 || len != REPORT : !sounds_right(packet, len))
		heard.garbled++;
	else if (rtcp)
		heard.rtcp++;
	else
		heard.rtp++;
}

static void obey(const char *line)
{
	char name[64], send[2 * KEY_MAX + 1], receive[2 * KEY_MAX + 1], host[64];
	unsigned rtp, rtcp, ssrc, count;

	if (sscanf(line, "keys %63s %92s %92s", name, send, receive) == 3) {
		set_keys(name, send, receive);
		printf("{\"ok\":true}\n");
	} else if (sscanf(line, "send %63s %u %u %u %u", host, &rtp, &rtcp, &ssrc, &count) == 5) {
		speak(host, rtp, rtcp, ssrc, count);
		printf("{\"ok\":true}\n");
	} else if (!strncmp(line, "report", 6)) {
		printf("{\"rtp\":%u,\"rtcp\":%u,\"refused\":%u,\"garbled\":%u}\n", heard.rtp,
		       heard.rtcp, heard.refused, heard.garbled);
		memset(&heard, 0, sizeof(heard));
	} else {
		errno = EINVAL;
		die(line);
	}
	fflush(stdout);
}

static void open_sockets(const char *host, unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, host, &at.sin_addr) != 1)
		die(host);
	for (unsigned i = 0; i < 2; i++) {
		at.sin_port = htons((uint16_t)(port + i));
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		if (sockets[i] < 0 || bind(sockets[i], (void *)&at, sizeof(at)))
			die("bind");
	}
}

int main(int argc, char **argv)
{
	char line[512];

	if (argc != 3 || srtp_init() != srtp_err_status_ok)
		return 2;
	open_sockets(argv[1], (unsigned)atoi(argv[2]));
	/* Lines come one by one, each after the answer to the one before. */
	setvbuf(stdin, NULL, _IONBF, 0);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd wait[] = {
			{ .fd = 0, .events = POLLIN },
			{ .fd = sockets[0], .events = POLLIN },
			{ .fd = sockets[1], .events = POLLIN },
		};

		if (poll(wait, 3, -1) < 0)
			die("poll");
		for (int i = 0; i < 2; i++)
			if (wait[i + 1].revents)
				hear(i);
		if (!wait[0].revents)
			continue;
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		obey(line);
	}
}
