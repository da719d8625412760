/* SPDX-License-Identifier: MIT */
/*
 * Counters in a file. A process that is killed takes its memory with it; a
 * mapped file stays as it was at the last packet, at no cost while it lives.
 * The file is sparse. Blocks are allocated before they are touched: a full
 * file system must refuse a port, not raise SIGBUS in a relay thread.
 */
#include "counters_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"

enum { CHUNK = 256 };		/* slots allocated at a time */

static size_t bytes_of(uint32_t slots)
{
	return slots * sizeof(struct rtpe_counters);
}

static size_t total(uint32_t slots)
{
	return bytes_of(slots) + slots * (sizeof(struct rtpe_srtp_port) + COUNTERS_LEFT);
}

static void *mapped(const struct counters_file *file)
{
	if (file->fd < 0)
		return mem_map(total(file->slots));
	return mmap(NULL, total(file->slots), PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
}

int counters_map(struct counters_file *file, const char *path, uint32_t slots)
{
	void *p;

	file->fd = -1;
	file->slots = slots;
	if (path[0]) {
		/* Whoever may write to the directory could have put a link there. */
		file->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file->fd < 0)
			return -errno;
		if (ftruncate(file->fd, (off_t)total(slots)))
			return -errno;
	}
	p = mapped(file);
	if (!p || p == MAP_FAILED)
		return -ENOMEM;
	file->counters = p;
	file->srtp = (struct rtpe_srtp_port *)(file->counters + slots);
	file->left = (uint8_t *)(file->srtp + slots);
	return 0;
}

int counters_reserve(struct counters_file *file, uint32_t slot)
{
	uint32_t end = file->slots - slot > CHUNK ? slot + CHUNK : file->slots;

	if (file->fd < 0 || slot < file->reserved)
		return 0;
	/* Writes zeros where the file system cannot allocate. */
	if (posix_fallocate(file->fd, (off_t)bytes_of(file->reserved),
			    (off_t)bytes_of(end - file->reserved)))
		return -ENOSPC;
	file->reserved = end;
	return 0;
}

static int reserve_at(const struct counters_file *file, const void *at, size_t len)
{
	off_t start = (const uint8_t *)at - (const uint8_t *)file->counters;

	return file->fd >= 0 && posix_fallocate(file->fd, start, (off_t)len) ? -ENOSPC : 0;
}

int counters_reserve_srtp(struct counters_file *file, uint32_t slot)
{
	return reserve_at(file, &file->srtp[slot], sizeof(file->srtp[slot]));
}

int counters_reserve_left(struct counters_file *file, uint32_t slot)
{
	return reserve_at(file, file->left + (size_t)slot * COUNTERS_LEFT, COUNTERS_LEFT);
}

void counters_unmap(struct counters_file *file)
{
	if (file->fd < 0) {
		mem_unmap(file->counters, total(file->slots));
	} else {
		if (file->counters)
			munmap(file->counters, total(file->slots));
		close(file->fd);
	}
	file->counters = NULL;
	file->srtp = NULL;
	file->left = NULL;
	file->fd = -1;
}
