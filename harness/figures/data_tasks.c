/* SPDX-License-Identifier: Apache-2.0
 *
 * data_tasks.c: what one more task costs, in time and in memory, when there are few and
 * when there are many: of the workload that counts the memory of each, by how many it has.
 */
#include "figures/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TASKS "n"               /* its parameter */
#define MEMORY "bytes_per_task" /* its counter */

static double tasks_of(const struct cell *c)
{
	const char *n = cell_value(c, TASKS);

	return n ? strtod(n, NULL) : NAN;
}

static double memory(const struct row *row, const void *arg)
{
	double bytes;

	(void)arg;
	return row_counter(row, MEMORY, &bytes) ? bytes : NAN;
}

static double time_of(const struct row *row, const void *arg)
{
	(void)arg;
	return row->ns_per_op;
}

static const struct cost {
	const char *quantity;
	double (*value)(const struct row *, const void *);
} costs[] = {
	{ "ns_per_task", time_of },
	{ "bytes_per_task", memory },
};

/* The workload; NULL: no row counts it. */
static const char *counting(const struct results *r)
{
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place >= 0 && isfinite(memory(&r->rows[i], NULL)) &&
		    isfinite(tasks_of(&r->rows[i].cell)))
			return r->rows[i].cell.workload;
	return NULL;
}

/* Two numbers of tasks are no curve. */
static bool curve(const struct points *p)
{
	double seen[3];
	int n = 0;

	for (int i = 0; i < p->n && n < 3; i++) {
		bool new = p->v[i].value.n > 0;

		for (int k = 0; k < n; k++)
			new = new && seen[k] != p->v[i].x;
		if (new)
			seen[n++] = p->v[i].x;
	}
	return n == 3;
}

int points_tasks(struct points *p, const struct results *r, const struct summary *s)
{
	const char *workload = counting(r);
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (size_t k = 0; k < sizeof costs / sizeof *costs && workload; k++)
		for (int i = 0; i < s->n && made; i++) {
			const struct figure *f = &s->figures[i];
			struct point *q;

			if (f->cell->copy || strcmp(f->cell->workload, workload) != 0 || !isfinite(tasks_of(f->cell)))
				continue;
			q = points_put(p, r, f->cell, workload, costs[k].quantity);
			made = q != NULL;
			if (!made)
				break;
			q->status = points_worst(f->status);
			q->x = tasks_of(f->cell);
			points_median(&q->value, r, i, costs[k].value, NULL, x);
		}
	free(x);
	if (made && !curve(p))
		points_free(p);
	return points_finish(p, made);
}
