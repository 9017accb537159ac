/* SPDX-License-Identifier: Apache-2.0
 *
 * plot_data.h: what the pictures show, one point a cell of the plan.
 */
#ifndef PLOT_DATA_H
#define PLOT_DATA_H

#include <stdbool.h>

#include "results/results.h"
#include "results/summary.h"
#include "stats/stats.h"

struct point {
	const char *quantity;           /* with its unit: "ns_per_op" */
	const struct cell *cell;
	char label[CELL_TEXT];          /* the workload, as the picture names it */
	int row;                        /* of the label, from the top */
	int series;                     /* of the back end: its colour */
	struct stats_median value;      /* n = 0: none */
	bool flat;                      /* value is that of fewer Ps, since the
	                                   model has no more */
	enum status status;             /* not ok: some repetition was not */
};

struct points {
	struct point *v;
	int n;
};

/* Each makes the points of a picture, n = 0 if there is nothing to show.
 * 0, or -ENOMEM. */
int points_time(struct points *, const struct results *, const struct summary *);
int points_speedup(struct points *, const struct results *, const struct summary *);
int points_switches(struct points *, const struct results *, const struct summary *);
void points_free(struct points *);

/* The place of a back end among the colours.  Those that come with schedlab
 * have theirs whatever else a run has; others of the run follow in order. */
int series_of(const struct results *, const char *backend);

#endif
