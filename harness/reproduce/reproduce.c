/* SPDX-License-Identifier: Apache-2.0 */
#include "reproduce/reproduce.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What reproduce_make works with. */
struct maker {
	struct reproduction *out;
	const char *const *why;
	struct judge there, here, across;       /* within each run, and from one to the other */
	int room;                               /* of out's arrays */
	int *place_here;                        /* of each cell of there; -1: it is not here */
	struct err *e;
};

const char *order_verdict_name(enum order_verdict v)
{
	static const char *const names[] = { "held", "reversed", "cannot tell", "not compared" };

	return names[v];
}

const char *ordering_side(const struct reproduction *r, const struct ordering *o, int place, char buf[64])
{
	const struct cell *c = &r->there->cells[place];

	if (o->by_procs)
		snprintf(buf, 64, "P=%d", c->procs);
	else
		snprintf(buf, 64, "%.60s", c->backend);
	return buf;
}

const char *ordering_text(const struct reproduction *r, const struct ordering *o, char *buf, size_t size)
{
	const struct cell *c = &r->there->cells[o->x];
	char x[64], y[64], where[64];
	bool bound = strcmp(c->pin, "none") != 0;

	if (o->by_procs)
		snprintf(where, sizeof where, ": %.50s,", c->backend);
	else
		snprintf(where, sizeof where, " P=%d:", c->procs);
	snprintf(buf, size, "%s%s%s%s %s by %s", r->there->labels[o->x], bound ? " " : "", bound ? c->pin : "",
	         where, ordering_side(r, o, o->y, y), ordering_side(r, o, o->x, x));
	return buf;
}

struct stats_effect ordering_speedup(const struct stats_effect *e)
{
	struct stats_effect s = *e;

	if (s.n) {
		s.estimate = 1 / e->estimate;
		s.low = 1 / e->high;
		s.high = 1 / e->low;
	}
	return s;
}

/* ---- Which pairs ------------------------------------------------------------ */

static int more_room(struct maker *m)
{
	struct reproduction *r = m->out;
	size_t room = m->room ? 2 * (size_t)m->room : 256;
	struct ordering *v = realloc(r->v, room * sizeof *v);
	struct compare_row *there = v ? realloc(r->in_there, room * sizeof *there) : NULL;
	struct compare_row *here = there ? realloc(r->in_here, room * sizeof *here) : NULL;

	r->v = v ? v : r->v;
	r->in_there = there ? there : r->in_there;
	r->in_here = here ? here : r->in_here;
	if (!here)
		return err_set(m->e, -ENOMEM, "out of memory");
	m->room = (int)room;
	return 0;
}

/* A pair of cells of the original, if both have figures there. */
static int add(struct maker *m, int x, int y, bool by_procs)
{
	struct reproduction *r = m->out;
	int rc = r->n == m->room ? more_room(m) : 0, i = r->n;

	if (rc || !judge_cells(&m->there, &r->in_there[i], x, y) || !r->in_there[i].effect.n)
		return rc;
	r->v[i] = (struct ordering){ .x = x, .y = y, .by_procs = by_procs };
	r->in_here[i] = (struct compare_row){ .reason = "" };
	if (m->place_here[x] >= 0 && m->place_here[y] >= 0)
		judge_cells(&m->here, &r->in_here[i], m->place_here[x], m->place_here[y]);
	r->n++;
	return 0;
}

static int backend_number(const struct results *r, const char *name)
{
	int i = 0;

	while (strcmp(r->backends[i], name) != 0)
		i++;
	return i;
}

static int each_pair(struct maker *m)
{
	const struct results *r = m->out->there;
	int rc = 0;

	for (int i = 0; i < r->ncells && !rc; i++) {
		struct cell other = r->cells[i];
		int j;

		if (other.copy)
			continue;
		for (int b = backend_number(r, other.backend) + 1; r->backends[b] && !rc; b++) {
			other.backend = r->backends[b];
			j = results_find(r, &other);
			if (j >= 0)
				rc = add(m, i, j, false);
		}
		other = r->cells[i];
		other.procs = 1;
		j = results_find(r, &other);
		if (j >= 0 && j != i && !rc)
			rc = add(m, j, i, true);
	}
	return rc;
}

