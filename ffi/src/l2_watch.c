/* SPDX-License-Identifier: MIT */
/*
 * Frames written to a packet socket pass by netfilter's OUTPUT and POSTROUTING,
 * by IPsec and by programs at the cgroup's egress. So the short way out is open
 * only while none of these is there; what cannot be found out counts as there.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alloc.h"
#include "l2.h"
#include "rtnl.h"

enum { INTERVAL_MS = 1000, HOOK_SUBSYSTEM = 12, HOOK_GET = 0, HOOK_NUMBER = 1,
       NETFILTER_LINK = 10 };

struct l2_watch {
	atomic_bool clear;
	int wake;
	int netfilter_fd, xfrm_fd;	/* or a negative errno */
	pthread_t tid;
};

struct nf_request {
	struct nlmsghdr h;
	struct nfgenmsg g;
	struct nlattr a;
	uint32_t hook;
};

/* 1: a hook is registered, 0: none, or a negative errno. */
static int hooks_at(int fd, uint8_t family, uint32_t hook)
{
	struct nf_request q = {
		.h = { .nlmsg_len = sizeof(q), .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		       .nlmsg_type = HOOK_SUBSYSTEM << 8 | HOOK_GET },
		.g = { .nfgen_family = family, .version = NFNETLINK_V0 },
		.a = { .nla_len = sizeof(q.a) + sizeof(q.hook), .nla_type = HOOK_NUMBER },
		.hook = htonl(hook),
	};

	return rtnl_dump_any(fd, &q, sizeof(q));
}

static int any_chain(int fd)
{
	struct nf_request q = {
		.h = { .nlmsg_len = sizeof(q.h) + sizeof(q.g),
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		       .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN },
		.g = { .version = NFNETLINK_V0 },
	};

	return rtnl_dump_any(fd, &q, q.h.nlmsg_len);
}

/* Whether the file is there and not empty. */
static bool has_content(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char c;
	bool some;

	if (fd < 0)
		return errno != ENOENT;
	some = read(fd, &c, 1) != 0;
	close(fd);
	return some;
}

static bool any_bpf_netfilter_link(void)
{
	union bpf_attr attr;

	for (uint32_t id = 0;;) {
		struct bpf_link_info info = { 0 };
		int fd;
		long err;

		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
		if (syscall(SYS_bpf, BPF_LINK_GET_NEXT_ID, &attr, sizeof(attr)))
			return errno != ENOENT;
		id = attr.next_id;
		memset(&attr, 0, sizeof(attr));
		attr.link_id = id;
		fd = (int)syscall(SYS_bpf, BPF_LINK_GET_FD_BY_ID, &attr, sizeof(attr));
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return true;
		memset(&attr, 0, sizeof(attr));
		attr.info.bpf_fd = (uint32_t)fd;
		attr.info.info_len = sizeof(info);
		attr.info.info = (uintptr_t)&info;
		err = syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
		close(fd);
		if (err || info.type == NETFILTER_LINK)
			return true;
	}
}

/* For a kernel that does not list hooks: whether any of those is there who
 * register them. More than hooks on the way out, as connection tracking comes
 * with rules anywhere. */
static bool any_hook_owner(int fd)
{
	int chain = fd < 0 ? fd : any_chain(fd);

	/* -EINVAL, -EPROTONOSUPPORT: a kernel without nf_tables, or netlink to it. */
	if (chain != 0 && chain != -EINVAL && chain != -EPROTONOSUPPORT)
		return true;
	return has_content("/proc/thread-self/net/ip_tables_names") ||
	       has_content("/proc/thread-self/net/ip6_tables_names") ||
	       access("/proc/thread-self/net/ip_vs", F_OK) == 0 ||
	       access("/sys/fs/selinux/enforce", F_OK) == 0 ||
	       access("/sys/fs/smackfs/load2", F_OK) == 0 || any_bpf_netfilter_link();
}

static bool netfilter_clear(int fd)
{
	static const uint8_t families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	static const uint32_t hooks[] = { NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING };

	for (int i = 0; i < 4; i++) {
		int found = fd < 0 ? fd : hooks_at(fd, families[i / 2], hooks[i % 2]);

		/* -EINVAL: the kernel has no such list (CONFIG_NETFILTER_NETLINK_HOOK). */
		if (found == -EINVAL || found == -EPROTONOSUPPORT)
			return !any_hook_owner(fd);
		if (found)
			return false;
	}
	return true;
}

