/* SPDX-License-Identifier: Apache-2.0
 *
 * stats.h: what samples say.  A sample is one process; samples of a cell are
 * few (5 to 50), not normal, and have outliers: so medians, and intervals that
 * assume no distribution.  Nothing here keeps state; samples need not be
 * sorted, are not changed, and must be finite.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>

/* The level that intervals aim for, and what captions call it. */
#define STATS_LEVEL 0.95

/* Sorts n finite values, ascending, in place. */
void stats_sort(double *x, int n);

/* A median with its interval.  The interval's ends are two of the samples: the
 * narrowest such pair, symmetric in rank, that covers the true median with at
 * least the level asked for.  Few samples cannot (at 95 %, fewer than 6): then
 * it is min..max, and coverage says what that is worth. */
struct stats_median {
	int n;
	double median, low, high;
	double coverage;        /* probability, exact for any continuous distribution */
};

/* False, and *m is untouched, when there is no sample, one is not finite, or
 * memory ran out. */
bool stats_median(const double *x, int n, double level, struct stats_median *m);

/* a[i] / b[i], where a[i] and b[i] were measured side by side (the same
 * repetition), so that drift of the machine cancels.  False as above, or when
 * a divisor is not above 0. */
bool stats_ratio(const double *a, const double *b, int n, double level,
                 struct stats_median *m);

/* Of the n indices, those at which both are finite, moved to the front; their number. */
int stats_pairs(double *a, double *b, int n);

/* The q-quantile, 0 <= q <= 1, linear between the two nearest samples (type 7
 * of Hyndman and Fan).  NaN when there is no sample. */
double stats_quantile(const double *x, int n, double q);

/* Half the distance from the first to the ninth decile, as a fraction of the median:
 * how far, up or down, all but the farthest fifth lie.  NaN when there is no sample or
 * the median is 0. */
double stats_spread(const double *x, int n);

#endif
