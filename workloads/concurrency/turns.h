/* SPDX-License-Identifier: Apache-2.0
 *
 * turns.h: a few Gs take turns at one counter.  Each adds up the values that it
 * saw; if two Gs ever saw the same one, the sum of all is wrong.
 *
 * Included by the workloads that differ in the lock alone, which they define:
 * LOCK, its type, ready when zeroed; TAKE and GIVE, on a pointer to it.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "opaque.h"
#include "workload.h"

enum { GS, EACH };

static const struct wl_param params[] = {
	{ "gs", 8, 1, 100000, "Gs that share the counter" },
	{ "each", 10000, 1, 10000000, "lock and unlock pairs of each G" },
	{ 0 },
};

struct adder {
	struct state *st;
	uint64_t done, seen;
};

struct state {
	struct wl *w;
	struct sl_wg wg;
	LOCK mu;
	uint64_t counter;       /* under mu */
	struct adder adder[];
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
	struct state *st = calloc(1, sizeof *st + w->param[GS] * sizeof *st->adder);

	if (!st)
		return -ENOMEM;
	st->w = w;
	for (int64_t i = 0; i < w->param[GS]; i++)
		st->adder[i].st = st;
	w->state = st;
	return 0;
}

static void add(void *arg)
{
	struct adder *a = arg;
	struct state *st = a->st;
	uint64_t done, seen = 0;

	for (done = 0; done < (uint64_t)st->w->param[EACH]; done++) {
		TAKE(&st->mu);
		opaque();
		seen += st->counter++;
		GIVE(&st->mu);
	}
	a->done = done;
	a->seen = seen;
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->counter = 0;
	sl_wg_add(&st->wg, (int)w->param[GS]);
	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_go(add, &st->adder[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->adder[i].done;
		w->checksum += st->adder[i].seen;
		st->adder[i].done = st->adder[i].seen = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * n, iterations * (n * (n - 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}
