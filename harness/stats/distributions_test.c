/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected values: R 4.2, qnorm, qt and pnorm; they are those of any printed table.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/distributions.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

static void normal(void **state)
{
	(void)state;
	NEAR(stats_normal_quantile(0.8), 0.841621233573, 1e-11);
	NEAR(stats_normal_quantile(0.975), 1.959963984540, 1e-11);
	NEAR(stats_normal_quantile(0.005), -2.575829303549, 1e-11);
	NEAR(stats_normal_quantile(0.5), 0, 1e-12);
	NEAR(stats_normal_p(1.959963984540), 0.05, 1e-11);
	NEAR(stats_normal_p(-1.959963984540), 0.05, 1e-11);
	NEAR(stats_normal_p(0), 1, 0);
	assert_true(isnan(stats_normal_quantile(0)));
	assert_true(isnan(stats_normal_quantile(1)));
	assert_true(isnan(stats_normal_quantile(NAN)));
}

static void students(void **state)
{
	static const struct { double q; int df; double t; } want[] = {
		{ 0.975, 1, 12.70620473617 }, { 0.975, 2, 4.30265272975 }, { 0.975, 3, 3.18244630528 },
		{ 0.975, 4, 2.77644510520 }, { 0.9, 5, 1.47588404882 }, { 0.975, 5, 2.57058183564 },
		{ 0.975, 11, 2.20098516009 }, { 0.975, 30, 2.04227245630 }, { 0.975, 200, 1.97189622363 },
		{ 0.1, 5, -1.47588404882 }, { 0.5, 6, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		NEAR(stats_t_quantile(want[i].q, want[i].df), want[i].t, 1e-9);
	assert_true(isnan(stats_t_quantile(0.975, 0)));
	assert_true(isnan(stats_t_quantile(1, 5)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal),
		cmocka_unit_test(students),
	};
	return cmocka_run_group_tests_name("distributions", tests, NULL, NULL);
}
