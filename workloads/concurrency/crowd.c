/* SPDX-License-Identifier: Apache-2.0
 *
 * crowd: a ping-pong by itself, and then beside many Gs that wait.  Gs that
 * wait are no concern of the scheduler, so the second should be no slower.
 *
 * An iteration's time has the starting and ending of the crowd in it, and says
 * nothing.  The counters say it: the time of a round trip alone and in the
 * crowd, medians, and the median of their ratio within an iteration.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { CROWD, ROUNDS };

static const struct wl_param params[] = {
	{ "crowd", 1000, 1, 10000000, "Gs that wait" },
	{ "rounds", 1000, 1, 100000000, "round trips of a ping-pong; of each of the two the best of five counts" },
	{ 0 },
};

struct member {
	struct state *st;
	uint64_t woken;
};

struct state {
	struct wl *w;
	struct sl_wg arrivals, ends, echo;
	struct sl_chan *gate, *ping, *pong;
	struct hist alone, crowded, permille;
	struct member member[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[CROWD] + 2;
}

static int64_t ops(const struct wl *w)
{
	(void)w;
	return 1;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[CROWD] * sizeof *st->member);

	if (!st)
		return -ENOMEM;
	st->w = w;
	st->ping = must_chan(sizeof(int64_t), 0);
	st->pong = must_chan(sizeof(int64_t), 0);
	for (int64_t i = 0; i < w->param[CROWD]; i++)
		st->member[i].st = st;
	w->state = st;
	return 0;
}

static void echo(void *arg)
{
	struct state *st = arg;
	int64_t v;

	for (int64_t i = 0; i < st->w->param[ROUNDS]; i++) {
		sl_chan_recv(st->ping, &v);
		v *= 2;
		sl_chan_send(st->pong, &v);
	}
}

#define TRIES 5

/* Its nanoseconds. */
static int64_t pingpong_once(struct state *st)
{
	struct wl *w = st->w;
	int64_t start = sl_now(), v;

	sl_wg_go(&st->echo, echo, st);
	for (int64_t i = 0; i < w->param[ROUNDS]; i++) {
		sl_chan_send(st->ping, &i);
		sl_chan_recv(st->pong, &v);
		w->executed++;
		w->checksum += (uint64_t)v;
	}
	sl_wg_wait(&st->echo);
	return sl_now() - start;
}

/* Of the fastest: what disturbs one has nothing to do with who waits. */
static int64_t pingpong(struct state *st)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		int64_t ns = pingpong_once(st);

		best = ns < best ? ns : best;
	}
	return best;
}

static void wait_in_crowd(void *arg)
{
	struct member *m = arg;
	struct state *st = m->st;

	sl_wg_done(&st->arrivals);
	if (!sl_chan_recv(st->gate, NULL))
		m->woken++;
	sl_wg_done(&st->ends);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[CROWD], alone_ns, crowded_ns;
	bool all_there;

	alone_ns = pingpong(st);
	st->gate = must_chan(0, 0);
	sl_wg_add(&st->arrivals, (int)n);
	sl_wg_add(&st->ends, (int)n);
	for (int64_t i = 0; i < n; i++)
		sl_go(wait_in_crowd, &st->member[i]);
	sl_wg_wait(&st->arrivals);
	crowded_ns = pingpong(st);
	all_there = sl_gcount() > n;
	sl_chan_close(st->gate);
	sl_wg_wait(&st->ends);
	sl_chan_free(st->gate);
	if (w->timed) {
		hist_add(&st->alone, alone_ns / w->param[ROUNDS]);
		hist_add(&st->crowded, crowded_ns / w->param[ROUNDS]);
		hist_add(&st->permille, crowded_ns * 1000 / alone_ns);
	}
	for (int64_t i = 0; i < n; i++) {
		/* Or it was not beside a crowd. */
		w->executed += all_there ? st->member[i].woken : 0;
		st->member[i].woken = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t crowd = w->param[CROWD], n = w->param[ROUNDS], all = (uint64_t)iterations * 2 * TRIES;

	return check_work(w, iterations * crowd + all * n, all * n * (n - 1), why, size);
}

static int counters(const struct wl *w, struct sl_counter *out, int max)
{
	const struct state *st = w->state;

	if (max < 3)
		return 0;
	out[0] = (struct sl_counter){ "alone_ns", hist_quantile(&st->alone, 500) };
	out[1] = (struct sl_counter){ "crowded_ns", hist_quantile(&st->crowded, 500) };
	out[2] = (struct sl_counter){ "crowded_permille", hist_quantile(&st->permille, 500) };
	return 3;
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	sl_chan_free(st->ping);
	sl_chan_free(st->pong);
	free(st);
}

const struct workload wl_crowd = {
	.name = "crowd",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "a ping-pong alone, and beside many Gs that wait; see crowded_permille: of the time alone",
	.question = "Do Gs that wait slow down those that run?",
	.metric = "two ping-pongs, and the crowd's coming and going",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
	.counters = counters,
};
