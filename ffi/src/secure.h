/* SPDX-License-Identifier: MIT */
/* SRTP on the way through: what arrives is opened, what leaves is sealed. */
#ifndef RTPE_SECURE_H
#define RTPE_SECURE_H

#include "core.h"
#include "srtp.h"

/* Opens a packet of a rule with keys. On success p is in clear, and what came
 * in is at p->sealed; otherwise says which counter the drop belongs to. */
rtpe_u32 *secure_open(struct thread *t, struct packet *p, const struct rule *rule,
		      unsigned class);
/* Seals a packet for an output with keys. data: in clear, `owned` when it lies in
 * room of txq_room() with SRTP_TRAILER_MAX bytes to spare. NULL: cannot be sent. */
const uint8_t *secure_seal(struct thread *t, const struct out_rule *out, unsigned class,
			   const uint8_t *data, bool owned, uint32_t *len);

/* Makes room for what a port remembers of its SSRCs: before any key is used on it.
 * -ENOSPC: the file that holds it is full. */
int secure_prepare(struct rtpe_core *core, struct slot *slot);
/* What a port remembers of SSRCs that arrive, and of those sent from it:
 * RTPE_SRTP_STREAMS states, while relay threads go on. */
void secure_copy_received(const struct slot *slot, struct rtpe_srtp_state *to);
void secure_copy_sent(struct slot *slot, struct rtpe_srtp_state *to);
/* The keys of a new rule: objects of the rule before it are kept where the keys
 * are the same. 0 or -errno; rule_free() gives back what there is. */
int secure_compile(struct rtpe_core *core, struct slot *slot, const struct rtpe_srtp *decrypt,
		   struct rule *rule);
int secure_compile_output(struct rtpe_core *core, struct slot *slot,
			  const struct rtpe_srtp *encrypt, struct rule *rule,
			  struct out_rule *out);

#endif
