/* SPDX-License-Identifier: Apache-2.0
 *
 * deque.c: fork and join without Gs.
 *
 * sl_fork puts its task at the bottom of the M's deque, sl_join takes it from
 * there and calls it.  A thief takes the oldest, which is the largest piece of
 * work, from the top, and runs it as a G.  In between is the split (after Lace;
 * van Dijk, van de Pol, MuCoCoS 2014):
 *
 *     top <= i < split      public: under dq->lock, whoever comes
 *     split <= i < bottom   private: the owner's, without lock or fence
 *
 * A thief that finds nothing public says that it wants something, and the owner's
 * next fork makes half of what is private public.  An owner that does not fork
 * does not notice; then, after a while, the thief moves the split itself, by the
 * protocol of Cilk-5 (Frigo, Leiserson, Randall, PLDI 1998) with the store-load
 * fence on the thief's side alone (asym.h):
 *
 *     owner: join                         thief, under dq->lock
 *     bottom = b                          split = s + half
 *     asym_light                          asym_heavy
 *     split <= b?  it is ours             bottom < split?  split = bottom, or s
 *     else decide under dq->lock
 *
 * Dropped: that protocol for each steal, as in Cilk-5.  The fence takes 25 µs in some
 * virtual machines, and interrupts the owner: 1,111 nodes of skynet-join took 30 µs
 * at two Ps and 5 at one.
 *
 * The deque hangs on the M and holds tasks of m->curg alone: a G that parks or
 * yields flushes it, each task becoming a G, for a task may be what its G is
 * about to wait for.  So a task is either in the deque of the M that its G runs
 * on, or TAKEN; sl_join finds it at the bottom, or an empty deque, or an error.
 */
#include "shared/fault/trace.h"
#include "shared/task.h"
#include "ws.h"

bool deque_empty(struct m *m)
{
	uint32_t split = peek(&m->dq.split);

	return peek(&m->dq.top) >= split && peek(&m->dq.bottom) <= split;
}

/* Makes half of what is private public, whether the owner takes part or not; under
 * dq->lock.  Nothing, if it has taken it all meanwhile. */
static void split_by_force(struct deque *dq, uint32_t half)
{
	uint32_t before = dq->split, b;

	poke(&dq->split, half);
	asym_heavy();
	/* Acquire: see sl_fork.  What lies below is left alone by an owner that has not
	 * seen the new split, and one that has waits for the lock. */
	b = __atomic_load_n(&dq->bottom, __ATOMIC_ACQUIRE);
	if (b < half)
		poke(&dq->split, b > before ? b : before);
}

struct sl_task *deque_steal(struct m *m, bool force, int64_t *parent)
{
	struct deque *dq = &m->dq;
	struct sl_task *task = NULL;
	uint32_t t, b, free = 0;

	if (!__atomic_compare_exchange_n(&dq->lock, &free, 1, false,
	                                 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return NULL;
	t = dq->top;
	/* Acquire: pairs with the release in sl_fork, so the tasks are whole. */
	b = __atomic_load_n(&dq->bottom, __ATOMIC_ACQUIRE);
	if (t == dq->split && b > t) {
		if (force)
			split_by_force(dq, t + (b - t + 1) / 2);
		else if (!peek(&dq->wanted))
			poke(&dq->wanted, true);
	}
	if (t < dq->split) {
		task = dq->task[t];
		/* It cannot leave its M before it has had dq->lock. */
		*parent = peek(&m->curg)->id;
		poke(&dq->top, t + 1);
		/* The owner looks at state only after it has had dq->lock. */
		poke(&task->state, SL_TASK_TAKEN);
	}
	sl__unlock_thread(&dq->lock);
	return task;
}

/* Owner: somebody has found nothing public. */
static void __attribute__((noinline)) publish(struct deque *dq)
{
	sl__lock_thread(&dq->lock);
	poke(&dq->wanted, false);
	if (dq->top == dq->split && dq->bottom > dq->split)
		poke(&dq->split, dq->split + (dq->bottom - dq->split + 1) / 2);
	sl__unlock_thread(&dq->lock);
}

/* The youngest task, which is public, or stolen.  If it is still ours, so is half of
 * the others from now on. */
static bool __attribute__((noinline)) pop_public(struct deque *dq, uint32_t b)
{
	bool ours;

	sl__lock_thread(&dq->lock);
	ours = dq->top <= b;
	if (ours) {
		poke(&dq->split, dq->top + (b - dq->top) / 2);
	} else {
		/* All are gone: start again at the array's beginning. */
		poke(&dq->bottom, 0);
		poke(&dq->split, 0);
		poke(&dq->top, 0);
	}
	sl__unlock_thread(&dq->lock);
	return ours;
}

/* Takes the youngest task, *dq->bottom - 1*, back; false: it was stolen. */
static inline bool pop(struct deque *dq, uint32_t b)
{
	poke(&dq->bottom, b);
	asym_light();
	return sl__likely(peek(&dq->split) <= b) || pop_public(dq, b);
}

SL_FOOT void run_task(void *arg)
{
	struct sl_task *t = arg;

	t->fn(t->arg);
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
		sl__no_g("sl_fork");
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
	if (sl__unlikely(peek(&dq->wanted)))
		publish(dq);
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
		sl__no_g("sl_join");
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
