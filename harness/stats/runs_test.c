/* SPDX-License-Identifier: Apache-2.0
 *
 * Components of variance by hand (a table of mean squares as any textbook has), and by
 * simulation: whether a floor from a few runs holds what two further runs differ by, and
 * whether what is called the smallest difference is told as often as it is said to be.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/draws.h"
#include "stats/runs.h"
#include "stats/stats.h"
#include "stats/verdict.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

/* In logarithms: 1 2 3, 4 5 6 and 7 8 9: mean squares 27 between and 1 within; 3 in a
 * run.  Then 1 3 and 6 alone: 32/3 and 2, and 4/3 in a run. */
static void by_hand(void **state)
{
	static const int three[] = { 3, 3, 3 }, uneven[] = { 2, 1 };
	static const double u[] = { 1, 3, 6 };
	struct stats_runs r;
	double x[9];

	(void)state;
	for (int i = 0; i < 9; i++)
		x[i] = exp(i + 1);
	assert_true(stats_runs(x, three, 3, &r));
	assert_int_equal(r.runs, 3);
	assert_int_equal(r.samples, 9);
	NEAR(r.within, 1, 1e-12);
	NEAR(r.between, sqrt(26 / 3.0), 1e-12);
	for (int i = 0; i < 3; i++)
		x[i] = exp(u[i]);
	assert_true(stats_runs(x, uneven, 2, &r));
	NEAR(r.within, sqrt(2), 1e-12);
	NEAR(r.between, sqrt((32 / 3.0 - 2) / (4 / 3.0)), 1e-12);
}

static void edges(void **state)
{
	static const double same[] = { 5, 5, 5, 5 }, alike[] = { 4, 6, 4, 6 }, bad[] = { 1, 2, 0, 1 };
	static const double nan_in[] = { 1, 2, NAN, 1 }, powers[] = { 1, 10, 100 };
	static const int two[] = { 2, 2 }, ones[] = { 1, 1 }, none[] = { 2, 0 };
	struct stats_runs r = { .runs = -1 };

	(void)state;
	assert_false(stats_runs(same, two, 0, &r));
	assert_false(stats_runs(same, two, 1, &r));
	assert_false(stats_runs(same, none, 2, &r));
	assert_false(stats_runs(bad, two, 2, &r));
	assert_false(stats_runs(nan_in, two, 2, &r));
	assert_int_equal(r.runs, -1);
	assert_true(stats_runs(same, two, 2, &r));
	assert_true(r.within == 0 && r.between == 0);
	NEAR(stats_runs_floor(&r, 1, STATS_LEVEL), 0, 0);
	/* Runs differ by less than samples explain. */
	assert_true(stats_runs(alike, two, 2, &r));
	assert_true(r.within > 0 && r.between == 0);
	assert_true(isnan(stats_runs_floor(&r, 0, STATS_LEVEL)));
	assert_true(isnan(stats_runs_floor(&r, 2, 1)));
	assert_true(stats_runs(alike, ones, 2, &r));
	assert_true(isnan(r.within));
	NEAR(r.between, log(1.5) / sqrt(2), 1e-12);
	NEAR(stats_scatter_alone(powers, 3), log(10) * sqrt(2), 1e-12);
	NEAR(stats_scatter_alone(same, 4), 0, 0);
	assert_true(isnan(stats_scatter_alone(powers, 1)) && isnan(stats_scatter_alone(bad, 4)));
	assert_true(isnan(stats_runs_floor(&r, 2, STATS_LEVEL)));
}

/* With 4 degrees of freedom t is 2.776. */
static void floor_by_hand(void **state)
{
	const struct stats_runs r = { .runs = 5, .samples = 30, .between = 0.01, .within = 0.03 };

	(void)state;
	NEAR(stats_runs_floor(&r, 9, 0.95), expm1(2.77644510520 * 0.02), 1e-9);
}

