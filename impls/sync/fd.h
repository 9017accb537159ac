/* SPDX-License-Identifier: Apache-2.0
 *
 * fd.h: what the calls on descriptors (fd.c) ask of the back end.
 *
 * Each is a system call between sl__fd_begin and sl__fd_again:
 *
 *     if ((err = sl__fd_begin(&use, fd)))
 *             return err;
 *     do
 *             r = the system call's result, or -errno;
 *     while (sl__fd_again(&use, &r, POLLIN, 0));
 *     return r;
 *
 * netpoll.c has them for back ends whose Gs share threads: the descriptor does
 * not block, and the G parks.  On 1:1 the system call itself blocks.
 */
#ifndef SL_SYNC_FD_H
#define SL_SYNC_FD_H

#include <errno.h>

#include "internal.h"

struct sl__fd_use {
	int fd;
	uint64_t turn;          /* netpoll.c: how things stood before the call */
};

/* 0, or -errno: there is no such descriptor, or it cannot be waited for. */
int sl__fd_begin(struct sl__fd_use *, int fd);

/* Looks at the call's result.  True: make the call again, after it was
 * interrupted (-EINTR), or would have blocked (-EAGAIN) and this has waited for
 * one of events, at most until deadline (0: none).  False: *r is what to
 * return, and the use is over. */
bool sl__fd_again(struct sl__fd_use *, ssize_t *r, int events, int64_t deadline);

/* close(2): 0 or -errno.  After EINTR it is closed all the same.  Not the C
 * library's: ThreadSanitizer takes a close beside a read for a data race, and
 * here it is a way to end the read. */
static inline int sl__close(int fd)
{
	int saved = errno, err = 0;

	if (syscall(SYS_close, fd) != 0 && errno != EINTR)
		err = -errno;
	errno = saved;
	return err;
}

/* Gs that wait on fd get -EBADF, then fd is closed.  0 or -errno. */
int sl__fd_close(int fd);

#endif
