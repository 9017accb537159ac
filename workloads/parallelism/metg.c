/* SPDX-License-Identifier: Apache-2.0
 *
 * metg: how small may a task be?  The minimum effective task granularity of
 * Task Bench (Slaughter et al., SC20): the same number of tasks is run with less
 * and less work in each, and the rate of work is held against the best one that
 * was seen.  The smallest tasks with at least half of it, and with nine tenths,
 * are the counters metg50_ns and metg90_ns; how long such a task works by
 * itself is its share of the best rate, of one P.  steps_per_s_K are the rates
 * that they come from, medians, with 2^K steps in each task.
 *
 * With fork=0 a task is a G, started by one G that waits for all; with fork=1
 * they are the leaves of a tree of forks, half of the rest in each.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { TASKS, FORK, LARGEST, SERIAL };

static const struct wl_param params[] = {
	{ "tasks", 256, 2, 10000000, "tasks of each size" },
	{ "fork", 0, 0, 1, "0: a G is started for each; 1: they are forked and joined" },
	{ "log2_steps", 16, 4, 24, "steps of the largest: 2^this; 16 takes some 100 us" },
	{ "serial", 0, 0, 1, "1: the initial G calls them one after the other: what a loop can do" },
	{ 0 },
};

#define SIZES 25        /* 1, 2, 4 ... 2^24 steps */

#define RATE(size) "steps_per_s_" #size
static const char *const rate_names[SIZES] = {
	RATE(0), RATE(1), RATE(2), RATE(3), RATE(4), RATE(5), RATE(6), RATE(7), RATE(8), RATE(9), RATE(10),
	RATE(11), RATE(12), RATE(13), RATE(14), RATE(15), RATE(16), RATE(17), RATE(18), RATE(19), RATE(20),
	RATE(21), RATE(22), RATE(23), RATE(24),
};

struct task {
	struct state *st;
	uint64_t done, result;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	int64_t steps;                  /* of each task, now */
	uint64_t expected;
	struct hist half, most;
	struct hist took[SIZES];        /* ns that all tasks of a size took */
	struct task task[];
};

struct span {                           /* tasks from first to last - 1 */
	struct state *st;
	int64_t first, last;
};

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : w->param[TASKS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[TASKS] * (w->param[LARGEST] + 1);
}

static int setup(struct wl *w)
{
	int64_t tasks = w->param[TASKS];
	struct state *st = calloc(1, sizeof *st + tasks * sizeof *st->task);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < tasks; i++)
		st->task[i].st = st;
	for (int64_t size = 0; size <= w->param[LARGEST]; size++)
		for (int64_t i = 0; i < tasks; i++)
			st->expected += lcg_jump(w->seed + i, UINT64_C(1) << size);
	w->state = st;
	return 0;
}

static void work(struct task *t)
{
	struct state *st = t->st;

	t->result = lcg_walk(st->w->seed + (t - st->task), st->steps);
	t->done++;
}

static void work_as_g(void *arg)
{
	struct task *t = arg;

	work(t);
	sl_wg_done(&t->st->wg);
}

static void work_as_tree(void *arg)
{
	struct span *all = arg, low = *all, high = *all;
	struct sl_task task;

	if (all->last - all->first == 1) {
		work(&all->st->task[all->first]);
		return;
	}
	low.last = high.first = all->first + (all->last - all->first) / 2;
	sl_fork(&task, work_as_tree, &low);
	work_as_tree(&high);
	sl_join(&task);
}

/* All tasks at this size: steps in a nanosecond. */
static double rate(struct wl *w, int64_t size)
{
	struct state *st = w->state;
	int64_t tasks = w->param[TASKS], steps = INT64_C(1) << size, start = sl_now(), took;

	st->steps = steps;
	if (w->param[SERIAL]) {
		for (int64_t i = 0; i < tasks; i++)
			work(&st->task[i]);
	} else if (w->param[FORK]) {
		work_as_tree(&(struct span){ st, 0, tasks });
	} else {
		sl_wg_add(&st->wg, (int)tasks);
		for (int64_t i = 0; i < tasks; i++)
			sl_go(work_as_g, &st->task[i]);
		sl_wg_wait(&st->wg);
	}
	took = sl_now() - start;
	took = took ? took : 1;
	if (w->timed)
		hist_add(&st->took[size], took);
	for (int64_t i = 0; i < tasks; i++) {
		w->executed += st->task[i].done;
		w->checksum += st->task[i].result;
		st->task[i].done = 0;
	}
	return (double)(tasks * steps) / (double)took;
}

/* Of the smallest task that reached this part of the best rate: how long its
 * steps take on one of the Ps at the best rate.  Between two sizes on a line. */
static int64_t smallest(const struct wl *w, const double *rates, double best, double part)
{
	int64_t size = 0;
	double steps;

	/* From below: what disturbs a measurement makes tasks slower, never faster. */
	while (rates[size] < part * best)
		size++;
	steps = (double)(INT64_C(1) << size);
	if (size > 0)
		steps *= 1 - 0.5 * (rates[size] - part * best) / (rates[size] - rates[size - 1]);
	return (int64_t)(steps / (best / w->procs) + 0.5);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	double rates[SIZES], best = 0;

	for (int64_t size = w->param[LARGEST]; size >= 0; size--) {
		rates[size] = rate(w, size);
		if (rates[size] > best)
			best = rates[size];
	}
	if (w->timed) {
		hist_add(&st->half, smallest(w, rates, best, .5));
		hist_add(&st->most, smallest(w, rates, best, .9));
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

	int n = 2;

	if (max < n)
		return 0;
	out[0] = (struct sl_counter){ "metg50_ns", hist_quantile(&st->half, 500) };
	out[1] = (struct sl_counter){ "metg90_ns", hist_quantile(&st->most, 500) };
	for (int64_t size = 0; size <= w->param[LARGEST] && n < max; size++) {
		double steps = (double)(w->param[TASKS] << size);
		int64_t took = hist_quantile(&st->took[size], 500);

		if (took)
			out[n++] = (struct sl_counter){ rate_names[size], (int64_t)(steps * 1e9 / (double)took + 0.5) };
	}
	return n;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_metg = {
	.name = "metg",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "tasks of many sizes; metg50_ns and metg90_ns: the smallest at half, at nine tenths of the rate",
	.question = "How small may a task be and still be worth it?",
	.metric = "task of any size",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
