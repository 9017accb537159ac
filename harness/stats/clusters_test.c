/* SPDX-License-Identifier: Apache-2.0
 *
 * By hand, and by simulation: how often one kind is called two, and two kinds are.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/clusters.h"
#include "stats/draws.h"

static void two_kinds(void **state)
{
	static const double apart[] = { 9.1, 5.0, 5.1, 9.0, 5.2, 9.2 };
	static const double equals[] = { 5, 9, 5, 9, 5, 9, 9 };
	static const double off[] = { 5.0, 5.1, 5.2, 5.0, 5.1, 5.3, 5.2, 99 };
	static const double rare[] = { 5.0, 5.1, 5.2, 5.0, 5.1, 5.3, 5.2, 9.0, 9.1 };
	struct stats_clusters c;

	(void)state;
	assert_true(stats_clusters(apart, 6, &c));
	assert_int_equal(c.below, 3);
	assert_int_equal(c.above, 3);
	assert_true(c.low == 5.1 && c.high == 9.1);
	assert_true(stats_clusters(equals, 7, &c));
	assert_int_equal(c.below, 3);
	assert_int_equal(c.above, 4);
	assert_true(c.low == 5 && c.high == 9);
	/* One far off, or two, is no kind. */
	assert_false(stats_clusters(off, 8, &c));
	assert_false(stats_clusters(rare, 9, &c));
}

static void edges(void **state)
{
	static const double few[] = { 5, 9, 5, 9, 5 }, same[] = { 5, 5, 5, 5, 5, 5 };
	static const double bad[] = { 5, 9, 5, 9, NAN, 9 }, off[] = { 5, 9, 5, 9, 5, INFINITY };
	static const double even[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
	struct stats_clusters c = { .below = -1 };

	(void)state;
	assert_false(stats_clusters(few, 0, &c));
	assert_false(stats_clusters(few, 1, &c));
	assert_false(stats_clusters(few, 5, &c));
	assert_false(stats_clusters(same, 6, &c));
	assert_false(stats_clusters(bad, 6, &c));
	assert_false(stats_clusters(off, 6, &c));
	assert_false(stats_clusters(even, 12, &c));
	assert_int_equal(c.below, -1);
}

static double draw_t2(void)
{
	double u = 2 * draw_uniform() - 1;

	return u * sqrt(2 / (1 - u * u));
}

static double draw_cauchy(void)
{
	return tan(M_PI * draw_uniform());
}

static double draw_wide_lognormal(void)
{
	return exp(draw_normal());
}

static double draw_exponential(void)
{
	return -log(draw_uniform());
}

static double share_called_two(double (*draw)(void), double apart, int n, int rounds)
{
	struct stats_clusters c;
	double x[40];
	int two = 0;

	for (int r = 0; r < rounds; r++) {
		for (int i = 0; i < n; i++)
			x[i] = draw() + (draw_uniform() < 0.5 ? apart : 0);
		two += stats_clusters(x, n, &c);
	}
	return (double)two / rounds;
}

static void one_kind_is_called_two_rarely(void **state)
{
	static double (*const kinds[])(void) = { draw_uniform, draw_normal, draw_exponential,
	                                         draw_wide_lognormal, draw_t2, draw_cauchy, draw_heavy };
	static const int sizes[] = { 6, 7, 8, 9, 10, 12, 16, 20, 40 };
	enum { ROUNDS = 3000 };

	(void)state;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			double share = share_called_two(kinds[k], 0, sizes[s], ROUNDS);

			if (share > 0.01 + 3 * sqrt(0.01 / ROUNDS))
				fail_msg("kind %zu, n = %d: %g", k, sizes[s], share);
		}
}

static void two_kinds_are_found(void **state)
{
	static const struct { int n; double share; } want[] = { { 6, 0.21 }, { 10, 0.75 }, { 20, 0.97 } };

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_true(fabs(share_called_two(draw_normal, 10, want[i].n, 3000) - want[i].share) <= 0.03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_kinds),
		cmocka_unit_test(edges),
		cmocka_unit_test(one_kind_is_called_two_rarely),
		cmocka_unit_test(two_kinds_are_found),
	};
	return cmocka_run_group_tests_name("clusters", tests, NULL, NULL);
}
