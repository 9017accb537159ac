/* SPDX-License-Identifier: Apache-2.0
 *
 * rows.h: the rows of each cell, found at once and in the order of their repetitions,
 * in which they need not have been measured.
 */
#ifndef ROWS_H
#define ROWS_H

#include "results/results.h"

struct by_cell {
	const struct row **rows;        /* by cell, then by repetition */
	int *first;                     /* of each cell, and behind the last */
};

/* 0, or -ENOMEM with a sentence.  Points into the results. */
int by_cell_make(struct by_cell *, const struct results *, struct err *);
void by_cell_free(struct by_cell *);

#endif
