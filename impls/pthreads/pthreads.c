/* SPDX-License-Identifier: Apache-2.0
 *
 * pthreads.c: the 1:1 model.  A G is a detached kernel thread, made by one
 * pthread_create and gone with it; the initial G is the thread that called
 * sl_run.  Scheduling, preemption and blocking are the kernel's.  What is left
 * to do here is parking on a futex, the account of Gs, and their end.
 *
 * Deadlock: park and ready touch no shared counter, which would cost more than
 * they do.  A monitor scans the list a few times a second instead.  Two scans
 * that both find every G waiting, with the same sum of seq, prove that no G ran
 * from the end of the first to the start of the second, and that nobody is left
 * to wake one: seq rises whenever a G parks, and no G can come or go unseen.
 *
 * The end: Gs that outlive the initial one run to their next call that parks,
 * yields, sleeps or spawns, and wait there.  What others may still reach for lies
 * on their stacks: waiter records, tasks, the arguments of Gs that they started.
 * So they end all at once, when two scans show that nobody runs any more.  The
 * monitor sees to that, and stays for as long as an abandoned G runs.
 */
#include <errno.h>
#include <string.h>

#include "pthreads.h"
#include "shared/fault/overflow.h"
#include "shared/fault/trace.h"
#include "shared/wait/plant.h"
#include "shared/signal.h"
#include "shared/wait/timer.h"

#define SCAN_NS    (250 * 1000000ll)    /* two scans make a second's promise */
#define SETTLE_NS  1000000
#define ABANDON_NS (100 * 1000000ll)

struct sched sched = {
	.lock = PTHREAD_MUTEX_INITIALIZER, .closing_lock = PTHREAD_MUTEX_INITIALIZER,
};

bool sl__parallel;

_Thread_local struct sl_g *self;
__thread uintptr_t sl__foreign_bits = UINTPTR_MAX;

/* ---- The account of Gs ------------------------------------------------- */

static void link_g(struct sl_g *g)      /* under sched.lock */
{
	g->next = sched.live;
	g->link = &sched.live;
	if (g->next)
		g->next->link = &g->next;
	sched.live = g;
	g->id = ++sched.spawned;
	g->cpus_version = sched.cpus_version;
	atomic_fetch_add_explicit(&sched.gcount, 1, memory_order_relaxed);
}

/* It has, as others see it; its thread has a few steps to go. */
static void has_ended(struct sl_g *g)
{
	atomic_store_explicit(&g->status, G_ENDED, memory_order_relaxed);
	atomic_fetch_sub_explicit(&sched.gcount, 1, memory_order_relaxed);
}

static void unlink_g(struct sl_g *g)    /* under sched.lock */
{
	if (atomic_load_explicit(&g->status, memory_order_relaxed) != G_ENDED)
		has_ended(g);
	*g->link = g->next;
	if (g->next)
		g->next->link = g->link;
	sched.past_parks += atomic_load_explicit(&g->seq, memory_order_relaxed);
	sched.past_wakeups += (uint64_t)atomic_load_explicit(&g->wakeups, memory_order_relaxed);
}

/* Records are used again: a free in each new thread, whose malloc has no cache yet, took
 * a fiftieth of the CPU time of a G. */
static struct sl_g *new_record(void)    /* under sched.lock */
{
	struct sl_g *g = sched.unused;

	if (!g)
		g = malloc(sizeof *g);
	else
		sched.unused = g->next;
	if (!g)
		sl__fatal("sl_go: out of memory");
	memset(g, 0, sizeof *g);
	return g;
}

struct scan {
	int64_t live, waiting, sleeping, spawned;
	uint64_t seq;
};

static struct scan scan(void)   /* under sched.lock */
{
	struct scan s = { .spawned = sched.spawned };

	for (struct sl_g *g = sched.live; g; g = g->next) {
		/* Acquire, in this order: a G that was seen waiting and has run
		 * since shows a higher seq at the next scan.  One that is ready
		 * but has had no CPU yet is not waiting any more. */
		uint32_t st = atomic_load_explicit(&g->status, memory_order_acquire);
		uint32_t wake = atomic_load_explicit(&g->wake, memory_order_acquire);

		s.live++;
		s.waiting += st == G_WAITING && wake != WAKE_READY;
		s.sleeping += st == G_SLEEPING && wake != WAKE_READY;
		s.seq += atomic_load_explicit(&g->seq, memory_order_acquire);
	}
	return s;
}

