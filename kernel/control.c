// SPDX-License-Identifier: GPL-2.0
/* One message of a daemon: see rtpe_kernel.h. */
#include "rule.h"
#include "packet.h"

/* How long a message of a type is without its header; -1: it says so itself. */
static int body_size(u16 type)
{
	switch (type) {
	case RTPE_KERNEL_HELLO:
		return sizeof(struct rtpe_kernel_hello);
	case RTPE_KERNEL_PORT_OPEN:
	case RTPE_KERNEL_REMOTE_SET:
		return sizeof(struct rtpe_addr);
	case RTPE_KERNEL_CLOCK_RATE:
		return sizeof(struct rtpe_kernel_clock_rate);
	case RTPE_KERNEL_TRACKS_SET:
		return RTPE_SSRC_TRACKS * sizeof(struct rtpe_ssrc_counters);
	case RTPE_KERNEL_SRTP_CLAIM:
		return sizeof(struct rtpe_kernel_srtp);
	case RTPE_KERNEL_RULE_SET:
	case RTPE_KERNEL_SRTP_PUT:
		return -1;
	default:
		return 0;
	}
}

static int check_header(const struct rtpe_kernel_msg *m, size_t len)
{
	int body;

	/* Not a whole header, or a size that is not what was written. */
	if (len < sizeof(*m) || m->size != len)
		return -EINVAL;
	if (m->version != RTPE_KERNEL_VERSION)
		return -EPROTO;
	if (m->type < RTPE_KERNEL_HELLO || m->type > RTPE_KERNEL_SRTP_CLAIM)
		return -EOPNOTSUPP;
	/* Something to come that has no meaning yet. */
	if (m->flags & ~(m->type == RTPE_KERNEL_RULE_SET ? RTPE_KERNEL_RULE_COPY : 0))
		return -EINVAL;
	if ((m->type == RTPE_KERNEL_HELLO || m->type == RTPE_KERNEL_SYNC) && m->slot != 0)
		return -EINVAL;
	body = body_size(m->type);
	if (body >= 0 && len != sizeof(*m) + body)
		return -EINVAL;
	return 0;
}

static int port_message(struct table *t, const struct rtpe_kernel_msg *m, void *body)
{
	struct port *p = port_of(t, m->slot);

	if (!p)
		return -ENOENT;
	switch (m->type) {
	case RTPE_KERNEL_PORT_CLOSE:
		return port_close(t, m->slot);
	case RTPE_KERNEL_RULE_SET:
		return rule_set(t, m->slot, m->flags, body, m->size - sizeof(*m));
	case RTPE_KERNEL_RULE_CLEAR:
		rule_clear(p);
		return 0;
	case RTPE_KERNEL_REMOTE_SET:
		return port_remote_set(p, body);
	case RTPE_KERNEL_CLOCK_RATE:
		return port_rate_set(p, body);
	case RTPE_KERNEL_TRACKS_SET:
		return port_tracks_set(p, body);
	default:
		return -EOPNOTSUPP;
	}
}

int control_message(struct table *t, void *msg, size_t len)
{
	const struct rtpe_kernel_msg *m = msg;
	void *body = (void *)(m + 1);
	int err = check_header(m, len);

	if (err)
		return err;
	BUILD_BUG_ON(sizeof(*m) % 8);
	if (m->type == RTPE_KERNEL_SYNC) {
		/* Packets are RCU readers; no message need wait for this one. */
		synchronize_net();
		return 0;
	}
	/* Packets wait for these, in user space: they do not wait for a rule
	 * that is being compiled. */
	if (m->type == RTPE_KERNEL_SRTP_PUT || m->type == RTPE_KERNEL_SRTP_CLAIM)
		return READ_ONCE(t->greeted) ? port_srtp_message(t, m, body) : -ENOTCONN;
	mutex_lock(&t->lock);
	if (m->type == RTPE_KERNEL_HELLO)
		err = table_hello(t, body);
	else if (!t->greeted)
		err = -ENOTCONN;
	else if (m->type == RTPE_KERNEL_PORT_OPEN)
		err = port_open(t, m->slot, body);
	else
		err = port_message(t, m, body);
	mutex_unlock(&t->lock);
	return err;
}
