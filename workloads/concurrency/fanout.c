/* SPDX-License-Identifier: Apache-2.0
 *
 * fanout: one G hands its work out to many, a piece each, and collects their
 * answers over one channel that has room for all of them, so that none waits
 * to be heard.  It is spawn with data: the guarantee that the work was done is
 * the answer itself, and there is no WaitGroup.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { N };

static const struct wl_param params[] = {
	{ "n", 1000, 1, 1000000, "pieces of work in an iteration, a G each" },
	{ 0 },
};

struct piece {
	struct sl_chan *answers;
	uint64_t input;
};

struct state {
	struct sl_chan *answers;
	uint64_t expected;
	struct piece piece[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

static int64_t gs(const struct wl *w)
{
	return w->param[N] + 1;
}

static int setup(struct wl *w)
{
	int64_t n = w->param[N];
	struct state *st = calloc(1, sizeof *st + n * sizeof *st->piece);

	if (!st)
		return -ENOMEM;
	st->answers = must_chan(sizeof(uint64_t), n);
	for (int64_t i = 0; i < n; i++) {
		uint64_t input = w->seed + (uint64_t)i;

		st->piece[i] = (struct piece){ st->answers, input };
		st->expected += lcg_next(input);
	}
	w->state = st;
	return 0;
}

static void answer(void *arg)
{
	struct piece *p = arg;
	uint64_t v = lcg_next(p->input);

	sl_chan_send(p->answers, &v);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[N]; i++)
		sl_go(answer, &st->piece[i]);
	for (int64_t i = 0; i < w->param[N]; i++) {
		uint64_t v;

		sl_chan_recv(st->answers, &v);
		w->executed++;
		w->checksum += v;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	sl_chan_free(st->answers);
	free(st);
}

const struct workload wl_fanout = {
	.name = "fanout",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "one G starts n others, and receives the answer of each over one buffered channel",
	.question = "What does a piece of work cost that is handed to a G of its own and answered?",
	.metric = "answer",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
