/* SPDX-License-Identifier: Apache-2.0
 *
 * timers: most timers of real programs never fire: they are the time-outs of
 * requests that are answered in time.  Here each client arms one for every
 * message that it waits for, and is sent the message long before.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { PAIRS, EACH, TIMEOUT_MS };

static const struct wl_param params[] = {
	{ "pairs", 16, 1, 10000, "clients, with a server each" },
	{ "each", 500, 1, 10000000, "messages that each client waits for in an iteration" },
	{ "timeout_ms", 60000, 1, 1000000000, "until a wait would end without one, in milliseconds" },
	{ 0 },
};

struct pair {
	struct wl *w;
	struct sl_chan *c;
	uint64_t first;                 /* the first message */
	uint64_t received, sum;
};

struct state {
	struct sl_wg wg;
	struct pair pair[];
};

static int64_t gs(const struct wl *w)
{
	return 2 * w->param[PAIRS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[PAIRS] * w->param[EACH];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[PAIRS] * sizeof *st->pair);

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		st->pair[i].w = w;
		st->pair[i].first = i * w->param[EACH];
		st->pair[i].c = must_chan(sizeof(uint64_t), 0);
	}
	w->state = st;
	return 0;
}

static void serve(void *arg)
{
	struct pair *p = arg;
	struct state *st = p->w->state;

	for (int64_t i = 0; i < p->w->param[EACH]; i++) {
		uint64_t v = p->first + i;

		sl_chan_send(p->c, &v);
	}
	sl_wg_done(&st->wg);
}

static void ask(void *arg)
{
	struct pair *p = arg;
	struct state *st = p->w->state;
	int64_t timeout = p->w->param[TIMEOUT_MS] * 1000000;

	for (int64_t i = 0; i < p->w->param[EACH]; i++) {
		uint64_t v;
		struct sl_case message = { .c = p->c, .op = SL_RECV, .v = &v };

		/* Whoever gives up still takes what is sent, or the server would wait
		 * for ever; but it does not count. */
		if (sl_select_until(&message, 1, sl_now() + timeout) < 0) {
			sl_chan_recv(p->c, &v);
			continue;
		}
		p->received++;
		p->sum += v;
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, (int)(2 * w->param[PAIRS]));
	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		sl_go(ask, &st->pair[i]);
		sl_go(serve, &st->pair[i]);
	}
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		w->executed += st->pair[i].received;
		w->checksum += st->pair[i].sum;
		st->pair[i].received = st->pair[i].sum = 0;
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

	for (int64_t i = 0; i < w->param[PAIRS]; i++)
		sl_chan_free(st->pair[i].c);
	free(st);
}

const struct workload wl_timers = {
	.name = "timers",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "clients receive messages from servers, each wait with a time-out that never comes",
	.question = "What does a time-out cost that is armed, and disarmed in time?",
	.metric = "message",
	.params = params,
	.needs = WL_CHANNELS | WL_TIMERS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
