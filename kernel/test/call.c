/* SPDX-License-Identifier: MIT */
#include "call.h"

#include <string.h>
#include <unistd.h>

void call_begin(struct call *k, uint32_t hook, bool from6, bool to6)
{
	memset(k, 0, sizeof(*k));
	k->a = from6 ? A6 : A4;
	k->b = to6 ? B6 : B4;
	k->n1_ip = from6 ? N1_6 : N1_4;
	k->n2_ip = to6 ? N2_6 : N2_4;
	command("add 0");
	CHECK(client_open(&k->c, 0) == 0 && client_hello(&k->c, hook, 40, 0) == 0 &&
	      client_map(&k->c) == 0);
	CHECK(port_open(&k->c, 0, k->a, 30000) == 0 && port_open(&k->c, 1, k->b, 30002) == 0);
	k->n1 = sock(N1, k->n1_ip, 4000);
	k->n2 = sock(N2, k->n2_ip, 4002);
	k->up = sock(HERE, k->a, 30000);
	draft_init(&k->d, k->n1_ip, 4000);
	draft_output(&k->d, 1, k->n2_ip, 4002);
}

void call_end(struct call *k)
{
	close(k->n1);
	close(k->n2);
	close(k->up);
	client_close(&k->c);
	command("del 0");
}

bool passes(struct call *k, uint8_t pt, uint16_t seq, struct heard *h)
{
	uint8_t packet[64], before[64];
	size_t n = rtp(packet, pt, seq, SSRC);

	memcpy(before, packet, n);
	send_to(k->n1, k->a, 30000, packet, n);
	*h = hear(k->n2, LONG_MS);
	return h->len == (int)n && memcmp(h->data, before, n) == 0;
}
