/* SPDX-License-Identifier: Apache-2.0
 *
 * What a runner measures, in which order, and what it measures again: with somebody who
 * measures nothing and answers as planned.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "run/runner.h"

static char dir[] = "/tmp/schedlab-test-XXXXXX";

/* What the n-th process of a cell answers; the last of its list all that follow. */
struct answer { double ns; bool disturbed; int wall_ms; enum status status; };
#define QUIET { 100, false, 10, ST_OK }
#define NOISY { 150, true, 10, ST_OK }
#define LONG  { 150, true, 1000, ST_OK }
#define CRASH { 0, true, 10, ST_CRASHED }
#define FAST  { 90, false, 10, ST_OK }
#define ALIKE { 104, false, 10, ST_OK }

static const struct answer quiet[] = { QUIET };
static const struct answer *answers[3];         /* of a, b and the calibration */
static int nanswers[3], asked[3];
static int stop_at;                             /* processes until we are interrupted; -1: never */

#define ANSWERS(i, ...) do { \
	static const struct answer v[] = { __VA_ARGS__ }; \
	answers[i] = v; \
	nanswers[i] = sizeof v / sizeof *v; \
} while (0)

static void forget(void)
{
	static const char *const names[] = { "meta.json", "cells.jsonl" };
	char path[PATH_MAX];

	for (int i = 0; i < 2; i++)
		unlink(path_join(path, dir, names[i]));
}

static int all_quiet(void **state)
{
	(void)state;
	forget();
	for (int i = 0; i < 3; i++) {
		answers[i] = quiet;
		nanswers[i] = 1;
		asked[i] = 0;
	}
	stop_at = -1;
	return 0;
}

static int measures(const struct measure *m, const struct cell *c, int64_t iterations, struct outcome *o,
                    int *interrupt, struct err *e)
{
	int i = c->backend[0] - 'a', k;
	const struct answer *a;

	(void)m;
	(void)iterations;
	(void)e;
	if (stop_at-- == 0) {
		*interrupt = SIGTERM;
		return -EINTR;
	}
	k = asked[i]++;
	a = &answers[i][k < nanswers[i] ? k : nanswers[i] - 1];
	*o = (struct outcome){ .status = a->status, .ran = true, .disturbed = a->disturbed, .ops = 1,
	                       .ns_per_op = a->ns, .wall_ns = a->wall_ms * 1000000LL };
	return 0;
}

/* ---- A run of two cells, two repetitions and a calibration -------------------- */

static struct cell cells[2], calibration;

static struct plan the_plan(int again)
{
	static int cpu;

	for (int i = 0; i < 3; i++)
		*(i < 2 ? &cells[i] : &calibration) = (struct cell){
			.backend = (const char *[]){ "a", "b", "c" }[i], .workload = "fib", .procs = 1,
			.pin = "none", .cpus = &cpu, .ncpus = 1 };
	return (struct plan){ .preset = "quick", .seed = 1, .reps = 2, .min_time_s = 0.02, .timeout_s = 30,
	                      .again = again, .cells = cells, .ncells = 2,
	                      .calibrations = &calibration, .ncalibrations = 1 };
}

static struct fact facts[] = { { "machine", "host", "here" } };
static const struct facts known = { facts, 1 };

/* All that the runner has to say goes nowhere. */
static int run_quietly(struct run *run, const struct plan *p, const struct row *rows, int n,
                       const struct again *again, struct err *e)
{
	int stderr_was = dup(2), null = open("/dev/null", O_WRONLY), interrupt = 0, rc;

	dup2(null, 2);
	rc = runner_run_by(measures, run, p, NULL, NULL, rows, n, again, &interrupt, e);
	dup2(stderr_was, 2);
	close(null);
	close(stderr_was);
	return rc;
}

/* Starts the run, or goes on with it. */
static int go_on(int again, const struct again *retry)
{
	char path[PATH_MAX], *argv[] = { "matrix", NULL };
	struct row *rows = NULL;
	struct plan p = the_plan(again);
	struct run run;
	struct err e = { "" };
	bool there = access(path_join(path, dir, "meta.json"), F_OK) == 0;
	int n = 0, rc = there ? run_open(&run, dir, &p, &known, &rows, &n, &e)
	                      : run_create(&run, dir, &p, &known, 1, argv, &e);

	if (rc)
		fail_msg("%s", e.msg);
	rc = run_quietly(&run, &p, rows, n, retry, &e);
	run_close(&run);
	rows_free(rows, n);
	if (there)
		plan_free(&p);
	if (rc && rc != -EINTR)
		fail_msg("%s", e.msg);
	return rc;
}

