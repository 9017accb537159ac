/* SPDX-License-Identifier: Apache-2.0
 *
 * data_speedup.c: how many times faster more Ps are than the fewest of the run, and what
 * part of them that is worth.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>

/* The place of the cell that differs in P alone; -1: the plan has none. */
static int with_procs(const struct results *r, int place, int procs)
{
	for (int i = 0; i < r->ncells; i++)
		if (r->cells[i].procs == procs &&
		    same_but_procs(&r->cells[i], &r->cells[place]))
			return i;
	return -1;
}

/* Pair by pair within a repetition, so that what drifts drops out. */
static void speedup(struct stats_median *m, const struct results *r, int few, int many, double *x, int reps)
{
	points_by_rep(r, few, x, reps);
	points_by_rep(r, many, x + reps, reps);
	stats_ratio(x, x + reps, stats_pairs(x, x + reps, reps), STATS_LEVEL, m);
}

int points_speedup(struct points *p, const struct results *r, const struct summary *s)
{
	int few = fewest_procs(r), reps = results_reps(r);
	double *x = calloc(2 * (size_t)reps + 1, sizeof *x);
	bool made = x, more = false;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		int base = with_procs(r, i, few);
		struct point *q;

		if (base < 0 || s->figures[i].cell->copy)
			continue;
		q = points_add(p, r, &s->figures[i], "speedup");
		made = q != NULL;
		if (made)
			speedup(&q->value, r, base, i, x, reps);
		more |= base != i;
	}
	free(x);
	if (!more)
		points_free(p);
	points_extend_flat(p);
	return points_finish(p, made);
}

/* Speed-up by how many times the Ps are more: 1 is ideal.  Of a model that has no more
 * Ps it would be that of Ps that it never had. */
int points_efficiency(struct points *p, const struct results *r, const struct summary *s)
{
	int rc = points_speedup(p, r, s), few = fewest_procs(r);

	for (int i = 0; i < p->n; i++) {
		struct point *q = &p->v[i];
		double part = (double)few / q->cell->procs;

		q->quantity = "efficiency";
		if (q->flat) {
			q->flat = false;
			q->value = (struct stats_median){ 0 };
		}
		q->value.median *= part;
		q->value.low *= part;
		q->value.high *= part;
	}
	return rc;
}
