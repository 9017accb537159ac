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
 *         reserve the heir: an idle M or, if there is none, the M of the G that was
 *             preempted first, whose G then goes on
 *         m->mask.asked = 1, and a signal
 *     the G: in the scheduler or in sync/, where depth > 0?
 *         at unmask it sees that it was asked, and yields (sl__preempt_here)
 *     else, in the handler:
 *         heir->nextp = the P, heir->left = m; wake the heir
 *         sleep until m->resumed
 *     the heir: puts the G in sched.preempted, in the order of their coming
 *     an M that comes to it there (findrunnable): gives its P to the G's M
 *
 * The heir is reserved before, because a handler can create no thread.  A G whose
 * M waits for a lock that a preempted one holds, malloc's for example, is preempted
 * in turn, so the holder's turn comes; for that it must not need a new thread
 * either, hence the second choice of heirs.  (No more than that: only an idle M
 * looks into the queues.)  For the same reason nothing that is masked calls malloc
 * or stdio.
 *
 * A signal that comes while the M does anything else is without effect.
 */
#include <errno.h>
#include <signal.h>

#include "ws.h"

#define SIG SIGURG      /* ignored by default, and used by no library: as in Go */

static struct sigaction before;

/* ---- The G's side ------------------------------------------------------ */

static void hand_over(struct m *m, struct m *heir)
{
	struct p *p = m->p;

	bump(&p->counter[C_PREEMPTIONS]);
	bump(&p->tick);
	poke(&m->curg->status, G_PREEMPTED);
	m->curg->since = sl_now();
	m->curg->m = m;
	m->stopped = true;
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	heir->left = m;
	/* Release: the heir sees the P as it was left. */
	__atomic_store_n(&heir->nextp, p, __ATOMIC_RELEASE);
	if (heir->stopped) {
		atomic_store(&heir->resumed, 1);
		sl__futex_wake(&heir->resumed, 1);
	} else {
		atomic_store(&heir->wake, 1);
		sl__futex_wake(&heir->wake, 1);
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
		if (m->left)
			sched.nreserved--;
		preempted_put_left(m);
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
	submitted();
}

static void on_signal(int sig)
{
	struct m *m = getm(), *heir;
	int saved = errno;

	(void)sig;
	if (!m || m == &sched.sysmon)
		return;
	poke(&m->seen, peek(&m->sent));
	if (m->mask.depth || !m->curg || !peek(&m->mask.asked) ||
	    peek(&m->asked_tick) != m->p->tick || peek(&sched.stopping))
		return;
	__atomic_store_n(&m->mask.asked, 0, __ATOMIC_RELEASE);
	/* Acq_rel: it is this M's from now on, as it was reserved. */
	heir = __atomic_exchange_n(&m->heir, NULL, __ATOMIC_ACQ_REL);
	if (!heir)
		return;
	mask(m);
	hand_over(m, heir);
	wait_to_go_on(m);
	sl__mask_leave(&m->mask);
	errno = saved;
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

void preempted_put_left(struct m *m)
{
	if (m->left)
		preempted_put(m->left->curg);
	m->left = NULL;
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
	struct m *to = g->m;

	m->p = NULL;
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	bind_m(to, p);
	__atomic_store_n(&to->nextp, p, __ATOMIC_RELEASE);
	atomic_store(&to->resumed, 1);
	sl__futex_wake(&to->resumed, 1);
}

/* ---- sysmon's side ----------------------------------------------------- */

static struct m *reserve_heir(void)
{
	struct m *heir = NULL;
	struct sl_g *g;

	lock_sched();
	for (heir = sched.midle; heir && heir == sched.poller; heir = heir->idle_next)
		;
	if (heir) {
		midle_remove(heir);
	} else if ((g = take_first())) {
		heir = g->m;
		sched.nreserved++;
	}
	unlock_sched();
	return heir;
}

void preempt_cancel(struct m *m)
{
	/* Acq_rel: the handler, or this, has it. */
	struct m *heir = __atomic_exchange_n(&m->heir, NULL, __ATOMIC_ACQ_REL);

	if (!heir)
		return;
	lock_sched();
	if (heir->stopped) {
		sched.nreserved--;
		preempted_put(heir->curg);
	} else {
		midle_put(heir);
		wake_m(heir);
	}
	unlock_sched();
	submitted();
}

bool preempt(struct p *p, struct m *m, uint32_t tick)
{
	struct m *heir = peek(&m->heir);
	bool idle;

	if (!heir) {
		heir = reserve_heir();
		if (heir)
			bind_m(heir, p);
		/* Release: see on_signal. */
		__atomic_store_n(&m->heir, heir, __ATOMIC_RELEASE);
	}
	poke(&m->asked_tick, tick);
	__atomic_store_n(&m->mask.asked, 1, __ATOMIC_RELEASE);
	if (!heir)
		return false;
	idle = !heir->stopped;
	/* Two signals that are pending count as one. */
	if (!signal_pending(m)) {
		poke(&m->sent, m->sent + 1);
		/* See sl_entersyscall: it sees this, or this sees it. */
		asym_heavy();
		if (peek(&p->in_syscall) || peek(&p->m) != m)
			poke(&m->sent, m->sent - 1);
		else
			pthread_kill(m->thread, SIG);
	}
	return idle;
}

/* ---- Threads ----------------------------------------------------------- */

bool preempt_init(void)
{
	/* The handler runs on the alternate stack (altstack.h), for a G's own has
	 * no room for a signal's frame: 12 kB with AVX-512 and AMX. */
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK };

	return !SL_TSAN && sigaction(SIG, &sa, &before) == 0;
}

void preempt_fini(void)
{
	sigaction(SIG, &before, NULL);
}

void preempt_thread(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIG);
	if (!sched.cfg.no_preempt)
		pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
