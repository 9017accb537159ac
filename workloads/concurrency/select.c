/* SPDX-License-Identifier: Apache-2.0
 *
 * select: four Gs send numbers, each over an unbuffered channel of its own, and
 * the initial G selects over all four.  Four, because in Go a select's cases are
 * written down.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

#define CHANNELS 4

enum { EACH };

static const struct wl_param params[] = {
	{ "each", 2500, 1, 100000000, "messages over each channel in an iteration" },
	{ 0 },
};

struct sender {
	struct wl *w;
	struct sl_chan *c;
	int64_t first;
};

struct state {
	struct sl_wg wg;
	struct sender sender[CHANNELS];
};

static int64_t ops(const struct wl *w)
{
	return CHANNELS * w->param[EACH];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	for (int i = 0; i < CHANNELS; i++)
		st->sender[i] = (struct sender){ w, must_chan(sizeof(int64_t), 0), i * w->param[EACH] };
	w->state = st;
	return 0;
}

static void send_each(void *arg)
{
	struct sender *s = arg;
	struct state *st = s->w->state;

	for (int64_t i = 0; i < s->w->param[EACH]; i++) {
		int64_t v = s->first + i;

		sl_chan_send(s->c, &v);
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	struct sl_case cases[CHANNELS];
	int64_t v;

	sl_wg_add(&st->wg, CHANNELS);
	for (int i = 0; i < CHANNELS; i++) {
		cases[i] = (struct sl_case){ .c = st->sender[i].c, .op = SL_RECV, .v = &v };
		sl_go(send_each, &st->sender[i]);
	}
	for (int64_t n = ops(w); n > 0; n--) {
		int i = sl_select(cases, CHANNELS, true);

		w->checksum += (uint64_t)(i + 1) * v;
		w->executed++;
	}
	sl_wg_wait(&st->wg);
}

/* Each number came once, and from its own channel. */
static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t each = w->param[EACH], sum = 0;

	for (uint64_t i = 0; i < CHANNELS; i++)
		sum += (i + 1) * (i * each * each + each * (each - 1) / 2);
	return check_work(w, iterations * ops(w), iterations * sum, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int i = 0; i < CHANNELS; i++)
		sl_chan_free(st->sender[i].c);
	free(st);
}

const struct workload wl_select = {
	.name = "select",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "one G receives what four send, each over an unbuffered channel of its own",
	.question = "What does it cost to wait for several things at once?",
	.metric = "message",
	.params = params,
	.needs = WL_CHANNELS,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
