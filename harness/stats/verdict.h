/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict.h: what may be said of b against a.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "stats/effect.h"

enum stats_verdict {
	STATS_TOO_FEW,                  /* below STATS_BLOCKS_MIN no interval has the level */
	STATS_CANNOT_TELL,              /* it reaches over an edge of the noise floor */
	STATS_SAME,                     /* the whole interval is inside the noise floor */
	STATS_FASTER,                   /* the whole interval is beyond it */
	STATS_SLOWER,
};

#define STATS_BLOCKS_MIN 6

/* "faster", "cannot tell" ... */
const char *stats_verdict_name(enum stats_verdict);

/* Of figures where less is better.  The noise floor is by how much a ratio may differ
 * from 1 without anybody having changed anything: 0.03 is 3 %, from 1/1.03 to 1.03, so
 * that a against b is judged as b against a is.  With a floor of 0 nothing is the same
 * but what has no scatter at all.  A floor that is not known (NaN), negative or not
 * finite, and an interval that is none, leave "cannot tell"; n < STATS_BLOCKS_MIN "too
 * few" before that. */
enum stats_verdict stats_judge(const struct stats_effect *, double floor);

#endif
