/* SPDX-License-Identifier: Apache-2.0
 *
 * mixed: a G that must be in time beside Gs that must get much done.  On every
 * P a worker computes, a fixed amount; until they are done another G sleeps,
 * wants to run, and notes how late it was.  The time says what the workers lost
 * by it, the counters what it lost by them.  Where hog's never let go, these
 * yield after each unit, as good citizens do; with yield=0 they don't.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { UNITS, STEPS, PERIOD_US, YIELD, SERIAL };

static const struct wl_param params[] = {
	{ "units", 400, 1, 10000000, "units of work of each worker in an iteration" },
	{ "steps", 65536, 1, 100000000, "steps of the generator in a unit; 65536 take some 100 us" },
	{ "period_us", 1000, 1, 1000000, "time that the light G sleeps, in microseconds" },
	{ "yield", 1, 0, 1, "1: a worker yields after each unit; 0: never" },
	{ "serial", 0, 0, 1, "1: the initial G computes all, and there is no light G" },
	{ 0 },
};

struct worker {
	struct state *st;
	uint64_t seed, units, sum;
};

struct state {
	struct wl *w;
	struct sl_wg workers, awake, light;
	_Atomic bool over;
	struct hist delay;
	uint64_t early;                 /* wishes that were granted before their time */
	uint64_t expected;
	struct worker worker[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : w->procs + 2;
}

static int64_t ops(const struct wl *w)
{
	return w->procs * w->param[UNITS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->procs * sizeof *st->worker);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int i = 0; i < w->procs; i++)
		st->worker[i] = (struct worker){ .st = st, .seed = w->seed + i * w->param[UNITS] };
	for (int64_t i = 0; i < ops(w); i++)
		st->expected += lcg_jump(w->seed + i, w->param[STEPS]);
	w->state = st;
	return 0;
}

static void work(struct worker *me, bool yield)
{
	const struct state *st = me->st;

	for (int64_t i = 0; i < st->w->param[UNITS]; i++) {
		me->sum += lcg_walk(me->seed + i, st->w->param[STEPS]);
		me->units++;
		if (yield)
			sl_yield();
	}
}

static void work_as_g(void *arg)
{
	struct worker *me = arg;

	work(me, me->st->w->param[YIELD]);
	sl_wg_done(&me->st->workers);
}

static void be_light(void *arg)
{
	struct state *st = arg;
	int64_t period = st->w->param[PERIOD_US] * 1000;

	sl_wg_done(&st->awake);
	while (!atomic_load_explicit(&st->over, memory_order_relaxed)) {
		int64_t asked = sl_now() + period, late;

		sl_sleep(period);
		late = sl_now() - asked;
		if (st->w->timed)
			hist_add(&st->delay, late);
		st->early += late < 0;
	}
	sl_wg_done(&st->light);
}

static void work_beside(struct wl *w)
{
	struct state *st = w->state;

	atomic_store_explicit(&st->over, false, memory_order_relaxed);
	sl_wg_add(&st->light, 1);
	sl_wg_add(&st->workers, w->procs);
	/* It is to be asleep when they begin: none may be as quick as to end before
	 * it is late even once. */
	sl_wg_add(&st->awake, 1);
	sl_go(be_light, st);
	sl_wg_wait(&st->awake);
	for (int i = 0; i < w->procs; i++)
		sl_go(work_as_g, &st->worker[i]);
	sl_wg_wait(&st->workers);
	atomic_store_explicit(&st->over, true, memory_order_relaxed);
	sl_wg_wait(&st->light);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	if (!w->param[SERIAL])
		work_beside(w);
	for (int i = 0; i < w->procs && w->param[SERIAL]; i++)
		work(&st->worker[i], false);
	for (int i = 0; i < w->procs; i++) {
		w->executed += st->worker[i].units;
		w->checksum += st->worker[i].sum;
		st->worker[i].units = st->worker[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	if (st->early) {
		snprintf(why, size, "the light G was woken %" PRIu64 " times before its time", st->early);
		return false;
	}
	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	return hist_counters(&st->delay, out, max);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_mixed = {
	.name = "mixed",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND | WL_IO_BOUND,
	.summary = "on every P a worker with much to compute; beside them a G that wakes each millisecond",
	.question = "What do work that must be in time and work that must get done cost each other?",
	.metric = "unit of work",
	.params = params,
	.needs = WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
