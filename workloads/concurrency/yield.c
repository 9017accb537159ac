/* SPDX-License-Identifier: Apache-2.0
 *
 * yield: two Gs yield to each other.  On one P each yield is a switch to the
 * other; on two they may run side by side, and a yield finds nobody to run.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { EACH };

static const struct wl_param params[] = {
	{ "each", 10000, 1, 100000000, "yields of each G in an iteration" },
	{ 0 },
};

struct yielder {
	struct sl_wg *wg;
	uint64_t each, done, sum;
};

struct state {
	struct sl_wg wg;
	struct yielder ours, theirs;
};

static int64_t ops(const struct wl *w)
{
	return 2 * w->param[EACH];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	st->ours = st->theirs = (struct yielder){ &st->wg, w->param[EACH], 0, 0 };
	w->state = st;
	return 0;
}

/* The sum is kept in a register across the switches: it is wrong if one is lost. */
static void yield(void *arg)
{
	struct yielder *y = arg;
	uint64_t done, sum = 0;

	for (done = 0; done < y->each; done++) {
		sum += done;
		sl_yield();
	}
	y->done += done;
	y->sum += sum;
	sl_wg_done(y->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, 2);
	sl_go(yield, &st->theirs);
	yield(&st->ours);
	sl_wg_wait(&st->wg);
	w->executed = st->ours.done + st->theirs.done;
	w->checksum = st->ours.sum + st->theirs.sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[EACH];

	return check_work(w, iterations * 2 * n, iterations * (n * (n - 1)), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_yield = {
	.name = "yield",
	.kind = WL_CONCURRENCY,
	.summary = "two Gs yield to each other",
	.question = "What does it cost to let the other one run?",
	.metric = "yield",
	.params = params,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
