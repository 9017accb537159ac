/* SPDX-License-Identifier: Apache-2.0 */
#include "report/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"

/* ---- Lines and columns -------------------------------------------------------- */

static int index_of(const struct results *r, const char *backend)
{
	int i = 0;

	while (r->backends[i] && strcmp(r->backends[i], backend) != 0)
		i++;
	return i;
}

static int by_column(const void *a, const void *b)
{
	const struct grid_column *x = a, *y = b;

	return x->procs != y->procs ? (x->procs > y->procs) - (x->procs < y->procs) : x->backend - y->backend;
}

static int find_column(const struct grid *g, int backend, int procs)
{
	for (int i = 0; i < g->ncolumns; i++)
		if (g->columns[i].backend == backend && g->columns[i].procs == procs)
			return i;
	return -1;
}

static int make_columns(struct grid *g, struct err *e)
{
	const struct results *r = g->r;

	g->columns = calloc(GRID_COLUMNS, sizeof *g->columns);
	if (!g->columns)
		return err_set(e, -ENOMEM, "out of memory");
	for (int i = 0; i < r->ncells; i++) {
		const struct cell *c = &r->cells[i];
		struct grid_column column = { index_of(r, c->backend), c->procs };

		g->several_pins |= strcmp(c->pin, r->cells[0].pin) != 0;
		if (find_column(g, column.backend, column.procs) >= 0)
			continue;
		if (g->ncolumns == GRID_COLUMNS)
			return err_set(e, -E2BIG, "%.300s has more than %d pairs of a back end and a P: no page shows them",
			               r->dir, GRID_COLUMNS);
		g->columns[g->ncolumns++] = column;
	}
	qsort(g->columns, (size_t)g->ncolumns, sizeof *g->columns, by_column);
	return 0;
}

/* The place of the cell that is like this one but in this column; -1: none. */
static int in_column(const struct grid *g, const struct cell *like, int column)
{
	struct cell c = *like;

	c.backend = g->r->backends[g->columns[column].backend];
	c.procs = g->columns[column].procs;
	c.copy = 0;
	return results_find(g->r, &c);
}

static void add_line(struct grid *g, const int *places)
{
	struct grid_line *line = &g->lines[g->nlines];

	for (int k = 0; k < g->ncolumns; k++) {
		int place = places[k];

		g->at[g->nlines * g->ncolumns + k] = place < 0 ? -1 : g->n;
		if (place < 0)
			continue;
		if (!line->cell || line->cell > &g->r->cells[place])
			line->cell = &g->r->cells[place];
		g->cells[g->n++] = (struct grid_cell){ .place = place, .line = g->nlines, .column = k };
	}
	snprintf(line->label, sizeof line->label, "%s%s%s", g->r->labels[line->cell - g->r->cells],
	         g->several_pins ? ", " : "", g->several_pins ? line->cell->pin : "");
	g->nlines++;
}

static void make_lines(struct grid *g)
{
	const struct results *r = g->r;

	for (int i = 0; i < r->ncells; i++) {
		int places[GRID_COLUMNS];
		bool first = !r->cells[i].copy;

		for (int k = 0; k < g->ncolumns && first; k++) {
			places[k] = in_column(g, &r->cells[i], k);
			first = places[k] < 0 || places[k] >= i;
		}
		if (first)
			add_line(g, places);
	}
}

/* ---- Reasons ------------------------------------------------------------------- */

static bool find_reasons(struct grid *g)
{
	const char **of = calloc((size_t)g->r->ncells + 1, sizeof *of);
	bool made = of != NULL;

	for (int i = 0; of && i < g->r->n; i++)
		if (g->r->rows[i].place >= 0 && g->r->rows[i].status != ST_OK)
			of[g->r->rows[i].place] = g->r->rows[i].reason;
	for (int i = 0; of && i < g->n; i++)
		g->cells[i].reason = of[g->cells[i].place] ? of[g->cells[i].place] : "";
	free(of);
	return made;
}

/* ---- Ratios ----------------------------------------------------------------- */

