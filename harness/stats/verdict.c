/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/verdict.h"

#include <math.h>

const char *stats_verdict_name(enum stats_verdict v)
{
	static const char *const names[] = { "too few", "cannot tell", "same", "faster", "slower" };

	return names[v];
}

enum stats_verdict stats_judge(const struct stats_effect *e, double floor)
{
	if (e->n < STATS_BLOCKS_MIN)
		return STATS_TOO_FEW;
	if (!(floor >= 0 && isfinite(floor) && e->low > 0 && e->low <= e->high && isfinite(e->high)))
		return STATS_CANNOT_TELL;
	if (e->high < 1 / (1 + floor))
		return STATS_FASTER;
	if (e->low > 1 + floor)
		return STATS_SLOWER;
	return e->low >= 1 / (1 + floor) && e->high <= 1 + floor ? STATS_SAME : STATS_CANNOT_TELL;
}
