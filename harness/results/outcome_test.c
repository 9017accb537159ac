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
#include "base/temp_dir_test.h"
#include "results/outcome.h"


static int cpus[] = { 5, 2 };

static const struct cell asked = {
	.backend = "single-p", .workload = "fib", .procs = 2, .pin = "compact", .cpus = cpus, .ncpus = 2,
	.params = { { "n", "30" }, { "serial", "0" } }, .nparams = 2,
	.opts = { { "steal", "random" }, { "seed", "7" } }, .nopts = 2,
};

static const struct conditions conditions = { .timer_slack_ns = 1, .stack_limit = 8192, .nice = 3 };

#define UNDER(backend, workload, params, seed, procs, affinity, conditions) \
	"{\"backend\": " backend ", \"workload\": " workload ", \"params\": " params \
	", \"seed\": " seed ", \"procs\": " procs ", \"affinity\": " affinity conditions WORK "}"
#define WORK_OF(iterations, executed, checksum, ops) ", \"iterations\": " iterations \
	", \"executed\": " executed ", \"checksum\": " checksum ", \"counters\": {\"ops\": " ops "}"
#define WORK WORK_OF("30000", "60002", "\"0x7\"", "2")
#define CONDITIONS(slack, huge, stack, nice) ", \"conditions\": {\"timer_slack_ns\": " slack \
	", \"huge_pages\": " huge ", \"stack_limit_bytes\": " stack ", \"nice\": " nice "}"
#define DETAIL(backend, workload, params, seed, procs, affinity) \
	UNDER(backend, workload, params, seed, procs, affinity, CONDITIONS("1", "false", "8192", "3"))
#define PARAMS "{\"serial\": 0, \"n\": 30}"
#define GOOD DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]")
/* 30,000 iterations of 1 µs, in a process of 40 ms that used 35 ms of CPU time. */
#define RUN_OF(ops, ns, iterations, real, cpu) "{\"ops\": " ops ", \"ns_per_op\": " ns \
	", \"iterations\": " iterations ", \"real_time\": " real ", \"cpu_time\": " cpu ", \"time_unit\": \"ns\"}"
#define RUN RUN_OF("2", "500", "30000", "1000", "1000")
#define REPORT "{\"benchmarks\": [" RUN "]}"

/* What a cell wrote, and what comes of it. */
static enum status judged(const struct cell *cell, const char *report, const char *detail,
                          char reason[REASON_MAX])
{
	const struct asked asked = { cell, &conditions, .min_time_s = 0.02 };
	char bench[PATH_MAX], more[PATH_MAX];
	struct outcome o = { .wall_ns = 40000000, .usage.ru_utime.tv_usec = 35000 };
	struct err e;

	path_join(bench, dir, "benchmark.json");
	path_join(more, dir, "detail.json");
	if (report)
		assert_int_equal(file_put(dir, "benchmark.json", report, strlen(report), &e), 0);
	if (detail)
		assert_int_equal(file_put(dir, "detail.json", detail, strlen(detail), &e), 0);
	outcome_read(&o, &asked, bench, more);
	strcpy(reason, o.reason);
	if (o.status == ST_OK)
		assert_true(o.ops == 2 && o.ns_per_op == 500 && o.benchmark && o.detail && !*reason);
	else
		assert_true(!o.benchmark && !o.detail && strlen(reason) > 10);
	outcome_free(&o);
	unlink(bench);
	unlink(more);
	return o.status;
}

static void reports_are_believed_only_when_whole(void **state)
{
	static const char *const bad[] = {
		NULL, "", "garbage", "{}", "[]", "{\"benchmarks\": []}", "{\"benchmarks\": [" RUN "]",
		"{\"benchmarks\": [" RUN ", " RUN "]}", "{\"benchmarks\": [1]}",
		"{\"benchmarks\": [{\"ops\": 2}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 0}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": -1}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": \"0.5\"}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": NaN}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 1e999}]}",
		"{\"benchmarks\": [{\"ops\": 0, \"ns_per_op\": 0.5}]}",
		"{\"benchmarks\": [{\"ops\": 2.5, \"ns_per_op\": 0.5}]}",
		"{\"benchmarks\": [{\"ops\": 1e300, \"ns_per_op\": 0.5}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 1e-7}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 1e19}]}",
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 0.5, \"error_occurred\": true}]}",
		"\377\376",
	};
	static const char *const torn[] = { NULL, "", "{\"torn\": ", "[]", "7", "{}" };
	char reason[REASON_MAX];

	(void)state;
	assert_int_equal(judged(&asked, REPORT, GOOD, reason), ST_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(judged(&asked, bad[i], GOOD, reason), ST_FAILED);
	for (size_t i = 0; i < sizeof torn / sizeof *torn; i++)
		assert_int_equal(judged(&asked, REPORT, torn[i], reason), ST_WRONG);
	assert_int_equal(judged(&asked, REPORT, NULL, reason), ST_WRONG);
	assert_string_equal(reason, "ended well but wrote no detail");
}

