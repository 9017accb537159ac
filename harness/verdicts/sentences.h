/* SPDX-License-Identifier: Apache-2.0
 *
 * sentences.h: what a run answers to the questions of questions.h, in sentences that
 * follow from its rows alone.
 *
 * Rows of one repetition are pairs (stats/effect.h), also of two Ps.  Where several
 * workloads are one answer, a repetition has the geometric mean of their times.
 * Disturbed repetitions are left out where STATS_BLOCKS_MIN others are left; where they
 * are not, the figures rest on all, and nothing is concluded from them.
 */
#ifndef SENTENCES_H
#define SENTENCES_H

#include <stdio.h>

#include "plan/catalog.h"
#include "results/summary.h"
#include "verdicts/questions.h"

/* What is nearer to 1 than this is as good as the same: a twentieth, which is also what
 * others may change before a row is marked as disturbed. */
#define SENTENCES_FLOOR 0.05

/* One for each question.  The catalog says which model a back end is and what it can do;
 * a back end that it does not have is of no model that is known.  Points into both.  A run
 * of two builds, or of more repetitions than STATS_SAMPLES_MAX, has no sentences.  0, or
 * -ENOMEM with a sentence. */
int sentences_make(struct sentences *, const struct results *, const struct catalog *,
                   const struct question *, struct err *);

/* sentences_print.c: for people, 80 columns; nothing where there is none. */
void sentences_print(const struct sentences *, FILE *);

/* ---- For the files of sentences ---------------------------------------------- */

/* What a sentence is worded from. */
struct answer {
	const struct question *q;
	const struct results *r;
	const struct catalog *catalog;
	struct sentence *s;
	double floor;
	int place;                      /* of the cell that the question is about; -1: none */
	int than;                       /* ASKS_MORE_TASKS: of that with the fewest; -1 */
};

/* sentences_text.c: fills in text, reason and verdict, once all parts are there.  False:
 * out of memory. */
bool sentence_word(const struct answer *);

/* NULL: this build does not have it. */
const struct backend *answer_backend(const struct answer *, const char *name);

#endif
