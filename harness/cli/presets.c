/* SPDX-License-Identifier: Apache-2.0
 *
 * presets.c: the matrices that have a name.  Sizes in `quick` are chosen so that
 * an iteration takes milliseconds on every model that can run it, the slowest
 * included, and the whole fits three minutes on two processors.
 */
#include "cli/presets.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "verdicts/claims.h"
#include "verdicts/yardstick.h"

#define QUICK_CELLS \
	{ "null", "", NULL }, \
	{ "spin", "", NULL }, \
	{ "alphabet", "", NULL }, \
	{ "hashes", "", NULL }, \
	{ "spawn", "", NULL }, \
	{ "pingpong", "", NULL }, \
	{ "mutex", "", NULL }, \
	{ "sieve", "n=200", NULL }, \
	{ "documents", "docs=20 gs=1", NULL }, \
	{ "documents", "docs=100 gs=100", NULL }, \
	{ "sum", "n=4000000 chunks=1", NULL }, \
	{ "sum", "n=4000000 chunks=8", NULL }, \
	{ "fib", "n=15", NULL }, \
	{ "fib", "n=25", NULL },

static const struct preset_cell quick[] = { QUICK_CELLS { 0 } };

/* Beside every workload as declared.  A rate's iteration takes a third of a second. */
#define STANDARD_CELLS \
	{ "echo", "", NULL }, \
	{ "echo", "rate=5000 requests=25", NULL }, \
	{ "echo", "rate=20000 requests=100", NULL }, \
	{ "echo", "rate=50000 requests=250", NULL }, \
	{ "echo", "rate=100000 requests=500", NULL }, \
	{ "mutex-contended", "", NULL }, \
	{ "mutex-contended", "yield=0 steps=20000 each=1000", NULL }, \
	{ "mutex-contended-native", "", NULL }, \
	{ "mutex-contended-native", "yield=0 steps=20000 each=1000", NULL }, \
	/* What a task costs when there are few, and when there are many. */ \
	{ "parked", "n=100", NULL }, \
	{ "parked", "", NULL }, \
	{ "parked", "n=10000", NULL }, \
	{ "parked", "n=100000", NULL }, \
	{ "metg", "", NULL }, \
	{ "metg", "fork=1", NULL },

static const struct preset_cell standard[] = { STANDARD_CELLS { 0 } };

/* A million at a time take gigabytes, and seconds an iteration. */
static const struct preset_cell full[] = { STANDARD_CELLS { "parked", "n=1000000", NULL }, { 0 } };

/* For `floor`: what runs are made of mostly.  Beside quick's, the sizes that workloads have
 * where nobody says. */
static const struct preset_cell between_runs[] = {
	QUICK_CELLS
	{ "yield", "", NULL },
	{ "ring", "", NULL },
	{ "fib", "", NULL },
	{ 0 },
};

/* What each model does most, and what others are made of: two cells each, so that a run
 * shows what differs where nothing does. */
static const char *const twice[] = { "pingpong", "spawn", "mutex", "fib", "yield", "ring", NULL };

/* What passes a number to a neighbour, what many share, and what computes alone. */
static const char *const bound[] = { "pingpong", "mpmc", "sum", NULL };

const struct preset presets[] = {
	{ .name = "quick", .summary = "a fixed list at P = 1 and 2: 3 minutes on 2 CPUs",
	  .cells = quick, .procs = { 1, 2 }, .pins = { "none" },
	  .reps = 6, .min_time_s = 0.02, .timeout_s = 30 },
	{ .name = "ratios", .summary = "the yardstick, for ratios DIR: 10 minutes on 2 CPUs",
	  .cells = yardstick_cells, .procs = { 1, 2 }, .pins = { "none" },
	  .reps = 9, .min_time_s = 0.02, .timeout_s = 60, .row_s = 0.4 },
	{ .name = "lessons", .summary = "for lessons, the claims: 4 minutes on 2 CPUs",
	  .cells = claims_cells, .procs = { 1, 2 }, .pins = { "none" },
	  .reps = 9, .min_time_s = 0.02, .timeout_s = 60, .row_s = 0.12 },
	{ .name = "floor", .summary = "for floor, a run of several: 3 minutes on 2 CPUs",
	  .cells = between_runs, .procs = { 1, 2 }, .pins = { "none" },
	  .reps = 6, .min_time_s = 0.02, .timeout_s = 30 },
	{ .name = "standard", .summary = "every workload at P = 1, 2, 4 ...: an hour on 2 CPUs",
	  .cells = standard, .others = true, .twice = twice, .pins = { "none" },
	  .bound = bound, .bindings = { "cores", "compact" }, .traces = true, .reps = 10, .min_time_s = 0.2, .timeout_s = 120, .row_s = 0.6 },
	{ .name = "full", .summary = "as standard, and bound to cores, and compactly: a night",
	  .cells = full, .others = true, .twice = twice, .pins = { "none", "cores", "compact" }, .traces = true, .reps = 20, .min_time_s = 0.5, .timeout_s = 600 },
	{ 0 },
};

const struct preset *preset_find(const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	if (!name)
		return presets;
	for (const struct preset *p = presets; p->name; p++) {
		if (!strcmp(p->name, name))
			return p;
		nearest_try(&near, p->name);
	}
	err_set(e, -EINVAL, "--preset: unknown preset '%.60s'%s", name,
	        nearest_hint(&near, hint, sizeof hint));
	return NULL;
}
