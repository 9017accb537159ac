/* SPDX-License-Identifier: Apache-2.0
 *
 * p.c: Ps: who has one, how many have, and what those that are alone are spared.
 * Under sched.lock, all but acquirep.
 *
 * Where one M alone has a P, sync/ and the primitives work with plain
 * operations (backend.h).  sl__alone says so, and is written under sched.lock: it
 * becomes true when the last but one has given its P up, and false before a second
 * one is taken.  Whoever takes that is mostly the M itself, which wakes another: it is
 * then between two such operations.  Anybody else must wait until it is:
 *
 *     the M that is alone                 announce(), by another
 *     mask.depth > 0                      sl__alone = false
 *     asym_light                          asym_heavy
 *     sl__alone? plain, else atomic       mask.depth > 0? wait
 *     mask.depth = 0                      asym_heavy: what it did is seen
 *
 * without sched.lock, for it may need that first.  So a ping-pong beside idle Ps
 * costs what it costs at one P, and not twice as much.  Without membarrier it is
 * left to runs with one P.
 */
#include "ws.h"

struct p *pidle_get(void)
{
	struct p *p = sched.pidle;

	if (p) {
		sched.pidle = p->idle_next;
		poke(&sched.npidle, sched.npidle - 1);
		if (sl__unlikely(sched.sysmon_sleeps)) {
			sched.sysmon_sleeps = false;
			atomic_store(&sched.sysmon_wake, 1);
			sl__futex_wake(&sched.sysmon_wake, 1);
		}
	}
	return p;
}

void pidle_put(struct p *p)
{
	p->idle_next = sched.pidle;
	sched.pidle = p;
	poke(&sched.npidle, sched.npidle + 1);
}

void count_busy(int change)
{
	bool alone;

	sched.nbusy += change;
	/* Once the world stops, Gs that had been preempted run beside others. */
	alone = sched.nbusy <= 1 && (sl__asym || sched.nallp == 1) && !peek(&sched.stopping);
	/* Release: pairs with sl__alone_now. */
	if (alone != peek(&sl__alone))
		__atomic_store_n(&sl__alone, alone, __ATOMIC_RELEASE);
}

/* Must another M be told before this thread takes a P?  Then announce(), and think
 * again. */
bool is_company(void)
{
	return peek(&sl__alone) && sched.nbusy == 1 && sched.npidle > 0 && !getm()->p;
}

/* May m be in the middle of something that only works while it is alone? */
static bool may_rely(struct p *p, struct m *m)
{
	return peek(&m->mask.depth) > 0 && peek(&p->m) == m &&
	       !__atomic_load_n(&p->in_syscall, __ATOMIC_ACQUIRE) && !peek(&sched.stopping);
}

/* Tells the M that is alone that it will not be; lets go of sched.lock meanwhile. */
void announce(void)
{
	__atomic_store_n(&sl__alone, false, __ATOMIC_RELAXED);
	unlock_sched();
	asym_heavy();
	for (int i = 0; i < peek(&sched.nallp); i++) {
		struct p *p = &sched.allp[i];
		struct m *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);

		for (int n = 0; m && may_rely(p, m); n++) {
			if (n < 100)
				sl__pause(1);
			else
				sched_yield();
		}
	}
	asym_heavy();
	lock_sched();
}

struct p *take_p(void)
{
	struct p *p = pidle_get();

	if (p)
		count_busy(1);
	return p;
}

void rest_p(struct p *p)
{
	if (sl__unlikely(p->id >= sched.procs))
		p->retired = true;
	else
		pidle_put(p);
	count_busy(-1);
}

/* Binds the calling M to the P's PU, if it ran elsewhere before. */
void acquirep(struct m *m, struct p *p)
{
	m->p = p;
	__atomic_store_n(&p->m, m, __ATOMIC_RELEASE);
	if (sched.cfg.cpus && m->last_cpu != sched.cfg.cpus[p->id]) {
		cpu_set_t set;
		int cpu = sched.cfg.cpus[p->id];

		CPU_ZERO(&set);
		CPU_SET((size_t)cpu, &set);
		sched_setaffinity(0, sizeof set, &set);
		CPU_ZERO(&set);
		sched_getaffinity(0, sizeof set, &set);
		m->last_cpu = CPU_COUNT(&set) == 1 && CPU_ISSET(cpu, &set) ? cpu : -1;
	}
	poke(&p->cpu, m->last_cpu);
	p->now = sl_now();
}
