// SPDX-License-Identifier: GPL-2.0
/* The target of iptables and ip6tables: -j RTPENGINE --id N. */
#include <linux/module.h>
#include <linux/netfilter/x_tables.h>

#include "packet.h"
#include "xt_rtpengine.h"

static unsigned int target(struct sk_buff *skb, const struct xt_action_param *par)
{
	const struct xt_rtpengine_info *info = par->targinfo;
	const struct table *t = table_of_packet(info->id, xt_net(par));
	unsigned int verdict;

	if (!t)
		return XT_CONTINUE;
	verdict = rx_packet(t, xt_net(par), skb, xt_family(par) == NFPROTO_IPV4 ? 4 : 6,
			    xt_hooknum(par), false);
	/* Not ours: the rules behind this one decide. */
	return verdict == NF_ACCEPT ? XT_CONTINUE : verdict;
}

/* The table need not be there: rules come before daemons. */
static int check(const struct xt_tgchk_param *par)
{
	const struct xt_rtpengine_info *info = par->targinfo;

	return info->id < RTPE_KERNEL_TABLES ? 0 : -EINVAL;
}

static struct xt_target targets[] __read_mostly = {
	{
		.name = "RTPENGINE",
		.family = NFPROTO_IPV4,
		.target = target,
		.targetsize = sizeof(struct xt_rtpengine_info),
		.checkentry = check,
		.hooks = 1 << NF_INET_LOCAL_IN | 1 << NF_INET_PRE_ROUTING,
		.me = THIS_MODULE,
	},
	{
		.name = "RTPENGINE",
		.family = NFPROTO_IPV6,
		.target = target,
		.targetsize = sizeof(struct xt_rtpengine_info),
		.checkentry = check,
		.hooks = 1 << NF_INET_LOCAL_IN | 1 << NF_INET_PRE_ROUTING,
		.me = THIS_MODULE,
	},
};

int xt_init(void)
{
	return xt_register_targets(targets, ARRAY_SIZE(targets));
}

void xt_exit(void)
{
	xt_unregister_targets(targets, ARRAY_SIZE(targets));
}
