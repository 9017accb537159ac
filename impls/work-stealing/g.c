/* SPDX-License-Identifier: Apache-2.0
 *
 * g.c: the life of a G, from sl_go to its end, and how it changes places.
 *
 * A G that parks or yields can be run by another M from the moment that it is
 * in a queue, or in the hands of whoever will ready it: it must be off its
 * stack by then.  So it leaves a note on its M of what is still to be done
 * (m->after), and whoever runs there next, a G or g0, does it first.
 */
#include "ws.h"
#include "sync/task.h"
#include "trace.h"

__thread struct m *sl__m __attribute__((used));

static struct m *getm_for(const char *caller)
{
	struct m *m = getm();

	if (sl__unlikely(!m))
		sl__fatal("%s: called from a thread that is no G", caller);
	return m;
}

/* ---- Changing places --------------------------------------------------- */

static _Noreturn void g_loop(void);

void finish_switch(void)
{
	struct m *m = getm();
	bool (*after)(struct sl_g *, void *) = m->after;
	struct sl_g *g = m->after_g;

	if (!after)
		return;
	m->after = NULL;
	if (!after(g, m->after_arg)) {
		/* The parking was called off. */
		poke(&g->status, G_RUNNABLE);
		runq_put(m->p, g, true);
		submitted_here();
	}
}

/* Leaves the context that goes to *save, on the stack from, for next. */
void go_to(void **save, struct sl__stack *from, struct m *m, struct sl_g *next)
{
	poke(&m->curg, next);
	if (next->status == G_NEW) {
		next->status = G_RUNNING;
		next->stack = stack_alloc(m->p);
		sl__stack_clean(next->stack);
		sl__stack_leave(from, next->stack);
		sl__start(save, sl__stack_top(next->stack), g_loop);
	} else {
		next->status = G_RUNNING;
		sl__stack_leave(from, next->stack);
		sl__switch(save, next->sp);
	}
}

static inline struct sl_g *next_g(struct p *p)
{
	/* Looking at the clock and the global queue costs several switches. */
	bump(&p->tick);
	if (sl__unlikely(p->tick % 64 == 0))
		poll_p(p);
	return runq_get(p);
}

static void go_to_g0(void **save, struct sl__stack *from, struct m *m)
{
	poke(&m->curg, NULL);
	sl__stack_leave(from, &m->g0);
	sl__switch(save, m->g0_sp);
}

static void leave(struct m *m, struct sl_g *g)
{
	struct sl_g *next = next_g(m->p);

	if (sl__likely(next != NULL))
		go_to(&g->sp, g->stack, m, next);
	else
		go_to_g0(&g->sp, g->stack, m);
	/* Here again, perhaps on another M. */
	sl__stack_arrived(g->stack);
	finish_switch();
}

void leave_for_good(struct m *m)
{
	m->after = NULL;
	go_to_g0(&m->curg->stack->scratch, NULL, m);
	__builtin_unreachable();
}

/* The end of m->curg.  Returns when another G is to go on at this stack's
 * foot. */
static void end_g(void)
{
	struct m *m = getm();
	struct p *p = m->p;
	struct sl_g *g = m->curg, *next;
	struct sl__stack *stack = g->stack;

	if (sl__unlikely(m->dq.bottom))
		sl__fatal("a G ended before it joined what it had forked");
	poke(&g->status, G_DEAD);
	g_free(p, g);
	bump(&p->ended);
	next = next_g(p);
	if (next && next->status == G_NEW) {
		next->status = G_RUNNING;
		next->stack = stack;
		poke(&m->curg, next);
		return;
	}
	/* Only this M gives this P's free stacks away, and it will be off this
	 * one before it does. */
	stack_free(p, stack);
	if (next)
		go_to(&stack->scratch, NULL, m, next);
	else
		go_to_g0(&stack->scratch, NULL, m);
}

/* Every stack's first frame: a G that has ended leaves its stack, still warm,
 * to the next one if that is new. */
static _Noreturn SL_FOOT void g_loop(void)
{
	sl__stack_arrived(getm()->curg->stack);
	finish_switch();
	for (;;) {
		struct sl_g *g = getm()->curg;

		g->fn(g->arg);
		end_g();
	}
}

