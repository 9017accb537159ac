/* SPDX-License-Identifier: Apache-2.0
 *
 * g.c: the life of a G, from sl_go to its end, and how it changes places.
 *
 * A G that parks or yields can be run by another M from the moment that it is
 * in a queue, or in the hands of whoever will ready it: it must be off its
 * stack by then.  So it leaves a note on its M of what is still to be done
 * (m->after), and whoever runs there next, a G or g0, does it first.
 */
#include "shared/fault/trace.h"
#include "shared/task.h"
#include "ws.h"

__thread struct m *sl__m __attribute__((used));

static struct m *getm_for(const char *caller)
{
	struct m *m = getm();

	if (sl__unlikely(!m))
		sl__no_g(caller);
	return m;
}

/* ---- Changing places --------------------------------------------------- */

static _Noreturn void g_loop(void);

void finish_switch(void)
{
	struct m *m = getm();
	bool (*after)(struct sl_g *, void *) = m->after;
	struct runq *inside = m->inside;

	if (inside) {
		m->inside = NULL;
		runq_leave(inside, FAST);
	} else if (after) {
		struct sl_g *g = m->after_g;

		m->after = NULL;
		if (!after(g, m->after_arg)) {
			/* The parking was called off. */
			trace_g(m, TRACE_RUNNABLE, TRACE_CALLED_OFF, g, 0);
			poke(&g->status, G_RUNNABLE);
			runq_put(m->p, g, true);
			submitted_here();
		}
	}
}

/* next is m's from now on.  Returns its context: at its stack's foot, if it is new. */
static inline void *enter(struct m *m, struct sl_g *next)
{
	bool new = next->status == G_NEW;

	sl__eh_switch(m->eh, m->curg ? &m->curg->eh : NULL, new ? NULL : &next->eh);
	poke(&m->curg, next);
	poke(&next->status, G_RUNNING);
	trace_runs(m, next);
	if (!new)
		return next->sp;
	next->stack = stack_alloc(m->p);
	sl__stack_clean(next->stack);
	return sl__fresh(next->stack, g_loop);
}

void go_to(void **save, struct sl__stack *from, struct m *m, struct sl_g *next)
{
	void *to = enter(m, next);

	sl__stack_leave(from, next->stack);
	sl__switch(save, to);
}

static inline void drop_curg(struct m *m)
{
	sl__eh_switch(m->eh, &m->curg->eh, NULL);
	poke(&m->curg, NULL);
}

static void go_to_g0(void **save, struct sl__stack *from, struct m *m)
{
	drop_curg(m);
	sl__stack_leave(from, &m->g0);
	sl__switch(save, m->g0_sp);
}

static inline struct sl_g *next_g(struct p *p)
{
	bump(&p->tick);
	if (sl__unlikely(sl__pace_due(&p->pace, p->tick))) {
		poll_p(p);
		/* Those that only g0 can deal with. */
		if (peek(&sched.npreempted) || p->id >= peek(&sched.procs))
			return NULL;
	}
	return runq_get(p);
}

/* g no longer runs: from it to the next G or, without one, to g0. */
static inline struct sl__hop leave(struct m *m, struct sl_g *g)
{
	struct sl_g *next = next_g(m->p);

	if (sl__likely(next != NULL))
		return (struct sl__hop){ &g->sp, enter(m, next) };
	drop_curg(m);
	return (struct sl__hop){ &g->sp, m->g0_sp };
}

/* The G goes on, perhaps on another M. */
void sl__arrived(void)
{
	struct sl_g *g = getm()->curg;

	sl__stack_arrived(g->stack);
	finish_switch();
	unmask();
}

