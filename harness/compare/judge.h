/* SPDX-License-Identifier: Apache-2.0
 *
 * judge.h: two cells held against each other, and what may be concluded of a table of
 * such pairs.
 *
 * Disturbed rows are left out where STATS_BLOCKS_MIN others are left.  Where they are
 * not, the figures rest on all, and nothing is concluded from them.
 */
#ifndef COMPARE_JUDGE_H
#define COMPARE_JUDGE_H

#include <stdbool.h>

#include "compare/rows.h"
#include "stats/clusters.h"
#include "stats/effect.h"
#include "stats/stats.h"
#include "stats/verdict.h"

/* A table of fewer blocks does without p-values: 12 rows of 6 blocks could not be called
 * different once they are corrected, whatever they show. */
#define JUDGE_P_BLOCKS 12

struct compare_row {
	const struct cell *cell;        /* of a */
	const char *label;
	struct stats_median a, b;       /* n = 0: none; ns for an operation */
	struct stats_effect effect;     /* n = 0: none */
	struct stats_clusters kinds[2]; /* of a's and b's processes; below = 0: of one kind */
	double p_adjusted;              /* NAN: none */
	double floor;                   /* as stats_judge has it; NAN: not known */
	int samples, disturbed;         /* blocks that have figures; how many were disturbed;
	                                   of two runs, rows of both sides */
	bool rests_on_disturbed;
	const char *reason;             /* why a row of either side has no figure; "" */
	enum stats_verdict verdict;     /* by judge_table */
};

/* Who compares cells of a with cells of b; points into the results. */
struct judge {
	const struct results *r[2];
	bool paired;
	struct by_cell rows[2];
	double *v[2];
};

/* paired: a and b are one run, whose repetitions are blocks.  0, or -errno with a
 * sentence. */
int judge_open(struct judge *, const struct results *a, const struct results *b, bool paired, struct err *);
void judge_close(struct judge *);

/* Holds b's cell at its place against a's.  False, and *out is untouched, where one of
 * them does not apply. */
bool judge_cells(const struct judge *, struct compare_row *out, int a, int b);

/* Why a row of a side's cell has no figure; "" where all have. */
const char *judge_reason(const struct judge *, int side, int place);

/* Whether a row has samples enough that nothing disturbed. */
bool judge_counts(const struct compare_row *);

/* The verdict of each row, beyond a noise floor (stats_judge); *blocks is the most that a
 * row has which counts, 0 if none does.  False: out of memory. */
bool judge_table(struct compare_row *, int n, double floor, int *blocks);

/* The same, where each row has a floor of its own. */
bool judge_rows(struct compare_row *, int n, int *blocks);

#endif
