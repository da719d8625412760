/* SPDX-License-Identifier: MIT */
/* Getting a table and letting go of it. */
#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "kernel.h"

static const char *opts_problem(const struct rtpe_core *core, const struct rtpe_offload_opts *o)
{
	if (!o || o->size != sizeof(*o))
		return "the options are not of this library's version";
	if (core->kernel || core->n_used_slots)
		return "the kernel module has to be asked before ports are open";
	if (o->table >= RTPE_KERNEL_TABLES)
		return "the table is not between 0 and 63";
	if (o->hook > RTPE_HOOK_EARLY)
		return "the hook is none of off, input and early";
	if (o->slots < 2 || o->slots > RTPE_KERNEL_MAX_SLOTS)
		return "the number of slots is not between 2 and 131072";
	if (o->lease_ms > RTPE_KERNEL_MAX_LEASE_MS || o->retry_ms > RTPE_KERNEL_MAX_LEASE_MS)
		return "the lease is longer than an hour";
	if (memchr(o->proc, 0, sizeof(o->proc)) == NULL)
		return "the path of the module's files is too long";
	return NULL;
}

static struct kernel *kernel_new(struct rtpe_core *core, const struct rtpe_offload_opts *opts)
{
	struct kernel *k = mem_zalloc(sizeof(*k));

	if (!k)
		return NULL;
	k->opts = *opts;
	k->fd = -1;
	k->ports = mem_map(core->opts.max_slots * sizeof(*k->ports));
	k->back = mem_map(core->opts.max_slots * sizeof(*k->back));
	k->info = mem_map(core->opts.max_slots * sizeof(*k->info));
	k->free = mem_map(opts->slots * sizeof(*k->free));
	k->again = mem_map(core->opts.max_slots * sizeof(*k->again));
	core->kernel = k;
	atomic_store(&core->ready, mem_map(kernel_ready_words(core) * sizeof(*core->ready)));
	if (k->ports && k->back && k->info && k->free && k->again && core->ready)
		return k;
	kernel_free(core);
	return NULL;
}

/* Places in use by an earlier process are not free. */
static void places_init(struct kernel *k)
{
	uint8_t *used = mem_map(k->opts.slots);

	k->free_head = k->free_count = 0;
	for (uint32_t i = 0; used && i < k->n_heirs; i++)
		used[k->heirs[i].place] = 1;
	for (uint32_t i = 0; i < k->opts.slots; i++)
		if (used && !used[i])
			k->free[k->free_count++] = i;
	mem_unmap(used, k->opts.slots);
}

static int fail(int e, const char *problem, char *err, rtpe_u32 err_len)
{
	if (err && err_len) {
		strncpy(err, problem, err_len - 1);
		err[err_len - 1] = '\0';
	}
	return e;
}

int rtpe_offload_open(struct rtpe_core *core, const struct rtpe_offload_opts *opts, char *err,
		      rtpe_u32 err_len)
{
	const char *problem = opts_problem(core, opts);
	struct kernel *k;
	int e;

	if (err && err_len)
		err[0] = '\0';
	if (problem)
		return fail(-EINVAL, problem, err, err_len);
	k = kernel_new(core, opts);
	if (!k)
		return fail(-ENOMEM, "out of memory for the kernel module's table", err, err_len);
	e = kernel_attach(k, opts->adopt, err, err_len);
	k->status.up = e == 0;
	if (e && !opts->patient) {
		kernel_free(core);
		return e;
	}
	places_init(k);
	return 0;
}

int rtpe_offload_adopted(struct rtpe_core *core)
{
	struct kernel *k = core->kernel;
	uint32_t n = 0;

	if (!k)
		return 0;
	for (uint32_t i = 0; i < k->n_heirs; i++) {
		if (k->heirs[i].claimed)
			continue;
		n++;
		kernel_send(k, RTPE_KERNEL_PORT_CLOSE, k->heirs[i].place, 0);
		k->free[(k->free_head + k->free_count++) % k->opts.slots] = k->heirs[i].place;
	}
	k->n_heirs = 0;
	/* A rule of before that nobody has replaced is nobody's. */
	for (uint32_t i = 0; i < core->n_used_slots; i++)
		if (slot_of(core, i) && k->ports[i].adopted && !k->ports[i].rule)
			kernel_pull(core, &core->slots[i]);
	return (int)n;
}

const struct rtpe_offload_slot *rtpe_offload_slots(struct rtpe_core *core)
{
	return core->kernel ? core->kernel->info : NULL;
}

static void forget_slot(struct rtpe_core *core, struct slot *slot)
{
	atomic_store(&slot->kernel, 0);
	kernel_rule_forget(&core->kernel->ports[slot->index]);
}

void kernel_free(struct rtpe_core *core)
{
	struct kernel *k = core->kernel;

	if (!k)
		return;
	kernel_each_slot(core, forget_slot);
	kernel_detach(k);
	mem_unmap(k->heirs, k->opts.slots * sizeof(*k->heirs));
	mem_unmap(k->free, k->opts.slots * sizeof(*k->free));
	mem_unmap(k->again, core->opts.max_slots * sizeof(*k->again));
	mem_unmap(k->info, core->opts.max_slots * sizeof(*k->info));
	mem_unmap(k->back, core->opts.max_slots * sizeof(*k->back));
	mem_unmap(k->ports, core->opts.max_slots * sizeof(*k->ports));
	core->kernel = NULL;
	mem_unmap(atomic_exchange(&core->ready, NULL), kernel_ready_words(core) * sizeof(*core->ready));
	explicit_bzero(k, sizeof(*k));
	mem_free(k);
}

static void unmark(struct rtpe_core *core, struct slot *slot)
{
	(void)core;
	atomic_fetch_and(&slot->kernel, (uint8_t)~(KERNEL_RULED | KERNEL_KEYED));
}

int rtpe_offload_close(struct rtpe_core *core, rtpe_u32 keep)
{
	struct kernel *k = core->kernel;
	bool had;

	if (!k)
		return -ENODEV;
	had = k->fd >= 0;
	kernel_each_slot(core, unmark);
	/* A relay thread may be reading from its file. */
	core_synchronize(core);
	kernel_detach(k);
	k->status.up = 0;
	return had && !keep ? kernel_delete(k) : 0;
}
