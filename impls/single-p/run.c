/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c: sl_run, and the account that is left of a run.
 */
#include <errno.h>
#include <string.h>

#include "shared/affinity.h"
#include "shared/altstack.h"
#include "shared/fault/overflow.h"
#include "shared/fault/trace.h"
#include "single_p.h"

struct sched sched = { .cpu = -1 };

SL_FOOT void run_initial(void *arg)
{
	struct initial *i = arg;

	i->fn(i->arg);
	if (curg->tasks)
		sl__fatal("a G ended before it joined what it had forked");
	trace_g(sl__is_tracing(), TRACE_ENDED, 0, curg, 0);
	leave_gs();
}

/* Binds the thread to the first of n PUs; it must be allowed to use the others, too. */
static int bind_to(const int *cpus, int n, struct sl__cpus *bound, struct sl__cpus *before)
{
	int err;

	if (!sl__cpus_of(bound, cpus, n))
		return -EINVAL;
	err = sl__affinity_narrow(bound, before);
	if (err)
		return err;
	sl__affinity_restore(bound, before);
	sl__cpus_of(bound, cpus, 1);
	err = sl__affinity_narrow(bound, before);
	if (!err)
		poke(&sched.cpu, cpus[0]);
	return err;
}

int sl_run(const struct sl_config *cfg, void (*fn)(void *), void *arg)
{
	static bool busy;               /* set and cleared atomically */
	struct initial initial = { fn, arg };
	struct sl__altstack *altstack;
	const char *source;
	struct sl__cpus bound, before;
	int err;

	/* Acquire and release: a run sees all that the one before it left. */
	if (curg || __atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
		return -EBUSY;
	err = sl__configure(cfg, &sched.cfg, &source);
	if (!err && sched.cfg.cpus)
		err = bind_to(sched.cfg.cpus, sched.cfg.procs, &bound, &before);
	if (err)
		goto out;
	sl__stacks_init(sched.cfg.stack_size);
	sl__records_init(sizeof(struct sl_g));
	if (!alloc_first()) {
		err = -ENOMEM;
		goto fini;
	}
	sl__stack_thread(&sched.thread);
	altstack = sl__altstack_begin();
	sl__overflow_begin();
	poke(&sched.spawns, 0);
	poke(&sched.switches, 0);
	poke(&sched.parks, 0);
	poke(&sched.wakeups, 0);
	sched.now = sl_now();
	sl__trace_begin(SL_MODEL, 1, false);
	sl__ring_init(&sched.ring, TRACE_P, 0);
	new_g(run_initial, &initial, false, NULL);
	if (!run_gs())
		report_deadlock();

	/* What is left is parked or runnable, never running: drop it. */
	sl__trace_end(false);
	report_leaks();
	sl__overflow_end();
	sl__altstack_end(altstack);
	poke(&sched.gcount, 0);
	sched.runnext = NULL;
	sched.head = NULL;
	sl__timers_fini(&sched.timers);
	sl__netpoll_fini();
fini:
	sched.free_gs = NULL;
	sched.free_stacks = sched.old_stacks = sched.cold_stacks = NULL;
	sl__stacks_fini();
	sl__records_fini();
	if (sched.cfg.cpus)
		sl__affinity_restore(&bound, &before);
	poke(&sched.cpu, -1);
out:
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	return err;
}

/* There is one P, whatever is asked for. */
int sl_procs(int n)
{
	if (n > 0)
		getg(__func__);
	return 1;
}

const char *sl_procs_source(void)
{
	return "model";
}

int sl_bound_cpu(int p)
{
	return p == 0 ? peek(&sched.cpu) : -1;
}

/* A blocking call stops every G: there is no other thread to go on. */
void sl_entersyscall(void)
{
	trace_g(sl__is_tracing(), TRACE_CALL, 0, getg(__func__), 0);
}

void sl_exitsyscall(void)
{
	trace_runs(sl__is_tracing(), getg(__func__));
}

int sl_counters(struct sl_counter *out, int max)
{
	const struct sl_counter c[] = {
		{ "spawns", peek(&sched.spawns) }, { "switches", peek(&sched.switches) },
		{ "parks", peek(&sched.parks) }, { "wakeups", peek(&sched.wakeups) },
	};
	int n = (int)(sizeof c / sizeof *c);

	if (n > max)
		n = max;
	memcpy(out, c, (size_t)n * sizeof *c);
	return n;
}
