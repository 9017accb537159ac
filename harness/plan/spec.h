/* SPDX-License-Identifier: Apache-2.0
 *
 * spec.h: what a cell is.  Two cells with the same back end of the same build, and the
 * same workload, P, pinning policy, parameters and knobs are the same cell, unless one is
 * a copy; the PUs follow from P and the policy on one machine, so they are not part of
 * its identity.
 */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stddef.h>

#define CELL_PAIRS 12   /* parameters, and knobs, that one cell may carry */

/* What a plan may have, asked for or read: more would be a slip, or forged. */
#define REPS_MAX  100000
#define AGAIN_MAX 9                     /* times that something is measured again */
#define CELLS_MAX 16384
#define PLAN_ROWS_MAX 1000000
#define LAYOUTS_MAX 1000
#define SEED_MAX ((1LL << 53) - 1)      /* the most that a double, and so jq, tells apart */
#define TIMEOUT_LEAST  0.01     /* seconds */
#define TIMEOUT_MOST   1e6
#define MIN_TIME_LEAST 1e-6
#define MIN_TIME_MOST  3600     /* as the cells have it */

struct pair { const char *key, *value; };

/* Which of the two builds that a run holds against each other. */
#define BUILD_OLD "old"
#define BUILD_NEW "new"

struct cell {
	const char *backend, *workload;
	const char *build;      /* one of these words; NULL: the run has one build */
	int procs;              /* P */
	const char *pin;        /* the pinning policy */
	int *cpus;              /* physical PU numbers, in the policy's order */
	int ncpus;              /* P, or fewer under a policy that binds nothing */
	struct pair params[CELL_PAIRS];   /* every one the workload declares */
	int nparams;
	struct pair opts[CELL_PAIRS];     /* knobs of the back end or the harness */
	int nopts;
	int copy;               /* 1: measured beside the cell that is the same but for this, to
	                           see what differs where nothing does (A/A); else 0 */
};

/* What a row is of: a cell of the plan, or fixed work that no scheduler touches. */
enum row_kind { ROW_CELL, ROW_CALIBRATION };

bool cell_same(const struct cell *, const struct cell *);

/* "fib n=30 | work-stealing P=2 none", for people; returns buf. */
const char *cell_text(const struct cell *, char *buf, size_t size);

/* Whether it has the values of a preset's line such as "n=12 serial=0". */
bool cell_has(const struct cell *, const char *set);

/* Which of the cells have more Ps than processors, PUs or what the CPU quota (INFINITY:
 * none) leaves of them: "P=2,4 on 1 PU: oversubscribed"; "" for none.  Of a
 * cell without PUs nobody knows.  Returns buf. */
const char *cells_oversubscribed(const struct cell *, int n, double quota, char *buf, size_t size);

/* The value of a parameter or knob; NULL when the cell has none of that name. */
const char *cell_value(const struct cell *, const char *key);

/* Buffers that hold any cell_text of sensible length. */
#define CELL_TEXT 256

#endif
