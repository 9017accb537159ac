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

/* Gs that wait on fd get -EBADF, then fd is closed.  0 or -errno. */
int sl__fd_close(int fd);

#endif
