/* SPDX-License-Identifier: Apache-2.0
 *
 * sysmon.c: a thread that needs no P, and sees to what no P would.
 *
 * It looks each millisecond while any P is at work: for Gs that run for longer
 * than a slice while others wait (preempt.c), for blocking calls that keep a P
 * from others (sl_entersyscall), for timers and descriptors if every P is busy.
 * When it has just seen a call that others wait for, or taken a P from one, it looks
 * soon again.  When every P has been idle for some looks, it sleeps until one is not.
 *
 * Each look takes the PU from the G that runs there: a thousand a second cost one that
 * computed alone 2 % of its time on a virtual machine, 20 µs each.  So while each G that
 * runs has had its slice and called nothing, and nobody waits, it looks only twice a
 * slice, and when a timer is late; whoever makes a G runnable meanwhile wakes it.
 */

#include "shared/thread.h"
#include "ws.h"

#define NAP_MIN_NS 20000
#define NAP_NS     1000000
#define LONG_CALL_NS 10000000   /* a blocking call that keeps a P for no one */
#define SOON_LOOKS 20
#define RETRY_SLICES 9          /* before sysmon tries again to end a G's slice */
#define IDLE_LOOKS 2

/* What was seen of each P at the last look. */
static struct seen {
	uint32_t tick, syscalls;
	bool idle;              /* It had no M. */
	int64_t since;          /* Since when tick and idle have been the same. */
	uint32_t calls;         /* What syscalls was then. */
	int64_t call_since;     /* Since when syscalls has been; 0: it was in no call. */
	struct m *asked;        /* The M that was asked to end its G's slice, or NULL. */
	int64_t asked_cpu;      /* The CPU time of that M's thread when it was asked, */
	int64_t cpu;            /* and at the last look. */
} seen[SL_PROCS_MAX];

static int64_t deadline;        /* at this look, the earliest of all timers */

/* Others could run here. */
static bool wanted(struct p *p, int64_t now)
{
	return p->id >= peek(&sched.procs) || runq_length(p) > 0 || now - LATE_NS >= deadline ||
	       peek(&sched.nglobal) > 0 || peek(&sched.npreempted) > 0;
}

/* m's standby is the M of a preempted G, which waits for this P and is in no list.  It may
 * hold the lock that m's G sleeps on. */
static bool reserved_a_g(struct m *m)
{
	struct m *standby = __atomic_load_n(&m->standby, __ATOMIC_ACQUIRE);

	return standby && standby->stopped;
}

/* There is an idle P, and an M that will take it when there is reason. */
static bool watched(void)
{
	return peek(&sched.npidle) > 0 && peek(&sched.watcher);
}

static bool needed(struct p *p, int64_t now)
{
	/* If no P is idle, what waits for another may run here. */
	return wanted(p, now) || fds_wanted() || now >= deadline ||
	       (peek(&sched.npidle) == 0 && any_queued());
}

/* *soon: how many looks are to follow soon.  After a call is first seen that others wait
 * for, one look soon after tells whether it is a long one: two looks that lie a nap apart
 * would never see the same call, if there are many of a millisecond.  After a P was taken
 * from a call, there are more, because that P is likely to run into the next call. */