static bool same(const struct scan *a, const struct scan *b)
{
	return a->live == b->live && a->waiting == b->waiting &&
	       a->sleeping == b->sleeping && a->spawned == b->spawned &&
	       a->seq == b->seq;
}

static _Noreturn void report_deadlock(void)
{
	sl__deadlock_begin();
	for (struct sl_g *g = sched.live; g; g = g->next)
		sl__deadlock_g(g->id, atomic_load(&g->reason), atomic_load(&g->since),
		               g->entry, g->context);
	sl__end();
}

#define GUARD       (32 << 10)  /* as of the models whose Gs share threads */
#define GUARD_REACH (64 << 10)  /* how far from the guard a fault and the pointer lie */

bool sl__overflown(uintptr_t addr, uintptr_t sp, struct sl__overflow *o)
{
	struct sl_g *g = self;

	if (!g || addr + GUARD_REACH < g->stack_lo || addr >= g->stack_hi ||
	    sp - addr + GUARD_REACH > 2 * GUARD_REACH)
		return false;
	*o = (struct sl__overflow){ g->id, g->entry, g->stack_hi - g->stack_lo };
	return true;
}

/* Under sched.lock.  Those that are left when no others run, or at last. */
static void name_leaks(void)
{
	for (struct sl_g *g = sched.live; g && !sched.named; g = g->next)
		if (atomic_load_explicit(&g->status, memory_order_relaxed) != G_ENDED)
			sl__leak(g->entry);
	sched.named = true;
}

static void wake_all(void)      /* under sched.lock, dropping */
{
	name_leaks();
	for (struct sl_g *g = sched.live; g; g = g->next) {
		atomic_store_explicit(&g->wake, WAKE_LEAVE, memory_order_release);
		sl__futex_wake(&g->wake, 1);
	}
}

static void *monitor(void *arg)
{
	struct scan last = { .live = -1 };
	bool stop = false;

	(void)arg;
	while (!stop) {
		uint32_t bell = atomic_load(&sched.bell);
		struct scan now;

		pthread_mutex_lock(&sched.lock);
		now = scan();
		if (sched.dropping) {
			stop = now.live == 0;
			interrupt(-1, true);
			if (now.waiting + now.sleeping == now.live && same(&now, &last))
				wake_all();
		} else if (sched.stopping) {
			stop = true;
		} else if (now.waiting == now.live && same(&now, &last) &&
		           (now.live > 0 || sched.goexited)) {
			report_deadlock();
		}
		last = now;
		if (stop)
			interrupt_no_more();
		pthread_mutex_unlock(&sched.lock);
		if (!stop)
			sl__futex_wait(&sched.bell, bell, sl_now() +
			               (sched.dropping ? SETTLE_NS : SCAN_NS));
	}
	atomic_store(&sched.monitoring, 0);
	sl__futex_wake(&sched.monitoring, 1);
	return NULL;
}

static void ring(void)
{
	atomic_fetch_add(&sched.bell, 1);
	sl__futex_wake(&sched.bell, 1);
}

/* ---- A G's life -------------------------------------------------------- */

static void check_joined(struct sl_g *g)
{
	if (g->tasks)
		sl__fatal("a G ended before it joined what it had forked");
}

static void trace_created(struct sl_g *g)
{
	if (sl__is_tracing())
		trace_g(TRACE_CREATED, g->is_task ? TRACE_BY_FORK : TRACE_BY_GO, g, sl__trace_function(g->entry));
}

/* On its thread. */
static void trace_begins(struct sl_g *g, bool initial)
{
	if (!sl__is_tracing())
		return;
	sl__ring_init(&g->ring, TRACE_THREAD, (uint32_t)g->id);
	trace_g(TRACE_G_IS, 0, g, (uint32_t)syscall(SYS_gettid));
	if (initial)
		trace_created(g);
	trace_runs(g);
}

/* There, too. */
static void trace_ends(struct sl_g *g)
{
	trace_g(TRACE_ENDED, 0, g, 0);
	sl__ring_end(&g->ring);
}

