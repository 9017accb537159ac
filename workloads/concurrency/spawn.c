/* SPDX-License-Identifier: Apache-2.0
 *
 * spawn: start many Gs that do next to nothing, then wait for all of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { N };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 10000000, "Gs started in an iteration" },
	{ 0 },
};

/* A G's account is its own, so that counting needs no atomics. */
struct task {
	struct sl_wg *wg;
	uint64_t runs;
};

struct state {
	struct sl_wg wg;
	struct task task[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[N] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[N] * sizeof *st->task);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[N]; i++)
		st->task[i].wg = &st->wg;
	w->state = st;
	return 0;
}

static void task(void *arg)
{
	struct task *t = arg;

	t->runs++;
	sl_wg_done(t->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[N];

	sl_wg_add(&st->wg, (int)n);
	for (int64_t i = 0; i < n; i++)
		sl_go(task, &st->task[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->task[i].runs;
		w->checksum += st->task[i].runs * (i + 1);
		st->task[i].runs = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[N];

	return check_work(w, iterations * n, iterations * (n * (n + 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_spawn = {
	.name = "spawn",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "start n Gs that do next to nothing, and wait for all of them",
	.question = "What does a G cost from its start to its end?",
	.metric = "G started and joined",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
