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

/* What it printed, and how it ended. */
struct demo_end {
	char *text;
	size_t n;
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
	const char *needs;              /* a capability; NULL: none */
	bool timed;                     /* what is expected is expected within some time */
	void (*line)(const char *line, FILE *out);      /* prints a line of it in its own way;
	                                                   NULL: as it is; a NULL line: the end */
	/* The verdict, by ends[nruns]: to out, what came of it, in a sentence or two; to but,
	 * what is not as expected, in clauses that follow "because", separated by "; ".
	 * Nothing there: all is. */
	void (*judge)(const struct demo_end *ends, FILE *out, FILE *but);
};

extern const struct demo_story demo_stories[];          /* ended by a NULL name */

#endif
