// SPDX-License-Identifier: MIT OR GPL-2.0
/* The plugin of iptables and ip6tables: -j RTPENGINE --id N. */
#include <stdio.h>
#include <xtables.h>

#include "xt_rtpengine.h"

enum { OPTION_ID, MAX_ID = 63 };

static void help(void)
{
	printf("RTPENGINE target options:\n"
	       "  --id N    number of the daemon's table, 0 to %d\n", MAX_ID);
}

static const struct xt_option_entry options[] = {
	{
		.name = "id",
		.id = OPTION_ID,
		.type = XTTYPE_UINT32,
		.min = 0,
		.max = MAX_ID,
		.flags = XTOPT_MAND | XTOPT_PUT,
		XTOPT_POINTER(struct xt_rtpengine_info, id),
	},
	XTOPT_TABLEEND,
};

static unsigned int id_of(const struct xt_entry_target *target)
{
	return ((const struct xt_rtpengine_info *)target->data)->id;
}

static void print(const void *ip, const struct xt_entry_target *target, int numeric)
{
	(void)ip;
	(void)numeric;
	printf(" RTPENGINE id:%u", id_of(target));
}

static void save(const void *ip, const struct xt_entry_target *target)
{
	(void)ip;
	printf(" --id %u", id_of(target));
}

static struct xtables_target target = {
	.version = XTABLES_VERSION,
	.name = "RTPENGINE",
	.family = NFPROTO_UNSPEC,
	.size = XT_ALIGN(sizeof(struct xt_rtpengine_info)),
	.userspacesize = XT_ALIGN(sizeof(struct xt_rtpengine_info)),
	.help = help,
	.print = print,
	.save = save,
	.x6_parse = xtables_option_parse,
	.x6_options = options,
};

static void __attribute__((constructor)) register_target(void)
{
	xtables_register_target(&target);
}
