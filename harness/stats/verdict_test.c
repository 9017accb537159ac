/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdicts by hand; then how often they are wrong where nothing was changed, and how
 * often a change of 5 % is seen, of samples whose noise is as that of programs.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/draws.h"
#include "stats/stats.h"
#include "stats/verdict.h"

static void by_hand(void **state)
{
	static const struct { int n; double low, high, floor; enum stats_verdict want; } cases[] = {
		{ 5, 2, 3, 0.03, STATS_TOO_FEW }, { 0, 0, 0, 0.03, STATS_TOO_FEW },
		{ 6, 1.031, 1.2, 0.03, STATS_SLOWER }, { 6, 1.03, 1.2, 0.03, STATS_CANNOT_TELL },
		{ 6, 0.9, 0.97, 0.03, STATS_FASTER }, { 6, 0.9, 0.971, 0.03, STATS_CANNOT_TELL },
		{ 6, 0.971, 1.03, 0.03, STATS_SAME }, { 6, 0.97, 1.03, 0.03, STATS_CANNOT_TELL },
		{ 6, 0.99, 1.031, 0.03, STATS_CANNOT_TELL }, { 6, 0.5, 2, 0.03, STATS_CANNOT_TELL },
		{ 6, 1, 1, 0, STATS_SAME }, { 6, 1.001, 1.002, 0, STATS_SLOWER },
		{ 6, 0.998, 0.999, 0, STATS_FASTER }, { 6, 0.99, 1.01, 0, STATS_CANNOT_TELL },
		{ 6, 2, 3, NAN, STATS_CANNOT_TELL }, { 6, 2, 3, -0.1, STATS_CANNOT_TELL },
		{ 6, 2, 3, INFINITY, STATS_CANNOT_TELL }, { 6, NAN, 3, 0.03, STATS_CANNOT_TELL },
		{ 6, 2, NAN, 0.03, STATS_CANNOT_TELL }, { 6, 2, INFINITY, 0.03, STATS_CANNOT_TELL },
		{ 6, 0, 0.5, 0.03, STATS_CANNOT_TELL }, { 6, 3, 2, 0.03, STATS_CANNOT_TELL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stats_effect e = { .n = cases[i].n, .low = cases[i].low, .high = cases[i].high };

		if (stats_judge(&e, cases[i].floor) != cases[i].want)
			fail_msg("case %zu is %s", i, stats_verdict_name(stats_judge(&e, cases[i].floor)));
	}
}

static void turned_round(void **state)
{
	const struct stats_effect slow = { .n = 6, .low = 1.04, .high = 1.1 };
	const struct stats_effect fast = { .n = 6, .low = 1 / 1.1, .high = 1 / 1.04 };

	(void)state;
	for (double floor = 0; floor < 0.1; floor += 0.01)
		assert_int_equal(stats_judge(&slow, floor) == STATS_SLOWER,
		                 stats_judge(&fast, floor) == STATS_FASTER);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(stats_verdict_name(STATS_TOO_FEW), "too few");
	assert_string_equal(stats_verdict_name(STATS_CANNOT_TELL), "cannot tell");
	assert_string_equal(stats_verdict_name(STATS_SAME), "same");
	assert_string_equal(stats_verdict_name(STATS_FASTER), "faster");
	assert_string_equal(stats_verdict_name(STATS_SLOWER), "slower");
}

/* ---- Simulation ------------------------------------------------------------------ */

/* Shares of verdicts on b, which takes that much of a. */
static void shares(double (*draw)(void), int n, double ratio, double floor, int rounds, double share[5])
{
	double a[20], b[20];
	struct stats_effect e;

	for (int v = 0; v < 5; v++)
		share[v] = 0;
	for (int r = 0; r < rounds; r++) {
		for (int i = 0; i < n; i++) {
			double block = draw_skewed();

			a[i] = block * draw();
			b[i] = block * draw() * ratio;
		}
		assert_true(stats_paired(a, b, n, STATS_LEVEL, &e));
		share[stats_judge(&e, floor)] += 1.0 / rounds;
	}
}

/* Where nothing was changed: without a floor as often wrong as the level leaves open, and
 * with one hardly ever. */
static void false_verdicts(void **state)
{
	static double (*const draws[])(void) = { draw_lognormal, draw_skewed, draw_heavy, draw_bimodal };
	double share[5];

	(void)state;
	for (size_t d = 0; d < sizeof draws / sizeof *draws; d++) {
		shares(draws[d], 12, 1, 0, 4000, share);
		assert_true(share[STATS_FASTER] + share[STATS_SLOWER] <= 0.055);
		assert_true(share[STATS_FASTER] > 0.01 && share[STATS_SLOWER] > 0.01);
		shares(draws[d], 12, 1, 0.03, 4000, share);
		assert_true(share[STATS_FASTER] + share[STATS_SLOWER] <= 0.05);
	}
	shares(draw_lognormal, 12, 1, 0.03, 4000, share);
	assert_true(share[STATS_FASTER] + share[STATS_SLOWER] <= 0.002);
	/* At the very edge of the floor "same" is wrong no oftener than that either. */
	shares(draw_lognormal, 12, 1.03, 0.03, 4000, share);
	assert_true(share[STATS_SAME] <= 0.03 && share[STATS_SLOWER] <= 0.03);
}

/* A change of 5 %, where processes differ by 3 %: Student's test of as many pairs has
 * a power of 0.96 at n = 12, no floor. */
static void power(void **state)
{
	double share[5];

	(void)state;
	shares(draw_lognormal, 12, 1.05, 0, 2000, share);
	assert_true(share[STATS_SLOWER] >= 0.90);
	shares(draw_lognormal, 12, 1 / 1.05, 0, 2000, share);
	assert_true(share[STATS_FASTER] >= 0.90);
	shares(draw_lognormal, 20, 1.05, 0.01, 2000, share);
	assert_true(share[STATS_SLOWER] >= 0.95);
	assert_true(share[STATS_FASTER] + share[STATS_SAME] <= 0.001);
	shares(draw_lognormal, 20, 1, 0.03, 2000, share);
	assert_true(share[STATS_SAME] >= 0.6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(turned_round),
		cmocka_unit_test(names),
		cmocka_unit_test(false_verdicts),
		cmocka_unit_test(power),
	};
	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