/* ---- Noise floors --------------------------------------------------------------- */

/* By how much a run's ratio of two cells may be off, since a run adds something to each.
 * What floor_of says is of two runs of one cell; this is of one run and two cells, and
 * in squares, on the scale of logarithms, each adds half of its own.  NAN: one of them
 * was not measured. */
static double floor_of_pair(const struct floor *f, const struct cell *x, const struct cell *y, int samples)
{
	double of_x = f ? log1p(floor_of(f, x, samples)) : NAN, of_y = f ? log1p(floor_of(f, y, samples)) : NAN;

	return expm1(sqrt((of_x * of_x + of_y * of_y) / 2));
}

static void set_floors(struct maker *m)
{
	struct reproduction *r = m->out;

	for (int i = 0; i < r->n; i++) {
		struct compare_row *there = &r->in_there[i], *here = &r->in_here[i];
		int x = r->v[i].x, y = r->v[i].y;

		there->floor = floor_of_pair(r->floors.there, &r->there->cells[x], &r->there->cells[y], there->effect.n);
		r->v[i].floored = !isnan(there->floor);
		if (!r->v[i].floored)
			there->floor = r->floors.otherwise;
		here->floor = NAN;
		if (here->effect.n)
			here->floor = floor_of_pair(r->floors.here, &r->here->cells[m->place_here[x]],
			                            &r->here->cells[m->place_here[y]], here->effect.n);
		if (isnan(here->floor))
			here->floor = r->floors.otherwise;
	}
}

/* ---- What becomes of them ----------------------------------------------------- */

/* Why a cell of the original has no figure here. */
static const char *why_not(const struct maker *m, int place)
{
	const char *reason;

	if (m->place_here[place] < 0)
		return "no such cell in this run";
	reason = judge_reason(&m->here, 0, m->place_here[place]);
	return *reason ? reason : "no row of it is there";
}

static bool has_figures(const struct maker *m, int place)
{
	struct compare_row row;

	return m->place_here[place] >= 0 &&
	       judge_cells(&m->here, &row, m->place_here[place], m->place_here[place]) && row.effect.n;
}

static void say_not_compared(const struct maker *m, struct ordering *o)
{
	int place = has_figures(m, o->x) ? o->y : o->x;
	char side[64];

	/* Both have figures, but none of one repetition. */
	if (has_figures(m, o->x) && has_figures(m, o->y))
		snprintf(o->reason, sizeof o->reason, "no repetition has both");
	else if (m->place_here[place] < 0 && m->why && m->why[place])
		snprintf(o->reason, sizeof o->reason, "%.150s", m->why[place]);
	else
		snprintf(o->reason, sizeof o->reason, "%s: %.90s", ordering_side(m->out, o, place, side), why_not(m, place));
}

static void say_cannot_tell(struct ordering *o, const struct compare_row *here)
{
	if (here->verdict == STATS_TOO_FEW)
		snprintf(o->reason, sizeof o->reason, "%d repetition%s here, and it takes %d", here->effect.n,
		         here->effect.n == 1 ? "" : "s", STATS_BLOCKS_MIN);
	else if (here->rests_on_disturbed)
		snprintf(o->reason, sizeof o->reason, "%d of %d repetitions were disturbed here", here->disturbed,
		         here->samples);
	else if (here->verdict == STATS_SAME)
		snprintf(o->reason, sizeof o->reason, "the same here, within %.3g %%", 100 * here->floor);
	else if (here->p_adjusted > 0.05)
		snprintf(o->reason, sizeof o->reason, "p, corrected for so many pairs, is %.2f here", here->p_adjusted);
	else
		snprintf(o->reason, sizeof o->reason, "the interval here is not all beyond %.3g %%", 100 * here->floor);
}

