/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"

static void times_are_short_and_true(void **state)
{
	static const struct { double ns; const char *text; } cases[] = {
		{ 0.1234, "0.12 ns" }, { 9.99, "9.99 ns" }, { 9.996, "10.0 ns" }, { 99.96, "100 ns" },
		{ 999.4, "999 ns" }, { 999.6, "1.00 µs" }, { 12345, "12.3 µs" },
		{ 1e6, "1.00 ms" }, { 2.5e9, "2.50 s" }, { 1e12, "1000 s" },
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(time_text(cases[i].ns, buf), cases[i].text);
}

static void units_are_told_apart(void **state)
{
	static const struct { double v; enum unit unit; const char *text; } cases[] = {
		{ 4400, UNIT_BYTES, "4.40 kB" }, { 812, UNIT_BYTES, "812 B" },
		{ 0.1724, UNIT_NONE, "0.172" }, { 0.99949, UNIT_NONE, "0.999" },
		{ 0.99951, UNIT_NONE, "1.00" }, { 12.34, UNIT_NONE, "12.3" },
		{ 12345, UNIT_NONE, "12345" },
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(unit_text(cases[i].v, cases[i].unit, buf), cases[i].text);
	assert_string_equal(range_text(0.1, 1.25, UNIT_NONE, buf), "0.100 to 1.25");
	assert_string_equal(range_text(950, 1100, UNIT_NS, buf), "0.95 to 1.10 µs");
	assert_string_equal(range_text(9.1e6, 12.3e6, UNIT_NS, buf), "9.10 to 12.3 ms");
}

static void columns_are_letters_not_bytes(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_int_equal(text_columns("1.00 µs ±3%"), 11);
	print_right("1 µs", 6, f);
	print_right("too long", 3, f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "  1 µstoo long");
	free(text);
}

static void check_wrap(const char *words, int indent, int column, const char *expected)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	text_wrap(words, indent, column, f);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void text_breaks_between_words(void **state)
{
	(void)state;
	check_wrap("", 2, 0, "\n");
	check_wrap("one two\nthree", 2, 0, "one two three\n");
	check_wrap("one two", 2, 76, "one\n  two\n");
	check_wrap("one two", 2, 75, "one\n  two\n");
	check_wrap("one two", 2, 72, "one two\n");
	check_wrap("one two", 2, 77, "\n  one two\n");
}

/* A letter that does not fit is not cut. */
static void so_many_columns(void **state)
{
	(void)state;
	assert_int_equal(text_bytes("abc", 2), 2);
	assert_int_equal(text_bytes("abc", 3), 3);
	assert_int_equal(text_bytes("abc", 9), 3);
	assert_int_equal(text_bytes("abc", 0), 0);
	assert_int_equal(text_bytes("\u00b5\u00b1c", 1), 2);
	assert_int_equal(text_bytes("1\u00b5\u00b1c", 2), 3);
	assert_int_equal(text_bytes("1\u00b5", 2), 3);
}

static void the_locale_decides(void **state)
{
	(void)state;
	setenv("LC_ALL", "C", 1);
	assert_false(text_unicode());
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_true(text_unicode());
	setenv("LC_ALL", "no_such", 1);
	assert_false(text_unicode());
	unsetenv("LC_ALL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_short_and_true),
		cmocka_unit_test(units_are_told_apart),
		cmocka_unit_test(columns_are_letters_not_bytes),
		cmocka_unit_test(text_breaks_between_words),
		cmocka_unit_test(so_many_columns),
		cmocka_unit_test(the_locale_decides),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
