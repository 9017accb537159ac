/* SPDX-License-Identifier: Apache-2.0
 *
 * summary.h: a run in figures: how many rows of which status, how noisy the
 * machine was, and what each cell took.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdio.h>

#include "results/results.h"
#include "results/sentence.h"
#include "stats/clusters.h"
#include "stats/stats.h"

/* A cell over its repetitions; medians of n = 0: no row was ok, or has the counter. */
struct figure {
	const struct cell *cell;
	const char *label;
	int status[ST_NA + 1];          /* rows by status */
	int disturbed;                  /* of those that are ok */
	struct stats_median ns_per_op;
	struct stats_clusters kinds;    /* of its processes, by that time; below = 0: of one */
	struct stats_median cpu_ns_per_op;      /* of all its threads, on all PUs */
	struct stats_median peak_rss_bytes;
	struct stats_median switches_per_op;    /* by the kernel, voluntary or not */
};

/* The calibrations at one P. */
struct calibration {
	int procs;
	struct stats_median ns_per_op;
	double spread;                  /* stats_spread */
};

/* Cells that differ in the back end alone, as they share a line of a table. */
struct told_line {
	const struct cell *cell;        /* the first of them */
	const char *label;
	int pairs;                      /* of its cells that can be compared; 0: one alone */
	int blocks;                     /* the fewest of a pair */
	double smallest;                /* a fraction: half of the pairs are told apart, in 80 %
	                                   of all cases, where they differ by it; NAN: none is */
};

/* What a run can tell by its own blocks, beyond a noise floor; compare/told.h finds it. */
struct told {
	bool known;
	double floor;
	struct told_line *lines;        /* in the order of the plan */
	int n;
	double half, most;              /* of the lines' smallest: half of them, and nine tenths;
	                                   NAN where none has one */
	int twice;                      /* cells and their copies that could be compared */
	int different;                  /* those whose verdict is faster or slower */
};

struct summary {
	struct figure *figures;         /* in the order of the plan */
	int n;
	int status[ST_NA + 1];          /* rows by status, calibrations included */
	int disturbed;
	int again;                      /* rows that were measured again */
	struct calibration *calibrations;       /* by P */
	int ncalibrations;
	double noise;                   /* the largest spread of these; NAN: there is none */
	/* How much cells differ from repetition to repetition, by stats_spread: half of
	 * them by less, and nine tenths; NAN where none has three ok rows. */
	double half_vary, most_vary;
	struct told told;               /* empty until compare/told.h fills it */
	struct sentences sentences;     /* empty until verdicts/sentences.h fills it */
};

/* The line that the cell is on; NULL: not known. */
const struct told_line *summary_told(const struct summary *, const struct cell *);

/* "Smallest difference ...", of all lines, and of the cells that are there twice: a
 * sentence or two; "" where nothing is known.  Returns buf. */
#define TOLD_TEXT 200
const char *summary_told_text(const struct summary *, char *buf, size_t size);

int summary_make(struct summary *, const struct results *, struct err *);
void summary_free(struct summary *);

/* summary_print.c, for people: a table for each P and policy, two lines for each workload. */
void summary_print(const struct summary *, const struct results *, FILE *out);

/* The notes, how many rows of which status, and the noise. */
void summary_print_rows(const struct summary *, const struct results *, FILE *out);

/* summary_json.c: summary.json in the run's folder. */
int summary_put(const struct summary *, const struct results *, struct err *);

#endif
