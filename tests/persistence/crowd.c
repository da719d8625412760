/* SPDX-License-Identifier: MIT */
/*
 * Media of many calls: two sockets stand for all callers and all callees, and
 * the SSRC tells whose packet it is. Commands, a line each, on standard input:
 *
 *   call N CALLEE CALLER   ports of the relay that call N sends to: what its
 *                          caller sends goes to CALLER, and so on
 *   start                  sends on every stream every INTERVAL_MS
 *   reset                  forgets what was heard
 *   report                 prints one line of JSON
 *
 * Ends with its standard input.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CALLS = 4096, INTERVAL_MS = 100, TURN_MS = 2, BYTES = 32, BATCH = 64 };

struct side {
	int fd;
	uint16_t target[MAX_CALLS];
	uint16_t sequence[MAX_CALLS];
	uint64_t heard[MAX_CALLS];
	uint64_t gap[MAX_CALLS];
	uint64_t received[MAX_CALLS];
};

static struct side sides[2];
static unsigned n_calls;
static bool sending;

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_side(struct side *side, uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int bytes = 8 << 20;

	side->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (side->fd < 0 || bind(side->fd, (struct sockaddr *)&at, sizeof(at)))
		die("crowd");
	/* Beyond the limit of the system, where that is allowed. */
	if (setsockopt(side->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(side->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static void send_one(struct side *side, unsigned call)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(side->target[call]),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint8_t rtp[BYTES] = { 0x80, 8 };
	uint16_t sequence = side->sequence[call]++;

	rtp[2] = (uint8_t)(sequence >> 8);
	rtp[3] = (uint8_t)sequence;
	rtp[10] = (uint8_t)(call >> 8);
	rtp[11] = (uint8_t)call;
	/* Nobody listens while the relay is down: that is what the test is about. */
	(void)!sendto(side->fd, rtp, sizeof(rtp), 0, (struct sockaddr *)&to, sizeof(to));
}

static void take(struct side *side)
{
	uint8_t rtp[2048];
	ssize_t n;

	while ((n = recv(side->fd, rtp, sizeof(rtp), 0)) != -1) {
		unsigned call = (unsigned)rtp[10] << 8 | rtp[11];
		uint64_t now = now_us();

		if (n < 12 || call >= n_calls)
			continue;
		if (now - side->heard[call] > side->gap[call])
			side->gap[call] = now - side->heard[call];
		side->heard[call] = now;
		side->received[call]++;
	}
}

static void reset(void)
{
	uint64_t now = now_us();

	for (int s = 0; s < 2; s++) {
		memset(sides[s].gap, 0, sizeof(sides[s].gap));
		memset(sides[s].received, 0, sizeof(sides[s].received));
		for (unsigned i = 0; i < n_calls; i++)
			sides[s].heard[i] = now;
	}
}

static void report(void)
{
	uint64_t now = now_us(), longest = 0;
	unsigned alive = 0;

	for (unsigned i = 0; i < n_calls; i++) {
		for (int s = 0; s < 2; s++) {
			uint64_t gap = sides[s].gap[i], quiet = now - sides[s].heard[i];

			if (quiet > gap)
				gap = quiet;
			if (gap > longest)
				longest = gap;
		}
		alive += sides[0].received[i] && sides[1].received[i];
	}
	printf("{\"gap\": %.3f, \"alive\": %u}\n", (double)longest / 1000, alive);
	fflush(stdout);
}

static void command(const char *line)
{
	unsigned call, callee, caller;

	if (sscanf(line, "call %u %u %u", &call, &callee, &caller) == 3 && call < MAX_CALLS) {
		sides[1].target[call] = (uint16_t)callee;
		sides[0].target[call] = (uint16_t)caller;
		if (call >= n_calls)
			n_calls = call + 1;
	} else if (!strcmp(line, "start\n")) {
		reset();
		sending = true;
	} else if (!strcmp(line, "reset\n")) {
		reset();
	} else if (!strcmp(line, "report\n")) {
		report();
	}
}

/* A share of all streams at each turn, so that no burst is long. */
static void turn(uint64_t *next, unsigned *number)
{
	const unsigned turns = INTERVAL_MS / TURN_MS;

	while (sending && now_us() >= *next) {
		for (unsigned i = *number % turns; i < n_calls; i += turns)
			for (int s = 0; s < 2; s++)
				send_one(&sides[s], i);
		++*number;
		*next += TURN_MS * 1000;
		/* What was missed is not made up for. */
		if (now_us() > *next + INTERVAL_MS * 1000)
			*next = now_us();
	}
}

int main(void)
{
	struct pollfd polls[3] = { { .fd = 0, .events = POLLIN } };
	uint64_t next = now_us();
	unsigned number = 0;
	char line[128];

	setvbuf(stdin, NULL, _IONBF, 0);
	open_side(&sides[0], 4000);
	open_side(&sides[1], 5000);
	for (int s = 0; s < 2; s++)
		polls[s + 1] = (struct pollfd){ .fd = sides[s].fd, .events = POLLIN };
	for (;;) {
		if (poll(polls, 3, 1) < 0)
			die("crowd");
		for (int s = 0; s < 2; s++)
			take(&sides[s]);
		if (polls[0].revents) {
			if (!fgets(line, sizeof(line), stdin))
				return 0;
			command(line);
		}
		turn(&next, &number);
	}
}
