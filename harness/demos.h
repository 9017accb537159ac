/* SPDX-License-Identifier: Apache-2.0
 *
 * demos.h: the demos: what runs, what is said before, what is made of it after.
 */
#ifndef DEMOS_H
#define DEMOS_H

#include <stdio.h>

#include "catalog.h"

/* One process of a demo. */
struct demo_run {
	const char *cell;               /* flags for the cell program, a word each, separated
	                                   by blanks; NULL: the demo program */
	const char *label;              /* printed before; NULL: nothing */
	const char *env, *value;        /* set for it; NULL: none */
	const char *env_procs;          /* P, as the environment has it; NULL: it has none */
	int procs;                      /* 0: P as it was asked for; -1: the program's
	                                   own default */
	bool one_cpu;                   /* on one PU alone */
};

/* What it printed, and how it ended. */
struct demo_end {
	char *text;
	size_t n;
	int status;                     /* as wait(2) has it */
	int procs;
};

#define DEMO_RUNS 3

struct demo_story {
	const char *name, *shows, *expect, *differs;
	struct demo_run runs[DEMO_RUNS];
	int nruns;
	const char *needs;              /* a capability; NULL: none */
	void (*line)(const char *line, FILE *out);      /* prints a line of it in its own way;
	                                                   NULL: as it is; a NULL line: the end */
	/* The verdict, in a sentence or two; ends[nruns]. */
	void (*judge)(const struct demo_end *ends, FILE *out);
};

extern const struct demo_story demo_stories[];          /* ended by a NULL name */

#endif
