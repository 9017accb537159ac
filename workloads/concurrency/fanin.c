/* SPDX-License-Identifier: Apache-2.0
 *
 * fanin: many sources, a channel each, made one: a G for each source carries
 * its elements over to one channel, from which one G receives them all.  Where
 * select waits for any of a few channels itself, this pays a second hop for
 * each element and works for any number.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { SOURCES, EACH };

static const struct wl_param params[] = {
	{ "sources", 8, 1, 10000, "channels that are made one" },
	{ "each", 1000, 1, 10000000, "elements from each in an iteration" },
	{ 0 },
};

struct source {
	struct sl_chan *own, *merged;
	int64_t first, n;               /* its elements */
};

struct state {
	struct sl_chan *merged;
	struct sl_wg carrying;
	struct sl_wg others;            /* that may still be in a channel when the last element has come */
	struct source source[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[SOURCES] * w->param[EACH];
}

static int64_t gs(const struct wl *w)
{
	return 2 * w->param[SOURCES] + 2;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[SOURCES] * sizeof *st->source);

	if (!st)
		return -ENOMEM;
	w->state = st;
	return 0;
}

static void produce(void *arg)
{
	struct source *s = arg;

	for (int64_t v = s->first; v < s->first + s->n; v++)
		sl_chan_send(s->own, &v);
	sl_chan_close(s->own);
}

static void carry(void *arg)
{
	struct source *s = arg;
	int64_t v;

	while (sl_chan_recv(s->own, &v))
		sl_chan_send(s->merged, &v);
}

static void close_behind_carriers(void *arg)
{
	struct state *st = arg;

	sl_wg_wait(&st->carrying);
	sl_chan_close(st->merged);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t sources = w->param[SOURCES], each = w->param[EACH], v;

	st->merged = must_chan(sizeof v, 0);
	for (int64_t i = 0; i < sources; i++) {
		st->source[i] = (struct source){
			must_chan(sizeof v, 0), st->merged, i * each, each,
		};
		sl_wg_go(&st->others, produce, &st->source[i]);
		sl_wg_go(&st->carrying, carry, &st->source[i]);
	}
	sl_wg_go(&st->others, close_behind_carriers, st);
	while (sl_chan_recv(st->merged, &v)) {
		w->executed++;
		w->checksum += (uint64_t)v;
	}
	sl_wg_wait(&st->others);
	for (int64_t i = 0; i < sources; i++)
		sl_chan_free(st->source[i].own);
	sl_chan_free(st->merged);
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

const struct workload wl_fanin = {
	.name = "fanin",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "one G receives what many send, carried by a G for each source to one channel",
	.question = "What does it cost to make one stream of many?",
	.metric = "element",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