void sl__leave_told(struct sl__hop h)
{
	struct m *m = getm();

	if (!h.to)
		return;
	sl__stack_leave(sl__container(h.save, struct sl_g, sp)->stack, m->curg ? m->curg->stack : &m->g0);
	sl__switch(h.save, h.to);
	sl__arrived();
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
	trace_g(m, TRACE_ENDED, 0, g, 0);
	poke(&g->status, G_DEAD);
	/* Then this P may be another M's too, which also only runs to its end. */
	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	g_free(p, g);
	next = next_g(p);
	if (next && next->status == G_NEW) {
		poke(&next->status, G_RUNNING);
		next->stack = stack;
		sl__eh_switch(m->eh, NULL, NULL);
		poke(&m->curg, next);
		trace_runs(m, next);
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

/* Masked.  Whoever sees that g is done, or its task, does not find it in the account. */
static inline void tell_end(struct sl_g *g)
{
	bump(&getm()->p->ended);
	if (g->done)
		sl_wg_done(g->done);
	else if (sl__unlikely(g->fn == run_task))
		sl__task_finish(g->arg);
}

/* Every stack's first frame: a G that has ended leaves its stack, still warm,
 * to the next one if that is new. */
static _Noreturn SL_FOOT void g_loop(void)
{
	sl__stack_arrived(getm()->curg->stack);
	finish_switch();
	for (;;) {
		struct sl_g *g = getm()->curg;

		unmask();
		g->fn(g->arg);
		mask(getm());
		tell_end(g);
		end_g();
	}
}

/* The same after sl_goexit: nothing of the stack is left above this. */
static _Noreturn SL_FOOT void g_reloop(void)
{
	struct sl_g *g = getm()->curg;

	sl__stack_arrived(g->stack);
	for (;;) {
		mask(getm());
		tell_end(g);
		end_g();
		g = getm()->curg;
		unmask();
		g->fn(g->arg);
	}
}

/* ---- A G's life -------------------------------------------------------- */

#define IDS 64          /* that a P takes at a time */

struct sl_g *new_g(struct p *p, void (*fn)(void *), void *arg, uint32_t task_depth)
{
	struct sl_g *g = g_alloc(p);

	g->fn = fn;
	g->arg = arg;
	g->done = NULL;
	g->task_depth = task_depth;
	if (sl__unlikely(p->next_id == p->end_id)) {
		p->next_id = 1 + atomic_fetch_add_explicit(&sched.ids, IDS, memory_order_relaxed);
		p->end_id = p->next_id + IDS;
	}
	g->id = p->next_id++;
	bump(&p->counter[C_SPAWNS]);
	poke(&g->status, G_NEW);
	if (sl__is_tracing())
		trace_new_g(p, g);
	return g;
}

void sl__go(void (*fn)(void *), void *arg, struct sl_wg *done)
{
	struct m *m = getm_for("sl_go");
	struct sl_g *g;

	mask(m);
	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	g = new_g(m->p, fn, arg, 0);
	g->done = done;
	runq_put(m->p, g, true);
	submitted_here();
	unmask();
}

void sl_go(void (*fn)(void *), void *arg)
{
	sl__go(fn, arg, NULL);
}

void sl_goexit(void)
{
	struct m *m = getm_for(__func__);
	struct sl_g *g = m->curg;

	if (m->mask.depth)
		sl__fatal("sl_goexit inside the commit of a park, or a blocking call");
	if (g->task_depth)
		sl__fatal("sl_goexit inside a forked task");
	sl__unwind_all();
	sl__stack_restart(g->stack, g_reloop);
}

struct sl__unwind **sl__unwinds(void)
{
	return &getm_for(__func__)->curg->unwinds;
}

sl_g *sl_self(void)
{
	return getm_for(__func__)->curg;
}

/* ---- Parking ----------------------------------------------------------- */

static bool put_last(sl_g *, void *);

static __attribute__((noinline)) void trace_leaves(struct m *m, struct sl_g *g, uint32_t status,
                                                   bool (*commit)(sl_g *, void *))
{
	if (status == G_RUNNABLE)
		trace_g(m, TRACE_RUNNABLE, commit == put_last ? TRACE_SLICE_OVER : TRACE_YIELDED, g, 0);
	else
		trace_g(m, TRACE_WAITING, 0, g, (int)sl__trace_reason(status == G_SLEEPING ? "sleep" : g->reason));
}

/* Masked on the way in; not any more when the G goes on. */
static struct sl__hop park(struct m *m, uint32_t status, bool (*commit)(sl_g *, void *), void *arg)
{
	struct sl_g *g = m->curg;

	if (sl__unlikely(m->dq.bottom))
		deque_flush(m);
	g->since = m->p->now;
	poke(&g->status, status);
	if (sl__is_tracing())
		trace_leaves(m, g, status, commit);
	m->after = commit;
	m->after_arg = arg;
	m->after_g = g;
	return leave(m, g);
}

static inline struct sl__hop wait(struct m *m, bool (*commit)(sl_g *, void *), void *arg,
                                  const char *reason)
{
	bump(&m->p->counter[C_PARKS]);
	m->curg->reason = reason;
	return park(m, G_WAITING, commit, arg);
}

struct sl__hop sl__park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	struct m *m = getm_for("sl_park");

	mask(m);
	return wait(m, commit, arg, reason);
}

/* Mostly the lock is let go of once the G is off its stack, for then another M may run
 * it.  An M that is alone can do so before: the lock masks it, so nobody takes a P beside
 * it, and it wakes nobody itself if it has no tasks to give away and no look to take on
 * the way. */
struct sl__hop sl__park_unlock(uint32_t *lock, const char *reason)
{
	struct m *m = getm();

	if (!sl__alone_now() || m->dq.bottom || sl__pace_due(&m->p->pace, m->p->tick + 1))
		return sl__park(sl__commit_unlock, lock, reason);
	*lock = 0;
	return wait(m, NULL, NULL, reason);
}

void sl_ready(sl_g *g)
{
	struct m *m = getm_for(__func__);

	if (sl__unlikely(peek(&g->status) != G_WAITING))
		sl__fatal("sl_ready of a G that is not parked");
	/* Asked to let others run it does so before, and not after: what g waited for may have
	 * been the Done of this G, which has only to return, and would be a leak in the queue
	 * if g is the initial one and ends the run. */
	if (sl__unlikely(peek(&m->mask.asked)) && m->mask.depth == 0) {
		sl__preempt_here();
		m = getm();
	}
	mask(m);
	bump(&m->p->counter[C_WAKEUPS]);
	poke(&g->status, G_RUNNABLE);
	trace_g(m, TRACE_RUNNABLE, TRACE_READIED, g, 0);
	runq_put(m->p, g, true);
	submitted_here();
	sl__mask_leave(&m->mask);
	/* Release: see sl__preempt_here.  sysmon asks again. */
	if (sl__unlikely(peek(&m->mask.asked)) && m->mask.depth == 0)
		__atomic_store_n(&m->mask.asked, 0, __ATOMIC_RELEASE);
}

static bool put_back(sl_g *g, void *arg)
{
	(void)arg;
	runq_put(getm()->p, g, false);
	submitted_here();
	return true;
}

static bool put_to_all(sl_g *g, void *arg)
{
	(void)arg;
	lock_sched();
	globq_put(g);
	unlock_sched();
	submitted();
	return true;
}

/* Is another P's queue so much shorter that a G of this one had better be there?  A P that
 * is out of work steals.  But two Ps that never are may have five Gs and three, and then
 * equal Gs get unequal shares for as long as they yield. */
static bool is_uneven(struct p *p)
{
	for (int i = 0; i < count_ps(); i++) {
		struct p *q = &sched.allp[i];

		if (peek(&q->m) && runq_length(q) + 1 < runq_length(p))
			return true;
	}
	return false;
}

/* Behind those in the global queue too: its P looks there first. */
static bool put_last(sl_g *g, void *arg)
{
	poll_p(getm()->p);
	return put_back(g, arg);
}

/* The usual yield: others wait in the P's own queue, and there is nothing else to see to.
 * Nobody need be woken for those that wait, for who put them there saw to that.  Returns
 * nowhere to go if this yield is not such a one. */
static inline struct sl__hop take_turns(struct m *m)
{
	const struct sl__hop none = { NULL, NULL };
	struct p *p = m->p;
	struct sl_g *g = m->curg, *next;

	if (sl__unlikely(sl__pace_due(&p->pace, p->tick + 1) || m->dq.bottom))
		return none;
	next = runq_turn(p, g);
	if (sl__unlikely(!next))
		return none;
	bump(&p->tick);
	poke(&g->status, G_RUNNABLE);
	trace_g(m, TRACE_RUNNABLE, TRACE_YIELDED, g, 0);
	m->inside = &p->q;
	return (struct sl__hop){ &g->sp, enter(m, next) };
}

struct sl__hop sl__yield(void)
{
	struct m *m = getm_for("sl_yield");
	struct sl__hop h;
	struct p *p;

	mask(m);
	h = take_turns(m);
	if (sl__likely(h.to != NULL))
		return h;
	p = m->p;
	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	if (sl__unlikely(m->dq.bottom))
		deque_flush(m);
	if (runq_empty(p) && !runq_has_next(p)) {
		/* Alone here: others may be in the global queue or due. */
		bump(&p->tick);
		if (sl__pace_due(&p->pace, p->tick))
			poll_p(p);
		if (runq_empty(p) && !runq_has_next(p) && !peek(&sched.npreempted) && p->id < peek(&sched.procs)) {
			unmask();
			return h;
		}
	}
	if (sl__pace_due(&p->pace, p->tick + 1) && is_uneven(p))
		return park(m, G_RUNNABLE, put_to_all, NULL);
	return park(m, G_RUNNABLE, put_back, NULL);
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
	mask(m);
	m->p->now = sl_now();
	when = sl__deadline(m->p->now, ns);
	sl__leave(park(m, G_SLEEPING, commit_sleep, &when));
}

/* Asked, and with no mask on.  If the G has run for its whole slice without letting
 * others run, it need not be stopped by force, being in the scheduler now.  Release:
 * see end_alone. */
void sl__preempt_here(void)
{
	struct m *m = getm();

	mask(m);
	__atomic_store_n(&m->mask.asked, 0, __ATOMIC_RELEASE);
	if (peek(&m->asked_tick) != m->p->tick || peek(&sched.stopping)) {
		sl__mask_leave(&m->mask);
		return;
	}
	bump(&m->p->counter[C_PREEMPTIONS]);
	sl__leave(park(m, G_RUNNABLE, put_last, NULL));
}

/* ---- Blocking calls ---------------------------------------------------- */

/* The P stays with the M, for most calls are over before anybody wants it; but
 * sysmon may take it, by exchanging in_syscall for NULL, and that is also how the
 * G gets it back.  What it would have run next becomes stealable. */
void sl_entersyscall(void)
{
	struct m *m = getm_for(__func__);
	int saved = sl__errno();
	struct p *p = m->p;

	mask(m);
	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	p = m->p;
	if (m->dq.bottom)
		deque_flush(m);
	runq_put(p, NULL, true);
	if (!runq_empty(p))
		submitted_here();
	m->curg->since = p->now;
	poke(&m->curg->status, G_SYSCALL);
	trace_g(m, TRACE_CALL, 0, m->curg, 0);
	bump(&p->syscalls);
	/* Release: who takes the P sees all that was done with it.  Then sysmon
	 * sees that there is nobody to stop here, or what it sends is seen: it could
	 * interrupt the call. */
	__atomic_store_n(&p->in_syscall, m, __ATOMIC_RELEASE);
	asym_light();
	if (sl__unlikely(signal_pending(m)))
		preempt_withdraw(m);
	sl__set_errno(saved);
}

/* It counts as blocked until it can be seen to be runnable: else, with every P
 * idle, that would be a deadlock. */
static bool put_global(sl_g *g, void *arg)
{
	(void)arg;
	poke(&g->status, G_RUNNABLE);
	trace_g(getm(), TRACE_RUNNABLE, TRACE_CALL_OVER, g, 0);
	lock_sched();
	sched.nblocked--;
	globq_put(g);
	unlock_sched();
	submitted();
	return true;
}

static void exit_syscall(struct m *m)
{
	struct m *mine = m;
	struct sl_g *g = m->curg;
	struct p *p;

	if (sl__likely(__atomic_compare_exchange_n(&m->p->in_syscall, &mine, NULL, false,
	                                           __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))) {
		poke(&g->status, G_RUNNING);
		trace_runs(m, g);
		unmask();
		return;
	}
	m->p = NULL;
	lock_sched();
	while (must_end_alone())
		end_alone();
	p = peek(&sched.stopping) ? NULL : take_p();
	if (p)
		sched.nblocked--;
	unlock_sched();
	if (sl__unlikely(peek(&sched.stopping)))
		leave_for_good(m);
	if (p) {
		acquirep(m, p);
		poke(&g->status, G_RUNNING);
		trace_runs(m, g);
		unmask();
		return;
	}
	m->after = put_global;
	m->after_g = g;
	go_to_g0(&g->sp, g->stack, m);
	sl__stack_arrived(g->stack);
	finish_switch();
	unmask();
}

void sl_exitsyscall(void)
{
	struct m *m = getm_for(__func__);
	int saved = sl__errno();

	if (sl__unlikely(m->curg->status != G_SYSCALL))
		sl__fatal("sl_exitsyscall without sl_entersyscall");
	exit_syscall(m);
	/* On whatever thread it is by now. */
	sl__set_errno(saved);
}
