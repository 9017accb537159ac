/* SPDX-License-Identifier: Apache-2.0
 *
 * preset.c: the matrices that have a name.  Sizes in `quick` are chosen so that
 * an iteration takes milliseconds on every model that can run it, the slowest
 * included, and the whole fits three minutes on two processors.
 */
#include <errno.h>
#include <string.h>

#include "claims.h"
#include "parse.h"
#include "yardstick.h"

static const struct preset_cell quick[] = {
	{ "null", "", NULL },
	{ "spin", "", NULL },
	{ "alphabet", "", NULL },
	{ "hashes", "", NULL },
	{ "spawn", "", NULL },
	{ "pingpong", "", NULL },
	{ "mutex", "", NULL },
	{ "sieve", "n=200", NULL },
	{ "documents", "docs=100 gs=1", NULL },
	{ "documents", "docs=100 gs=100", NULL },
	{ "sum", "chunks=1", NULL },
	{ "sum", "chunks=8", NULL },
	{ "fib", "n=20", NULL },
	{ "fib", "n=30", NULL },
	{ 0 },
};

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
	{ .name = "standard", .summary = "every workload at P = 1, 2, 4 ...: half an hour on 2 CPUs",
	  .pins = { "none" }, .reps = 10, .min_time_s = 0.2, .timeout_s = 120, .row_s = 0.5 },
	{ .name = "full", .summary = "as standard, and bound to cores, and compactly: a night",
	  .pins = { "none", "cores", "compact" }, .reps = 20, .min_time_s = 0.5, .timeout_s = 600 },
	{ 0 },
};

const struct preset *preset_find(const char *name, struct err *e)
{
	struct nearest near = { .word = name };
	char hint[100];

	for (const struct preset *p = presets; p->name; p++) {
		if (!strcmp(p->name, name))
			return p;
		nearest_try(&near, p->name);
	}
	err_set(e, -EINVAL, "--preset: unknown preset '%.60s'%s", name,
	        nearest_hint(&near, hint, sizeof hint));
	return NULL;
}
