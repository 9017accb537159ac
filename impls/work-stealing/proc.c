/* SPDX-License-Identifier: Apache-2.0
 *
 * proc.c: Ms, and how idle ones find work; after Go's proc.go.
 *
 * WAKING AND SLEEPING.  Two wishes pull against each other: an idle P beside
 * runnable work is waste, and waking an M that then finds nothing is waste
 * too, of the waker's time first (a futex wake-up across cores costs some
 * microseconds here and takes effect after 34).  As in Go, an M without work
 * first *spins*, which is to say, looks into every queue for a while, and a
 * submitter wakes somebody only if there is an idle P and nobody spins yet.
 * So one M at most is woken at a time; it wakes the next when it has found
 * work and sees more.
 *
 * Nothing is lost if each submit sees the idle M or the idle M sees the work:
 *
 *     submitted()                         release_and_stopm()
 *     work visible in a queue             P in the idle list, npidle + 1,
 *                                         nspinning - 1 if it spun
 *     asym_light                          asym_heavy, if needs_fence
 *     npidle > 0, nspinning == 0?         wait_for_p: work for whoever comes (any_work)?
 *         wakep                               take a P back, go on
 *                                         a G in a P's own queue (any_queued)?
 *                                             see to it that there is a watcher, awake
 *
 * THE PROOF is below, after what a watcher is.
 *
 * A P'S OWN QUEUE is the exception.  What a G readies just before it parks, or
 * starts before it waits, runs next on the same P, within nanoseconds and with
 * its data warm.  To wake an M for it would make every ping-pong a race across
 * cores, won by the slower, and every batch of small Gs twice as expensive: each
 * has to fetch its record from the other core.  Go wakes all the same and makes
 * the thief wait 3 µs before it takes a runnext, which is 81 µs where that is
 * how long such a sleep takes.  Here one idle M, the *watcher*, naps instead of
 * sleeping as long as some P moves.  On waking it compares each P's tick with
 * what it saw before, and so knows how fast the P gets through its queue: if the
 * last in it would wait for longer than a wake-up takes, because there are many
 * or because the P is stuck in a G that does not let go, it takes half.  When no
 * P moves and nothing waits the watcher sleeps, and the next submit wakes an M
 * after all.  It is also who sleeps to the next deadline, and in the netpoll
 * when a G waits on a descriptor.  watch.c is how it judges, steal.c what an M that
 * spins takes.
 *
 * Dropped: to wake for every ready, and let the thieves find out (ping-pong at
 * two Ps became 20 times slower); to leave a runnext to its P alone (a G that
 * readies another and computes on kept it waiting for ever); to wake for all
 * but the runnext (1,000 small Gs at two Ps cost 250 ns each, at one 26).
 *
 * A watcher that leaves its post wakes its successor, and if there is none another M,
 * should more be queued than it takes.  If no P is idle sysmon (sysmon.c) does its work.
 *
 * THE PROOF.  The table says for each kind of submit (across) and each state of the idle
 * side (down) who gets to the work.
 *
 *                          into the own P's queue   into the global queue, a deque
 *                          (submitted_here)         (submitted)
 *     1  no idle P         nobody is woken: the P gets to its queue, each P now and then
 *                          to the global one (poll_p); sysmon ends a G's slice
 *     2  idle P, an M      nobody is woken: the M that spins sees it, or looks again once
 *        spins             it has stopped to spin
 *     3  idle P, the       the watcher, at the      wakep
 *        watcher naps      end of its nap
 *     4  idle P, the       wakep                    wakep
 *        watcher sleeps
 *     5  idle P, no        wakep; startm makes an M if none is idle
 *        watcher
 *
 * submitted_here is for sl_go, sl_ready, a yield, a parking that is called off, and
 * sl_entersyscall; the part of a full queue that runq_spill moves is of the same kind,
 * for the watcher looks at the global queue, too.  submitted is for sl_fork, a flushed
 * deque, due timers, ready descriptors, Gs that return from a call, preempted Gs that go
 * on, and Ps that are emptied.  What the poller finds, and who was preempted for an M that
 * gets its P, is submitted by nobody: that M itself looks next.
 *
 * So work can be lost only if the state changes between the submitter's store and its
 * loads, so that it acts by the old state.  Who makes the change looks at the queues
 * after it, and after a fence:
 *
 *     change                           the submitter saw   who looks, and its fence
 *     1 to 3   release_and_stopm,      npidle == 0         the watcher, when its nap ends
 *              beside a nap
 *     1 to 4   release_and_stopm,      npidle == 0         that M, in wait_for_p;
 *              beside a sleep                              asym_heavy, for needs_fence
 *     1 to 5   release_and_stopm,      npidle == 0         that M becomes the watcher, and
 *              without a watcher                           as such does what "3 to 4" says
 *     2 to 3-5 the M that spun found   nspinning > 0       that M, in stop_spinning;
 *              work                                        asym_heavy, unless 3
 *     2 to 3-5 it found none           nspinning > 0       as 1 to 3, 4 or 5
 *     2 to 1   wakep gets no P         nspinning > 0       under sched.lock all Ps were
 *                                                          taken: as 1 to 3-5, later
 *     3 to 4   watch                   watching            the watcher, before it sleeps;
 *                                                          asym_heavy
 *     3 to 2   the watcher is given    watching            it spins, so as 2 to 3-5; and
 *              a P, or takes one                           the next idle M, as in 1 to 5
 *     3 to 5   the watcher takes a     watching            that M, in wait_for_p; the
 *              P and steals                                asym_heavy of runq_steal
 *     1 to 3-5 handoffp, sl_procs,     npidle == 0         they wake the watcher, or call
 *              preempt_cancel                              submitted after it
 *
 * Each fence here is on the side that makes the change, and follows it; asym_light is in
 * the submit.  So if the submitter's load came before the fence its store did, too, and
 * the look sees the work; if the load came after, it saw the new state.  A look that is
 * left to the watcher needs no fence of its own, because the last look before the watcher
 * sleeps has one.  model/wakeup.pml is this as a program for a model checker, which finds
 * work that is lost if a fence is taken out.
 *
 * DESCRIPTORS.  Ps that run look at the netpoll now and then, and an M before it
 * gives up looking for work.  If there is an idle M, one is to block there: the
 * *poller*, who is the watcher, sleeping in epoll_wait instead of on its futex.
 * It has no P; what it finds goes to the global queue, and if there is an idle P
 * it takes that to work on it.  No G waits with nobody to poll for it, since
 *
 *     sl__netpoll_wanted()                mpark(), the watcher
 *     sl__netpoll_waiters + 1             sched.poller cleared (when it woke)
 *     (seq_cst)                           (seq_cst)
 *     no sched.poller, and an idle P?     any waiters?
 *         wake the watcher, or an M           block in the netpoll
 *
 * and a P that goes idle looks for waiters after it has become seen to be idle,
 * as in release_and_stopm above.
 *
 * LOCKS.  That of a P's timers before a descriptor's, and of one P at a time; a queue's
 * thief lock is never waited for while one of them, or sched.lock, is held.
 */
