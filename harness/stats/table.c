/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/table.h"

#include <math.h>
#include <stdlib.h>

#include "stats/stats.h"

static double *tested(const double *p, int n, int *m)
{
	double *s = malloc(((size_t)n + 1) * sizeof *s);

	*m = 0;
	for (int i = 0; s && i < n; i++) {
		if (isnan(p[i]))
			continue;
		if (p[i] < 0 || p[i] > 1) {
			free(s);
			return NULL;
		}
		s[(*m)++] = p[i];
	}
	return s;
}

bool stats_adjust(const double *p, int n, double *adjusted)
{
	int m;
	double *s = tested(p, n, &m), *by_rank;

	by_rank = s ? malloc(((size_t)m + 1) * sizeof *by_rank) : NULL;
	if (!by_rank) {
		free(s);
		return false;
	}
	stats_sort(s, m);
	by_rank[m] = 1;
	for (int i = m - 1; i >= 0; i--)
		by_rank[i] = fmin(by_rank[i + 1], s[i] * m / (i + 1));
	for (int i = 0; i < n; i++) {
		int rank = 0, above = m;        /* of the first that is not below it */

		while (rank < above) {
			int middle = rank + (above - rank) / 2;

			if (s[middle] < p[i])
				rank = middle + 1;
			else
				above = middle;
		}
		adjusted[i] = isnan(p[i]) ? NAN : by_rank[rank];
	}
	free(by_rank);
	free(s);
	return true;
}

/* The mean's distance from its estimate, by those of the rows: their sum, and the sum
 * of their squares. */
static double combine(double sum, double squares, double together, int n)
{
	return sqrt((1 - together) * squares + together * sum * sum) / n;
}

bool stats_geomean(const struct stats_effect *rows, int n, double together, struct stats_geomean *out)
{
	double sum = 0, down = 0, down2 = 0, up = 0, up2 = 0;

	if (n < 1 || !(together >= 0 && together <= 1))
		return false;
	for (int i = 0; i < n; i++) {
		const struct stats_effect *r = &rows[i];
		double below = log(r->estimate / r->low), above = log(r->high / r->estimate);

		if (!(r->low > 0 && r->low <= r->estimate && r->estimate <= r->high &&
		      isfinite(below) && isfinite(above)))
			return false;
		sum += log(r->estimate);
		down += below;
		down2 += below * below;
		up += above;
		up2 += above * above;
	}
	*out = (struct stats_geomean){
		.rows = n,
		.estimate = exp(sum / n),
		.low = exp(sum / n - combine(down, down2, together, n)),
		.high = exp(sum / n + combine(up, up2, together, n)),
	};
	return true;
}

double stats_tau(const double *x, const double *y, int n)
{
	double agree = 0, in_x = 0, in_y = 0;   /* pairs: alike less unlike; not tied in */

	for (int i = 0; i < n; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]))
			return NAN;
		for (int j = 0; j < i; j++) {
			int a = (x[i] > x[j]) - (x[i] < x[j]), b = (y[i] > y[j]) - (y[i] < y[j]);

			agree += a * b;
			in_x += a != 0;
			in_y += b != 0;
		}
	}
	return in_x > 0 && in_y > 0 ? agree / sqrt(in_x * in_y) : NAN;
}
