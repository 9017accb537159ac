/* SPDX-License-Identifier: Apache-2.0
 *
 * fairness: Gs that are all alike take units of work from one pile until it is
 * used up.  How even are their shares?  With yield=0 no G lets others go first, so
 * it is the scheduler that has to see to it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "shares.h"
#include "workload.h"

enum { GS, UNITS, STEPS, YIELD, SERIAL };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 10000, "Gs, all alike" },
	{ "units", 4000, 1, 10000000, "units of work in an iteration" },
	{ "steps", 4096, 1, 100000000, "steps of the generator in a unit; 4096 take some microseconds" },
	{ "yield", 1, 0, 1, "1: a G yields after each unit; 0: never" },
	{ "serial", 0, 0, 1, "1: the initial G does all" },
	{ 0 },
};

struct worker {
	struct state *st;
	uint64_t units, sum;
};

struct state {
	struct wl *w;
	struct sl_wg start, end;
	_Atomic int64_t next;           /* unit that nobody has taken */
	uint64_t expected;
	struct shares shares;
	struct worker worker[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : w->param[GS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[UNITS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->worker);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->worker[i].st = st;
	for (int64_t i = 0; i < w->param[UNITS]; i++)
		st->expected += lcg_jump(w->seed + i, w->param[STEPS]);
	w->state = st;
	return 0;
}

static void work(struct worker *me, bool yield)
{
	struct state *st = me->st;
	const int64_t *param = st->w->param;
	int64_t unit;

	/* Only numbers are shared by it. */
	while ((unit = atomic_fetch_add_explicit(&st->next, 1, memory_order_relaxed)) < param[UNITS]) {
		me->sum += lcg_walk(st->w->seed + unit, param[STEPS]);
		me->units++;
		if (yield)
			sl_yield();
	}
}

static void work_as_g(void *arg)
{
	struct worker *me = arg;

	sl_wg_wait(&me->st->start);
	work(me, me->st->w->param[YIELD]);
	sl_wg_done(&me->st->end);
}

static void work_together(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->start, 1);
	sl_wg_add(&st->end, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(work_as_g, &st->worker[i]);
	sl_wg_done(&st->start);
	sl_wg_wait(&st->end);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	atomic_store(&st->next, 0);
	if (w->param[SERIAL])
		work(&st->worker[0], false);
	else
		work_together(w);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		struct worker *x = &st->worker[i];

		w->executed += x->units;
		w->checksum += x->sum;
		shares_add(&st->shares, x->units);
		x->units = x->sum = 0;
	}
	shares_end(&st->shares, w->timed);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 1)
		return 0;
	*out = (struct sl_counter){ "jain_permille", shares_permille(&st->shares) };
	return 1;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_fairness = {
	.name = "fairness",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND,
	.summary = "Gs that are all alike share a pile of work; see jain_permille: 1000 if evenly",
	.question = "Do equal Gs get equal shares of the processors?",
	.metric = "unit of work",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
