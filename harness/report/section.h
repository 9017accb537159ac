/* SPDX-License-Identifier: Apache-2.0
 *
 * section.h: what the parts of a page share.  Each part writes HTML to p->out, by html.h
 * where text is not its own; nothing, where the run has nothing for it.
 */
#ifndef SECTION_H
#define SECTION_H

#include "plan/catalog.h"
#include "plan/plan.h"
#include "report/grid.h"
#include "topo/topo.h"
#include "verdicts/lessons.h"

struct page {
	FILE *out;
	const struct results *r;        /* runs[0] */
	const struct results *const *runs;
	int nruns;
	const struct summary *s;
	const struct grid *g;
	const struct catalog *c;        /* NULL: nobody knows */
	const struct plan *plan;        /* NULL: the run does not say */
	struct topo *topo;              /* NULL: the run does not say */
	struct trace *traces;           /* that the run has */
	int ntraces;
	int base;                       /* of results.backends: the baseline that is shown first */
};

void section_head(const struct page *);         /* report_head.c: machine, notes, how sure */
void section_sentences(const struct page *);    /* report_sentences.c: what it answers */
void section_table(const struct page *);        /* report_table.c: the heat table */
void section_runs(const struct page *);         /* report_runs.c: other runs beside it */
void section_figures(const struct page *);      /* report_figures.c */
void section_traces(const struct page *);       /* report_traces.c: who ran when */
void section_lessons(const struct page *);      /* report_lessons.c */
void section_words(const struct page *);        /* report_words.c: what the words mean */
void section_machine(const struct page *);      /* report_machine.c: machine, build, plan */
void section_method(const struct page *);       /* report_words.c: method and limits */
void section_cells(const struct page *);        /* report_cells.c: the figures of each cell */

/* report_traces.c: those of the run that can be read, which is no error of the others. */
void page_traces_read(struct page *);
void page_traces_free(struct page *);

/* report_curves_json.c: the points of a figure of curves; and, once for all, what draws them. */
struct figure_kind;
void page_curves(const struct page *, const struct figure_kind *);
void page_curves_script(const struct page *);

/* report_data_json.c: each cell with its samples, for the script; 0 or -ENOMEM. */
int section_data(const struct page *);

/* ---- What several parts say -------------------------------------------------------- */

/* The back end's model, "1:1"; "" where nobody knows. */
const char *page_model(const struct page *, const char *backend);

/* Whether the back end of a cell is one that a class of style colours: how far its time is
 * from the baseline's, -4 (an eighth or less) to 4; 0: nothing can be told. */
int page_shade(const struct compare_row *);

/* "0.241" or, of what is small, "1/47.3", and "1/50.1 to 1/44.0". */
const char *page_factor(double v, char buf[24]);
const char *page_factors(double low, double high, char buf[56]);

/* "0.241×", with a sign before it where the two cannot be told apart, or the ratio rests on
 * disturbed rows; "": there is none.  And a sentence with the interval.  buf[240]. */
const char *page_ratio(const struct compare_row *, char buf[240]);
const char *page_ratio_says(const struct page *, const struct grid_cell *, int base, char buf[240]);

/* Why a cell has no time, or not all of them: "na", "crashed"; "" if all rows are ok. */
const char *page_state(const struct page *, const struct grid_cell *);

/* The command that measures the cell again. */
void page_command(const struct page *, const struct grid_cell *, FILE *out);

/* "397 ns" and "383 to 558 ns" of a median; "" of none. */
const char *page_median(const struct stats_median *, enum unit, char buf[32]);
const char *page_range(const struct stats_median *, enum unit, char buf[32]);

#endif
