/* SPDX-License-Identifier: Apache-2.0
 *
 * pipeline: numbers pass through stages, a G each, with a channel of some room
 * between one and the next.  Each stage changes a number in a way that does
 * not commute with the others', so a number that skipped a stage, or met them
 * in another order, spoils the sum.  Unlike ring, where one G at a time has
 * something to do, here up to all of them have.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { STAGES, ITEMS, BUFFER };

static const struct wl_param params[] = {
	{ "stages", 16, 1, 10000, "Gs that each number passes" },
	{ "items", 1000, 1, 10000000, "numbers in an iteration" },
	{ "buffer", 16, 0, 1000000, "numbers that wait between two stages" },
	{ 0 },
};

struct stage {
	struct sl_chan *in, *out;
	uint64_t add;
	uint64_t passed;
};

struct state {
	struct sl_wg ended;
	uint64_t expected;
	struct stage stage[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[STAGES] * w->param[ITEMS];
}

static int64_t gs(const struct wl *w)
{
	return w->param[STAGES] + 2;
}

static uint64_t change(uint64_t v, uint64_t add)
{
	return 3 * v + add;
}

static int setup(struct wl *w)
{
	int64_t stages = w->param[STAGES];
	struct state *st = calloc(1, sizeof *st + stages * sizeof *st->stage);

	if (!st)
		return -ENOMEM;
	for (int64_t s = 0; s < stages; s++)
		st->stage[s].add = w->seed + (uint64_t)s;
	for (int64_t i = 0; i < w->param[ITEMS]; i++) {
		uint64_t v = (uint64_t)i;

		for (int64_t s = 0; s < stages; s++)
			v = change(v, st->stage[s].add);
		st->expected += (uint64_t)(i + 1) * v;
	}
	w->state = st;
	return 0;
}

static void work(void *arg)
{
	struct stage *s = arg;
	uint64_t v;

	while (sl_chan_recv(s->in, &v)) {
		v = change(v, s->add);
		s->passed++;
		sl_chan_send(s->out, &v);
	}
	sl_chan_close(s->out);
}

struct feed { struct sl_chan *out; int64_t items; };

static void feed(void *arg)
{
	struct feed f = *(struct feed *)arg;

	for (int64_t i = 0; i < f.items; i++) {
		uint64_t v = (uint64_t)i;

		sl_chan_send(f.out, &v);
	}
	sl_chan_close(f.out);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t stages = w->param[STAGES];
	struct sl_chan *c = must_chan(sizeof(uint64_t), w->param[BUFFER]);
	struct feed f = { c, w->param[ITEMS] };
	uint64_t v;

	sl_wg_go(&st->ended, feed, &f);
	for (int64_t s = 0; s < stages; s++) {
		st->stage[s].in = c;
		st->stage[s].out = c = must_chan(sizeof(uint64_t), w->param[BUFFER]);
		sl_wg_go(&st->ended, work, &st->stage[s]);
	}
	/* In the order in which they were fed, or it is another sum. */
	for (uint64_t place = 1; sl_chan_recv(c, &v); place++)
		w->checksum += place * v;
	sl_wg_wait(&st->ended);
	for (int64_t s = 0; s < stages; s++) {
		w->executed += st->stage[s].passed;
		st->stage[s].passed = 0;
		sl_chan_free(st->stage[s].in);
	}
	sl_chan_free(c);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	free(w->state);
}

const struct workload wl_pipeline = {
	.name = "pipeline",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "numbers pass through stages, a G each, over channels with some room",
	.question = "What does a stage of a pipeline cost each element?",
	.metric = "number through a stage",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
