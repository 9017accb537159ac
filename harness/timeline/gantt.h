/* SPDX-License-Identifier: Apache-2.0
 *
 * gantt.h: which G was where, over time: a panel for each trace, all on one time axis.  In
 * a panel are the rows of Ps (of CPUs, on 1:1) with who ran there, and below these rows of
 * Gs with what each did: Running, Runnable, Waiting and for what, in a call.
 */
#ifndef GANTT_H
#define GANTT_H

#include <stdio.h>

#include "trace/trace.h"

/* More Gs than this are not shown one by one: those that ran longest are. */
#define GANTT_GS    12
#define GANTT_GS_PAGE 60

struct gantt_span {
	int64_t at, until;              /* ns */
	uint32_t step;                  /* an index of trace.step */
};

struct gantt_row {
	int p;                          /* the row of this P, or lane; -1: of a G */
	uint32_t g;                     /* or TRACE_NONE */
	struct gantt_span *span;        /* by time; they do not overlap */
	size_t n;
};

struct gantt_panel {
	const struct trace *t;
	struct gantt_row *row;
	int nrows, nps;                 /* the first nps are of Ps */
	uint32_t hidden;                /* Gs without a row */
};

struct gantt {
	struct gantt_panel *panel;
	int n;
	int64_t from, to;               /* what is shown of all: ns */
};

/* What is shown of n traces between from and to (0: to the end of the longest), with at
 * most so many rows of Gs in a panel.  They stay the caller's.  0; -EINVAL: nothing is
 * there; -ENOMEM. */
int gantt_make(struct gantt *, const struct trace *const *, int n, int64_t from, int64_t to, int gs, struct err *);
void gantt_free(struct gantt *);

/* 0xRRGGBB of a G: the same in each picture of a trace. */
unsigned gantt_color(uint32_t g);

/* "P 1", "CPU 1", "G 17 (child)"; buf[80]. */
const char *gantt_row_name(const struct gantt_panel *, int row, char buf[80]);

/* Draws it with gnuplot (scripts/plot/gantt.gp) into path, which ends in .svg or .png. */
int gantt_draw(const struct gantt *, const char *path, struct err *);

/* A part of a page: a figure that gantt_js, once on the page, makes a zoomable canvas of;
 * gantt_css is its style.  The page says <meta charset="utf-8">.  Data are in the figure:
 * nothing is loaded.  And a page of it alone. */
void gantt_section(const struct gantt *, FILE *);
void gantt_page(const struct gantt *, FILE *);
extern const char gantt_css[], gantt_js[];

#endif
