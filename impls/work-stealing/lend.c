/* SPDX-License-Identifier: Apache-2.0
 *
 * lend.c: how many Ps there are: as many as sl_procs says, and one more for each whose
 * M sleeps in a system call that its G did not announce.
 *
 * Such a call may not be interrupted (preempt.c), and the P cannot be taken from the M
 * as it can in sl_entersyscall, for the G goes on as soon as the call is over, and would
 * not know.  But the G may sleep for long, or wait for what another G is to do: for
 * malloc's lock, which a preempted one holds, or for a byte in a pipe.  So sysmon, if
 * others wait and the M's thread has had no CPU time since its last look and sleeps by
 * the kernel's account, has another P stand in, and puts what is in this one's queue
 * into the global one, where all see that it waits.  When the call is over there is one P too
 * many for as long as that G's slice: it is the last, which retires, as when sl_procs is
 * lowered.
 *
 *     procs = the least n so that, of the first n, maxprocs do not sleep
 */
#include "ws.h"

/* More: new ones, or some that were retired.  Fewer: those that are idle retire
 * at once, the others when their M comes to look, or sysmon makes it. */
static void resize(int n)
{
	struct p *idle = NULL, *p;
	int old = sched.procs;

	poke(&sched.procs, n);
	trace_m(getm(), TRACE_PROCS, n);
	while ((p = pidle_get())) {
		p->idle_next = idle;
		idle = p;
	}
	while ((p = idle)) {
		idle = p->idle_next;
		if (p->id < n)
			pidle_put(p);
		else
			p->retired = true;
	}
	for (int i = old; i < n && i < sched.nallp; i++) {
		if (sched.allp[i].retired) {
			sched.allp[i].retired = false;
			pidle_put(&sched.allp[i]);
		}
	}
	for (int i = sched.nallp; i < n; i++)
		new_p(i);
	/* Release: who sees that there are so many sees them set up. */
	if (n > sched.nallp)
		__atomic_store_n(&sched.nallp, n, __ATOMIC_RELEASE);
	count_busy(0);
}

static void count_procs(void)
{
	int n = 0;

	for (int awake = 0; awake < sched.maxprocs && n < SL_PROCS_MAX; n++)
		awake += n >= sched.nallp || !sched.allp[n].asleep;
	if (n != sched.procs)
		resize(n);
}

int set_maxprocs(int n)
{
	int old;

	lock_sched();
	old = sched.maxprocs;
	poke(&sched.maxprocs, n);
	poke(&sched.procs_source, "sl_procs");
	set_spin();
	count_procs();
	unlock_sched();
	return old;
}

/* The P that stands in goes to an idle M.  If there is none it goes to the M of the G that
 * was preempted first, because no thread can be made while a preempted G holds malloc's
 * lock.  False: there is neither, so the caller has to request an M. */
static bool start_one(void)
{
	struct m *m;
	struct p *p;

	while (must_end_alone())
		end_alone();
	p = peek(&sched.stopping) ? NULL : take_p();
	if (!p)
		return true;
	m = take_standby();
	if (m)
		give_p(m, p);
	else
		put_p(p);
	return m != NULL;
}

void set_asleep(struct p *p, bool asleep)
{
	bool started;

	lock_sched();
	p->asleep = asleep;
	count_procs();
	started = !asleep || start_one();
	unlock_sched();
	if (!started)
		request_idle_m();
}
