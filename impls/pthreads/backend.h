/* SPDX-License-Identifier: Apache-2.0
 *
 * backend.h of pthreads: Gs run in parallel, so sync/ works with atomics, and
 * its locks block the thread, which is the G.
 */
#ifndef SL_BACKEND_H
#define SL_BACKEND_H

#include "shared/atomic.h"
#include "shared/lock.h"

#define sl__lock(p)   sl__lock_thread(p)
#define sl__unlock(p) sl__unlock_thread(p)

extern bool sl__parallel;       /* the Gs have more than one PU */
#define sl__can_spin() __atomic_load_n(&sl__parallel, __ATOMIC_RELAXED)

/* 0 in a G; in a thread that is none all bits are set. */
extern __thread uintptr_t sl__foreign_bits __attribute__((tls_model("initial-exec")));
#define sl__foreign() sl__foreign_bits
#define sl__is_g()    (!sl__foreign_bits)

/* A G waits where it is: there is nowhere to go. */
#define sl__leave(hop) ((void)(hop))

#endif