static void retake(struct p *p, struct seen *s, int64_t now, bool first, int *soon)
{
	struct m *m = __atomic_load_n(&p->in_syscall, __ATOMIC_ACQUIRE);
	uint32_t calls = peek(&p->syscalls);
	bool work;

	if (!m || s->call_since == 0 || s->syscalls != calls) {
		if (m && first && needed(p, now) && *soon == 0)
			*soon = 1;
		s->syscalls = calls;
		s->call_since = m ? now : 0;
		return;
	}
	work = needed(p, now);
	if (!work && now - s->call_since < LONG_CALL_NS)
		return;
	lock_sched();
	/* Acquire: what the M did with the P is seen; it must not be a later
	 * call's, but that would do no harm. */
	if (!__atomic_compare_exchange_n(&p->in_syscall, &m, NULL, false,
	                                 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		unlock_sched();
		return;
	}
	sched.nblocked++;
	trace_m(&sched.sysmon, TRACE_P_LOST, p->id);
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	unlock_sched();
	s->call_since = 0;
	bump(&p->counter[C_HANDOFFS]);
	handoffp(p, work);
	*soon = SOON_LOOKS;
}

static int64_t cpu_time(struct m *m)
{
	struct timespec ts;

	clock_gettime(sl__thread_clock(peek(&m->tid)), &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void new_slice(struct p *p, struct seen *s, int64_t since)
{
	s->since = since;
	s->calls = peek(&p->syscalls);
	s->asked = NULL;
	if (sl__unlikely(p->asleep))
		set_asleep(p, false);
}

/* Its G has run for a slice, and others wait. */
static void end_slice(struct p *p, struct seen *s, struct m *m, int64_t now)
{
	int64_t cpu = cpu_time(m);
	bool idle = cpu == s->cpu;

	s->cpu = cpu;
	if (!s->asked) {
		s->asked = m;
		s->asked_cpu = cpu;
		trace_m(&sched.sysmon, TRACE_ASKED, p->id);
	} else if (idle && sl__thread_sleeps(peek(&m->tid), 0, true)) {
		/* Its next slice begins when it wakes up. */
		preempt_cancel(m);
		s->asked = NULL;
		runq_drain(p);
		set_asleep(p, true);
		return;
	} else if (cpu - s->asked_cpu > sched.slice_ns + 3 * sched.tick_ns) {
		/* It does not get the signal, and the standby may be needed elsewhere. */
		preempt_cancel(m);
		new_slice(p, s, now + RETRY_SLICES * sched.slice_ns);
		return;
	}
	if (!preempt(p, m, s->tick))
		request_idle_m();
}

static void check_slice(struct p *p, struct seen *s, int64_t now)
{
	uint32_t tick = peek(&p->tick);
	struct m *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);

	if (tick != s->tick || s->idle != !m) {
		s->tick = tick;
		s->idle = !m;
		if (s->asked)
			preempt_cancel(s->asked);
		new_slice(p, s, now);
		return;
	}
	if (!m)
		return;
	if (sl__unlikely(p->asleep)) {
		int64_t cpu = cpu_time(m);

		if (cpu == s->cpu && !peek(&p->in_syscall)) {
			if (sl__unlikely(runq_length(p) > 0)) {
				runq_drain(p);
				submitted();
			}
			return;
		}
		new_slice(p, s, now);
	}
	/* It began half a nap before it was seen, on the average; and ends at a tick. */
	if (peek(&p->in_syscall) || !peek(&m->curg) || sched.cfg.no_preempt ||
	    now - s->since < sched.slice_ns - NAP_NS / 2 - sched.tick_ns)
		return;
	if ((wanted(p, now) || reserved_a_g(m)) && !(watched() && p->id < peek(&sched.procs)))
		end_slice(p, s, m, now);
}

/* Has p for a slice been idle, or run a G that has called nothing and goes on? */
static bool steady(struct p *p, struct seen *s, int64_t now)
{
	struct m *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);

	return now - s->since >= sched.slice_ns && !s->asked && s->tick == peek(&p->tick) &&
	       s->calls == peek(&p->syscalls) && s->idle == !m &&
	       (!m || (peek(&m->curg) && !p->asleep && !wanted(p, now)));
}

static bool all_steady(int64_t now)
{
	int blocked;

	if (fds_wanted())
		return false;
	for (int i = 0; i < count_ps(); i++)
		if (!steady(&sched.allp[i], &seen[i], now))
			return false;
	lock_sched();
	blocked = sched.nblocked;
	unlock_sched();
	return !blocked;
}

/* When to look next, if not soon. */
static int64_t next_look(int64_t now)
{
	int64_t until = now + sched.slice_ns / 2, trim;

	if (!all_steady(now))
		return now + NAP_NS;
	/* Who submits after this second look wakes sysmon; if it was missed for want of a
	 * fence, what it submitted waits for the nap. */
	poke(&sched.sysmon_naps, true);
	if (!all_steady(now))
		return now + NAP_NS;
	trim = trim_next();
	if (until > deadline + LATE_NS)
		until = deadline + LATE_NS;
	if (until > schedtrace_next())
		until = schedtrace_next();
	if (until > trim)
		until = trim;
	return until > now + NAP_NS ? until : now + NAP_NS;
}

static void sleep_until(int64_t when)
{
	while (!atomic_load(&sched.sysmon_wake) && sl_now() < when && !peek(&sched.stopping))
		sl__futex_wait(&sched.sysmon_wake, 0, when);
}

/* Every P is idle, and has been. */
static void sleep_long(void)
{
	bool all;

	lock_sched();
	all = sched.npidle == sched.procs && !peek(&sched.stopping);
	sched.sysmon_sleeps = all;
	unlock_sched();
	if (!all)
		return;
	sleep_until(schedtrace_next() < trim_next() ? schedtrace_next() : trim_next());
	lock_sched();
	sched.sysmon_sleeps = false;
	unlock_sched();
}

void wake_sysmon(void)
{
	poke(&sched.sysmon_naps, false);
	atomic_store(&sched.sysmon_wake, 1);
	sl__futex_wake(&sched.sysmon_wake, 1);
}

void *sysmon_main(void *arg)
{
	int idle = 0, soon = 0;         /* looks to come that are to be soon */

	(void)arg;
	sl__m = &sched.sysmon;
	while (!peek(&sched.stopping)) {
		int64_t now = sl_now();
		bool first = soon == 0;

		/* It looks now; or it would never sleep again.  An exchange: who was
		 * the last to wake it may have set stopping before. */
		atomic_exchange(&sched.sysmon_wake, 0);
		soon -= !first;
		deadline = timers_next();
		for (int i = 0; i < count_ps(); i++) {
			retake(&sched.allp[i], &seen[i], now, first, &soon);
			check_slice(&sched.allp[i], &seen[i], now);
		}
		if (!watched())
			poll_all(now);
		schedtrace(now);
		trim_stacks(now);
		idle = peek(&sched.npidle) == peek(&sched.procs) ? idle + 1 : 0;
		if (idle > IDLE_LOOKS) {
			sleep_long();
			idle = 0;
		} else {
			sleep_until(soon ? now + NAP_MIN_NS : next_look(now));
			poke(&sched.sysmon_naps, false);
		}
	}
	for (int i = 0; i < SL_PROCS_MAX; i++)
		seen[i] = (struct seen){ 0 };
	return NULL;
}
