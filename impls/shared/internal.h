/* SPDX-License-Identifier: Apache-2.0
 *
 * internal.h: what the parts of a back end share; no program includes it.
 */
#ifndef SL_INTERNAL_H
#define SL_INTERNAL_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "schedlab.h"
#include "shared/compiler.h"

#define sl__likely(x)   __builtin_expect(!!(x), 1)
#define sl__unlikely(x) __builtin_expect(!!(x), 0)
#define sl__container(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define SL_PROCS_MAX 1024
#define SL_STACK_DEFAULT ((SL_ASAN || SL_TSAN ? 104 : 52) << 10)        /* see coro/stack.c */

/* ---- fatal.c: the end of the process ----------------------------------- */

/* Prints "fatal error: ..." and ends the process with status 2; what the
 * program wrote to standard output before is flushed if nobody holds it. */
_Noreturn void sl__fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A broken invariant of the scheduler itself: "fatal error: function: fact". */
#define sl__throw(fact) sl__fatal("%s: %s", __func__, fact)

/* A line on standard error, written in one piece and without malloc or stdio. */
void sl__warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, without any word of ours before it. */
void sl__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What sl__fatal does when it has said why. */
_Noreturn void sl__end(void);

/* What is to be done before that, or NULL: a trace is to be whole.  Called from wherever the
 * fatal error was. */
extern void (*sl__at_end)(void) SL__HIDDEN;

/* A deadlock report: the headline, and each G that waits: since when, what it
 * was started with, and where it is (its saved context: trace.h).  Then sl__end. */
void sl__deadlock_begin(void);
void sl__deadlock_g(int64_t id, const char *reason, int64_t since_ns,
                    void (*fn)(void *), void *context);

/* ---- The back end ------------------------------------------------------ */

/* sl_go, for sl_wg_go: done is counted down at the G's end, sl_goexit or not. */
void sl__go(void (*fn)(void *), void *arg, struct sl_wg *done);

/* What the calling G is to do if it ends by sl_goexit: for a primitive that has called a
 * function of the program's.  On the G's stack, the youngest first. */
struct sl__unwind {
	struct sl__unwind *next;
	void (*fn)(struct sl__unwind *);
};

/* Of the calling G: where they begin. */
struct sl__unwind **sl__unwinds(void);

static inline void sl__unwind_push(struct sl__unwind *u)
{
	struct sl__unwind **list = sl__unwinds();

	u->next = *list;
	*list = u;
}

static inline struct sl__unwind *sl__unwind_pop(void)
{
	struct sl__unwind **list = sl__unwinds(), *u = *list;

	if (u)
		*list = u->next;
	return u;
}

/* sl_goexit's part. */
static inline void sl__unwind_all(void)
{
	struct sl__unwind *u;

	while ((u = sl__unwind_pop()))
		u->fn(u);
}

/* sl__park with a lock of sl__lock held, which is let go of once the G can be readied:
 * by this commit, where the back end knows no shorter way. */
struct sl__hop sl__park_unlock(uint32_t *lock, const char *reason);

static inline bool sl__commit_unlock(sl_g *g, void *lock)
{
	(void)g;
	sl__unlock((uint32_t *)lock);
	return true;
}

/* ---- leaks.c: Gs that live on when the initial G has returned ----------- */

/* One of them was started with fn, and did not come to its end by itself, without one
 * more call that parks, yields, sleeps or spawns, while the run ended.  One thread at a
 * time. */
void sl__leak(void (*fn)(void *));

/* Accounts for those of this run. */
void sl__report_leaks(void);

/* ---- procs.c: how many Ps ---------------------------------------------- */

/* Checks *cfg (may be NULL) and fills *out with every default decided, the
 * number of Ps included, for which *source names the origin.  0 or -EINVAL. */
int sl__configure(const struct sl_config *cfg, struct sl_config *out,
                  const char **source);

/* The number in an environment variable; otherwise, if that is empty or not there;
 * a fatal error if it is none from least to most. */
long sl__env(const char *name, long least, long most, long otherwise);

/* What sl_procs(0) would choose now, and why. */
int sl__procs_default(const char **source);

/* Waits n times some 20 to 50 ns, and leaves a sibling PU its pipelines. */
static inline void sl__pause(int n)
{
	while (n--)
#if defined(__x86_64__)
		__asm__ volatile("pause");
#elif defined(__aarch64__)
		__asm__ volatile("isb");
#endif
}

/* ---- open.c: descriptors of the runtime's own --------------------------- */

/* The same file under a number above 2, and fd is closed; or -1, as fd may be. */
int sl__above_stdio(int fd);

/* To read: -1 or NULL, and errno. */
int sl__open(const char *path);
FILE *sl__fopen(const char *path);

/* ---- errno.c: the calling thread's, of a G that may have changed threads -- */

int sl__errno(void);
void sl__set_errno(int);

/* ---- futex ------------------------------------------------------------- */

/* Sleeps while *w == v, at most until the CLOCK_MONOTONIC deadline (0: for
 * ever).  May return early; callers look again. */
static inline void sl__futex_wait(_Atomic uint32_t *w, uint32_t v, int64_t deadline_ns)
{
	struct timespec ts = { deadline_ns / 1000000000, deadline_ns % 1000000000 };

	syscall(SYS_futex, w, FUTEX_WAIT_BITSET_PRIVATE, v,
	        deadline_ns ? &ts : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
}

static inline void sl__futex_wake(_Atomic uint32_t *w, int n)
{
	syscall(SYS_futex, w, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

/* Half of forever: sums of times do not overflow. */
#define SL_NEVER (INT64_MAX / 2)

/* However far off, a deadline: who waits for it is no part of a deadlock. */
static inline int64_t sl__until(int64_t when)
{
	return when < SL_NEVER ? when : SL_NEVER - 1;
}

static inline int64_t sl__deadline(int64_t now, int64_t ns)
{
	return ns >= SL_NEVER - now ? SL_NEVER - 1 : now + ns;
}

#endif
