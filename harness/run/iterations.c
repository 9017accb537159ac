/* SPDX-License-Identifier: Apache-2.0 */
#include "run/iterations.h"

#include <math.h>

#define MOST 1e9                /* Google Benchmark's own */

/* What is timed is to be so many times what is not. */
#define TIMED_BY_REST 4
#define GROWTH 5

double timed_ns(const struct outcome *o)
{
	double n, each;

	if (o->status != ST_OK || !outcome_counter(o, "iterations", &n) ||
	    !outcome_counter(o, "real_time", &each))
		return 0;
	return n * each;
}

void iterations_learn(struct iterations *now, const struct outcome *o)
{
	double timed = timed_ns(o), n, rest = (double)o->wall_ns - timed;

	/* A cell that does not report its warm-ups does not know the flag either. */
	if (now->settled || !(timed > 0) || !outcome_counter(o, "iterations", &n) || !outcome_warms_up(o))
		return;
	if (!now->n)
		rest /= 2;
	now->settled = now->n > 0;
	n *= fmin(fmax(1, TIMED_BY_REST * rest / timed), GROWTH);
	now->n = (int64_t)fmin(ceil(n), MOST);
}
