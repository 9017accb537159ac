/* SPDX-License-Identifier: Apache-2.0
 *
 * reproduce.h: which orderings of one run hold in another.
 *
 * An ordering is of two cells that differ in the back end alone, or in P alone, one of
 * them at P = 1.  It is established there, in the original, if the whole interval of the
 * ratio is beyond the noise floor; and it is reversed here, in the other run, if the
 * whole interval is beyond the floor on the other side.  Both ratios are paired within
 * a run, so that the machines' speeds do not matter.
 *
 * The floor is what runs differ by on the machine concerned, where somebody measured it
 * for both cells (compare/floor.h), each run by its own machine's.
 */
#ifndef REPRODUCE_H
#define REPRODUCE_H

#include "compare/compare.h"
#include "reproduce/machines.h"

/* What two runs of one build differ by, where nobody said and nobody measured it: a
 * choice. */
#define REPRODUCE_FLOOR 0.05

struct order_floors {
	double otherwise;                       /* of pairs without a measured one */
	bool asked;                             /* the user said so, of all pairs */
	const struct floor *there, *here;       /* NULL: not measured, or not to be used */
};

/* More would be forged. */
#define REPRODUCE_BACKENDS 32

enum order_verdict { ORDER_HELD, ORDER_REVERSED, ORDER_CANNOT_TELL, ORDER_NOT_COMPARED, ORDER_VERDICTS };
const char *order_verdict_name(enum order_verdict);

struct ordering {
	int x, y;                       /* places of its cells in the original's plan */
	bool by_procs;                  /* x is at P = 1 */
	bool established;               /* else it has no verdict */
	bool floored;                   /* by a floor that was measured between runs there */
	enum order_verdict verdict;
	char reason[160];               /* why it does not hold; "" if it does */
};

/* How many orderings, of one workload or in total. */
struct order_counts {
	const char *label;              /* NULL: in total */
	int pairs, established, verdict[ORDER_VERDICTS];
	double tau;                     /* Kendall's, of the cells' times in both runs; NAN: none.
	                                   In total the mean of the workloads' */
};

struct reproduction {
	const struct results *there, *here;
	struct order_floors floors;
	int floored, beyond;            /* pairs of which a floor was measured there; those of
	                                   them that are established */
	struct machines machines;
	int newer;                      /* cells that have parameters here which they had not there,
	                                   and are taken for the same */
	struct ordering *v;             /* of those pairs that have figures there, in the order
	                                   of its plan */
	struct compare_row *in_there, *in_here; /* y by x; effect.n = 0: none */
	int n;
	struct order_counts *groups;    /* workloads, by label */
	int ngroups;
	struct order_counts total;
};

/* why[i], if given, says why the i-th cell of there's plan was left out here; NULL: it was
 * not.  0, or -errno with a sentence: no cell is in both.  Points into the results and why. */
int reproduce_make(struct reproduction *, const struct results *there, const struct results *here,
                   const char *const *why, const struct order_floors *, struct err *);
void reproduce_free(struct reproduction *);

/* "fib n=30 P=2 compact: pthreads by go", "fib n=30: go, P=2 by P=1"; returns buf. */
const char *ordering_text(const struct reproduction *, const struct ordering *, char *buf, size_t size);

/* What x and y are: "go" and "pthreads", or "P=1" and "P=2"; returns buf. */
const char *ordering_side(const struct reproduction *, const struct ordering *, int place, char buf[64]);

/* "1.93" where y takes 1 / 1.93 of what x takes; n = 0 of what has none. */
struct stats_effect ordering_speedup(const struct stats_effect *y_by_x);

/* reproduce_print.c: in 80 columns. */
void reproduce_print(const struct reproduction *, FILE *);

/* reproduce_json.c: the same for programs; 0 or -errno. */
int reproduce_put(const struct reproduction *, FILE *);

#endif
