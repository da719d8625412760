/* SPDX-License-Identifier: MIT */
/*
 * ngload: sets up two-party calls over ng (UDP, bencode), as fast as the daemon answers, with a fixed
 * number of requests outstanding; can delete them again; can write the flow list rtpload works on.
 * Prints one line of JSON.
 */
#include "ngload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RETRY_NS 1000000000u
#define MAX_TRIES 6

static const char usage[] =
	"ngload: sets up calls over ng and prints one line of JSON.\n"
	"\n"
	"  --ng ADDR:PORT       the daemon's ng port (UDP, IPv4)\n"
	"  --client-a ADDR      media address of the callers\n"
	"  --client-b ADDR      media address of the called\n"
	"  --calls N            how many calls (default 100)\n"
	"  --outstanding K      requests on the way at a time (default 1)\n"
	"  --prefix TEXT        beginning of the call-ids (default bench)\n"
	"  --do LIST            what to do with each call: offer,answer,delete (default offer,answer)\n"
	"  --suite-a SUITE      the callers' media is under SRTP keys of this suite\n"
	"  --suite-b SUITE      that of the called\n"
	"  --dtls-b FINGERPRINT the called agree on keys by DTLS, as clients (sha-256); the flow list is\n"
	"                       for dtlsload\n"
	"  --one-way            the flow list has what the callers send, and no more\n"
	"  --ice                the relay speaks ICE with both\n"
	"  --flows FILE         write the flow list of the calls (needs offer,answer)\n"
	"  --cpu-of PID         also report the CPU time of this process\n";

