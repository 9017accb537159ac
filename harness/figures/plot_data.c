/* SPDX-License-Identifier: Apache-2.0 */
#include "figures/plot_data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int series_of(const struct results *r, const char *backend)
{
	static const char *const own[] = { "pthreads", "single-p",
	                                   "work-stealing", "go" };
	const int nown = sizeof own / sizeof *own;
	int before = 0;

	for (int i = 0; i < nown; i++)
		if (!strcmp(own[i], backend))
			return i;
	for (int i = 0; r->backends[i]; i++) {
		bool known = false;

		for (int k = 0; k < nown; k++)
			known |= !strcmp(own[k], r->backends[i]);
		before += !known && strcmp(r->backends[i], backend) < 0;
	}
	return nown + before;
}

void points_free(struct points *p)
{
	free(p->v);
	*p = (struct points){ 0 };
}

/* ---- What all pictures share -------------------------------------------- */

/* The run's label tells parameters and knobs apart; pinning is told apart here,
 * but for the plan's first policy. */
static void make_label(struct point *p, const struct results *r, const char *label)
{
	const char *pin = p->cell->pin;
	bool usual = !strcmp(pin, r->cells[0].pin);

	snprintf(p->label, sizeof p->label, "%s%s%s", label, usual ? "" : ", ",
	         usual ? "" : pin);
}

static enum status worst(const int status[ST_NA + 1])
{
	for (int s = ST_WRONG; s < ST_NA; s++)
		if (status[s])
			return s;
	return status[ST_NA] ? ST_NA : ST_OK;
}

static bool add(struct points *p, const struct results *r,
                const struct figure *f, const char *quantity)
{
	struct point *grown = realloc(p->v, (p->n + 1) * sizeof *grown);
	struct point *q;

	if (!grown)
		return false;
	p->v = grown;
	q = &p->v[p->n];
	*q = (struct point){ .quantity = quantity, .cell = f->cell,
	                     .series = series_of(r, f->cell->backend),
	                     .status = worst(f->status) };
	make_label(q, r, f->label);
	p->n++;
	return true;
}

/* Numbers the labels in the plan's order, which is the presets'. */
static void number_rows(struct points *p)
{
	int rows = 0;

	for (int i = 0; i < p->n; i++) {
		int k = 0;

		while (k < i && strcmp(p->v[k].label, p->v[i].label))
			k++;
		p->v[i].row = k < i ? p->v[k].row : rows++;
	}
}

static bool same_but_procs(const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	c.procs = a->procs;
	return cell_same(a, &c);
}

/* A model that has no more Ps does not get slower by being offered some. */
static void extend_flat(struct points *p)
{
	for (int i = 0; i < p->n; i++) {
		struct point *to = &p->v[i], *from = NULL;

		for (int k = 0; k < p->n; k++) {
			struct point *q = &p->v[k];

			if (q->value.n && !q->flat && q->quantity == to->quantity &&
			    q->cell->procs < to->cell->procs &&
			    same_but_procs(q->cell, to->cell) &&
			    (!from || q->cell->procs > from->cell->procs))
				from = q;
		}
		if (!to->value.n && to->status == ST_NA && from) {
			to->value = from->value;
			to->flat = true;
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct point *x = a, *y = b;
	int d = strcmp(x->quantity, y->quantity);

	d = d ? d : x->row - y->row;
	d = d ? d : x->series - y->series;
	return d ? d : x->cell->procs - y->cell->procs;
}

/* Completes and sorts the points; nothing to show is no points at all. */
static int finish(struct points *p, bool made)
{
	bool some = false;

	if (!made) {
		points_free(p);
		return -ENOMEM;
	}
	for (int i = 0; i < p->n; i++)
		some |= p->v[i].value.n > 0;
	if (!some)
		points_free(p);
	extend_flat(p);
	number_rows(p);
	if (p->n)
		qsort(p->v, p->n, sizeof *p->v, by_place);
	return 0;
}

/* ---- Time of an operation ------------------------------------------------- */

int points_time(struct points *p, const struct results *r, const struct summary *s)
{
	bool made = true;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		if (s->figures[i].cell->copy)
			continue;
		made = add(p, r, &s->figures[i], "ns_per_op");
		if (made)
			p->v[i].value = s->figures[i].ns_per_op;
	}
	return finish(p, made);
}

/* ---- Speed-up ------------------------------------------------------------- */

/* The times of a cell by repetition, NAN where it has none; an attempt that was
 * repeated counts as it came out in the end. */
static void times(const struct results *r, int place, double *ns, int reps)
{
	for (int rep = 0; rep < reps; rep++)
		ns[rep] = NAN;
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place == place)
			ns[r->rows[i].rep] = r->rows[i].ns_per_op;
}

static int fewest_procs(const struct results *r)
{
	int min = r->cells[0].procs;

	for (int i = 1; i < r->ncells; i++)
		min = r->cells[i].procs < min ? r->cells[i].procs : min;
	return min;
}

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
	times(r, few, x, reps);
	times(r, many, x + reps, reps);
	stats_ratio(x, x + reps, stats_pairs(x, x + reps, reps), STATS_LEVEL, m);
}

int points_speedup(struct points *p, const struct results *r, const struct summary *s)
{
	int few = r->ncells ? fewest_procs(r) : 0, reps = results_reps(r);
	double *x = calloc(2 * (size_t)reps + 1, sizeof *x);
	bool made = x, more = false;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		int base = with_procs(r, i, few);

		if (base < 0 || s->figures[i].cell->copy)
			continue;
		made = add(p, r, &s->figures[i], "speedup");
		if (made)
			speedup(&p->v[p->n - 1].value, r, base, i, x, reps);
		more |= base != i;
	}
	free(x);
	if (!more)
		points_free(p);
	return finish(p, made);
}

/* ---- Context switches ------------------------------------------------------ */

static const struct counted {
	const char *quantity, *counters[3];
} counted[] = {
	{ "kernel_switches_per_op", { "nvcsw", "nivcsw" } },
	{ "scheduler_switches_per_op", { "switches" } },
};

/* Of the timed loop, per operation; NAN where the cell did not count. */
static double per_op(const struct row *row, const struct counted *what)
{
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

static void count_switches(struct point *p, const struct results *r, int place,
                           const struct counted *what, double *x)
{
	int n = 0;

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place == place && r->rows[i].status == ST_OK) {
			x[n] = per_op(&r->rows[i], what);
			n += isfinite(x[n]);
		}
	stats_median(x, n, STATS_LEVEL, &p->value);
}

int points_switches(struct points *p, const struct results *r, const struct summary *s)
{
	double *x = calloc(r->n + 1, sizeof *x);
	bool made = x;

	*p = (struct points){ 0 };
	for (size_t k = 0; k < sizeof counted / sizeof *counted; k++)
		for (int i = 0; i < s->n && made; i++) {
			if (s->figures[i].cell->copy)
				continue;
			made = add(p, r, &s->figures[i], counted[k].quantity);
			if (made)
				count_switches(&p->v[p->n - 1], r, i, &counted[k], x);
		}
	free(x);
	return finish(p, made);
}
