/* SPDX-License-Identifier: Apache-2.0
 *
 * single_p.c: the N:1 model.  One M, one P: the thread that called sl_run.  Gs
 * are coroutines that take turns on it, in the order in which they became
 * runnable, and leave it only when they park, yield or end: cooperative, which
 * is the model's point and its price.
 *
 * There is no g0: whoever leaves picks the next G and goes straight to it.  If
 * there is none it waits, on its own stack, for a timer or a descriptor.  Nothing
 * here is atomic, because nothing runs beside it.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "altstack.h"
#include "coro/coro.h"
#include "netpoll.h"
#include "overflow.h"
#include "pace.h"
#include "sync/task.h"
#include "trace.h"

enum g_status { G_DEAD, G_NEW, G_RUNNABLE, G_RUNNING, G_WAITING, G_SLEEPING };

struct sl_g {
	_Alignas(64) void *sp;          /* while it is off the thread */
	struct sl__stack *stack;        /* from its first instruction on */
	struct sl_g *next;              /* in the run queue or the free list */
	uint32_t status;
	uint32_t task_depth;            /* of forked tasks that it is inside of */
	void (*fn)(void *);
	void *arg;
	struct sl_wg *done;             /* to be counted down at its end, or NULL */
	struct sl_task *tasks;          /* forked and not yet joined, youngest first */
	int64_t id;
	int64_t since;                  /* when it parked, to the last look at the clock */
	const char *reason;
};

#define BATCH 16                /* stacks and records taken from the pool at once */

static struct {
	struct sl_g *head, *tail;       /* run queue */
	uint32_t ticks;
	struct sl__pace pace;           /* at which of them to look for more than the queue */
	int64_t now;                    /* at the last look */
	struct sl__timers timers;
	struct sl_g *free_gs;
	struct sl__stack *free_stacks;
	int64_t gcount, spawns, switches, parks, wakeups;
	struct sl__stack thread;        /* sl_run's own stack, and where it left off */
	void *thread_sp;
	struct sl_config cfg;
	int cpu;                        /* bound to; -1: to none */
} sched = { .cpu = -1 };

static _Thread_local struct sl_g *curg;

static inline struct sl_g *getg(const char *caller)
{
	if (sl__unlikely(!curg))
		sl__fatal("%s: called from a thread that is no G", caller);
	return curg;
}

/* ---- The run queue ----------------------------------------------------- */

static inline void runq_put(struct sl_g *g)
{
	g->next = NULL;
	if (sched.head)
		sched.tail->next = g;
	else
		sched.head = g;
	sched.tail = g;
}

static inline struct sl_g *runq_get(void)
{
	struct sl_g *g = sched.head;

	if (g)
		sched.head = g->next;
	return g;
}

/* What g waited for, a time or a descriptor, has come. */
static void poll_ready(struct sl_g *g)
{
	g->status = G_RUNNABLE;
	runq_put(g);
}

static void poll_timers(void)
{
	struct sl_g *g;

	sched.now = sl_now();
	while ((g = sl__timers_due(&sched.timers, sched.now)))
		poll_ready(g);
}

static void poll_fds(int64_t until)
{
	for (struct sl__fd_waiter *w = sl__netpoll(until); w; w = w->next)
		poll_ready(w->g);       /* which cannot run, and leave w, yet */
}

static void poll_all(void)
{
	poll_timers();
	sl__pace_looked(&sched.pace, sched.ticks, sched.now);
	if (sl__netpoll_waiters)
		poll_fds(0);
}

/* The thread has nobody to wake but itself: pick and idle see the waiters. */
void sl__netpoll_wanted(void)
{
}

/* ---- What is said of Gs ------------------------------------------------ */

static void run_task(void *task);

struct initial { void (*fn)(void *); void *arg; };

static void run_initial(void *initial);

/* The function that the program gave. */
static void (*entry(const struct sl_g *g))(void *)
{
	if (g->fn == run_task)
		return ((struct sl_task *)g->arg)->fn;
	return g->fn == run_initial ? ((struct initial *)g->arg)->fn : g->fn;
}

static void report_g(void *record, void *arg)
{
	struct sl_g *g = record;

	(void)arg;
	if (g->status == G_WAITING)
		sl__deadlock_g(g->id, g->reason, g->since, entry(g), g->sp);
}

static _Noreturn void report_deadlock(void)
{
	sl__deadlock_begin();
	sl__records_each(report_g, NULL);
	sl__end();
}

static void count_leak(void *record, void *arg)
{
	struct sl_g *g = record;

	(void)arg;
	if (g->status != G_DEAD && g->fn != run_initial)
		sl__leak(entry(g));
}

struct overflow_query { struct sl__stack *stack; struct sl__overflow *found; };

