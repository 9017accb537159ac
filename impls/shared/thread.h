/* SPDX-License-Identifier: Apache-2.0
 *
 * thread.h: what the kernel says of another thread of this process.
 */
#ifndef SL_THREAD_H
#define SL_THREAD_H

#include "shared/internal.h"

/* Does it sleep in the kernel, and block the signal (0: any)?  A snapshot; without
 * /proc nobody can say, and it is otherwise.  Calls no malloc. */
bool sl__thread_sleeps(pid_t tid, int sig, bool otherwise);

/* The clock of its CPU time. */
static inline clockid_t sl__thread_clock(pid_t tid)
{
	/* Its name since Linux 2.6.12. */
	return (clockid_t)(~(unsigned)tid << 3 | 6);
}

#endif
