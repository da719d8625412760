/* SPDX-License-Identifier: MIT */
/* What the core asks of the kernel, failing when it is its turn. Linked with
 * --wrap for each of these names. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "fault.h"

#define WRAP(type, name, kind, error, params, args)                \
	type __real_##name params;                                 \
	type __wrap_##name params;                                 \
	type __wrap_##name params                                  \
	{                                                          \
		if (fault_now(kind)) {                             \
			errno = error;                             \
			return -1;                                 \
		}                                                  \
		return __real_##name args;                         \
	}

WRAP(int, socket, FAULT_SOCKET, EMFILE, (int family, int type, int protocol),
     (family, type, protocol))
WRAP(int, bind, FAULT_SOCKET, ENOMEM, (int fd, const struct sockaddr *sa, socklen_t len),
     (fd, sa, len))
WRAP(int, setsockopt, FAULT_OPTION, ENOMEM,
     (int fd, int level, int name, const void *value, socklen_t len),
     (fd, level, name, value, len))
WRAP(int, epoll_create1, FAULT_DESCRIPTOR, EMFILE, (int flags), (flags))
WRAP(int, eventfd, FAULT_DESCRIPTOR, EMFILE, (unsigned n, int flags), (n, flags))
WRAP(int, epoll_ctl, FAULT_EPOLL, ENOSPC, (int fd, int op, int what, struct epoll_event *ev),
     (fd, op, what, ev))
WRAP(ssize_t, sendmsg, FAULT_SEND, ENOBUFS, (int fd, const struct msghdr *m, int flags),
     (fd, m, flags))
WRAP(int, sendmmsg, FAULT_SEND, ENOBUFS, (int fd, struct mmsghdr *m, unsigned n, int flags),
     (fd, m, n, flags))

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (fault_now(FAULT_DESCRIPTOR)) {
		errno = EMFILE;
		return -1;
	}
	return __real_open(path, flags, mode);
}

int __real_pthread_create(pthread_t *tid, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);
int __wrap_pthread_create(pthread_t *tid, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg);
int __wrap_pthread_create(pthread_t *tid, const pthread_attr_t *attr, void *(*fn)(void *),
			  void *arg)
{
	return fault_now(FAULT_THREAD) ? EAGAIN : __real_pthread_create(tid, attr, fn, arg);
}

void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (fault_now(FAULT_BPF)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return __real_mmap(at, len, prot, flags, fd, offset);
}

long __real_syscall(long number, long a, long b, long c);
long __wrap_syscall(long number, long a, long b, long c);
/* The core's only one is bpf(), which takes three arguments. */
long __wrap_syscall(long number, long a, long b, long c)
{
	if (fault_now(FAULT_BPF)) {
		errno = ENOMEM;
		return -1;
	}
	return __real_syscall(number, a, b, c);
}
