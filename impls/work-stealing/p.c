/* SPDX-License-Identifier: Apache-2.0
 *
 * p.c: Ps: which M has which P, how many Ps are in use, and what an M is spared that
 * alone has one.  All of it is under sched.lock, except acquirep.
 *
 * ALONE.  While only one M has a P, the primitives in sync/ use plain operations instead
 * of atomic ones (backend.h), so that a ping-pong beside idle Ps costs what it costs at
 * one P, and not twice as much.  sl__alone says whether it is so.  It is written under
 * sched.lock: it becomes true when the last M but one has given its P up, and false
 * before a second P is taken.  Mostly the M that is alone takes that P itself, to wake
 * another M, and then it is not inside such an operation.  Any other thread must wait
 * until the M is not:
 *
 *     the M that is alone                 end_alone(), by another thread
 *     mask.depth > 0                      sl__alone = false
 *     (a compiler's fence)                asym_heavy_always
 *     sl__alone? plain, else atomic       mask.depth > 0? mask.asked = 1, and
 *     mask.depth = 0 (release)                wait for either to be 0
 *     mask.asked? sl__preempt_here:       (acquire: what it did is seen)
 *         mask.asked = 0 (release)
 *
 * It waits without sched.lock, because the M may need that lock to get there.  It does
 * not only wait for depth 0, because an M that masks again at once is hardly ever seen
 * with that: the stores of 0 and of 1 reach the cache together (400 µs, with four
 * producers and four consumers on a channel).  So it asks, and the M answers.
 *
 * Without membarrier asym_light would be a fence that costs as much as it saves.  Then
 * sl__alone is true only in runs with one P, to which sysmon adds none (lend.c).
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
			wake_sysmon();
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
	alone = sched.nbusy <= 1 && !peek(&sched.stopping) && !(sched.without & H_ALONE) &&
	        (peek(&sl__asym) || (sched.nallp == 1 && sched.cfg.no_preempt));
	/* Release: pairs with sl__alone_now. */
	if (alone != peek(&sl__alone))
		__atomic_store_n(&sl__alone, alone, __ATOMIC_RELEASE);
}

/* Is another M alone, and does this thread, which has no P, want to take one? */
bool must_end_alone(void)
{
	return peek(&sl__alone) && sched.nbusy == 1 && sched.npidle > 0 && !getm()->p;
}

/* May m be inside an operation that is plain because it is alone? */
static bool may_rely(struct p *p, struct m *m)
{
	/* Acquire: pairs with sl__mask_leave. */
	return __atomic_load_n(&m->mask.depth, __ATOMIC_ACQUIRE) > 0 && peek(&p->m) == m &&
	       !__atomic_load_n(&p->in_syscall, __ATOMIC_ACQUIRE) && !peek(&sched.stopping);
}

/* Tells the M that is alone that it will not be, and waits until it knows. */
void end_alone(void)
{
	__atomic_store_n(&sl__alone, false, __ATOMIC_RELAXED);
	unlock_sched();
	asym_heavy_always();
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

void put_p(struct p *p)
{
	if (sl__unlikely(p->id >= sched.procs))
		p->retired = true;
	else
		pidle_put(p);
	count_busy(-1);
}

/* ---- Where Ms run ------------------------------------------------------ */

/* A thread that is woken on a PU where another computes may wait there for milliseconds,
 * and cannot move itself to another PU before it has run.  So the waker sets the affinity
 * of an M before it wakes it.  last_cpu says what was set: a PU, if the Ps are bound;
 * NO_CPU, if the kernel may choose; SOME_CPUS, all PUs but one, which is taken back when
 * the M gets a P or sleeps again. */

/* Who else sets the affinity of all threads, as taskset -a does, has the last word: from
 * then on nothing here sets that of any.  The thread in sl_run shows it, for during a run
 * nothing here sets that one's.  That of a single M is not looked at: it takes half a
 * microsecond more of who wakes it, and the M may have been given what it has anyway. */
static bool was_changed(void)
{
	struct sl__cpus is;

	sl__affinity(sched.tid, &is);
	return !sl__cpus_equal(&is, &sched.allowed);
}

/* To cpu, or NO_CPU; or SOME_CPUS, all but avoided. */
static void set_affinity(struct m *m, int cpu, int avoided)
{
	pid_t tid = peek(&m->tid);
	struct sl__cpus set;

	if (peek(&sched.leave_affinity))
		return;
	if (!tid) {
		/* Once it has a thread, that is set anew. */
		m->last_cpu = SOME_CPUS;
		return;
	}
	if (was_changed()) {
		poke(&sched.leave_affinity, true);
		return;
	}
	set = sched.allowed;
	if (cpu == SOME_CPUS)
		sl__cpus_remove(&set, avoided);
	else if (cpu != NO_CPU)
		sl__cpus_of(&set, &cpu, 1);
	m->last_cpu = cpu;
	if (sl__set_affinity(tid, &set) != 0)
		poke(&sched.leave_affinity, true);
}

void bind_m(struct m *m, struct p *p)
{
	/* Ps that sl_procs has added are bound to none. */
	int cpu = sched.cfg.cpus && p->id < sched.cfg.procs ? sched.cfg.cpus[p->id] : NO_CPU;

	if (sl__unlikely(cpu != m->last_cpu))
		set_affinity(m, cpu, NO_CPU);
}

/* In virtual machines the kernel may take an idle PU for one that the host has taken away,
 * and then it puts the woken thread on its waker's PU (burst with pieces of 1 ms gained
 * nothing from a second P in four of five runs). */
void avoid_this_cpu(struct m *m)
{
	int cpu = sched_getcpu();

	if (cpu >= 0 && sl__cpus_count(&sched.allowed) > 1 && !(sched.without & H_ELSEWHERE))
		set_affinity(m, SOME_CPUS, cpu);
}

/* Without this an M that was woken, got no P and slept again would wake up on the PU
 * that it was sent to, though a G may compute there by now: a nap of 30 µs took 4 ms. */
void allow_all_cpus(struct m *m)
{
	if (sl__unlikely(m->last_cpu == SOME_CPUS))
		set_affinity(m, NO_CPU, NO_CPU);
}

void acquirep(struct m *m, struct p *p)
{
	m->p = p;
	__atomic_store_n(&p->m, m, __ATOMIC_RELEASE);
	trace_m(m, TRACE_P_START, m->number);
	bind_m(m, p);
	poke(&p->cpu, m->last_cpu >= 0 && !peek(&sched.leave_affinity) ? m->last_cpu : -1);
	p->now = sl_now();
}
