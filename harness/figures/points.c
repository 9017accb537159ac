/* SPDX-License-Identifier: Apache-2.0 */
#include "figures/points.h"

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

struct point *points_put(struct points *p, const struct results *r, const struct cell *cell,
                         const char *label, const char *quantity)
{
	struct point *q;

	if (p->n == p->room) {
		int room = p->room ? 2 * p->room : 64;
		struct point *grown = realloc(p->v, (size_t)room * sizeof *grown);

		if (!grown)
			return NULL;
		p->v = grown;
		p->room = room;
	}
	q = &p->v[p->n++];
	*q = (struct point){ .quantity = quantity, .cell = cell, .x = NAN,
	                     .series = series_of(r, cell->backend) };
	snprintf(q->label, sizeof q->label, "%s", label);
	/* Within a column gnuplot takes it for the end of the text. */
	for (char *c = q->label; *c; c++)
		*c = *c == '"' ? '\'' : *c;
	return q;
}

enum status points_worst(const int status[ST_NA + 1])
{
	for (int s = ST_WRONG; s < ST_NA; s++)
		if (status[s])
			return s;
	return status[ST_NA] ? ST_NA : ST_OK;
}

/* The run's label tells parameters and knobs apart; pinning is told apart here. */
struct point *points_add(struct points *p, const struct results *r, const struct figure *f,
                         const char *quantity)
{
	const char *pin = f->cell->pin;
	bool usual = !strcmp(pin, r->cells[0].pin);
	char label[CELL_TEXT];
	struct point *q;

	snprintf(label, sizeof label, "%s%s%s", f->label, usual ? "" : ", ", usual ? "" : pin);
	q = points_put(p, r, f->cell, label, quantity);
	if (q)
		q->status = points_worst(f->status);
	return q;
}

/* Numbers the labels in the plan's order, which is the presets'.  False: out of memory. */
static bool number_rows(struct points *p)
{
	int *first = calloc((size_t)p->n + 1, sizeof *first);   /* the first point of each row */
	bool made;
	int rows = 0;

	for (int i = 0; i < p->n && first; i++) {
		int row = i ? p->v[i - 1].row : 0;

		if (!i || strcmp(p->v[first[row]].label, p->v[i].label) != 0)
			for (row = 0; row < rows && strcmp(p->v[first[row]].label, p->v[i].label) != 0;)
				row++;
		if (row == rows)
			first[rows++] = i;
		p->v[i].row = row;
	}
	made = first;
	free(first);
	return made;
}

bool same_but_procs(const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	c.procs = a->procs;
	return cell_same(a, &c);
}

bool same_but_place(const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	c.pin = a->pin;
	return same_but_procs(a, &c);
}

int fewest_procs(const struct results *r)
{
	int min = r->ncells ? r->cells[0].procs : 0;

	for (int i = 1; i < r->ncells; i++)
		min = r->cells[i].procs < min ? r->cells[i].procs : min;
	return min;
}

void points_extend_flat(struct points *p)
{
	for (int i = 0; i < p->n; i++) {
		struct point *to = &p->v[i], *from = NULL;

		if (to->value.n || to->status != ST_NA)
			continue;
		for (int k = 0; k < p->n; k++) {
			struct point *q = &p->v[k];

			if (q->value.n && !q->flat && q->quantity == to->quantity &&
			    q->cell->procs < to->cell->procs &&
			    same_but_procs(q->cell, to->cell) &&
			    (!from || q->cell->procs > from->cell->procs))
				from = q;
		}
		if (from) {
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
	d = d ? d : x->cell->procs - y->cell->procs;
	return d ? d : (x->x > y->x) - (x->x < y->x);
}

int points_finish(struct points *p, bool made)
{
	bool some = false;

	for (int i = 0; i < p->n; i++)
		some |= p->v[i].value.n > 0;
	made = made && number_rows(p);
	if (!made || !some) {
		points_free(p);
		return made ? 0 : -ENOMEM;
	}
	qsort(p->v, (size_t)p->n, sizeof *p->v, by_place);
	return 0;
}

void points_median(struct stats_median *m, const struct results *r, int place,
                   double (*value)(const struct row *, const void *), const void *arg, double *scratch)
{
	int n = 0;

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place == place && r->rows[i].status == ST_OK) {
			scratch[n] = value(&r->rows[i], arg);
			n += isfinite(scratch[n]);
		}
	stats_median(scratch, n, STATS_LEVEL, m);
}

/* An attempt that was repeated counts as it came out in the end. */
void points_by_rep(const struct results *r, int place, double *ns, int reps)
{
	for (int rep = 0; rep < reps; rep++)
		ns[rep] = NAN;
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place == place)
			ns[r->rows[i].rep] = r->rows[i].ns_per_op;
}