#include <errno.h>
#include <sys/mman.h>

#include "shared/altstack.h"
#include "ws.h"

#define MS_MAX 10000            /* no more to stand in for preempted Gs */

/* ---- Ms ---------------------------------------------------------------- */

void wake_m(struct m *m)
{
	trace_m(getm(), TRACE_M_WAKE, m->number);
	atomic_store_explicit(&m->wake, 1, memory_order_release);
	if (m == sched.poller)
		sl__netpoll_break();
	else
		sl__futex_wake(&m->wake, 1);
}

void wake_m_elsewhere(struct m *m)
{
	avoid_this_cpu(m);
	wake_m(m);
}

/* Takes m out of the idle list; under sched.lock, like all that follows. */
void midle_remove(struct m *m)
{
	struct m **link = &sched.midle;

	while (*link != m)
		link = &(*link)->idle_next;
	poke(link, m->idle_next);
	m->idle = false;
	if (sched.watcher == m) {
		poke(&sched.watcher, NULL);
		poke(&sched.watching, false);
		poke(&sched.watch_until, SL_NEVER);
		if (sched.midle)
			wake_m_elsewhere(sched.midle);  /* to be the next watcher */
	}
}

void midle_put(struct m *m)
{
	m->idle_next = sched.midle;
	poke(&sched.midle, m);
	m->idle = true;
}

