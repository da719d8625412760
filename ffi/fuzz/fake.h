/* SPDX-License-Identifier: MIT */
/*
 * A core without threads and without network: two addresses with ports on
 * them, one by raw socket and one by sockets of its own, and one relay thread
 * played by the fuzz target. What it sends is checked and counted.
 */
#ifndef FAKE_H
#define FAKE_H

#include "core.h"

enum { FAKE_SLOTS = 6 };

#define REQUIRE(cond)                                                          \
	do {                                                                   \
		if (!(cond))                                                   \
			fake_broken(__FILE__, __LINE__, #cond);                \
	} while (0)

__attribute__((noreturn)) void fake_broken(const char *file, int line, const char *what);

/* What left by the fake network. */
struct fake_sent {
	uint64_t packets;
	uint64_t bytes;			/* UDP payload */
};
extern struct fake_sent fake_sent;

/* Slots 0..5 open: 0 to 2 by raw socket, 3 and 4 IPv6, 5 by its own. */
struct rtpe_core *fake_new(void);
void fake_free(struct rtpe_core *core);
struct rtpe_addr fake_addr(unsigned slot);
/* Says how the next sends go, 2 bits each: 0 and 1 all well, 2 an error,
 * 3 too large for the device. */
void fake_network(uint32_t script);

/* Reads of a fuzz input; zeros after its end. */
struct input {
	const uint8_t *p;
	size_t n;
};
uint32_t input_u8(struct input *in);
uint32_t input_u16(struct input *in);
uint32_t input_u32(struct input *in);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
