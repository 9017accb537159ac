/* SPDX-License-Identifier: Apache-2.0
 *
 * attempts.c: what counts of what was measured again.
 */
#include <errno.h>
#include <stdlib.h>

#include "results/folder.h"

static int by_key(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	int d = x->place - y->place;

	d = d ? d : x->rep - y->rep;
	d = d ? d : x->attempt - y->attempt;
	return d ? d : (x > y) - (x < y);
}

static bool is_same(const struct row *a, const struct row *b)
{
	return a->place == b->place && a->rep == b->rep;
}

bool attempt_replaces(const struct attempt *next, const struct attempt *before)
{
	if (next->pass != before->pass)
		return next->pass > before->pass;
	return !(next->status == ST_OK && next->disturbed && before->status == ST_OK && !before->disturbed);
}

struct attempt attempt_of(const struct row *row)
{
	return (struct attempt){ row->status, row->disturbed, row->pass };
}

static bool replaces(const struct row *next, const struct row *before)
{
	const struct attempt a = attempt_of(next), b = attempt_of(before);

	return attempt_replaces(&a, &b);
}

/* Of the attempts at one row, the one that counts. */
static const struct row *counting(const struct row *const *attempts, int n, bool first)
{
	const struct row *counts = attempts[0];

	for (int i = 1; i < n && !first; i++)
		if (replaces(attempts[i], counts))
			counts = attempts[i];
	return counts;
}

/* Of each the one that counts is marked.  One that is there twice would make intervals
 * look narrower than they are. */
static int mark_counting(const struct results *r, const struct row **sorted, bool *counts, struct err *e)
{
	int n;

	for (int i = 0; i < r->n; i++)
		sorted[i] = &r->rows[i];
	qsort(sorted, (size_t)r->n, sizeof *sorted, by_key);
	for (int i = 0; i < r->n; i += n) {
		for (n = 1; i + n < r->n && is_same(sorted[i], sorted[i + n]); n++)
			if (sorted[i + n - 1]->attempt == sorted[i + n]->attempt)
				return err_set(e, -EINVAL, "%.300s/cells.jsonl: line %d is the row of line %d again",
				               r->dir, (int)(sorted[i + n] - r->rows) + 1,
				               (int)(sorted[i + n - 1] - r->rows) + 1);
		const struct row *row = counting(sorted + i, n, r->first);

		counts[row - r->rows] = true;
		r->rows[row - r->rows].attempts = n;
	}
	return 0;
}

int results_keep_counting(struct results *r, struct err *e)
{
	const struct row **sorted = malloc(((size_t)r->n + 1) * sizeof *sorted);
	bool *counts = calloc((size_t)r->n + 1, sizeof *counts);
	int n = 0, rc = sorted && counts ? mark_counting(r, sorted, counts, e) : err_set(e, -ENOMEM, "out of memory");

	for (int i = 0; i < r->n && !rc; i++) {
		if (counts[i])
			r->rows[n++] = r->rows[i];
		else
			row_free(&r->rows[i]);
	}
	r->n = rc ? r->n : n;
	free(sorted);
	free(counts);
	return rc;
}