static void find_overflown(void *record, void *arg)
{
	struct overflow_query *q = arg;
	struct sl_g *g = record;

	if (g->stack == q->stack && g->status != G_DEAD && g->status != G_NEW)
		*q->found = (struct sl__overflow){ g->id, entry(g), sl__stack_size() };
}

bool sl__overflown(uintptr_t addr, uintptr_t sp, struct sl__overflow *o)
{
	struct overflow_query q = { sl__stack_overflown(addr, sp), o };

	o->id = 0;
	if (q.stack)
		sl__records_each(find_overflown, &q);
	return o->id != 0;
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

/* Sleeps until there is a runnable G. */
static void idle(void)
{
	for (;;) {
		int64_t when = sl__timers_next(&sched.timers);
		struct timespec ts = { when / 1000000000, when % 1000000000 };

		if (sl__netpoll_waiters)
			poll_fds(when ? when : SL_NEVER);
		else if (!when)
			give_up();
		else if (when > sched.now)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		poll_timers();
		if (sched.head)
			return;
	}
}

static inline struct sl_g *pick(void)
{
	if (sl__unlikely(sl__pace_due(&sched.pace, ++sched.ticks)))
		poll_all();
	if (sl__unlikely(!sched.head)) {
		poll_timers();
		if (!sched.head)
			idle();
	}
	return runq_get();
}

/* ---- Changing places --------------------------------------------------- */

static _Noreturn void g_loop(void);

static struct sl__stack *get_stack(void)
{
	struct sl__stack *s = sched.free_stacks;

	if (!s) {
		s = sl__stacks_more(BATCH);
		if (!s)
			sl__fatal("out of memory for stacks; %lld Gs live",
			          (long long)sched.gcount);
	}
	sched.free_stacks = s->next;
	return s;
}

static void put_stack(struct sl__stack *s)
{
	s->next = sched.free_stacks;
	sched.free_stacks = s;
}

/* next is curg from now on.  Returns its context: at its stack's foot, if it is new. */
static inline void *enter(struct sl_g *next)
{
	bool new = next->status == G_NEW;

	sched.switches++;
	curg = next;
	next->status = G_RUNNING;
	if (!new)
		return next->sp;
	next->stack = get_stack();
	sl__stack_clean(next->stack);
	return sl__fresh(next->stack, g_loop);
}

/* From a stack to which nobody comes back, or to which its owner sees. */
static void change(void **save, struct sl__stack *from, struct sl_g *next)
{
	void *to = enter(next);

	sl__stack_leave(from, next->stack);
	sl__switch(save, to);
}

static inline struct sl__hop hop_from(struct sl_g *g)
{
	struct sl_g *next = pick();

	if (next == g) {
		g->status = G_RUNNING;
		return (struct sl__hop){ NULL, NULL };
	}
	return (struct sl__hop){ &g->sp, enter(next) };
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
static void end_g(void)
{
	struct sl_g *g = curg, *next;
	struct sl__stack *stack = g->stack;

	if (sl__unlikely(g->tasks))
		sl__fatal("a G ended before it joined what it had forked");
	g->status = G_DEAD;
	g->next = sched.free_gs;
	sched.free_gs = g;
	sched.gcount--;
	next = pick();
	if (sl__likely(next->status == G_NEW)) {
		sched.switches++;
		next->status = G_RUNNING;
		next->stack = stack;
		curg = next;
		return;
	}
	put_stack(stack);
	change(&stack->scratch, NULL, next);
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

static struct sl_g *get_g(void)
{
	struct sl_g *g = sched.free_gs;

	if (sl__unlikely(!g)) {
		g = sl__records_more(BATCH);
		if (!g)
			sl__fatal("sl_go: out of memory; %lld Gs live", (long long)sched.gcount);
		for (int i = 0; i < BATCH - 1; i++)
			g[i].next = &g[i + 1];
	}
	sched.free_gs = g->next;
	return g;
}

static void new_g(void (*fn)(void *), void *arg, bool is_task, struct sl_wg *done)
{
	struct sl_g *g = get_g();

	g->fn = fn;
	g->arg = arg;
	g->done = done;
	g->status = G_NEW;
	g->task_depth = is_task;
	g->id = ++sched.spawns;
	sched.gcount++;
	runq_put(g);
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
	sl__stack_restart(g->stack, g_reloop);
}

sl_g *sl_self(void)
{
	return getg(__func__);
}

int64_t sl_gcount(void)
{
	return sched.gcount;
}

/* ---- Fork and join ----------------------------------------------------- */

static SL_FOOT void run_task(void *arg)
{
	struct sl_task *t = arg;

	t->fn(t->arg);
	sl__task_finish(t);
}

/* A forked task is called by the join.  If its G leaves the thread before
 * that, the task may be what the G waits for, and becomes a G itself.  Behind
 * the first task that has become one, all others have. */
static void flush_tasks(struct sl_g *g)
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

/* ---- Parking ----------------------------------------------------------- */

struct sl__hop sl__park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	struct sl_g *g = getg("sl_park");

	if (sl__unlikely(g->tasks))
		flush_tasks(g);
	g->status = G_WAITING;
	g->reason = reason;
	g->since = sched.now;
	/* Nobody can run this G before the thread is back in pick, so that it is
	 * still on its stack makes no difference. */
	if (commit && !commit(g, arg)) {
		g->status = G_RUNNING;
		return (struct sl__hop){ NULL, NULL };
	}
	sched.parks++;
	return hop_from(g);
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
	sched.wakeups++;
	g->status = G_RUNNABLE;
	runq_put(g);
}

struct sl__hop sl__yield(void)
{
	struct sl_g *g = getg("sl_yield");

	if (sl__unlikely(g->tasks))
		flush_tasks(g);
	if (sl__unlikely(!sched.head) && sl__pace_due(&sched.pace, ++sched.ticks))
		poll_all();
	if (!sched.head)
		return (struct sl__hop){ NULL, NULL };
	g->status = G_RUNNABLE;
	runq_put(g);
	return hop_from(g);
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
	sl__leave(hop_from(g));
}

void sl__timeout_start(struct sl__timeout *t, int64_t when)
{
	sl__timers_add_timeout(&sched.timers, when, t);
}

void sl__timeout_stop(struct sl__timeout *t)
{
	sl__timers_remove(&sched.timers, t);
}

/* A blocking call stops every G: there is no other thread to go on. */
void sl_entersyscall(void)
{
	getg(__func__);
}

void sl_exitsyscall(void)
{
	getg(__func__);
}

/* ---- Starting and stopping --------------------------------------------- */

static SL_FOOT void run_initial(void *arg)
{
	struct initial *i = arg;
	void **scratch = &curg->stack->scratch;

	i->fn(i->arg);
	if (curg->tasks)
		sl__fatal("a G ended before it joined what it had forked");
	curg = NULL;
	sl__stack_leave(NULL, &sched.thread);
	sl__switch(scratch, sched.thread_sp);
}

/* Binds the thread to cpu and reads back what came of it. */
static int bind_to(int cpu)
{
	cpu_set_t set;

	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return -EINVAL;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0)
		return -errno;
	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof set, &set);
	sched.cpu = CPU_COUNT(&set) == 1 && CPU_ISSET(cpu, &set) ? cpu : -1;
	return 0;
}

