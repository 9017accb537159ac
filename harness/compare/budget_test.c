/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "compare/budget.h"

static void as_many_as_fit(void **state)
{
	(void)state;
	/* Of ten minutes and blocks of half a minute 19 fit, and a twentieth is kept. */
	assert_int_equal(budget_blocks(600, 30), 19);
	assert_int_equal(budget_blocks(590, 30), 18);
	assert_int_equal(budget_blocks(190, 30), 6);
	assert_int_equal(budget_blocks(189, 30), 0);
	assert_int_equal(budget_blocks(1e6, 30), 40);
	assert_int_equal(budget_blocks(1200, 30), 38);
	assert_int_equal(budget_blocks(-5, 30), 0);
	assert_int_equal(budget_blocks(0, 0), 0);
	assert_int_equal(budget_blocks(NAN, 30), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(as_many_as_fit) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
