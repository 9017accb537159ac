/* SPDX-License-Identifier: Apache-2.0
 *
 * single_p.c: the N:1 model.  One M, one P: the thread that called sl_run.  Gs
 * are coroutines that take turns on it and leave it only when they park, yield
 * or end: cooperative, which is the model's point and its price.
 *
 * A G that was just started or readied goes first (runnext, as in Go and in
 * work-stealing), the others in the order in which they became runnable.  A tree of
 * Gs is so walked depth first, by and large: with one queue alone all 1,111,111 Gs of
 * skynet lived at once, which took 4.3 GB instead of 0.4, and 2.4 times as long.  The
 * price is a switch where answers would have come in a batch (fanout: 28 ns, not 17).
 *
 * There is no g0: whoever leaves picks the next G and goes straight to it.  If
 * there is none it waits, on its own stack, for a timer or a descriptor.  Nothing
 * here is atomic, because nothing runs beside it.
 *
 * task.c has fork and join, run.c the begin and the end, report.c what is said when
 * something is wrong.
 */
#include "shared/fault/trace.h"
#include "single_p.h"

#define BATCH 16                /* stacks and records taken from the pool at once */

_Thread_local struct sl_g *curg;
__thread uintptr_t sl__foreign_bits = UINTPTR_MAX;

/* ---- The run queue ----------------------------------------------------- */

/* g is the last in the queue. */
static inline void runq_put(struct sl_g *g)
{
	g->next = NULL;
	if (sched.head)
		sched.tail->next = g;
	else
		sched.head = g;
	sched.tail = g;
}

/* g, just started or readied, goes first, for what it shares with the G that runs is
 * still in the cache.  The one before it becomes the last in the queue. */
static inline void runq_put_next(struct sl_g *g)
{
	struct sl_g *old = sched.runnext;

	sched.runnext = g;
	if (old)
		runq_put(old);
}

static inline bool runq_empty(void)
{
	return !sched.runnext && !sched.head;
}

/* Gs that keep readying each other would hold the thread for ever through runnext: after
 * so many in a row the queue has its turn. */
#define NEXT_MAX 64

/* The queue is not empty. */
static inline struct sl_g *runq_get(void)
{
	struct sl_g *g = sched.runnext;

	if (g && (sched.next_run++ < NEXT_MAX || !sched.head)) {
		sched.runnext = NULL;
		return g;
	}
	sched.next_run = 0;
	g = sched.head;
	sched.head = g->next;
	return g;
}

/* What g waited for, a time or a descriptor, has come. */
static void poll_ready(struct sl_g *g, enum sl__trace_why why)
{
	trace_g(sl__is_tracing(), TRACE_RUNNABLE, why, g, 0);
	g->status = G_RUNNABLE;
	runq_put(g);
}

static void poll_timers(void)
{
	struct sl_g *g;

	sched.now = sl_now();
	while ((g = sl__timers_due(&sched.timers, sched.now)))
		poll_ready(g, TRACE_SLEPT);
}

static void poll_fds(int64_t until)
{
	for (struct sl__fd_waiter *w = sl__netpoll(until); w; w = w->next)
		poll_ready(w->g, TRACE_DESCRIPTOR);     /* which cannot run, and leave w, yet */
}

/* Gives back the memory of stacks that nobody has used for long, in small steps.  True:
 * there are more to do. */
static bool trim(void)
{
	if (sched.now >= sched.trim_at && !sched.cold_stacks) {
		sched.cold_stacks = sched.old_stacks;
		sched.old_stacks = sched.free_stacks;
		sched.free_stacks = NULL;
		sched.trim_at = sched.now + SL__TRIM_NS;
	}
	if (!sched.cold_stacks)
		return sl__stacks_trim();
	sched.cold_stacks = sl__stacks_cool(sched.cold_stacks);
	return true;
}

static void poll_all(void)
{
	poll_timers();
	trim();
	sl__pace_looked(&sched.pace, sched.ticks, sched.now);
	if (sl__netpoll_waiters)
		poll_fds(0);
}

