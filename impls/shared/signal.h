/* SPDX-License-Identifier: Apache-2.0
 *
 * signal.h: the one signal that a back end sends to its own threads, beside what the
 * program does with the same: SIGURG, or the number in SCHEDLAB_PREEMPT_SIGNAL.
 *
 * Those that the back end sends carry a mark.  Any other goes to the handler that the
 * program has set, or has the effect that it would have had without us.
 */
#ifndef SL_SIGNAL_H
#define SL_SIGNAL_H

#include <signal.h>

#include "shared/internal.h"

/* From now on one of ours runs on() in the thread that it comes to; errno is kept.
 * flags: of the handler, SA_RESTART or none.  False: the system refuses. */
bool sl__signal_begin(void (*on)(void), int flags);

/* Before one is sent: if the program has set something else meanwhile, that is from now
 * on what others' signals go to. */
void sl__signal_hold(void);

/* Puts back what the program set last. */
void sl__signal_end(void);

int sl__signal_number(void);

/* In the calling thread, and in those that it starts.  Had it been blocked? */
bool sl__signal_unblock(void);
void sl__signal_block(bool);    /* again, if it had */

void sl__signal_send(pid_t tid);

/* A timer on a thread's CPU time that sends it there; false: the system refuses. */
bool sl__signal_timer(int *id, pid_t tid);
void sl__signal_timer_set(int id, int64_t ns);  /* from now on; 0: not at all */
void sl__signal_timer_end(int id);

/* What the signal would have done with *before in place of our handler. */
void sl__signal_pass_on(const struct sigaction *before, int sig, siginfo_t *, void *context);

#endif