/* The watcher last: it would have to be replaced. */
static struct m *midle_get(void)
{
	struct m *m = sched.midle;

	if (m && m == sched.watcher && m->idle_next)
		m = m->idle_next;
	if (m)
		midle_remove(m);
	return m;
}

/* Asks for an M for p or, if p is NULL, one that will be idle; under sched.lock.  Only the
 * thread in sl_run makes Ms (newm): pthread_create calls malloc, whose lock a preempted G
 * may hold. */
static void request_m(struct p *p, bool spinning)
{
	if (p) {
		p->new_m_spins = spinning;
		p->idle_next = sched.new_m_ps;
		sched.new_m_ps = p;
	} else {
		sched.new_idle_m = true;
	}
	atomic_fetch_add(&sched.call, 1);
	sl__futex_wake(&sched.call, 1);
}

bool start_idle_m(struct p *p, bool spinning)
{
	struct m *m = midle_get();

	if (!m)
		return false;
	m->spinning = spinning;
	poke(&m->nextp, p);
	/* A caller without a P is sysmon, which goes to sleep: its PU becomes free, while
	 * another may have a G that computes. */
	if (sched.cfg.cpus || !getm() || !getm()->p) {
		bind_m(m, p);
		wake_m(m);
	} else {
		wake_m_elsewhere(m);
	}
	return true;
}

void startm(struct p *p, bool spinning)
{
	lock_sched();
	if (!start_idle_m(p, spinning))
		request_m(p, spinning);
	unlock_sched();
}

void request_idle_m(void)
{
	lock_sched();
	if (!sched.new_idle_m && sched.nms < MS_MAX)
		request_m(NULL, false);
	unlock_sched();
}

/* Wakes one M, spinning, for an idle P; nothing if there is none or somebody
 * spins already. */
void wakep(void)
{
	int32_t none = 0;
	struct p *p;

	/* Seq_cst: only one submitter wins, and everything that it submitted is
	 * before the spinner's decrement. */
	if (!__atomic_compare_exchange_n(&sched.nspinning, &none, 1, false,
	                                 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return;
	lock_sched();
	while (must_end_alone())
		end_alone();
	p = peek(&sched.stopping) ? NULL : take_p();
	/* Under the lock: an M that puts its P there afterwards must not have
	 * its submitters believe in this spinner that never was. */
	if (!p)
		__atomic_sub_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST);
	unlock_sched();
	if (p)
		startm(p, true);
}

/* ---- Spinning ---------------------------------------------------------- */

static void start_spinning(struct m *m)
{
	m->spinning = true;
	__atomic_add_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST);
}

/* m spun and has found work.  Submits were silent meanwhile: if this was the
 * last spinner and there is more to do, it wakes the next. */
static void stop_spinning(struct m *m)
{
	bool others;

	m->spinning = false;
	others = __atomic_sub_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST) > 0;
	/* On aarch64 the loads below could otherwise pass the store of nspinning. */
	asym_light();
	if (others || peek(&sched.npidle) == 0)
		return;
	/* Else it sees soon what is missed here. */
	if (!peek(&sched.watching))
		asym_heavy();
	if (any_work() || (any_queued() && !peek(&sched.watching)) ||
	    (fds_wanted() && !peek(&sched.poller)) ||
	    (timers_next() != SL_NEVER && peek(&sched.watch_until) == SL_NEVER))
		wakep();
}

/* ---- Sleeping ---------------------------------------------------------- */

/* Every P idle, so nobody runs, and nothing to come: under sched.lock, which
 * whoever takes a P out of the idle list would need. */
static void check_deadlock(void)
{
	for (int i = sched.procs; i < sched.nallp; i++)
		if (!sched.allp[i].retired)
			return;
	if (sched.npidle < sched.procs || sched.nblocked || sched.nreserved ||
	    timers_next() != SL_NEVER || fds_wanted() || any_work() || any_queued() || peek(&sched.stopping))
		return;
	report_deadlock();
}

/* m sleeps in the idle list until it is handed a P or, as the watcher, finds a reason to
 * take one.  NULL: the world stops. */
static struct p *mpark(struct m *m, struct p **victim)
{
	int64_t until = SL_NEVER;
	struct p *p = NULL;
	enum look look;

