/* SPDX-License-Identifier: MIT */
/* Handshakes, for those who drive them. */
#ifndef RTPE_DTLS_CORE_H
#define RTPE_DTLS_CORE_H

#include <stdbool.h>

#include "rtpe_dtls.h"

/* Whether rtpe_dtls_new() takes these. */
bool dtls_terms_ok(rtpe_u32 role, rtpe_u32 mtu, rtpe_u32 n_fingerprints);
/* One user more, who calls rtpe_dtls_ctx_free(). */
struct rtpe_dtls_ctx *dtls_ctx_get(struct rtpe_dtls_ctx *ctx);

#endif
