/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts/ratios.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = { "", "met", "not met", "unclear" };

	return names[v];
}

/* What ratios_make works with. */
struct maker {
	struct ratios *out;
	const struct results *r;
	const struct yardstick *lines;
	const struct preset_cell *cells;
	int reps;
	struct sample *a, *b;   /* a figure by repetition */
	double *scratch;
};

/* ---- Which cells ------------------------------------------------------------ */

/* Back ends compare with no P bound; what binding does is another question. */
static bool belongs(const struct maker *m, const struct yardstick *y, const struct cell *c)
{
	return !c->copy && !c->build && !strcmp(c->workload, y->workload) && !strcmp(c->pin, "none") &&
	       cell_has(c, yardstick_set(m->cells, y->workload));
}

/* A line with a target is shown; of those that have none for this cell, the
 * first, and only if no other line has one for the same figure. */
static bool shown(const struct maker *m, const struct yardstick *y, const struct cell *c)
{
	if (!isnan(yardstick_target(y, c->backend, c->procs)))
		return true;
	for (const struct yardstick *o = m->lines; o->workload; o++)
		if (o != y && yardstick_same(o, y) &&
		    (o < y || !isnan(yardstick_target(o, c->backend, c->procs))))
			return false;
	return true;
}

/* The place of the cell that a target of the line is a multiple of; -1: none. */
static int base_of(const struct results *r, const struct yardstick *y, const struct cell *cell)
{
	struct cell c = *cell;

	if (y->of == OF_GO)
		c.backend = yardstick_backend;
	else
		c.procs = 1;
	for (int i = 0; y->of == OF_SERIAL && i < c.nparams; i++)
		if (!strcmp(c.params[i].key, "serial"))
			c.params[i].value = "1";
	return results_find(r, &c);
}

/* ---- Figures ------------------------------------------------------------------ */

static void figures(const struct maker *m, const struct yardstick *y, int place, struct sample *out)
{
	for (int rep = 0; rep < m->reps; rep++)
		out[rep] = (struct sample){ .v = NAN };
	for (int i = 0; i < m->r->n && place >= 0; i++) {
		const struct row *row = &m->r->rows[i];

		if (row->place == place)
			out[row->rep] = (struct sample){ row_figure(row, y->counter, y->by), row->disturbed };
	}
}

static void median_at(const struct maker *m, const struct yardstick *y, int place, struct seen *out)
{
	figures(m, y, place, m->a);
	seen_make(out, m->a, NULL, m->reps, m->scratch);
}

static void ratio_at(const struct maker *m, const struct yardstick *y, int place, int base, struct seen *out)
{
	figures(m, y, place, m->a);
	figures(m, y, base, m->b);
	seen_make(out, m->a, m->b, m->reps, m->scratch);
}

static enum verdict judge(const struct seen *s, double target)
{
	if (!s->m.n || isnan(target))
		return NO_VERDICT;
	/* A few samples can lie on one side of anything. */
	if (!s->conclusive)
		return UNCLEAR;
	return s->m.high <= target ? MET : s->m.low > target ? NOT_MET : UNCLEAR;
}

static void count_rows(struct ratio *out, const struct results *r, int place)
{
	out->reason = "";
	for (int i = 0; i < r->n; i++) {
		if (r->rows[i].place != place)
			continue;
		out->status[r->rows[i].status]++;
		if (r->rows[i].status != ST_OK)
			out->reason = r->rows[i].reason;
	}
}

static void make_ratio(const struct maker *m, const struct yardstick *y, int place)
{
	const struct cell *c = &m->r->cells[place];
	struct ratio *out = &m->out->v[m->out->n++];
	struct cell go = *c;
	int theirs;

	go.backend = yardstick_backend;
	theirs = results_find(m->r, &go);
	*out = (struct ratio){ .yard = y, .cell = c, .label = m->r->labels[place],
	                       .target = yardstick_target(y, c->backend, c->procs) };
	count_rows(out, m->r, place);
	median_at(m, y, place, &out->ours);
	median_at(m, y, theirs, &out->theirs);
	ratio_at(m, y, place, theirs, &out->ratio);
	if (y->of == OF_NOTHING)
		out->judged = out->ours;
	else
		ratio_at(m, y, place, base_of(m->r, y, c), &out->judged);
	out->verdict = judge(&out->judged, out->target);
}

