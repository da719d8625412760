// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks of a table's own, so that no firewall rule is needed: in
 * INPUT after everybody else's rules, which then decide first, or early, before
 * connection tracking and routing cost anything.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "packet.h"

static unsigned int hook(const struct table *t, struct sk_buff *skb, u8 family,
			 const struct nf_hook_state *state)
{
	/* An nftables rule may choose what is for us. */
	if ((skb->mark & t->mark_mask) != t->mark)
		return NF_ACCEPT;
	return rx_packet(t, state->net, skb, family, state->hook,
			 state->hook == NF_INET_PRE_ROUTING);
}

static unsigned int hook4(void *table, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return hook(table, skb, 4, state);
}

static unsigned int hook6(void *table, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return hook(table, skb, 6, state);
}

int hook_register(struct table *t, u32 flags)
{
	bool early = flags & RTPE_KERNEL_HOOK_EARLY;
	int err;

	if (!(flags & (RTPE_KERNEL_HOOK_INPUT | RTPE_KERNEL_HOOK_EARLY)))
		return 0;
	t->hooks[0] = (struct nf_hook_ops){
		.hook = hook4,
		.priv = t,
		.pf = NFPROTO_IPV4,
		.hooknum = early ? NF_INET_PRE_ROUTING : NF_INET_LOCAL_IN,
		.priority = early ? NF_IP_PRI_RAW - 1 : NF_IP_PRI_SECURITY + 1,
	};
	t->hooks[1] = t->hooks[0];
	t->hooks[1].hook = hook6;
	t->hooks[1].pf = NFPROTO_IPV6;
	err = nf_register_net_hooks(t->net, t->hooks, ARRAY_SIZE(t->hooks));
	if (!err)
		t->hook_flags = flags;
	return err;
}

void hook_unregister(struct table *t)
{
	if (t->hook_flags)
		nf_unregister_net_hooks(t->net, t->hooks, ARRAY_SIZE(t->hooks));
	t->hook_flags = 0;
}
