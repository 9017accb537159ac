/* SPDX-License-Identifier: Apache-2.0
 *
 * oversub: more Ps than processors, as in a container whose quota the program
 * does not know of.  Gs take units of work from a pile under a mutex; with a
 * factor above 1 the kernel now and then takes the processor from a thread that
 * has a P, or the lock.  The process keeps its processors: it is P alone that
 * grows.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { FACTOR, GS, UNITS, STEPS, SERIAL };

static const struct wl_param params[] = {
	{ "factor", 4, 1, 64, "Ps for each one that the cell was given" },
	{ "gs", 64, 1, 10000, "Gs that work" },
	{ "units", 2000, 1, 10000000, "units of work in an iteration" },
	{ "steps", 4096, 1, 100000000, "steps of the generator in a unit; 4096 take some microseconds" },
	{ "serial", 0, 0, 1, "1: the initial G does all, on the Ps that the cell was given" },
	{ 0 },
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	struct sl_mutex mu;
	int64_t next;                   /* under mu, as are the sums */
	uint64_t done, sum;
	uint64_t expected;
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
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[UNITS]; i++)
		st->expected += lcg_jump(w->seed + i, w->param[STEPS]);
	w->state = st;
	if (!w->param[SERIAL])
		sl_procs((int)(w->procs * w->param[FACTOR]));
	return 0;
}

static void work(struct state *st)
{
	const int64_t *param = st->w->param;
	int64_t unit;

	sl_mutex_lock(&st->mu);
	while ((unit = st->next) < param[UNITS]) {
		uint64_t result;

		st->next++;
		sl_mutex_unlock(&st->mu);
		result = lcg_walk(st->w->seed + unit, param[STEPS]);
		sl_mutex_lock(&st->mu);
		st->done++;
		st->sum += result;
	}
	sl_mutex_unlock(&st->mu);
}

static void work_as_g(void *arg)
{
	struct state *st = arg;

	work(st);
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->next = 0;
	if (w->param[SERIAL]) {
		work(st);
	} else {
		sl_wg_add(&st->wg, (int)w->param[GS]);
		for (int64_t i = 0; i < w->param[GS]; i++)
			sl_go(work_as_g, st);
		sl_wg_wait(&st->wg);
	}
	w->executed = st->done;
	w->checksum = st->sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	sl_procs(w->procs);
	free(w->state);
}

const struct workload wl_oversub = {
	.name = "oversub",
	.kind = WL_PARALLELISM | WL_CPU_BOUND | WL_SYNCHRONISATION,
	.summary = "Gs share a pile of work under a mutex, on factor times as many Ps as processors",
	.question = "What does it cost to have more Ps than processors?",
	.metric = "unit of work",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
