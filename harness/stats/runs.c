/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/runs.h"

#include <math.h>

#include "stats/distributions.h"
#include "stats/stats.h"
#include "stats/verdict.h"

#define POWER 0.8

static double log_mean(const double *x, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += log(x[i]);
	return sum / n;
}

static bool are_runs(const double *x, const int *n, int runs, int *samples)
{
	*samples = 0;
	for (int r = 0; r < runs; r++) {
		if (n[r] < 1)
			return false;
		*samples += n[r];
	}
	for (int i = 0; i < *samples; i++)
		if (!(isfinite(x[i]) && x[i] > 0))
			return false;
	return runs >= 2;
}

bool stats_runs(const double *x, const int *n, int runs, struct stats_runs *out)
{
	double mean, among = 0, inside = 0, squares = 0, within, typical;
	int samples, at = 0;

	if (!are_runs(x, n, runs, &samples))
		return false;
	mean = log_mean(x, samples);
	for (int r = 0; r < runs; r++) {
		double own = log_mean(x + at, n[r]);

		among += n[r] * (own - mean) * (own - mean);
		squares += (double)n[r] * n[r];
		for (int i = 0; i < n[r]; i++, at++)
			inside += (log(x[at]) - own) * (log(x[at]) - own);
	}
	within = samples > runs ? inside / (samples - runs) : NAN;
	/* Samples of a run; less than the mean where runs have unequally many. */
	typical = (samples - squares / samples) / (runs - 1);
	*out = (struct stats_runs){
		.runs = runs,
		.samples = samples,
		.within = sqrt(within),
		.between = sqrt(fmax(0, (among / (runs - 1) - (samples > runs ? within : 0)) / typical)),
	};
	return true;
}

double stats_runs_floor(const struct stats_runs *r, int n, double level)
{
	double of_a_run;

	if (n < 1 || !(level > 0 && level < 1))
		return NAN;
	of_a_run = r->between * r->between + r->within * r->within / n;
	return expm1(stats_t_quantile((1 + level) / 2, r->runs - 1) * sqrt(2 * of_a_run));
}

/* How wide an interval of rank tests is, in standard deviations of what it is made of:
 * about as wide as Student's of the same coverage. */
static double half_width(int n, double coverage)
{
	return stats_t_quantile((1 + coverage) / 2, n - 1) / sqrt(n);
}

double stats_scatter(const struct stats_effect *e)
{
	if (e->n < 2 || !(e->low > 0 && e->low <= e->high && isfinite(e->high)) || !(e->coverage > 0))
		return NAN;
	return log(e->high / e->low) / 2 / half_width(e->n, e->coverage);
}

double stats_scatter_alone(const double *x, int n)
{
	double mean, squares = 0;

	for (int i = 0; i < n; i++)
		if (!(isfinite(x[i]) && x[i] > 0))
			return NAN;
	if (n < 2)
		return NAN;
	mean = log_mean(x, n);
	for (int i = 0; i < n; i++)
		squares += (log(x[i]) - mean) * (log(x[i]) - mean);
	return sqrt(2 * squares / (n - 1));
}

double stats_smallest(double scatter, int n, double floor)
{
	double beyond;

	if (n < STATS_BLOCKS_MIN || !(scatter >= 0 && isfinite(scatter) && floor >= 0 && isfinite(floor)))
		return NAN;
	/* The factor is from simulation: normal scatter, 7 to 40 blocks. */
	beyond = half_width(n, stats_paired_coverage(n, STATS_LEVEL)) + stats_t_quantile(POWER, n - 1) / sqrt(n);
	return (1 + floor) * exp(1.05 * scatter * beyond) - 1;
}