/* The thread has nobody to wake but itself: pick and idle see the waiters. */
void sl__netpoll_wanted(void)
{
}

/* ---- Picking the next G ------------------------------------------------ */

/* The deadlock report is sl_run's: on a G's stack there may be no room for it,
 * and the last one that parked has no saved context yet. */
static _Noreturn void give_up(void)
{
	sl__stack_leave(curg->stack, &sched.thread);
	sl__switch(&curg->sp, sched.thread_sp);
	__builtin_unreachable();
}

/* Sleeps until there is a runnable G; wakes meanwhile to trim, if there is something. */
static void idle(void)
{
	for (;;) {
		int64_t when = sl__timers_next(&sched.timers);
		struct timespec ts;

		if (!when && !sl__netpoll_waiters)
			give_up();
		if (trim())
			when = sched.now;
		else if ((sched.free_stacks || sched.old_stacks) && (!when || when > sched.trim_at))
			when = sched.trim_at;
		ts = (struct timespec){ when / 1000000000, when % 1000000000 };
		if (sl__netpoll_waiters)
			poll_fds(when ? when : SL_NEVER);
		else if (when > sched.now)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		poll_timers();
		if (!runq_empty())
			return;
	}
}

static inline struct sl_g *pick(void)
{
	if (sl__unlikely(sl__pace_due(&sched.pace, ++sched.ticks)))
		poll_all();
	if (sl__unlikely(runq_empty())) {
		poll_timers();
		if (runq_empty())
			idle();
	}
	return runq_get();
}

/* ---- Changing places --------------------------------------------------- */

static _Noreturn void g_loop(void);

static bool more_stacks(void)
{
	sched.free_stacks = sl__stacks_more(BATCH);
	return sched.free_stacks != NULL;
}

static struct sl__stack *get_stack(void)
{
	struct sl__stack **list = &sched.free_stacks, *s = *list;

	if (sl__unlikely(!s)) {
		if (sched.old_stacks)
			list = &sched.old_stacks;
		else if (!more_stacks())
			sl__fatal("out of memory for stacks; %lld Gs live",
			          (long long)sched.gcount);
		s = *list;
	}
	*list = s->next;
	return s;
}

static void put_stack(struct sl__stack *s)
{
	s->next = sched.free_stacks;
	sched.free_stacks = s;
}

/* next is curg from now on.  Returns its context: at its stack's foot, if it is new. */
static inline void *enter(struct sl_g *next, const bool traced)
{
	bool new = next->status == G_NEW;

	count(&sched.switches, 1);
	sl__eh_switch(sched.eh, curg ? &curg->eh : NULL, new ? NULL : &next->eh);
	curg = next;
	next->status = G_RUNNING;
	trace_runs(traced, next);
	if (!new)
		return next->sp;
	next->stack = get_stack();
	sl__stack_clean(next->stack);
	return sl__fresh(next->stack, g_loop);
}

/* From a stack to which nobody comes back, or to which its owner sees. */
static __attribute__((noinline)) void change(void **save, struct sl__stack *from, struct sl_g *next)
{
	void *to = enter(next, sl__is_tracing());

	sl__stack_leave(from, next->stack);
	sl__switch(save, to);
}

static inline __attribute__((always_inline)) struct sl__hop hop_from(struct sl_g *g, const bool traced)
{
	struct sl_g *next = pick();

	if (next == g) {
		g->status = G_RUNNING;
		trace_runs(traced, g);
		return (struct sl__hop){ NULL, NULL };
	}
	return (struct sl__hop){ &g->sp, enter(next, traced) };
}

void sl__leave_told(struct sl__hop h)
{
	struct sl_g *g;

	if (!h.to)
		return;
	g = sl__container(h.save, struct sl_g, sp);
	sl__stack_leave(g->stack, curg->stack);
	sl__switch(h.save, h.to);
	sl__stack_arrived(g->stack);
}

