/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.h: how far a matrix is, on standard error: on a terminal one line
 * that is redrawn, elsewhere a plain line every few seconds.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool terminal;
	int done, total;
	double left_ns;         /* estimated, of what is to be measured yet */
	const char *what;       /* is being measured; "" between cells */
	int64_t drawn_ns;       /* when something was last shown */
	bool on_line;           /* the terminal's cursor stands behind a bar */
};

void progress_begin(struct progress *, int done, int total);

/* Shows it if it has changed enough, or enough time has passed. */
void progress_update(struct progress *);

/* A line of its own, above the bar. */
void progress_say(struct progress *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void progress_end(struct progress *);

/* "1h02m", "3m20s" or "7s"; buf[16]. */
const char *progress_time(double ns, char buf[16]);

#endif
