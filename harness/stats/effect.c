/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/effect.h"

#include <math.h>
#include <stdlib.h>

#include "stats/distributions.h"
#include "stats/stats.h"

/* ---- The distribution of a rank sum where there is no difference ---------------- */

/* ways[s] of total ways have the sum s.  All are whole numbers below 2^53, and so
 * exact: at most 2^50, or the ways to choose 25 of 50. */
struct sums {
	double *ways;
	int max;                        /* the highest sum */
	double total;
};

/* With room for sums 0..max, rows times. */
static bool sums_alloc(struct sums *s, int max, int rows)
{
	*s = (struct sums){ calloc((size_t)rows * ((size_t)max + 1), sizeof *s->ways), max, 0 };
	return s->ways;
}

static void sums_count(struct sums *s)
{
	for (int i = 0; i <= s->max; i++)
		s->total += s->ways[i];
}

/* The chance of a sum as far from the mean as s. */
static double sums_p(const struct sums *d, int s, int twice_mean)
{
	double ways = 0;

	for (int i = 0; i <= d->max; i++)
		if (abs(2 * i - twice_mean) >= abs(2 * s - twice_mean))
			ways += d->ways[i];
	return ways / d->total;
}

/* Each rank counts or does not. */
static bool signed_sums(struct sums *d, const int *rank, int n)
{
	int max = 0;

	for (int i = 0; i < n; i++)
		max += rank[i];
	if (!sums_alloc(d, max, 1))
		return false;
	d->ways[0] = 1;
	for (int i = 0; i < n; i++)
		for (int s = max; s >= rank[i]; s--)
			d->ways[s] += d->ways[s - rank[i]];
	sums_count(d);
	return true;
}

/* In how many pairs b is above a, where no samples are tied: the coefficients of the
 * Gaussian binomial, the product of (1 - q^(nb+i)) / (1 - q^i) for i = 1..na. */
static bool pair_sums(struct sums *d, int na, int nb)
{
	int max = na * nb;

	if (!sums_alloc(d, max, 1))
		return false;
	d->ways[0] = 1;
	for (int i = 1; i <= na; i++) {
		for (int s = max; s >= nb + i; s--)
			d->ways[s] -= d->ways[s - nb - i];
		for (int s = i; s <= max; s++)
			d->ways[s] += d->ways[s - i];
	}
	sums_count(d);
	return true;
}

/* The sum of some of the ranks, of so many as are chosen. */
static bool chosen_sums(struct sums *d, const int *rank, int n, int chosen)
{
	size_t width;
	int max = 0;

	for (int i = 0; i < n; i++)
		max += rank[i];
	if (!sums_alloc(d, max, chosen + 1))
		return false;
	width = (size_t)max + 1;
	d->ways[0] = 1;
	for (int i = 0; i < n; i++)
		for (int c = chosen; c > 0; c--)
			for (int s = max; s >= rank[i]; s--)
				d->ways[(size_t)c * width + (size_t)s] +=
					d->ways[(size_t)(c - 1) * width + (size_t)(s - rank[i])];
	for (size_t s = 0; s < width; s++)
		d->ways[s] = d->ways[(size_t)chosen * width + s];
	sums_count(d);
	return true;
}

/* ---- Ranks -------------------------------------------------------------------- */

/* Twice the rank of each, from 2 on, so that the mean of two ranks is whole too.  The
 * sum of t^3 - t over groups of t equal ones into *ties.  False: out of memory. */
static bool twice_ranks(const double *x, int n, int *rank, double *ties)
{
	double *s = malloc((size_t)n * sizeof *s);
	int last;

	if (!s)
		return false;
	for (int i = 0; i < n; i++)
		s[i] = x[i];
	stats_sort(s, n);
	*ties = 0;
	for (int first = 0; first < n; first = last) {
		double t;

		for (last = first; last < n && s[last] == s[first]; last++)
			;
		t = last - first;
		*ties += t * t * t - t;
		for (int i = 0; i < n; i++)
			if (x[i] == s[first])
				rank[i] = first + 1 + last;
	}
	free(s);
	return true;
}

