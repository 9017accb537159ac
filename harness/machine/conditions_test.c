/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/conditions.h"

static bool same(struct conditions a, struct conditions b)
{
	return a.timer_slack_ns == b.timer_slack_ns && a.huge_pages == b.huge_pages &&
	       a.stack_limit == b.stack_limit && a.nice == b.nice;
}

/* In a child, for a limit that was lowered stays so for some. */
static bool applied(struct conditions c)
{
	pid_t pid = fork();
	struct err e;
	int status;

	if (pid == 0)
		_exit(conditions_apply(&c, &e) || !same(conditions_read(), c));
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void what_is_applied_is_read_back(void **state)
{
	struct conditions c = conditions_default();

	(void)state;
	assert_int_equal(c.timer_slack_ns, 1);
	assert_false(c.huge_pages);
	assert_in_range(c.stack_limit, 1, 8 << 20);
	assert_true(applied(c));
	c.timer_slack_ns = 50000;
	c.huge_pages = true;
	c.stack_limit = 4 << 20;
	assert_true(applied(c));
}

static void knobs_are_read_strictly(void **state)
{
	static const char *const bad[][2] = {
		{ "timer_slack_ns", "0" }, { "timer_slack_ns", "1000000001" }, { "timer_slack_ns", "1 us" },
		{ "timer_slack_ns", "" }, { "huge_pages", "on" }, { "huge_pages", "" },
		{ "counters", "1" }, { "counters", "" },
	};
	struct conditions c = conditions_default(), before = c;
	struct err e = { "" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_true(conditions_knob(&c, bad[i][0], bad[i][1], &e) < 0);
		assert_non_null(strstr(e.msg, bad[i][0]));
		assert_true(same(c, before));
	}
	assert_int_equal(conditions_knob(&c, "timer_slack_ns", "50000", &e), 0);
	assert_int_equal(conditions_knob(&c, "huge_pages", "system", &e), 0);
	assert_true(c.timer_slack_ns == 50000 && c.huge_pages);
	assert_int_equal(conditions_knob(&c, "huge_pages", "off", &e), 0);
	assert_false(c.huge_pages);
	assert_false(c.counters);
	assert_int_equal(conditions_knob(&c, "counters", "on", &e), 0);
	assert_true(c.counters);
	assert_int_equal(conditions_knob(&c, "counters", "off", &e), 0);
	assert_false(c.counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_applied_is_read_back),
		cmocka_unit_test(knobs_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
