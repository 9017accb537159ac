/* SPDX-License-Identifier: Apache-2.0
 *
 * effect.h: how many times what b takes is what a takes.
 *
 * Everything is done on logarithms, where twice and half are equally far from 1.
 * Estimates are those of Hodges and Lehmann, intervals what the rank tests of Wilcoxon
 * do not reject.  No sample is left out as an outlier: what counts is its rank, not by
 * how much it is first.
 */
#ifndef EFFECT_H
#define EFFECT_H

#include <stdbool.h>

/* Of a side; the memory needed is the square of it. */
#define STATS_SAMPLES_MAX 2000

/* A ratio, b by a. */
struct stats_effect {
	int n;                          /* blocks; of two unpaired sides the samples of the
	                                   smaller */
	double estimate, low, high;     /* 1.05: b takes 5 % more */
	double coverage;                /* the chance that low..high holds the true ratio, 0
	                                   to 1: at least the level asked for, where so few
	                                   samples can reach it */
	double p;                       /* two-sided, of no difference: the chance of ranks as
	                                   far from what is expected then */
};

/* Both functions: samples above 0, in any unit, not changed; 0 < level < 1.  False, and
 * the effect is untouched, when there is no sample on a side or more than
 * STATS_SAMPLES_MAX, one is not finite or not above 0, the level is none, or memory ran
 * out.  Time: the square of the number of samples.
 *
 * Of one sample (a side) the interval is a point, coverage 0 and p 1.  Where the level
 * is out of reach, below 6 blocks at 95 %, or below 4 samples a side, the interval is as
 * wide as it can be and coverage says what that is worth. */

/* Paired: a[i] and b[i] were measured in the same block i.  The estimate is the median
 * of the averages of all pairs of log ratios, each with itself too (Walsh averages).
 *
 * Supposes that within a block a and b could as well be swapped, but for the factor
 * that is sought: then log ratios are symmetric about its logarithm, whatever the
 * distribution of the samples, and though blocks differ.
 *
 * p is exact up to STATS_PAIRS_EXACT blocks: over all signs of the log ratios at hand,
 * tied ones having the mean of their ranks; those of 0 are ranked, and then count for
 * neither side (Pratt).  Beyond, it is by the normal approximation, with the variance of
 * these ranks and a correction for continuity.  The interval's ends are Walsh averages:
 * those that the distribution without ties picks; where there are ties, it holds the
 * true ratio at least as often, since both ends belong to it. */
#define STATS_PAIRS_EXACT 50
bool stats_paired(const double *a, const double *b, int n, double level, struct stats_effect *);

/* What the interval of n blocks will be worth: its coverage, which depends on nothing
 * else.  NaN where stats_paired refuses n or the level. */
double stats_paired_coverage(int n, double level);

/* Unpaired: na and nb samples that have nothing in common.  The estimate is the median
 * of the differences of all logarithms of b and of a.
 *
 * Supposes that samples are independent, and that both sides have one distribution but
 * for the factor.  Rows of one run are not independent of each other where another run
 * is concerned: see runs.h for what that adds.
 *
 * p is exact where both sides have at most STATS_SAMPLES_EXACT samples together: over
 * all ways to divide the ranks at hand, tied samples having the mean of theirs.  Beyond,
 * it is by the normal approximation, corrected for ties and continuity.  The interval is
 * as above. */
#define STATS_SAMPLES_EXACT 50
bool stats_unpaired(const double *a, int na, const double *b, int nb, double level,
                    struct stats_effect *);

#endif
