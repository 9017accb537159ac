/* SPDX-License-Identifier: Apache-2.0
 *
 * ring: many Gs in a ring of unbuffered channels hand a number on, and each
 * adds one to it.  There is never more than one G with something to do: what
 * is measured is a switch to a G that has not run for a while.
 *
 * Each G adds up what it received.  A hop that was lost, came twice or in the
 * wrong order makes a number that somebody else has too.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { GS, LAPS };

static const struct wl_param params[] = {
	{ "gs", 503, 2, 100000, "Gs in the ring" },
	{ "laps", 50, 1, 1000000, "times the number goes round in an iteration" },
	{ 0 },
};

struct node {
	struct sl_wg *wg;
	struct sl_chan *in, *out;
	int64_t laps;
	uint64_t received, sum;
};

struct state {
	struct sl_wg wg;
	struct node node[];             /* the first is the initial G's */
};

static int64_t gs(const struct wl *w)
{
	return w->param[GS];
}

static int64_t ops(const struct wl *w)
{
	return w->param[GS] * w->param[LAPS];
}

static int setup(struct wl *w)
{
	int64_t n = w->param[GS];
	struct state *st = calloc(1, sizeof *st + n * sizeof *st->node);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < n; i++) {
		st->node[i].wg = &st->wg;
		st->node[i].laps = w->param[LAPS];
		st->node[i].out = must_chan(sizeof(int64_t), 0);
		st->node[(i + 1) % n].in = st->node[i].out;
	}
	w->state = st;
	return 0;
}

static int64_t take(struct node *nd)
{
	int64_t v = 0;

	sl_chan_recv(nd->in, &v);
	nd->received++;
	nd->sum += v;
	return v + 1;
}

static void hand_on(void *arg)
{
	struct node *nd = arg;

	for (int64_t i = 0; i < nd->laps; i++) {
		int64_t v = take(nd);

		sl_chan_send(nd->out, &v);
	}
	sl_wg_done(nd->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[GS], v = 0;

	sl_wg_add(&st->wg, (int)n - 1);
	for (int64_t i = 1; i < n; i++)
		sl_go(hand_on, &st->node[i]);
	for (int64_t i = 0; i < w->param[LAPS]; i++) {
		sl_chan_send(st->node[0].out, &v);
		v = take(&st->node[0]);
	}
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < n; i++) {
		w->executed += st->node[i].received;
		w->checksum += st->node[i].sum;
		st->node[i].received = st->node[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * n, iterations * (n * (n - 1) / 2), why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[GS]; i++)
		sl_chan_free(st->node[i].out);
	free(st);
}

const struct workload wl_ring = {
	.name = "ring",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "Gs in a ring of unbuffered channels hand a number on",
	.question = "What does a hand-over cost when the next G has not run for a while?",
	.metric = "hop",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
