/* SPDX-License-Identifier: Apache-2.0
 *
 * steal.c: what an M without work takes from the other Ps while it spins: tasks, due
 * timers, half of a queue, and a runnext whose P does not get to it.
 *
 * A thief can fetch small Gs faster than it can carry them off, each steal's fence
 * stopping the owner: so whoever finds that its last steal has not paid (over
 * before a wake-up's length, or Gs of less than a microsecond) is timid, and leaves
 * the queues to the watcher.  1,000 small Gs at two Ps: 0.7 to 2.5 µs each without, 60
 * to 100 ns with.  Dropped: to look for 3 µs before each steal (150 ns); to spin without
 * stealing now and then, and compare how often all Ps switch with and without this one
 * (it tells well whether two are better, but the watcher's look does by itself).
 *
 * A runnext is its P's alone for as long as that moves; if it has not for 25 µs, a G
 * computes there, and the thief takes it: sleeping over it and coming back as the
 * watcher, it ran that G after 90 µs, and so after 60.
 */
#include "ws.h"

#define SHARE_NS 5000           /* an owner that has not forked for as long may not soon */

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

/* *patience: until when owners are only asked to share; SL_NEVER: none has been yet. */
static struct sl_g *steal_task(struct m *m, struct p *from, int64_t *patience)
{
	struct m *fm = __atomic_load_n(&from->m, __ATOMIC_ACQUIRE);
	struct sl_task *t;

	if (!fm || deque_empty(fm))
		return NULL;
	bump(&m->p->counter[C_STEAL_TRIES]);
	t = deque_steal(fm, m->p->now >= *patience);
	if (!t) {
		if (*patience == SL_NEVER)
			*patience = m->p->now + SHARE_NS;
		return NULL;
	}
	bump(&m->p->counter[C_STEALS]);
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

/* m is out of work: has what it stole last been worth it? */
void judge_steal(struct m *m)
{
	struct p *p = m->p;
	int64_t busy = p->now - m->stole_at;

	if (m->stole_at) {
		m->timid = busy < LAG_NS || busy < 1000 * (int64_t)(p->tick - m->stole_tick);
		m->stole_at = 0;
	}
}

/* A P that keeps a G in runnext waiting, and does not move: its G computes on. */
struct stuck { struct p *p; uint32_t tick; int64_t since; };

static bool is_stuck(struct stuck *s, struct p *p, int64_t now)
{
	if (!runq_has_next(p)) {
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
	int64_t until = SL_NEVER, patience = SL_NEVER;
	bool last;

	do {
		struct victims others = { .n = count_ps() - 1 };
		struct p *from;

		last = p->now >= until;
		while ((from = next_victim(&others, m))) {
			struct sl_g *g = steal_task(m, from, &patience);

			if (!g && is_stuck(&stuck, from, p->now))
				g = steal_g(m, from, true);
			if (!g && !m->timid)
				g = steal_g(m, from, false);
			if (g)
				return g;
		}
		poll_p(p);
		steal_timers(p);
		if (until == SL_NEVER)
			until = p->now + peek(&sched.spin_ns);
		if (patience != SL_NEVER && until < patience)
			until = patience;
		/* A timer's G comes first, so it may be the runnext alone. */
		if (runq_length(p) > 0 || peek(&sched.stopping))
			return runq_get(p);
		/* Where Ms share PUs the owner may have to come first. */
		if (peek(&sched.spin_ns))
			sl__pause(10);
		else
			sched_yield();
	} while (!last);
	return NULL;
}
