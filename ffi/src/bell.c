/* SPDX-License-Identifier: MIT */
#include "bell.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "alloc.h"
#include "sys.h"

enum { BELL_EVENTS = 16 };

struct bell {
	int fd;				/* eventfd: a ring is not empty */
	int epfd;			/* waits for fd and for what is watched */
	atomic_int refs;		/* the core's and the thread's */
	atomic_int stop;
	_Atomic(rtpe_doorbell) fn;
	atomic_int armed[BELL_RINGS];
};

static void bell_destroy(struct bell *b)
{
	if (b->fd >= 0)
		close(b->fd);
	if (b->epfd >= 0)
		close(b->epfd);
	mem_free(b);
}

static void bell_put(struct bell *b)
{
	if (atomic_fetch_sub(&b->refs, 1) != 1)
		return;
	bell_destroy(b);
}

static void *bell_main(void *arg)
{
	struct bell *b = arg;
	struct epoll_event ev[BELL_EVENTS];

	while (!atomic_load(&b->stop)) {
		rtpe_doorbell fn;
		uint64_t n;

		if (epoll_wait(b->epfd, ev, BELL_EVENTS, -1) <= 0)
			continue;
		/* Not blocking: empty when it was a watched descriptor. */
		if (read(b->fd, &n, sizeof(n)) < 0)
			n = 0;
		fn = atomic_load(&b->fn);
		if (fn && !atomic_load(&b->stop))
			fn();
	}
	bell_put(b);
	return NULL;
}

static int bell_open(struct bell *b)
{
	struct epoll_event ev = { .events = EPOLLIN };

	b->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	b->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (b->fd < 0 || b->epfd < 0 || epoll_ctl(b->epfd, EPOLL_CTL_ADD, b->fd, &ev))
		return -errno;
	return 0;
}

struct bell *bell_new(int *err)
{
	struct bell *b = mem_zalloc(sizeof(*b));
	pthread_t tid;

	*err = -ENOMEM;
	if (!b)
		return NULL;
	atomic_store(&b->refs, 2);
	for (int i = 0; i < BELL_RINGS; i++)
		atomic_store(&b->armed[i], 1);
	*err = bell_open(b);
	if (!*err)
		*err = thread_start(&tid, "rtpe-bell", bell_main, b);
	if (*err) {
		bell_destroy(b);
		return NULL;
	}
	pthread_detach(tid);
	return b;
}

static int watch(struct bell *b, int op, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT };

	return epoll_ctl(b->epfd, op, fd, &ev) ? -errno : 0;
}

int bell_watch(struct bell *b, int fd)
{
	return watch(b, EPOLL_CTL_ADD, fd);
}

void bell_watch_again(struct bell *b, int fd)
{
	watch(b, EPOLL_CTL_MOD, fd);
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
