/* SPDX-License-Identifier: Apache-2.0
 *
 * plant.h: a slowdown on purpose, for those who want to see whether a comparison finds
 * one.  The scheduler computes for nothing, for as long as asked, for each of its
 * decisions.  It does so where it looks at the clock (pace.h), for all decisions
 * since it last did, so that it costs nothing while nobody asks; on pthreads, whose
 * scheduler is the kernel, in each call that may end in the kernel.
 */
#ifndef SL_PLANT_H
#define SL_PLANT_H

#include <stdint.h>


/* Turns of an empty loop for each decision, in 1/256; 0: none.  May be set at any time,
 * by any thread; relaxed, for nothing else follows from it. */
extern uint32_t sl__planted;

/* The loop, for so many decisions. */
void sl__plant_spin(uint32_t decisions);

static inline void sl__plant(uint32_t decisions)
{
	if (__builtin_expect(__atomic_load_n(&sl__planted, __ATOMIC_RELAXED) != 0, 0))
		sl__plant_spin(decisions);
}

#endif