/* The rows there are, in their order: "a1'" is the second attempt at a in repetition 1,
 * "+" behind it another pass. */
static const char *rows_text(void)
{
	static char text[1000];
	char path[PATH_MAX], *json = NULL;
	struct row *rows = NULL;
	size_t size, whole, len = 0;
	struct err e;
	int n = 0;

	if (file_get(path_join(path, dir, "cells.jsonl"), RUN_MAX, &json, &size, &e) ||
	    rows_parse(json, size, &rows, &n, &whole, path, &e))
		fail_msg("%s", e.msg);
	*text = '\0';
	for (int i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%d%.*s%.*s", i ? " " : "",
		                        rows[i].cell.backend, rows[i].rep, rows[i].attempt, "''''",
		                        rows[i].pass, "++++");
	rows_free(rows, n);
	free(json);
	return text;
}

static const struct again nothing = { .disturbed = false };

#define MEASURES(again, text) do { \
	assert_int_equal(go_on(again, &nothing), 0); \
	assert_string_equal(rows_text(), text); \
	forget(); \
} while (0)

/* ---- Tests --------------------------------------------------------------------- */

static void a_quiet_run_is_its_plan(void **state)
{
	(void)state;
	MEASURES(2, "c0 a0 b0 c1 a1 b1 c2");
}

static void what_is_disturbed_comes_again_at_its_repetitions_end(void **state)
{
	(void)state;
	ANSWERS(0, NOISY, QUIET);
	MEASURES(2, "c0 a0 b0 a0' c1 a1 b1 c2");
}

static void both_once_before_one_twice_and_none_thrice(void **state)
{
	(void)state;
	ANSWERS(0, NOISY, NOISY, NOISY, QUIET);
	ANSWERS(1, NOISY, QUIET);
	ANSWERS(2, { 100, false, 100, ST_OK });
	MEASURES(2, "c0 a0 b0 a0' b0' a0'' c1 a1 b1 c2");
}

static void the_knob_says_how_often(void **state)
{
	(void)state;
	ANSWERS(0, NOISY);
	MEASURES(0, "c0 a0 b0 c1 a1 b1 c2");
	all_quiet(NULL);
	ANSWERS(0, NOISY);
	MEASURES(1, "c0 a0 b0 a0' c1 a1 b1 a1' c2");
}

static void a_crash_is_no_noise(void **state)
{
	(void)state;
	ANSWERS(0, CRASH, QUIET);
	MEASURES(2, "c0 a0 b0 c1 a1 b1 c2");
}

static void a_slow_row_that_nobody_disturbed_stays(void **state)
{
	(void)state;
	ANSWERS(0, { 1000, false, 10, ST_OK }, QUIET);
	MEASURES(2, "c0 a0 b0 c1 a1 b1 c2");
}

static void calibrations_come_again_at_once(void **state)
{
	(void)state;
	ANSWERS(2, NOISY, QUIET);
	MEASURES(2, "c0 c0' a0 b0 c1 a1 b1 c2");
}

static void where_the_speed_moved_the_repetition_comes_again(void **state)
{
	(void)state;
	/* The calibrations that closed the pass before open the next. */
	ANSWERS(2, QUIET, FAST);
	MEASURES(2, "c0 a0 b0 c1 a0'+ b0'+ c1'+ a1 b1 c2");
	all_quiet(NULL);
	ANSWERS(2, QUIET, ALIKE, QUIET);
	MEASURES(2, "c0 a0 b0 c1 a1 b1 c2");
	all_quiet(NULL);
	/* What others did to the calibration is no drift. */
	ANSWERS(2, QUIET, NOISY);
	MEASURES(1, "c0 a0 b0 c1 c1' a1 b1 c2 c2'");
}

static void a_speed_that_never_settles_ends(void **state)
{
	(void)state;
	ANSWERS(2, { 100, false, 1000, ST_OK }, FAST, QUIET, FAST, QUIET, FAST, QUIET, FAST, QUIET, FAST);
	MEASURES(1, "c0 a0 b0 c1 a0'+ b0'+ c1'+ a1 b1 c2 a1'+ b1'+ c2'+");
}

static void in_another_pass_the_disturbed_come_again_too(void **state)
{
	(void)state;
	ANSWERS(0, QUIET, NOISY, QUIET);
	ANSWERS(2, { 100, false, 100, ST_OK }, FAST);
	MEASURES(2, "c0 a0 b0 c1 a0'+ b0'+ a0''+ c1'+ a1 b1 c2");
}

