/* SPDX-License-Identifier: Apache-2.0
 *
 * stack.h: stacks for Gs.
 *
 * Stacks are slots in slabs of address space; the lowest pages of each are its guard.
 * A slab is never given back before the pool's end: stacks that are free lie in the
 * free lists of their users (a P, say), linked through the sl__stack at their upper
 * end; those that have lain there for long, their users give back to the pool.
 */
#ifndef SL_STACK_H
#define SL_STACK_H

#include "shared/internal.h"

/* At the upper end of the stack that it describes. */
struct sl__stack {
	struct sl__stack *next, *batch; /* in a free list */
	char *lo;                       /* first usable byte, above the guard */
	void *scratch;                  /* where a context goes that nobody resumes */
	uint32_t slot;
	uint32_t valgrind;              /* by what number valgrind knows it */
	/* The sanitizers' view of it. */
#if SL_ASAN
	void *fake;
	const void *bottom;
	size_t size;
#endif
#if SL_TSAN
	void *fiber;
#endif
};

/* Sets the size of every stack from now on, without its guard: between runs only. */
void sl__stacks_init(size_t stack_size);

/* A list of n stacks, linked by next.  Any thread; takes a lock and mostly the system's
 * time, so ask for several.  NULL: out of memory. */
struct sl__stack *sl__stacks_more(int n);

/* The first byte above the usable part: where a G's first frame goes. */
static inline void *sl__stack_top(struct sl__stack *s)
{
	return s;
}

/* Which stack has overflowed if a thread with its stack pointer at sp faulted at
 * addr; NULL: none.  In a signal handler. */
struct sl__stack *sl__stack_overflown(uintptr_t addr, uintptr_t sp);

/* The size of every stack. */
size_t sl__stack_size(void);

/* How long free stacks lie unused before they are cold. */
#define SL__TRIM_NS 1000000000

/* Both of one thread at a time, the trimmer, and done in some 10 to 100 us.  Cool: takes
 * back some of a list of stacks, linked by next, with all that is in them, and returns
 * the rest.  Trim: gives the memory of some of these to the system; false: that was the
 * last of it. */
struct sl__stack *sl__stacks_cool(struct sl__stack *list);
bool sl__stacks_trim(void);

/* Unmaps all stacks. */
void sl__stacks_fini(void);

#endif
