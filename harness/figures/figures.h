/* SPDX-License-Identifier: Apache-2.0
 *
 * figures.h: which figures there are of a run, and what is said of each.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "figures/points.h"

struct figure_kind {
	const char *name;       /* of its files: plots/NAME.tsv, .svg and .png, drawn by
	                           scripts/plot/NAME.gp */
	const char *title;
	const char *reading;    /* how to read it: a sentence or two */
	const char *alt;        /* what it shows, for those who cannot see it */
	const char *without;    /* why a run has none: a sentence */
	const char *across;     /* of curves: what x is, "percent", "tasks" or "ns"; else NULL */
	/* Makes its points from the stored rows alone; n = 0 if there is nothing to show.  0,
	 * or -ENOMEM. */
	int (*points)(struct points *, const struct results *, const struct summary *);
};

/* In the order in which they are shown; ended by a NULL name. */
extern const struct figure_kind figure_kinds[];

/* NULL: there is none of that name. */
const struct figure_kind *figure_find(const char *name);

/* What stands below every figure of a run: "Points are medians of 6 repetitions ...";
 * "2 cores ... commit ... noise 1.2 %"; and the smallest difference told, "" where that
 * is not known.  The summary's told may be empty. */
#define CAPTION 700
struct caption {
	char reading[CAPTION], origin[CAPTION], told[TOLD_TEXT];
};
void figure_caption(struct caption *, const struct results *, const struct summary *);

/* The back end that ratios are to: of those with a time the first in the order of the
 * colours, where threads of the kernel come first.  NULL: none has a time. */
const char *figure_baseline(const struct results *);

/* The makers of points, one for each: data_NAME.c. */
int points_heat(struct points *, const struct results *, const struct summary *);
int points_time(struct points *, const struct results *, const struct summary *);
int points_speedup(struct points *, const struct results *, const struct summary *);
int points_efficiency(struct points *, const struct results *, const struct summary *);
int points_cpu(struct points *, const struct results *, const struct summary *);
int points_switches(struct points *, const struct results *, const struct summary *);
int points_latency(struct points *, const struct results *, const struct summary *);
int points_tasks(struct points *, const struct results *, const struct summary *);
int points_metg(struct points *, const struct results *, const struct summary *);
int points_pins(struct points *, const struct results *, const struct summary *);
int points_noise(struct points *, const struct results *, const struct summary *);

#endif
