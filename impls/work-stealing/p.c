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
 *     sl__alone? plain, else atomic       mask.depth > 0? mask.asked = 1, and
 *     mask.depth = 0 (release)                wait for either to be 0
 *     mask.asked? sl__preempt_here:       (acquire: what it did is seen)
 *         mask.asked = 0 (release)
 *
 * without sched.lock, for it may need that first.  One that masks again at once is
 * hardly ever seen with depth 0: the stores of 0 and of 1 reach the cache together.
 * So it is asked (before: 400 µs, of four producers and four consumers on a channel).  So a ping-pong beside idle Ps
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
	/* Acquire: pairs with sl__mask_leave. */
	return __atomic_load_n(&m->mask.depth, __ATOMIC_ACQUIRE) > 0 && peek(&p->m) == m &&
	       !__atomic_load_n(&p->in_syscall, __ATOMIC_ACQUIRE) && !peek(&sched.stopping);
}

/* Tells the M that is alone that it will not be; lets go of sched.lock meanwhile. */
void announce(void)
{
	__atomic_store_n(&sl__alone, false, __ATOMIC_RELAXED);
	unlock_sched();
	asym_heavy();
	for (int i = 0; i < count_ps(); i++) {
		struct p *p = &sched.allp[i];
		struct m *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);

		if (m && may_rely(p, m))
			__atomic_store_n(&m->mask.asked, 1, __ATOMIC_RELEASE);
		/* Acquire: pairs with sl__preempt_here, and the signal's handler. */
		for (int n = 0; m && may_rely(p, m) &&
		                __atomic_load_n(&m->mask.asked, __ATOMIC_ACQUIRE); n++) {
			if (n < 100)
				sl__pause(1);
			else
				sched_yield();
		}
	}
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

/* ---- Where Ms run ------------------------------------------------------ */

/* A thread that is woken has to run before it can go elsewhere; behind one that keeps
 * its PU it does not for milliseconds.  So who wakes an M says where, by a last_cpu:
 * a PU, if the Ps are bound to some; NO_CPU, wherever the kernel likes; or SOME_CPUS,
 * all but one, to be taken back when it has a P, or sleeps again. */

static void set_affinity(struct m *m, const cpu_set_t *set, int cpu)
{
	pid_t tid = peek(&m->tid);
	cpu_set_t is;

	m->last_cpu = SOME_CPUS;
	if (!tid || sched_setaffinity(tid, sizeof *set, set) || cpu == SOME_CPUS)
		return;
	CPU_ZERO(&is);
	sched_getaffinity(tid, sizeof is, &is);
	if (CPU_EQUAL(&is, set))
		m->last_cpu = cpu;
}

void bind_m(struct m *m, struct p *p)
{
	/* Ps that sl_procs has added are bound to none. */
	int cpu = sched.cfg.cpus && p->id < sched.cfg.procs ? sched.cfg.cpus[p->id] : NO_CPU;
	cpu_set_t one;

	if (sl__likely(cpu == m->last_cpu))
		return;
	CPU_ZERO(&one);
	if (cpu != NO_CPU)
		CPU_SET((size_t)cpu, &one);
	set_affinity(m, cpu != NO_CPU ? &one : &sched.allowed, cpu);
}

/* In virtual machines the kernel takes a PU that is idle for one that the host has taken
 * away, and puts the thread on its waker's.  burst, of 1 ms pieces: nothing gained in
 * four of five runs. */
void keep_off(struct m *m)
{
	cpu_set_t others = sched.allowed;
	int cpu = sched_getcpu();

	if (cpu < 0 || CPU_COUNT(&others) < 2)
		return;
	CPU_CLR((size_t)cpu, &others);
	set_affinity(m, &others, SOME_CPUS);
}

/* Who has been woken for no P, and then by the clock, would have to come back to the
 * PU that it was sent to, though a G computes there by now: a nap of 30 µs took 4 ms. */
void keep_off_none(struct m *m)
{
	if (sl__unlikely(m->last_cpu == SOME_CPUS))
		set_affinity(m, &sched.allowed, NO_CPU);
}

void acquirep(struct m *m, struct p *p)
{
	m->p = p;
	__atomic_store_n(&p->m, m, __ATOMIC_RELEASE);
	bind_m(m, p);
	poke(&p->cpu, m->last_cpu >= 0 ? m->last_cpu : -1);
	p->now = sl_now();
}
