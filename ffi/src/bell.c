/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "alloc.h"
#include "sys.h"

struct bell {
	int fd;
	atomic_int refs;		/* the core's and the thread's */
	atomic_int stop;
	_Atomic(rtpe_doorbell) fn;
	atomic_int armed[BELL_RINGS];
};

static void bell_put(struct bell *b)
{
	if (atomic_fetch_sub(&b->refs, 1) != 1)
		return;
	close(b->fd);
	mem_free(b);
}

static void *bell_main(void *arg)
{
	struct bell *b = arg;
	uint64_t n;

	while (read(b->fd, &n, sizeof(n)) > 0 || errno == EINTR) {
		rtpe_doorbell fn;

		if (atomic_load(&b->stop))
			break;
		fn = atomic_load(&b->fn);
		if (fn)
			fn();
	}
	bell_put(b);
	return NULL;
}

struct bell *bell_new(int *err)
{
	struct bell *b = mem_zalloc(sizeof(*b));
	pthread_t tid;

	*err = -ENOMEM;
	if (!b)
		return NULL;
	b->fd = eventfd(0, EFD_CLOEXEC);
	if (b->fd < 0) {
		*err = -errno;
		mem_free(b);
		return NULL;
	}
	atomic_store(&b->refs, 2);
	for (int i = 0; i < BELL_RINGS; i++)
		atomic_store(&b->armed[i], 1);
	*err = thread_start(&tid, "rtpe-bell", bell_main, b);
	if (*err) {
		close(b->fd);
		mem_free(b);
		return NULL;
	}
	pthread_detach(tid);
	return b;
}

static void bell_kick(struct bell *b)
{
	uint64_t one = 1;
	ssize_t n = write(b->fd, &one, sizeof(one));

	/* It can only fail when 2^64 - 1 rings are pending already. */
	(void)n;
}

void bell_free(struct bell *b)
{
	if (!b)
		return;
	atomic_store(&b->stop, 1);
	bell_kick(b);
	bell_put(b);
}

void bell_set(struct bell *b, rtpe_doorbell fn)
{
	atomic_store(&b->fn, fn);
	/* What came before there was anybody to tell. */
	if (fn)
		bell_kick(b);
}

void bell_ring(struct bell *b, unsigned ring)
{
	if (atomic_load(&b->armed[ring]) && atomic_exchange(&b->armed[ring], 0))
		bell_kick(b);
}

void bell_arm(struct bell *b, unsigned ring)
{
	atomic_store(&b->armed[ring], 1);
}

void bell_disarm(struct bell *b, unsigned ring)
{
	atomic_store(&b->armed[ring], 0);
}
