/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h: side b held against side a, cell by cell.
 *
 * Within a run the sides are measured in turn, so that rows of one repetition are a pair
 * and what disturbs the machine for longer cancels.  Two runs differ by more than their
 * rows show (stats/runs.h): unless somebody says by how much, a difference between them
 * is shown, and nothing is concluded from it.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stdio.h>

#include "compare/floor.h"
#include "compare/judge.h"
#include "results/results.h"
#include "stats/table.h"

/* What the two sides differ in. */
enum compare_by { BY_RUN, BY_BACKEND, BY_PIN, BY_OPT, BY_BUILD };

struct compare_asked {
	enum compare_by by;
	const char *key;                /* BY_OPT: the knob */
	const char *value[2];           /* of a and b; BY_RUN: none */
	double floor;                   /* as stats_judge has it; NAN: nobody said */
	const struct floor *measured;   /* BY_RUN, where nobody said: of each cell; NULL: none */
};

/* Within a run, where nobody said: a choice.  What it is worth, a run says that has cells
 * twice (told.h). */
#define COMPARE_FLOOR 0.01

enum left_out_why { ONLY_IN_A, ONLY_IN_B, DOES_NOT_APPLY };

struct left_out {
	const struct cell *cell;
	const char *label;
	enum left_out_why why;
};

struct comparison {
	struct compare_asked asked;
	const struct results *r[2];     /* the same one, but BY_RUN */
	struct compare_row *rows;       /* in the order of a's plan, by back end */
	int n;
	struct left_out *left_out;
	int nleft_out;
	int blocks;                     /* the most of a row; 0: none has enough */
	double false_expected;          /* rows that differ by chance, where nothing does */
	struct stats_geomean geomean;   /* of rows that rest on undisturbed blocks, enough of
	                                   them; rows = 0: none */
	int count[STATS_SLOWER + 1];
	int floors;                     /* rows that have a noise floor */
	double half_floor, most_floor;  /* half of these have a lower one; the highest */
};

/* 0, or -errno with a sentence: no cell is on both sides, a value that the run does not
 * have.  Points into the results. */
int compare_make(struct comparison *, const struct results *a, const struct results *b,
                 const struct compare_asked *, struct err *);
void compare_free(struct comparison *);

/* Whether a row is slower by more than the fraction, with its whole interval.  -EINVAL
 * with a sentence where that may not be asked: too few blocks, or two runs that nobody
 * told the floor of. */
int compare_fails(const struct comparison *, double above, bool *fails, struct err *);

/* Facts about a run, and which of its figures would be others if that were; a NULL name
 * after the last. */
enum fact_moves { MOVES_NOTHING, MOVES_PARALLEL, MOVES_ALL };
extern const struct compare_fact {
	const char *name;               /* as results_fact knows it */
	enum fact_moves moves;          /* MOVES_PARALLEL: figures at P > 1 */
} compare_facts[];
bool compare_differs(const struct comparison *, const char *fact);

/* A fact about a side: its build, if the sides differ in that, else its run; "" where it is
 * not known. */
const char *compare_fact_of(const struct comparison *, int side, const char *fact);

/* "pthreads", "k=1", or the folder of the run or of the build; returns buf. */
const char *compare_side(const struct comparison *, int side, char *buf, size_t size);

/* The label, without what the sides differ in, and with a policy that binds; returns buf. */
const char *compare_name(const struct comparison *, const struct cell *, const char *label,
                         char *buf, size_t size);

/* compare_print.c: tables of 80 columns, or Markdown. */
void compare_print(const struct comparison *, FILE *);
void compare_print_markdown(const struct comparison *, FILE *);

/* compare_json.c: the same for programs; 0 or -errno. */
int compare_put(const struct comparison *, FILE *);

#endif
