/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected values were computed apart from this code: ranks and coverage by
 * summing exact binomial coefficients in rational arithmetic, quantiles by
 * hand.  The simulation asks the question that matters: does the interval hold
 * the true median as often as it claims?
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stats/draws.h"
#include "stats/stats.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

static void median_of_few(void **state)
{
	static const double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 10, 2 };
	struct stats_median m;

	(void)state;
	assert_true(stats_median(odd, 3, STATS_LEVEL, &m));
	assert_int_equal(m.n, 3);
	NEAR(m.median, 5, 0);
	NEAR(m.low, 1, 0);
	NEAR(m.high, 9, 0);
	NEAR(m.coverage, 0.75, 1e-12);
	assert_true(stats_median(even, 4, STATS_LEVEL, &m));
	NEAR(m.median, 3, 0);
	NEAR(odd[0], 9, 0);
	assert_true(stats_median(odd, 1, STATS_LEVEL, &m));
	NEAR(m.median, 9, 0);
	NEAR(m.low, 9, 0);
	NEAR(m.high, 9, 0);
	NEAR(m.coverage, 0, 0);
}

/* The samples are their own ranks, in an order that is not theirs. */
static void ranks_and_coverage(void **state)
{
	static const struct { int n, k; double coverage; } want[] = {
		{ 2, 1, 0.5 },
		{ 5, 1, 0.9375 },
		{ 6, 1, 0.96875 },
		{ 8, 1, 0.9921875 },
		{ 10, 2, 0.978515625 },
		{ 20, 6, 0.9586105346679688 },
		{ 30, 10, 0.9572260547429323 },
		{ 50, 18, 0.9671608624357315 },
		{ 100, 40, 0.9647997997822952 },
		{ 2000, 956, 0.9534471795082162 },
	};
	static double x[2000];
	struct stats_median m;

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		for (int j = 0; j < want[i].n; j++)
			x[(j * 7 + 3) % want[i].n] = j + 1;
		if (want[i].n % 7 == 0)
			fail_msg("7 does not permute %d", want[i].n);
		assert_true(stats_median(x, want[i].n, 0.95, &m));
		NEAR(m.median, (want[i].n + 1) / 2.0, 0);
		NEAR(m.low, want[i].k, 0);
		NEAR(m.high, want[i].n + 1 - want[i].k, 0);
		NEAR(m.coverage, want[i].coverage, 1e-9);
	}
}

static void another_level(void **state)
{
	static const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct stats_median m;

	(void)state;
	assert_true(stats_median(x, 10, 0.89, &m));
	NEAR(m.low, 3, 0);
	NEAR(m.high, 8, 0);
	NEAR(m.coverage, 0.890625, 1e-12);
	assert_true(stats_median(x, 10, 0.99, &m));
	NEAR(m.low, 1, 0);
	NEAR(m.coverage, 0.998046875, 1e-12);
}

/* Skewed as times are: one side bounded, a long tail on the other. */
static void covers_as_often_as_it_says(void **state)
{
	enum { ROUNDS = 20000, N = 12 };
	const double truth = 1 + M_LN2;
	struct stats_median m;
	double x[N];
	int held = 0;

	(void)state;
	for (int r = 0; r < ROUNDS; r++) {
		for (int i = 0; i < N; i++)
			x[i] = 1 - log(draw_uniform());
		assert_true(stats_median(x, N, STATS_LEVEL, &m));
		held += m.low <= truth && truth <= m.high;
	}
	NEAR((double)held / ROUNDS, m.coverage, 0.006);
}

static void refuses_what_is_no_sample(void **state)
{
	const double nan_in[] = { 1, NAN, 2 }, inf_in[] = { 1, INFINITY };
	const double one[] = { 1, 1 }, zero[] = { 1, 0 }, minus[] = { 1, -1 };
	struct stats_median m = { .n = -1 };

	(void)state;
	assert_false(stats_median(one, 0, STATS_LEVEL, &m));
	assert_false(stats_median(nan_in, 3, STATS_LEVEL, &m));
	assert_false(stats_median(inf_in, 2, STATS_LEVEL, &m));
	assert_false(stats_ratio(one, zero, 2, STATS_LEVEL, &m));
	assert_false(stats_ratio(one, minus, 2, STATS_LEVEL, &m));
	assert_false(stats_ratio(one, one, 0, STATS_LEVEL, &m));
	assert_int_equal(m.n, -1);
	assert_true(isnan(stats_quantile(one, 0, 0.5)));
	assert_true(isnan(stats_quantile(nan_in, 3, 0.5)));
	assert_true(isnan(stats_spread(one, 0)));
}

/* Both sides drift tenfold together; pair by pair the ratio is 2. */
static void ratio_is_of_pairs(void **state)
{
	static const double a[] = { 2, 22, 6, 17.6, 10, 4 };
	static const double b[] = { 1, 10, 3, 8, 5, 2 };
	struct stats_median m;

	(void)state;
	assert_true(stats_ratio(a, b, 6, STATS_LEVEL, &m));
	NEAR(m.median, 2, 1e-12);
	NEAR(m.low, 2, 1e-12);
	NEAR(m.high, 2.2, 1e-12);
	NEAR(m.coverage, 0.96875, 1e-12);
}

static void quantiles(void **state)
{
	static const double x[] = { 40, 10, 20, 30 };

	(void)state;
	NEAR(stats_quantile(x, 4, 0), 10, 0);
	NEAR(stats_quantile(x, 4, 0.25), 17.5, 1e-12);
	NEAR(stats_quantile(x, 4, 0.99), 39.7, 1e-12);
	NEAR(stats_quantile(x, 4, 1), 40, 0);
	NEAR(stats_quantile(x, 1, 0.9), 40, 0);
}

static void spread(void **state)
{
	static const double x[] = { 104, 100, 98, 100, 900 };   /* deciles: 98.8 and 581.6 */
	static const double zero[] = { -1, 0, 1 };

	(void)state;
	NEAR(stats_spread(x, 5), 2.414, 1e-12);
	NEAR(stats_spread(x, 1), 0, 0);
	assert_true(isnan(stats_spread(zero, 3)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_of_few),
		cmocka_unit_test(ranks_and_coverage),
		cmocka_unit_test(another_level),
		cmocka_unit_test(covers_as_often_as_it_says),
		cmocka_unit_test(refuses_what_is_no_sample),
		cmocka_unit_test(ratio_is_of_pairs),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(spread),
	};
	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
