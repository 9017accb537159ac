/* SPDX-License-Identifier: Apache-2.0
 *
 * grid.h: the cells of a run as a table: a line for cells that differ in back end and P
 * alone, a column for each P and back end; and each cell held against every back end of
 * its line at its P, so that a reader may choose which one is the baseline.
 *
 * Ratios are paired by repetition and judged as `schedlab compare DIR --backends A,B`
 * does (compare/judge.h), beyond the floor that is usual within a run.
 */
#ifndef GRID_H
#define GRID_H

#include "compare/judge.h"
#include "results/summary.h"

/* More would be forged, and no page. */
#define GRID_BACKENDS 16
#define GRID_COLUMNS  128

struct grid_column {
	int backend;                    /* of results.backends */
	int procs;
};

struct grid_line {
	const struct cell *cell;        /* the first of them in the plan */
	char label[CELL_TEXT];          /* with the pinning policy, where the run has several */
};

struct grid_cell {
	int place;                      /* of results.cells, and of summary.figures */
	int line, column;
	/* Among the cells of its line at its P that have a time: 1 and whoever cannot be told
	 * apart from one that has the rank has it, too.  0: none, or it is alone. */
	int rank;
	const char *reason;             /* why its last row that is not ok is not; "" */
	struct compare_row *by;         /* it by each back end, nbackends of them; effect.n = 0:
	                                   there is no such cell, or none has a time */
};

struct grid {
	const struct results *r;
	int nbackends, nlines, ncolumns, n;
	struct grid_line *lines;        /* in the order of the plan */
	struct grid_column *columns;    /* by P, then as the run has the back ends */
	struct grid_cell *cells;        /* by line, then by column */
	int *at;                        /* of cells, by line * ncolumns + column; -1: none */
	struct compare_row *rows;
	int blocks;                     /* the most that a ratio rests on */
	bool several_pins;
};

/* 0, or -errno with a sentence.  Points into the results.  Copies (spec.h) are left out. */
int grid_make(struct grid *, const struct results *, const struct summary *, struct err *);
void grid_free(struct grid *);

/* NULL: there is no such cell. */
const struct grid_cell *grid_at(const struct grid *, int line, int column);

#endif
