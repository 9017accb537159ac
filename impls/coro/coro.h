/* SPDX-License-Identifier: Apache-2.0
 *
 * coro.h: contexts, and going from one to another.
 *
 * A context is what a G leaves behind when it is not running: its stack
 * pointer, below which its callee-saved registers lie.  Neither the signal
 * mask nor the floating-point control words are switched: nothing here
 * changes them, and they would cost ten times the rest.
 *
 * A stack belongs to a G only from its first instruction on.  So a G that has
 * not run yet is its record alone, and one that ends can hand its stack,
 * still warm, to the next new G without any switch.
 */
#ifndef SL_CORO_H
#define SL_CORO_H

#include "coro/stack.h"

#if SL_ASAN
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if SL_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* switch_ARCH.S.  sl__switch saves the caller's context at *save and resumes
 * to; sl__start saves it and calls entry, which must not return, on the empty
 * stack that ends at top. */
void sl__switch(void **save, void *to);
void sl__start(void **save, void *top, void (*entry)(void));

/* The sanitizers are told of every change of stacks, before and after.  from
 * is NULL when nothing on the old stack will be used again: not even a local
 * variable, for ASan may keep those elsewhere and has freed them then. */
static inline void sl__stack_leave(struct sl__stack *from, struct sl__stack *to)
{
#if SL_ASAN
	__sanitizer_start_switch_fiber(from ? &from->fake : NULL, to->bottom, to->size);
#endif
#if SL_TSAN
	__tsan_switch_to_fiber(to->fiber, 0);
#endif
	(void)from;
	(void)to;
}

static inline void sl__stack_arrived(struct sl__stack *on)
{
#if SL_ASAN
	__sanitizer_finish_switch_fiber(on->fake, NULL, NULL);
	on->fake = NULL;
#endif
	(void)on;
}

/* Before the first frame on a stack that is not in use: the frames that were
 * left on it for good never took their marks away. */
static inline void sl__stack_clean(struct sl__stack *s)
{
#if SL_ASAN
	s->fake = NULL;
	s->bottom = s->lo;
	s->size = (size_t)((char *)s - s->lo);
	__asan_unpoison_memory_region(s->lo, s->size);
#endif
#if SL_TSAN
	if (s->fiber)
		__tsan_destroy_fiber(s->fiber);
	s->fiber = __tsan_create_fiber(0);
#endif
	(void)s;
}

/* Leaves every frame on the calling G's stack for good, and calls entry, which
 * must not return, at its upper end. */
static inline _Noreturn void sl__stack_restart(struct sl__stack *s, void (*entry)(void))
{
#if SL_ASAN
	__sanitizer_start_switch_fiber(NULL, s->bottom, s->size);
	__asan_unpoison_memory_region(s->lo, s->size);
#endif
#if SL_TSAN
	void *old = s->fiber;

	s->fiber = __tsan_create_fiber(0);
	__tsan_switch_to_fiber(s->fiber, 0);
	__tsan_destroy_fiber(old);
#endif
	sl__start(&s->scratch, sl__stack_top(s), entry);
	__builtin_unreachable();
}

/* Describes the calling thread's own stack, as one to come back to. */
static inline void sl__stack_thread(struct sl__stack *s)
{
	*s = (struct sl__stack){ 0 };
#if SL_ASAN
	pthread_attr_t attr;
	void *lo;

	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstack(&attr, &lo, &s->size);
	pthread_attr_destroy(&attr);
	s->bottom = lo;
#endif
#if SL_TSAN
	s->fiber = __tsan_get_current_fiber();
#endif
}

#endif