static _Noreturn SL_FOOT void g_reloop(void)
{
	sl__stack_arrived(getm()->curg->stack);
	for (;;) {
		struct sl_g *g;

		end_g();
		g = getm()->curg;
		g->fn(g->arg);
	}
}

/* ---- A G's life -------------------------------------------------------- */

struct sl_g *new_g(struct p *p, void (*fn)(void *), void *arg, uint32_t task_depth)
{
	struct sl_g *g = g_alloc(p);

	g->fn = fn;
	g->arg = arg;
	g->task_depth = task_depth;
	/* Unique without a shared counter; the initial G is 1. */
	g->id = p->counter[C_SPAWNS] * sched.procs + p->id + 1;
	bump(&p->counter[C_SPAWNS]);
	poke(&g->status, G_NEW);
	return g;
}

void sl_go(void (*fn)(void *), void *arg)
{
	struct m *m = getm_for(__func__);

	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	runq_put(m->p, new_g(m->p, fn, arg, 0), true);
	submitted_here();
}

void sl_goexit(void)
{
	struct sl_g *g = getm_for(__func__)->curg;

	if (g->task_depth)
		sl__fatal("sl_goexit inside a forked task");
	sl__stack_restart(g->stack, g_reloop);
}

sl_g *sl_self(void)
{
	return getm_for(__func__)->curg;
}

int64_t sl_gcount(void)
{
	int64_t n = 0;

	/* Ends first: a G between the two sums counts as living. */
	for (int i = 0; i < sched.procs; i++)
		n -= peek(&sched.allp[i].ended);
	for (int i = 0; i < sched.procs; i++)
		n += peek(&sched.allp[i].counter[C_SPAWNS]);
	return n;
}

/* ---- Parking ----------------------------------------------------------- */

static void park(struct m *m, uint32_t status, bool (*commit)(sl_g *, void *), void *arg)
{
	struct sl_g *g = m->curg;

	if (sl__unlikely(m->dq.bottom))
		deque_flush(m);
	g->since = m->p->now;
	poke(&g->status, status);
	m->after = commit;
	m->after_arg = arg;
	m->after_g = g;
	leave(m, g);
}

void sl_park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	struct m *m = getm_for(__func__);

	bump(&m->p->counter[C_PARKS]);
	m->curg->reason = reason;
	park(m, G_WAITING, commit, arg);
}

void sl_ready(sl_g *g)
{
	struct m *m = getm_for(__func__);

	if (sl__unlikely(peek(&g->status) != G_WAITING))
		sl__fatal("sl_ready of a G that is not parked");
	bump(&m->p->counter[C_WAKEUPS]);
	poke(&g->status, G_RUNNABLE);
	runq_put(m->p, g, true);
	submitted_here();
}

static bool put_back(sl_g *g, void *arg)
{
	(void)arg;
	runq_put(getm()->p, g, false);
	submitted_here();
	return true;
}

void sl_yield(void)
{
	struct m *m = getm_for(__func__);
	struct p *p = m->p;

	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	if (sl__unlikely(m->dq.bottom))
		deque_flush(m);
	if (runq_empty(p) && !runq_has_next(p)) {
		/* Alone here: others may be in the global queue or due. */
		bump(&p->tick);
		if (p->tick % 64 == 0)
			poll_p(p);
		if (runq_empty(p))
			return;
	}
	park(m, G_RUNNABLE, put_back, NULL);
}

static bool commit_sleep(sl_g *g, void *when)
{
	timer_add(*(int64_t *)when, g);
	return true;
}

void sl_sleep(int64_t ns)
{
	struct m *m = getm_for(__func__);
	int64_t when;

	if (ns <= 0)
		return;
	m->p->now = sl_now();
	when = sl__deadline(m->p->now, ns);
	park(m, G_SLEEPING, commit_sleep, &when);
}

/* The hand-off of the P is still to come. */
void sl_entersyscall(void)
{
	sl__fatal("sl_entersyscall: not yet");
}

void sl_exitsyscall(void)
{
	sl__fatal("sl_exitsyscall: not yet");
}
