/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/plain.h"

static void text_that_shows_stays(void **state)
{
	static const char *const texts[] = {
		"", "fib n=30", "\u00b5s \u00b1 \u00d7 \u2070", "\xf0\x9d\x84\x9e", "\u65e5\u672c\u8a9e",
		"~!@#$%^&*()\\\"'", "\u00a0", "\ufffd", "\U000dffff",
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_true(text_is_plain(texts[i], strlen(texts[i])));
		assert_string_equal(text_plain(strcpy(text, texts[i])), texts[i]);
	}
}

static void what_does_not_is_a_question_mark(void **state)
{
	static const struct { const char *from, *to; } cases[] = {
		{ "\033[31mred", "?[31mred" }, { "a\nb\tc\rd\be\177", "a?b?c?d?e?" },
		{ "\xc2\x9b" "31m", "??31m" },                  /* a CSI of one character */
		{ "\u202etxt", "???txt" }, { "a\u200bb", "a???b" }, { "\ufeff", "???" },
		{ "a\u2028b", "a???b" }, { "\U000e0041", "????" },
		{ "\x80", "?" }, { "\xff\xfe", "??" }, { "a\xc3", "a?" }, { "\xc3(", "?(" },
		{ "\xe2\x82", "??" }, { "\xe2\x82" "a", "??a" },
		{ "\xc0\x9b", "??" },                           /* an escape, longer than need be */
		{ "\xe0\x80\x9b", "???" }, { "\xf0\x80\x80\x9b", "????" },
		{ "\xed\xa0\x80", "???" }, { "\xf4\x90\x80\x80", "????" }, { "\xf8\x88\x80\x80\x80", "?????" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(text_is_plain(cases[i].from, strlen(cases[i].from)));
		assert_string_equal(text_plain(strcpy(text, cases[i].from)), cases[i].to);
		assert_true(text_is_plain(text, strlen(text)));
	}
	assert_false(text_is_plain("a\0b", 3));
}

static void sentences_are_plain(void **state)
{
	char path[600] = "";
	struct err e;

	(void)state;
	err_set(&e, -1, "cannot read %s", "\033]0;title\007\n");
	assert_string_equal(e.msg, "cannot read ?]0;title??");
	/* Cut within a character. */
	for (int i = 0; i < 299; i++)
		strcat(path, "\u00b5");
	err_set(&e, -1, "%s", path);
	assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
	assert_true(text_is_plain(e.msg, strlen(e.msg)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_shows_stays),
		cmocka_unit_test(what_does_not_is_a_question_mark),
		cmocka_unit_test(sentences_are_plain),
	};

	return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
