/* SPDX-License-Identifier: Apache-2.0
 *
 * preempt.c: taking the P from a G that does not let go.
 *
 * C code cannot be moved to another thread at any instruction: it may have the
 * address of something thread-local in a register, or hold malloc's lock.  So a
 * preempted G keeps its M, which stays where it was stopped, inside the signal's
 * handler, and its P goes to another M.  When it is the G's turn again the P comes
 * back to that M, and the handler returns ("KLT switching"; Shiina, Iwasaki, Taura,
 * Balaji, PPoPP 2021).  The price is a kernel thread for each preempted G.
 *
 *     sysmon: the G runs for longer than its slice, and others wait
 *         reserve a standby: an idle M or, if there is none, the M of the G that was
 *             preempted first, which then goes on
 *         m->mask.asked = 1, and a timer that sends the signal
 *     the G: in the scheduler or in sync/, where depth > 0?
 *         at unmask it sees that it was asked, and yields (sl__preempt_here)
 *     else, in the handler:
 *         standby->nextp = the P, standby->preempted_m = m; wake the standby
 *         sleep until m->resumed
 *     the standby: puts the G in sched.preempted, in the order of their coming
 *     an M that comes to it there (find_runnable): gives its P to the G's M
 *
 * The standby is reserved before the signal is sent, because a handler can create no
 * thread.  A G that waits for a lock which a preempted G holds, malloc's for example, is
 * preempted too, so the holder's turn comes.  That must not need a new thread either, for
 * pthread_create calls malloc: hence the second choice of a standby, which is only for
 * that case, because only an idle M looks into the queues.  For the same reason nothing
 * that is masked calls malloc or stdio.
 *
 * A signal that comes while the M does anything else is without effect.
 *
 * SYSTEM CALLS.  A signal that comes inside of one ends it: many fail with EINTR or
 * return a part of what was asked for, whatever SA_RESTART says, and the program never
 * asked for a signal.  From outside nobody can see whether a thread is about to begin
 * a call.  But a timer on the thread's CPU time runs out at a tick of the kernel's clock
 * that finds the thread at work, and where Linux has CONFIG_POSIX_CPU_TIMERS_TASK_WORK
 * (since 2020; on all architectures later) it sends the signal when the thread is on its
 * way back to its own code: never inside a call.  Without that option it sends it
 * from the tick, and ends a call that the tick finds before it has begun to sleep; and
 * where it refuses the timer, the signal is sent at once, to a thread that does not sleep.
 * The price is that a slice ends at a tick: the last one before its end, or the next.
 * An M that sleeps in a call is not sent anything: lend.c has what is done then.
 *
 * Nothing waits for a signal to be delivered, for the program may block it.  Then the G
 * keeps its P until it calls the scheduler.
 */
#include "ws.h"
#include "shared/signal.h"
#include "shared/thread.h"

/* ---- The G's side ------------------------------------------------------ */

static void hand_over(struct m *m, struct m *standby)
{
	struct p *p = m->p;

	bump(&p->counter[C_PREEMPTIONS]);
	bump(&p->tick);
	poke(&m->curg->status, G_PREEMPTED);
	m->curg->since = sl_now();
	m->curg->m = m;
	m->stopped = true;
	trace_g(m, TRACE_STOPPED, 0, m->curg, 0);
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	standby->preempted_m = m;
	/* Release: the standby sees the P as it was left. */
	__atomic_store_n(&standby->nextp, p, __ATOMIC_RELEASE);
	if (standby->stopped) {
		atomic_store(&standby->resumed, 1);
		sl__futex_wake(&standby->resumed, 1);
	} else {
		atomic_store(&standby->wake, 1);
		sl__futex_wake(&standby->wake, 1);
	}
}

static void wait_to_go_on(struct m *m)
{
	struct p *p = m->p;

	m->p = NULL;
	while (!atomic_load(&m->resumed) && !peek(&sched.stopping))
		sl__futex_wait(&m->resumed, 0, 0);
	lock_sched();
	atomic_store(&m->resumed, 0);
	m->stopped = false;
	if (peek(&m->nextp)) {
		p = __atomic_load_n(&m->nextp, __ATOMIC_ACQUIRE);
		poke(&m->nextp, NULL);
		if (m->preempted_m)
			sched.nreserved--;
		put_preempted_m(m);
	}
	unlock_sched();
	/* The world stops: to its next call, with the P that it had. */
	if (peek(&sched.stopping)) {
		m->p = p;
		return;
	}
	acquirep(m, p);
	bump(&p->tick);
	poke(&m->curg->status, G_RUNNING);
	trace_runs(m, m->curg);
	submitted();
}

static void on_signal(void)
{
	struct m *m = getm(), *standby;

	if (!m || m == &sched.sysmon)
		return;
	poke(&m->seen, peek(&m->sent));
	if (m->mask.depth || !m->curg || !peek(&m->mask.asked) ||
	    peek(&m->asked_tick) != m->p->tick || peek(&sched.stopping))
		return;
	__atomic_store_n(&m->mask.asked, 0, __ATOMIC_RELEASE);
	/* Acq_rel: the standby is this handler's, and is seen as it was reserved. */
	standby = __atomic_exchange_n(&m->standby, NULL, __ATOMIC_ACQ_REL);
	if (!standby)
		return;
	mask(m);
	hand_over(m, standby);
	wait_to_go_on(m);
	sl__mask_leave(&m->mask);
}

/* ---- The preempted ----------------------------------------------------- */

