/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/between.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "compare/rows.h"
#include "stats/stats.h"

/* ---- What they say together -------------------------------------------- */

struct gathered {
	double *x, *medians;
	int n[OPT_RUNS_MAX], runs, room, total;
};

static bool add(struct gathered *g, double x)
{
	if (g->total == g->room) {
		int room = g->room ? 2 * g->room : 64;
		double *more = realloc(g->x, (size_t)room * sizeof *more);

		if (!more)
			return false;
		g->x = more;
		g->room = room;
	}
	g->x[g->total++] = x;
	return true;
}

static bool add_rows(struct gathered *g, const struct by_cell *b, int place, bool disturbed)
{
	for (int i = b->first[place]; i < b->first[place + 1]; i++)
		if (b->rows[i]->ns_per_op > 0 && (disturbed || !b->rows[i]->disturbed) && !add(g, b->rows[i]->ns_per_op))
			return false;
	return true;
}

/* One run's share; none, and it is as if it had not been. */
static bool add_run(struct gathered *g, const struct by_cell *b, int place)
{
	struct stats_median m;
	int before = g->total;

	if (!add_rows(g, b, place, false) || (g->total == before && !add_rows(g, b, place, true)))
		return false;
	if (g->total > before && stats_median(g->x + before, g->total - before, 0.95, &m)) {
		g->medians[g->runs] = m.median;
		g->n[g->runs++] = g->total - before;
	}
	return true;
}

static bool fill_row(struct between *b, const struct by_cell *by, struct gathered *g, int place)
{
	struct between_row *row = &b->rows[place];
	struct stats_median m;

	*row = (struct between_row){ .cell = &b->r[0].cells[place], .label = b->r[0].labels[place],
	                             .median = NAN, .floor = NAN };
	g->total = g->runs = 0;
	for (int i = 0; i < b->runs; i++) {
		int there = results_find(&b->r[i], row->cell);

		if (there >= 0 && !add_run(g, &by[i], there))
			return false;
	}
	for (int i = 0; i < g->runs; i++)
		row->samples = i == 0 || g->n[i] < row->samples ? g->n[i] : row->samples;
	if (stats_median(g->medians, g->runs, 0.95, &m))
		row->median = m.median;
	if (stats_runs(g->x, g->n, g->runs, &row->spread))
		row->floor = stats_runs_floor(&row->spread, row->samples, 0.95);
	return true;
}

static int fill(struct between *b, struct by_cell *by, struct err *e)
{
	struct gathered g = { .medians = calloc((size_t)b->runs, sizeof *g.medians) };
	bool fits = g.medians != NULL;

	for (int i = 0; i < b->runs && fits; i++)
		if (by_cell_make(&by[i], &b->r[i], e))
			fits = false;
	b->n = b->r[0].ncells;
	b->rows = calloc((size_t)b->n + 1, sizeof *b->rows);
	for (int i = 0; fits && b->rows && i < b->n; i++)
		fits = fill_row(b, by, &g, i);
	free(g.x);
	free(g.medians);
	return fits && b->rows ? 0 : err_set(e, -ENOMEM, "out of memory");
}

int between_make(struct between *b, const char *dir, int runs, struct err *e)
{
	struct by_cell *by = calloc((size_t)runs, sizeof *by);
	char path[PATH_MAX];
	int rc = 0;

	*b = (struct between){ .r = calloc((size_t)runs, sizeof *b->r) };
	if (!by || !b->r)
		rc = err_set(e, -ENOMEM, "out of memory");
	while (!rc && b->runs < runs && !(rc = results_read(&b->r[b->runs], runs_path(path, dir, b->runs + 1), e)))
		b->runs++;
	if (!rc)
		rc = fill(b, by, e);
	for (int i = 0; by && i < b->runs; i++)
		by_cell_free(&by[i]);
	free(by);
	if (rc)
		between_free(b);
	return rc;
}

void between_free(struct between *b)
{
	for (int i = 0; i < b->runs; i++)
		results_free(&b->r[i]);
	free(b->r);
	free(b->rows);
	*b = (struct between){ 0 };
}

/* ---- What is shown ----------------------------------------------------- */

static void print_percent(double fraction, FILE *out)
{
	if (isfinite(fraction))
		fprintf(out, " %8.1f%%", 100 * fraction);
	else
		fprintf(out, " %9s", "-");
}

void between_print(const struct between *b, FILE *out)
{
	char name[100];

	fprintf(out, "\nBetween %d runs of this plan: standard deviations of what a run adds to all of\n"
	        "its rows, and of its rows; two such runs differ by less than the last column,\n"
	        "in 95 of 100 cases, where nothing has changed.\n\n", b->runs);
	fprintf(out, "%-38s %9s %9s %9s %9s\n", "", "ns/op", "between", "within", "differ by");
	for (int i = 0; i < b->n; i++) {
		const struct between_row *r = &b->rows[i];

		snprintf(name, sizeof name, "%s %s P=%d%s%s", r->cell->backend, r->label, r->cell->procs,
		         strcmp(r->cell->pin, "none") ? " " : "", strcmp(r->cell->pin, "none") ? r->cell->pin : "");
		fprintf(out, "%-38s", name);
		if (text_columns(name) > 38)
			fprintf(out, "\n%-38s", "");
		if (isfinite(r->median))
			fprintf(out, " %9.4g", r->median);
		else
			fprintf(out, " %9s", "-");
		print_percent(r->spread.runs ? r->spread.between : NAN, out);
		print_percent(r->spread.runs ? r->spread.within : NAN, out);
		print_percent(r->floor, out);
		fputc('\n', out);
	}
}