static double normal_p(double distance, double sd)
{
	return sd > 0 ? stats_normal_p(fmax(0, distance) / sd) : 1;
}

/* ---- Intervals ------------------------------------------------------------------ */

/* How far from both ends the interval's ends are among the sorted values that rank sums
 * count: the highest k such that fewer than k of them lie on one side of the truth with
 * chance 1 - level at most; 1 where there is none. */
static int exact_k(const struct sums *d, double level, double *coverage)
{
	double ways = d->ways[0];
	int k = 1;

	while (k < d->max && 1 - 2 * (ways + d->ways[k]) / d->total >= level)
		ways += d->ways[k++];
	*coverage = fmax(0, 1 - 2 * ways / d->total);
	return k;
}

/* The same by the normal approximation. */
static int normal_k(double mean, double sd, double level, double *coverage)
{
	double k = floor(mean + 0.5 + sd * stats_normal_quantile((1 - level) / 2));

	k = fmax(1, k);
	*coverage = 1 - stats_normal_p((k - 0.5 - mean) / sd);
	return (int)k;
}

/* Of logarithms v, which are sorted here. */
static void set_interval(struct stats_effect *out, double *v, int n, int k)
{
	stats_sort(v, n);
	out->estimate = exp((v[(n - 1) / 2] + v[n / 2]) / 2);
	out->low = exp(v[k - 1]);
	out->high = exp(v[n - k]);
}

static bool is_level(double level)
{
	return level > 0 && level < 1;
}

static bool are_samples(const double *x, int n)
{
	for (int i = 0; i < n; i++)
		if (!(isfinite(x[i]) && x[i] > 0))
			return false;
	return n > 0 && n <= STATS_SAMPLES_MAX;
}

/* ---- Paired --------------------------------------------------------------------- */

/* Of log ratios; rank[n] and size[n] are room. */
static bool paired_p(const double *log_ratio, int n, int *rank, double *size, double *p)
{
	double ties, mean = 0, variance = 0;
	int sum = 0, ranked = 0;
	struct sums d;

	for (int i = 0; i < n; i++)
		size[i] = fabs(log_ratio[i]);
	if (!twice_ranks(size, n, rank, &ties))
		return false;
	for (int i = 0; i < n; i++) {
		if (log_ratio[i] == 0)
			continue;
		sum += log_ratio[i] > 0 ? rank[i] : 0;
		mean += rank[i] / 2.0;
		variance += rank[i] * (double)rank[i] / 4;
		rank[ranked++] = rank[i];
	}
	if (n > STATS_PAIRS_EXACT) {
		*p = normal_p(fabs(sum - mean) - 1, sqrt(variance));
		return true;
	}
	if (!signed_sums(&d, rank, ranked))
		return false;
	*p = sums_p(&d, sum, d.max);
	free(d.ways);
	return true;
}

static bool paired_k(int n, double level, int *k, double *coverage)
{
	double pairs = n * (n + 1.0) / 2;
	int rank[STATS_PAIRS_EXACT];
	struct sums d;

	if (n > STATS_PAIRS_EXACT) {
		*k = normal_k(pairs / 2, sqrt(pairs * (2 * n + 1) / 12), level, coverage);
		return true;
	}
	for (int i = 0; i < n; i++)
		rank[i] = i + 1;
	if (!signed_sums(&d, rank, n))
		return false;
	*k = exact_k(&d, level, coverage);
	free(d.ways);
	return true;
}

double stats_paired_coverage(int n, double level)
{
	double coverage;
	int k;

	if (n < 1 || n > STATS_SAMPLES_MAX || !is_level(level) || !paired_k(n, level, &k, &coverage))
		return NAN;
	return coverage;
}

