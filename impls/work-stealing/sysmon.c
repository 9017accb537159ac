/* SPDX-License-Identifier: Apache-2.0
 *
 * sysmon.c: a thread that needs no P, and sees to what no P would.
 *
 * It looks each millisecond while any P is at work: for Gs that run for longer
 * than a slice while others wait (preempt.c), for blocking calls that keep a P
 * from others (sl_entersyscall), for timers and descriptors if every P is busy.
 * When it has just seen a call that others wait for, or taken a P from one, it looks
 * soon again.  When every P has been idle for some looks, it sleeps until one is not.
 */
#include <sys/prctl.h>

#include "ws.h"

#define NAP_MIN_NS 20000
#define NAP_NS     1000000
#define LONG_CALL_NS 10000000   /* a blocking call that keeps a P for no one */
#define SOON_LOOKS 20
#define IDLE_LOOKS 2

/* What was seen of each P. */
static struct seen {
	uint32_t tick, syscalls;
	int64_t since;          /* the tick; */
	int64_t call_since;     /* the call; 0: none */
	struct m *asked;        /* to end its G's slice */
} seen[SL_PROCS_MAX];

static int64_t deadline;        /* at this look, the earliest of all timers */

/* Others could run here. */
static bool wanted(struct p *p, int64_t now)
{
	return p->id >= peek(&sched.procs) || runq_length(p) > 0 || now - LATE_NS >= deadline ||
	       peek(&sched.nglobal) > 0 || peek(&sched.npreempted) > 0;
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

/* *soon: how many looks are to follow soon.  If there is a call that others wait for,
 * one more tells whether it is a long one: two that lie a nap apart would never see
 * the same of many calls of a millisecond.  A P that was taken from a call is likely
 * to run into the next. */
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
	__atomic_store_n(&p->m, NULL, __ATOMIC_RELEASE);
	unlock_sched();
	s->call_since = 0;
	bump(&p->counter[C_HANDOFFS]);
	handoffp(p, work);
	*soon = SOON_LOOKS;
}

static void check_slice(struct p *p, struct seen *s, int64_t now)
{
	uint32_t tick = peek(&p->tick);
	struct m *m = __atomic_load_n(&p->m, __ATOMIC_ACQUIRE);

	if (tick != s->tick || !m) {
		s->tick = tick;
		s->since = now;
		if (s->asked)
			preempt_cancel(s->asked);
		s->asked = NULL;
		return;
	}
	/* It began half a nap before it was seen, on the average. */
	if (peek(&p->in_syscall) || now - s->since < sched.slice_ns - NAP_NS / 2 || !peek(&m->curg) ||
	    sched.cfg.no_preempt)
		return;
	if (!wanted(p, now) || (watched() && p->id < peek(&sched.procs)))
		return;
	s->asked = m;
	if (!preempt(p, m, tick))
		order_m();
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
	sleep_until(schedtrace_next());
	lock_sched();
	sched.sysmon_sleeps = false;
	atomic_store(&sched.sysmon_wake, 0);    /* or it would never sleep again */
	unlock_sched();
}

void *sysmon_main(void *arg)
{
	int idle = 0, soon = 0;         /* looks to come that are to be soon */

	(void)arg;
	sl__m = &sched.sysmon;
	prctl(PR_SET_TIMERSLACK, 1);
	while (!peek(&sched.stopping)) {
		int64_t now = sl_now();
		bool first = soon == 0;

		soon -= !first;
		deadline = timers_next();
		for (int i = 0; i < count_ps(); i++) {
			retake(&sched.allp[i], &seen[i], now, first, &soon);
			check_slice(&sched.allp[i], &seen[i], now);
		}
		if (!watched())
			poll_all(now);
		schedtrace(now);
		idle = peek(&sched.npidle) == peek(&sched.procs) ? idle + 1 : 0;
		if (idle > IDLE_LOOKS) {
			sleep_long();
			idle = 0;
		} else {
			sleep_until(now + (soon ? NAP_MIN_NS : NAP_NS));
		}
	}
	for (int i = 0; i < SL_PROCS_MAX; i++)
		seen[i] = (struct seen){ 0 };
	return NULL;
}
