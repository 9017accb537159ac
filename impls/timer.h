/* SPDX-License-Identifier: Apache-2.0
 *
 * timer.h: the Gs that wait for a time, in the order of their deadlines and,
 * among equal ones, in the order in which they came.  Not thread-safe: the
 * owner locks.  Never calls malloc, for it is used where a G that was preempted
 * inside malloc may be holding malloc's lock.
 */
#ifndef SL_TIMER_H
#define SL_TIMER_H

#include "internal.h"

struct sl__timer { int64_t when; uint64_t seq; sl_g *g; };

struct sl__timers {
	struct sl__timer *heap; /* 4-ary: half the depth of a binary one, and four
	                           children of 24 bytes lie in two cache lines */
	size_t n, cap, bytes;
	uint64_t seq;
};

void sl__timers_add(struct sl__timers *, int64_t when, sl_g *);

/* Takes out the first timer whose time has come; NULL: none. */
sl_g *sl__timers_due(struct sl__timers *, int64_t now);

void sl__timers_fini(struct sl__timers *);

/* The earliest deadline; 0: no timer. */
static inline int64_t sl__timers_next(const struct sl__timers *ts)
{
	return ts->n ? ts->heap[0].when : 0;
}

#endif