/* The end of curg.  Returns when another G is to go on at this stack's foot. */
static inline void end_this(const bool traced)
{
	struct sl_g *g = curg, *next;
	struct sl__stack *stack = g->stack;

	if (sl__unlikely(g->tasks))
		sl__fatal("a G ended before it joined what it had forked");
	trace_g(traced, TRACE_ENDED, 0, g, 0);
	g->status = G_DEAD;
	g->next = sched.free_gs;
	sched.free_gs = g;
	count(&sched.gcount, -1);
	next = pick();
	if (sl__likely(next->status == G_NEW)) {
		count(&sched.switches, 1);
		next->status = G_RUNNING;
		next->stack = stack;
		sl__eh_switch(sched.eh, NULL, NULL);
		curg = next;
		trace_runs(traced, next);
		return;
	}
	put_stack(stack);
	change(&stack->scratch, NULL, next);
}

static __attribute__((noinline)) void end_traced(void)
{
	end_this(true);
}

static void end_g(void)
{
	if (sl__is_tracing())
		end_traced();
	else
		end_this(false);
}

/* Every stack's first frame: a G that has ended leaves its stack, still warm,
 * to the next one if that is new. */
static _Noreturn SL_FOOT void g_loop(void)
{
	sl__stack_arrived(curg->stack);
	for (;;) {
		curg->fn(curg->arg);
		if (curg->done)
			sl_wg_done(curg->done);
		end_g();
	}
}

static _Noreturn SL_FOOT void g_reloop(void)
{
	sl__stack_arrived(curg->stack);
	for (;;) {
		if (curg->done)
			sl_wg_done(curg->done);
		end_g();
		curg->fn(curg->arg);
	}
}

/* ---- A G's life -------------------------------------------------------- */

static bool more_gs(void)
{
	struct sl_g *g = sl__records_more(BATCH);

	for (int i = 0; g && i < BATCH - 1; i++)
		g[i].next = &g[i + 1];
	sched.free_gs = g;
	return g != NULL;
}

bool alloc_first(void)
{
	return more_gs() && more_stacks();
}

static struct sl_g *get_g(void)
{
	struct sl_g *g;

	if (sl__unlikely(!sched.free_gs) && !more_gs())
		sl__fatal("sl_go: out of memory; %lld Gs live", (long long)sched.gcount);
	g = sched.free_gs;
	sched.free_gs = g->next;
	return g;
}

static __attribute__((noinline)) void trace_created(struct sl_g *g)
{
	g->traced = 0;
	trace_g(true, TRACE_CREATED, g->task_depth ? TRACE_BY_FORK : TRACE_BY_GO, g, sl__trace_function(entry(g)));
}

void new_g(void (*fn)(void *), void *arg, bool is_task, struct sl_wg *done)
{
	struct sl_g *g = get_g();

	g->fn = fn;
	g->arg = arg;
	g->done = done;
	g->status = G_NEW;
	g->task_depth = is_task;
	g->id = count(&sched.spawns, 1);
	count(&sched.gcount, 1);
	if (is_task)
		runq_put(g);
	else
		runq_put_next(g);
	if (sl__is_tracing())
		trace_created(g);
}

void sl__go(void (*fn)(void *), void *arg, struct sl_wg *done)
{
	getg("sl_go");
	new_g(fn, arg, false, done);
}

void sl_go(void (*fn)(void *), void *arg)
{
	sl__go(fn, arg, NULL);
}

void sl_goexit(void)
{
	struct sl_g *g = getg(__func__);

	if (g->task_depth)
		sl__fatal("sl_goexit inside a forked task");
	if (g->status != G_RUNNING)
		sl__fatal("sl_goexit inside the commit of a park");
	sl__unwind_all();
	sl__stack_restart(g->stack, g_reloop);
}

struct sl__unwind **sl__unwinds(void)
{
	return &getg(__func__)->unwinds;
}

sl_g *sl_self(void)
{
	return getg(__func__);
}

int64_t sl_gcount(void)
{
	return peek(&sched.gcount);
}

/* ---- Parking ----------------------------------------------------------- */