/* What may be why. */
static void say_reversed(const struct maker *m, struct ordering *o)
{
	const struct reproduction *r = m->out;
	bool parallel = o->by_procs || r->there->cells[o->y].procs > 1;
	struct compare_fact f;
	size_t n = 0;

	for (int i = 0; machines_fact(i, &f) && n < sizeof o->reason; i++)
		if (machines_explain(&r->machines, &f, parallel))
			n += (size_t)snprintf(o->reason + n, sizeof o->reason - n, "%s %s",
			                      n ? "," : "may be due to what differs:", f.name);
	if (!n)
		snprintf(o->reason, sizeof o->reason, "nothing on record differs that would explain it");
}

static bool is_order(enum stats_verdict v)
{
	return v == STATS_FASTER || v == STATS_SLOWER;
}

static void decide(const struct maker *m, int i)
{
	struct ordering *o = &m->out->v[i];
	const struct compare_row *there = &m->out->in_there[i], *here = &m->out->in_here[i];

	o->established = is_order(there->verdict);
	if (!o->established)
		return;
	if (!here->effect.n) {
		o->verdict = ORDER_NOT_COMPARED;
		say_not_compared(m, o);
	} else if (here->verdict == there->verdict) {
		o->verdict = ORDER_HELD;
	} else if (is_order(here->verdict)) {
		o->verdict = ORDER_REVERSED;
		say_reversed(m, o);
	} else {
		o->verdict = ORDER_CANNOT_TELL;
		say_cannot_tell(o, here);
	}
}

/* ---- Counts, by workload and in total ------------------------------------------- */

/* Cells of one workload mostly follow each other. */
static struct order_counts *group_of(struct reproduction *r, const char *label)
{
	for (int i = r->ngroups - 1; i >= 0; i--)
		if (!strcmp(r->groups[i].label, label))
			return &r->groups[i];
	r->groups[r->ngroups] = (struct order_counts){ .label = label, .tau = NAN };
	return &r->groups[r->ngroups++];
}

static void count(struct order_counts *c, const struct ordering *o)
{
	c->pairs++;
	c->established += o->established;
	c->verdict[o->verdict] += o->established;
}

/* The medians of a cell in both runs; NAN where one has none. */
static void medians(struct maker *m, int place, double *there, double *here)
{
	struct compare_row row;

	*there = *here = NAN;
	if (m->place_here[place] < 0 || !judge_cells(&m->across, &row, place, m->place_here[place]) ||
	    !row.a.n || !row.b.n)
		return;
	*there = row.a.median;
	*here = row.b.median;
}

static int taus(struct maker *m)
{
	struct reproduction *r = m->out;
	int n = r->there->ncells, known = 0;
	double *t = calloc(4 * (size_t)n + 1, sizeof *t), *h = t + n, *x = h + n, *y = x + n, sum = 0;

	if (!t)
		return err_set(m->e, -ENOMEM, "out of memory");
	for (int i = 0; i < n; i++)
		medians(m, i, &t[i], &h[i]);
	for (int g = 0; g < r->ngroups; g++) {
		int k = 0;

		for (int i = 0; i < n; i++) {
			if (isnan(t[i]) || strcmp(r->there->labels[i], r->groups[g].label) != 0)
				continue;
			x[k] = t[i];
			y[k++] = h[i];
		}
		r->groups[g].tau = stats_tau(x, y, k);
		if (isnan(r->groups[g].tau))
			continue;
		sum += r->groups[g].tau;
		known++;
	}
	r->total.tau = known ? sum / known : NAN;
	free(t);
	return 0;
}

static int tally(struct maker *m)
{
	struct reproduction *r = m->out;

	r->groups = calloc((size_t)r->there->ncells + 1, sizeof *r->groups);
	if (!r->groups)
		return err_set(m->e, -ENOMEM, "out of memory");
	for (int i = 0; i < r->n; i++) {
		r->floored += r->v[i].floored;
		r->beyond += r->v[i].floored && r->v[i].established;
		count(group_of(r, r->there->labels[r->v[i].x]), &r->v[i]);
		count(&r->total, &r->v[i]);
	}
	return taus(m);
}

