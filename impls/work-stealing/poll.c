/* SPDX-License-Identifier: Apache-2.0
 *
 * poll.c: what becomes runnable by itself: timers that come due, descriptors
 * that become ready.  A P looks now and then (pace.h), and when it is out of
 * work; the watcher, when Ps are idle (proc.c); sysmon, when none of them does.
 */
#include "ws.h"

#define POLL_NS 100000          /* between two looks of busy Ps at the descriptors */
#define A_FEW   8
#define LATE_NS 500000          /* when sysmon no longer leaves it to the Ps */

/* ---- Timers ------------------------------------------------------------ */

static void set_timer_next(void)        /* under timer_lock */
{
	int64_t next = sl__timers_next(&sched.timers);

	poke(&sched.timer_next, next ? next : SL_NEVER);
}

/* There is something new to watch for, and an idle P. */
static void wake_watcher(void)
{
	struct m *watcher;

	lock_sched();
	watcher = sched.watcher;
	if (watcher)
		wake_elsewhere(watcher);
	unlock_sched();
	if (!watcher && peek(&sched.nspinning) == 0)
		wakep();
}

/* Ps that run look soon.  An idle one has to be woken if
 * it would sleep for longer than this. */
static void timer_added(int64_t when)
{
	asym_light();
	if (peek(&sched.npidle) > 0 && when < peek(&sched.watch_until))
		wake_watcher();
}

/* From here on g may run elsewhere. */
void timer_add(int64_t when, struct sl_g *g)
{
	sl__lock_thread(&sched.timer_lock);
	sl__timers_add(&sched.timers, when, g);
	set_timer_next();
	sl__unlock_thread(&sched.timer_lock);
	timer_added(when);
}

void sl__timeout_start(struct sl__timeout *t, int64_t when)
{
	mask(getm());
	sl__lock_thread(&sched.timer_lock);
	sl__timers_add_timeout(&sched.timers, when, t);
	set_timer_next();
	sl__unlock_thread(&sched.timer_lock);
	timer_added(when);
	unmask();
}

void sl__timeout_stop(struct sl__timeout *t)
{
	mask(getm());
	sl__lock_thread(&sched.timer_lock);
	sl__timers_remove(&sched.timers, t);
	set_timer_next();
	sl__unlock_thread(&sched.timer_lock);
	unmask();
}

/* Of many that are due at once as many come as fill half of the queue, and the rest at
 * the next looks: through the global queue each would come into the cache twice more.
 * If that is full of others, a few come all the same. */
static void run_timers(struct p *p)
{
	int64_t n = RUNQ / 2 - (int64_t)runq_length(p);
	struct sl_g *g;

	if (p->now < peek(&sched.timer_next))
		return;
	if (n < A_FEW)
		n = A_FEW;
	sl__lock_thread(&sched.timer_lock);
	/* The first of them has waited for longest, and goes before the queue. */
	for (bool next = true; n > 0 && (g = sl__timers_due(&sched.timers, p->now)); n--) {
		poke(&g->status, G_RUNNABLE);
		runq_put(p, g, next);
		next = false;
	}
	set_timer_next();
	sl__unlock_thread(&sched.timer_lock);
	submitted();
}

/* ---- Descriptors ------------------------------------------------------- */

/* See DESCRIPTORS above. */
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
		globq_put(w->g);
		w = next;
	}
}

void poll_p(struct p *p)
{
	p->now = sl_now();
	sl__pace_looked(&p->pace, p->tick, p->now);
	run_timers(p);
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

bool timers_late(int64_t now)
{
	return now - LATE_NS >= peek(&sched.timer_next);
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
	if (w || timers_late(now))
		submitted();
}
