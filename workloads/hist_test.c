/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles against those of the sorted numbers, and the ends of the range.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hist.h"
#include "lcg.h"

static struct hist *empty(void **state)
{
	static struct hist h;

	(void)state;
	h = (struct hist){ 0 };
	return &h;
}

static void of_nothing(void **state)
{
	struct hist *h = empty(state);

	assert_int_equal(hist_quantile(h, 0), 0);
	assert_int_equal(hist_quantile(h, 1000), 0);
}

/* Small numbers have a bucket each, so these are the textbook's. */
static void small_numbers_are_exact(void **state)
{
	struct hist *h = empty(state);

	for (int64_t v = 100; v >= 1; v--)
		hist_add(h, v);
	assert_int_equal(h->count, 100);
	assert_int_equal(h->max, 100);
	assert_int_equal(hist_quantile(h, 0), 1);
	assert_int_equal(hist_quantile(h, 10), 1);
	assert_int_equal(hist_quantile(h, 11), 2);
	assert_int_equal(hist_quantile(h, 500), 50);
	assert_int_equal(hist_quantile(h, 990), 99);
	assert_int_equal(hist_quantile(h, 991), 100);
	assert_int_equal(hist_quantile(h, 1000), 100);
}

static void the_ends_of_the_range(void **state)
{
	struct hist *h = empty(state);

	hist_add(h, 1000001);
	assert_int_equal(hist_quantile(h, 500), 1000001);
	hist_add(h, INT64_MAX);
	assert_int_equal(hist_quantile(h, 1000), INT64_MAX);
	hist_add(h, -5);
	hist_add(h, -5);
	assert_int_equal(hist_quantile(h, 500), 0);
	assert_int_equal(h->max, INT64_MAX);
}

/* Alone among larger ones, a number is found in its own bucket: never given
 * less than it is, and at most a 64th more. */
static void around_every_power_of_two(void **state)
{
	for (int e = 0; e < 62; e++) {
		for (int64_t v = (INT64_C(1) << e) - 1; v <= (INT64_C(1) << e) + 1; v++) {
			struct hist *h = empty(state);
			int64_t q;

			hist_add(h, v);
			hist_add(h, INT64_MAX);
			q = hist_quantile(h, 500);
			assert_true(q >= v && q - v <= v / 64);
		}
	}
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void like_the_sorted_numbers(void **state)
{
	static int64_t v[5000];
	const int n = sizeof v / sizeof *v;
	struct hist *h = empty(state);
	uint64_t x = 1;

	for (int i = 0; i < n; i++) {
		x = lcg_next(x);
		v[i] = (int64_t)(x >> (x >> 58));       /* of every magnitude */
		if (v[i] < 0)
			v[i] = INT64_MAX;
		hist_add(h, v[i]);
	}
	qsort(v, n, sizeof *v, compare);
	assert_int_equal(h->max, v[n - 1]);
	for (int permille = 1; permille <= 1000; permille++) {
		int64_t want = v[(n * permille + 999) / 1000 - 1], q = hist_quantile(h, permille);

		assert_true(q >= want && q - want <= want / 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_nothing),
		cmocka_unit_test(small_numbers_are_exact),
		cmocka_unit_test(the_ends_of_the_range),
		cmocka_unit_test(around_every_power_of_two),
		cmocka_unit_test(like_the_sorted_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
