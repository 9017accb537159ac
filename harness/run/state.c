/* SPDX-License-Identifier: Apache-2.0 */
#include "run/state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool had_add(struct had *h, const struct attempt *a, double ns_per_op)
{
	bool counts = !h->attempts || attempt_replaces(a, &h->counts);

	h->tries = h->attempts && a->pass == h->pass ? h->tries + 1 : 1;
	h->pass = a->pass;
	h->attempts++;
	if (counts) {
		h->counts = *a;
		h->ns_per_op = a->status == ST_OK ? ns_per_op : 0;
	}
	return counts;
}

bool had_disturbed(const struct had *h)
{
	return h->attempts && h->counts.status == ST_OK && h->counts.disturbed;
}

double had_time(const struct had *h)
{
	return h->attempts && !h->counts.disturbed ? h->ns_per_op : 0;
}

double moved(double before, double after)
{
	return before > 0 && after > 0 ? fabs(after / before - 1) : 0;
}

void spent_add(struct spent *s, int attempt, double ns)
{
	*(attempt ? &s->again_ns : &s->first_ns) += ns;
}

bool spent_allows(const struct spent *s, int again, double ns)
{
	return s->again_ns + ns <= again * s->first_ns;
}

struct known *known_of(struct runner *r, const struct step *s)
{
	return s->kind == ROW_CALIBRATION ? &r->known[r->plan->ncells + (s->cell - r->plan->calibrations)]
	                                  : &r->known[s->cell - r->plan->cells];
}

int block_size(const struct runner *r)
{
	return r->plan->ncells + r->plan->ncalibrations;
}

void known_learn(struct known *k, enum status status, const char *reason, double wall_ns)
{
	if (wall_ns > 0)
		k->wall_ns = wall_ns;
	if (status == ST_NA) {
		k->na = true;
		snprintf(k->reason, sizeof k->reason, "%s", reason);
	}
}

/* The step of a row, at its place in the order mostly, if not within its repetition;
 * -1: none. */
static int step_of(const struct runner *r, const struct row *row, int expected)
{
	int total = plan_rows(r->plan), block = block_size(r), k, end;

	if (row->rep < 0 || row->rep > r->plan->reps)
		return -1;
	k = row->rep * block;
	end = k + block < total ? k + block : total;
	if (expected >= k && expected < end && r->steps[expected].kind == row->kind &&
	    cell_same(r->steps[expected].cell, &row->cell))
		return expected;
	while (k < end && (r->steps[k].kind != row->kind || !cell_same(r->steps[k].cell, &row->cell)))
		k++;
	return k < end ? k : -1;
}

/* Finds the row of each step that counts.  A row that the plan does not ask for, or that does
 * not follow the attempt before, means that this is no run of this plan. */
static int find_rows(struct runner *r, const struct row *rows, int n, const struct row **counts,
                     struct err *e)
{
	int k = -1;

	for (int i = 0; i < n; i++) {
		const struct attempt a = attempt_of(&rows[i]);
		double wall = 0;

		k = step_of(r, &rows[i], k + 1);
		if (k < 0 || a.pass > AGAIN_MAX || rows[i].attempt != r->had[k].attempts)
			return err_set(e, -EINVAL, "%.300s/cells.jsonl: line %d is no row of the plan, "
			               "or is there twice", r->run->dir, i + 1);
		if (had_add(&r->had[k], &a, rows[i].ns_per_op))
			counts[k] = &rows[i];
		row_counter(&rows[i], "wall_ns", &wall);
		spent_add(&r->spent, rows[i].attempt, wall);
	}
	return 0;
}

bool misses_pass(const struct runner *r, int k)
{
	const struct step *s = &r->steps[k];
	int rep = s->kind == ROW_CALIBRATION ? s->rep - 1 : s->rep;

	return rep >= 0 && r->had[k].counts.status != ST_NA && r->had[k].pass < r->passes[rep];
}

/* How far the run had come: a repetition is whole once the next has begun. */
static void find_begin(struct runner *r)
{
	int total = plan_rows(r->plan), k = 0;

	for (int i = 0; i < total; i++)
		if (r->steps[i].kind == ROW_CELL && r->had[i].pass > r->passes[r->steps[i].rep])
			r->passes[r->steps[i].rep] = r->had[i].pass;
	while (k < total && r->had[k].attempts)
		k++;
	r->from = k < total ? r->steps[k].rep : r->plan->reps + 1;
	if (r->from > 0 && k < total && k <= r->from * block_size(r) + r->plan->ncalibrations)
		r->from--;
}

int runner_recall(struct runner *r, const struct row *rows, int n, const struct again *again, struct err *e)
{
	int total = plan_rows(r->plan);
	const struct row **counts = calloc((size_t)total, sizeof *counts);
	int rc = counts ? find_rows(r, rows, n, counts, e) : err_set(e, -ENOMEM, "out of memory");

	if (!rc)
		find_begin(r);
	for (int k = 0; k < total && !rc; k++) {
		struct known *known = known_of(r, &r->steps[k]);
		const struct row *row = counts[k];
		char why[REASON_MAX];
		double wall = 0;

		r->done[k] = row && !again->status[row->status] && !(again->disturbed && row->disturbed) &&
		             !misses_pass(r, k);
		r->ndone += r->done[k];
		known->left += !r->done[k];
		if (row)
			row_counter(row, "wall_ns", &wall);
		known_learn(known, r->done[k] ? row->status : ST_OK, r->done[k] ? row->reason : "", wall);
		if (r->done[k] && row->kind == ROW_CELL)
			agreement_take_row(&r->agreement, row, why, sizeof why);
	}
	free(counts);
	return rc;
}
