/* SPDX-License-Identifier: Apache-2.0
 *
 * points.h: what a figure shows, as points, and what the data of all figures share:
 * rows, colours, order.
 */
#ifndef POINTS_H
#define POINTS_H

#include <stdbool.h>

#include "results/results.h"
#include "results/summary.h"
#include "stats/stats.h"

struct point {
	const char *quantity;           /* with its unit: "ns_per_op" */
	const struct cell *cell;
	char label[CELL_TEXT];          /* the row or the panel, as the figure names it */
	int row;                        /* of the label, from the top */
	int series;                     /* of the back end: its colour */
	double x;                       /* where on the other axis; NAN: there is none */
	struct stats_median value;      /* n = 0: none */
	bool flat;                      /* value is that of fewer Ps, since the
	                                   model has no more */
	enum status status;             /* not ok: some repetition was not */
};

struct points {
	struct point *v;
	int n, room;
};

void points_free(struct points *);

/* A point of a cell of the plan, without a value; the label is the run's, and the pinning
 * policy where it is not the plan's first.  NULL: out of memory. */
struct point *points_add(struct points *, const struct results *, const struct figure *,
                         const char *quantity);

/* The same of a cell that need not be of the plan. */
struct point *points_put(struct points *, const struct results *, const struct cell *,
                         const char *label, const char *quantity);

/* Drops all points if none has a value; numbers the labels in the order in which they
 * were added, and sorts by quantity, row, series, P and x.  Returns what the function
 * that made them returns: 0, or -ENOMEM where made is false. */
int points_finish(struct points *, bool made);

/* Before points_finish: where a model has no more Ps, it does not get slower by being
 * offered some; the point has the value of fewer. */
void points_extend_flat(struct points *);

/* Of a figure's rows by status the one to tell: the worst, but na only where no other is. */
enum status points_worst(const int status[ST_NA + 1]);

/* The median of a figure of a cell's ok rows, as the summary has them: where value gives
 * NAN, the row has none.  scratch holds a number for each row. */
void points_median(struct stats_median *, const struct results *, int place,
                   double (*value)(const struct row *, const void *), const void *arg, double *scratch);

/* The figures of a cell by repetition, NAN where it has none.  */
void points_by_rep(const struct results *, int place, double *ns, int reps);

/* The place of the back end among the colours.  Those that come with schedlab
 * have theirs whatever else a run has; others of the run follow in order. */
int series_of(const struct results *, const char *backend);

/* Whether the two are the same but for P; but for P and the pinning policy. */
bool same_but_procs(const struct cell *, const struct cell *);
bool same_but_place(const struct cell *, const struct cell *);

/* The fewest Ps of the plan, 0 of an empty one. */
int fewest_procs(const struct results *);

#endif
