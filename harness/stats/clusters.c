/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/clusters.h"

#include <math.h>
#include <stdlib.h>

#include "stats/stats.h"

/* How many times the wider range the gap before s[at] is. */
static double gap(const double *s, int n, int at)
{
	double wider = fmax(s[at - 1] - s[0], s[n - 1] - s[at]), width = s[at] - s[at - 1];

	return width > 0 ? width / wider : 0;
}

bool stats_clusters(const double *x, int n, struct stats_clusters *c)
{
	int least = n < 12 ? 3 : (n + 3) / 4, at = 0;
	double widest = 20.0 / n, *s;

	if (n < 2 * least)
		return false;
	s = malloc((size_t)n * sizeof *s);
	for (int i = 0; s && i < n; i++) {
		if (!isfinite(x[i])) {
			free(s);
			return false;
		}
		s[i] = x[i];
	}
	if (!s)
		return false;
	stats_sort(s, n);
	for (int i = least; i <= n - least; i++)
		if (gap(s, n, i) > widest) {
			widest = gap(s, n, i);
			at = i;
		}
	if (at)
		*c = (struct stats_clusters){ at, n - at, stats_quantile(s, at, 0.5),
		                              stats_quantile(s + at, n - at, 0.5) };
	free(s);
	return at;
}
