/* SPDX-License-Identifier: Apache-2.0
 *
 * netpoll.h: Gs that wait on descriptors, for back ends whose Gs share threads;
 * after Go's netpoll.  netpoll.c has the calls of fd.h for them; here is what
 * the scheduler does its part with.
 */
#ifndef SL_NETPOLL_H
#define SL_NETPOLL_H

#include "shared/wait/fd.h"
#include "shared/wait/timer.h"

/* A G that waits, on its own stack.  Owned by its descriptor's lock while it is
 * queued, then by whoever took it out, until the G has been made runnable. */
struct sl__fd_waiter {
	struct sl__fd_waiter *next;
	sl_g *g;
	struct sl__pollfd *pfd;
	uint64_t turn;          /* of pfd, when it was found not ready */
	int events;
	int result;             /* 0: an event; -ETIMEDOUT, -EBADF */
	bool queued;
	struct sl__timeout timeout;
};

/* Gs that wait on a descriptor; counted until they run again, so that there is
 * no moment at which they are neither here nor in a run queue. */
extern int32_t sl__netpoll_waiters SL__HIDDEN;

/* The Gs for which something has happened, in a list that is the caller's to
 * make runnable.  Waits for the first one, at most until the deadline (0: does
 * not wait; SL_NEVER), or until sl__netpoll_break.  Any thread.  To be called
 * only if there were waiters. */
struct sl__fd_waiter *sl__netpoll(int64_t until);

/* Makes the sl__netpoll that waits return, or the next one that would: until
 * sl__netpoll_mend. */
void sl__netpoll_break(void);
void sl__netpoll_mend(void);

/* The end of a run, with no G left. */
void sl__netpoll_fini(void);

/* Of the back end: a G has begun to wait; somebody is to poll.  Called from
 * commits, so off that G's stack. */
void sl__netpoll_wanted(void);

#endif
