/* SPDX-License-Identifier: Apache-2.0
 *
 * export.h: which rows of a run are written, and how a cell is called.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include "compare/rows.h"

struct export {
	const struct results *r;
	struct by_cell by;
	const struct row **rows;        /* those of the cell that export_rows was asked for */
	int left_out;                   /* because others disturbed them */
};

/* -EINVAL with a sentence: no row has a time. */
int export_open(struct export *, const struct results *, struct err *);
void export_close(struct export *);

/* How many rows of the cell at this place are written: those with a time, and where six
 * of them are undisturbed, these alone. */
int export_rows(struct export *, int place);

/* "fib/backend:go/n:30/serial:0": the workload, then what tells the cell from others but
 * P, each a key and a value around this sign.  What would end a part of it is written as
 * in URLs: %20.  The caller's to free; NULL: out of memory. */
char *export_name(const struct cell *, char sign);

/* CPU time of an operation; NAN: the row does not say. */
double export_cpu_ns(const struct row *);

/* How many operations the row's time is the mean of, as far as a number holds it. */
double export_operations(const struct row *);

#endif
