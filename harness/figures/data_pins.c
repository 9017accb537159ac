/* SPDX-License-Identifier: Apache-2.0
 *
 * data_pins.c: what it takes under each pinning policy by what it takes under the plan's
 * first, on the same back end at the same P.
 */
#include "figures/figures.h"

#include <errno.h>
#include <string.h>

#include "compare/judge.h"

static bool put_ratio(struct points *p, const struct judge *j, const struct figure *f, int place)
{
	const struct results *r = j->r[0];
	struct cell like = *f->cell;
	struct compare_row row;
	struct point *q;
	int by;

	like.pin = r->cells[0].pin;
	by = results_find(r, &like);
	if (by < 0 || by == place)
		return true;
	q = points_put(p, r, f->cell, f->label, "time_ratio");
	if (!q)
		return false;
	q->status = points_worst(f->status);
	if (judge_cells(j, &row, by, place))
		q->value = (struct stats_median){ row.effect.n, row.effect.estimate, row.effect.low,
		                                  row.effect.high, row.effect.coverage };
	return true;
}

int points_pins(struct points *p, const struct results *r, const struct summary *s)
{
	struct judge j;
	struct err e;
	bool made = true, several = false;
	int rc;

	*p = (struct points){ 0 };
	for (int i = 1; i < r->ncells; i++)
		several |= strcmp(r->cells[i].pin, r->cells[0].pin) != 0;
	if (!several)
		return 0;
	rc = judge_open(&j, r, r, true, &e);
	if (rc)
		return rc == -ENOMEM ? rc : 0;          /* more repetitions than ratios are made of */
	for (int i = 0; i < s->n && made; i++)
		if (!s->figures[i].cell->copy)
			made = put_ratio(p, &j, &s->figures[i], i);
	judge_close(&j);
	return points_finish(p, made);
}
