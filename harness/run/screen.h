/* SPDX-License-Identifier: Apache-2.0
 *
 * screen.h: a block of lines on the terminal behind standard error that is shown again
 * in its place, below all that was said before.
 *
 * The cursor always stands at the beginning of the line below the block, is never hidden,
 * and every frame ends with plain letters: so there is nothing to be put right at an end,
 * of whatever kind, SIGKILL included.  A frame is one write(2).
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* What it takes for a table; in less there is a line. */
#define SCREEN_COLUMNS_LEAST 60
#define SCREEN_ROWS_LEAST    10

struct screen {
	bool is_one;            /* standard error is a terminal that can go up a line */
	bool bold;              /* there may be bold letters: NO_COLOR is not set (no-color.org) */
	int columns, rows;      /* of the window; 80 and 24 where it does not say */
	int lines;              /* of the block that is shown */
};

/* Looks what standard error is.  TERM=dumb, or none, is no screen. */
void screen_open(struct screen *);

/* Asks how large the window is; whether it is another size than before.  Asked again and
 * again this needs no SIGWINCH, which would end a wait for a cell. */
bool screen_resized(struct screen *);

/* Shows lines instead of those that are shown; each ends with a newline, and is shorter than
 * the window is wide.  Nothing happens where it is no screen. */
void screen_show(struct screen *, const char *text);
void screen_clear(struct screen *);

#endif