static int hold(struct grid *g, struct err *e)
{
	struct judge j;
	int rc = judge_open(&j, g->r, g->r, true, e);

	if (rc)
		return rc;
	for (int i = 0; i < g->n; i++) {
		struct grid_cell *c = &g->cells[i];
		const struct grid_column *mine = &g->columns[c->column];

		c->by = &g->rows[(size_t)i * g->nbackends];
		for (int b = 0; b < g->nbackends; b++) {
			int column = b == mine->backend ? -1 : find_column(g, b, mine->procs);
			const struct grid_cell *base = column < 0 ? NULL : grid_at(g, c->line, column);

			if (base)
				judge_cells(&j, &c->by[b], base->place, c->place);
		}
	}
	judge_close(&j);
	return judge_table(g->rows, g->n * g->nbackends, COMPARE_FLOOR, &g->blocks) ? 0
	       : err_set(e, -ENOMEM, "out of memory");
}

/* ---- Ranks ------------------------------------------------------------------ */

static bool slower(const struct grid *g, const struct grid_cell *than, const struct grid_cell *c)
{
	return c->by[g->columns[than->column].backend].verdict == STATS_SLOWER;
}

/* Those with a time of a line at one P, the fastest first; their number. */
static int line_up(struct grid *g, const struct summary *s, int line, int procs, struct grid_cell *v[GRID_BACKENDS])
{
	int n = 0;

	for (int k = 0; k < g->ncolumns; k++) {
		int at = g->at[line * g->ncolumns + k], i = n;

		if (g->columns[k].procs != procs || at < 0 || !s->figures[g->cells[at].place].ns_per_op.n)
			continue;
		for (; i && s->figures[v[i - 1]->place].ns_per_op.median > s->figures[g->cells[at].place].ns_per_op.median; i--)
			v[i] = v[i - 1];
		v[i] = &g->cells[at];
		n++;
	}
	return n;
}

/* A new rank begins where each cell from there on is slower than each one before. */
static void rank(const struct grid *g, struct grid_cell *v[GRID_BACKENDS], int n)
{
	for (int i = 0; i < n && n > 1; i++) {
		bool apart = true;

		for (int x = 0; x < i && apart; x++)
			for (int y = i; y < n && apart; y++)
				apart = slower(g, v[x], v[y]);
		v[i]->rank = apart ? i + 1 : v[i - 1]->rank;
	}
}

static void rank_all(struct grid *g, const struct summary *s)
{
	struct grid_cell *v[GRID_BACKENDS];

	for (int line = 0; line < g->nlines; line++)
		for (int k = 0; k < g->ncolumns; k++)
			if (!k || g->columns[k].procs != g->columns[k - 1].procs)
				rank(g, v, line_up(g, s, line, g->columns[k].procs, v));
}

/* ---- The whole ---------------------------------------------------------------- */

const struct grid_cell *grid_at(const struct grid *g, int line, int column)
{
	int at = g->at[line * g->ncolumns + column];

	return at < 0 ? NULL : &g->cells[at];
}

int grid_make(struct grid *g, const struct results *r, const struct summary *s, struct err *e)
{
	size_t n = (size_t)r->ncells + 1;
	int rc;

	*g = (struct grid){ .r = r };
	while (r->backends[g->nbackends])
		g->nbackends++;
	if (g->nbackends > GRID_BACKENDS)
		return err_set(e, -E2BIG, "%.300s has more than %d back ends: no page shows them", r->dir, GRID_BACKENDS);
	rc = make_columns(g, e);
	if (!rc) {
		g->lines = calloc(n, sizeof *g->lines);
		g->cells = calloc(n, sizeof *g->cells);
		g->at = calloc(n * ((size_t)g->ncolumns + 1), sizeof *g->at);
		g->rows = calloc(n * ((size_t)g->nbackends + 1), sizeof *g->rows);
		if (!g->lines || !g->cells || !g->at || !g->rows)
			rc = err_set(e, -ENOMEM, "out of memory");
	}
	if (!rc) {
		make_lines(g);
		rc = find_reasons(g) ? hold(g, e) : err_set(e, -ENOMEM, "out of memory");
	}
	if (!rc)
		rank_all(g, s);
	else
		grid_free(g);
	return rc;
}

void grid_free(struct grid *g)
{
	free(g->lines);
	free(g->columns);
	free(g->cells);
	free(g->at);
	free(g->rows);
	*g = (struct grid){ 0 };
}
