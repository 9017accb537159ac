/* SPDX-License-Identifier: Apache-2.0
 *
 * rwmutex: a few Gs mostly read, and sometimes write, what a readers-writer mutex
 * guards: a number, in two places.  A read counts only if it finds the same in
 * both; each write adds up the number that it found, as in mutex.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "opaque.h"
#include "workload.h"

enum { GS, EACH, READS };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 100000, "Gs that share the number" },
	{ "each", 10000, 1, 10000000, "reads and writes of each G" },
	{ "reads", 9, 0, 1000000, "reads after each write" },
	{ 0 },
};

struct worker {
	struct state *st;
	uint64_t done, seen;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	struct sl_rwmutex mu;
	uint64_t number, copy;          /* under mu */
	struct worker worker[];
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
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->worker);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->worker[i].st = st;
	w->state = st;
	return 0;
}

static void work(void *arg)
{
	struct worker *me = arg;
	struct state *st = me->st;
	int64_t reads = 0;
	uint64_t done = 0, seen = 0;

	for (int64_t i = 0; i < st->w->param[EACH]; i++) {
		if (reads == 0) {
			reads = st->w->param[READS];
			sl_rwmutex_lock(&st->mu);
			seen += st->number++;
			st->copy++;
			sl_rwmutex_unlock(&st->mu);
			done++;
		} else {
			reads--;
			sl_rwmutex_rlock(&st->mu);
			opaque();
			done += st->number == st->copy;
			sl_rwmutex_runlock(&st->mu);
		}
	}
	me->done = done;
	me->seen = seen;
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->number = st->copy = 0;
	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(work, &st->worker[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->worker[i].done;
		w->checksum += st->worker[i].seen;
		st->worker[i].done = st->worker[i].seen = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	/* Each G begins with a write. */
	uint64_t writes = w->param[GS] * (1 + (w->param[EACH] - 1) / (w->param[READS] + 1));

	return check_work(w, iterations * ops(w), iterations * (writes * (writes - 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_rwmutex = {
	.name = "rwmutex",
	.kind = WL_CONCURRENCY | WL_SYNCHRONISATION,
	.summary = "a few Gs mostly read, and sometimes write, what a readers-writer mutex guards",
	.question = "What does it cost to read together?",
	.metric = "read or write",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
