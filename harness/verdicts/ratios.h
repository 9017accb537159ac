/* SPDX-License-Identifier: Apache-2.0
 *
 * ratios.h: a run held against the yardstick: for each figure, back end and P
 * the ratio to Go's and whether the target was met.
 *
 * A ratio is taken pair by pair: of rows of the same repetition, which ran
 * within minutes of each other, so that a drift of the machine cancels.
 */
#ifndef RATIOS_H
#define RATIOS_H

#include <stdio.h>

#include "results/results.h"
#include "results/summary.h"
#include "verdicts/seen.h"
#include "verdicts/yardstick.h"

enum verdict {
	NO_VERDICT,             /* no target, or nothing to hold against it */
	MET,                    /* the whole interval is at the target or below */
	NOT_MET,                /* the whole interval is above it */
	UNCLEAR,                /* the target lies within, or too few repetitions say
	                           anything, since there are no more, or others
	                           disturbed them */
};
const char *verdict_name(enum verdict);

struct ratio {
	const struct yardstick *yard;
	const struct cell *cell;
	const char *label;              /* the run's for the cell: "fib" */
	int status[ST_NA + 1];          /* rows by status */
	const char *reason;             /* of the last that was not ok; "" */
	/* n = 0: there is none. */
	struct seen ours, theirs, ratio;
	struct seen judged;             /* what the target is about */
	double target;                  /* NAN: none */
	enum verdict verdict;
};

#define LEFT_OUT_MAX 64

struct ratios {
	struct ratio *v;                /* by back end, then in the yardstick's order */
	int n;
	const char *left_out[LEFT_OUT_MAX];     /* workloads that the run does not have */
	int nleft_out;
	bool theirs;                    /* some row of the yardstick's back end is ok */
	const char *reason;             /* why not; "" */
};

/* Lines, cells: yardstick and yardstick_cells.  -EINVAL with a sentence when the
 * run has none of the workloads.  Points into the results. */
int ratios_make(struct ratios *, const struct results *, const struct yardstick *lines,
                const struct preset_cell *cells, struct err *);
void ratios_free(struct ratios *);

/* The whole interval of the ratio is above 1. */
bool ratio_behind(const struct ratio *);

/* "go1.19.8", by what the run says of its build. */
const char *ratios_version(const struct results *, char buf[40]);

/* ratios_print.c: tables for people, 80 columns. */
void ratios_print(const struct ratios *, const struct results *, const struct summary *, FILE *);

/* ratios_json.c: the same for programs; 0 or -errno. */
int ratios_put(const struct ratios *, const struct results *, const struct summary *, FILE *);

#endif
