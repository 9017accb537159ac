/* SPDX-License-Identifier: Apache-2.0
 *
 * backend.h of single-p: one thread runs every G, and they change places only
 * where one parks or yields.  Between two such calls nothing else runs, so
 * sync/ needs neither atomics nor locks.
 */
#ifndef SL_BACKEND_H
#define SL_BACKEND_H

#define sl__load(p)      (*(p))
#define sl__store(p, v)  ((void)(*(p) = (v)))
#define sl__add(p, n)    (*(p) += (n))
#define sl__cas(p, o, n) (*(p) == (o) ? (*(p) = (n), true) : false)
#define sl__lock(p)      ((void)(p))
#define sl__unlock(p)    ((void)(p))
#define sl__lock_poll(p)   ((void)(p))
#define sl__unlock_poll(p) ((void)(p))
#define sl__can_spin()   false

/* 0 in a G; in a thread that is none all bits are set. */
extern __thread uintptr_t sl__foreign_bits __attribute__((tls_model("initial-exec")));
#define sl__foreign() sl__foreign_bits
#define sl__is_g()    (!sl__foreign_bits)

/* Nothing is left to do for the G that has left. */
#define sl__arrived() ((void)0)

#include "shared/coro/switch.h"

#endif
