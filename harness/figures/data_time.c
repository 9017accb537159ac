/* SPDX-License-Identifier: Apache-2.0
 *
 * data_time.c: the time of an operation.
 */
#include "figures/figures.h"

int points_time(struct points *p, const struct results *r, const struct summary *s)
{
	struct point *q;
	bool made = true;

	*p = (struct points){ 0 };
	for (int i = 0; i < s->n && made; i++) {
		if (s->figures[i].cell->copy)
			continue;
		q = points_add(p, r, &s->figures[i], "ns_per_op");
		made = q != NULL;
		if (made)
			q->value = s->figures[i].ns_per_op;
	}
	points_extend_flat(p);
	return points_finish(p, made);
}