static SL_FOOT void *g_main(void *arg)
{
	struct sl_g *g = arg;

	self = g;
	sl__foreign_bits = 0;
	/* What the C library keeps at the thread's foot makes lo too low by some
	 * KiB; nothing but the guard is there that a fault could have hit. */
	g->stack_hi = (uintptr_t)__builtin_frame_address(0);
	g->stack_lo = g->stack_hi - sched.cfg.stack_size;
	g->altstack = sl__altstack_begin();
	trace_begins(g, false);
	/* sl_procs may have changed the set since the thread inherited it.  Seq_cst, both:
	 * either this sees the new version, or sl_procs sees the thread. */
	atomic_store(&g->thread, pthread_self());
	if (g->cpus_version != atomic_load(&sched.cpus_version)) {
		pthread_mutex_lock(&sched.lock);
		sl__set_affinity(0, &sched.cpus);
		pthread_mutex_unlock(&sched.lock);
	}
	switch (setjmp(g->leave)) {
	case 0:
		leave_if_dropping(g);
		g->fn(g->arg);
		/* fall through */
	case GOEXIT:
		check_joined(g);
		/* Before anybody can see that it is done. */
		has_ended(g);
		if (g->done)
			sl_wg_done(g->done);
		if (g->is_task)
			sl__task_finish(g->arg);
		trace_ends(g);
	}
	sl__altstack_end(g->altstack);
	sl__ring_end(&g->ring);
	pthread_mutex_lock(&sched.lock);
	unlink_g(g);
	g->next = sched.unused;
	sched.unused = g;
	pthread_mutex_unlock(&sched.lock);
	return NULL;
}

static void spawn(void (*fn)(void *), void *arg, bool is_task, struct sl_wg *done)
{
	struct sl_g *g;
	pthread_attr_t attr;
	pthread_t t;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, sched.cfg.stack_size);
	pthread_attr_setguardsize(&attr, GUARD);
	pthread_mutex_lock(&sched.lock);
	g = new_record();
	g->fn = fn;
	g->arg = arg;
	g->done = done;
	g->is_task = is_task;
	g->entry = is_task ? ((struct sl_task *)arg)->fn : fn;
	link_g(g);
	pthread_mutex_unlock(&sched.lock);
	trace_created(g);
	/* Threads that have ended may not have left the kernel's count yet. */
	for (int tries = 0; (err = pthread_create(&t, &attr, g_main, g)) == EAGAIN &&
	                    tries < 500; tries++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	pthread_attr_destroy(&attr);
	if (err)
		sl__fatal("sl_go: no thread for G %lld: %s; %lld Gs live", (long long)g->id,
		          strerror(err), (long long)sl_gcount());
}

void sl__go(void (*fn)(void *), void *arg, struct sl_wg *done)
{
	leave_if_dropping(getg("sl_go"));
	sl__plant(1);
	spawn(fn, arg, false, done);
}

void sl_go(void (*fn)(void *), void *arg)
{
	sl__go(fn, arg, NULL);
}

void sl_goexit(void)
{
	struct sl_g *g = getg(__func__);

	if (g->is_task)
		sl__fatal("sl_goexit inside a forked task");
	if (atomic_load_explicit(&g->wake, memory_order_relaxed) != WAKE_IDLE ||
	    atomic_load_explicit(&g->status, memory_order_relaxed) != G_RUNNING)
		sl__fatal("sl_goexit inside the commit of a park, or a blocking call");
	sl__unwind_all();
	longjmp(g->leave, GOEXIT);
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
	return atomic_load_explicit(&sched.gcount, memory_order_relaxed);
}

/* ---- Parking ----------------------------------------------------------- */

static void set_waiting(struct sl_g *g, uint32_t status, const char *reason)
{
	atomic_store_explicit(&g->reason, reason, memory_order_relaxed);
	atomic_store_explicit(&g->since, sl_now(), memory_order_relaxed);
	atomic_store_explicit(&g->seq, atomic_load_explicit(&g->seq, memory_order_relaxed) + 1,
	                      memory_order_relaxed);
	/* Release: whoever sees the status sees the three above, and the context. */
	atomic_store_explicit(&g->status, status, memory_order_release);
}

struct wait {
	struct sl_g *g;
	uint32_t status;
	const char *reason;
	int64_t deadline;               /* 0: none */
	bool ready;                     /* out: not for the deadline */
};

static void sleep_until_ready(void *arg)
{
	struct wait *w = arg;
	struct sl_g *g = w->g;

	set_waiting(g, w->status, w->reason);
	for (;;) {
		/* Acquire: what happened before the sl_ready is seen by this G. */
		uint32_t wake = atomic_load_explicit(&g->wake, memory_order_acquire);

		w->ready = wake == WAKE_READY;
		if (w->ready)
			return;
		if (wake == WAKE_LEAVE)
			longjmp(g->leave, DROPPED);
		if (w->deadline && sl_now() >= w->deadline)
			return;
		sl__futex_wait(&g->wake, WAKE_PARKING, w->deadline);
	}
}

