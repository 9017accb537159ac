/* SPDX-License-Identifier: Apache-2.0
 *
 * data_latency.c: how late the slowest are, where a workload keeps the latency of each:
 * percentiles of a process, and their medians over the repetitions.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>

static const struct percentile {
	const char *counter;
	double percent;
} percentiles[] = {
	{ "p50_ns", 50 }, { "p90_ns", 90 }, { "p99_ns", 99 }, { "p999_ns", 99.9 }, { "max_ns", 100 },
};
#define PERCENTILES (sizeof percentiles / sizeof *percentiles)

static double latency(const struct row *row, const void *arg)
{
	const struct percentile *which = arg;
	double ns;

	return row_counter(row, which->counter, &ns) ? ns : NAN;
}

/* A workload that keeps none has no panel. */
static bool keeps(const struct results *r, const struct cell *c)
{
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place >= 0 && isfinite(latency(&r->rows[i], &percentiles[0]))) {
			struct cell like = *c;

			like.backend = r->rows[i].cell.backend;
			if (same_but_place(&r->rows[i].cell, &like))
				return true;
		}
	return false;
}

int points_latency(struct points *p, const struct results *r, const struct summary *s)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		const struct figure *f = &s->figures[i];

		if (f->cell->copy || !keeps(r, f->cell))
			continue;
		for (size_t k = 0; k < PERCENTILES && made; k++) {
			struct point *q = points_add(p, r, f, "latency_ns");

			made = q != NULL;
			if (!made)
				break;
			q->x = percentiles[k].percent;
			points_median(&q->value, r, i, latency, &percentiles[k], x);
		}
	}
	free(x);
	return points_finish(p, made);
}