static inline __attribute__((always_inline)) struct sl__hop park(bool (*commit)(sl_g *, void *), void *arg,
                                                                 const char *reason, const bool traced)
{
	struct sl_g *g = getg("sl_park");

	if (sl__unlikely(g->tasks))
		flush_tasks(g);
	g->status = G_WAITING;
	g->reason = reason;
	g->since = sched.now;
	if (traced)
		trace_g(true, TRACE_WAITING, 0, g, sl__trace_reason(reason));
	/* Nobody can run this G before the thread is back in pick, so that it is
	 * still on its stack makes no difference. */
	if (commit && !commit(g, arg)) {
		g->status = G_RUNNING;
		trace_runs(traced, g);
		return (struct sl__hop){ NULL, NULL };
	}
	count(&sched.parks, 1);
	return hop_from(g, traced);
}

static __attribute__((noinline)) struct sl__hop park_traced(bool (*commit)(sl_g *, void *), void *arg,
                                                            const char *reason)
{
	return park(commit, arg, reason, true);
}

struct sl__hop sl__park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	return sl__is_tracing() ? park_traced(commit, arg, reason) : park(commit, arg, reason, false);
}

/* There are no locks. */
struct sl__hop sl__park_unlock(uint32_t *lock, const char *reason)
{
	(void)lock;
	return sl__park(NULL, NULL, reason);
}

void sl_ready(sl_g *g)
{
	getg(__func__);
	if (sl__unlikely(g->status != G_WAITING))
		sl__fatal("sl_ready of a G that is not parked");
	count(&sched.wakeups, 1);
	g->status = G_RUNNABLE;
	runq_put_next(g);
	trace_g(sl__is_tracing(), TRACE_RUNNABLE, TRACE_READIED, g, 0);
}

static inline __attribute__((always_inline)) struct sl__hop yield(const bool traced)
{
	struct sl_g *g = getg("sl_yield");

	if (sl__unlikely(g->tasks))
		flush_tasks(g);
	if (sl__unlikely(runq_empty()) && sl__pace_due(&sched.pace, ++sched.ticks))
		poll_all();
	if (runq_empty())
		return (struct sl__hop){ NULL, NULL };
	g->status = G_RUNNABLE;
	trace_g(traced, TRACE_RUNNABLE, TRACE_YIELDED, g, 0);
	runq_put(g);
	return hop_from(g, traced);
}

static __attribute__((noinline)) struct sl__hop yield_traced(void)
{
	return yield(true);
}

struct sl__hop sl__yield(void)
{
	return sl__is_tracing() ? yield_traced() : yield(false);
}

void sl_sleep(int64_t ns)
{
	struct sl_g *g = getg(__func__);

	if (ns <= 0)
		return;
	if (g->tasks)
		flush_tasks(g);
	sched.now = sl_now();
	sl__timers_add(&sched.timers, sl__deadline(sched.now, ns), g);
	g->status = G_SLEEPING;
	if (sl__is_tracing())
		trace_g(true, TRACE_WAITING, 0, g, sl__trace_reason("sleep"));
	sl__leave(hop_from(g, sl__is_tracing()));
}

void sl__timeout_start(struct sl__timeout *t, int64_t when)
{
	sl__timers_add_timeout(&sched.timers, when, t);
}

void sl__timeout_stop(struct sl__timeout *t)
{
	sl__timers_remove(&sched.timers, t);
}

/* ---- For sl_run --------------------------------------------------------- */

bool run_gs(void)
{
	struct sl__eh own = { 0 };

	sched.eh = sl__eh_of_thread();
	sl__eh_switch(sched.eh, &own, NULL);
	sl__foreign_bits = 0;
	change(&sched.thread_sp, &sched.thread, runq_get());
	sl__stack_arrived(&sched.thread);
	sl__foreign_bits = UINTPTR_MAX;
	sl__eh_switch(sched.eh, NULL, &own);
	return !curg;
}

void leave_gs(void)
{
	void **scratch = &curg->stack->scratch;

	curg = NULL;
	sl__stack_leave(NULL, &sched.thread);
	sl__switch(scratch, sched.thread_sp);
	__builtin_unreachable();
}
