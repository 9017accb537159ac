/* SPDX-License-Identifier: Apache-2.0
 *
 * barrier: a few Gs work in rounds, and none begins a round before all have
 * ended the last, as in a simulation.  The barrier is of a mutex and a
 * condition variable, and its last arrival wakes all the others at once.
 *
 * In each round a G writes the round's number down and reads, past the barrier,
 * what its neighbour wrote.  The neighbour may be a round ahead by then, never
 * two, hence two places in turn.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { GS, ROUNDS };

static const struct wl_param params[] = {
	{ "gs", 16, 1, 100000, "Gs that meet" },
	{ "rounds", 500, 1, 10000000, "meetings in an iteration" },
	{ 0 },
};

struct member {
	struct wl *w;
	struct member *neighbour;
	int64_t written[2];             /* of even and of odd rounds */
	uint64_t passed, sum;
};

struct state {
	struct sl_wg ended;
	struct sl_mutex mu;
	struct sl_cond all_here;
	int64_t missing, meeting;       /* under mu */
	struct member member[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[ROUNDS];
}

static int64_t gs(const struct wl *w)
{
	return w->param[GS] + 1;
}

static int setup(struct wl *w)
{
	int64_t n = w->param[GS];
	struct state *st = calloc(1, sizeof *st + n * sizeof *st->member);

	if (!st)
		return -ENOMEM;
	st->missing = n;
	for (int64_t i = 0; i < n; i++) {
		st->member[i].w = w;
		st->member[i].neighbour = &st->member[(i + 1) % n];
	}
	w->state = st;
	return 0;
}

static void meet(struct wl *w)
{
	struct state *st = w->state;
	int64_t meeting;

	sl_mutex_lock(&st->mu);
	meeting = st->meeting;
	if (--st->missing == 0) {
		st->missing = w->param[GS];
		st->meeting++;
		sl_cond_broadcast(&st->all_here);
	}
	while (st->meeting == meeting)
		sl_cond_wait(&st->all_here, &st->mu);
	sl_mutex_unlock(&st->mu);
}

static void work(void *arg)
{
	struct member *m = arg;

	for (int64_t round = 0; round < m->w->param[ROUNDS]; round++) {
		m->written[round % 2] = round;
		meet(m->w);
		m->sum += (uint64_t)m->neighbour->written[round % 2];
		m->passed++;
	}
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_wg_go(&st->ended, work, &st->member[i]);
	sl_wg_wait(&st->ended);
	for (int64_t i = 0; i < w->param[GS]; i++) {
		w->executed += st->member[i].passed;
		w->checksum += st->member[i].sum;
		st->member[i].passed = st->member[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[GS], rounds = w->param[ROUNDS];

	return check_work(w, iterations * n * rounds,
	                  iterations * n * (rounds * (rounds - 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_barrier = {
	.name = "barrier",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "a few Gs meet at a barrier, again and again",
	.question = "What does it cost to wait for all the others?",
	.metric = "G that met the others",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
