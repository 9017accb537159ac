/* SPDX-License-Identifier: Apache-2.0
 *
 * readme.h: what a bundle says to who has nothing else.
 */
#ifndef README_H
#define README_H

#include <stdio.h>

#include "bundle/hide.h"
#include "plan/plan.h"
#include "results/summary.h"

struct readme {
	const struct results *r;
	const struct summary *s;
	const struct plan *p;   /* NULL: the run does not say */
};

/* *text is the caller's to free; top is the folder in the bundle. */
int readme_make(char **text, size_t *n, const struct results *, const char *top, const struct names *, struct err *);

/* checklist.c: SIGPLAN's checklist for empirical evaluations, as far as the run fills it in. */
void checklist_print(const struct readme *, FILE *out);

/* "fib, sum": what a cell has, each once, and how many. */
enum readme_of { OF_WORKLOAD, OF_BACKEND, OF_PROCS, OF_PIN };
int readme_list(const struct readme *, enum readme_of, char *buf, size_t size);

#endif
