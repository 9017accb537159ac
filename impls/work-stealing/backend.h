/* SPDX-License-Identifier: Apache-2.0
 *
 * backend.h of work-stealing: Gs run in parallel, so sync/ works with atomics.
 * Its locks block the M for the few instructions that they are held.
 *
 * While only one M has a P, be it that there is but one or that the others are
 * idle, only one G runs at a time, and a change of M is a full fence.  Then, as in
 * a kernel built for one processor, it is enough to mask preemption, at a third of
 * the price.  p.c says how that begins and ends.
 */
#ifndef SL_BACKEND_H
#define SL_BACKEND_H

#include "shared/atomic.h"
#include "shared/lock.h"

/* The first thing that a G does after a switch to it. */
void sl__arrived(void);

#include "shared/coro/switch.h"

/* Atomic: at most one M has a P.  It becomes false only while that M is not masked, or by
 * what that M does itself. */
extern bool sl__alone;
#define sl__can_spin() (!__atomic_load_n(&sl__alone, __ATOMIC_RELAXED))

/* While depth > 0 the M keeps its P and its G goes on: see preempt.c.  Written
 * by the M alone; its signal handler looks at it, so the compiler must not move
 * what is to be protected out of it. */
struct sl__mask {
	uint32_t depth;
	uint32_t asked;         /* Atomic: sysmon wants the G to let others run, or a thread
	                           in end_alone wants to see this M without a mask. */
};

/* Of the calling thread's M; NULL: it is none.  A G changes threads when it
 * parks, so the compiler must not keep an address of thread-local storage:
 * hence volatile asm.  This is the initial-exec model: in a program that has the
 * library in itself the linker makes the first load a constant. */
SL__ALWAYS struct sl__mask *sl__this_mask(void)
{
	struct sl__mask *k;

#if defined(__x86_64__)
	__asm__ volatile("movq sl__m@gottpoff(%%rip), %0\n\t"
	                 "movq %%fs:(%0), %0" : "=r"(k));
#elif defined(__aarch64__)
	void *thread;

	__asm__ volatile("mrs %1, tpidr_el0\n\t"
	                 "adrp %0, :gottprel:sl__m\n\t"
	                 "ldr %0, [%0, #:gottprel_lo12:sl__m]\n\t"
	                 "ldr %0, [%1, %0]" : "=&r"(k), "=&r"(thread));
#else
#error "schedlab runs on x86-64 and aarch64"
#endif
	return k;
}

/* Whoever gets past sl__cas and sl__add is a G: they look. */
#define sl__foreign() ((uintptr_t)0)
#define sl__is_g()    (sl__this_mask() != NULL)

SL__ALWAYS void sl__mask_enter(struct sl__mask *k)
{
	__atomic_store_n(&k->depth, k->depth + 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

SL__ALWAYS void sl__mask_leave(struct sl__mask *k)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	/* Release: who waits for an M that was alone sees what it did (p.c). */
	__atomic_store_n(&k->depth, k->depth - 1, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Out of line: the G was asked to let others run while it was masked. */
void sl__preempt_here(void);

/* Acquire: what the others did before they gave up their Ps is seen. */
#ifdef __SANITIZE_THREAD__
#define sl__alone_now() false
#else
#define sl__alone_now() __atomic_load_n(&sl__alone, __ATOMIC_ACQUIRE)
#endif

/* If this M is alone, masks it and returns its mask; else NULL.  It looks twice, because
 * it may cease to be alone before the mask is on. */
SL__ALWAYS struct sl__mask *sl__alone_enter(const char *caller)
{
	struct sl__mask *k;

	k = sl__this_mask();
	if (__builtin_expect(!k, 0))
		sl__no_g(caller);
	if (!sl__alone_now())
		return NULL;
	sl__mask_enter(k);
	if (__builtin_expect(sl__alone_now(), 1))
		return k;
	sl__mask_leave(k);
	return NULL;
}

#undef sl__cas
#undef sl__add

#define sl__cas(p, o, n) __extension__({ \
	__typeof__(*(p)) sl__o = (o), sl__n = (n); \
	struct sl__mask *sl__k = sl__alone_enter(__func__); \
	bool sl__done; \
	if (sl__k) { \
		sl__done = *(p) == sl__o; \
		if (sl__done) \
			*(p) = sl__n; \
		sl__mask_leave(sl__k); \
	} else { \
		sl__done = __atomic_compare_exchange_n(p, &sl__o, sl__n, false, \
		                                       __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE); \
	} \
	sl__done; })

#define sl__add(p, n) __extension__({ \
	__typeof__(*(p)) sl__a = (__typeof__(*(p)))(n); \
	struct sl__mask *sl__k = sl__alone_enter(__func__); \
	if (sl__k) { \
		sl__a = *(p) += sl__a; \
		sl__mask_leave(sl__k); \
	} else { \
		sl__a = __atomic_add_fetch(p, sl__a, __ATOMIC_SEQ_CST); \
	} \
	sl__a; })

/* A lock's holder is not preempted: whoever waits for it waits for some ten
 * instructions, and where one M is alone nobody ever waits. */
static inline void sl__lock(uint32_t *l)
{
	sl__mask_enter(sl__this_mask());
	if (sl__alone_now())
		*l = 1;
	else
		sl__lock_thread(l);
}

static inline void sl__unlock(uint32_t *l)
{
	struct sl__mask *k;

	if (sl__alone_now())
		*l = 0;
	else
		sl__unlock_thread(l);
	k = sl__this_mask();
	sl__mask_leave(k);
	if (__builtin_expect(__atomic_load_n(&k->asked, __ATOMIC_RELAXED) != 0, 0) && k->depth == 0)
		sl__preempt_here();
}

/* Of the netpoll, which threads without a P use too: always a real lock. */
static inline void sl__lock_poll(uint32_t *l)
{
	sl__mask_enter(sl__this_mask());
	sl__lock_thread(l);
}

static inline void sl__unlock_poll(uint32_t *l)
{
	sl__unlock_thread(l);
	sl__mask_leave(sl__this_mask());
}

#endif
