/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected values: worked examples as published, and R 4.2 (wilcox.test, qsignrank,
 * qwilcox; with ties the packages exactRankTests and coin, which are exact there).  What
 * they give in units of a logarithm to the base of 2 is a ratio here.  The simulations
 * ask whether an interval holds the truth as often as it claims, of samples like those
 * that programs give and worse.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/draws.h"
#include "stats/effect.h"
#include "stats/stats.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

/* Powers of two, whose ratios are tied where the exponents' differences are. */
static void powers(const double *x, int n, double *out)
{
	for (int i = 0; i < n; i++)
		out[i] = exp2(x[i]);
}

static void check(const struct stats_effect *e, double estimate, double low, double high, double p)
{
	NEAR(log2(e->estimate), estimate, 1e-9);
	NEAR(log2(e->low), low, 1e-9);
	NEAR(log2(e->high), high, 1e-9);
	NEAR(e->p, p, 1e-11);
}

/* ---- Paired ---------------------------------------------------------------------- */

/* The depression scale factors of nine patients before and after a tranquiliser:
 * Hollander and Wolfe, Nonparametric Statistical Methods, example 3.1, where the estimate
 * is -0.46, one tail 0.0195 and the interval of 96.1 % -0.786 to -0.010. */
static void paired_as_published(void **state)
{
	static const double before[] = { 1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30 };
	static const double after[] = { 0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29 };
	struct stats_effect e;
	double a[9], b[9];

	(void)state;
	powers(before, 9, a);
	powers(after, 9, b);
	assert_true(stats_paired(a, b, 9, STATS_LEVEL, &e));
	check(&e, -0.46, -0.786, -0.010, 0.0390625);
	NEAR(e.coverage, 0.9609375, 1e-12);
	assert_int_equal(e.n, 9);

	/* As ratios of the factors themselves: R's of the logarithms. */
	assert_true(stats_paired(before, after, 9, STATS_LEVEL, &e));
	NEAR(e.estimate, 0.722186526748, 1e-11);
	NEAR(e.low, 0.503279238713, 1e-11);
	NEAR(e.high, 1.009083929648, 1e-11);
	NEAR(e.p, 0.0546875, 1e-12);
}

/* coin, wilcoxsign_test, exact, zeros as Pratt has them.  Where they are dropped instead
 * it says 0.025390625. */
static void paired_ties_and_zeros(void **state)
{
	static const double d[] = { 0, 1, -1, 2, 2, 3, 0, 4, 5, -2, 3, 6 };
	double a[COUNT(d)], b[COUNT(d)];
	struct stats_effect e;

	(void)state;
	for (int i = 0; i < COUNT(d); i++) {
		a[i] = exp2(i % 3);
		b[i] = exp2(i % 3 + d[i]);
	}
	assert_true(stats_paired(a, b, COUNT(d), STATS_LEVEL, &e));
	NEAR(e.p, 0.029296875, 1e-12);
	NEAR(e.coverage, 0.95751953125, 1e-12);
}

/* Whole tables of qsignrank(0.025, n), and what each is worth. */
static void paired_ranks(void **state)
{
	static const struct { int n, k; double coverage; } want[] = {
		{ 1, 1, 0 }, { 2, 1, 0.5 }, { 5, 1, 0.9375 }, { 6, 1, 0.96875 }, { 7, 3, 0.953125 },
		{ 10, 9, 0.951171875 }, { 12, 14, 0.95751953125 }, { 20, 53, 0.951559066772 },
		{ 30, 138, 0.950289878994 }, { 50, 435, 0.950553593199 },
	};
	double a[50], b[50], walsh[50 * 51 / 2];
	struct stats_effect e;

	(void)state;
	for (int w = 0; w < COUNT(want); w++) {
		int n = want[w].n, pairs = 0;

		for (int i = 0; i < n; i++) {
			a[i] = draw_skewed();
			b[i] = draw_skewed();
			for (int j = 0; j <= i; j++)
				walsh[pairs++] = (log(b[i] / a[i]) + log(b[j] / a[j])) / 2;
		}
		stats_sort(walsh, pairs);
		assert_true(stats_paired(a, b, n, STATS_LEVEL, &e));
		NEAR(e.coverage, want[w].coverage, 1e-11);
		NEAR(stats_paired_coverage(n, STATS_LEVEL), want[w].coverage, 1e-11);
		NEAR(log(e.low), walsh[want[w].k - 1], 1e-12);
		NEAR(log(e.high), walsh[pairs - want[w].k], 1e-12);
	}
}