static void what_was_not_asked_for_is_no_figure(void **state)
{
	static const struct { const char *detail, *says; } wrong[] = {
		{ DETAIL("\"go\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]"), "the backend go, not single-p" },
		{ DETAIL("1", "\"fib\"", PARAMS, "7", "2", "[2, 5]"), "no backend" },
		{ DETAIL("\"single-p\"", "\"sum\"", PARAMS, "7", "2", "[2, 5]"), "the workload sum, not fib" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "1", "[2, 5]"), "procs=1, not 2" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "2.0", "[2, 5]"), "no procs" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "8", "2", "[2, 5]"), "seed=8, not 7" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "null", "2", "[2, 5]"), "no seed" },
		{ DETAIL("\"single-p\"", "\"fib\"", "{\"n\": 20, \"serial\": 0}", "7", "2", "[2, 5]"), "n=20, not 30" },
		{ DETAIL("\"single-p\"", "\"fib\"", "{\"n\": 30}", "7", "2", "[2, 5]"), "no serial" },
		{ DETAIL("\"single-p\"", "\"fib\"", "{\"n\": \"30\", \"serial\": 0}", "7", "2", "[2, 5]"), "no n" },
		{ DETAIL("\"single-p\"", "\"fib\"", "{\"n\": 30, \"serial\": 0, \"m\": 1}", "7", "2", "[2, 5]"),
		  "has the parameter m" },
		{ DETAIL("\"single-p\"", "\"fib\"", "[30, 0]", "7", "2", "[2, 5]"), "no n" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2]"), "ran on 1 of 2 PUs" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5, 6]"), "ran on PU 6, too" },
		{ DETAIL("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "2"), "no affinity" },
		{ UNDER("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]", ""), "no conditions" },
		{ UNDER("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]", CONDITIONS("50000", "false", "8192", "3")),
		  "timer_slack_ns=50000, not 1" },
		{ UNDER("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]", CONDITIONS("1", "true", "8192", "3")),
		  "with huge pages" },
		{ UNDER("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]", CONDITIONS("1", "false", "4096", "3")),
		  "stack_limit_bytes=4096, not 8192" },
		{ UNDER("\"single-p\"", "\"fib\"", PARAMS, "7", "2", "[2, 5]", CONDITIONS("1", "false", "8192", "0")),
		  "nice=0, not 3" },
	};
	struct cell any_seed = asked;
	char reason[REASON_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(judged(&asked, REPORT, wrong[i].detail, reason), ST_WRONG);
		if (!strstr(reason, wrong[i].says))
			fail_msg("'%s' does not say '%s'", reason, wrong[i].says);
	}
	any_seed.nopts = 1;
	assert_int_equal(judged(&any_seed, REPORT, wrong[5].detail, reason), ST_OK);
}

#define GOOD_BUT(work) "{\"backend\": \"single-p\", \"workload\": \"fib\", \"params\": " PARAMS \
	", \"seed\": 7, \"procs\": 2, \"affinity\": [2, 5]" CONDITIONS("1", "false", "8192", "3") work "}"

static void what_cannot_be_is_not_believed(void **state)
{
	static const struct { const char *run, *detail, *says; } lies[] = {
		{ RUN_OF("2", "0.001", "30000", "1000", "1000"), GOOD, "0.001 ns an operation, and 1000 ns for the 2" },
		{ RUN_OF("2", "0.001", "30000", "0.002", "0"), GOOD, "no processor is as fast" },
		{ RUN_OF("2", "1000", "30000", "2000", "1000"), GOOD, "60.0 ms of measuring, and its process lasted for 40.0" },
		{ RUN_OF("2", "500", "300", "1000", "1000"), GOOD, "0.300 ms of measuring, and was to measure for 20.000" },
		{ RUN_OF("2", "500", "30000", "1000", "1500"), GOOD, "45.0 ms of CPU time, and its process used 35.0" },
		{ RUN_OF("2", "250", "30000", "500", "1300"), GOOD, "39.0 ms of CPU time in 15.0 ms on 2 PUs" },
		{ RUN_OF("2", "500", "29999.5", "1000", "1000"), GOOD, "claims 29999.5 iterations" },
		{ "{\"ops\": 2, \"ns_per_op\": 500, \"iterations\": 30000, \"real_time\": 1000, \"time_unit\": \"us\"}", GOOD,
		  "not in ns" },
		{ RUN, GOOD_BUT(WORK_OF("29999", "60000", "\"0x7\"", "2")), "30000 iterations, and its detail 29999" },
		{ RUN, GOOD_BUT(WORK_OF("30000", "60001", "\"0x7\"", "2")), "60001 units of work in 30001 iterations" },
		{ RUN, GOOD_BUT(WORK_OF("30000", "60002", "\"0x7\"", "1")), "2 operations in an iteration, and its detail 1" },
		{ RUN, GOOD_BUT(WORK_OF("30000", "\"60002\"", "\"0x7\"", "2")), "does not say what it did" },
		{ RUN, GOOD_BUT(WORK_OF("30000", "60002", "7", "2")), "does not say what it did" },
	};
	char reason[REASON_MAX], report[600];

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		snprintf(report, sizeof report, "{\"benchmarks\": [%s]}", lies[i].run);
		assert_int_equal(judged(&asked, report, lies[i].detail, reason), ST_WRONG);
		if (!strstr(reason, lies[i].says))
			fail_msg("'%s' does not say '%s'", reason, lies[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_believed_only_when_whole),
		cmocka_unit_test(what_was_not_asked_for_is_no_figure),
		cmocka_unit_test(what_cannot_be_is_not_believed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
