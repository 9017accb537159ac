/* SPDX-License-Identifier: Apache-2.0
 *
 * data_noise.c: how quiet the machine was while the run went on, by repetition.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>

struct tally {
	const struct results *r;
	const struct summary *s;
	struct points *p;
	double *x;
};

static struct point *put(struct tally *t, const struct cell *cell, const char *label, const char *quantity, int rep)
{
	struct point *q = points_put(t->p, t->r, cell, label, quantity);

	if (q)
		q->x = rep;
	return q;
}

/* Fixed work without a scheduler, in percent of its median: what the machine did. */
static bool put_calibrations(struct tally *t, const struct calibration *c)
{
	for (int i = 0; i < t->r->n; i++) {
		const struct row *row = &t->r->rows[i];
		struct point *q;

		if (row->kind != ROW_CALIBRATION || row->cell.procs != c->procs)
			continue;
		q = put(t, &row->cell, "calibration", "calibration_pct", row->rep);
		if (!q)
			return false;
		q->status = row->status;
		if (row->status == ST_OK) {
			double v = 100 * row->ns_per_op / c->ns_per_op.median;

			q->value = (struct stats_median){ 1, v, v, v, 0 };
		}
	}
	return true;
}

/* All cells of a repetition at one P, each in percent of its median over the run: the
 * median of these, from their first decile to their ninth. */
static bool put_cells(struct tally *t, const struct cell *at, int rep)
{
	struct point *q = put(t, at, "cells", "cells_pct", rep);
	int n = 0;

	for (int i = 0; i < t->r->n && q; i++) {
		const struct row *row = &t->r->rows[i];

		if (row->place >= 0 && row->rep == rep && row->cell.procs == at->procs && row->status == ST_OK)
			t->x[n++] = 100 * row->ns_per_op / t->s->figures[row->place].ns_per_op.median;
	}
	if (n)
		q->value = (struct stats_median){ n, stats_quantile(t->x, n, 0.5), stats_quantile(t->x, n, 0.1),
		                                  stats_quantile(t->x, n, 0.9), 0.8 };
	return q;
}

/* Rows that others disturbed, of those with a time. */
static bool put_disturbed(struct tally *t, const struct cell *at, int rep)
{
	struct point *q = put(t, at, "disturbed", "disturbed_pct", rep);
	int n = 0, disturbed = 0;

	for (int i = 0; i < t->r->n && q; i++) {
		const struct row *row = &t->r->rows[i];

		if (row->place < 0 || row->rep != rep || row->cell.procs != at->procs || row->status != ST_OK)
			continue;
		n++;
		disturbed += row->disturbed;
	}
	if (n) {
		double v = 100. * disturbed / n;

		q->value = (struct stats_median){ n, v, v, v, 0 };
	}
	return q;
}

/* The first cell of the plan at each P, and NULL. */
static const struct cell *next_procs(const struct results *r, int after)
{
	const struct cell *next = NULL;

	for (int i = 0; i < r->ncells; i++)
		if (r->cells[i].procs > after && (!next || r->cells[i].procs < next->procs))
			next = &r->cells[i];
	return next;
}

int points_noise(struct points *p, const struct results *r, const struct summary *s)
{
	struct tally t = { r, s, p, calloc((size_t)r->n + 1, sizeof(double)) };
	int reps = results_reps(r);
	bool made = t.x;

	*p = (struct points){ 0 };
	if (reps < 3) {                 /* a change needs something to change from */
		free(t.x);
		return points_finish(p, made);
	}
	for (int i = 0; i < s->ncalibrations && made; i++)
		made = put_calibrations(&t, &s->calibrations[i]);
	for (const struct cell *at = next_procs(r, 0); at && made; at = next_procs(r, at->procs))
		for (int rep = 0; rep < reps && made; rep++)
			made = put_cells(&t, at, rep) && put_disturbed(&t, at, rep);
	free(t.x);
	return points_finish(p, made);
}
