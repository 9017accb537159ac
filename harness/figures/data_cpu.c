/* SPDX-License-Identifier: Apache-2.0
 *
 * data_cpu.c: CPU time of all threads by wall-clock time: how many PUs were at work.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>

static double busy(const struct row *row, const void *arg)
{
	double cpu;

	(void)arg;
	return row_counter(row, "cpu_time", &cpu) ? cpu / (row->ops * row->ns_per_op) : NAN;
}

int points_cpu(struct points *p, const struct results *r, const struct summary *s)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		struct point *q;

		if (s->figures[i].cell->copy)
			continue;
		q = points_add(p, r, &s->figures[i], "cpu_by_wall");
		made = q != NULL;
		if (made)
			points_median(&q->value, r, i, busy, NULL, x);
	}
	free(x);
	points_extend_flat(p);
	return points_finish(p, made);
}
