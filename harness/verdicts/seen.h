/* SPDX-License-Identifier: Apache-2.0
 *
 * seen.h: what a run says of a figure, and what it is worth.
 *
 * A row during which others had a share of its processors says what the machine did,
 * not what the program does.  Such rows are left out where enough others are left for
 * an interval of the usual level; where they are not, the figure is shown with them,
 * and nothing is concluded from it.
 */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>

#include "stats/stats.h"

/* Of one repetition. */
struct sample {
	double v;                       /* NAN: there is none */
	bool disturbed;
};

struct seen {
	struct stats_median m;          /* n = 0: nothing */
	int samples, disturbed;         /* how many there are, and how many of them were */
	bool conclusive;                /* m rests on undisturbed ones alone, and has the level:
	                                   otherwise it rests on all */
};

/* Of a[reps] or, if b is given, of a by b, in each repetition; a pair is disturbed if
 * either is.  scratch[2 * reps] gets the m.n values that m rests on, in the order of
 * the repetitions. */
void seen_make(struct seen *, const struct sample *a, const struct sample *b, int reps, double *scratch);

/* seen_json.c: for programs; nothing: null. */
struct json_t;
struct json_t *seen_json(const struct seen *);

#endif
