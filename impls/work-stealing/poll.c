/* SPDX-License-Identifier: Apache-2.0
 *
 * poll.c: what becomes runnable by itself: timers that come due (timers.c),
 * descriptors that become ready.  A P looks now and then (pace.h), and when it is out
 * of work; the watcher, when Ps are idle (proc.c); sysmon, when none of them does.
 */
#include "ws.h"

#define POLL_NS 100000          /* between two looks of busy Ps at the descriptors */

void wake_watcher(void)
{
	struct m *watcher;

	lock_sched();
	watcher = sched.watcher;
	if (watcher)
		wake_m_elsewhere(watcher);
	unlock_sched();
	if (!watcher && peek(&sched.nspinning) == 0)
		wakep();
}

/* ---- Descriptors ------------------------------------------------------- */

/* See DESCRIPTORS in proc.c. */
void sl__netpoll_wanted(void)
{
	mask(getm());
	asym_light();
	if (peek(&sched.npidle) > 0 && !__atomic_load_n(&sched.poller, __ATOMIC_SEQ_CST))
		wake_watcher();
	unmask();
}

bool fds_wanted(void)
{
	return sl__unlikely(__atomic_load_n(&sl__netpoll_waiters, __ATOMIC_SEQ_CST) > 0);
}

void poll_fds(struct p *p)
{
	struct sl__fd_waiter *w = sl__netpoll(0), *next;

	poke(&sched.polled, p->now);
	bump(&p->counter[C_NETPOLLS]);
	if (!w)
		return;
	for (; w; w = next) {
		struct sl_g *g = w->g;

		next = w->next;         /* once g is in the queue it may leave w */
		poke(&g->status, G_RUNNABLE);
		trace_g(getm(), TRACE_RUNNABLE, TRACE_DESCRIPTOR, g, 0);
		runq_put(p, g, false);
	}
	submitted();
}

/* The poller's find, without a P; under sched.lock. */
void globq_put_waiters(struct sl__fd_waiter *w)
{
	while (w) {
		struct sl__fd_waiter *next = w->next;

		poke(&w->g->status, G_RUNNABLE);
		trace_g(getm(), TRACE_RUNNABLE, TRACE_DESCRIPTOR, w->g, 0);
		globq_put(w->g);
		w = next;
	}
}

void poll_p(struct p *p)
{
	p->now = sl_now();
	sl__pace_looked(&p->pace, p->tick, p->now);
	run_timers(p);
	help_timers(p);
	if (fds_wanted() && p->now - peek(&sched.polled) >= POLL_NS)
		poll_fds(p);
	if (peek(&sched.nglobal)) {
		struct sl_g *g;

		lock_sched();
		g = globq_get(p);
		unlock_sched();
		if (g)
			runq_put(p, g, false);
	}
}

/* Every P is busy with something that does not let go, and no M watches.  Timers are
 * left to the Ps, and who keeps one from them is preempted: a time-out's expire
 * works on what Gs share, at one P without atomic operations (backend.h). */
void poll_all(int64_t now)
{
	struct sl__fd_waiter *w = NULL;

	if (fds_wanted() && !peek(&sched.poller) && now - peek(&sched.polled) >= LATE_NS) {
		poke(&sched.polled, now);
		w = sl__netpoll(0);
		lock_sched();
		globq_put_waiters(w);
		unlock_sched();
	}
	if (w || now - LATE_NS >= timers_next())
		submitted();
}
