/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected values: a published table, R 4.2 (p.adjust, cor), and a simulation of what
 * the geometric mean's interval holds.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/draws.h"
#include "stats/stats.h"
#include "stats/table.h"

#define NEAR(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

/* The 15 p-values of Benjamini and Hochberg (1995), section 3.2, who reject the first
 * four at 0.05; R's p.adjust. */
static void adjusted_as_published(void **state)
{
	static const double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
	                            0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000 };
	static const double want[] = { 0.0015, 0.0030, 0.0095, 0.035625, 0.0603, 0.0638571428571,
	                               0.0638571428571, 0.0645, 0.0765, 0.486, 0.5811818181818,
	                               0.714875, 0.7532307692308, 0.8132142857143, 1 };
	double turned[15], adjusted[15];

	(void)state;
	for (int i = 0; i < 15; i++)
		turned[i] = p[14 - i];
	assert_true(stats_adjust(turned, 15, adjusted));
	for (int i = 0; i < 15; i++)
		NEAR(adjusted[i], want[14 - i], 1e-12);
	assert_true(stats_adjust(turned, 15, turned));
	NEAR(turned[14], 0.0015, 1e-12);
}

static void adjusted_edges(void **state)
{
	double some[] = { NAN, 0.02, NAN, 0.02, 0.5 }, bad[] = { 0.5, -0.1 }, big[] = { 1.5 };
	double out[5] = { 7, 7, 7, 7, 7 };

	(void)state;
	assert_true(stats_adjust(some, 0, out));
	assert_false(stats_adjust(bad, 2, out));
	assert_false(stats_adjust(big, 1, out));
	NEAR(out[0], 7, 0);
	assert_true(stats_adjust(some, 5, out));
	assert_true(isnan(out[0]) && isnan(out[2]));
	NEAR(out[1], 0.03, 1e-12);
	NEAR(out[3], 0.03, 1e-12);
	NEAR(out[4], 0.5, 1e-12);
	assert_true(stats_adjust(some, 1, out));
	assert_true(isnan(out[0]));
}

/* By hand: in logarithms to the base of 2 the estimates are 1 and 3, and the ends lie
 * 0.3 and 0.4 below, 1 and 1 above. */
static void geomean_by_hand(void **state)
{
	const struct stats_effect rows[] = {
		{ .estimate = 2, .low = exp2(0.7), .high = 4 },
		{ .estimate = 8, .low = exp2(2.6), .high = 16 },
	};
	struct stats_geomean g;

	(void)state;
	assert_true(stats_geomean(rows, 2, 0, &g));
	assert_int_equal(g.rows, 2);
	NEAR(log2(g.estimate), 2, 1e-12);
	NEAR(log2(g.low), 2 - 0.25, 1e-12);
	NEAR(log2(g.high), 2 + sqrt(2) / 2, 1e-12);
	assert_true(stats_geomean(rows, 2, 1, &g));
	NEAR(log2(g.low), 2 - 0.35, 1e-12);
	NEAR(log2(g.high), 3, 1e-12);
	assert_true(stats_geomean(rows, 1, 0, &g));
	NEAR(g.low, rows[0].low, 1e-12);
	NEAR(g.high, 4, 1e-12);
}

static void geomean_refuses(void **state)
{
	static const struct stats_effect bad[] = {
		{ .estimate = 1, .low = 0, .high = 2 }, { .estimate = NAN, .low = 1, .high = 2 },
		{ .estimate = 1, .low = 1, .high = INFINITY }, { .estimate = 3, .low = 1, .high = 2 },
		{ .estimate = -1, .low = -2, .high = 2 },
	};
	static const struct stats_effect good = { .estimate = 1, .low = 1, .high = 1 };
	struct stats_geomean g = { .rows = -1 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(stats_geomean(&bad[i], 1, 0, &g));
	assert_false(stats_geomean(&good, 0, 0, &g));
	assert_false(stats_geomean(&good, 1, -0.1, &g));
	assert_false(stats_geomean(&good, 1, NAN, &g));
	assert_int_equal(g.rows, -1);
}

/* Rows of 12 blocks each with noise of its own, and rows that a run moves together. */
static void geomean_covers(void **state)
{
	enum { ROUNDS = 1000, ROWS = 8, N = 12 };
	struct stats_effect rows[ROWS];
	struct stats_geomean g;
	double a[N], b[N];
	int held = 0, held_together = 0, too_narrow = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		double common[N];

		for (int i = 0; i < N; i++)
			common[i] = draw_lognormal();
		for (int shared = 0; shared < 2; shared++) {
			for (int r = 0; r < ROWS; r++) {
				for (int i = 0; i < N; i++) {
					a[i] = draw_lognormal();
					b[i] = draw_lognormal() * (shared ? pow(common[i], 3) : 1);
				}
				assert_true(stats_paired(a, b, N, STATS_LEVEL, &rows[r]));
			}
			assert_true(stats_geomean(rows, ROWS, shared, &g));
			if (!shared) {
				held += g.low <= 1 && 1 <= g.high;
				continue;
			}
			held_together += g.low <= 1 && 1 <= g.high;
			assert_true(stats_geomean(rows, ROWS, 0, &g));
			too_narrow += !(g.low <= 1 && 1 <= g.high);
		}
	}
	assert_true(held >= 0.94 * ROUNDS);
	assert_true(held_together >= 0.94 * ROUNDS);
	assert_true(too_narrow > 0.3 * ROUNDS);
}

/* R, cor(method = "kendall"); the first has ties on both sides. */
static void tau(void **state)
{
	static const double x[] = { 1, 2, 2, 4, 5, 6, 6, 8 }, y[] = { 2, 1, 3, 3, 5, 8, 7, 7 };
	static const double up[] = { 1, 2, 3, 4 }, down[] = { 9, 7, 5, 3 }, flat[] = { 1, 1, 1, 1 };
	static const double not[] = { 1, NAN, 2, 3 };

	(void)state;
	NEAR(stats_tau(x, y, 8), 0.769230769231, 1e-12);
	NEAR(stats_tau(up, up, 4), 1, 0);
	NEAR(stats_tau(up, down, 4), -1, 0);
	assert_true(isnan(stats_tau(up, flat, 4)));
	assert_true(isnan(stats_tau(up, not, 4)));
	assert_true(isnan(stats_tau(up, up, 1)));
	assert_true(isnan(stats_tau(up, up, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adjusted_as_published),
		cmocka_unit_test(adjusted_edges),
		cmocka_unit_test(geomean_by_hand),
		cmocka_unit_test(geomean_refuses),
		cmocka_unit_test(geomean_covers),
		cmocka_unit_test(tau),
	};
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
