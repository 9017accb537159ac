/* SPDX-License-Identifier: Apache-2.0
 *
 * mpmc: many producers and many consumers on one buffered channel.  The last
 * producer to end is followed by the close, which ends the consumers.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { PRODUCERS, CONSUMERS, BUFFER, EACH };

static const struct wl_param params[] = {
	{ "producers", 4, 1, 10000, "Gs that send" },
	{ "consumers", 4, 1, 10000, "Gs that receive" },
	{ "buffer", 128, 0, 1000000, "messages that the channel holds" },
	{ "each", 2500, 1, 10000000, "messages of each producer in an iteration" },
	{ 0 },
};

struct worker {
	struct wl *w;
	int64_t first;                  /* a producer's first message */
	uint64_t received, sum;         /* a consumer's account */
};

struct state {
	struct sl_wg producing, consuming;
	struct sl_chan *c;
	struct worker *consumer;        /* these follow the producers */
	struct worker producer[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[PRODUCERS] + w->param[CONSUMERS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[PRODUCERS] * w->param[EACH];
}

static int setup(struct wl *w)
{
	int64_t workers = w->param[PRODUCERS] + w->param[CONSUMERS];
	struct state *st = calloc(1, sizeof *st + workers * sizeof *st->producer);

	if (!st)
		return -ENOMEM;
	st->consumer = st->producer + w->param[PRODUCERS];
	for (int64_t i = 0; i < workers; i++) {
		st->producer[i].w = w;
		st->producer[i].first = i * w->param[EACH];
	}
	w->state = st;
	return 0;
}

static void produce(void *arg)
{
	struct worker *p = arg;
	struct state *st = p->w->state;

	for (int64_t i = 0; i < p->w->param[EACH]; i++) {
		int64_t v = p->first + i;

		sl_chan_send(st->c, &v);
	}
	sl_wg_done(&st->producing);
}

static void consume(void *arg)
{
	struct worker *c = arg;
	struct state *st = c->w->state;
	uint64_t received = 0, sum = 0;
	int64_t v;

	while (sl_chan_recv(st->c, &v)) {
		received++;
		sum += v;
	}
	c->received += received;
	c->sum += sum;
	sl_wg_done(&st->consuming);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	st->c = must_chan(sizeof(int64_t), w->param[BUFFER]);
	sl_wg_add(&st->producing, (int)w->param[PRODUCERS]);
	sl_wg_add(&st->consuming, (int)w->param[CONSUMERS]);
	for (int64_t i = 0; i < w->param[CONSUMERS]; i++)
		sl_go(consume, &st->consumer[i]);
	for (int64_t i = 0; i < w->param[PRODUCERS]; i++)
		sl_go(produce, &st->producer[i]);
	sl_wg_wait(&st->producing);
	sl_chan_close(st->c);
	sl_wg_wait(&st->consuming);
	sl_chan_free(st->c);
	for (int64_t i = 0; i < w->param[CONSUMERS]; i++) {
		w->executed += st->consumer[i].received;
		w->checksum += st->consumer[i].sum;
		st->consumer[i].received = st->consumer[i].sum = 0;
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

const struct workload wl_mpmc = {
	.name = "mpmc",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "many producers and many consumers on one buffered channel",
	.question = "What does a message cost when nobody waits for this one?",
	.metric = "message",
	.params = params,
	.needs = WL_CHANNELS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
