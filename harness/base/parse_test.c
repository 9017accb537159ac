/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/parse.h"

static void integers(void **state)
{
	static const struct { const char *text; int rc; int64_t value; } cases[] = {
		{ "0", 0, 0 }, { "7", 0, 7 }, { "-3", 0, -3 }, { "007", 0, 7 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "-9223372036854775809", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 }, { "-", -EINVAL, 0 }, { "4x", -EINVAL, 0 },
		{ "x4", -EINVAL, 0 }, { " 4", -EINVAL, 0 }, { "4 ", -EINVAL, 0 },
		{ "+4", -EINVAL, 0 }, { "0x4", -EINVAL, 0 }, { "1e3", -EINVAL, 0 },
		{ "4.0", -EINVAL, 0 }, { "99999999999999999999x", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t v = 42;

		assert_int_equal(parse_int(cases[i].text, INT64_MIN, INT64_MAX, &v), cases[i].rc);
		assert_int_equal(v, cases[i].rc ? 42 : cases[i].value);
	}
	int64_t v;
	assert_int_equal(parse_int("0", 1, 8, &v), -ERANGE);
	assert_int_equal(parse_int("9", 1, 8, &v), -ERANGE);
	assert_int_equal(parse_int("8", 1, 8, &v), 0);
}

static void decimals(void **state)
{
	double v = -1;

	(void)state;
	assert_int_equal(parse_decimal("0.05", 0, 1, &v), 0);
	assert_true(v == 0.05);
	assert_int_equal(parse_decimal("3", 0, 10, &v), 0);
	assert_true(v == 3);
	assert_int_equal(parse_decimal(".5", 0, 1, &v), 0);
	assert_true(v == 0.5);
	static const char *const bad[] = { "", ".", "1s", "0.01s", "1e3", "nan", "inf", "-1",
	                                   "+1", "0x1", "1.2.3", "1,5", " 1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(parse_decimal(bad[i], 0, 100, &v), -EINVAL);
	assert_int_equal(parse_decimal("101", 0, 100, &v), -ERANGE);
	assert_int_equal(parse_decimal("0", 0.001, 100, &v), -ERANGE);
	assert_int_equal(parse_decimal("9999999999999999999999", 0, 1e300, &v), -ERANGE);
}

static void pairs(void **state)
{
	size_t n = 0;

	(void)state;
	assert_int_equal(parse_pair("gs=8", &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(parse_pair("a=b=c", &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(parse_pair("gs", &n), -EINVAL);
	assert_int_equal(parse_pair("gs=", &n), -EINVAL);
	assert_int_equal(parse_pair("=8", &n), -EINVAL);
	assert_int_equal(parse_pair("", &n), -EINVAL);
}

static void lists(void **state)
{
	struct words w;
	char bad[64] = "?";

	(void)state;
	assert_int_equal(words_split(&w, "a,bc,d", bad), 0);
	assert_int_equal(w.n, 3);
	assert_string_equal(w.v[1], "bc");
	assert_null(w.v[3]);
	words_free(&w);
	static const char *const empty[] = { "", ",", "a,", ",a", "a,,b" };
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		assert_int_equal(words_split(&w, empty[i], bad), -EINVAL);
		assert_string_equal(bad, "");
	}
	assert_int_equal(words_split(&w, "1,2,1", bad), -EEXIST);
	assert_string_equal(bad, "1");
}

static const char *nearest_of(const char *word)
{
	static const char *const names[] = { "pthreads", "single-p", "work-stealing", "go",
	                                     "documents", "fib", "sum", "-p" };
	struct nearest n = { .word = word };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		nearest_try(&n, names[i]);
	return n.best;
}

static void names(void **state)
{
	char hint[64];

	(void)state;
	assert_string_equal(nearest_of("pthread"), "pthreads");
	assert_string_equal(nearest_of("pthraeds"), "pthreads");
	assert_string_equal(nearest_of("work_stealing"), "work-stealing");
	assert_string_equal(nearest_of("doc"), "documents");
	assert_string_equal(nearest_of("fob"), "fib");
	assert_string_equal(nearest_of("single"), "single-p");
	assert_null(nearest_of("x"));
	assert_null(nearest_of("quicksort"));
	assert_null(nearest_of("pthreadspthreadspthreadspthreadspthreadspthreadspthreadspthreadspthreads"));
	struct nearest n = { .word = "g0" };
	nearest_try(&n, "go");
	assert_string_equal(nearest_hint(&n, hint, sizeof hint), ", did you mean go?");
	n.best = NULL;
	assert_string_equal(nearest_hint(&n, hint, sizeof hint), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers), cmocka_unit_test(decimals), cmocka_unit_test(pairs),
		cmocka_unit_test(lists), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
