// SPDX-License-Identifier: GPL-2.0
/*
 * rtpedge: forwards RTP inside the kernel, by the rules of a daemon in user
 * space.
 */
#include <linux/module.h>

#include "packet.h"

static int __init rtpedge_init(void)
{
	int err;

	err = srtp_cipher_init();
	if (err)
		return err;
#ifdef DEBUG
	err = selftest();
	if (err)
		goto err_table;
#endif
	port_init();
	err = table_init();
	if (err)
		goto err_table;
	err = procfs_init();
	if (err)
		goto err_procfs;
	err = xt_init();
	if (err)
		goto err_xt;
	pr_info("rtpedge %s loaded\n", RTPEDGE_VERSION);
	return 0;

err_xt:
	procfs_stop();
	table_exit();
	procfs_exit();
	goto err_table;
err_procfs:
	table_exit();
err_table:
	srtp_cipher_exit();
	return err;
}

static void __exit rtpedge_exit(void)
{
	xt_exit();
	procfs_stop();
	table_exit();
	procfs_exit();
	srtp_cipher_exit();
}

module_init(rtpedge_init);
module_exit(rtpedge_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("In-kernel forwarding of RTP");
MODULE_AUTHOR("rtpedge");
MODULE_VERSION(RTPEDGE_VERSION);
MODULE_SOFTDEP("pre: ctr gcm");
MODULE_ALIAS("xt_RTPENGINE");
MODULE_ALIAS("ipt_RTPENGINE");
MODULE_ALIAS("ip6t_RTPENGINE");