/* Sleeps until sl_ready, or the deadline if there is one: then false. */
static bool await_ready(struct sl_g *g, uint32_t status, const char *reason,
                        int64_t deadline)
{
	struct wait w = { g, status, reason, deadline, false };

	/* The context is there before the status says so. */
	sl__trace_point(&g->context, sleep_until_ready, &w);
	return w.ready;
}

_Noreturn void leave(struct sl_g *g)
{
	/* It may still be readied for what it waited for last. */
	for (;;) {
		atomic_store_explicit(&g->wake, WAKE_PARKING, memory_order_relaxed);
		await_ready(g, G_WAITING, "end", 0);
	}
}

/* What it waited for has come, or it waits no longer. */
static void wait_over(struct sl_g *g)
{
	atomic_store_explicit(&g->status, G_RUNNING, memory_order_relaxed);
	atomic_store_explicit(&g->wake, WAKE_IDLE, memory_order_relaxed);
}

/* No timers here: who waits looks at the clock itself.  expire may touch records
 * on the stacks of other Gs, and these may be about to leave all at once: while
 * the run ends, the deadline is none.  Under the lock, so that the monitor's scan
 * either sees this G running, and lets none of them go, or has come first, and
 * the end is seen. */
static bool expire(struct sl_g *g, struct sl__timeout *t)
{
	bool dropping;

	pthread_mutex_lock(&sched.lock);
	dropping = sched.dropping;
	if (!dropping)
		atomic_store_explicit(&g->status, G_RUNNING, memory_order_relaxed);
	pthread_mutex_unlock(&sched.lock);
	return !dropping && t->expire(t);
}

void sl__park_until(bool (*commit)(sl_g *, void *), void *arg, const char *reason,
                    int64_t when, struct sl__timeout *t)
{
	struct sl_g *g = getg(__func__);
	bool timed = when < SL_NEVER;

	sl__plant(1);
	trace_waits(g, reason);
	/* Release: before it the G counts as not parked, and sl_ready as wrong. */
	atomic_store_explicit(&g->wake, WAKE_PARKING, memory_order_release);
	if (!commit || commit(g, arg)) {
		/* Who has a deadline is no part of a deadlock. */
		if (!await_ready(g, timed ? G_SLEEPING : G_WAITING, reason,
		                 timed ? when : 0)) {
			if (expire(g, t))
				trace_g(TRACE_RUNNABLE, TRACE_SLEPT, g, 0);
			else
				await_ready(g, G_WAITING, reason, 0);
		}
	}
	wait_over(g);
	trace_runs(g);
	if (t && t->woken)
		t->woken(t);
	leave_if_dropping(g);
}

struct sl__hop sl__park(bool (*commit)(sl_g *, void *), void *arg, const char *reason)
{
	sl__park_until(commit, arg, reason, SL_NEVER, NULL);
	return (struct sl__hop){ NULL, NULL };
}

struct sl__hop sl__park_unlock(uint32_t *lock, const char *reason)
{
	return sl__park(sl__commit_unlock, lock, reason);
}

void sl_ready(sl_g *g)
{
	struct sl_g *me = getg(__func__);
	uint32_t was = WAKE_PARKING;

	sl__plant(1);
	atomic_store_explicit(&me->wakeups,
	                      atomic_load_explicit(&me->wakeups, memory_order_relaxed) + 1,
	                      memory_order_relaxed);
	trace_g(TRACE_RUNNABLE, TRACE_READIED, g, 0);
	/* Release: pairs with sleep_until_ready. */
	if (!atomic_compare_exchange_strong_explicit(&g->wake, &was, WAKE_READY,
	                                             memory_order_release,
	                                             memory_order_relaxed) &&
	    !sched.dropping)
		sl__fatal("sl_ready of a G that is not parked");
	/* g may run, end and be another G, or freed, before this: the kernel then finds
	 * nobody at the address, or a futex of somebody who looks again. */
	sl__futex_wake(&g->wake, 1);
}

struct sl__hop sl__yield(void)
{
	leave_if_dropping(getg("sl_yield"));
	sl__plant(1);
	trace_g(TRACE_RUNNABLE, TRACE_YIELDED, self, 0);
	sched_yield();
	trace_runs(self);
	return (struct sl__hop){ NULL, NULL };
}

