/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/told.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/judge.h"
#include "stats/runs.h"

struct finder {
	struct told *told;
	struct judge judge;
	int nbackends;
	struct compare_row *twice;      /* cells and their copies */
	int ntwice;
	double *x;                      /* room for the pairs of a line, for its samples, or for
	                                   all lines */
};

/* ---- A line ---------------------------------------------------------------- */

/* The cells that differ from one in the back end alone; their number.  0: another of
 * them comes before it in the plan. */
static int line_of(const struct finder *f, int place, int members[TOLD_BACKENDS])
{
	const struct results *r = f->judge.r[0];
	struct cell c = r->cells[place];
	int n = 0;

	for (int b = 0; b < f->nbackends; b++) {
		int at;

		c.backend = r->backends[b];
		at = results_find(r, &c);
		if (at >= 0 && at < place)
			return 0;
		if (at >= 0)
			members[n++] = at;
	}
	return n;
}

static int copy_of(const struct results *r, int place)
{
	struct cell c = r->cells[place];

	c.copy = 1;
	return results_find(r, &c);
}

static void see_pair(struct finder *f, struct told_line *line, const struct compare_row *row)
{
	double smallest = stats_smallest(stats_scatter(&row->effect), row->effect.n, f->told->floor);

	if (!judge_counts(row) || isnan(smallest))
		return;
	f->x[line->pairs++] = smallest;
	if (line->pairs == 1 || row->effect.n < line->blocks)
		line->blocks = row->effect.n;
}

/* What there is to say of a cell that stands alone: how two like it would be told apart,
 * if nothing made both slower within a block. */
static void see_alone(struct finder *f, struct told_line *line, int place)
{
	const struct by_cell *rows = &f->judge.rows[0];
	int n = 0;

	for (int i = rows->first[place]; i < rows->first[place + 1]; i++)
		if (rows->rows[i]->status == ST_OK && !rows->rows[i]->disturbed)
			f->x[n++] = rows->rows[i]->ns_per_op;
	line->blocks = n;
	line->smallest = stats_smallest(stats_scatter_alone(f->x, n), n, f->told->floor);
}

static void see_line(struct finder *f, const int *members, int n)
{
	const struct results *r = f->judge.r[0];
	struct told_line *line = &f->told->lines[f->told->n++];
	struct compare_row row;

	*line = (struct told_line){ .cell = &r->cells[members[0]], .label = r->labels[members[0]], .smallest = NAN };
	for (int a = 0; a < n; a++) {
		int copy = copy_of(r, members[a]);

		for (int b = a + 1; b < n; b++)
			if (judge_cells(&f->judge, &row, members[a], members[b]))
				see_pair(f, line, &row);
		if (copy < 0 || !judge_cells(&f->judge, &row, members[a], copy))
			continue;
		/* Two back ends differ in more than a cell and its copy. */
		if (n == 1)
			see_pair(f, line, &row);
		f->twice[f->ntwice++] = row;
	}
	if (line->pairs)
		line->smallest = stats_quantile(f->x, line->pairs, 0.5);
	else if (n == 1)
		see_alone(f, line, members[0]);
}

/* ---- The whole --------------------------------------------------------------- */

static void see_lines(struct finder *f)
{
	const struct results *r = f->judge.r[0];
	int members[TOLD_BACKENDS], n = 0;

	for (int i = 0; i < r->ncells; i++) {
		int line = r->cells[i].copy ? 0 : line_of(f, i, members);

		if (line)
			see_line(f, members, line);
	}
	for (int i = 0; i < f->told->n; i++)
		if (isfinite(f->told->lines[i].smallest))
			f->x[n++] = f->told->lines[i].smallest;
	f->told->half = stats_quantile(f->x, n, 0.5);
	f->told->most = stats_quantile(f->x, n, 0.9);
}

static bool judge_twice(struct finder *f)
{
	int blocks;

	if (!judge_table(f->twice, f->ntwice, f->told->floor, &blocks))
		return false;
	for (int i = 0; i < f->ntwice; i++) {
		enum stats_verdict v = f->twice[i].verdict;

		f->told->twice += judge_counts(&f->twice[i]);
		f->told->different += v == STATS_FASTER || v == STATS_SLOWER;
	}
	return true;
}

int told_find(struct told *t, const struct results *r, struct err *e)
{
	const size_t pairs = (size_t)TOLD_BACKENDS * (TOLD_BACKENDS + 1) / 2;
	struct finder f = { .told = t };
	int rc;

	*t = (struct told){ .floor = COMPARE_FLOOR, .half = NAN, .most = NAN };
	while (r->backends[f.nbackends])
		f.nbackends++;
	if (f.nbackends > TOLD_BACKENDS || results_reps(r) > STATS_SAMPLES_MAX)
		return 0;
	rc = judge_open(&f.judge, r, r, true, e);
	if (rc)
		return rc;
	t->lines = calloc((size_t)r->ncells + 1, sizeof *t->lines);
	f.twice = calloc((size_t)r->ncells + 1, sizeof *f.twice);
	f.x = calloc(pairs + (size_t)r->ncells + (size_t)r->n, sizeof *f.x);
	if (t->lines && f.twice && f.x) {
		see_lines(&f);
		t->known = judge_twice(&f);
	}
	free(f.twice);
	free(f.x);
	judge_close(&f.judge);
	if (t->known)
		return 0;
	free(t->lines);
	*t = (struct told){ 0 };
	return err_set(e, -ENOMEM, "out of memory");
}
