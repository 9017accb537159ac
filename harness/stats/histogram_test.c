/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "stats/histogram.h"

static int sum(const struct histogram *h)
{
	int n = 0;

	for (int i = 0; i < h->bins; i++)
		n += h->in[i];
	return n;
}

/* 2 * 8^(1/3) is 4 bins, from 1 to 3: 1, 1.5, 2, 2.5. */
static void bins_are_equally_wide(void **state)
{
	static const double x[] = { 3, 1, 1.5, 1.49, 2.2, 2, 2.999, 1.2 };
	static const int want[] = { 3, 1, 2, 2 };
	struct histogram h;

	(void)state;
	assert_true(histogram_make(&h, x, 8));
	assert_int_equal(h.bins, 4);
	assert_false(h.ratios);
	assert_true(histogram_edge(&h, 0) == 1 && histogram_edge(&h, 4) == 3);
	assert_true(fabs(histogram_edge(&h, 1) - 1.5) < 1e-12);
	for (int i = 0; i < 4; i++)
		assert_int_equal(h.in[i], want[i]);
}

/* 1, 10, 100 ... 10000: each edge is ten times the one before. */
static void a_long_tail_has_ratios(void **state)
{
	static const double x[] = { 1, 2, 9, 11, 99, 101, 5000, 10000 };
	static const int want[] = { 3, 2, 1, 2 };
	struct histogram h;

	(void)state;
	assert_true(histogram_make(&h, x, 8));
	assert_true(h.ratios);
	assert_true(fabs(histogram_edge(&h, 2) - 100) < 1e-9);
	for (int i = 0; i < 4; i++)
		assert_int_equal(h.in[i], want[i]);
}

/* Wherever rounding puts an edge, each sample is in one bin, and in that whose edges are on
 * both sides of it. */
static void edges_are_in_the_bin_above(void **state)
{
	double x[1000];
	struct histogram h;

	(void)state;
	for (int i = 0; i < 1000; i++)
		x[i] = 0.1 * (i % 21 + 1);
	assert_true(histogram_make(&h, x, 1000));
	assert_int_equal(h.bins, 20);
	assert_int_equal(sum(&h), 1000);
	for (int b = 0; b < h.bins; b++) {
		int in = 0;

		for (int i = 0; i < 1000; i++)
			in += x[i] >= histogram_edge(&h, b) && (x[i] < histogram_edge(&h, b + 1) || b == h.bins - 1);
		assert_int_equal(h.in[b], in);
	}
}

static void what_has_no_histogram(void **state)
{
	static const double same[] = { 2, 2, 2 }, zero[] = { 0, 1 }, none[] = { 1, NAN }, far[] = { 1, INFINITY };
	struct histogram h = { .n = 77 };

	(void)state;
	assert_false(histogram_make(&h, same, 3));
	assert_false(histogram_make(&h, same, 1));
	assert_false(histogram_make(&h, same, 0));
	assert_false(histogram_make(&h, zero, 2));
	assert_false(histogram_make(&h, none, 2));
	assert_false(histogram_make(&h, far, 2));
	assert_int_equal(h.n, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins_are_equally_wide),
		cmocka_unit_test(a_long_tail_has_ratios),
		cmocka_unit_test(edges_are_in_the_bin_above),
		cmocka_unit_test(what_has_no_histogram),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
