/* SPDX-License-Identifier: Apache-2.0
 *
 * pingpong: the initial G sends a number over one unbuffered channel, another
 * G sends it back, doubled, over a second one.  A round trip is two meetings,
 * and on one P no less than two switches.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "workload.h"

enum { ROUNDS };

static const struct wl_param params[] = {
	{ "rounds", 1000, 1, 100000000, "round trips in an iteration" },
	{ 0 },
};

struct state {
	struct sl_wg wg;
	struct sl_chan *ping, *pong;
	uint64_t echoed;
};

static int64_t ops(const struct wl *w)
{
	return w->param[ROUNDS];
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st);

	if (!st)
		return -ENOMEM;
	st->ping = must_chan(sizeof(int64_t), 0);
	st->pong = must_chan(sizeof(int64_t), 0);
	w->state = st;
	return 0;
}

static void echo(void *arg)
{
	struct wl *w = arg;
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[ROUNDS]; i++) {
		int64_t v;

		sl_chan_recv(st->ping, &v);
		st->echoed++;
		v *= 2;
		sl_chan_send(st->pong, &v);
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, 1);
	sl_go(echo, w);
	for (int64_t i = 0; i < w->param[ROUNDS]; i++) {
		int64_t v = i;

		sl_chan_send(st->ping, &v);
		sl_chan_recv(st->pong, &v);
		w->checksum += v;
	}
	sl_wg_wait(&st->wg);
	w->executed = st->echoed;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = w->param[ROUNDS];

	return check_work(w, iterations * n, iterations * (n * (n - 1)), why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	sl_chan_free(st->ping);
	sl_chan_free(st->pong);
	free(st);
}

const struct workload wl_pingpong = {
	.name = "pingpong",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "two Gs pass a number to and fro over unbuffered channels",
	.question = "What does it cost to wait for another G's answer?",
	.metric = "round trip",
	.params = params,
	.needs = WL_CHANNELS,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
