/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/judge.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/table.h"

int judge_open(struct judge *j, const struct results *a, const struct results *b, bool paired, struct err *e)
{
	int rc;

	*j = (struct judge){ .r = { a, b }, .paired = paired };
	if (results_reps(a) > STATS_SAMPLES_MAX || results_reps(b) > STATS_SAMPLES_MAX)
		return err_set(e, -E2BIG, "%.300s has more than %d repetitions", results_reps(a) > STATS_SAMPLES_MAX ?
		               a->dir : b->dir, STATS_SAMPLES_MAX);
	j->v[0] = calloc(2 * STATS_SAMPLES_MAX, sizeof **j->v);
	if (!j->v[0])
		return err_set(e, -ENOMEM, "out of memory");
	j->v[1] = j->v[0] + STATS_SAMPLES_MAX;
	rc = by_cell_make(&j->rows[0], a, e);
	if (!rc)
		rc = by_cell_make(&j->rows[1], b, e);
	if (rc)
		judge_close(j);
	return rc;
}

void judge_close(struct judge *j)
{
	by_cell_free(&j->rows[0]);
	by_cell_free(&j->rows[1]);
	free(j->v[0]);
	*j = (struct judge){ 0 };
}

/* ---- Figures ------------------------------------------------------------------ */

/* The rows of a cell. */
struct span {
	const struct row **v;
	int n;
};

static struct span span_of(const struct by_cell *b, int place)
{
	return (struct span){ b->rows + b->first[place], b->first[place + 1] - b->first[place] };
}

static bool applies(struct span s)
{
	for (int i = 0; i < s.n; i++)
		if (s.v[i]->status != ST_NA)
			return true;
	return !s.n;
}

const char *judge_reason(const struct judge *j, int side, int place)
{
	struct span s = span_of(&j->rows[side], place);

	for (int i = 0; i < s.n; i++)
		if (s.v[i]->status != ST_OK)
			return s.v[i]->reason;
	return "";
}

static bool has_figure(const struct row *r)
{
	return r->status == ST_OK;
}

/* How many samples the sides have; of pairs both have as many. */
struct taken { int n[2]; };

static int fewest(struct taken t)
{
	return t.n[0] < t.n[1] ? t.n[0] : t.n[1];
}

/* Figures of the pairs, or of the undisturbed ones, to the front of v. */
static struct taken take_pairs(double *const v[2], struct compare_row *out, struct span a, struct span b, bool all)
{
	int n = 0, i = 0, j = 0;

	out->samples = out->disturbed = 0;
	while (i < a.n && j < b.n) {
		const struct row *x = a.v[i], *y = b.v[j];
		bool disturbed = x->disturbed || y->disturbed;

		i += x->rep <= y->rep;
		j += y->rep <= x->rep;
		if (x->rep != y->rep || !has_figure(x) || !has_figure(y))
			continue;
		out->samples++;
		out->disturbed += disturbed;
		if (disturbed && !all)
			continue;
		v[0][n] = x->ns_per_op;
		v[1][n++] = y->ns_per_op;
	}
	return (struct taken){ { n, n } };
}

static struct taken take_each(double *const v[2], struct compare_row *out, struct span a, struct span b, bool all)
{
	const struct span sides[] = { a, b };
	struct taken t = { { 0, 0 } };

	out->samples = out->disturbed = 0;
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < sides[side].n; i++) {
			const struct row *x = sides[side].v[i];

			if (!has_figure(x))
				continue;
			out->samples++;
			out->disturbed += x->disturbed;
			if (all || !x->disturbed)
				v[side][t.n[side]++] = x->ns_per_op;
		}
	return t;
}

static void measure(const struct judge *j, struct compare_row *out, struct span a, struct span b)
{
	struct taken t = (j->paired ? take_pairs : take_each)(j->v, out, a, b, false);

	out->rests_on_disturbed = out->disturbed && fewest(t) < STATS_BLOCKS_MIN;
	if (out->rests_on_disturbed)
		t = (j->paired ? take_pairs : take_each)(j->v, out, a, b, true);
	for (int side = 0; side < 2; side++)
		stats_clusters(j->v[side], t.n[side], &out->kinds[side]);
	stats_median(j->v[0], t.n[0], STATS_LEVEL, &out->a);
	stats_median(j->v[1], t.n[1], STATS_LEVEL, &out->b);
	if (j->paired)
		stats_paired(j->v[0], j->v[1], t.n[0], STATS_LEVEL, &out->effect);
	else
		stats_unpaired(j->v[0], t.n[0], j->v[1], t.n[1], STATS_LEVEL, &out->effect);
}

bool judge_cells(const struct judge *j, struct compare_row *out, int a, int b)
{
	struct span x = span_of(&j->rows[0], a), y = span_of(&j->rows[1], b);

	if (!applies(x) || !applies(y))
		return false;
	*out = (struct compare_row){ .cell = &j->r[0]->cells[a], .label = j->r[0]->labels[a] };
	out->reason = judge_reason(j, 0, a);
	if (!*out->reason)
		out->reason = judge_reason(j, 1, b);
	measure(j, out, x, y);
	return true;
}

/* ---- Verdicts ------------------------------------------------------------------- */

bool judge_counts(const struct compare_row *row)
{
	return row->effect.n >= STATS_BLOCKS_MIN && !row->rests_on_disturbed;
}

/* P-values of the rows that count, where there are blocks enough. */
static bool adjust(struct compare_row *rows, int n, int blocks)
{
	double *p = calloc((size_t)n + 1, sizeof *p);
	bool ok = p;

	for (int i = 0; ok && i < n; i++)
		p[i] = judge_counts(&rows[i]) && blocks >= JUDGE_P_BLOCKS ? rows[i].effect.p : NAN;
	ok = ok && stats_adjust(p, n, p);
	for (int i = 0; ok && i < n; i++)
		rows[i].p_adjusted = p[i];
	free(p);
	return ok;
}

static enum stats_verdict judge(const struct compare_row *row)
{
	enum stats_verdict v = stats_judge(&row->effect, row->floor);

	if (v == STATS_TOO_FEW)
		return v;
	if (row->rests_on_disturbed || ((v == STATS_FASTER || v == STATS_SLOWER) && row->p_adjusted > 0.05))
		return STATS_CANNOT_TELL;
	return v;
}

bool judge_rows(struct compare_row *rows, int n, int *blocks)
{
	*blocks = 0;
	for (int i = 0; i < n; i++)
		if (judge_counts(&rows[i]) && rows[i].effect.n > *blocks)
			*blocks = rows[i].effect.n;
	if (!adjust(rows, n, *blocks))
		return false;
	for (int i = 0; i < n; i++)
		rows[i].verdict = judge(&rows[i]);
	return true;
}

bool judge_table(struct compare_row *rows, int n, double floor, int *blocks)
{
	for (int i = 0; i < n; i++)
		rows[i].floor = floor;
	return judge_rows(rows, n, blocks);
}