	*victim = NULL;
	lock_sched();
	while (!peek(&m->nextp) && !peek(&sched.stopping)) {
		if (m->idle && !sched.watcher)
			take_watch(m);
		look = sched.watcher == m ? watch(m, victim, &until) : LOOK_NAP;
		if (look == LOOK_AGAIN)
			continue;
		if (look == LOOK_TAKE) {
			while (must_end_alone())
				end_alone();
			if (!m->idle || !sched.npidle)
				continue;
			midle_remove(m);
			poke(&m->nextp, take_p());
			break;
		}
		/* It may have called end_alone, and then taken no P. */
		count_busy(0);
		if (sched.watcher != m)
			until = SL_NEVER;
		/* A G that is preempted hands its P over without the lock: either
		 * it is seen here, or its wake-up is after this (seq_cst). */
		atomic_exchange(&m->wake, 0);
		if (__atomic_load_n(&m->nextp, __ATOMIC_SEQ_CST))
			break;
		allow_all_cpus(m);
		trace_m(m, TRACE_M_PARK, 0);
		if (sched.watcher == m && sched.npidle && !sched.poller && fds_wanted()) {
			sleep_polling(m, until);
			trace_m(m, TRACE_M_WOKEN, 0);
			continue;
		}
		unlock_sched();
		while (!atomic_load_explicit(&m->wake, memory_order_acquire) &&
		       (until == SL_NEVER || sl_now() < until))
			sl__futex_wait(&m->wake, 0, until == SL_NEVER ? 0 : until);
		trace_m(m, TRACE_M_WOKEN, 0);
		lock_sched();
	}
	p = __atomic_load_n(&m->nextp, __ATOMIC_ACQUIRE);
	poke(&m->nextp, NULL);
	put_preempted_m(m);
	unlock_sched();
	return p;
}

/* m is in the idle list.  It looks for work once more, and sleeps until it has a P
 * again.  Returns a G if it has stolen one; NULL: look for one. */
static struct sl_g *wait_for_p(struct m *m)
{
	struct p *p = NULL, *victim = NULL;
	struct sl_g *g;

	lock_sched();
	while (m->idle && any_work()) {
		if (!must_end_alone()) {
			p = take_p();
			break;
		}
		end_alone();
	}
	if (!m->idle) {
		/* Handed a P already. */
	} else if (p) {
		midle_remove(m);
		poke(&m->nextp, p);
	} else {
		check_deadlock();
		/* What lies in a P's queue is the watcher's to judge: it may be
		 * asleep from a time when nothing moved. */
		if (sched.watcher && ((!sched.watching && any_queued()) ||
		                      (!sched.poller && fds_wanted()) ||
		                      timers_next() < peek(&sched.watch_until))) {
			/* It need not be woken to be relieved. */
			if (sched.poller == sched.watcher)
				wake_m(sched.watcher);
			else
				take_watch(m);
		}
	}
	unlock_sched();
	p = mpark(m, &victim);
	if (!p)
		return NULL;
	acquirep(m, p);
	if (victim && victim != p && (g = steal_g(m, victim, true))) {
		/* It was the watcher, and may have no successor. */
		if (!peek(&sched.midle) && peek(&sched.npidle) > 0 && any_queued())
			wakep();
		return g;
	}
	if (!m->spinning)
		start_spinning(m);
	return NULL;
}

/* Would a submit that does not see the new idle M be missed?  It would not if the watcher
 * naps, for it looks again soon.  It would not if there is no watcher, for the M becomes
 * the watcher and looks at everything.  The fence takes 10 to 25 µs in some virtual
 * machines, and interrupts who is at work, so it is left out where it is not needed. */
static bool needs_fence(void)
{
	return sched.watcher && !sched.watching;
}

/* m has found no work: it gives its P up and stops. */
static struct sl_g *release_and_stopm(struct m *m)
{
	struct p *p = m->p;
	bool fence;
	struct sl_g *g;

	lock_sched();
	g = globq_get(p);
	if (g || peek(&sched.stopping)) {
		unlock_sched();
		return g;
	}
	if (runq_length(p) > 0)
		sl__throw("a P that has Gs is given up");
	trace_m(m, TRACE_P_STOP, 0);
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	m->p = NULL;
	/* Under the lock: a watcher that naps may otherwise fall asleep before it, and a
	 * submit after that still count on this M, which then passes no fence. */
	if (m->spinning)
		__atomic_sub_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST);
	m->spinning = false;
	put_p(p);
	fence = needs_fence();
	midle_put(m);
	unlock_sched();
	/* From here on another thread may write to m, in startm. */
	if (fence)
		asym_heavy();
	return wait_for_p(m);
}

