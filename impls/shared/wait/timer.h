/* SPDX-License-Identifier: Apache-2.0
 *
 * timer.h: what waits for a time, in the order of the deadlines and, among equal
 * ones, in the order in which they came.  Not thread-safe: the owner locks.
 * Never calls malloc, for it is used where a G that was preempted inside malloc
 * may be holding malloc's lock.
 *
 * An entry is a G that sleeps, and is only ever taken out when its time has
 * come; or a time-out, beside something else that its G waits for, which can be
 * taken out before.  A time-out must know where in the heap it is; a sleeping
 * G's entry need not, so the sift touches no memory but the heap for it.
 */
#ifndef SL_TIMER_H
#define SL_TIMER_H

#include "shared/internal.h"

/* Lies in a record on the stack of the G that waits.  Zeroed: not started. */
struct sl__timeout {
	/* Called when the time has come, under the timers' lock: so the record
	 * is there for as long as the call lasts, if its G comes through
	 * sl__timeout_stop before it returns.  The G to be made runnable, or
	 * NULL if something else has woken it, or it does not wait yet. */
	sl_g *(*expire)(struct sl__timeout *);
	/* NULL, or called by the G itself when it runs again, to leave what it
	 * still queues in: on 1:1 it may end right afterwards. */
	void (*woken)(struct sl__timeout *);
	size_t at;              /* its place in the heap, from 1; 0: in none */
	struct sl__timers *in;  /* the timers that it was last put into */
};

struct sl__timer {
	int64_t when;
	uint64_t seq;
	uintptr_t what;         /* a sl_g, or a sl__timeout and 1 */
};

struct sl__timers {
	struct sl__timer *heap; /* 4-ary: half the depth of a binary one, and four
	                           children of 24 bytes lie in two cache lines */
	size_t n, cap;
	/* Most of those that sleep for the same time come in order: they need no
	 * sifting.  run[head] to run[tail - 1] are Gs alone. */
	struct sl__timer *run;
	size_t head, tail, run_cap;
	uint64_t seq;
};

void sl__timers_add(struct sl__timers *, int64_t when, sl_g *);
void sl__timers_add_timeout(struct sl__timers *, int64_t when, struct sl__timeout *);

/* Takes it out if it is in. */
void sl__timers_remove(struct sl__timers *, struct sl__timeout *);

/* Takes out the first timer whose time has come, and returns its G; NULL: no
 * more of them. */
sl_g *sl__timers_due(struct sl__timers *, int64_t now);

void sl__timers_fini(struct sl__timers *);

static inline bool sl__timer_before(const struct sl__timer *a, const struct sl__timer *b)
{
	return a->when < b->when || (a->when == b->when && a->seq < b->seq);
}

/* NULL: no timer. */
static inline const struct sl__timer *sl__timers_first(const struct sl__timers *ts)
{
	const struct sl__timer *run = ts->head < ts->tail ? &ts->run[ts->head] : NULL;

	return ts->n && !(run && sl__timer_before(run, ts->heap)) ? ts->heap : run;
}

/* The earliest deadline; 0: no timer. */
static inline int64_t sl__timers_next(const struct sl__timers *ts)
{
	const struct sl__timer *first = sl__timers_first(ts);

	return first ? first->when : 0;
}

/* Of the back end, which has the timers and their lock; from a G. */
void sl__timeout_start(struct sl__timeout *, int64_t when);
/* Once it returns, expire is not called, or over. */
void sl__timeout_stop(struct sl__timeout *);

/* sl_park, with the time-out running meanwhile; when SL_NEVER or later: without.
 * timer.c has it for back ends with timers. */
void sl__park_until(bool (*commit)(sl_g *, void *), void *arg, const char *reason,
                    int64_t when, struct sl__timeout *);

#endif
