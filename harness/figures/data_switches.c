/* SPDX-License-Identifier: Apache-2.0
 *
 * data_switches.c: context switches in an operation of the timed loop: those of the
 * kernel, and those of the back end's own scheduler, where it counts them.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>

static const struct counted {
	const char *quantity, *counters[3];
} counted[] = {
	{ "kernel_switches_per_op", { "nvcsw", "nivcsw" } },
	{ "scheduler_switches_per_op", { "switches" } },
};

static double per_op(const struct row *row, const void *arg)
{
	const struct counted *what = arg;
	double sum = 0, v, iterations;

	for (int i = 0; what->counters[i]; i++) {
		if (!row_counter(row, what->counters[i], &v))
			return NAN;
		sum += v;
	}
	if (!row_counter(row, "iterations", &iterations))
		return NAN;
	return sum / (iterations * row->ops);
}

int points_switches(struct points *p, const struct results *r, const struct summary *s)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (size_t k = 0; k < sizeof counted / sizeof *counted; k++)
		for (int i = 0; i < s->n && made; i++) {
			struct point *q;

			if (s->figures[i].cell->copy)
				continue;
			q = points_add(p, r, &s->figures[i], counted[k].quantity);
			made = q != NULL;
			if (made)
				points_median(&q->value, r, i, per_op, &counted[k], x);
		}
	free(x);
	points_extend_flat(p);
	return points_finish(p, made);
}