/* m has given its P away, or lost it: it stops. */
static struct sl_g *stopm(struct m *m)
{
	bool fence;

	lock_sched();
	fence = needs_fence();
	midle_put(m);
	unlock_sched();
	if (fence)
		asym_heavy();
	return wait_for_p(m);
}

/* P was lowered, and m's is one too many: its Gs are for the others. */
static void drain_p(struct m *m)
{
	struct p *p = m->p;
	struct sl_g *g;

	while ((g = runq_get(p))) {
		lock_sched();
		globq_put(g);
		unlock_sched();
	}
	submitted();
}

void handoffp(struct p *p, bool work)
{
	struct m *watcher;

	lock_sched();
	watcher = sched.watcher;
	/* Without a watcher nobody would see to the timers and descriptors. */
	if (work || !watcher) {
		unlock_sched();
		__atomic_add_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST);
		startm(p, true);
		return;
	}
	put_p(p);
	wake_m(watcher);
	unlock_sched();
}

/* Finds the next G for m, and waits until there is one.  NULL: the world has stopped. */
static struct sl_g *find_runnable(struct m *m)
{
	struct sl_g *g = NULL;

	for (; !g; ) {
		if (peek(&sched.stopping))
			return NULL;
		if (!m->p) {
			g = stopm(m);
			continue;
		}
		poll_p(m->p);
		steal_timers(m->p);
		if (sl__unlikely(m->p->id >= peek(&sched.procs)))
			drain_p(m);
		/* A preempted G goes on if the P has nothing else to do, and in any
		 * case once 64 switches have passed since the last one that did. */
		if (peek(&sched.npreempted) && (m->p->tick - m->p->resumed >= 64 ||
		                                (runq_empty(m->p) && !runq_has_next(m->p)))) {
			bump(&m->p->tick);
			if ((g = preempted_get())) {
				m->p->resumed = m->p->tick;
				if (m->spinning)
					stop_spinning(m);
				resume(m, g);
				g = NULL;
				continue;
			}
		}
		g = runq_get(m->p);
		/* It looks at the netpoll before it takes from others, and even if a
		 * poller sleeps there, because that has to be woken first, which takes
		 * long (pipes, two Ps: 3.2 µs a round trip when this was left to the
		 * poller, 1.8 now). */
		if (!g && fds_wanted()) {
			poll_fds(m->p);
			g = runq_get(m->p);
		}
		if (!g)
			judge_steal(m);
		if (!g && count_ps() > 1) {
			/* At most half of the busy Ps: more would keep each other
			 * from finding anything. */
			if (!m->spinning && 2 * peek(&sched.nspinning) <
			                    peek(&sched.procs) - peek(&sched.npidle))
				start_spinning(m);
			if (m->spinning)
				g = steal(m);
		}
		if (!g)
			g = release_and_stopm(m);
	}
	if (m->spinning)
		stop_spinning(m);
	return g;
}

/* Runs one G after the other on m's g0, until the world stops. */
static void schedule(struct m *m)
{
	struct sl_g *g;

	while ((g = find_runnable(m))) {
		bump(&m->p->tick);
		go_to(&m->g0_sp, &m->g0, m, g);
		sl__stack_arrived(&m->g0);
		finish_switch();
	}
}

void *mstart(void *arg)
{
	struct m *m = arg;
	struct sl__altstack *altstack = sl__altstack_begin();

	sl__m = m;
	poke(&m->tid, gettid());
	sl__stack_thread(&m->g0);
	m->eh = sl__eh_of_thread();
	trace_m(m, TRACE_M_START, 0);
	preempt_thread();
	if (m->nextp) {
		acquirep(m, m->nextp);
		m->nextp = NULL;
	}
	schedule(m);
	sl__altstack_end(altstack);
	atomic_fetch_sub(&sched.live_ms, 1);
	sl__futex_wake(&sched.live_ms, 1);
	return NULL;
}