/* R: p by the normal approximation with its correction; the interval is the exact one. */
static void paired_beyond_the_exact(void **state)
{
	double a[60], b[60];
	struct stats_effect e;

	(void)state;
	for (int i = 1; i <= 60; i++) {
		a[i - 1] = 1;
		b[i - 1] = exp2((i * 37 % 61 - 25) / 10.0 + i / 1000.0);
	}
	assert_true(stats_paired(a, b, 60, STATS_LEVEL, &e));
	check(&e, 0.5805, 0.0985, 1.0625, 0.0206006685929);
	NEAR(e.coverage, 0.95, 0.001);
	/* coin, wilcoxsign_test, asymptotic, as Pratt: 0.144725159496, which is without the
	 * correction; the same with half a rank less. */
	for (int i = 1; i <= 60; i++)
		b[i - 1] = exp2(floor((i * 37 % 61 - 25) / 5.0));
	assert_true(stats_paired(a, b, 60, STATS_LEVEL, &e));
	NEAR(e.p, 0.145744983092, 1e-11);
}

static void paired_of_equals(void **state)
{
	static const double one[] = { 1, 2, 3, 4, 5, 6, 7 }, two[] = { 2, 4, 6, 8, 10, 12, 14 };
	struct stats_effect e;
	static double many[60];

	(void)state;
	assert_true(stats_paired(one, one, 7, STATS_LEVEL, &e));
	check(&e, 0, 0, 0, 1);
	assert_true(stats_paired(one, two, 7, STATS_LEVEL, &e));
	check(&e, 1, 1, 1, 2.0 / 128);
	assert_true(stats_paired(two, one, 7, STATS_LEVEL, &e));
	check(&e, -1, -1, -1, 2.0 / 128);
	assert_true(stats_paired(one, two, 1, STATS_LEVEL, &e));
	check(&e, 1, 1, 1, 1);
	NEAR(e.coverage, 0, 0);
	for (int i = 0; i < 60; i++)
		many[i] = i + 1;
	assert_true(stats_paired(many, many, 60, STATS_LEVEL, &e));
	check(&e, 0, 0, 0, 1);
}

/* ---- Unpaired -------------------------------------------------------------------- */

/* The permeability of membranes at term and earlier: Hollander and Wolfe, example 4.1,
 * where the estimate is 0.305 and one tail 0.1272; R: the interval. */
