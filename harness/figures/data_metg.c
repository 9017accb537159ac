/* SPDX-License-Identifier: Apache-2.0
 *
 * data_metg.c: efficiency by the size of tasks, and the smallest tasks at half of the best
 * rate and at nine tenths of it, as metg counts them.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZES 25                /* steps of a task: 1, 2, 4 ... 2^24 */

static double rate(const struct row *row, int size)
{
	char name[24];
	double v;

	snprintf(name, sizeof name, "steps_per_s_%d", size);
	return row_counter(row, name, &v) ? v : NAN;
}

static double best(const struct row *row)
{
	double most = NAN;

	for (int size = 0; size < SIZES; size++)
		most = fmax(most, rate(row, size));
	return most;
}

static double efficiency(const struct row *row, const void *arg)
{
	return rate(row, *(const int *)arg) / best(row);
}

/* How long a task of this size works by itself: its share of the best rate, of one P. */
static double granularity(const struct row *row, const void *arg)
{
	return ldexp(1e9, *(const int *)arg) / (best(row) / row->cell.procs);
}

static double counter(const struct row *row, const void *arg)
{
	double v;

	return row_counter(row, arg, &v) ? v : NAN;
}

static bool put_curve(struct points *p, const struct results *r, const struct figure *f, int place, double *x)
{
	for (int size = 0; size < SIZES; size++) {
		struct stats_median value = { 0 }, at = { 0 };
		struct point *q;

		points_median(&value, r, place, efficiency, &size, x);
		points_median(&at, r, place, granularity, &size, x);
		if (!value.n)
			continue;
		q = points_add(p, r, f, "efficiency_at_ns");
		if (!q)
			return false;
		q->value = value;
		q->x = at.median;
	}
	return true;
}

static bool put_smallest(struct points *p, const struct results *r, const struct figure *f, int place, double *x)
{
	static const char *const counters[] = { "metg50_ns", "metg90_ns" };

	for (int k = 0; k < 2; k++) {
		struct stats_median value = { 0 };
		struct point *q;

		points_median(&value, r, place, counter, counters[k], x);
		if (!value.n)
			continue;
		q = points_add(p, r, f, counters[k]);
		if (!q)
			return false;
		q->value = value;
	}
	return true;
}

int points_metg(struct points *p, const struct results *r, const struct summary *s)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++)
		if (!s->figures[i].cell->copy)
			made = put_curve(p, r, &s->figures[i], i, x) && put_smallest(p, r, &s->figures[i], i, x);
	free(x);
	return points_finish(p, made);
}