void preempted_put(struct sl_g *g)
{
	/* Then it goes on by itself, or has gone already. */
	if (peek(&sched.stopping))
		return;
	g->next = NULL;
	if (sched.preempted)
		sched.preempted_tail->next = g;
	else
		sched.preempted = g;
	sched.preempted_tail = g;
	poke(&sched.npreempted, sched.npreempted + 1);
}

void put_preempted_m(struct m *m)
{
	if (m->preempted_m)
		preempted_put(m->preempted_m->curg);
	m->preempted_m = NULL;
}

static struct sl_g *take_first(void)    /* under sched.lock */
{
	struct sl_g *g = sched.preempted;

	if (g) {
		sched.preempted = g->next;
		poke(&sched.npreempted, sched.npreempted - 1);
	}
	return g;
}

struct sl_g *preempted_get(void)
{
	struct sl_g *g;

	lock_sched();
	g = take_first();
	unlock_sched();
	return g;
}

void resume(struct m *m, struct sl_g *g)
{
	struct p *p = m->p;

	m->p = NULL;
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	lock_sched();
	give_p(g->m, p);
	unlock_sched();
}

/* ---- sysmon's side ----------------------------------------------------- */

struct m *take_standby(void)
{
	struct m *standby;
	struct sl_g *g;

	for (standby = sched.midle; standby && standby == sched.poller; standby = standby->idle_next)
		;
	if (standby)
		midle_remove(standby);
	else if ((g = take_first()))
		standby = g->m;
	return standby;
}

static struct m *reserve_standby(struct p *p)
{
	struct m *standby;

	lock_sched();
	standby = take_standby();
	if (standby) {
		sched.nreserved += standby->stopped;
		bind_m(standby, p);
	}
	unlock_sched();
	return standby;
}

void give_p(struct m *to, struct p *p)
{
	bind_m(to, p);
	/* Release: it sees the P as it was left. */
	__atomic_store_n(&to->nextp, p, __ATOMIC_RELEASE);
	if (to->stopped) {
		atomic_store(&to->resumed, 1);
		sl__futex_wake(&to->resumed, 1);
	} else {
		wake_m(to);
	}
}

void preempt_cancel(struct m *m)
{
	/* Acq_rel: either the handler or this function gets it. */
	struct m *standby = __atomic_exchange_n(&m->standby, NULL, __ATOMIC_ACQ_REL);

	if (m->armed && m->timing == TIMER_SET)
		sl__signal_timer_set(m->timer, 0);
	m->armed = false;
	if (!standby)
		return;
	lock_sched();
	if (standby->stopped) {
		sched.nreserved--;
		preempted_put(standby->curg);
	} else {
		midle_put(standby);
		wake_m(standby);
	}
	unlock_sched();
	submitted();
}

/* A nanosecond of CPU time from now is at the next tick that finds the thread at work. */
static void send_signal(struct m *m)
{
	if (m->timing == TIMER_NONE)
		m->timing = sl__signal_timer(&m->timer, peek(&m->tid)) ? TIMER_SET : TIMER_REFUSED;
	if (m->timing == TIMER_SET)
		sl__signal_timer_set(m->timer, 1);
	else if (!sl__thread_sleeps(peek(&m->tid), 0, false))
		sl__signal_send(peek(&m->tid));
}

/* sysmon sends, or has sent, one that the M has not seen.  The M makes sure that none
 * comes from now on: when sysmon is done with it, which sees that the M is in a call
 * and sends no more.  What was sent then is delivered with the end of a system call, or
 * not at all. */
void preempt_withdraw(struct m *m)
{
	/* Acquire: the timer is seen.  sysmon is some instructions away. */
	for (int n = 0; __atomic_load_n(&m->sending, __ATOMIC_ACQUIRE); n++) {
		if (n < 100)
			sl__pause(1);
		else
			sched_yield();
	}
	if (m->timing == TIMER_SET)
		sl__signal_timer_set(m->timer, 0);
	else
		getppid();
	poke(&m->seen, peek(&m->sent));
}

bool preempt(struct p *p, struct m *m, uint32_t tick)
{
	struct m *standby = peek(&m->standby);
	bool idle;

	if (!standby) {
		standby = reserve_standby(p);
		/* Release: see on_signal. */
		__atomic_store_n(&m->standby, standby, __ATOMIC_RELEASE);
	}
	poke(&m->asked_tick, tick);
	__atomic_store_n(&m->mask.asked, 1, __ATOMIC_RELEASE);
	if (!standby)
		return false;
	idle = !standby->stopped;
	if (!m->armed || !signal_pending(m)) {
		sl__signal_hold();
		poke(&m->sending, true);
		poke(&m->sent, m->sent + 1);
		/* See sl_entersyscall: it sees this, or this sees it. */
		asym_heavy();
		if (peek(&p->in_syscall) || peek(&p->m) != m) {
			poke(&m->sent, m->sent - 1);
		} else {
			send_signal(m);
			m->armed = true;
		}
		/* Release: pairs with preempt_withdraw. */
		__atomic_store_n(&m->sending, false, __ATOMIC_RELEASE);
	}
	return idle;
}

/* ---- Threads ----------------------------------------------------------- */

/* The handler runs on the alternate stack (altstack.h), for a G's own has no room for a
 * signal's frame: 12 kB with AVX-512 and AMX. */
bool preempt_init(void)
{
	return !SL_TSAN && sl__signal_begin(on_signal, SA_RESTART);
}

void preempt_fini(void)
{
	sl__signal_end();
}

void preempt_end(struct m *m)
{
	if (m->timing == TIMER_SET)
		sl__signal_timer_end(m->timer);
}

void preempt_thread(void)
{
	if (!sched.cfg.no_preempt)
		sl__signal_unblock();
}
