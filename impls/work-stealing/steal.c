/* SPDX-License-Identifier: Apache-2.0
 *
 * steal.c: what an M without work takes from the other Ps while it spins: tasks, due
 * timers, half of a queue, and a runnext that its own P does not get to.
 *
 * Stealing small Gs can cost more than running them, for each steal's fence interrupts
 * the owner.  So an M judges its last steal: if what it stole was done within the time of
 * a wake-up, or the Gs took less than a microsecond each, the steal did not pay.  Then
 * the M leaves the queues to the watcher (avoids_queues), until a steal pays.  1,000
 * small Gs at two Ps: 0.7 to 2.5 µs each without, 60 to 100 ns with.  Dropped: to look
 * for 3 µs before each steal (150 ns); to spin without stealing now and then, and compare
 * how often all Ps switch with and without this one (it tells well whether two are
 * better, but the watcher's look does by itself).
 *
 * Nobody steals the runnext of a P that switches.  If the P has not for 25 µs, a G
 * computes there, and a thief that spins takes the runnext (struct stuck): it then runs
 * after 60 µs, and after 90 if that is left to the watcher.
 */
#include "ws.h"

#define SHARE_NS 5000           /* An owner that did not fork for so long may not do so soon. */

bool any_work(void)
{
	if (peek(&sched.nglobal) > 0 || peek(&sched.npreempted) > 0)
		return true;
	for (int i = 0; i < count_ps(); i++) {
		struct m *m = __atomic_load_n(&sched.allp[i].m, __ATOMIC_ACQUIRE);

		if (m && !deque_empty(m))
			return true;
	}
	return false;
}

bool any_queued(void)
{
	for (int i = 0; i < count_ps(); i++)
		if (runq_length(&sched.allp[i]) > 0)
			return true;
	return false;
}

/* Owners of tasks are only asked to share until *share_until, and then forced.  SL_NEVER:
 * none has been asked yet. */
static struct sl_g *steal_task(struct m *m, struct p *from, int64_t *share_until)
{
	struct m *fm = __atomic_load_n(&from->m, __ATOMIC_ACQUIRE);
	struct sl_task *t;
	int64_t parent;

	if (!fm || deque_empty(fm))
		return NULL;
	bump(&m->p->counter[C_STEAL_TRIES]);
	t = deque_steal(fm, m->p->now >= *share_until || (sched.without & H_SHARE), &parent);
	if (!t) {
		if (*share_until == SL_NEVER)
			*share_until = m->p->now + SHARE_NS;
		return NULL;
	}
	bump(&m->p->counter[C_STEALS]);
	trace_steal(m->p, from, NULL, 1);
	trace_by(m->p, parent);
	return new_g(m->p, run_task, t, 1);
}

struct sl_g *steal_g(struct m *m, struct p *from, bool next)
{
	struct sl_g *g;

	if (runq_empty(from) && !(next && runq_has_next(from)))
		return NULL;
	bump(&m->p->counter[C_STEAL_TRIES]);
	g = runq_steal(m->p, from, next);
	if (g) {
		bump(&m->p->counter[C_STEALS]);
		m->stole_at = m->p->now;
		m->stole_tick = m->p->tick;
	}
	return g;
}

/* m is out of work: did its last steal pay? */
void judge_steal(struct m *m)
{
	struct p *p = m->p;
	int64_t busy = p->now - m->stole_at;

	if (m->stole_at && !(sched.without & H_JUDGE)) {
		m->avoids_queues = busy < LAG_NS || busy < 1000 * (int64_t)(p->tick - m->stole_tick);
		m->stole_at = 0;
	}
}

/* A P that has a G in runnext and has not switched since: the G that runs computes on. */
struct stuck { struct p *p; uint32_t tick; int64_t since; };

static bool is_stuck(struct stuck *s, struct p *p, int64_t now)
{
	if (!runq_has_next(p) || (sched.without & H_STUCK)) {
		if (s->p == p)
			s->p = NULL;
		return false;
	}
	if (!s->p || (s->p == p && s->tick != peek(&p->tick)))
		*s = (struct stuck){ p, peek(&p->tick), now };
	return s->p == p && now - s->since >= LAG_NS / 2;
}

/* Spins: looks into every queue until there is something, or for long enough. */
struct sl_g *steal(struct m *m)
{
	struct p *p = m->p;
	struct stuck stuck = { 0 };
	int64_t until = SL_NEVER, share_until = SL_NEVER;
	bool last;

	do {
		struct victims others = { .n = count_ps() - 1 };
		struct p *from;

		last = p->now >= until;
		while ((from = next_victim(&others, m))) {
			struct sl_g *g = steal_task(m, from, &share_until);

			if (!g && is_stuck(&stuck, from, p->now))
				g = steal_g(m, from, true);
			if (!g && !m->avoids_queues)
				g = steal_g(m, from, false);
			if (g)
				return g;
		}
		poll_p(p);
		steal_timers(p);
		if (until == SL_NEVER)
			until = p->now + peek(&sched.spin_ns);
		if (share_until != SL_NEVER && until < share_until)
			until = share_until;
		/* A timer's G comes first, so it may be the runnext alone. */
		if (runq_length(p) > 0 || peek(&sched.stopping))
			return runq_get(p);
		/* If Ms share PUs, the owner may be waiting for this one. */
		if (peek(&sched.spin_ns))
			sl__pause(10);
		else
			sched_yield();
	} while (!last);
	return NULL;
}
