/* SPDX-License-Identifier: MIT */
/*
 * The receiving side: a packet ring with the kernel's arrival times. The kernel fills it while it
 * handles the relay's own sending, so reading it late costs nothing but room in the ring.
 */
#include "load.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLOCK_BYTES (1u << 18)
#define WINDOW 64u

struct sink {
	int fd;
	uint8_t *map;
	size_t map_bytes;
	uint32_t frame_bytes;
	uint32_t frame_count;
	uint32_t next;
	uint32_t flow_count;
	uint32_t run;
	bool verify;
	int64_t real_minus_mono;
	uint64_t drops;
};

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return ntohl(v);
}

/* The address all flows are expected from, host byte order; 0 when there is no such one. */
static uint32_t common_source(const struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].from.port == 0 || flows[i].from.addr != flows[0].from.addr)
			return 0;
	return ntohl(flows[0].from.addr);
}

/*
 * Keeps `snap` bytes of each IPv4 packet whose payload begins like ours (mark at OFF_MAGIC, where
 * nothing is encrypted; SSRC), that was received, not sent, by this interface, and that comes from
 * `source` unless that is 0. On loopback the latter keeps out what our own source sends.
 */
static void attach_filter(int fd, uint32_t snap, uint32_t source, bool sealed)
{
	uint32_t rtp = ETH_BYTES + IP_BYTES + UDP_BYTES;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 8, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETHERTYPE_IP, 0, 6),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ETH_BYTES + 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, source, 0, source ? 4 : 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, rtp + (sealed ? 8 : OFF_MAGIC)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, sealed ? ~(uint32_t)(MAX_FLOWS - 1) : UINT32_MAX),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sealed ? LOAD_SSRC : LOAD_MAGIC, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, snap),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) != 0)
		die("cannot filter what the sink receives: %m");
}

/*
 * On loopback every delivered packet wants a socket, or the relay is told "port unreachable". These
 * sockets drop what they get before it is queued.
 */
static void open_blackholes(const struct flow *flows, size_t n)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = {1, &drop};

	for (size_t i = 0; i < n; i++) {
		struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = flows[i].out.port};
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		at.sin_addr.s_addr = flows[i].out.addr;
		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) != 0 ||
		    bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
			die("cannot stand in for %s:%u: %m", inet_ntoa(at.sin_addr), ntohs(at.sin_port));
	}
}

static bool any_sealed(const struct flow *flows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i].open)
			return true;
	return false;
}

struct sink *sink_open(const struct options *o, const struct flow *flows, size_t n, uint32_t run)
{
	struct sink *s = calloc(1, sizeof(*s));
	struct sockaddr_ll addr = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	struct tpacket_req req = {.tp_block_size = BLOCK_BYTES};
	int version = TPACKET_V2;
	bool sealed = any_sealed(flows, n);