void sl_sleep(int64_t ns)
{
	struct sl_g *g = getg(__func__);

	leave_if_dropping(g);
	if (ns <= 0)
		return;
	trace_waits(g, "sleep");
	atomic_store_explicit(&g->wake, WAKE_PARKING, memory_order_relaxed);
	await_ready(g, G_SLEEPING, "sleep", sl__deadline(sl_now(), ns));
	wait_over(g);
	trace_g(TRACE_RUNNABLE, TRACE_SLEPT, g, 0);
	trace_runs(g);
	leave_if_dropping(g);
}

/* The kernel runs another thread by itself when this one blocks. */
void sl_entersyscall(void)
{
	atomic_store_explicit(&getg(__func__)->status, G_SYSCALL, memory_order_release);
	trace_g(TRACE_CALL, 0, self, 0);
}

void sl_exitsyscall(void)
{
	atomic_store_explicit(&getg(__func__)->status, G_RUNNING, memory_order_release);
	trace_runs(self);
}

/* ---- Fork and join ----------------------------------------------------- */

static SL_FOOT void run_task(void *arg)
{
	struct sl_task *t = arg;

	t->fn(t->arg);
}

void sl_fork(struct sl_task *t, void (*fn)(void *), void *arg)
{
	sl__task_push(&getg(__func__)->tasks, t, fn, arg);
	spawn(run_task, t, true, NULL);
}

void sl_join(struct sl_task *t)
{
	sl__task_pop(&getg(__func__)->tasks, t);
	sl__task_wait(t);
}

/* ---- Starting and stopping --------------------------------------------- */

static struct sl__cpus allowed;  /* of the thread that called sl_run, before it did */

/* The set of every G: the configured PUs, or the first procs allowed ones.  False: there
 * can be no such PU.  Under sched.lock. */
static bool choose_cpus(void)
{
	int surplus = sl__cpus_count(&allowed) - sched.cfg.procs;
	bool can = true;

	if (sched.cfg.cpus) {
		can = sl__cpus_of(&sched.cpus, sched.cfg.cpus, sched.cfg.procs);
	} else {
		sched.cpus = allowed;
		for (int i = SL__CPUS - 1; surplus > 0; i--) {
			surplus -= sl__cpus_have(&allowed, i);
			sl__cpus_remove(&sched.cpus, i);
		}
	}
	__atomic_store_n(&sl__parallel, sl__cpus_count(&sched.cpus) > 1, __ATOMIC_RELAXED);
	return can;
}

static int start(const struct sl_config *cfg)
{
	struct sl_config c;
	const char *source;
	int err = sl__configure(cfg, &c, &source);
	long least = sysconf(_SC_THREAD_STACK_MIN);

	if (err)
		return err;
	if (least > 0 && c.stack_size < (size_t)least) {
		if (cfg && cfg->stack_size)
			return -EINVAL;
		c.stack_size = (size_t)least;
	}
	pthread_mutex_lock(&sched.lock);
	if (sched.running || atomic_load(&sched.monitoring)) {
		pthread_mutex_unlock(&sched.lock);
		return -EBUSY;
	}
	sched.running = true;
	sched.cfg = c;
	sched.procs_source = source;
	sched.spawned = 0;
	sched.past_parks = sched.past_wakeups = 0;
	sched.stopping = sched.goexited = false;
	sched.dropping = sched.named = false;
	sched.was_blocked = sl__signal_unblock();
	sl__affinity(0, &allowed);
	err = choose_cpus() ? sl__affinity_narrow(&sched.cpus, &allowed) : -EINVAL;
	atomic_store(&sched.monitoring, 1);
	if (!err)
		err = -pthread_create(&sched.monitor, NULL, monitor, NULL);
	if (err) {
		atomic_store(&sched.monitoring, 0);
		sched.running = false;
		sl__signal_block(sched.was_blocked);
		sl__affinity_restore(&sched.cpus, &allowed);
	}
	pthread_mutex_unlock(&sched.lock);
	return err;
}

/* Ends what still lives; whoever does not end in time is abandoned, and the
 * monitor waits for it alone. */