int sl_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	static bool busy;               /* set and cleared atomically */
	struct initial initial = { fn, arg };
	struct sl__altstack *altstack;
	const char *source;
	cpu_set_t allowed;
	int err;

	/* Acquire and release: a run sees all that the one before it left. */
	if (curg || __atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
		return -EBUSY;
	sched_getaffinity(0, sizeof allowed, &allowed);
	err = sl__configure(cfg, &sched.cfg, &source);
	if (!err && sched.cfg.cpus)
		err = bind_to(sched.cfg.cpus[0]);
	if (err)
		goto out;
	sl__stacks_init(sched.cfg.stack_size, sizeof(struct sl_g));
	sl__stack_thread(&sched.thread);
	altstack = sl__altstack_begin();
	sl__overflow_begin();
	sched.spawns = sched.switches = sched.parks = sched.wakeups = 0;
	sched.now = sl_now();
	new_g(run_initial, &initial, false, NULL);
	change(&sched.thread_sp, &sched.thread, runq_get());
	sl__stack_arrived(&sched.thread);
	if (curg)
		report_deadlock();

	/* What is left is parked or runnable, never running: drop it. */
	sl__records_each(count_leak, NULL);
	sl__report_leaks(sched.gcount - 1);
	sl__overflow_end();
	sl__altstack_end(altstack);
	sched.gcount = 0;
	sched.head = NULL;
	sched.free_gs = NULL;
	sched.free_stacks = NULL;
	sl__timers_fini(&sched.timers);
	sl__netpoll_fini();
	sl__stacks_fini();
	if (sched.cfg.cpus)
		sched_setaffinity(0, sizeof allowed, &allowed);
	sched.cpu = -1;
out:
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	return err;
}

/* There is one P, whatever is asked for. */
int sl_procs(int n)
{
	if (n > 0)
		getg(__func__);
	return 1;
}

const char *sl_procs_source(void)
{
	return "model";
}

int sl_bound_cpu(int p)
{
	return p == 0 ? sched.cpu : -1;
}

int sl_counters(struct sl_counter *out, int max)
{
	const struct sl_counter c[] = {
		{ "spawns", sched.spawns }, { "switches", sched.switches },
		{ "parks", sched.parks }, { "wakeups", sched.wakeups },
	};
	int n = (int)(sizeof c / sizeof *c);

	if (n > max)
		n = max;
	memcpy(out, c, (size_t)n * sizeof *c);
	return n;
}
