/* SPDX-License-Identifier: Apache-2.0
 *
 * backend.h of work-stealing: Gs run in parallel, so sync/ works with atomics.
 * Its locks block the M for the few instructions that they are held.
 *
 * With one P only one G runs at a time, whichever M it is on, and a change of M
 * is a full fence.  Then, as in a kernel built for one processor, an operation
 * need only be a single instruction, so that no preemption can split it: the
 * same one without its lock prefix, a third of the price.
 */
#ifndef SL_BACKEND_H
#define SL_BACKEND_H

#include "atomic.h"
#include "lock.h"

/* More than one P; set before the first G runs. */
extern bool sl__smp;
#define sl__can_spin() sl__smp

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#undef sl__cas
#undef sl__add

#define sl__cas(p, o, n) __extension__({ \
	__typeof__(*(p)) sl__o = (o), sl__n = (n); \
	bool sl__done; \
	if (sl__smp) \
		sl__done = __atomic_compare_exchange_n(p, &sl__o, sl__n, false, \
		                                       __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE); \
	else \
		__asm__ volatile("cmpxchg %3, %1" \
		                 : "=@ccz"(sl__done), "+m"(*(p)), "+a"(sl__o) \
		                 : "r"(sl__n) : "memory"); \
	sl__done; })

#define sl__add(p, n) __extension__({ \
	__typeof__(*(p)) sl__a = (__typeof__(*(p)))(n), sl__b = sl__a; \
	if (sl__smp) \
		sl__a = __atomic_add_fetch(p, sl__a, __ATOMIC_SEQ_CST); \
	else { \
		__asm__ volatile("xadd %0, %1" : "+r"(sl__a), "+m"(*(p)) :: "memory", "cc"); \
		sl__a += sl__b; \
	} \
	sl__a; })

static inline void sl__lock(uint32_t *l)
{
	if (!sl__cas(l, 0, 1))
		sl__lock_slow(l);
}

/* Nobody waits for a lock while it is held if nobody else runs. */
static inline void sl__unlock(uint32_t *l)
{
	if (sl__smp)
		sl__unlock_thread(l);
	else
		sl__store(l, 0);
}
#else
#define sl__lock(p)   sl__lock_thread(p)
#define sl__unlock(p) sl__unlock_thread(p)
#endif

#endif
