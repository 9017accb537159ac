/* SPDX-License-Identifier: Apache-2.0
 *
 * asym.h: fences that cost only one side.
 *
 * Most of the scheduler's races have a frequent side (a P working on its own
 * queue, a G submitting work) and a rare one (a thief, an M about to sleep).
 * Each writes one word and then reads the other's; at least one of them must
 * see the other's write, which takes a store-load fence on both sides: 7 ns
 * where a whole context switch takes 3.  membarrier(2) moves the cost: the rare
 * side's system call (0.2 to 0.5 µs) makes every running thread of the process
 * pass a full fence, so the frequent side needs none: only the compiler must
 * keep its order.
 *
 * Without membarrier both sides use real fences; asym.c says how a run gets there that
 * has begun with it.
 */
#ifndef SL_ASYM_H
#define SL_ASYM_H

#include "shared/internal.h"

extern bool sl__asym SL__HIDDEN;   /* atomic: membarrier is there; it may go during a run */

void sl__asym_init(void);

/* A full fence, as an instruction: ThreadSanitizer rejects the C one. */
static inline void full_fence(void)
{
#if defined(__x86_64__)
	__asm__ volatile("lock orl $0, (%%rsp)" ::: "memory", "cc");
#else
	__asm__ volatile("dmb ish" ::: "memory");
#endif
}

/* The frequent side, between its store and its load. */
static inline void asym_light(void)
{
	if (sl__likely(__atomic_load_n(&sl__asym, __ATOMIC_RELAXED)))
		__asm__ volatile("" ::: "memory");
	else
		full_fence();
}

/* The rare side, between its store and its load. */
void asym_heavy(void);

/* Likewise, if the frequent side passes no asym_light, for it counts on membarrier. */
void asym_heavy_always(void);

#endif