static bool xfrm_clear(int fd)
{
	struct {
		struct nlmsghdr h;
	} q = { .h = { .nlmsg_len = sizeof(q), .nlmsg_type = XFRM_MSG_GETPOLICY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };

	/* Without netlink to IPsec, policies may come by PF_KEY. */
	if (fd == -EPROTONOSUPPORT)
		return access("/proc/thread-self/net/xfrm_stat", F_OK) != 0 &&
		       access("/proc/thread-self/net/pfkey", F_OK) != 0;
	return fd >= 0 && rtnl_dump_any(fd, &q, sizeof(q)) == 0;
}

/* The directory of the process's own cgroup. 1: path is filled in, 0: this
 * process sees no unified hierarchy, and so nobody it runs under uses one for
 * it; negative: cannot be found out. */
static int cgroup_path(char *path, size_t len)
{
	char line[4096], mount[2048] = "", root[2048], own[2048] = "";
	FILE *f = fopen("/proc/self/mountinfo", "re");

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		if (strstr(line, " - cgroup2 ") &&
		    sscanf(line, "%*s %*s %*s %2047s %2047s", root, mount) == 2)
			break;
	fclose(f);
	if (!mount[0])
		return 0;
	f = fopen("/proc/self/cgroup", "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "0::%2047s", own) == 1)
			break;
	fclose(f);
	/* Mounted from elsewhere than where the process's path begins. */
	if (!own[0] || strcmp(root, "/") != 0)
		return -ENOENT;
	return (size_t)snprintf(path, len, "%s%s", mount, own) < len ? 1 : -ENAMETOOLONG;
}

static bool cgroup_clear(void)
{
	char path[4200];
	int found = cgroup_path(path, sizeof(path)), fd;
	union bpf_attr attr;
	long err;

	if (found <= 0)
		return found == 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)fd;
	attr.query.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.query.query_flags = BPF_F_QUERY_EFFECTIVE;
	err = syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr));
	/* -EINVAL: a kernel without programs at cgroups. */
	err = err ? errno : 0;
	close(fd);
	return err == EINVAL || (err == 0 && attr.query.prog_cnt == 0);
}

static void look(struct l2_watch *w)
{
	atomic_store(&w->clear, netfilter_clear(w->netfilter_fd) && xfrm_clear(w->xfrm_fd) &&
				cgroup_clear());
}

static void *watch_main(void *arg)
{
	struct l2_watch *w = arg;
	struct pollfd p = { .fd = w->wake, .events = POLLIN };

	while (poll(&p, 1, INTERVAL_MS) <= 0)
		look(w);
	return NULL;
}

static void watch_free(struct l2_watch *w)
{
	if (w->wake >= 0)
		close(w->wake);
	if (w->netfilter_fd >= 0)
		close(w->netfilter_fd);
	if (w->xfrm_fd >= 0)
		close(w->xfrm_fd);
	mem_free(w);
}

void l2_watch_start(struct rtpe_core *core)
{
	struct l2_watch *w = mem_zalloc(sizeof(*w));

	if (!w)
		return;
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->netfilter_fd = rtnl_open(NETLINK_NETFILTER);
	w->xfrm_fd = rtnl_open(NETLINK_XFRM);
	look(w);
	if (w->wake < 0 || thread_start(&w->tid, "rtpe-watch", watch_main, w)) {
		watch_free(w);
		return;
	}
	core->l2_watch = w;
}

void l2_watch_stop(struct rtpe_core *core)
{
	uint64_t one = 1;

	if (!core->l2_watch)
		return;
	while (write(core->l2_watch->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_join(core->l2_watch->tid, NULL);
	watch_free(core->l2_watch);
	core->l2_watch = NULL;
}

bool l2_watch_clear(const struct rtpe_core *core)
{
	const struct l2_watch *w = core->l2_watch;

	return w && atomic_load_explicit(&w->clear, memory_order_relaxed);
}