/* What a run adds is 2 %, and its samples differ by 3 %. */
static double run_of(double *x, int n)
{
	double sum = 0, added = 0.02 * draw_normal();

	for (int i = 0; i < n; i++) {
		x[i] = exp(added + 0.03 * draw_normal());
		sum += log(x[i]);
	}
	return sum / n;
}

static void floor_holds(void **state)
{
	enum { ROUNDS = 4000, RUNS = 5, N = 6 };
	static const int n[] = { N, N, N, N, N };
	struct stats_runs r;
	double x[RUNS * N], between = 0, within = 0;
	int held = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		double further[N];

		for (int i = 0; i < RUNS; i++)
			run_of(x + i * N, N);
		assert_true(stats_runs(x, n, RUNS, &r));
		between += r.between * r.between / ROUNDS;
		within += r.within * r.within / ROUNDS;
		held += fabs(run_of(further, N) - run_of(further, N)) <=
		        log1p(stats_runs_floor(&r, N, STATS_LEVEL));
	}
	NEAR(sqrt(between), 0.02, 0.001);
	NEAR(sqrt(within), 0.03, 0.0005);
	/* Oftener than the level, since between is never below 0. */
	assert_true(held >= 0.94 * ROUNDS && held <= 0.98 * ROUNDS);
}

/* ---- The smallest difference ------------------------------------------------------ */

static void smallest_edges(void **state)
{
	const struct stats_effect point = { .n = 6, .low = 1, .high = 1, .coverage = 0.96875 };
	const struct stats_effect one = { .n = 1, .low = 1, .high = 2 };
	const struct stats_effect none = { .n = 6, .low = 0, .high = 2, .coverage = 0.96875 };

	(void)state;
	NEAR(stats_scatter(&point), 0, 0);
	assert_true(isnan(stats_scatter(&one)));
	assert_true(isnan(stats_scatter(&none)));
	NEAR(stats_smallest(0, 6, 0.03), 0.03, 1e-12);
	assert_true(isnan(stats_smallest(0.03, 5, 0.03)));
	assert_true(isnan(stats_smallest(-1, 6, 0.03)));
	assert_true(isnan(stats_smallest(NAN, 6, 0.03)));
	assert_true(isnan(stats_smallest(0.03, 6, NAN)));
	assert_true(stats_smallest(0.03, 12, 0) < stats_smallest(0.03, 6, 0));
}

static void smallest_is_told(void **state)
{
	enum { ROUNDS = 2000 };
	static const int sizes[] = { 6, 7, 8, 12, 20, 40 };
	const double scatter = 0.03 * sqrt(2);
	struct stats_effect e;
	double a[40], b[40];

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
		for (double floor = 0; floor < 0.05; floor += 0.04) {
			double ratio = 1 + stats_smallest(scatter, sizes[s], floor), seen = 0;
			int rounds = sizes[s] > 12 ? ROUNDS / 4 : ROUNDS, told = 0;

			for (int r = 0; r < rounds; r++) {
				for (int i = 0; i < sizes[s]; i++) {
					a[i] = draw_lognormal();
					b[i] = draw_lognormal() * ratio;
				}
				assert_true(stats_paired(a, b, sizes[s], STATS_LEVEL, &e));
				told += stats_judge(&e, floor) == STATS_SLOWER;
				seen += stats_scatter(&e) / rounds;
			}
			if (told < 0.7 * rounds || told > 0.88 * rounds)
				fail_msg("n %d, floor %g: told in %d of %d", sizes[s], floor, told, rounds);
			NEAR(seen, scatter, 0.05 * scatter);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(edges),
		cmocka_unit_test(floor_by_hand),
		cmocka_unit_test(floor_holds),
		cmocka_unit_test(smallest_edges),
		cmocka_unit_test(smallest_is_told),
	};
	return cmocka_run_group_tests_name("runs", tests, NULL, NULL);
}
