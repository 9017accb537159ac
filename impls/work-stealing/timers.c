/* SPDX-License-Identifier: Apache-2.0
 *
 * timers.c: each P's timers, the heap of what fell asleep on it; as Go's since 1.14.
 *
 * A P looks into its own heap now and then (poll_p), so that many that sleep on many
 * Ps get into nobody's way.  But it may be stuck in a G that does not let go, idle, or
 * retired, and a heap stays where it is, for a time-out remembers which one it is in.
 * So others look too:
 *
 *   - who is out of work, into all (steal_timers): an M that spins, and the watcher when
 *     the earliest deadline of all Ps has come and it has taken an idle P for it;
 *   - who is not, into one of the others' at each look, in turn (help_timers);
 *   - sysmon, when none of these has: it preempts (sysmon.c).
 *
 * Nothing is forgotten if the new timer sees the idle M or the idle M sees the timer:
 *
 *     timer_added()                       wait_for_p(), watch(), stop_spinning()
 *     its P's next, if it is the first    P in the idle list, npidle + 1,
 *                                         or watch_until
 *     asym_light                          asym_heavy
 *     npidle > 0, before watch_until?     the earliest next: before watch_until?
 *         wake the watcher                    watch for it
 *
 * The words are relaxed, and next is written under the heap's lock.  An M without a P
 * reads only next: expire works on what Gs share, at one P without atomic operations
 * (backend.h), so whoever runs timers has a P.  Then the heap's lock can be one of
 * those too, which costs nothing where one M is alone.
 */
#include "ws.h"

#define BATCH  32       /* taken out before the lock is let go of */
#define A_FEW  8

void timers_init(struct timers *t)
{
	poke(&t->next, SL_NEVER);
}

static void lock(struct timers *t)
{
	sl__lock(&t->lock);
}

static void unlock(struct timers *t)
{
	int64_t next = sl__timers_next(&t->heap);

	poke(&t->next, next ? next : SL_NEVER);
	sl__unlock(&t->lock);
}

int64_t timers_next(void)
{
	int n = count_ps();
	int64_t first = SL_NEVER;

	for (int i = 0; i < n; i++) {
		int64_t next = peek(&sched.allp[i].timers.next);

		if (next < first)
			first = next;
	}
	return first;
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
	struct timers *t = &getm()->p->timers;

	lock(t);
	sl__timers_add(&t->heap, when, g);
	unlock(t);
	timer_added(when);
}

void sl__timeout_start(struct sl__timeout *timeout, int64_t when)
{
	struct m *m = getm();
	struct timers *t;

	mask(m);
	t = &m->p->timers;
	lock(t);
	sl__timers_add_timeout(&t->heap, when, timeout);
	unlock(t);
	timer_added(when);
	unmask();
}

void sl__timeout_stop(struct sl__timeout *timeout)
{
	struct timers *t = sl__container(timeout->in, struct timers, heap);

	lock(t);
	sl__timers_remove(&t->heap, timeout);
	unlock(t);
}

/* The frames that g goes back through, and below them those that finish the switch to
 * it.  Of many each is out of the cache by its turn, and here the misses overlap: a
 * third of the time of 100,000 sleepers on one P. */
static inline void prefetch_stack(const struct sl_g *g)
{
	const char *sp = g->sp;

	for (int at = -192; at <= 192; at += 64)
		__builtin_prefetch(sp + at, 1);
}

/* Of many that are due at once as many come as fill half of the queue, and the rest at
 * the next looks: through the global queue each would come into the cache twice more.
 * If that is full of others, a few come all the same. */
static void run_due(struct p *p, struct timers *t)
{
	int64_t room = RUNQ / 2 - (int64_t)runq_length(p);
	bool next = true;
	int n;

	if (room < A_FEW)
		room = A_FEW;
	do {
		struct sl_g *due[BATCH];

		lock(t);
		for (n = 0; n < BATCH && n < room; n++) {
			due[n] = sl__timers_due(&t->heap, p->now);
			if (!due[n])
				break;
			__builtin_prefetch(due[n]);
		}
		unlock(t);
		room -= n;
		if (n)
			trace_m(getm(), TRACE_TIMERS, n);
		/* The first of them has waited for longest, and goes before the queue. */
		for (int i = 0; i < n; i++) {
			prefetch_stack(due[i]);
			poke(&due[i]->status, G_RUNNABLE);
			trace_g(getm(), TRACE_RUNNABLE, TRACE_SLEPT, due[i], 0);
			runq_put(p, due[i], next);
			next = false;
		}
	} while (n == BATCH && room > 0);
	submitted();
}

static inline bool is_due(struct timers *t, int64_t now)
{
	return sl__unlikely(now >= peek(&t->next));
}

void run_timers(struct p *p)
{
	if (is_due(&p->timers, p->now))
		run_due(p, &p->timers);
}

void steal_timers(struct p *p)
{
	for (int i = 0; i < count_ps(); i++) {
		struct timers *t = &sched.allp[i].timers;

		if (is_due(t, p->now))
			run_due(p, t);
	}
}

/* One other P at each look: what is due there runs here.  Dropped: to leave it to a P that
 * switches, if this one has much to do (100,000 sleepers on two Ps: no difference). */
void help_timers(struct p *p)
{
	int n = count_ps();
	struct p *q = &sched.allp[(p->id + 1 + p->help_next) % n];

	if (q != p && is_due(&q->timers, p->now))
		run_due(p, &q->timers);
	if (++p->help_next >= n - 1)
		p->help_next = 0;
}
