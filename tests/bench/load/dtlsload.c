/* SPDX-License-Identifier: MIT */
/*
 * dtlsload: shakes hands (DTLS-SRTP, as client) with each relay port of a flow list, some at a time,
 * and prints one line of JSON. The calls must have been made with this certificate's fingerprint.
 */
#include "load.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define MAX_AT_A_TIME 256
#define GIVE_UP_NS 10000000000u

static const char usage[] =
	"dtlsload: shakes hands with every relay port of a flow list; prints one line of JSON.\n"
	"\n"
	"  --flows FILE     SRC DST ..., as rtpload reads it; SRC must be an address of this host\n"
	"  --cert FILE      certificate and key (PEM)\n"
	"  --outstanding K  handshakes under way at a time (default 1)\n"
	"  --cpu-of PID     also report the CPU time of this process\n";

/* One handshake under way. */
struct shake {
	SSL *ssl; /* NULL: none */
	int fd;
	uint64_t since;
};

struct run {
	SSL_CTX *ctx;
	struct flow *flows;
	size_t n, next, done, failed;
	struct shake shakes[MAX_AT_A_TIME];
	struct pollfd polls[MAX_AT_A_TIME];
	unsigned at_a_time;
	struct histogram took;
};

void die(const char *fmt, ...)
{
	va_list args;

	fputs("dtlsload: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static SSL_CTX *context(const char *cert)
{
	SSL_CTX *ctx = SSL_CTX_new(DTLS_client_method());

	if (!ctx || SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, cert, SSL_FILETYPE_PEM) != 1)
		die("%s has no certificate with its key", cert);
	if (SSL_CTX_set_tlsext_use_srtp(ctx, "SRTP_AES128_CM_SHA1_80") != 0)
		die("there is no SRTP in this OpenSSL");
	/* Whose certificate the relay has is no question here. */
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	return ctx;
}

static int connected(const struct flow *f)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = f->src.port};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = f->dst.port};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), one = 1;

	from.sin_addr.s_addr = f->src.addr;
	to.sin_addr.s_addr = f->dst.addr;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("cannot speak from port %u: %m", ntohs(f->src.port));
	return fd;
}

static void end(struct run *r, struct shake *s, bool good)
{
	if (good) {
		r->done++;
		hist_add(&r->took, mono_ns() - s->since);
	} else {
		r->failed++;
	}
	SSL_free(s->ssl);
	close(s->fd);
	s->ssl = NULL;
}

/* Goes on with a handshake as far as it goes. */
static void advance(struct run *r, struct shake *s)
{
	int got = SSL_do_handshake(s->ssl);

	if (got == 1) {
		end(r, s, SSL_get_selected_srtp_profile(s->ssl) != NULL);
		return;
	}
	switch (SSL_get_error(s->ssl, got)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		if (mono_ns() - s->since < GIVE_UP_NS)
			return;
		break;
	default:
		break;
	}
	end(r, s, false);
}

static void begin(struct run *r, struct shake *s)
{
	BIO_ADDR *peer = BIO_ADDR_new();
	const struct flow *f = &r->flows[r->next++];
	BIO *bio;

	s->fd = connected(f);
	s->since = mono_ns();
	s->ssl = SSL_new(r->ctx);
	bio = BIO_new_dgram(s->fd, BIO_NOCLOSE);
	if (!s->ssl || !bio || !peer)
		die("no memory for a handshake");
	BIO_ADDR_rawmake(peer, AF_INET, &f->dst.addr, sizeof(f->dst.addr), f->dst.port);
	BIO_ctrl_set_connected(bio, peer);
	BIO_ADDR_free(peer);
	SSL_set_bio(s->ssl, bio, bio);
	SSL_set_connect_state(s->ssl);
	advance(r, s);
}

static void shake_all(struct run *r)
{
	while (r->done + r->failed < r->n) {
		unsigned busy = 0;

		for (unsigned i = 0; i < r->at_a_time; i++) {
			struct shake *s = &r->shakes[i];

			if (!s->ssl && r->next < r->n)
				begin(r, s);
			r->polls[i].fd = s->ssl ? s->fd : -1;
			r->polls[i].events = POLLIN;
			busy += s->ssl != NULL;
		}
		if (busy && poll(r->polls, r->at_a_time, 20) < 0)
			die("cannot wait: %m");
		for (unsigned i = 0; i < r->at_a_time; i++) {
			struct shake *s = &r->shakes[i];

			if (!s->ssl)
				continue;
			if (!r->polls[i].revents && DTLSv1_handle_timeout(s->ssl) <= 0)
				continue;
			advance(r, s);
		}
	}
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{"flows", 1, NULL, 'f'}, {"cert", 1, NULL, 'c'}, {"outstanding", 1, NULL, 'k'},
		{"cpu-of", 1, NULL, 'p'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	static struct run r = {.at_a_time = 1};
	const char *flows = NULL, *cert = NULL;
	uint64_t start, cpu, own;
	double took;
	int c, pids[16], pid_count = 0;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'f': flows = optarg; break;
		case 'c': cert = optarg; break;
		case 'k': r.at_a_time = (unsigned)atoi(optarg); break;
		case 'p':
			if (pid_count == 16)
				die("too many --cpu-of");
			pids[pid_count++] = atoi(optarg);
			break;
		case 'h': fputs(usage, stdout); return 0;
		default: die("see --help");
		}
	}
	if (!flows || !cert || r.at_a_time < 1 || r.at_a_time > MAX_AT_A_TIME)
		die("--flows and --cert are needed, --outstanding is 1 to %d; see --help", MAX_AT_A_TIME);
	r.n = flows_read(flows, 0, &r.flows);
	r.ctx = context(cert);
	start = mono_ns();
	own = process_cpu_ns(0);
	cpu = 0;
	for (int i = 0; i < pid_count; i++)
		cpu -= process_cpu_ns(pids[i]);
	shake_all(&r);
	for (int i = 0; i < pid_count; i++)
		cpu += process_cpu_ns(pids[i]);
	took = (double)(mono_ns() - start) / 1e9;
	printf("{\"handshakes\":%zu,\"failed\":%zu,\"outstanding\":%u,\"seconds\":%.4f,"
	       "\"handshakesPerSecond\":%.1f,\"daemonCpuUsPerHandshake\":%.1f,"
	       "\"clientCpuUsPerHandshake\":%.1f,"
	       "\"latencyMs\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n",
	       r.done, r.failed, r.at_a_time, took, (double)r.done / took,
	       (double)cpu / 1e3 / (double)r.done, (double)(process_cpu_ns(0) - own) / 1e3 / (double)r.done,
	       hist_quantile_us(&r.took, 0.5) / 1e3, hist_quantile_us(&r.took, 0.99) / 1e3,
	       (double)r.took.max / 1e6);
	SSL_CTX_free(r.ctx);
	free(r.flows);
	return r.failed ? 2 : 0;
}
