/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int command(const char *text)
{
	int fd = open("/proc/rtpengine/control", O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int client_open(struct client *c, unsigned int table)
{
	char path[64];

	memset(c, 0, sizeof(*c));
	snprintf(path, sizeof(path), "/proc/rtpengine/%u/control", table);
	c->fd = open(path, O_RDWR | O_CLOEXEC);
	return c->fd < 0 ? -errno : 0;
}

void client_close(struct client *c)
{
	if (c->counters)
		munmap((void *)(uintptr_t)c->counters, c->n_slots * sizeof(*c->counters));
	c->counters = NULL;
	close(c->fd);
}

static int message(struct client *c, uint16_t type, uint32_t slot, uint32_t flags,
		   const void *body, size_t len)
{
	uint8_t bytes[sizeof(struct rtpe_kernel_msg) + sizeof(struct draft)];
	struct rtpe_kernel_msg m = {
		.size = (uint32_t)(sizeof(m) + len),
		.version = RTPE_KERNEL_VERSION,
		.type = type,
		.slot = slot,
		.flags = flags,
	};

	if (m.size > sizeof(bytes))
		return -EMSGSIZE;
	memcpy(bytes, &m, sizeof(m));
	if (len)
		memcpy(bytes + sizeof(m), body, len);
	return write(c->fd, bytes, m.size) == (ssize_t)m.size ? 0 : -errno;
}

int client_send(struct client *c, uint16_t type, uint32_t slot, const void *body, size_t len)
{
	return message(c, type, slot, 0, body, len);
}

struct rtpe_kernel_hello client_greeting(uint32_t flags, uint32_t n_slots)
{
	return (struct rtpe_kernel_hello){
		.rule_abi = RTPE_RULE_ABI,
		.rule_size = sizeof(struct rtpe_rule),
		.output_size = sizeof(struct rtpe_output),
		.bundle_size = sizeof(struct rtpe_bundle),
		.counters_size = sizeof(struct rtpe_counters),
		.srtp_size = sizeof(struct rtpe_srtp_port),
		.flags = flags,
		.n_slots = n_slots,
	};
}

int client_hello(struct client *c, uint32_t flags, uint32_t n_slots, uint32_t lease_ms)
{
	struct rtpe_kernel_hello hello = client_greeting(flags, n_slots);

	hello.lease_ms = lease_ms;
	c->n_slots = n_slots;
	return client_send(c, RTPE_KERNEL_HELLO, 0, &hello, sizeof(hello));
}

int client_map(struct client *c)
{
	void *at = mmap(NULL, c->n_slots * sizeof(*c->counters), PROT_READ, MAP_SHARED, c->fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	c->counters = at;
	return 0;
}

struct rtpe_addr address(const char *ip, uint16_t port)
{
	struct rtpe_addr a = { .port = port };

	if (inet_pton(AF_INET, ip, a.ip) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, ip, a.ip) == 1)
		a.family = 6;
	return a;
}

void draft_init(struct draft *d, const char *remote, uint16_t port)
{
	memset(d, 0, sizeof(*d));
	d->rule.abi = RTPE_RULE_ABI;
	if (remote)
		d->rule.remote = address(remote, port);
	d->rule.flags = RTPE_RULE_RTCP_MUX | RTPE_RULE_TRACK_SSRC;
	memset(d->rule.pt_allow, 0xff, sizeof(d->rule.pt_allow));
}

struct rtpe_output *draft_output(struct draft *d, uint32_t slot, const char *dst, uint16_t port)
{
	struct rtpe_output *o = &d->outputs[d->rule.n_outputs++];

	o->slot = slot;
	o->match = RTPE_CLASS_RTP | RTPE_CLASS_RTCP;
	if (dst)
		o->dst = address(dst, port);
	else
		o->flags |= RTPE_OUT_FOLLOW;
	return o;
}

int draft_set(struct client *c, uint32_t slot, struct draft *d)
{
	struct draft whole = *d;
	uint8_t *end = (uint8_t *)&whole.outputs[d->rule.n_outputs];

	whole.rule.size = (rtpe_u32)(end - (uint8_t *)&whole);
	if (d->rule.flags & RTPE_RULE_BUNDLE) {
		memmove(end, &d->bundle, sizeof(d->bundle));
		whole.rule.size += sizeof(d->bundle);
	}
	return message(c, RTPE_KERNEL_RULE_SET, slot, d->flags, &whole, whole.rule.size);
}

int port_open(struct client *c, uint32_t slot, const char *ip, uint16_t port)
{
	struct rtpe_addr a = address(ip, port);

	return client_send(c, RTPE_KERNEL_PORT_OPEN, slot, &a, sizeof(a));
}
