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
 *     submitted()                         stop_m()
 *     work visible in a queue             P in the idle list, npidle + 1,
 *                                         nspinning - 1 if it spun
 *     asym_light                          asym_heavy
 *     npidle > 0, nspinning == 0?         any work in any queue?
 *         wakep                               take a P back, go on
 *
 * (without the fence where a watcher, below, looks again soon anyway)
 *
 * and likewise between a spinner that has found work and stops spinning
 * (stop_spinning) and a submit that was told nothing because it still spun.
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
 * DESCRIPTORS.  Ps that run look at the netpoll now and then, and an M before it
 * gives up looking for work.  If there is an idle M, one is to block there: the
 * *poller*, who is the watcher, sleeping in epoll_wait instead of on its futex.
 * It has no P; what it finds goes to the global queue, and if there is an idle P
 * it takes that to work on it.  No G waits with nobody to poll for it, since
 *
 *     sl__netpoll_wanted()                sleep_m(), the watcher
 *     sl__netpoll_waiters + 1             sched.poller cleared (when it woke)
 *     (seq_cst)                           (seq_cst)
 *     no sched.poller, and an idle P?     any waiters?
 *         wake the watcher, or an M           block in the netpoll
 *
 * and a P that goes idle looks for waiters after it has become seen to be idle,
 * as in stop_m above.
 *
 * LOCKS.  That of a P's timers before a descriptor's, and of one P at a time; a queue's
 * thief lock is never waited for while one of them, or sched.lock, is held.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "altstack.h"
#include "ws.h"

#define MS_MAX 10000            /* no more to stand in for preempted Gs */

/* ---- Ms ---------------------------------------------------------------- */

void wake_m(struct m *m)
{
	atomic_store_explicit(&m->wake, 1, memory_order_release);
	if (m == sched.poller)
		sl__netpoll_break();
	else
		sl__futex_wake(&m->wake, 1);
}

void wake_elsewhere(struct m *m)
{
	keep_off(m);
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
			wake_elsewhere(sched.midle);    /* its successor */
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

/* An M to be, for p or, if that is NULL, to be idle; under sched.lock.  A thread
 * is made by the one in sl_run alone: pthread_create calls malloc, whose lock a
 * preempted G may hold. */
static void conceive(struct p *p, bool spinning)
{
	struct m *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		sl__fatal("out of memory for an M");
	m->nextp = p;
	m->spinning = spinning;
	m->mask.depth = 1;
	m->last_cpu = NO_CPU;
	m->rand = (uint32_t)(uintptr_t)m >> 12 | 1;
	m->unborn_next = sched.unborn;
	sched.unborn = m;
	atomic_fetch_add(&sched.call, 1);
	sl__futex_wake(&sched.call, 1);
}

bool find_m(struct p *p, bool spinning)
{
	struct m *m = midle_get();

	if (!m)
		return false;
	m->spinning = spinning;
	poke(&m->nextp, p);
	/* Sysmon goes to sleep, and its PU is free: the other may be a G's that computes. */
	if (sched.cfg.cpus || !getm() || !getm()->p) {
		bind_m(m, p);
		wake_m(m);
	} else {
		wake_elsewhere(m);
	}
	return true;
}

void startm(struct p *p, bool spinning)
{
	lock_sched();
	if (!find_m(p, spinning))
		conceive(p, spinning);
	unlock_sched();
}

void order_m(void)
{
	lock_sched();
	if (!sched.unborn_idle && sched.nms < MS_MAX) {
		sched.unborn_idle = true;
		conceive(NULL, false);
	}
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
	while (is_company())
		announce();
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
	m->spinning = false;
	if (__atomic_sub_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST) > 0 ||
	    peek(&sched.npidle) == 0)
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

/* Sleeps in the idle list until it is handed a P, or finds a reason, as the
 * watcher, to take one.  NULL: the world stops. */
static struct p *sleep_m(struct m *m, struct p **victim)
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
			while (is_company())
				announce();
			if (!m->idle || !sched.npidle)
				continue;
			midle_remove(m);
			poke(&m->nextp, take_p());
			break;
		}
		/* Announced for nothing: it looked again, and takes none. */
		count_busy(0);
		if (sched.watcher != m)
			until = SL_NEVER;
		/* A G that is preempted hands its P over without the lock: either
		 * it is seen here, or its wake-up is after this (seq_cst). */
		atomic_exchange(&m->wake, 0);
		if (__atomic_load_n(&m->nextp, __ATOMIC_SEQ_CST))
			break;
		keep_off_none(m);
		if (sched.watcher == m && sched.npidle && !sched.poller && fds_wanted()) {
			sleep_polling(m, until);
			continue;
		}
		unlock_sched();
		while (!atomic_load_explicit(&m->wake, memory_order_acquire) &&
		       (until == SL_NEVER || sl_now() < until))
			sl__futex_wait(&m->wake, 0, until == SL_NEVER ? 0 : until);
		lock_sched();
	}
	p = __atomic_load_n(&m->nextp, __ATOMIC_ACQUIRE);
	poke(&m->nextp, NULL);
	preempted_put_left(m);
	unlock_sched();
	return p;
}

