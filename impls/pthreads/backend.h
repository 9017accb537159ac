/* SPDX-License-Identifier: Apache-2.0
 *
 * backend.h of pthreads: Gs run in parallel, so sync/ works with atomics, and
 * its locks block the thread, which is the G.
 */
#ifndef SL_BACKEND_H
#define SL_BACKEND_H

#include "atomic.h"
#include "lock.h"

#define sl__lock(p)   sl__lock_thread(p)
#define sl__unlock(p) sl__unlock_thread(p)

extern bool sl__parallel;       /* the Gs have more than one PU */
#define sl__can_spin() __atomic_load_n(&sl__parallel, __ATOMIC_RELAXED)

/* A G waits where it is: there is nowhere to go. */
#define sl__leave(hop) ((void)(hop))

#endif
