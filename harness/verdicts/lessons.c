/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts/lessons.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *judgement_name(enum judgement j)
{
	static const char *const names[] = {
		[NOT_MEASURED] = "not measured", [HOLDS] = "holds", [REFUTED] = "does not hold",
		[TOO_NOISY] = "too noisy to say",
	};

	return names[j];
}

static bool is_of(const struct cell *c, const struct figure_of *f)
{
	static const char *const knobs[] = { "quota_pct", "stack_kib" };

	/* These make another question of it; others, as a planted fault, do not. */
	for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
		if (cell_value(c, knobs[i]) && !strstr(f->set, knobs[i]))
			return false;
	return !c->copy && !c->build && (!f->backend || !strcmp(c->backend, f->backend)) && !strcmp(c->workload, f->workload) &&
	       (!f->procs || c->procs == f->procs) && !strcmp(c->pin, "none") && cell_has(c, f->set);
}

/* By repetition.  Why there is none, or "". */
static const char *figures(const struct results *r, const struct figure_of *f, struct sample *out, int reps)
{
	const char *reason = "not in this run";

	for (int rep = 0; rep < reps; rep++)
		out[rep] = (struct sample){ .v = NAN };
	for (int i = 0; i < r->n; i++) {
		const struct row *row = &r->rows[i];

		if (row->kind != ROW_CELL || row->rep < 0 || !is_of(&row->cell, f))
			continue;
		out[row->rep] = (struct sample){ row_figure(row, f->counter, f->by), row->disturbed };
		reason = row->status == ST_OK ? "" : row->reason;
	}
	return reason;
}

/* v: the values that it rests on. */
static enum judgement judge(const struct check *c, const struct seen *s, const double *v)
{
	const struct stats_median *m = &s->m;

	if (!m->n)
		return NOT_MEASURED;
	if (c->kind == VARIES) {
		for (int i = 1; i < m->n; i++)
			if (v[i] != v[0])
				return s->disturbed && !s->conclusive ? TOO_NOISY : HOLDS;
		return s->conclusive ? REFUTED : TOO_NOISY;
	}
	/* A few samples can lie on one side of anything. */
	if (!s->conclusive)
		return TOO_NOISY;
	if (m->low >= c->low && m->high <= c->high)
		return HOLDS;
	return m->high < c->low || m->low > c->high ? REFUTED : TOO_NOISY;
}

/* A result that is wrong is no figure, but refutes what was expected of one. */
static bool is_wrong(const struct results *r, const struct figure_of *f)
{
	for (int i = 0; i < r->n; i++)
		if (r->rows[i].kind == ROW_CELL && r->rows[i].status == ST_WRONG && is_of(&r->rows[i].cell, f))
			return true;
	return false;
}

/* How many different checksums there are, as a median of all rows. */
static void find_same(struct finding *f, const struct results *r)
{
	int rows = 0, different = 0;

	f->reason = "not in this run";
	for (int i = 0; i < r->n; i++) {
		const char *sum = row_checksum(&r->rows[i]);
		bool known = false;

		if (r->rows[i].kind != ROW_CELL || !is_of(&r->rows[i].cell, &f->check->what) || !*sum)
			continue;
		for (int k = 0; k < i && !known; k++)
			known = is_of(&r->rows[k].cell, &f->check->what) && !strcmp(row_checksum(&r->rows[k]), sum);
		different += !known;
		rows++;
	}
	/* One is always the same as itself. */
	if (rows < 2)
		return;
	f->reason = "";
	f->seen = (struct seen){ .m = { rows, different, different, different, 1 }, .samples = rows,
	                         .conclusive = true };
	f->judgement = different == 1 ? HOLDS : REFUTED;
}

/* What find works with, for each repetition. */
struct room {
	struct sample *what, *than;
	double *scratch;
	int reps;
};

static void find(struct finding *f, const struct check *c, const struct results *r, const struct room *m)
{
	bool ratio = c->kind != SAME && c->than.workload;

	*f = (struct finding){ .check = c, .reason = figures(r, &c->what, m->what, m->reps) };
	if (is_wrong(r, &c->what)) {
		f->judgement = REFUTED;
		return;
	}
	if (c->kind == SAME) {
		find_same(f, r);
		return;
	}
	if (ratio) {
		const char *reason = figures(r, &c->than, m->than, m->reps);

		f->reason = *f->reason ? f->reason : reason;
	}
	seen_make(&f->seen, m->what, ratio ? m->than : NULL, m->reps, m->scratch);
	f->judgement = judge(c, &f->seen, m->scratch);
}

static enum judgement worse(enum judgement a, enum judgement b)
{
	static const int order[] = { [NOT_MEASURED] = 0, [HOLDS] = 1, [TOO_NOISY] = 2, [REFUTED] = 3 };

	return order[a] > order[b] ? a : b;
}

int lessons_make(struct lessons *out, const struct results *r, const struct claim *list, struct err *e)
{
	int reps = results_reps(r), n = 0;
	struct room m = { .what = calloc(2 * (size_t)reps + 1, sizeof *m.what),
	                  .scratch = calloc(2 * (size_t)reps + 1, sizeof *m.scratch), .reps = reps };
	bool any = false, whole;

	while (list[n].id)
		n++;
	*out = (struct lessons){ .v = calloc((size_t)n, sizeof *out->v), .n = n };
	whole = out->v && m.what && m.scratch;
	m.than = whole ? m.what + reps : NULL;
	for (int i = 0; i < n && whole; i++) {
		struct lesson *l = &out->v[i];

		l->claim = &list[i];
		for (const struct check *c = list[i].checks; l->n < CHECKS && c->what.workload; c++) {
			struct finding *f = &l->findings[l->n++];

			find(f, c, r, &m);
			l->judgement = worse(l->judgement, f->judgement);
		}
		any |= l->judgement != NOT_MEASURED;
	}
	free(m.what);
	free(m.scratch);
	if (whole && any)
		return 0;
	lessons_free(out);
	if (!whole)
		return err_set(e, -ENOMEM, "out of memory");
	return err_set(e, -EINVAL, "%.200s has nothing that a claim could be judged by; measure it with "
	               "matrix --preset lessons", r->dir);
}

void lessons_free(struct lessons *out)
{
	free(out->v);
	*out = (struct lessons){ 0 };
}

const struct finding *lesson_of(const struct lesson *l, const char *backend)
{
	for (int i = 0; i < l->n; i++)
		if (!strcmp(l->findings[i].check->what.backend, backend))
			return &l->findings[i];
	return NULL;
}

bool lessons_hold(const struct lessons *l)
{
	for (int i = 0; i < l->n; i++)
		if (!l->v[i].claim->published && l->v[i].judgement == REFUTED)
			return false;
	return true;
}
