/* SPDX-License-Identifier: Apache-2.0
 *
 * nested: each G starts one G, waits for its end, and ends: a chain of parents
 * that all live at once, each with a WaitGroup on its own stack, and then come
 * back one by one.  Where spawn ends a G long before the next one waits, here
 * every G costs a stack of its own, a park and a wake-up.
 */
#include "check.h"
#include "workload.h"

enum { DEPTH };

static const struct wl_param params[] = {
	{ "depth", 1000, 1, 1000000, "Gs below each other in an iteration" },
	{ 0 },
};

struct level {
	struct sl_wg ended;             /* of this level's G */
	int64_t left;                   /* levels below it */
	uint64_t levels, sum;           /* it and those below: how many, and what they add */
};

static int64_t ops(const struct wl *w)
{
	return w->param[DEPTH];
}

static int64_t gs(const struct wl *w)
{
	return w->param[DEPTH] + 1;
}

static void descend(void *arg);

static void start_and_wait(struct level *next, int64_t left)
{
	*next = (struct level){ .left = left };
	sl_wg_add(&next->ended, 1);
	sl_go(descend, next);
	sl_wg_wait(&next->ended);
}

static void descend(void *arg)
{
	struct level *self = arg, next = { 0 };

	if (self->left > 0)
		start_and_wait(&next, self->left - 1);
	self->levels = next.levels + 1;
	self->sum = next.sum + (uint64_t)self->left;
	sl_wg_done(&self->ended);
}

static void run(struct wl *w)
{
	struct level first;

	start_and_wait(&first, w->param[DEPTH] - 1);
	w->executed += first.levels;
	w->checksum += first.sum;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	uint64_t n = ops(w);

	return check_work(w, iterations * n, iterations * (n * (n - 1) / 2), why, size);
}

const struct workload wl_nested = {
	.name = "nested",
	.kind = WL_CONCURRENCY | WL_ORCHESTRATION,
	.summary = "each G starts one G and waits for its end, depth times below each other",
	.question = "What does a G cost that waits for its child, with all its ancestors waiting too?",
	.metric = "G started and waited for",
	.params = params,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
