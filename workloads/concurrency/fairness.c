/* SPDX-License-Identifier: Apache-2.0
 *
 * fairness: Gs that are all alike take units of work from one pile until it is
 * used up.  How even are their shares?  Jain's index says, (sum x)^2 / (n sum
 * x^2): 1 if all had the same, 1/n if one had everything.  With yield=0 no G
 * lets others go first, so it is the scheduler that has to see to it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { GS, UNITS, STEPS, YIELD };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 10000, "Gs, all alike" },
	{ "units", 4000, 1, 10000000, "units of work in an iteration" },
	{ "steps", 4096, 1, 100000000, "steps of the generator in a unit; 4096 take some microseconds" },
	{ "yield", 1, 0, 1, "1: a G yields after each unit; 0: never" },
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
	int64_t iterations, permille;   /* the timed ones, and the sum of their indices */
	struct worker worker[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
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

static void work(void *arg)
{
	struct worker *me = arg;
	struct state *st = me->st;
	const int64_t *param = st->w->param;
	int64_t unit;

	sl_wg_wait(&st->start);
	/* Only numbers are shared by it. */
	while ((unit = atomic_fetch_add_explicit(&st->next, 1, memory_order_relaxed)) < param[UNITS]) {
		me->sum += lcg_walk(st->w->seed + unit, param[STEPS]);
		me->units++;
		if (param[YIELD])
			sl_yield();
	}
	sl_wg_done(&st->end);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	double sum = 0, squares = 0;

	atomic_store(&st->next, 0);
	sl_wg_add(&st->start, 1);
	sl_wg_add(&st->end, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(work, &st->worker[i]);
	sl_wg_done(&st->start);
	sl_wg_wait(&st->end);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		struct worker *x = &st->worker[i];

		w->executed += x->units;
		w->checksum += x->sum;
		sum += (double)x->units;
		squares += (double)x->units * (double)x->units;
		x->units = x->sum = 0;
	}
	if (w->timed) {
		st->iterations++;
		st->permille += (int64_t)(1000 * sum * sum / ((double)w->param[GS] * squares) + 0.5);
	}
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
	*out = (struct sl_counter){ "jain_permille", st->iterations ? st->permille / st->iterations : 0 };
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
