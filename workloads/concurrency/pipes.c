/* SPDX-License-Identifier: Apache-2.0
 *
 * pipes: pairs of Gs pass a number to and fro over two pipes of the kernel: the
 * ping-pong of pingpong, where what is waited for is a descriptor.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "workload.h"

enum { PAIRS, ROUNDS };

static const struct wl_param params[] = {
	{ "pairs", 8, 1, 10000, "pairs of Gs, with two pipes each" },
	{ "rounds", 200, 1, 10000000, "round trips of each pair in an iteration" },
	{ 0 },
};

struct pair {
	struct wl *w;
	int ping[2], pong[2];           /* from, to; -1: not yet */
	uint64_t first;                 /* the numbers are this one and its successors */
	uint64_t echoed, sum;
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
	return w->param[PAIRS] * w->param[ROUNDS];
}

static void close_pipe(int fd[2])
{
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			sl_close(fd[i]);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		close_pipe(st->pair[i].ping);
		close_pipe(st->pair[i].pong);
	}
	free(st);
}

/* Whoever uses errno must not park: it is the thread's.  Hence noinline. */
static __attribute__((noinline)) int open_pipe(int fd[2])
{
	return pipe(fd) < 0 ? -errno : 0;
}

static int setup(struct wl *w)
{
	struct state *st = calloc(1, sizeof *st + w->param[PAIRS] * sizeof *st->pair);
	int rc = 0;

	if (!st)
		return -ENOMEM;
	for (int64_t i = 0; i < w->param[PAIRS]; i++)
		st->pair[i] = (struct pair){ .w = w, .ping = { -1, -1 }, .pong = { -1, -1 },
		                             .first = i * w->param[ROUNDS] };
	for (int64_t i = 0; i < w->param[PAIRS] && !rc; i++) {
		rc = open_pipe(st->pair[i].ping);
		if (!rc)
			rc = open_pipe(st->pair[i].pong);
	}
	w->state = st;
	if (rc)
		teardown(w);
	return rc;
}

/* A pipe takes and gives 8 bytes as one. */
static void must(bool done)
{
	if (!done) {
		fputs("fatal error: pipes: a number went astray in a pipe\n", stderr);
		_Exit(2);
	}
}

static void echo(void *arg)
{
	struct pair *p = arg;
	struct state *st = p->w->state;
	uint64_t v;

	for (int64_t i = 0; i < p->w->param[ROUNDS]; i++) {
		must(sl_read(p->ping[0], &v, sizeof v) == sizeof v);
		v *= 2;
		must(sl_write(p->pong[1], &v, sizeof v) == sizeof v);
		p->echoed++;
	}
	sl_wg_done(&st->wg);
}

static void ask(void *arg)
{
	struct pair *p = arg;
	struct state *st = p->w->state;

	for (int64_t i = 0; i < p->w->param[ROUNDS]; i++) {
		uint64_t v = p->first + i;

		must(sl_write(p->ping[1], &v, sizeof v) == sizeof v);
		must(sl_read(p->pong[0], &v, sizeof v) == sizeof v);
		p->sum += v;
	}
	sl_wg_done(&st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;

	sl_wg_add(&st->wg, (int)(2 * w->param[PAIRS]));
	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		sl_go(echo, &st->pair[i]);
		sl_go(ask, &st->pair[i]);
	}
	sl_wg_wait(&st->wg);
	for (int64_t i = 0; i < w->param[PAIRS]; i++) {
		w->executed += st->pair[i].echoed;
		w->checksum += st->pair[i].sum;
		st->pair[i].echoed = st->pair[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * n, iterations * (n * (n - 1)), why, size);
}

const struct workload wl_pipes = {
	.name = "pipes",
	.kind = WL_CONCURRENCY | WL_IO_BOUND,
	.summary = "pairs of Gs pass numbers to and fro over pipes of the kernel",
	.question = "What does it cost to wait for a descriptor?",
	.metric = "round trip",
	.params = params,
	.needs = WL_DESCRIPTORS,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
