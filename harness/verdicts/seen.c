/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts/seen.h"

#include <math.h>

static bool is_sample(const struct sample *a, const struct sample *b, int rep)
{
	return !isnan(a[rep].v) && (!b || !isnan(b[rep].v));
}

static bool is_disturbed(const struct sample *a, const struct sample *b, int rep)
{
	return a[rep].disturbed || (b && b[rep].disturbed);
}

/* Over the undisturbed samples or all of them. */
static void take(struct seen *s, const struct sample *a, const struct sample *b, int reps, bool all,
                 double *scratch)
{
	double *x = scratch, *y = scratch + reps;
	int n = 0;

	s->m.n = 0;
	for (int rep = 0; rep < reps; rep++) {
		if (!is_sample(a, b, rep) || (!all && is_disturbed(a, b, rep)))
			continue;
		x[n] = a[rep].v;
		y[n++] = b ? b[rep].v : 1;
	}
	if (!stats_ratio(x, y, n, STATS_LEVEL, &s->m))
		return;
	for (int i = 0; i < n; i++)
		x[i] /= y[i];
}

void seen_make(struct seen *s, const struct sample *a, const struct sample *b, int reps, double *scratch)
{
	*s = (struct seen){ 0 };
	for (int rep = 0; rep < reps; rep++)
		if (is_sample(a, b, rep)) {
			s->samples++;
			s->disturbed += is_disturbed(a, b, rep);
		}
	take(s, a, b, reps, false, scratch);
	s->conclusive = s->m.n && s->m.coverage >= STATS_LEVEL;
	if (!s->conclusive && s->disturbed)
		take(s, a, b, reps, true, scratch);
}
