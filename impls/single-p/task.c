/* SPDX-License-Identifier: Apache-2.0
 *
 * task.c: fork and join.  A forked task is called by the join, unless its G leaves
 * the thread before that: then the task may be what the G waits for, and becomes a
 * G itself.
 */
#include "shared/fault/trace.h"
#include "shared/task.h"
#include "single_p.h"

SL_FOOT void run_task(void *arg)
{
	struct sl_task *t = arg;

	t->fn(t->arg);
	sl__task_finish(t);
}

/* Behind the first task that has become a G, all others have. */
void flush_tasks(struct sl_g *g)
{
	for (struct sl_task *t = g->tasks; t && t->state == SL_TASK_PENDING; t = t->prev) {
		t->state = SL_TASK_TAKEN;
		new_g(run_task, t, true, NULL);
	}
}

void sl_fork(struct sl_task *t, void (*fn)(void *), void *arg)
{
	sl__task_push(&getg(__func__)->tasks, t, fn, arg);
}

void sl_join(struct sl_task *t)
{
	struct sl_g *g = getg(__func__);

	sl__task_pop(&g->tasks, t);
	if (sl__likely(t->state == SL_TASK_PENDING)) {
		g->task_depth++;
		t->fn(t->arg);
		g->task_depth--;
	} else {
		sl__task_wait(t);
	}
}
