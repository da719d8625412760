/* SPDX-License-Identifier: MIT */
/* The table's file: getting it, writing to it, reading what was left in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "kernel.h"

#define PROC "/proc/rtpengine"

enum { PATH_LEN = RTPE_PATH_MAX + 32 };

ssize_t (*kernel_write)(int fd, const void *buf, size_t len) = write;

static const char *proc_of(const struct kernel *k)
{
	return k->opts.proc[0] ? k->opts.proc : PROC;
}

static void path_of(const struct kernel *k, const char *file, char *path)
{
	snprintf(path, PATH_LEN, "%s/%u/%s", proc_of(k), k->opts.table, file);
}

__attribute__((format(printf, 4, 5)))
static int fail(int e, char *err, uint32_t len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (err && len)
		vsnprintf(err, len, format, args);
	va_end(args);
	return e;
}

/* "add N" or "del N". */
static int command(const struct kernel *k, const char *verb)
{
	char path[PATH_LEN], text[24];
	int fd, n, err = 0;

	snprintf(path, sizeof(path), "%s/control", proc_of(k));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = snprintf(text, sizeof(text), "%s %u", verb, k->opts.table);
	if (write(fd, text, (size_t)n) != n)
		err = -errno;
	close(fd);
	return err;
}

static int open_control(const struct kernel *k)
{
	char path[PATH_LEN];
	int fd;

	path_of(k, "control", path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int kernel_tell(struct kernel *k, uint16_t type, uint32_t place, const void *body, uint32_t len)
{
	if (len)
		memcpy(k->message + sizeof(struct rtpe_kernel_msg), body, len);
	return kernel_send(k, type, place, len);
}

int kernel_send(struct kernel *k, uint16_t type, uint32_t place, uint32_t len)
{
	struct rtpe_kernel_msg head = {
		.size = (rtpe_u32)sizeof(head) + len,
		.version = RTPE_KERNEL_VERSION,
		.type = type,
		.slot = place,
	};
	ssize_t n;

	if (k->fd < 0)
		return -ENODEV;
	memcpy(k->message, &head, sizeof(head));
	do
		n = kernel_write(k->fd, k->message, head.size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int hello(struct kernel *k, bool adopt)
{
	struct rtpe_kernel_hello h = {
		.rule_abi = RTPE_RULE_ABI,
		.rule_size = sizeof(struct rtpe_rule),
		.output_size = sizeof(struct rtpe_output),
		.bundle_size = sizeof(struct rtpe_bundle),
		.counters_size = sizeof(struct rtpe_counters),
		.srtp_size = sizeof(struct rtpe_srtp_port),
		.flags = adopt ? RTPE_KERNEL_ADOPT : 0,
		.n_slots = k->opts.slots,
		.lease_ms = k->opts.lease_ms,
		.mark = k->opts.mark,
		.mark_mask = k->opts.mark ? ~(rtpe_u32)0 : 0,
	};

	if (k->opts.hook == RTPE_HOOK_INPUT)
		h.flags |= RTPE_KERNEL_HOOK_INPUT;
	if (k->opts.hook == RTPE_HOOK_EARLY)
		h.flags |= RTPE_KERNEL_HOOK_EARLY;
	return kernel_tell(k, RTPE_KERNEL_HELLO, 0, &h, sizeof(h));
}

static int map_counters(struct kernel *k)
{
	void *p = mmap(NULL, k->opts.slots * sizeof(*k->counters), PROT_READ, MAP_SHARED,
		       k->fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	k->counters = p;
	return 0;
}

static int get_control(struct kernel *k, char *err, uint32_t err_len)
{
	int fd = open_control(k), e;

	if (fd == -ENOENT) {
		e = command(k, "add");
		if (e == -ENOENT)
			return fail(e, err, err_len, "there is no %s/control: the kernel module "
				    "is not loaded", proc_of(k));
		if (e && e != -EEXIST)
			return fail(e, err, err_len, "table %u cannot be made: %s",
				    k->opts.table, strerror(-e));
		fd = open_control(k);
	}
	if (fd == -EBUSY)
		return fail(fd, err, err_len, "another program controls table %u",
			    k->opts.table);
	if (fd < 0)
		return fail(fd, err, err_len, "%s/%u/control cannot be opened: %s", proc_of(k),
			    k->opts.table, strerror(-fd));
	k->fd = fd;
	return 0;
}

int kernel_attach(struct kernel *k, bool adopt, char *err, uint32_t err_len)
{
	int e = get_control(k, err, err_len);

	if (e)
		return e;
	e = adopt ? hello(k, true) : -ESTALE;
	if (e == 0)
		e = kernel_read_heirs(k);
	else if (e == -ESTALE)
		e = hello(k, false);
	if (e == 0)
		e = map_counters(k);
	if (e == 0)
		return 0;
	kernel_detach(k);
	if (e == -EPROTO || e == -EINVAL)
		return fail(-EPROTO, err, err_len,
			    "the kernel module is of another version than this program");
	return fail(e, err, err_len, "table %u cannot be used: %s", k->opts.table, strerror(-e));
}

void kernel_detach(struct kernel *k)
{
	if (k->counters)
		munmap((void *)(uintptr_t)k->counters, k->opts.slots * sizeof(*k->counters));
	k->counters = NULL;
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

int kernel_delete(const struct kernel *k)
{
	return command(k, "del");
}

bool kernel_alive(struct kernel *k)
{
	/* Something to say that changes nothing: no such port, but who says so? */
	int e = kernel_send(k, RTPE_KERNEL_RULE_CLEAR, k->opts.slots, 0);

	return e == -ENOENT || e == 0;
}

/* ---- what an earlier process has left ---------------------------------------- */

static int heir_add(struct kernel *k, const struct rtpe_kernel_port *r)
{
	struct kernel_heir *h;

	/* A file that contradicts itself is not worth going on from. */
	if (r->size != sizeof(*r) || r->slot >= k->opts.slots || k->n_heirs == k->opts.slots)
		return -EPROTO;
	h = &k->heirs[k->n_heirs++];
	h->local = r->local;
	if (!addr_normalise(&h->local))
		return -EPROTO;
	h->place = r->slot;
	h->ruled = r->has_rule;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct kernel_heir *x = a, *y = b;

	return memcmp(&x->local, &y->local, sizeof(x->local));
}

struct kernel_heir *kernel_heir(const struct kernel *k, const struct rtpe_addr *local)
{
	const struct kernel_heir wanted = { .local = *local };
	struct kernel_heir *h;

	if (!k->n_heirs)
		return NULL;
	h = bsearch(&wanted, k->heirs, k->n_heirs, sizeof(wanted), by_address);
	return h && !h->claimed ? h : NULL;
}

int kernel_read_heirs(struct kernel *k)
{
	struct rtpe_kernel_port records[64];
	char path[PATH_LEN];
	size_t have = 0;
	int fd, err = 0;

	k->heirs = mem_map(k->opts.slots * sizeof(*k->heirs));
	if (!k->heirs)
		return -ENOMEM;
	path_of(k, "blist", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n = read(fd, (uint8_t *)records + have, sizeof(records) - have);
		size_t i, whole;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err = n < 0 ? -errno : 0;
			break;
		}
		have += (size_t)n;
		whole = have / sizeof(records[0]);
		for (i = 0; i < whole && !err; i++)
			err = heir_add(k, &records[i]);
		if (err)
			break;
		have -= whole * sizeof(records[0]);
		memmove(records, &records[whole], have);
	}
	close(fd);
	qsort(k->heirs, k->n_heirs, sizeof(*k->heirs), by_address);
	return err;
}
