/* SPDX-License-Identifier: Apache-2.0
 *
 * floor.h: what two runs of one build differ by on a machine, as `schedlab floor` has
 * measured it: a folder of several runs (between.h) that were kept apart.
 *
 * It holds for runs of the same machine, in the same state as far as that moves how much
 * runs differ; and for the cells that were measured.  Builds may be others: how much
 * runs of one differ is much the same for the next.
 */
#ifndef COMPARE_FLOOR_H
#define COMPARE_FLOOR_H

#include <limits.h>

#include "results/results.h"
#include "stats/runs.h"

/* What makes it the same machine, as results_fact knows it; NULL after the last. */
extern const char *const floor_facts[];

struct floor_row {
	struct cell cell;
	struct stats_runs spread;       /* runs = 0: not known */
};

struct floor {
	char dir[PATH_MAX];
	char measured[32];              /* when its last run began, as meta.json has it */
	int runs, layouts;              /* link orders of a run's cells */
	double apart_s;                 /* from one run to the next, at least; NAN: not known */
	struct floor_row *rows;
	int n;
	struct json_t *json;            /* has the cells' strings */
};

/* Looks beside the runs and in results/ for the one of both runs' machine that was
 * measured last; the caller's to free.  NULL: there is none.  What looks like one and
 * cannot be read is left out: *e then has a sentence about the last such, else it is
 * empty. */
struct floor *floor_find(const struct results *a, const struct results *b, struct err *e);
void floor_free(struct floor *);

/* floor_json.c: reads one; NULL: the folder is none, or not measured to its end, or its
 * runs.json is damaged, and *e has a sentence.  And what it says of its machine. */
struct floor *floor_read(const char *dir, struct err *e);
const char *floor_fact(const struct floor *, const char *name);

/* The floor of a cell, of two runs with so many samples each; NAN: it was not measured. */
double floor_of(const struct floor *, const struct cell *, int samples);

#endif
