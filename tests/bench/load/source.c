/* SPDX-License-Identifier: MIT */
/* The sending side: one ready-made frame per flow, handed to the driver in small batches. */
#include "blast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct source {
	int fd;
	uint32_t flow_count;
	uint32_t next;
	uint64_t errors;
	uint8_t *frames; /* FRAME_ROOM bytes per flow */
	uint8_t *clear;  /* of flows under keys: UDP_PAYLOAD bytes per flow */
	struct blast *blast; /* or NULL */
	struct iovec *iov;
	struct mmsghdr *msgs;
};

static void put32(uint8_t *p, uint32_t v)
{
	v = htonl(v);
	memcpy(p, &v, 4);
}

static void put16(uint8_t *p, uint16_t v)
{
	v = htons(v);
	memcpy(p, &v, 2);
}

void payload_pattern(uint32_t flow, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(flow * 31u + i * 7u);
}

/* The IPv4 header checksum, network byte order. */
static uint16_t ip_checksum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < IP_BYTES; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Writes everything of a frame that stays the same for all packets of the flow. */
static void build_frame(uint8_t *frame, const struct flow *f, uint32_t index, uint32_t run,
			const uint8_t *own_mac, const uint8_t *dst_mac)
{
	uint8_t *ip = frame + ETH_BYTES, *udp = ip + IP_BYTES, *rtp = udp + UDP_BYTES;
	uint16_t sum;

	memcpy(frame, dst_mac, 6);
	memcpy(frame + 6, own_mac, 6);
	put16(frame + 12, ETHERTYPE_IP);
	ip[0] = 0x45;
	put16(ip + 2, (uint16_t)(IP_BYTES + UDP_BYTES + UDP_PAYLOAD + f->seal_bytes));
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, &f->src.addr, 4);
	memcpy(ip + 16, &f->dst.addr, 4);
	sum = ip_checksum(ip);
	memcpy(ip + 10, &sum, 2);
	memcpy(udp, &f->src.port, 2);
	memcpy(udp + 2, &f->dst.port, 2);
	put16(udp + 4, (uint16_t)(UDP_BYTES + UDP_PAYLOAD + f->seal_bytes));
	/* Checksum 0, "not computed": what a card that verified it would save the receiver. */
	rtp[0] = 0x80;
	rtp[1] = 8;
	put32(rtp + 8, LOAD_SSRC + index);
	put32(rtp + OFF_MAGIC, LOAD_MAGIC);
	put32(rtp + OFF_FLOW, index);
	put32(rtp + OFF_RUN, run);
	payload_pattern(index, rtp + OFF_PATTERN, UDP_PAYLOAD - OFF_PATTERN);
}

/* Parses aa:bb:cc:dd:ee:ff. */
static void parse_mac(const char *text, uint8_t *mac)
{
	unsigned v[6];
	char tail;

	if (sscanf(text, "%x:%x:%x:%x:%x:%x%c", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &tail) != 6)
		die("%s is not a MAC address", text);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)v[i];
}

static int open_socket(const struct options *o, uint8_t *own_mac)
{
	struct sockaddr_ll addr = {.sll_family = AF_PACKET};
	int one = 1, room = 64 << 20;
	struct ifreq ifr = {0};
	int fd = socket(AF_PACKET, SOCK_RAW, 0); /* protocol 0: this socket receives nothing */

	if (fd < 0)
		die("cannot open a packet socket (CAP_NET_RAW is needed): %m");
	addr.sll_ifindex = (int)if_nametoindex(o->iface);
	if (addr.sll_ifindex == 0)
		die("there is no interface %s here", o->iface);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		die("cannot bind to interface %s: %m", o->iface);
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) != 0)
		die("cannot bypass the queueing discipline: %m");
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) != 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	strncpy(ifr.ifr_name, o->iface, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr) != 0)
		die("cannot read the address of interface %s: %m", o->iface);
	memcpy(own_mac, ifr.ifr_hwaddr.sa_data, 6);
	return fd;
}