/* ---- The whole -------------------------------------------------------------------- */

static bool has_all(const struct cell *c, const struct pair *v, int n)
{
	for (int i = 0; i < n; i++)
		if (!cell_value(c, v[i].key) || strcmp(cell_value(c, v[i].key), v[i].value) != 0)
			return false;
	return true;
}

/* The place of the one cell that has all that an older one has, and more parameters,
 * which its workload got since; -1: none, or several. */
static int find_newer(const struct results *r, const struct cell *old)
{
	int found = -1;

	for (int i = 0; i < r->ncells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->copy != old->copy || c->procs != old->procs || c->nparams <= old->nparams || c->nopts != old->nopts ||
		    strcmp(c->backend, old->backend) != 0 || strcmp(c->workload, old->workload) != 0 ||
		    strcmp(c->pin, old->pin) != 0 || !has_all(c, old->params, old->nparams) ||
		    !has_all(c, old->opts, old->nopts))
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

static int find_places(struct maker *m)
{
	const struct results *there = m->out->there, *here = m->out->here;
	int n = 0, backends = 0;

	while (there->backends[backends])
		backends++;
	if (backends > REPRODUCE_BACKENDS)
		return err_set(m->e, -E2BIG, "%.200s has %d back ends, more than %d", there->dir, backends,
		               REPRODUCE_BACKENDS);
	m->place_here = calloc((size_t)there->ncells + 1, sizeof *m->place_here);
	if (!m->place_here)
		return err_set(m->e, -ENOMEM, "out of memory");
	for (int i = 0; i < there->ncells; i++) {
		m->place_here[i] = results_find(here, &there->cells[i]);
		if (m->place_here[i] < 0) {
			m->place_here[i] = find_newer(here, &there->cells[i]);
			m->out->newer += m->place_here[i] >= 0;
		}
		n += m->place_here[i] >= 0;
	}
	return n ? 0 : err_set(m->e, -EINVAL, "no cell is of both %.200s and %.200s: there is nothing to compare",
	                       there->dir, here->dir);
}

static int open_judges(struct maker *m)
{
	const struct results *there = m->out->there, *here = m->out->here;
	int rc = judge_open(&m->there, there, there, true, m->e);

	if (!rc)
		rc = judge_open(&m->here, here, here, true, m->e);
	return rc ? rc : judge_open(&m->across, there, here, false, m->e);
}

static int conclude(struct maker *m)
{
	struct reproduction *r = m->out;
	int blocks;

	set_floors(m);
	if (!judge_rows(r->in_there, r->n, &blocks) || !judge_rows(r->in_here, r->n, &blocks))
		return err_set(m->e, -ENOMEM, "out of memory");
	machines_read(&r->machines, r->there, r->here);
	for (int i = 0; i < r->n; i++)
		decide(m, i);
	return tally(m);
}

int reproduce_make(struct reproduction *out, const struct results *there, const struct results *here,
                   const char *const *why, const struct order_floors *floors, struct err *e)
{
	struct maker m = { .out = out, .why = why, .e = e };
	int rc;

	*out = (struct reproduction){ .there = there, .here = here, .floors = *floors, .total.tau = NAN };
	rc = find_places(&m);
	if (!rc)
		rc = open_judges(&m);
	if (!rc)
		rc = each_pair(&m);
	if (!rc)
		rc = conclude(&m);
	judge_close(&m.there);
	judge_close(&m.here);
	judge_close(&m.across);
	free(m.place_here);
	if (rc)
		reproduce_free(out);
	return rc;
}

void reproduce_free(struct reproduction *r)
{
	free(r->v);
	free(r->in_there);
	free(r->in_here);
	free(r->groups);
	*r = (struct reproduction){ 0 };
}
