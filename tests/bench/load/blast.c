/* SPDX-License-Identifier: MIT */
/* Making packets arrive at an interface from within the kernel; see blast.h. */
#include "blast.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64u
/* More frames than any run makes: the run is ended by a signal. */
#define ENDLESS 0x7fffffffu

struct blast {
	int prog, state_map, flow_map;
	uint32_t ifindex, flow_count;
	struct blast_state *state; /* the program's maps */
	struct blast_flow *flows;
	uint64_t interval;
	pthread_t thread;
	volatile bool done;
	size_t map_bytes;
	uint8_t frame[FRAME_BYTES];
};

static int make_array(uint32_t value_bytes, uint32_t entries)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = value_bytes;
	attr.max_entries = entries;
	attr.map_flags = BPF_F_MMAPABLE;
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	if (fd < 0)
		die("cannot make a BPF map (CAP_BPF is needed): %m");
	return (int)fd;
}

/* Moves this thread into the relay's namespace: the kernel looks the interface up in the caller's. */
static void enter_namespace(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		die("cannot enter the namespace %s: %m", path);
	close(fd);
}

struct blast *blast_open(const struct options *o, const struct flow *flows, size_t n,
			 const uint8_t *frames)
{
	struct blast *b = calloc(1, sizeof(*b));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!b)
		die("no memory for the source");
	if (o->blast_ns)
		enter_namespace(o->blast_ns);
	b->ifindex = if_nametoindex(o->blast_if);
	if (b->ifindex == 0)
		die("there is no interface %s there", o->blast_if);
	b->flow_count = (uint32_t)n;
	b->interval = (uint64_t)(256e9 / o->pps);
	b->state_map = make_array(sizeof(struct blast_state), 1);
	b->state = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, b->state_map, 0);
	if (b->state == MAP_FAILED)
		die("cannot map the state of the program: %m");
	b->flow_map = make_array(sizeof(struct blast_flow), b->flow_count);
	b->map_bytes = (n * sizeof(struct blast_flow) + page - 1) / page * page;
	b->flows = mmap(NULL, b->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, b->flow_map, 0);
	if (b->flows == MAP_FAILED)
		die("cannot map the flow table: %m");
	for (size_t i = 0; i < n; i++) {
		const uint8_t *ip = frames + i * FRAME_ROOM + ETH_BYTES;
		struct blast_flow *f = &b->flows[i];

		f->src_addr = flows[i].src.addr;
		f->dst_addr = flows[i].dst.addr;
		f->src_port = flows[i].src.port;
		f->dst_port = flows[i].dst.port;
		memcpy(&f->ip_checksum, ip + 10, 2);
		memcpy(&f->index, ip + IP_BYTES + UDP_BYTES + OFF_FLOW, 4);
		memcpy(&f->ssrc, ip + IP_BYTES + UDP_BYTES + 8, 4);
	}
	memcpy(b->frame, frames, FRAME_BYTES);
	b->prog = blast_load_program(b->state_map, b->flow_map, b->flow_count);
	return b;
}

/* The handler does nothing: the signal is there to interrupt the run. */
static void interrupted(int sig)
{
	(void)sig;
}

static void *make_packets(void *arg)
{
	struct blast *b = arg;
	struct xdp_md ctx = {.data_end = FRAME_BYTES, .ingress_ifindex = b->ifindex};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)b->prog;
	attr.test.data_in = (uintptr_t)b->frame;
	attr.test.data_size_in = FRAME_BYTES;
	attr.test.ctx_in = (uintptr_t)&ctx;
	attr.test.ctx_size_in = sizeof(ctx);
	attr.test.repeat = ENDLESS;
	attr.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
	attr.test.batch_size = BATCH;
	while (!b->done)
		if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) != 0 && errno != EINTR)
			die("cannot run the XDP program on live frames (Linux 5.18, CAP_NET_ADMIN): %m");
	return NULL;
}

void blast_start(struct blast *b)
{
	struct sigaction sa = {.sa_handler = interrupted}; /* without SA_RESTART */

	sigaction(SIGUSR1, &sa, NULL);
	b->state->due = mono_ns() << 8;
	b->state->interval = b->interval;
	b->done = false;
	if (pthread_create(&b->thread, NULL, make_packets, b) != 0)
		die("cannot start a thread");
}

void blast_stop(struct blast *b)
{
	struct timespec deadline;

	/* From now on every frame is dropped; the run itself takes its time to end. */
	b->state->due = UINT64_MAX;
	b->done = true;
	do {
		pthread_kill(b->thread, SIGUSR1);
		clock_gettime(CLOCK_REALTIME, &deadline);
		deadline.tv_nsec += 20000000;
		if (deadline.tv_nsec >= 1000000000) {
			deadline.tv_nsec -= 1000000000;
			deadline.tv_sec++;
		}
	} while (pthread_timedjoin_np(b->thread, NULL, &deadline) != 0);
}

uint64_t blast_count(const struct blast *b, struct flow *flows)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < b->flow_count; i++) {
		flows[i].sent = __atomic_load_n(&b->flows[i].seq, __ATOMIC_RELAXED);
		sum += flows[i].sent;
	}
	return sum;
}

void blast_close(struct blast *b)
{
	munmap(b->flows, b->map_bytes);
	munmap(b->state, (size_t)sysconf(_SC_PAGESIZE));
	close(b->prog);
	close(b->flow_map);
	close(b->state_map);
	free(b);
}