struct source *source_open(const struct options *o, const struct flow *flows, size_t n, uint32_t run)
{
	struct source *s = calloc(1, sizeof(*s));
	uint8_t own[6], dst[6] = {0};

	if (!s)
		die("no memory for the source");
	s->fd = open_socket(o, own);
	if (o->dst_mac)
		parse_mac(o->dst_mac, dst);
	s->flow_count = (uint32_t)n;
	s->frames = calloc(n, FRAME_ROOM);
	s->clear = calloc(n, UDP_PAYLOAD);
	s->iov = calloc(n, sizeof(*s->iov));
	s->msgs = calloc(n, sizeof(*s->msgs));
	if (!s->frames || !s->clear || !s->iov || !s->msgs)
		die("no memory for %zu frames", n);
	for (size_t i = 0; i < n; i++) {
		build_frame(s->frames + i * FRAME_ROOM, &flows[i], (uint32_t)i, run, own, dst);
		s->iov[i].iov_base = s->frames + i * FRAME_ROOM;
		memcpy(s->clear + i * UDP_PAYLOAD,
		       s->frames + i * FRAME_ROOM + FRAME_BYTES - UDP_PAYLOAD, UDP_PAYLOAD);
		s->iov[i].iov_len = FRAME_BYTES + flows[i].seal_bytes;
		s->msgs[i].msg_hdr.msg_iov = &s->iov[i];
		s->msgs[i].msg_hdr.msg_iovlen = 1;
	}
	if (o->blast_if)
		s->blast = blast_open(o, flows, n, s->frames);
	return s;
}

/* Writes sequence number, RTP timestamp and sending time into the RTP packet of one flow. */
static void stamp(uint8_t *rtp, uint32_t base, uint32_t seq, uint64_t now)
{
	put16(rtp + 2, (uint16_t)(base + seq));
	put32(rtp + 4, seq * RTP_PAYLOAD);
	memcpy(rtp + OFF_STAMP, &now, 8);
	put32(rtp + OFF_SEQ, seq);
}

/* Under keys an index is used once: a packet that could not be sent goes as it is next time. */
static void make_packet(struct flow *f, uint8_t *rtp, uint8_t *clear, uint64_t now)
{
	if (!f->seal) {
		stamp(rtp, f->base, f->sent, now);
	} else if (!f->sealed) {
		stamp(clear, f->base, f->sent, now);
		secret_seal(f, clear, rtp);
		f->sealed = true;
	}
}

static void take_sent(struct flow *f)
{
	f->sent++;
	f->sealed = false;
}

unsigned source_send(struct source *s, struct flow *flows, unsigned count, uint64_t now)
{
	unsigned left = s->flow_count - s->next;
	int done;

	/* The messages lie in flow order, so a batch ends at the last flow. */
	if (count > left)
		count = left;
	for (unsigned i = 0; i < count; i++) {
		uint32_t k = s->next + i;

		make_packet(&flows[k], s->frames + (size_t)k * FRAME_ROOM + FRAME_BYTES - UDP_PAYLOAD,
			    s->clear + (size_t)k * UDP_PAYLOAD, now);
	}
	done = sendmmsg(s->fd, s->msgs + s->next, count, MSG_DONTWAIT);
	if (done <= 0) {
		if (done < 0 && errno != ENOBUFS && errno != EAGAIN)
			die("cannot send: %m");
		s->errors++;
		return 0;
	}
	for (int i = 0; i < done; i++)
		take_sent(&flows[s->next + (uint32_t)i]);
	s->next += (uint32_t)done;
	if (s->next == s->flow_count)
		s->next = 0;
	return (unsigned)done;
}

uint64_t source_errors(const struct source *s)
{
	return s->errors;
}

struct blast *source_blast(const struct source *s)
{
	return s->blast;
}

void source_close(struct source *s)
{
	close(s->fd);
	if (s->blast)
		blast_close(s->blast);
	free(s->frames);
	free(s->clear);
	free(s->iov);
	free(s->msgs);
	free(s);
}
