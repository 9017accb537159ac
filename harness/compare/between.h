/* SPDX-License-Identifier: Apache-2.0
 *
 * between.h: several runs of one plan, one after the other: how far apart the figures of
 * a cell are within a run and between runs.  Processes of one run have more in common
 * than those of two, and only several runs show by how much.
 *
 *     DIR/runs.json   how many there are to be: {"schema": 1, "runs": 5, "gap_s": 600}
 *     DIR/1 ...       each a run like any other, with a seed of its own
 */
#ifndef BETWEEN_H
#define BETWEEN_H

#include <limits.h>
#include <stdio.h>

#include "plan/options.h"
#include "results/results.h"
#include "stats/runs.h"

struct runs_plan {
	int runs;               /* 0: the folder is not one of several runs */
	double gap_s;           /* from the end of a run to the next, at least: they are to show
	                           what this machine's runs differ by (floor.h); NAN: they
	                           follow at once, and are no measure of that */
};

/* Makes the folder for these runs; -EEXIST: it holds some already, or is a run. */
int runs_create(const char *dir, const struct runs_plan *, struct err *);

/* What runs there are to be; -EINVAL with a sentence: its runs.json is damaged. */
int runs_planned(const char *dir, struct runs_plan *, struct err *);

/* The folder of the i-th, from 1; returns buf. */
const char *runs_path(char buf[PATH_MAX], const char *dir, int i);

struct between_row {
	const struct cell *cell;
	const char *label;
	double median;                  /* of the runs' medians: ns for an operation */
	int samples;                    /* of a run, the fewest */
	struct stats_runs spread;       /* runs = 0: fewer than two have figures */
	double floor;                   /* by what fraction two such runs differ at most, in
	                                   95 of 100 cases; NAN: not known */
};

struct between {
	struct results *r;              /* of each run */
	int runs;
	struct between_row *rows;       /* in the order of the first run's plan */
	int n;
};

/* 0, or -errno with a sentence.  Disturbed rows are left out, where a run has others. */
int between_make(struct between *, const char *dir, int runs, struct err *);
void between_free(struct between *);

/* A table of 80 columns. */
void between_print(const struct between *, FILE *);

/* The same, for programs, into DIR/runs.json.  -EINVAL with a sentence: the runs are to be
 * a floor, and not all of one machine. */
int between_put(const struct between *, const struct runs_plan *, const char *dir, struct err *);

#endif