/* ---- The whole ------------------------------------------------------------ */

/* The lines of one figure, for one cell; into v if make, else only counted. */
static int each_line(const struct maker *m, const struct yardstick *first, int place, bool make)
{
	int n = 0;

	for (const struct yardstick *y = first; y->workload; y++) {
		if (!yardstick_same(y, first) || !shown(m, y, &m->r->cells[place]))
			continue;
		if (make)
			make_ratio(m, y, place);
		n++;
	}
	return n;
}

static bool begins_figure(const struct maker *m, const struct yardstick *y)
{
	for (const struct yardstick *o = m->lines; o < y; o++)
		if (yardstick_same(o, y))
			return false;
	return true;
}

static int each_ratio(const struct maker *m, bool make)
{
	const struct results *r = m->r;
	int n = 0;

	for (int b = 0; r->backends[b]; b++) {
		if (!strcmp(r->backends[b], yardstick_backend))
			continue;
		for (const struct yardstick *y = m->lines; y->workload; y++)
			for (int i = 0; i < r->ncells && begins_figure(m, y); i++)
				if (!strcmp(r->cells[i].backend, r->backends[b]) &&
				    belongs(m, y, &r->cells[i]))
					n += each_line(m, y, i, make);
	}
	return n;
}

static void leave_out(struct maker *m)
{
	struct ratios *out = m->out;

	for (const struct yardstick *y = m->lines; y->workload; y++) {
		bool there = y > m->lines && !strcmp(y[-1].workload, y->workload);

		for (int i = 0; i < m->r->ncells && !there; i++)
			there = belongs(m, y, &m->r->cells[i]);
		if (!there && out->nleft_out < LEFT_OUT_MAX)
			out->left_out[out->nleft_out++] = y->workload;
	}
}

static void look_for_theirs(struct ratios *out, const struct results *r)
{
	out->reason = "not in this run";
	for (int i = 0; i < r->n && !out->theirs; i++) {
		const struct row *row = &r->rows[i];

		if (row->kind != ROW_CELL || strcmp(row->cell.backend, yardstick_backend) != 0)
			continue;
		out->theirs = row->status == ST_OK;
		out->reason = row->reason;
	}
}

int ratios_make(struct ratios *out, const struct results *r, const struct yardstick *lines,
                const struct preset_cell *cells, struct err *e)
{
	struct maker m = { .out = out, .r = r, .lines = lines, .cells = cells, .reps = results_reps(r) };
	int n;

	*out = (struct ratios){ 0 };
	n = each_ratio(&m, false);
	if (!n)
		return err_set(e, -EINVAL, "%.300s has no row of the yardstick: measure one with "
		               "matrix --preset ratios", r->dir);
	out->v = calloc((size_t)n, sizeof *out->v);
	m.a = calloc(2 * (size_t)m.reps + 1, sizeof *m.a);
	m.scratch = calloc(2 * (size_t)m.reps + 1, sizeof *m.scratch);
	if (out->v && m.a && m.scratch) {
		m.b = m.a + m.reps;
		each_ratio(&m, true);
	}
	free(m.a);
	free(m.scratch);
	if (out->n < n) {
		ratios_free(out);
		return err_set(e, -ENOMEM, "out of memory");
	}
	leave_out(&m);
	look_for_theirs(out, r);
	return 0;
}

void ratios_free(struct ratios *out)
{
	free(out->v);
	*out = (struct ratios){ 0 };
}

bool ratio_behind(const struct ratio *x)
{
	return x->ratio.conclusive && x->ratio.m.low > 1;
}

const char *ratios_version(const struct results *r, char buf[40])
{
	static const char before[] = "go version ";
	const char *go = results_fact(r, "go");

	if (!strncmp(go, before, strlen(before)))
		go += strlen(before);
	snprintf(buf, 40, "%.*s", (int)strcspn(go, " "), *go ? go : yardstick_backend);
	return buf;
}
