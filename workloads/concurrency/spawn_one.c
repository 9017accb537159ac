/* SPDX-License-Identifier: Apache-2.0
 *
 * spawn-one: start a G that does next to nothing and wait for it, then the
 * next.  Beside spawn, where a thousand are started before the first is waited
 * for, it shows what a start costs whose G is wanted at once: stacks are reused
 * while they are warm, but each G takes two switches, and a processor that is
 * woken for one comes too late.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { N };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 10000000, "Gs started in an iteration, one at a time" },
	{ 0 },
};

struct state {
	struct sl_wg wg;
	uint64_t value;                 /* what the next G is to add */
	uint64_t runs, sum;             /* the Gs' own: no two of them live at once */
};

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

static int setup(struct wl *w)
{
	w->state = calloc(1, sizeof(struct state));
	return w->state ? 0 : -ENOMEM;
}

static void task(void *arg)
{
	struct state *st = arg;

	st->runs++;
	st->sum += st->value;
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 1; i <= w->param[N]; i++) {
		st->value = i;
		sl_wg_add(&st->wg, 1);
		sl_go(task, st);
		sl_wg_wait(&st->wg);
	}
	w->executed = st->runs;
	w->checksum = st->sum;
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

const struct workload wl_spawn_one = {
	.name = "spawn-one",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "start a G that does next to nothing and wait for it, n times",
	.question = "What does a G cost that is waited for at once?",
	.metric = "G started and joined",
	.params = params,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
