/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/distributions.h"

#include <math.h>

double stats_normal_p(double z)
{
	return erfc(fabs(z) / M_SQRT2);
}

static double normal_below(double x)
{
	return erfc(-x / M_SQRT2) / 2;
}

double stats_normal_quantile(double q)
{
	double low = -40, high = 40;

	if (!(q > 0 && q < 1))
		return NAN;
	while (high - low > 1e-13 * fmax(1, fabs(low))) {
		double x = (low + high) / 2;

		if (normal_below(x) < q)
			low = x;
		else
			high = x;
	}
	return (low + high) / 2;
}

/* For whole degrees of freedom the integral is a finite sum of powers of a cosine
 * (Abramowitz and Stegun, 26.7.3 and 26.7.4).  t = tan(angle) * sqrt(df). */
static double t_below(double angle, int df)
{
	double c = cos(angle), s = sin(angle), term = df % 2 ? c : 1, sum = term;

	for (int i = df % 2 ? 3 : 2; i <= df - 2; i += 2) {
		term *= c * c * (i - 1) / i;
		sum += term;
	}
	if (df == 1)
		sum = 0;
	return 0.5 + (df % 2 ? M_1_PI * (angle + s * sum) : s * sum / 2);
}

double stats_t_quantile(double q, int df)
{
	double low = -M_PI_2, high = M_PI_2;

	if (!(q > 0 && q < 1) || df < 1)
		return NAN;
	for (int i = 0; i < 60; i++) {
		double angle = (low + high) / 2;

		if (t_below(angle, df) < q)
			low = angle;
		else
			high = angle;
	}
	return tan((low + high) / 2) * sqrt(df);
}
