/* SPDX-License-Identifier: Apache-2.0
 *
 * hog: on every P a G that computes and never calls the scheduler, and a light
 * one, the initial G, that wants to run every millisecond.  How long after the
 * moment it asked for does it run?  The counters say: p50_ns, p99_ns, max_ns.
 *
 * A scheduler that cannot take a P away would never run the light G, and so
 * never hear that it is enough.  So a hog that finds that the light G has not
 * run for patience_ms yields; gave_way counts how often, and is 0 where
 * preemption works.  A hog checks its arithmetic at the end: whatever
 * interrupted it must have left its registers alone.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { WISHES, PERIOD_US, PATIENCE_MS };

static const struct wl_param params[] = {
	{ "wishes", 100, 1, 1000000, "times in an iteration that the light G wants to run" },
	{ "period_us", 1000, 1, 1000000, "time that it sleeps before each, in microseconds" },
	{ "patience_ms", 200, 1, 1000000, "without the light G until a hog yields, in milliseconds" },
	{ 0 },
};

/* Steps between two looks at the clock: some microseconds. */
#define STRIDE 4096

struct hog {
	struct state *st;
	uint64_t seed;
	uint64_t done, right, gave_way;
};

struct state {
	struct sl_wg wg;
	int64_t patience_ns;
	_Atomic bool enough;
	_Atomic int64_t last;           /* when the light G last ran */
	struct hist delay;
	struct hog hog[];
};

static int64_t gs(const struct wl *w)
{
	return w->procs + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[WISHES];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->procs * sizeof *st->hog);

	if (!st)
		return -ENOMEM;
	st->patience_ns = w->param[PATIENCE_MS] * 1000000;
	for (int i = 0; i < w->procs; i++)
		st->hog[i] = (struct hog){ .st = st, .seed = w->seed + i };
	w->state = st;
	return 0;
}

static void hog(void *arg)
{
	struct hog *h = arg;
	struct state *st = h->st;
	uint64_t x = h->seed, steps = 0;

	while (!atomic_load_explicit(&st->enough, memory_order_relaxed)) {
		for (int i = 0; i < STRIDE; i++)
			x = lcg_next(x);
		steps += STRIDE;
		if (sl_now() - atomic_load_explicit(&st->last, memory_order_relaxed) > st->patience_ns) {
			h->gave_way++;
			sl_yield();
		}
	}
	h->done++;
	h->right += x == lcg_jump(h->seed, steps);
	sl_wg_done(&st->wg);
}

static void be_light(struct wl *w)
{
	struct state *st = w->state;
	int64_t period = w->param[PERIOD_US] * 1000;

	for (int64_t i = 0; i < w->param[WISHES]; i++) {
		int64_t asked = sl_now() + period, now;

		sl_sleep(period);
		now = sl_now();
		atomic_store_explicit(&st->last, now, memory_order_relaxed);
		if (w->timed)
			hist_add(&st->delay, now - asked);
		/* Who wakes it too early shall not be the quickest. */
		w->executed += now >= asked;
	}
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	atomic_store(&st->enough, false);
	atomic_store(&st->last, sl_now());
	sl_wg_add(&st->wg, w->procs);
	for (int i = 0; i < w->procs; i++)
		sl_go(hog, &st->hog[i]);
	be_light(w);
	atomic_store(&st->enough, true);
	sl_wg_wait(&st->wg);
	for (int i = 0; i < w->procs; i++) {
		w->executed += st->hog[i].done;
		w->checksum += st->hog[i].right * (i + 1);
		st->hog[i].done = st->hog[i].right = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t procs = w->procs;

	return check_work(w, iterations * (w->param[WISHES] + procs),
	                  iterations * (procs * (procs + 1) / 2), why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;
	struct sl_counter gave_way = { "gave_way", 0 };
	int n = hist_counters(&st->delay, out, max);

	for (int i = 0; i < w->procs; i++)
		gave_way.value += st->hog[i].gave_way;
	if (n < max)
		out[n++] = gave_way;
	return n;
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_hog = {
	.name = "hog",
	.kind = WL_CONCURRENCY | WL_CPU_BOUND,
	.summary = "a G on each P computes without a call; a light one wants to run every period_us",
	.question = "How long does a G wait for its turn behind Gs that never wait? See p50_ns, p99_ns, max_ns",
	.metric = "wish to run, and the period before it",
	.params = params,
	.needs = WL_PREEMPTIVE | WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
