/* SPDX-License-Identifier: Apache-2.0
 *
 * sleepers: many Gs sleep at the same time, a few times in a row.  They start
 * together, so they are due together: what the whole takes beyond one G's
 * sleeps is what timers and wake-ups cost, and the CPU time is nothing else.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { N, SLEEPS, SLEEP_US };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 10000000, "Gs that sleep at the same time" },
	{ "sleeps", 5, 1, 1000, "sleeps of each, one after the other" },
	{ "sleep_us", 10000, 1, 1000000, "length of one, in microseconds" },
	{ 0 },
};

struct sleeper {
	struct wl *w;
	uint64_t sleeps;
	int64_t took_ns;        /* from its start to its last awakening */
};

struct state {
	struct sl_wg wg;
	struct sleeper sleeper[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[N] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N] * w->param[SLEEPS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[N] * sizeof *st->sleeper);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[N]; i++)
		st->sleeper[i].w = w;
	w->state = st;
	return 0;
}

static void sleeper(void *arg)
{
	struct sleeper *s = arg;
	struct state *st = s->w->state;
	int64_t start = sl_now();

	for (int64_t i = 0; i < s->w->param[SLEEPS]; i++) {
		sl_sleep(s->w->param[SLEEP_US] * 1000);
		s->sleeps++;
	}
	s->took_ns = sl_now() - start;
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[N], least_ns = w->param[SLEEPS] * w->param[SLEEP_US] * 1000;

	sl_wg_add(&st->wg, (int)n);
	for (int64_t i = 0; i < n; i++)
		sl_go(sleeper, &st->sleeper[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < n; i++) {
		struct sleeper *s = &st->sleeper[i];

		w->executed += s->sleeps;
		/* Who wakes Gs too early shall not be the fastest. */
		if (s->took_ns >= least_ns)
			w->checksum += i + 1;
		s->sleeps = s->took_ns = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[N];

	return check_work(w, iterations * (uint64_t)ops(w), iterations * (n * (n + 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_sleepers = {
	.name = "sleepers",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "n Gs sleep at the same time, a few times in a row",
	.question = "What do many timers cost that are due at once?",
	.metric = "sleep",
	.params = params,
	.needs = WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
