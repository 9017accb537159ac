/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "run/iterations.h"

static const struct conditions conditions = { .timer_slack_ns = 1 };
static int cpus[] = { 0 };
static const struct cell cell = { .backend = "a", .workload = "w", .procs = 1, .pin = "none",
                                  .cpus = cpus, .ncpus = 1 };

/* What iterations_learn makes of a process of so many ms, of which each of its n
 * iterations took so long. */
static void learn(struct iterations *now, int n, int each_ns, int wall_ms, bool warms_up)
{
	static const struct asked asked = { &cell, &conditions, .min_time_s = 1e-6 };
	struct outcome o = { .wall_ns = wall_ms * 1000000LL };
	char dir[] = "/tmp/schedlab-test-XXXXXX", bench[PATH_MAX], detail[PATH_MAX], text[500];
	struct err e;

	assert_non_null(mkdtemp(dir));
	snprintf(text, sizeof text, "{\"benchmarks\": [{\"ops\": 1, \"ns_per_op\": %d, \"iterations\": %d, "
	         "\"real_time\": %d, \"cpu_time\": 0, \"time_unit\": \"ns\"}]}", each_ns, n, each_ns);
	assert_int_equal(file_put(dir, "b", text, strlen(text), &e), 0);
	snprintf(text, sizeof text, "{\"backend\": \"a\", \"workload\": \"w\", \"params\": {}, \"seed\": 1, "
	         "\"procs\": 1, \"affinity\": [0], \"conditions\": {\"timer_slack_ns\": 1, \"huge_pages\": false, "
	         "\"stack_limit_bytes\": 0, \"nice\": 0}, \"iterations\": %d, %s\"executed\": 0, "
	         "\"checksum\": \"0x0\", \"counters\": {\"ops\": 1}}", n, warms_up ? "\"warmups\": 1, " : "");
	assert_int_equal(file_put(dir, "d", text, strlen(text), &e), 0);
	outcome_read(&o, &asked, path_join(bench, dir, "b"), path_join(detail, dir, "d"));
	if (o.status != ST_OK)
		fail_msg("%s", o.reason);
	iterations_learn(now, &o);
	outcome_free(&o);
	dir_remove(dir);
}

static void a_cell_finds_out_once_and_then_works(void **state)
{
	struct iterations now = { 0 };

	(void)state;
	learn(&now, 1000, 20000, 40, true);             /* 20 ms timed, of 40, half of the rest attempts */
	assert_int_equal(now.n, 2000);
	learn(&now, 2000, 20000, 55, true);             /* 15 ms were not timed */
	assert_int_equal(now.n, 3000);
	learn(&now, 3000, 20000, 500, true);            /* whatever comes then */
	assert_int_equal(now.n, 3000);
}

static void what_costs_much_is_not_made_up_for_whatever_it_takes(void **state)
{
	struct iterations now = { 0 };

	(void)state;
	learn(&now, 10, 1000000, 400, true);
	assert_int_equal(now.n, 50);
	now = (struct iterations){ 0 };
	learn(&now, 10, 1000000, 11, true);             /* nothing to make up for */
	assert_int_equal(now.n, 10);
	learn(&now, 10, 1000000, 11, true);
	assert_int_equal(now.n, 10);
}

static void a_cell_that_does_not_know_the_flag_is_not_given_it(void **state)
{
	struct iterations now = { 0 };

	(void)state;
	learn(&now, 1000, 20000, 100, false);
	assert_int_equal(now.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_finds_out_once_and_then_works),
		cmocka_unit_test(what_costs_much_is_not_made_up_for_whatever_it_takes),
		cmocka_unit_test(a_cell_that_does_not_know_the_flag_is_not_given_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
