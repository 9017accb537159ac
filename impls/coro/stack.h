/* SPDX-License-Identifier: Apache-2.0
 *
 * stack.h: stacks for Gs, and the pool that their records come from.
 *
 * Stacks are slots in slabs of address space; the lowest page of each is its
 * guard.  A slab is never given back before the pool's end: stacks that are
 * free lie in the free lists of their users (a P, say), linked through the
 * sl__stack at their upper end.
 */
#ifndef SL_STACK_H
#define SL_STACK_H

#include "internal.h"

/* At the upper end of the stack that it describes. */
struct sl__stack {
	struct sl__stack *next, *batch; /* in a free list */
	char *lo;                       /* first usable byte, above the guard */
	void *scratch;                  /* where a context goes that nobody resumes */
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

/* Sets the size of every stack and record from now on: between runs only. */
void sl__stacks_init(size_t stack_size, size_t record_size);

/* Maps more: a list of n stacks, linked by next.  Any thread; takes a lock
 * and the system's time, so ask for several.  NULL: out of memory. */
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

/* An array of n zeroed records of record_size bytes, at the start of a cache
 * line.  Any thread; NULL: out of memory. */
void *sl__records_more(int n);

/* Calls fn for every record handed out so far. */
void sl__records_each(void (*fn)(void *record, void *arg), void *arg);

/* Unmaps all stacks and records. */
void sl__stacks_fini(void);

#endif
