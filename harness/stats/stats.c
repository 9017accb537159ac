/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *x, int n)
{
	qsort(x, (size_t)n, sizeof *x, ascending);
}

/* A sorted copy; NULL when there is nothing to sort, or something that has no
 * place in an order. */
static double *sorted_copy(const double *x, int n)
{
	double *s;

	for (int i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return NULL;
	s = n > 0 ? malloc(n * sizeof *s) : NULL;
	if (!s)
		return NULL;
	memcpy(s, x, n * sizeof *s);
	stats_sort(s, n);
	return s;
}

static double quantile_of_sorted(const double *s, int n, double q)
{
	double at = q * (n - 1);
	int i = (int)at;

	if (i >= n - 1)
		return s[n - 1];
	return s[i] + (at - i) * (s[i + 1] - s[i]);
}

/* The chance that k of n samples lie below the median: n over k, by 2^n.
 * Through logarithms, since 2^-n underflows beyond a thousand samples. */
static double coin(int n, int k)
{
	return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) -
	           n * M_LN2);
}

/* The k-th smallest and k-th largest samples lie on either side of the median
 * unless fewer than k samples are on one side of it.  Takes the largest k that
 * keeps the level, and k = 1 where none does. */
static int interval_rank(int n, double level, double *coverage)
{
	double outside = 2 * coin(n, 0), next;
	int k = 1;

	while (2 * (k + 1) <= n) {
		next = outside + 2 * coin(n, k);
		if (1 - next < level)
			break;
		outside = next;
		k++;
	}
	*coverage = outside < 1 ? 1 - outside : 0;
	return k;
}

bool stats_median(const double *x, int n, double level, struct stats_median *m)
{
	double *s = sorted_copy(x, n);
	int k;

	if (!s)
		return false;
	k = interval_rank(n, level, &m->coverage);
	m->n = n;
	m->median = quantile_of_sorted(s, n, 0.5);
	m->low = s[k - 1];
	m->high = s[n - k];
	free(s);
	return true;
}

bool stats_ratio(const double *a, const double *b, int n, double level,
                 struct stats_median *m)
{
	double *r = n > 0 ? malloc(n * sizeof *r) : NULL;
	bool ok = r;

	for (int i = 0; ok && i < n; i++) {
		r[i] = a[i] / b[i];
		ok = b[i] > 0;
	}
	ok = ok && stats_median(r, n, level, m);
	free(r);
	return ok;
}

int stats_pairs(double *a, double *b, int n)
{
	int kept = 0;

	for (int i = 0; i < n; i++) {
		if (!isfinite(a[i]) || !isfinite(b[i]))
			continue;
		a[kept] = a[i];
		b[kept++] = b[i];
	}
	return kept;
}

double stats_quantile(const double *x, int n, double q)
{
	double *s = sorted_copy(x, n), v;

	if (!s)
		return NAN;
	v = quantile_of_sorted(s, n, q);
	free(s);
	return v;
}

double stats_spread(const double *x, int n)
{
	double *s = sorted_copy(x, n), median, width;

	if (!s)
		return NAN;
	median = quantile_of_sorted(s, n, 0.5);
	width = quantile_of_sorted(s, n, 0.9) - quantile_of_sorted(s, n, 0.1);
	free(s);
	return median != 0 ? width / 2 / fabs(median) : NAN;
}
