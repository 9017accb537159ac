/* SPDX-License-Identifier: Apache-2.0
 *
 * histogram.h: how many samples lie where.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdbool.h>

#define HISTOGRAM_BINS 20

/* All samples, from the least to the greatest.  Bins are equally wide: as differences, or
 * as ratios where the greatest is more than four times the least, since times have long
 * tails, and all but those would be in one bin. */
struct histogram {
	int n;                          /* samples */
	double least, greatest;
	bool ratios;
	int bins;                       /* 2 * cube root of n, the rule of Rice */
	int in[HISTOGRAM_BINS];         /* a sample on an edge is in the bin above it */
};

/* Finite samples above 0.  False, and *h is untouched, where there are fewer than two, one
 * is not of that kind, or all are the same. */
bool histogram_make(struct histogram *, const double *x, int n);

/* Where a bin begins, 0 <= i <= bins. */
double histogram_edge(const struct histogram *, int i);

#endif