static void unpaired_as_published(void **state)
{
	static const double term[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 };
	static const double early[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
	double a[10], b[5];
	struct stats_effect e;

	(void)state;
	powers(term, 10, a);
	powers(early, 5, b);
	assert_true(stats_unpaired(a, 10, b, 5, STATS_LEVEL, &e));
	check(&e, -0.305, -0.76, 0.15, 0.254412254412);
	assert_int_equal(e.n, 5);
	assert_true(stats_unpaired(b, 5, a, 10, STATS_LEVEL, &e));
	check(&e, 0.305, -0.15, 0.76, 0.254412254412);
	assert_true(stats_unpaired(term, 10, early, 5, STATS_LEVEL, &e));
	NEAR(e.estimate, 0.762330425678, 1e-11);
	NEAR(e.low, 0.510344827586, 1e-11);
	NEAR(e.high, 1.163461538462, 1e-11);
}

/* coin, wilcox_test, exact, and exactRankTests, wilcox.exact. */
static void unpaired_ties(void **state)
{
	static const double x[] = { 1, 2, 2, 3, 3, 3, 4, 5 }, y[] = { 2, 3, 4, 4, 5, 5, 6 };
	double a[8], b[7];
	struct stats_effect e;

	(void)state;
	powers(x, 8, a);
	powers(y, 7, b);
	assert_true(stats_unpaired(a, 8, b, 7, STATS_LEVEL, &e));
	NEAR(e.p, 0.0997668997669, 1e-12);
	NEAR(log2(e.estimate), 1, 1e-9);
	NEAR(log2(e.low), 0, 1e-9);
	NEAR(log2(e.high), 3, 1e-9);
}

/* qwilcox(0.025, m, n), and what each is worth. */
static void unpaired_ranks(void **state)
{
	static const struct { int m, n, k; double coverage; } want[] = {
		{ 1, 1, 1, 0 }, { 3, 3, 1, 0.9 }, { 4, 4, 1, 0.971428571429 }, { 6, 6, 6, 0.958874458874 },
		{ 5, 12, 12, 0.951519069166 }, { 12, 12, 38, 0.955098004701 }, { 25, 25, 212, 0.950574926775 },
	};
	double a[25], b[25], shift[25 * 25];
	struct stats_effect e;

	(void)state;
	for (int w = 0; w < COUNT(want); w++) {
		int pairs = want[w].m * want[w].n;

		for (int i = 0; i < want[w].m; i++)
			a[i] = draw_skewed();
		for (int j = 0; j < want[w].n; j++)
			b[j] = draw_skewed();
		for (int i = 0; i < pairs; i++)
			shift[i] = log(b[i % want[w].n]) - log(a[i / want[w].n]);
		stats_sort(shift, pairs);
		assert_true(stats_unpaired(a, want[w].m, b, want[w].n, STATS_LEVEL, &e));
		NEAR(e.coverage, want[w].coverage, 1e-11);
		NEAR(log(e.low), shift[want[w].k - 1], 1e-12);
		NEAR(log(e.high), shift[pairs - want[w].k], 1e-12);
	}
}

/* R, as above: without ties, and with. */
static void unpaired_beyond_the_exact(void **state)
{
	double x[30], y[31], a[30], b[31];
	struct stats_effect e;

	(void)state;
	for (int i = 1; i <= 30; i++)
		x[i - 1] = (i * 17 % 31) / 10.0 + i / 1000.0;
	for (int i = 1; i <= 31; i++)
		y[i - 1] = (i * 23 % 37) / 10.0 + 0.35 + i / 700.0;
	powers(x, 30, a);
	powers(y, 31, b);
	assert_true(stats_unpaired(a, 30, b, 31, STATS_LEVEL, &e));
	check(&e, 0.6441428571429, 0.078, 1.1611428571429, 0.0239639110105);
	for (int i = 0; i < 30; i++)
		a[i] = exp2(floor(2 * x[i]));
	for (int i = 0; i < 31; i++)
		b[i] = exp2(floor(2 * y[i]));
	assert_true(stats_unpaired(a, 30, b, 31, STATS_LEVEL, &e));
	NEAR(e.p, 0.0378799296448, 1e-11);
}

static void unpaired_of_equals(void **state)
{
	static const double one[] = { 3, 3, 3, 3, 3, 3 }, two[] = { 6, 6, 6, 6 };
	struct stats_effect e;

	(void)state;
	assert_true(stats_unpaired(one, 6, one, 6, STATS_LEVEL, &e));
	check(&e, 0, 0, 0, 1);
	assert_true(stats_unpaired(one, 6, two, 4, STATS_LEVEL, &e));
	check(&e, 1, 1, 1, 1.0 / 210);    /* the other extreme is less far from the mean */
	assert_true(stats_unpaired(one, 1, two, 1, STATS_LEVEL, &e));
	check(&e, 1, 1, 1, 1);
	NEAR(e.coverage, 0, 0);
}

/* ---- Both ------------------------------------------------------------------------ */

static void refuses_what_is_no_sample(void **state)
{
	static const double good[] = { 1, 2 }, tiny[] = { 1e-300, 1 }, huge[] = { 1e300, 1 };
	static double many[STATS_SAMPLES_MAX + 1];
	static const double bad[][2] = { { 1, 0 }, { 1, -1 }, { NAN, 1 }, { 1, INFINITY } };
	struct stats_effect e = { .n = -1 };

	(void)state;
	for (int i = 0; i < COUNT(bad); i++) {
		assert_false(stats_paired(good, bad[i], 2, STATS_LEVEL, &e));
		assert_false(stats_paired(bad[i], good, 2, STATS_LEVEL, &e));
		assert_false(stats_unpaired(good, 2, bad[i], 2, STATS_LEVEL, &e));
		assert_false(stats_unpaired(bad[i], 2, good, 2, STATS_LEVEL, &e));
	}
	for (int i = 0; i < COUNT(many); i++)
		many[i] = 1;
	assert_false(stats_paired(good, good, 0, STATS_LEVEL, &e));
	assert_false(stats_unpaired(good, 2, good, 0, STATS_LEVEL, &e));
	assert_false(stats_unpaired(good, 0, good, 2, STATS_LEVEL, &e));
	assert_false(stats_paired(many, many, COUNT(many), STATS_LEVEL, &e));
	assert_false(stats_unpaired(many, COUNT(many), good, 2, STATS_LEVEL, &e));
	assert_false(stats_paired(good, good, 2, 0, &e));
	assert_false(stats_paired(good, good, 2, 1, &e));
	assert_false(stats_unpaired(good, 2, good, 2, NAN, &e));
	assert_true(isnan(stats_paired_coverage(0, STATS_LEVEL)));
	assert_true(isnan(stats_paired_coverage(6, 1)));
	assert_true(isnan(stats_paired_coverage(STATS_SAMPLES_MAX + 1, STATS_LEVEL)));
	assert_false(stats_paired(tiny, huge, 2, STATS_LEVEL, &e));
	assert_int_equal(e.n, -1);
}

/* A unit is none of their business, nor is which side is called b. */
static void units_and_sides(void **state)
{
	double a[9], b[9], a2[9], b2[9];
	struct stats_effect e, scaled, turned;

	(void)state;
	for (int i = 0; i < 9; i++) {
		a[i] = draw_skewed();
		b[i] = draw_heavy();
		a2[i] = a[i] * 1024;
		b2[i] = b[i] * 1024;
	}
	assert_true(stats_paired(a, b, 9, STATS_LEVEL, &e));
	assert_true(stats_paired(a2, b2, 9, STATS_LEVEL, &scaled));
	assert_true(stats_paired(b, a, 9, STATS_LEVEL, &turned));
	NEAR(e.low, scaled.low, 1e-12);
	NEAR(e.low, 1 / turned.high, 1e-12);
	NEAR(e.estimate, 1 / turned.estimate, 1e-12);
	NEAR(e.p, turned.p, 1e-12);
	assert_true(stats_unpaired(a, 9, b, 7, STATS_LEVEL, &e));
	assert_true(stats_unpaired(a2, 9, b2, 7, STATS_LEVEL, &scaled));
	assert_true(stats_unpaired(b, 7, a, 9, STATS_LEVEL, &turned));
	NEAR(e.high, scaled.high, 1e-12);
	NEAR(e.high, 1 / turned.low, 1e-12);
	NEAR(e.p, turned.p, 1e-12);
}

/* ---- Simulation ------------------------------------------------------------------ */

static double (*const draws[])(void) = { draw_skewed, draw_heavy, draw_bimodal, draw_coarse };

/* Though blocks differ by far more than a and b do.  Where there are no ties the
 * interval holds the truth exactly as often as it claims, and p is below 0.05 as often
 * as it is not. */
static void paired_covers(void **state)
{
	enum { ROUNDS = 10000 };
	static const int sizes[] = { 6, 12 };
	double a[12], b[12];
	struct stats_effect e;

	(void)state;
	for (int d = 0; d < COUNT(draws); d++)
		for (int s = 0; s < COUNT(sizes); s++) {
			int held = 0, rejected = 0;

			for (int r = 0; r < ROUNDS; r++) {
				for (int i = 0; i < sizes[s]; i++) {
					double block = exp(draw_normal());

					a[i] = block * draws[d]();
					b[i] = block * draws[d]();
				}
				assert_true(stats_paired(a, b, sizes[s], STATS_LEVEL, &e));
				held += e.low <= 1 && 1 <= e.high;
				rejected += e.p <= 0.05;
			}
			assert_true((double)held / ROUNDS >= e.coverage - 0.007);
			assert_true((double)rejected / ROUNDS <= 0.05 + 0.007);
			if (draws[d] != draw_coarse) {
				NEAR((double)held / ROUNDS, e.coverage, 0.007);
				NEAR((double)rejected / ROUNDS, 1 - e.coverage, 0.007);
			}
		}
}

static void unpaired_covers(void **state)
{
	enum { ROUNDS = 10000, A = 10, B = 8 };
	double a[A], b[B];
	struct stats_effect e;

	(void)state;
	for (int d = 0; d < COUNT(draws); d++) {
		int held = 0, rejected = 0;
		/* An exact p of ties takes longer. */
		int rounds = draws[d] == draw_coarse ? ROUNDS / 10 : ROUNDS;

		for (int r = 0; r < rounds; r++) {
			for (int i = 0; i < A; i++)
				a[i] = draws[d]();
			for (int i = 0; i < B; i++)
				b[i] = draws[d]();
			assert_true(stats_unpaired(a, A, b, B, STATS_LEVEL, &e));
			held += e.low <= 1 && 1 <= e.high;
			rejected += e.p <= 0.05;
		}
		assert_true((double)held / rounds >= e.coverage - 0.007);
		assert_true((double)rejected / rounds <= 0.05 + 0.007);
		if (draws[d] != draw_coarse) {
			NEAR((double)held / rounds, e.coverage, 0.007);
			NEAR((double)rejected / rounds, 1 - e.coverage, 0.007);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paired_as_published),
		cmocka_unit_test(paired_ties_and_zeros),
		cmocka_unit_test(paired_ranks),
		cmocka_unit_test(paired_beyond_the_exact),
		cmocka_unit_test(paired_of_equals),
		cmocka_unit_test(unpaired_as_published),
		cmocka_unit_test(unpaired_ties),
		cmocka_unit_test(unpaired_ranks),
		cmocka_unit_test(unpaired_beyond_the_exact),
		cmocka_unit_test(unpaired_of_equals),
		cmocka_unit_test(refuses_what_is_no_sample),
		cmocka_unit_test(units_and_sides),
		cmocka_unit_test(paired_covers),
		cmocka_unit_test(unpaired_covers),
	};
	return cmocka_run_group_tests_name("effect", tests, NULL, NULL);
}
