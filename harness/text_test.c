/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "text.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_short_and_true),
		cmocka_unit_test(columns_are_letters_not_bytes),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
