/* SPDX-License-Identifier: Apache-2.0
 *
 * data_heat.c: what each back end takes by what the first of them takes for the same.
 */
#include "figures/figures.h"

#include <errno.h>

#include "compare/judge.h"

const char *figure_baseline(const struct results *r)
{
	const char *best = NULL;

	for (int i = 0; i < r->n; i++) {
		const struct row *row = &r->rows[i];

		if (row->kind == ROW_CELL && row->status == ST_OK &&
		    (!best || series_of(r, row->cell.backend) < series_of(r, best)))
			best = row->cell.backend;
	}
	return best;
}

static int with_backend(const struct results *r, int place, const char *backend)
{
	struct cell like = r->cells[place];

	like.backend = backend;
	return results_find(r, &like);
}

/* Where the model has no more Ps: the cell with the most of those that it has. */
static int with_fewer_procs(const struct results *r, const struct summary *s, int place)
{
	int best = -1;

	for (int i = 0; i < r->ncells; i++)
		if (s->figures[i].ns_per_op.n && r->cells[i].procs < r->cells[place].procs &&
		    same_but_procs(&r->cells[i], &r->cells[place]) &&
		    (best < 0 || r->cells[i].procs > r->cells[best].procs))
			best = i;
	return best;
}

static bool put_ratio(struct points *p, const struct judge *j, const struct summary *s, int place, const char *base)
{
	const struct results *r = j->r[0];
	const struct figure *f = &s->figures[place];
	struct point *q = points_add(p, r, f, "time_ratio");
	struct compare_row row;
	int by = with_backend(r, place, base), of = place;

	if (!q)
		return false;
	if (!f->ns_per_op.n && q->status == ST_NA) {
		of = with_fewer_procs(r, s, place);
		q->flat = of >= 0;
	}
	if (by >= 0 && of >= 0 && judge_cells(j, &row, by, of))
		q->value = (struct stats_median){ row.effect.n, row.effect.estimate, row.effect.low,
		                                  row.effect.high, row.effect.coverage };
	q->flat = q->flat && q->value.n;
	return true;
}

/* Where the first has no time, times still tell the others apart. */
static bool put_time(struct points *p, const struct results *r, const struct figure *f)
{
	struct point *q = points_add(p, r, f, "ns_per_op");

	if (q)
		q->value = f->ns_per_op;
	return q;
}

int points_heat(struct points *p, const struct results *r, const struct summary *s)
{
	const char *base = figure_baseline(r);
	struct judge j;
	struct err e;
	bool made = true, others = false;
	int rc;

	*p = (struct points){ 0 };
	for (int i = 0; r->backends[i] && base; i++)
		others |= series_of(r, r->backends[i]) != series_of(r, base);
	if (!others)
		return 0;
	rc = judge_open(&j, r, r, true, &e);
	if (rc)
		return rc == -ENOMEM ? rc : 0;          /* more repetitions than ratios are made of */
	for (int i = 0; i < s->n && made; i++)
		if (!s->figures[i].cell->copy)
			made = put_ratio(p, &j, s, i, base) && put_time(p, r, &s->figures[i]);
	judge_close(&j);
	return points_finish(p, made);
}
