/* SPDX-License-Identifier: Apache-2.0
 *
 * budget.h: how many blocks a run has where what is known is the time it may take.
 *
 * Whoever measures until an interval looks good has neither an interval nor a pairing
 * that means what they say.  So a pilot is measured, a run of its own; from it follow what a
 * block takes and how much ratios scatter, and from these the number of blocks, which is
 * fixed before any of them is measured.  The pilot is no part of the verdict.
 *
 *     DIR/budget.json   {"schema": 1, "budget_s": 600}, and once it is known "blocks"
 *     DIR/pilot         a run of BUDGET_PILOT blocks
 *     DIR/meta.json ... the run itself
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <limits.h>
#include <stdio.h>

#include "plan/plan.h"

#define BUDGET_PILOT 4          /* blocks; of the first the iterations are not settled */
#define BUDGET_LEAST 6
#define BUDGET_MOST  40

/* What so many blocks find of a workload. */
struct budget_line {
	const char *workload;
	int pairs;                      /* of back ends, or of the two builds, whose ratio is
	                                   known in two blocks; 0: one alone, or too few
	                                   undisturbed rows */
	double smallest;                /* a fraction: half of the pairs are told apart, in 80 %
	                                   of all cases, where they differ by it; NAN: none */
};

struct budget {
	double budget_s, pilot_s, block_s;
	int blocks;                     /* 0: not chosen yet */
	bool builds;                    /* Two builds are compared, and not back ends. */
	struct budget_line *lines;
	int n;
	char *text;                     /* what the lines' names point into */
};

/* Makes the folder; -EEXIST: it holds a run, or some, already. */
int budget_create(const char *dir, double budget_s, struct err *);

/* -EEXIST with a sentence: the folder is that of a pilot, and what begins there has none. */
int budget_absent(const char *dir, struct err *);

/* What is known of it.  0; -ENOENT: the folder has no budget; -EINVAL with a sentence: its
 * budget.json is damaged.  *b is to be freed where it is 0. */
int budget_read(struct budget *b, const char *dir, struct err *);
void budget_free(struct budget *);

/* The folder of the pilot; returns buf. */
const char *budget_pilot(char buf[PATH_MAX], const char *dir);

/* Chooses the number of blocks, by the pilot that is there, and writes it down.  0, or
 * -errno with a sentence; -E2BIG: there is no time for BUDGET_LEAST. */
int budget_choose(struct budget *, const char *dir, struct err *);

/* How many blocks of block_s seconds fit into what is left; 0: fewer than BUDGET_LEAST. */
int budget_blocks(double left_s, double block_s);

/* What was chosen, and what it finds: some lines of 79 columns. */
void budget_print(const struct budget *, FILE *);

/* budget_json.c: budget.json. */
int budget_put(const struct budget *, const char *dir, struct err *);

#endif
