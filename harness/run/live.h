/* SPDX-License-Identifier: Apache-2.0
 *
 * live.h: what a run has found so far, as a table for a terminal: medians of the rows that
 * count now, a line for each workload, a column for each back end.
 */
#ifndef LIVE_H
#define LIVE_H

#include "run/progress.h"
#include "run/state.h"

struct live_line;

struct live {
	const struct runner *r;
	const char **backends;          /* in the plan's order */
	int nbackends;
	struct live_line *lines;        /* those of one P and pinning policy together */
	int n;
	int *of;                        /* of each line and back end the cell's place, or -1 */
	char **labels;                  /* of each cell */
	double *v;                      /* times by cell and repetition; 0: none */
	int page;                       /* what does not fit takes turns */
	int64_t turned_ns;
};

/* Which lines there are.  False: out of memory, and live_end is to be called all the same. */
bool live_begin(struct live *, const struct runner *);
void live_end(struct live *);

/* A progress_table; arg: the struct live. */
progress_table live_table;

#endif