/* m has no P any more, and sleeps until it has one again.  Returns a G if it
 * came upon one on the way. */
static struct sl_g *wait_for_p(struct m *m)
{
	struct p *p = NULL, *victim = NULL;
	struct sl_g *g;

	lock_sched();
	while (m->idle && any_work()) {
		if (!is_company()) {
			p = take_p();
			break;
		}
		announce();
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
	p = sleep_m(m, &victim);
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

/* Can a submit that does not see the idle M be missed?  Not if the watcher naps, and sees
 * it soon, nor if there is none: to be the next is to look at everything.  The fence
 * takes 10 to 25 µs in some virtual machines, and interrupts who is at work. */
static bool is_unwatched(void)
{
	return sched.watcher && !sched.watching;
}

/* m has found nothing: it gives its P up. */
static struct sl_g *stop_m(struct m *m)
{
	struct p *p = m->p;
	bool spun = m->spinning, fence;
	struct sl_g *g;

	lock_sched();
	g = globq_get(p);
	if (g || peek(&sched.stopping)) {
		unlock_sched();
		return g;
	}
	if (runq_length(p) > 0)
		sl__throw("a P that has Gs is given up");
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	m->p = NULL;
	m->spinning = false;
	rest_p(p);
	fence = is_unwatched();
	midle_put(m);
	unlock_sched();
	/* From here on startm may write to m. */
	if (spun)
		__atomic_sub_fetch(&sched.nspinning, 1, __ATOMIC_SEQ_CST);
	if (fence)
		asym_heavy();
	return wait_for_p(m);
}

/* m has given its P away, or lost it. */
static struct sl_g *join_idle(struct m *m)
{
	bool fence;

	lock_sched();
	fence = is_unwatched();
	midle_put(m);
	unlock_sched();
	if (fence)
		asym_heavy();
	return wait_for_p(m);
}

/* P was lowered, and m's is one too many: its Gs are for the others. */
static void empty_p(struct m *m)
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
	rest_p(p);
	wake_m(watcher);
	unlock_sched();
}

/* The next G for m; NULL: the world has stopped. */
static struct sl_g *findrunnable(struct m *m)
{
	struct sl_g *g = NULL;

	for (; !g; ) {
		if (peek(&sched.stopping))
			return NULL;
		if (!m->p) {
			g = join_idle(m);
			continue;
		}
		poll_p(m->p);
		steal_timers(m->p);
		if (sl__unlikely(m->p->id >= peek(&sched.procs)))
			empty_p(m);
		/* After 64 switches one of them has its turn in any case; but not
		 * sooner after another's, whose slice others waited for. */
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
		/* Before it takes from others, and though somebody may be asleep in
		 * the netpoll: who has to be woken is much later (pipes, two Ps:
		 * 3.2 us a round trip when this was left to the poller, 1.8 now). */
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
			g = stop_m(m);
	}
	if (m->spinning)
		stop_spinning(m);
	return g;
}

void *m_main(void *arg)
{
	struct m *m = arg;
	struct sl__altstack *altstack = sl__altstack_begin();
	struct sl_g *g;

	sl__m = m;
	poke(&m->tid, gettid());
	/* The watcher's naps and the timers' deadlines are this thread's: the
	 * default slack of 50 µs would double a nap. */
	prctl(PR_SET_TIMERSLACK, 1);
	sl__stack_thread(&m->g0);
	preempt_thread();
	if (m->nextp) {
		acquirep(m, m->nextp);
		m->nextp = NULL;
	}
	while ((g = findrunnable(m))) {
		bump(&m->p->tick);
		go_to(&m->g0_sp, &m->g0, m, g);
		sl__stack_arrived(&m->g0);
		finish_switch();
	}
	sl__altstack_end(altstack);
	atomic_fetch_sub(&sched.live_ms, 1);
	sl__futex_wake(&sched.live_ms, 1);
	return NULL;
}
