/* SPDX-License-Identifier: Apache-2.0
 *
 * spec.h: what a cell is.  Two cells with the same back end, workload, P,
 * pinning policy, parameters and knobs are the same cell; the PUs follow from
 * P and the policy on one machine, so they are not part of its identity.
 */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stddef.h>

#define CELL_PAIRS 12   /* parameters, and knobs, that one cell may carry */

struct pair { const char *key, *value; };

struct cell {
	const char *backend, *workload;
	int procs;              /* P */
	const char *pin;        /* the pinning policy */
	int *cpus;              /* physical PU numbers, in the policy's order */
	int ncpus;              /* P, or fewer under a policy that binds nothing */
	struct pair params[CELL_PAIRS];   /* every one the workload declares */
	int nparams;
	struct pair opts[CELL_PAIRS];     /* knobs of the back end or the harness */
	int nopts;
};

bool cell_same(const struct cell *, const struct cell *);

/* "fib n=30 | work-stealing P=2 none", for people; returns buf. */
const char *cell_text(const struct cell *, char *buf, size_t size);

/* Whether it has the values of a preset's line such as "n=12 serial=0". */
bool cell_has(const struct cell *, const char *set);

/* The value of a parameter or knob; NULL when the cell has none of that name. */
const char *cell_value(const struct cell *, const char *key);

/* Buffers that hold any cell_text of sensible length. */
#define CELL_TEXT 256

#endif
