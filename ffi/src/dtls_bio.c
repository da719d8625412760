/* SPDX-License-Identifier: MIT */
#include "dtls_bio.h"

#include <string.h>

#include <openssl/bio.h>

static int wire_write(BIO *bio, const char *data, int len)
{
	struct dtls_wire *wire = BIO_get_data(bio);
	uint16_t n = (uint16_t)len;

	BIO_clear_retry_flags(bio);
	/* What does not fit is lost, as on any network. */
	if (len <= 0 || len > 65535 ||
	    (uint32_t)len + sizeof(n) > wire->out_cap - wire->out_len)
		return len;
	memcpy(wire->out + wire->out_len, &n, sizeof(n));
	memcpy(wire->out + wire->out_len + sizeof(n), data, n);
	wire->out_len += (uint32_t)sizeof(n) + n;
	return len;
}

static int wire_read(BIO *bio, char *data, int cap)
{
	struct dtls_wire *wire = BIO_get_data(bio);
	uint32_t n = wire->in_len;

	BIO_clear_retry_flags(bio);
	if (!wire->in || cap <= 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	/* A datagram that is longer than asked for is cut off, as by recv(). */
	if (n > (uint32_t)cap)
		n = (uint32_t)cap;
	memcpy(data, wire->in, n);
	wire->in = NULL;
	return (int)n;
}

static long wire_ctrl(BIO *bio, int cmd, long number, void *pointer)
{
	struct dtls_wire *wire = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	switch (cmd) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return (long)wire->mtu;
	case BIO_CTRL_DGRAM_SET_MTU:
		return number;
	case BIO_CTRL_PENDING:
		return wire->in ? (long)wire->in_len : 0;
	default:
		return 0;
	}
}

BIO_METHOD *dtls_bio_method(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
					  "rtpe datagrams");

	if (method && BIO_meth_set_write(method, wire_write) == 1 &&
	    BIO_meth_set_read(method, wire_read) == 1 &&
	    BIO_meth_set_ctrl(method, wire_ctrl) == 1)
		return method;
	BIO_meth_free(method);
	return NULL;
}

BIO *dtls_bio_new(const BIO_METHOD *method, struct dtls_wire *wire)
{
	BIO *bio = BIO_new(method);

	if (!bio)
		return NULL;
	BIO_set_data(bio, wire);
	BIO_set_init(bio, 1);
	return bio;
}
