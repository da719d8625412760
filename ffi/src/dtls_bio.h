/* SPDX-License-Identifier: MIT */
/* A BIO whose reads and writes are datagrams in memory. */
#ifndef RTPE_DTLS_BIO_H
#define RTPE_DTLS_BIO_H

#include <stdint.h>

struct bio_st;
struct bio_method_st;

struct dtls_wire {
	const uint8_t *in;		/* the datagram to be read, NULL: none */
	uint32_t in_len;
	uint8_t *out;			/* lengths and datagrams written */
	uint32_t out_len, out_cap;
	uint32_t mtu;
};

/* Made once per context. NULL when out of memory. */
struct bio_method_st *dtls_bio_method(void);
/* The wire must outlive the BIO. */
struct bio_st *dtls_bio_new(const struct bio_method_st *method, struct dtls_wire *wire);

#endif
