/* SPDX-License-Identifier: Apache-2.0
 *
 * table.h: what many rows say together.
 */
#ifndef TABLE_H
#define TABLE_H

#include "stats/effect.h"

/* P-values of n rows, corrected for there being so many (Benjamini and Hochberg): if
 * the rows whose corrected one is at most 0.05 are called different, at most 5 % of
 * these are so by chance in the mean, where rows are independent or rise together.  A
 * row of NaN was not tested: it counts for nothing and stays NaN.  n = 0 is no error;
 * adjusted may be p.  False, and nothing is written, when a p is below 0 or above 1, or
 * memory ran out. */
bool stats_adjust(const double *p, int n, double *adjusted);

/* The geometric mean of ratios, of as many rows. */
struct stats_geomean {
	int rows;
	double estimate, low, high;
};

/* Of the rows' estimates: what these rows say on the whole, and nothing of others that
 * might have been measured.  The interval has the rows' level: in logarithms, the
 * distance of each end from the estimate is put together from those of the rows' own
 * ends (the method of variance estimates recovery; Zou and Donner, 2008).
 *
 * together, 0 to 1, is how much the rows err together: the correlation of any two rows'
 * errors.  0 where each row's pairs have noise of their own; 1 where something may have
 * moved all of a run's rows, as between two runs: the interval is then the geometric
 * means of the rows' ends, the widest that it can be.
 *
 * One row: its own interval.  False, and the mean is untouched, when there is no row, a
 * ratio is not finite or not above 0, an estimate is not within its interval, or
 * together is not in 0..1. */
bool stats_geomean(const struct stats_effect *rows, int n, double together, struct stats_geomean *);

/* Kendall's tau-b of two orders of the same n things, corrected for ties: 1 all pairs
 * are in the same order, -1 all in opposite ones.  NaN when n < 2, one side is all
 * tied, or a value is not finite. */
double stats_tau(const double *x, const double *y, int n);

#endif
