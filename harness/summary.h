/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.h: a run in figures: how many rows of which status, how noisy the
 * machine was, and the median of each cell.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdio.h>

#include "results.h"
#include "stats.h"

/* A cell over its repetitions. */
struct figure {
	const struct cell *cell;
	const char *label;
	int status[ST_NA + 1];          /* rows by status */
	struct stats_median ns_per_op;  /* n = 0: no row was ok */
};

struct summary {
	struct figure *figures;         /* in the order of the plan */
	int n;
	int status[ST_NA + 1];          /* rows by status, calibration included */
	int disturbed;
	struct stats_median calibration;        /* n = 0: there was none */
	double noise;                   /* relative spread of the calibration; NAN if
	                                   there is none */
};

int summary_make(struct summary *, const struct results *, struct err *);
void summary_free(struct summary *);

/* For people: a table for each P and policy, a line for each workload. */
void summary_print(const struct summary *, const struct results *, FILE *out);

/* How many rows of which status, and the noise: two lines. */
void summary_print_rows(const struct summary *, FILE *out);

/* results_summary.c: summary.json in the run's folder. */
int summary_put(const struct summary *, const struct results *, struct err *);

#endif
