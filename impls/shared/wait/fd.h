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
 * netpoll.c has them for back ends whose Gs share threads: the call does not block,
 * and the G parks.  On 1:1 the system call itself blocks.
 *
 * WHAT MAY BLOCK.  O_NONBLOCK belongs to the file as it was opened, so to everybody who
 * has it: to set it for a terminal makes the shell's reads fail, and what others write
 * there is lost.  It is set only for what this process has opened (PLAIN).  A SHARED
 * file, which it was started with, is left as it is; each call says for itself that it
 * is not to block (RWF_NOWAIT), which sockets know, and pipes since Linux 6.4.  Where
 * the kernel cannot, as on a terminal, poll is asked first, and then the call does
 * block if somebody else was quicker; and so does one on a DIRECT file, which epoll
 * refuses, for as long as the disk takes.  Both are made as blocking calls.
 *
 * Tried and dropped: the file opened anew through /proc/self/fd (not for sockets; a pipe
 * that is held open so does not end; and a number that dup2 has given another file is
 * not); to set O_NONBLOCK back at the end (kill -9, and all that happens before).
 */
#ifndef SL_SYNC_FD_H
#define SL_SYNC_FD_H

#include <errno.h>

#include "shared/internal.h"

enum sl__fd_kind { SL__FD_UNUSED, SL__FD_PLAIN, SL__FD_SHARED, SL__FD_DIRECT };

struct sl__fd_use {
	int fd;
	enum sl__fd_kind kind;
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

/* inherited.c: is it a file that this process was started with, or standard input,
 * output or error? */
bool sl__fd_inherited(int fd);

/* Gs that wait on fd get -EBADF, then fd is closed.  0 or -errno. */
int sl__fd_close(int fd);

#endif
