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
	case RTPE_KERNEL_RULE_SET:
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
	if (m->type < RTPE_KERNEL_HELLO || m->type > RTPE_KERNEL_CLOCK_RATE)
		return -EOPNOTSUPP;
	/* Something to come that has no meaning yet. */
	if (m->flags != 0 || (m->type == RTPE_KERNEL_HELLO && m->slot != 0))
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
		return rule_set(t, m->slot, body, m->size - sizeof(*m));
	case RTPE_KERNEL_RULE_CLEAR:
		rule_clear(p);
		return 0;
	case RTPE_KERNEL_REMOTE_SET:
		return port_remote_set(p, body);
	case RTPE_KERNEL_CLOCK_RATE:
		return port_rate_set(p, body);
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
