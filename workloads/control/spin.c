/* SPDX-License-Identifier: Apache-2.0
 *
 * spin: a fixed number of dependent arithmetic steps on the initial G, without
 * a call to the scheduler.  Nothing but the processor and its other users can
 * change its time, so its spread over a run is the machine's noise figure.
 */
#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { STEPS };

static const struct wl_param params[] = {
	{ "steps", 100000, 1, 1000000000, "dependent multiply-add steps in an iteration" },
	{ 0 },
};

static int64_t ops(const struct wl *w)
{
	return w->param[STEPS];
}

static void run(struct wl *w)
{
	uint64_t x = w->seed;

	for (int64_t i = 0; i < w->param[STEPS]; i++)
		x = lcg_next(x);
	w->executed += w->param[STEPS];
	w->checksum += x;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, (uint64_t)iterations * w->param[STEPS],
	                  iterations * lcg_jump(w->seed, w->param[STEPS]), why, size);
}

const struct workload wl_spin = {
	.name = "spin",
	.kind = WL_CONTROL | WL_CPU_BOUND,
	.summary = "a fixed number of dependent arithmetic steps, without the scheduler",
	.question = "How steady is this machine?",
	.metric = "step",
	.params = params,
	.ops = ops,
	.run = run,
	.verify = verify,
};
