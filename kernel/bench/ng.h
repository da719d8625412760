/* SPDX-License-Identifier: MIT */
/* Calls of a daemon that is measured. */
#ifndef NG_H
#define NG_H

#include <stdbool.h>
#include <stdint.h>

struct call_ports {
	uint16_t a, b;			/* of the daemon, facing the one and the other */
};

/* Waits for the daemon. */
bool ng_ready(int seconds);
/* Offer and answer of call i: 10.9.1.2 port 20000 + 2i with 10.9.2.2 port 40000 +
 * 2i. srtp: the first has the key KEY in base64, the second none. */
bool ng_call(unsigned i, bool srtp, struct call_ports *ports);

/* Master key and salt of the first party: thirty times 'k'. */
#define KEY "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"

#endif