	if (!s)
		die("no memory for the sink");
	s->flow_count = (uint32_t)n;
	s->run = run;
	s->verify = o->verify;
	/* The packet begins 66 bytes into its slot; 78 bytes of it hold all that is looked at, unless
	 * it has to be decrypted first. */
	s->frame_bytes = o->verify || sealed ? 512 : 192;
	s->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (s->fd < 0)
		die("cannot open a packet socket (CAP_NET_RAW is needed): %m");
	/* A block need not be a multiple of the slot: slots are found by block (frame_at). */
	req.tp_frame_size = s->frame_bytes;
	req.tp_block_nr = o->sink_frames / (BLOCK_BYTES / s->frame_bytes) + 1;
	req.tp_frame_nr = req.tp_block_nr * (BLOCK_BYTES / s->frame_bytes);
	s->frame_count = req.tp_frame_nr;
	s->map_bytes = (size_t)req.tp_block_nr * BLOCK_BYTES;
	attach_filter(s->fd, s->frame_bytes == 512 ? FRAME_BYTES + SEAL_ROOM : s->frame_bytes - 96,
		      common_source(flows, n), sealed);
	if (o->blackhole)
		open_blackholes(flows, n);
	if (setsockopt(s->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0 ||
	    setsockopt(s->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) != 0)
		die("cannot make a ring of %u frames: %m", req.tp_frame_nr);
	s->map = mmap(NULL, s->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, s->fd, 0);
	if (s->map == MAP_FAILED)
		die("cannot map the ring: %m");
	addr.sll_ifindex = (int)if_nametoindex(o->iface);
	if (addr.sll_ifindex == 0)
		die("there is no interface %s here", o->iface);
	if (bind(s->fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		die("cannot listen on interface %s: %m", o->iface);
	s->real_minus_mono = realtime_minus_mono();
	return s;
}

static struct tpacket2_hdr *frame_at(const struct sink *s, uint32_t index)
{
	uint32_t per_block = BLOCK_BYTES / s->frame_bytes;

	return (struct tpacket2_hdr *)(s->map + (size_t)(index / per_block) * BLOCK_BYTES +
				       (size_t)(index % per_block) * s->frame_bytes);
}

/* Notes sequence number `seq` of a flow; counts it as new, late or seen before. */
static bool note_sequence(struct flow *f, uint32_t seq, struct totals *t)
{
	uint32_t back;

	if (seq >= f->highest) {
		uint32_t ahead = seq + 1 - f->highest;

		f->window = ahead < WINDOW ? f->window << ahead | 1 : 1;
		f->highest = seq + 1;
		f->received++;
		return true;
	}
	back = f->highest - 1 - seq;
	if (back >= WINDOW) {
		/* Too late to tell a copy from a straggler: a straggler, and the sum shows copies. */
		t->reordered++;
		f->received++;
		return true;
	}
	if (f->window >> back & 1) {
		t->duplicates++;
		return false;
	}
	f->window |= (uint64_t)1 << back;
	t->reordered++;
	f->received++;
	return true;
}

/* True when the RTP header and the payload are what was sent. */
static bool intact(const struct sink *s, const uint8_t *rtp, uint32_t flow, uint32_t base, uint32_t seq)
{
	uint8_t want[UDP_PAYLOAD];

	if (rtp[0] != 0x80 || rtp[1] != 8 || (get32(rtp) & 0xffff) != ((base + seq) & 0xffff) ||
	    get32(rtp + 4) != seq * RTP_PAYLOAD || get32(rtp + 8) != LOAD_SSRC + flow)
		return false;
	if (!s->verify)
		return true;
	payload_pattern(flow, want, UDP_PAYLOAD - OFF_PATTERN);
	return memcmp(rtp + OFF_PATTERN, want, UDP_PAYLOAD - OFF_PATTERN) == 0;
}

/* Opens a packet of a flow under keys; returns false when it is not one of ours. */
static bool in_clear(const struct sink *s, uint8_t *rtp, uint32_t frame_len, struct flow *flows)
{
	uint32_t flow = get32(rtp + 8) - LOAD_SSRC;

	if (flow >= s->flow_count || frame_len != FRAME_BYTES + flows[flow].open_bytes)
		return false;
	return !flows[flow].open ||
	       secret_open(&flows[flow], rtp, UDP_PAYLOAD + flows[flow].open_bytes);
}

static void take_packet(struct sink *s, const struct tpacket2_hdr *h, struct flow *flows,
			struct totals *t)
{
	uint8_t *eth = (uint8_t *)h + h->tp_mac;
	uint8_t *ip = eth + ETH_BYTES, *udp = ip + IP_BYTES, *rtp = udp + UDP_BYTES;
	uint64_t arrived, stamp;
	uint32_t index, seq;
	struct flow *f;

	if (ip[0] != 0x45 || ip[9] != IPPROTO_UDP || !in_clear(s, rtp, h->tp_len, flows) ||
	    get32(rtp + OFF_RUN) != s->run || get32(rtp + OFF_FLOW) >= s->flow_count) {
		t->foreign++;
		return;
	}
	index = get32(rtp + OFF_FLOW);
	seq = get32(rtp + OFF_SEQ);
	f = &flows[index];
	if (memcmp(ip + 16, &f->out.addr, 4) != 0 || memcmp(udp + 2, &f->out.port, 2) != 0) {
		/* On loopback the sink also hears what the source sends to the relay. */
		if (memcmp(ip + 16, &f->dst.addr, 4) != 0 || memcmp(udp + 2, &f->dst.port, 2) != 0)
			t->misdelivered++;
		return;
	}
	if (f->from.port && (memcmp(ip + 12, &f->from.addr, 4) != 0 || memcmp(udp, &f->from.port, 2) != 0)) {
		t->misdelivered++;
		return;
	}
	if (seq >= f->sent || !intact(s, rtp, index, f->base, seq)) {
		t->corrupt++;
		return;
	}
	if (!note_sequence(f, seq, t))
		return;
	t->received++;
	memcpy(&stamp, rtp + OFF_STAMP, 8);
	arrived = (uint64_t)h->tp_sec * 1000000000u + h->tp_nsec - (uint64_t)s->real_minus_mono;
	if (t->end_ns == 0 || arrived <= t->end_ns)
		t->in_window++;
	hist_add(&t->latency, arrived > stamp ? arrived - stamp : 0);
}

unsigned sink_drain(struct sink *s, struct flow *flows, struct totals *t, unsigned max)
{
	unsigned n = 0;

	while (n < max) {
		struct tpacket2_hdr *h = frame_at(s, s->next);

		if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			break;
		take_packet(s, h, flows, t);
		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		if (++s->next == s->frame_count)
			s->next = 0;
		n++;
	}
	return n;
}

uint64_t sink_drops(struct sink *s)
{
	struct tpacket_stats st;
	socklen_t len = sizeof(st);

	if (getsockopt(s->fd, SOL_PACKET, PACKET_STATISTICS, &st, &len) == 0)
		s->drops += st.tp_drops;
	return s->drops;
}

void sink_close(struct sink *s)
{
	munmap(s->map, s->map_bytes);
	close(s->fd);
	free(s);
}
