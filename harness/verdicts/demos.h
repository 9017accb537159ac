/* SPDX-License-Identifier: Apache-2.0
 *
 * demos.h: the demos: what runs, what is said before, what is made of it after.
 */
#ifndef DEMOS_H
#define DEMOS_H

#include <stdio.h>

#include "plan/catalog.h"

/* One process of a demo. */
struct demo_run {
	const char *cell;               /* flags for the cell program, a word each, separated
	                                   by blanks; NULL: the demo program */
	const char *label;              /* printed before; NULL: nothing */
	const char *env, *value;        /* set for it; NULL: none */
	const char *env_procs;          /* P, as the environment has it; NULL: it has none */
	int procs;                      /* 0: P as it was asked for; -1: not told, so the
	                                   program's own default */
	bool one_cpu;                   /* on one PU alone */
};

/* How many Gs were in each state at a moment. */
struct demo_count { int at_ms, running, runnable, waiting; };
#define DEMO_COUNTS 12
#define DEMO_COUNT_MS 20        /* so far apart */

/* What it printed, and how it ended. */
struct demo_end {
	char *text;
	size_t n;
	struct demo_count count[DEMO_COUNTS];
	int ncounts;
	char unsure[256];               /* why nobody knows which of them ran; "": it is known */
	int status;                     /* as wait(2) has it */
	int procs;                      /* P as it was asked for */
	int usable;                     /* processors that there are for it */
	const struct backend *backend;
};

#define DEMO_RUNS 4

struct demo_story {
	const char *name, *shows, *expect, *differs;
	struct demo_run runs[DEMO_RUNS];
	int nruns;
	bool timed;                     /* what is expected is expected within some time */
	bool counted;                   /* its Gs are, by their states: from a trace of it */
	void (*line)(const char *line, FILE *out);      /* prints a line of it in its own way;
	                                                   NULL: as it is; a NULL line: the end */
	/* The verdict, by ends[nruns]: to out, what came of it, in a sentence or two; to but,
	 * what is not as expected, in clauses that follow "because", separated by "; ".
	 * Nothing there: all is. */
	void (*judge)(const struct demo_end *ends, FILE *out, FILE *but);
};

extern const struct demo_story demo_stories[];          /* ended by a NULL name */

/* The counts of a demo that left no trace, by what Go's runtime printed of its Gs (GODEBUG
 * schedtrace and scheddetail); and the table of a demo's counts. */
void demo_count_text(struct demo_end *);
void demo_print_counts(const struct demo_end *, FILE *);

#endif
