/* SPDX-License-Identifier: Apache-2.0
 *
 * clusters.h: whether a cell's processes are of two kinds.
 */
#ifndef CLUSTERS_H
#define CLUSTERS_H

#include <stdbool.h>

/* Both have at least 3 samples and a quarter of all. */
struct stats_clusters {
	int below, above;               /* samples in each */
	double low, high;               /* their medians, in the samples' unit */
};

/* Looks for a gap that parts the samples in two, wider than 20 / n times the wider of
 * the two ranges on its sides; of several the one widest so measured.  True if there is
 * one: a median then says little, since no process may be anywhere near it.
 *
 * Of samples of one kind 1 % are called two at most, for n from 6 to 40 and whatever the
 * kind is of those simulated (uniform, which is the worst, normal, exponential,
 * log-normal, Student's t with 2 degrees of freedom, Cauchy, Pareto).  It is a flag for
 * kinds that lie well apart: of even mixtures of two normal kinds, 10 standard
 * deviations apart, it finds 0.21 at n = 6, 0.75 at 10, 0.97 at 20, and never any kind
 * that is rarer than a quarter.
 *
 * False, with *c untouched, also for n < 6, equal samples, one that is not finite, and
 * where memory ran out. */
bool stats_clusters(const double *x, int n, struct stats_clusters *c);

#endif
