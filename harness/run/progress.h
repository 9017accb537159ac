/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.h: how far a matrix is, on standard error: on a terminal a block of lines that
 * is shown again in its place, of a table where there is room for one, and else of a bar
 * alone; elsewhere a plain line every few seconds.
 *
 * What is shown is drawn between cells, a few times a second at most, and while a cell runs
 * only if it is not shown yet: who draws takes processors from what is measured.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "run/screen.h"

/* Prints a table of at most so many lines, each shorter than the screen is wide. */
typedef void progress_table(void *arg, const struct screen *, int lines, FILE *out);

struct progress {
	int done, total;
	double left_ns;         /* estimated, of what is to be measured yet */
	const char *what;       /* is being measured; "" between cells */
	progress_table *table;  /* NULL: none */
	void *arg;

	struct screen screen;
	int64_t drawn_ns;       /* when something was last shown */
	bool news;              /* since then */
};

void progress_begin(struct progress *, int done, int total, progress_table *, void *arg);

/* What is measured now: text that stays until the next, or "". */
void progress_what(struct progress *, const char *what);

/* Shows it, if that is news and some time has passed. */
void progress_update(struct progress *);

/* A line of its own, above what is shown. */
void progress_say(struct progress *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void progress_end(struct progress *);

/* "1h02m", "3m20s" or "7s"; buf[16]. */
const char *progress_time(double ns, char buf[16]);

#endif
