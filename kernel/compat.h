/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels. Each HAVE_ comes from compiling probe/NAME.c
 * against the headers at hand, for stable releases take over API changes of
 * later ones.
 */
#ifndef RTPEDGE_COMPAT_H
#define RTPEDGE_COMPAT_H

#include <linux/mm.h>

#ifdef HAVE_LINUX_HEX_H
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

#ifdef HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#ifndef HAVE_VM_FLAGS_CLEAR
static inline void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#endif
