/* SPDX-License-Identifier: MIT */
/*
 * Steering: a small BPF program at the socket lookup of this network namespace
 * hands the datagrams of the ports that are open right now to the relay
 * threads' sockets. Everything else is looked up as ever.
 */
#ifndef RTPE_STEER_H
#define RTPE_STEER_H

#include "core.h"
#include "taken.h"

struct steer {
	int iface_map;			/* local address → interface index */
	int port_map;			/* bitmap of open ports per interface */
	int sock_map;			/* thread * 2 + (family == 6) → socket */
	int prog;
	int link;
	_Atomic uint64_t *ports;	/* port_map in our memory */
	size_t ports_bytes;
	struct taken *taken;
};

enum { PORT_WORDS = PORTS / 64 };

/* Makes the maps, loads and attaches the program. 0 or a negative errno with
 * *step saying what failed. */
int steer_bpf_open(struct steer *s, uint32_t threads, const char **step);
void steer_bpf_close(struct steer *s);
int steer_bpf_iface(struct steer *s, const struct rtpe_addr *addr, uint32_t index);
void steer_bpf_iface_remove(struct steer *s, const struct rtpe_addr *addr);
int steer_bpf_socket(struct steer *s, uint32_t thread, bool v6, int fd);
void steer_bpf_port(struct steer *s, uint32_t iface, uint16_t port, bool open);

#endif