static void it_takes_no_more_than_so_many_times_the_first_attempts(void **state)
{
	(void)state;
	/* The second attempt at a takes a second, and so much more than all the others that there
	 * is no time for a third; b comes again in the time that is left. */
	ANSWERS(0, NOISY, LONG);
	ANSWERS(1, NOISY, NOISY, QUIET);
	ANSWERS(2, { 100, false, 600, ST_OK }, QUIET);
	MEASURES(2, "c0 a0 b0 a0' b0' b0'' c1 a1 b1 a1' a1'' c2");
}

/* Wherever it is stopped, what is resumed becomes what it would have been. */
static void stopped_anywhere_it_goes_on(void **state)
{
	static const char whole[] = "c0 c0' a0 b0 b0' c1 a0'+ b0''+ a0''+ c1'+ a1 b1 c2";

	(void)state;
	for (int at = 0; at < 13; at++) {
		all_quiet(NULL);
		ANSWERS(0, QUIET, NOISY, QUIET);
		ANSWERS(1, NOISY, QUIET);
		ANSWERS(2, { 150, true, 300, ST_OK }, QUIET, FAST);
		stop_at = at;
		assert_int_equal(go_on(2, &nothing), -EINTR);
		stop_at = -1;
		assert_int_equal(go_on(2, &nothing), 0);
		assert_string_equal(rows_text(), whole);
		/* And then it is whole. */
		assert_int_equal(go_on(2, &nothing), 0);
		assert_string_equal(rows_text(), whole);
		forget();
	}
}

/* What there was no time for in a repetition that is over stays as it is. */
static void a_repetition_that_is_over_is_left_alone(void **state)
{
	(void)state;
	ANSWERS(0, NOISY, LONG);
	stop_at = 7;
	assert_int_equal(go_on(2, &nothing), -EINTR);
	assert_string_equal(rows_text(), "c0 a0 b0 a0' c1 a1 b1");
	stop_at = -1;
	MEASURES(2, "c0 a0 b0 a0' c1 a1 b1 a1' c2");
}

static void a_whole_run_is_left_alone(void **state)
{
	const struct again disturbed = { .disturbed = true };

	(void)state;
	ANSWERS(0, NOISY);
	assert_int_equal(go_on(1, &nothing), 0);
	assert_string_equal(rows_text(), "c0 a0 b0 a0' c1 a1 b1 a1' c2");
	assert_int_equal(go_on(1, &nothing), 0);
	assert_string_equal(rows_text(), "c0 a0 b0 a0' c1 a1 b1 a1' c2");
	/* But for what is asked for, once. */
	assert_int_equal(go_on(1, &disturbed), 0);
	assert_string_equal(rows_text(), "c0 a0 b0 a0' c1 a1 b1 a1' c2 a0'' a1''");
	forget();
}

static void what_counts_is_not_tried_again(void **state)
{
	const struct again disturbed = { .disturbed = true };

	(void)state;
	/* The last attempt at a is disturbed, but an earlier one is not, and counts. */
	ANSWERS(0, NOISY, QUIET, QUIET);
	assert_int_equal(go_on(1, &nothing), 0);
	assert_int_equal(go_on(1, &disturbed), 0);
	assert_string_equal(rows_text(), "c0 a0 b0 a0' c1 a1 b1 c2");
	forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_quiet_run_is_its_plan, all_quiet),
		cmocka_unit_test_setup(what_is_disturbed_comes_again_at_its_repetitions_end, all_quiet),
		cmocka_unit_test_setup(both_once_before_one_twice_and_none_thrice, all_quiet),
		cmocka_unit_test_setup(the_knob_says_how_often, all_quiet),
		cmocka_unit_test_setup(a_crash_is_no_noise, all_quiet),
		cmocka_unit_test_setup(a_slow_row_that_nobody_disturbed_stays, all_quiet),
		cmocka_unit_test_setup(calibrations_come_again_at_once, all_quiet),
		cmocka_unit_test_setup(where_the_speed_moved_the_repetition_comes_again, all_quiet),
		cmocka_unit_test_setup(a_speed_that_never_settles_ends, all_quiet),
		cmocka_unit_test_setup(in_another_pass_the_disturbed_come_again_too, all_quiet),
		cmocka_unit_test_setup(it_takes_no_more_than_so_many_times_the_first_attempts, all_quiet),
		cmocka_unit_test_setup(stopped_anywhere_it_goes_on, all_quiet),
		cmocka_unit_test_setup(a_repetition_that_is_over_is_left_alone, all_quiet),
		cmocka_unit_test_setup(a_whole_run_is_left_alone, all_quiet),
		cmocka_unit_test_setup(what_counts_is_not_tried_again, all_quiet),
	};
	int failed;

	if (!mkdtemp(dir))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
