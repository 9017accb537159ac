/* SPDX-License-Identifier: Apache-2.0
 *
 * deque.c: fork and join without Gs.
 *
 * sl_fork puts its task at the bottom of the M's deque, sl_join takes it from
 * there and calls it.  A thief takes the oldest, which is the largest piece of
 * work, from the top, and runs it as a G.  It is the protocol of Cilk-5 (Frigo,
 * Leiserson, Randall, PLDI 1998) with the store-load fence on the thief's side
 * alone (asym.h):
 *
 *     owner: join                         thief, under dq->lock
 *     bottom = b - 1                      top = t + 1
 *     asym_light                          asym_heavy
 *     top <= b - 1?  it is ours           t + 1 <= bottom?  it is the thief's
 *     else decide under dq->lock          else top = t
 *
 * The deque hangs on the M and holds tasks of m->curg alone: a G that parks or
 * yields flushes it, each task becoming a G, for a task may be what its G is
 * about to wait for.  So a task is either in the deque of the M that its G runs
 * on, or TAKEN; sl_join finds it at the bottom, or an empty deque, or an error.
 */
#include "ws.h"
#include "sync/task.h"
#include "trace.h"

bool deque_empty(struct m *m)
{
	return peek(&m->dq.top) >= peek(&m->dq.bottom);
}

struct sl_task *deque_steal(struct m *m)
{
	struct deque *dq = &m->dq;
	struct sl_task *task = NULL;
	uint32_t t, free = 0;

	if (!__atomic_compare_exchange_n(&dq->lock, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return NULL;
	t = dq->top;
	poke(&dq->top, t + 1);
	asym_heavy();
	/* Acquire: pairs with the release in sl_fork, so the task is whole. */
	if (t < __atomic_load_n(&dq->bottom, __ATOMIC_ACQUIRE)) {
		task = dq->task[t];
		/* The owner looks at state only after it has had dq->lock, or
		 * seen top above its task. */
		poke(&task->state, SL_TASK_TAKEN);
	} else {
		poke(&dq->top, t);
	}
	sl__unlock_thread(&dq->lock);
	return task;
}

/* Takes the youngest task, *dq->bottom - 1*, back; false: it was stolen. */
static inline bool pop(struct deque *dq, uint32_t b)
{
	bool ours;

	poke(&dq->bottom, b);
	asym_light();
	if (sl__likely(peek(&dq->top) <= b))
		return true;
	/* A thief is at the same task, or past it. */
	poke(&dq->bottom, b + 1);
	sl__lock_thread(&dq->lock);
	ours = dq->top <= b;
	if (ours) {
		poke(&dq->bottom, b);
	} else {
		/* All are gone: start again at the array's beginning. */
		poke(&dq->bottom, 0);
		poke(&dq->top, 0);
	}
	sl__unlock_thread(&dq->lock);
	return ours;
}

SL_FOOT void run_task(void *arg)
{
	struct sl_task *t = arg;

	t->fn(t->arg);
	sl__task_finish(t);
}

void deque_flush(struct m *m)
{
	struct deque *dq = &m->dq;
	uint32_t b;

	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	while ((b = dq->bottom) > 0 && pop(dq, b - 1)) {
		struct sl_task *t = dq->task[b - 1];

		poke(&t->state, SL_TASK_TAKEN);
		runq_put(m->p, new_g(m->p, run_task, t, 1), false);
		submitted();
	}
}

void sl_fork(struct sl_task *t, void (*fn)(void *), void *arg)
{
	struct m *m = getm();
	struct deque *dq;
	uint32_t b;

	if (sl__unlikely(!m))
		sl__fatal("sl_fork: called from a thread that is no G");
	dq = &m->dq;
	b = dq->bottom;
	t->fn = fn;
	t->arg = arg;
	t->state = SL_TASK_PENDING;
	if (sl__unlikely(b == DEQUE)) {
		mask(m);
		deque_flush(m);
		unmask();       /* where it may change places */
		dq = &getm()->dq;
		b = 0;
	}
	dq->task[b] = t;
	/* Release: a thief that sees the bottom sees the task. */
	__atomic_store_n(&dq->bottom, b + 1, __ATOMIC_RELEASE);
	if (sl__unlikely(submit_wakes())) {
		mask(getm());
		wakep();
		unmask();
	}
}

void sl_join(struct sl_task *t)
{
	struct m *m = getm();
	struct deque *dq;
	uint32_t b;

	if (sl__unlikely(!m))
		sl__fatal("sl_join: called from a thread that is no G");
	dq = &m->dq;
	b = dq->bottom - 1;
	if (b < DEQUE) {
		if (sl__unlikely(dq->task[b] != t))
			sl__fatal("sl_join: not the youngest task that this G has forked");
		if (sl__likely(pop(dq, b))) {
			m->curg->task_depth++;
			t->fn(t->arg);
			/* The task may have parked: this can be another M. */
			getm()->curg->task_depth--;
			return;
		}
	}
	sl__task_wait(t);
}
