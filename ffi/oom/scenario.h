/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdint.h>

/* The peers' sockets: opened before anything fails. */
void scenario_open(void);
void scenario_close(void);
/* A core's whole life. What is refused is refused with an error and because of
 * a fault; without one everything works. Fails the test otherwise. */
void scenario_run(uint32_t mode);
/* Only starting and stopping. */
void scenario_start(uint32_t mode);
/* Handshakes between ports of a core. */
void scenario_dtls(uint32_t mode);

#endif
