/* SPDX-License-Identifier: MIT */
/*
 * From a packet's destination to its slot: local address → interface → array
 * of ports. Relay threads read without a lock; only the API writes.
 */
#include <errno.h>
#include <unistd.h>

#include "alloc.h"
#include "core.h"

enum { HASH_SIZE = MAX_IFACES * 4 };

#define PORT_ARRAY_BYTES (PORTS * sizeof(_Atomic uint32_t))

static uint32_t hash_of(const struct rtpe_addr *a)
{
	uint32_t w[4], h;

	memcpy(w, a->ip, sizeof(w));
	h = w[0] * 0x9e3779b1u ^ w[1] * 0x85ebca77u ^ w[2] * 0xc2b2ae3du ^ w[3] * 0x27d4eb2fu;
	return (h ^ h >> 15) % HASH_SIZE;
}

/* The table goes by the bare address: a datagram does not tell its zone in
 * every mode, so one link-local address in two zones is one interface. */
static bool same_iface(const struct rtpe_addr *a, const struct rtpe_addr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, 16) == 0;
}

struct iface *table_iface(struct rtpe_core *core, const struct rtpe_addr *addr)
{
	uint32_t at = hash_of(addr);

	for (;; at = (at + 1) % HASH_SIZE) {
		uint16_t i = atomic_load_explicit(&core->iface_hash[at], memory_order_acquire);

		if (i == 0)
			return NULL;
		if (same_iface(&core->ifaces[i - 1].addr, addr))
			return &core->ifaces[i - 1];
	}
}

static void hash_insert(struct rtpe_core *core, const struct iface *f)
{
	uint32_t at = hash_of(&f->addr);

	while (atomic_load_explicit(&core->iface_hash[at], memory_order_relaxed))
		at = (at + 1) % HASH_SIZE;
	atomic_store_explicit(&core->iface_hash[at], (uint16_t)(f->index + 1),
			      memory_order_release);
}

static void hash_rebuild(struct rtpe_core *core)
{
	for (uint32_t i = 0; i < HASH_SIZE; i++)
		atomic_store_explicit(&core->iface_hash[i], 0, memory_order_relaxed);
	for (uint32_t i = 0; i < core->n_ifaces; i++)
		if (core->ifaces[i].addr.family)
			hash_insert(core, &core->ifaces[i]);
}

/* A place for one more: a new one, or that of an address without ports. */
static struct iface *iface_place(struct rtpe_core *core)
{
	if (core->n_ifaces < MAX_IFACES)
		return &core->ifaces[core->n_ifaces];
	for (uint32_t i = 0; i < MAX_IFACES; i++) {
		struct iface *f = &core->ifaces[i];

		if (f->open_ports)
			continue;
		/* Packets of the moment of rebuilding may count as unknown. */
		core->engine->iface_remove(core, f);
		f->addr.family = 0;
		hash_rebuild(core);
		core_synchronize(core);
		return f;
	}
	return NULL;
}

struct iface *table_iface_get(struct rtpe_core *core, const struct rtpe_addr *addr, int *err)
{
	struct iface *f = table_iface(core, addr);

	if (f)
		return f;
	*err = -ENOSPC;
	f = iface_place(core);
	if (!f)
		return NULL;
	if (!f->slot_of_port)
		f->slot_of_port = mem_map(PORT_ARRAY_BYTES);
	*err = -ENOMEM;
	if (!f->slot_of_port)
		return NULL;
	f->index = (uint32_t)(f - core->ifaces);
	f->addr = *addr;
	f->addr.port = 0;
	f->raw_fd = -1;
	*err = core->engine->iface_add(core, f);
	if (*err) {
		f->addr.family = 0;
		if (f->index == core->n_ifaces) {
			mem_unmap(f->slot_of_port, PORT_ARRAY_BYTES);
			f->slot_of_port = NULL;
		}
		return NULL;
	}
	if (f->index == core->n_ifaces)
		core->n_ifaces++;
	hash_insert(core, f);
	return f;
}

struct slot *table_slot(struct rtpe_core *core, const struct rtpe_addr *local)
{
	const struct iface *f = table_iface(core, local);
	uint32_t i;

	if (!f)
		return NULL;
	i = atomic_load_explicit(&f->slot_of_port[local->port], memory_order_acquire);
	return i ? &core->slots[i - 1] : NULL;
}

void table_free(struct rtpe_core *core)
{
	for (uint32_t i = 0; i < core->n_ifaces; i++) {
		struct iface *f = &core->ifaces[i];

		if (f->addr.family)
			core->engine->iface_remove(core, f);
		mem_unmap(f->slot_of_port, PORT_ARRAY_BYTES);
	}
	core->n_ifaces = 0;
}
