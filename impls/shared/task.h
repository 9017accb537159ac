/* SPDX-License-Identifier: Apache-2.0
 *
 * task.h: the part of fork-join that every model shares: the order of joins,
 * and waiting for a task that runs on another G.
 *
 * t->state: PENDING, where the forking G may still call it itself; TAKEN by a
 * G of its own; JOINING, taken and its joiner parked; DONE.
 */
#ifndef SL_TASK_H
#define SL_TASK_H

#include "shared/internal.h"

enum { SL_TASK_PENDING, SL_TASK_TAKEN, SL_TASK_JOINING, SL_TASK_DONE };

static inline void sl__task_push(struct sl_task **tasks, struct sl_task *t,
                                 void (*fn)(void *), void *arg)
{
	t->fn = fn;
	t->arg = arg;
	t->state = SL_TASK_PENDING;
	t->prev = *tasks;
	*tasks = t;
}

static inline void sl__task_pop(struct sl_task **tasks, struct sl_task *t)
{
	if (sl__unlikely(*tasks != t))
		sl__fatal("sl_join: not the youngest task that this G has forked");
	*tasks = t->prev;
}

/* The task has returned.  t is the joiner's again from the moment that DONE is
 * in its state: not a look at it afterwards. */
static inline void sl__task_finish(struct sl_task *t)
{
	sl_g *joiner;

	for (;;) {
		uint32_t s = sl__load(&t->state);

		joiner = s == SL_TASK_JOINING ? t->joiner : NULL;
		if (sl__cas(&t->state, s, SL_TASK_DONE))
			break;
	}
	if (joiner)
		sl_ready(joiner);
}

static inline bool sl__task_commit(sl_g *g, void *arg)
{
	struct sl_task *t = (struct sl_task *)arg;
	uint32_t s = sl__load(&t->state);

	t->joiner = g;
	return s != SL_TASK_DONE && sl__cas(&t->state, s, SL_TASK_JOINING);
}

/* Waits for a task that this G does not run itself. */
static inline void sl__task_wait(struct sl_task *t)
{
	while (sl__load(&t->state) != SL_TASK_DONE)
		sl_park(sl__task_commit, t, "join");
}

#endif
