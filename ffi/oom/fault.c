/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include <stdatomic.h>

static _Atomic(enum fault) armed;
static atomic_int left;
static atomic_bool hit;

void fault_arm(enum fault kind, unsigned k)
{
	atomic_store(&armed, FAULT_NONE);
	atomic_store(&left, (int)k);
	atomic_store(&hit, false);
	atomic_store(&armed, kind);
}

void fault_disarm(void)
{
	atomic_store(&armed, FAULT_NONE);
}

bool fault_hit(void)
{
	return atomic_load(&hit);
}

bool fault_now(enum fault kind)
{
	if (atomic_load(&armed) != kind || atomic_fetch_sub(&left, 1) != 0)
		return false;
	atomic_store(&hit, true);
	return true;
}