bool stats_paired(const double *a, const double *b, int n, double level, struct stats_effect *out)
{
	struct stats_effect e = { .n = n };
	double *v = NULL, *log_ratio;
	int *rank = NULL, pairs, k;
	bool ok = is_level(level) && are_samples(a, n) && are_samples(b, n);

	if (!ok)
		return false;
	pairs = n * (n + 1) / 2;
	v = malloc(((size_t)pairs + (size_t)n) * sizeof *v);
	rank = malloc((size_t)n * sizeof *rank);
	ok = v && rank;
	log_ratio = ok ? v + pairs : NULL;
	for (int i = 0; ok && i < n; i++) {
		log_ratio[i] = log(b[i] / a[i]);
		ok = isfinite(log_ratio[i]);
	}
	ok = ok && paired_p(log_ratio, n, rank, v, &e.p) && paired_k(n, level, &k, &e.coverage);
	if (ok) {
		for (int i = 0, at = 0; i < n; i++)
			for (int j = i; j < n; j++)
				v[at++] = (log_ratio[i] + log_ratio[j]) / 2;
		set_interval(&e, v, pairs, k);
		*out = e;
	}
	free(v);
	free(rank);
	return ok;
}

/* ---- Unpaired --------------------------------------------------------------------- */

/* What x, of which nb are b's, behind a's, says of no difference and, if there are no
 * ties, the same of any: into p, k and coverage. */
static bool unpaired_p_k(const double *x, int na, int nb, int *rank, double level, struct stats_effect *out,
                         int *k)
{
	double pairs = (double)na * nb, n = na + nb, ties;
	int sum = 0, above;             /* of ranks, doubled; of pairs, doubled */
	struct sums d, tied;

	if (!twice_ranks(x, na + nb, rank, &ties))
		return false;
	for (int i = na; i < na + nb; i++)
		sum += rank[i];
	above = sum - nb * (nb + 1);
	if (n > STATS_SAMPLES_EXACT) {
		*k = normal_k(pairs / 2, sqrt(pairs * (n + 1) / 12), level, &out->coverage);
		out->p = normal_p(fabs(above - pairs) / 2 - 0.5,
		                  sqrt(pairs / 12 * (n + 1 - ties / (n * (n - 1)))));
		return true;
	}
	if (!pair_sums(&d, na, nb))
		return false;
	*k = exact_k(&d, level, &out->coverage);
	if (ties == 0)
		out->p = sums_p(&d, above / 2, d.max);
	free(d.ways);
	if (ties == 0)
		return true;
	if (!chosen_sums(&tied, rank, na + nb, nb))
		return false;
	out->p = sums_p(&tied, sum, 2 * nb * (na + nb + 1));
	free(tied.ways);
	return true;
}

bool stats_unpaired(const double *a, int na, const double *b, int nb, double level,
                    struct stats_effect *out)
{
	struct stats_effect e = { .n = na < nb ? na : nb };
	double *x, *v;
	int *rank, k;
	bool ok = is_level(level) && are_samples(a, na) && are_samples(b, nb);

	if (!ok)
		return false;
	x = malloc(((size_t)na + (size_t)nb + (size_t)na * (size_t)nb) * sizeof *x);
	rank = malloc(((size_t)na + (size_t)nb) * sizeof *rank);
	ok = x && rank;
	for (int i = 0; ok && i < na + nb; i++)
		x[i] = log(i < na ? a[i] : b[i - na]);
	ok = ok && unpaired_p_k(x, na, nb, rank, level, &e, &k);
	if (ok) {
		v = x + na + nb;
		for (int i = 0; i < na; i++)
			for (int j = 0; j < nb; j++)
				*v++ = x[na + j] - x[i];
		set_interval(&e, x + na + nb, na * nb, k);
		*out = e;
	}
	free(x);
	free(rank);
	return ok;
}
