/* SPDX-License-Identifier: Apache-2.0
 *
 * sum: add many numbers up, cut into chunks, a G each.  Work that never waits
 * gains from more Gs only where more than one can run at the same time.
 */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { N, CHUNKS, SERIAL };

static const struct wl_param params[] = {
	{ "n", 10000000, 1, 1000000000, "numbers to add, 8 bytes each" },
	{ "chunks", 8, 1, 100000, "pieces, a G each; 1: one, and no other G" },
	{ "serial", 0, 0, 1, "1: the initial G adds all, one piece after the other" },
	{ 0 },
};

struct chunk {
	struct state *st;
	const uint64_t *from, *to;
	uint64_t added, sum;
};

struct state {
	struct sl_wg wg;
	uint64_t *number;
	uint64_t expected;
	struct chunk chunk[];
};

static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : w->param[CHUNKS] + 1;
}

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

static int setup(struct wl *w)
{
	int64_t n = w->param[N], chunks = w->param[CHUNKS];
	struct state *st = calloc(1, sizeof *st + chunks * sizeof *st->chunk);
	uint64_t x = w->seed;

	if (!st)
		return -ENOMEM;
	st->number = malloc(n * sizeof *st->number);
	if (!st->number) {
		free(st);
		return -ENOMEM;
	}
	for (int64_t i = 0; i < n; i++) {
		x = lcg_next(x);
		st->number[i] = x;
		st->expected += x;
	}
	for (int64_t i = 0; i < chunks; i++) {
		st->chunk[i].st = st;
		st->chunk[i].from = st->number + i * n / chunks;
		st->chunk[i].to = st->number + (i + 1) * n / chunks;
	}
	w->state = st;
	return 0;
}

static void add_up(struct chunk *c)
{
	uint64_t sum = 0;

	for (const uint64_t *p = c->from; p < c->to; p++) {
		uint64_t number = *p;

		/* One number at a time, loaded and then added: no compiler of the
		 * reference back ends makes vector code of this, or one instruction
		 * of the two, so none may here. */
		__asm__ volatile("" : "+r"(number));
		sum += number;
	}
	c->added = c->to - c->from;
	c->sum = sum;
}

static void adder(void *arg)
{
	struct chunk *c = arg;

	add_up(c);
	sl_wg_done(&c->st->wg);
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t chunks = w->param[CHUNKS];

	if (chunks == 1 || w->param[SERIAL]) {
		for (int64_t i = 0; i < chunks; i++)
			add_up(&st->chunk[i]);
	} else {
		sl_wg_add(&st->wg, (int)chunks);
		for (int64_t i = 0; i < chunks; i++)
			sl_go(adder, &st->chunk[i]);
		sl_wg_wait(&st->wg);
	}
	for (int64_t i = 0; i < chunks; i++) {
		w->executed += st->chunk[i].added;
		w->checksum += st->chunk[i].sum;
		st->chunk[i].added = st->chunk[i].sum = 0;
	}
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * w->param[N],
	                  iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->number);
	free(st);
}

const struct workload wl_sum = {
	.name = "sum",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "add n numbers up in chunks, a G each",
	.question = "What does concurrency buy for work that never waits, on one processor and on several?",
	.metric = "number",
	.params = params,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
