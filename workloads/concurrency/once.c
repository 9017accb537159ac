/* SPDX-License-Identifier: Apache-2.0
 *
 * once: many Gs come to one once, again and again, and use what it makes.  What
 * runs there yields half-way, so that others come while it runs.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { GS, EACH };

static const struct wl_param params[] = {
	{ "gs", 100, 1, 100000, "Gs that come" },
	{ "each", 1000, 1, 10000000, "times that each of them does" },
	{ 0 },
};

struct user {
	struct state *st;
	uint64_t done, sum;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	struct sl_once once;
	uint64_t runs, made;            /* by what runs once */
	struct user user[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[EACH];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->user);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->user[i].st = st;
	w->state = st;
	return 0;
}

static void make(void *arg)
{
	struct state *st = arg;

	st->runs++;
	sl_yield();
	st->made = lcg_next(st->w->seed);
}

static void use(void *arg)
{
	struct user *me = arg;
	struct state *st = me->st;
	uint64_t done, sum = 0;

	for (done = 0; done < (uint64_t)st->w->param[EACH]; done++) {
		sl_once_do(&st->once, make, st);
		sum += st->made;
	}
	me->done = done;
	me->sum = sum;
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->once = (struct sl_once){ 0 };
	st->runs = st->made = 0;
	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(use, &st->user[i]);
	sl_wg_wait(&st->wg);
	w->executed += st->runs;
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->user[i].done;
		w->checksum += st->user[i].sum;
		st->user[i].done = st->user[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * (n + 1), iterations * (n * lcg_next(w->seed)), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_once = {
	.name = "once",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "many Gs need something that the first to come makes",
	.question = "What does it cost to ask whether something has been done?",
	.metric = "question",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
