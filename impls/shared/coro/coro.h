/* SPDX-License-Identifier: Apache-2.0
 *
 * coro.h: what goes with a switch (switch.h): the sanitizers, who are told of it, and
 * how a stack's first context is made.
 *
 * A stack belongs to a G only from its first instruction on.  So a G that has
 * not run yet is its record alone, and one that ends can hand its stack,
 * still warm, to the next new G without any switch.
 */
#ifndef SL_CORO_H
#define SL_CORO_H

#include "shared/coro/stack.h"

#if defined(__x86_64__)
#include "shared/coro/switch_x86_64.h"
#elif defined(__aarch64__)
#include "shared/coro/switch_aarch64.h"
#else
#error "schedlab runs on x86-64 and aarch64"
#endif

#if SL_ASAN
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if SL_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* switch_ARCH.S: calls the function that the context has as its entry. */
void sl__boot(void);
/* The same on the empty stack whose upper end is top.  It saves nothing before: the
 * calling frame may lie where the new first frames will. */
_Noreturn void sl__boot_at(void *top, void (*entry)(void));

/* A context that calls entry, which must not return, on the empty stack. */
static inline void *sl__fresh(struct sl__stack *s, void (*entry)(void))
{
	char *context = (char *)sl__stack_top(s) - SL__CONTEXT;

	*(void **)(context + SL__CONTEXT_PC) = (void *)sl__boot;
	*(void **)(context + SL__CONTEXT_ENTRY) = (void *)entry;
	return context;
}

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
	sl__boot_at(sl__stack_top(s), entry);
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
