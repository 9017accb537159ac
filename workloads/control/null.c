/* SPDX-License-Identifier: Apache-2.0
 *
 * null: an iteration that does nothing.  Its time is what the harness itself
 * adds to every iteration of every workload: one call, one turn of the loop.
 */
#include "check.h"
#include "workload.h"

static int64_t ops(const struct wl *w)
{
	(void)w;
	return 1;
}

static void run(struct wl *w)
{
	w->executed++;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, iterations, 0, why, size);
}

const struct workload wl_null = {
	.name = "null",
	.kind = WL_CONTROL,
	.summary = "do nothing",
	.question = "What does the harness itself add to every iteration?",
	.metric = "iteration",
	.ops = ops,
	.run = run,
	.verify = verify,
};