void die(const char *fmt, ...)
{
	va_list args;

	fputs("ngload: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static int connect_ng(const char *text)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char addr[64];
	const char *colon = strrchr(text, ':');
	int room = 1 << 20, fd;

	if (!colon || (size_t)(colon - text) >= sizeof(addr))
		die("%s is not ADDRESS:PORT", text);
	snprintf(addr, sizeof(addr), "%.*s", (int)(colon - text), text);
	to.sin_port = htons((uint16_t)atoi(colon + 1));
	if (inet_pton(AF_INET, addr, &to.sin_addr) != 1 || to.sin_port == 0)
		die("%s is not ADDRESS:PORT", text);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("cannot reach %s: %m", text);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

static void transmit(struct ng_run *r, struct ng_slot *s)
{
	/* The daemon may not listen yet or not any more: the retry limit ends that. */
	if (send(r->fd, s->request, s->request_len, 0) < 0 && errno != ECONNREFUSED && errno != EAGAIN)
		die("cannot send: %m");
	s->sent_ns = mono_ns();
	s->tries++;
}

/* Writes the request of the slot's present step and sends it. */
static void start_step(struct ng_run *r, struct ng_slot *s)
{
	s->serial = ++r->serial;
	s->tries = 0;
	s->request_len = ng_request(r, s, s->request, sizeof(s->request));
	transmit(r, s);
	s->first_ns = s->sent_ns;
}

/* Gives the slot its next call; returns false when there is none left. */
static bool next_call(struct ng_run *r, struct ng_slot *s)
{
	if (r->next_call == r->call_count) {
		s->busy = false;
		return false;
	}
	s->call = r->next_call++;
	s->step = 0;
	s->busy = true;
	start_step(r, s);
	return true;
}

/* Notes the relay's port and key towards the party that is told them. */
static void take_media(const struct ng_run *r, struct call_ports *p, enum ng_step step, uint16_t port,
		       const char *reply)
{
	unsigned tag;

	if (step == STEP_OFFER) {
		p->facing_b = port;
		if (r->suite_b.name)
			ng_crypto_read(&r->suite_b, reply, &p->tag_b, p->key_b);
	} else {
		p->facing_a = port;
		if (r->suite_a.name)
			ng_crypto_read(&r->suite_a, reply, &tag, p->key_a);
	}
}

/* Takes in one reply: finds its slot by the cookie, notes the relay's port, goes one step on. */
static void take_reply(struct ng_run *r, char *reply, size_t len)
{
	unsigned slot;
	uint32_t run, serial;
	struct ng_slot *s;
	const char *media;

	reply[len] = 0;
	if (sscanf(reply, "b%" SCNx32 "_%u_%" SCNu32 " ", &run, &slot, &serial) != 3 ||
	    run != r->run || slot >= r->slot_count)
		return;
	s = &r->slots[slot];
	if (!s->busy || s->serial != serial)
		return; /* a second answer to something sent twice */
	hist_add(&r->latency[r->steps[s->step]], mono_ns() - s->first_ns);
	r->messages++;
	if (!strstr(reply, "6:result2:ok")) {
		if (r->errors++ == 0)
			fprintf(stderr, "ngload: %.400s\n", reply);
	} else if ((media = strstr(reply, "m=audio ")) != NULL) {
		uint16_t port = (uint16_t)atoi(media + 8);

		take_media(r, &r->ports[s->call], r->steps[s->step], port, reply);
	}
	if (++s->step < r->step_count) {
		start_step(r, s);
		return;
	}
	r->calls_done++;
	next_call(r, s);
}

/* Sends again what has had no answer for a second; gives up on a daemon that stays silent. */
static void retry_late(struct ng_run *r)
{
	uint64_t now = mono_ns();

	for (unsigned i = 0; i < r->slot_count; i++) {
		struct ng_slot *s = &r->slots[i];

		if (!s->busy || now - s->sent_ns < RETRY_NS)
			continue;
		if (s->tries == MAX_TRIES)
			die("no answer to %.60s after %d tries", s->request, MAX_TRIES);
		r->retransmits++;
		transmit(r, s);
	}
}

static void run_calls(struct ng_run *r)
{
	static char reply[65536];
	struct pollfd p = {.fd = r->fd, .events = POLLIN};

	r->start_ns = mono_ns();
	for (unsigned i = 0; i < r->slot_count; i++)
		next_call(r, &r->slots[i]);
	while (r->calls_done < r->call_count) {
		if (poll(&p, 1, 100) <= 0) {
			retry_late(r);
			continue;
		}
		for (;;) {
			ssize_t n = recv(r->fd, reply, sizeof(reply) - 1, MSG_DONTWAIT);

			if (n < 0)
				break;
			take_reply(r, reply, (size_t)n);
		}
	}
	r->end_ns = mono_ns();
}

/* Both directions of a call: what each party sends under its own key, and gets under the relay's. */
static void write_call(FILE *file, const struct ng_run *r, uint32_t call, int host, const char *relay)
{
	const struct call_ports *p = &r->ports[call];
	uint8_t key_a[MAX_KEY_BYTES], key_b[MAX_KEY_BYTES];
	unsigned port = client_port(call);

	ng_key(&r->suite_a, 'a', call, key_a);
	ng_key(&r->suite_b, 'b', call, key_b);
	if (!r->dtls_b) {
		fprintf(file, "%s:%u %.*s:%u %s:%u %.*s:%u", r->client_a, port, host, relay,
			p->facing_a, r->client_b, port, host, relay, p->facing_b);
		ng_key_write(file, "in", &r->suite_a, key_a);
		ng_key_write(file, "out", &r->suite_b, p->key_b);
		fputc('\n', file);
	}
	if (r->one_way)
		return;
	fprintf(file, "%s:%u %.*s:%u %s:%u %.*s:%u", r->client_b, port, host, relay, p->facing_b,
		r->client_a, port, host, relay, p->facing_a);
	ng_key_write(file, "in", &r->suite_b, key_b);
	ng_key_write(file, "out", &r->suite_a, p->key_a);
	fputc('\n', file);
}

static void write_flows(const struct ng_run *r, const char *path, const char *relay)
{
	FILE *file = fopen(path, "w");
	int host = (int)(strrchr(relay, ':') - relay);

	if (!file)
		die("cannot write %s: %m", path);
	for (uint32_t i = 0; i < r->call_count; i++) {
		if (!r->ports[i].facing_a || !r->ports[i].facing_b)
			die("call %u has no media ports: nothing to write to %s", i, path);
		write_call(file, r, i, host, relay);
	}
	if (fclose(file) != 0)
		die("cannot write %s: %m", path);
}

static void parse_steps(struct ng_run *r, char *list)
{
	r->step_count = 0;
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		enum ng_step step;

		if (r->step_count == STEP_KINDS)
			die("--do has too many steps");
		for (step = 0; step < STEP_KINDS && strcmp(word, ng_step_name(step)) != 0; step++)
			;
		if (step == STEP_KINDS)
			die("--do knows offer, answer and delete, not %s", word);
		r->steps[r->step_count++] = step;
	}
	if (r->step_count == 0)
		die("--do is empty");
}

/* CPU time of this program so far. */
static double own_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void print_report(const struct ng_run *r, int pid, uint64_t cpu_ns)
{
	double took = (double)(r->end_ns - r->start_ns) / 1e9;

	printf("{\"calls\":%u,\"outstanding\":%u,\"messages\":%" PRIu64 ",\"errors\":%" PRIu64
	       ",\"retransmits\":%" PRIu64 ",\"seconds\":%.4f,\"messagesPerSecond\":%.1f,",
	       r->call_count, r->slot_count, r->messages, r->errors, r->retransmits, took,
	       (double)r->messages / took);
	if (pid)
		printf("\"daemonCpuUsPerMessage\":%.3f,",
		       (double)cpu_ns / 1e3 / (double)r->messages);
	printf("\"clientCpuUsPerMessage\":%.3f,\"firstPort\":%u,", own_cpu_us() / (double)r->messages,
	       r->ports[0].facing_b);
	printf("\"latencyUs\":{");
	for (unsigned i = 0; i < r->step_count; i++) {
		const struct histogram *h = &r->latency[r->steps[i]];

		printf("%s\"%s\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}", i ? "," : "",
		       ng_step_name(r->steps[i]), hist_quantile_us(h, 0.5),
		       hist_quantile_us(h, 0.99), (double)h->max / 1e3);
	}
	puts("}}");
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{"ng", 1, NULL, 'g'},	  {"client-a", 1, NULL, 'a'},	 {"client-b", 1, NULL, 'b'},
		{"calls", 1, NULL, 'n'},  {"outstanding", 1, NULL, 'k'}, {"prefix", 1, NULL, 'x'},
		{"do", 1, NULL, 'd'},	  {"flows", 1, NULL, 'f'},	 {"cpu-of", 1, NULL, 'p'},
		{"suite-a", 1, NULL, 's'}, {"suite-b", 1, NULL, 't'},	 {"one-way", 0, NULL, 'w'},
		{"dtls-b", 1, NULL, 'e'}, {"ice", 0, NULL, 'i'},
		{"help", 0, NULL, 'h'},	  {NULL, 0, NULL, 0},
	};
	static struct ng_run r = {.call_count = 100, .slot_count = 1, .prefix = "bench"};
	const char *ng = NULL, *flows = NULL;
	char steps[] = "offer,answer";
	uint64_t cpu;
	int c, pid = 0;

	parse_steps(&r, steps);
	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'g': ng = optarg; break;
		case 'a': r.client_a = optarg; break;
		case 'b': r.client_b = optarg; break;
		case 'n': r.call_count = (uint32_t)strtoul(optarg, NULL, 10); break;
		case 'k': r.slot_count = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'x': r.prefix = optarg; break;
		case 'd': parse_steps(&r, optarg); break;
		case 'f': flows = optarg; break;
		case 'p': pid = atoi(optarg); break;
		case 's': r.suite_a = ng_suite(optarg); break;
		case 't': r.suite_b = ng_suite(optarg); break;
		case 'e': r.dtls_b = optarg; break;
		case 'i': r.ice = true; break;
		case 'w': r.one_way = true; break;
		case 'h': fputs(usage, stdout); return 0;
		default: die("see --help");
		}
	}
	if (!ng || !r.client_a || !r.client_b)
		die("--ng, --client-a and --client-b are needed; see --help");
	if (r.call_count < 1 || r.call_count > MAX_CALLS || r.slot_count < 1 || r.slot_count > MAX_SLOTS)
		die("--calls must be 1 to %d and --outstanding 1 to %d", MAX_CALLS, MAX_SLOTS);
	r.ports = calloc(r.call_count, sizeof(*r.ports));
	r.slots = calloc(r.slot_count, sizeof(*r.slots));
	if (!r.ports || !r.slots)
		die("no memory for %u calls", r.call_count);
	for (unsigned i = 0; i < r.slot_count; i++)
		r.slots[i].index = i;
	/* Cookies differ from run to run: the daemon remembers those of the last half minute. */
	r.run = (uint32_t)(mono_ns() >> 10);
	r.fd = connect_ng(ng);
	cpu = pid ? process_cpu_ns(pid) : 0;
	run_calls(&r);
	cpu = pid ? process_cpu_ns(pid) - cpu : 0;
	if (flows)
		write_flows(&r, flows, ng);
	print_report(&r, pid, cpu);
	return r.errors ? 2 : 0;
}
