/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "run/lastwords.h"
#include "run/progress.h"

/* Fed whole, and byte by byte: where a read ends must not matter. */
static void expect(const char *said, const char *want)
{
	struct lastwords whole = { 0 }, bytes = { 0 };

	lastwords_feed(&whole, said, strlen(said));
	for (const char *p = said; *p; p++)
		lastwords_feed(&bytes, p, 1);
	assert_string_equal(lastwords_end(&whole), want);
	assert_string_equal(lastwords_end(&bytes), want);
}

static void the_last_line(void **state)
{
	(void)state;
	expect("", "");
	expect("\n\n", "");
	expect("one\ntwo\n", "two");
	expect("one\ntwo", "two");
	expect("one\ntwo\n  \n\t\n", "two");
	expect("  padded  \r\n", "padded");
	expect("tab\there\033[1m\n", "tab here [1m");
}

static void the_reason_before_its_trace(void **state)
{
	(void)state;
	expect("warming up\nfatal error: no memory\nG 1: parked\nG 2: parked\n",
	       "fatal error: no memory");
	expect("panic: index out of range\n\ngoroutine 1 [running]:\nexit status 2\n",
	       "panic: index out of range");
	expect("fatal error: first\nfatal error: second\n", "fatal error: first");
	expect("it says fatal error: inside\nlast\n", "last");
}

static void long_lines_are_cut(void **state)
{
	char said[3 * WORDS_MAX];

	(void)state;
	memset(said, 'x', sizeof said);
	said[sizeof said - 1] = '\0';
	said[WORDS_MAX - 1] = '\0';
	char want[WORDS_MAX];
	strcpy(want, said);
	said[WORDS_MAX - 1] = 'x';
	expect(said, want);
}

static void durations(void **state)
{
	char buf[16];

	(void)state;
	assert_string_equal(progress_time(0, buf), "0s");
	assert_string_equal(progress_time(59.4e9, buf), "59s");
	assert_string_equal(progress_time(59.6e9, buf), "1m00s");
	assert_string_equal(progress_time(200e9, buf), "3m20s");
	assert_string_equal(progress_time(3720e9, buf), "1h02m");
	assert_string_equal(progress_time(1e30, buf), "1000h00m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line), cmocka_unit_test(the_reason_before_its_trace),
		cmocka_unit_test(long_lines_are_cut), cmocka_unit_test(durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
