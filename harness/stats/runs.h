/* SPDX-License-Identifier: Apache-2.0
 *
 * runs.h: how far apart figures are when nothing was changed, and what that leaves to
 * be told.
 *
 * Processes of one run have more in common than those of two: a run is a sample of its
 * own.  However many processes it has, two runs of one build differ by what runs differ.
 */
#ifndef RUNS_H
#define RUNS_H

#include <stdbool.h>

#include "stats/effect.h"

/* Standard deviations of logarithms, and so of fractions: 0.03 is 3 %. */
struct stats_runs {
	int runs, samples;
	double between;                 /* of what a run adds to all of its samples; 0 also
	                                   where runs differ by less than their samples
	                                   explain */
	double within;                  /* of samples of one run; NaN where none has two, and
	                                   between is of both */
};

/* x has the samples of so many runs of one thing, each run's behind the one before; run
 * i has n[i].  The classical components of variance, by mean squares: all samples count
 * in full, so that a single one far off widens what they say.  False, with *out
 * untouched, when there are fewer than 2 runs, a run has no sample, or one is not finite
 * or not above 0. */
bool stats_runs(const double *x, const int *n, int runs, struct stats_runs *out);

/* By what fraction two runs of one thing, of n samples each, differ at most, in `level`
 * of all cases: a noise floor (verdict.h).  Supposes that what runs add is normal, and
 * allows for the components being known from few runs (Student's t with runs - 1 degrees
 * of freedom).  Of few runs it is wide: 5 runs need 1.4 times what many would.  NaN when
 * n < 1, the level is not in 0..1, or within is not known. */
double stats_runs_floor(const struct stats_runs *, int n, double level);

/* How much the log ratio scatters from block to block, as a standard deviation: what
 * the width of a paired interval says of it.  NaN when n < 2 or the interval is none;
 * above 0 only if some blocks differ. */
double stats_scatter(const struct stats_effect *);

/* The same of two cells like the one that these samples are of, one a block, if a block
 * had nothing that slows both: as a rule it is more.  NaN when n < 2, or a sample is not
 * finite or not above 0. */
double stats_scatter_alone(const double *x, int n);

/* The smallest difference, as a fraction, that n blocks tell from a noise floor in 80 %
 * of all cases, where the log ratio scatters so much from block to block: 0.05 is b being
 * 5 % slower, or a 5 % slower than b.  For scatter that is normal, where it was simulated
 * (74 % at 6 blocks, 80 to 85 from 7 to 40); of other scatter a hint.  NaN when n is
 * below STATS_BLOCKS_MIN, where nothing is told, or above STATS_SAMPLES_MAX, or scatter
 * or the floor is negative or not finite. */
double stats_smallest(double scatter, int n, double floor);

#endif