static void stop(void)
{
	int64_t deadline;

	pthread_mutex_lock(&sched.lock);
	sched.stopping = true;
	sched.dropping = sched.live != NULL;
	pthread_mutex_unlock(&sched.lock);
	ring();
	deadline = sl_now() + ABANDON_NS;
	while (atomic_load(&sched.monitoring) && (sl_gcount() == 0 || sl_now() < deadline))
		sl__futex_wait(&sched.monitoring, 1, sl_gcount() > 0 ? deadline : 0);
	sl__trace_end(atomic_load(&sched.monitoring));
	if (atomic_load(&sched.monitoring))
		pthread_detach(sched.monitor);
	else
		pthread_join(sched.monitor, NULL);
	pthread_mutex_lock(&sched.lock);
	name_leaks();
	pthread_mutex_unlock(&sched.lock);
	sl__report_leaks();
	sl__overflow_end();
	sl__signal_block(sched.was_blocked);
	sl__affinity_restore(&sched.cpus, &allowed);
	pthread_mutex_lock(&sched.lock);
	while (sched.unused) {
		struct sl_g *g = sched.unused;

		sched.unused = g->next;
		free(g);
	}
	sched.running = false;
	pthread_mutex_unlock(&sched.lock);
}

/* The initial G's is whatever its thread has. */
static void find_stack(struct sl_g *g)
{
	pthread_attr_t attr;
	size_t size;
	void *lo;

	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		return;
	pthread_attr_getstack(&attr, &lo, &size);
	pthread_attr_destroy(&attr);
	g->stack_lo = (uintptr_t)lo;
	g->stack_hi = (uintptr_t)lo + size;
}

SL_FOOT int sl_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	struct sl_g g = { .fn = fn, .arg = arg, .entry = fn };
	int err;

	if (self)
		return -EBUSY;
	err = start(cfg);
	if (err)
		return err;
	sl__trace_begin(SL_MODEL, sched.cfg.procs, true);
	g.thread = pthread_self();
	find_stack(&g);
	g.altstack = sl__altstack_begin();
	sl__overflow_begin();
	pthread_mutex_lock(&sched.lock);
	link_g(&g);
	pthread_mutex_unlock(&sched.lock);
	self = &g;
	sl__foreign_bits = 0;
	trace_begins(&g, true);
	if (setjmp(g.leave) == 0) {
		fn(arg);
		check_joined(&g);
		trace_ends(&g);
		self = NULL;
		sl__foreign_bits = UINTPTR_MAX;
		pthread_mutex_lock(&sched.lock);
		unlink_g(&g);
		pthread_mutex_unlock(&sched.lock);
		stop();
		sl__altstack_end(g.altstack);
		return 0;
	}
	/* sl_goexit: from now on only the deadlock report ends this. */
	trace_ends(&g);
	pthread_mutex_lock(&sched.lock);
	unlink_g(&g);
	sched.goexited = true;
	pthread_mutex_unlock(&sched.lock);
	for (;;)
		pause();
}

int sl_procs(int n)
{
	const char *source;
	int old;

	pthread_mutex_lock(&sched.lock);
	old = sched.cfg.procs ? sched.cfg.procs : sl__procs_default(&source);
	if (n > 0 && getg(__func__)) {
		sched.cfg.procs = n < SL_PROCS_MAX ? n : SL_PROCS_MAX;
		sched.cfg.cpus = NULL;
		sched.procs_source = "sl_procs";
		choose_cpus();
		sched.cpus_version++;
		/* Each is alive: it leaves the list before it ends. */
		for (struct sl_g *g = sched.live; g; g = g->next) {
			pthread_t thread = atomic_load(&g->thread);

			if (thread)
				pthread_setaffinity_np(thread, sizeof sched.cpus, sched.cpus.part);
		}
	}
	pthread_mutex_unlock(&sched.lock);
	return old;
}

const char *sl_procs_source(void)
{
	const char *source;

	pthread_mutex_lock(&sched.lock);
	source = sched.procs_source;
	pthread_mutex_unlock(&sched.lock);
	if (!source)
		sl__procs_default(&source);
	return source;
}

int sl_bound_cpu(int p)
{
	(void)p;
	return -1;      /* the Gs share one set; none is bound to a PU of its own */
}

int sl_counters(struct sl_counter *out, int max)
{
	struct sl_counter c[3] = { { "spawns", 0 }, { "parks", 0 }, { "wakeups", 0 } };
	int n = max < 3 ? max : 3;

	pthread_mutex_lock(&sched.lock);
	c[0].value = sched.spawned;
	c[1].value = (int64_t)(sched.past_parks + scan().seq);
	c[2].value = (int64_t)sched.past_wakeups;
	for (struct sl_g *g = sched.live; g; g = g->next)
		c[2].value += atomic_load_explicit(&g->wakeups, memory_order_relaxed);
	pthread_mutex_unlock(&sched.lock);
	memcpy(out, c, (size_t)n * sizeof *c);
	return n;
}
