/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "results_outcome.h"
#include "results_run.h"
#include "summary.h"

static char dir[] = "/tmp/schedlab-test-XXXXXX";

static struct cell cell_of(const char *backend, const char *gs)
{
	static int cpus[] = { 0, 1 };

	return (struct cell){ .backend = backend, .workload = "documents", .procs = 2, .pin = "none",
	                      .cpus = cpus, .ncpus = 2, .nparams = 2,
	                      .params = { { "docs", "100" }, { "gs", gs } } };
}

/* Two back ends, two sizes. */
static struct plan some_plan(struct cell cells[4])
{
	cells[0] = cell_of("a", "1");
	cells[1] = cell_of("a", "8");
	cells[2] = cell_of("b", "1");
	cells[3] = cell_of("b", "8");
	return (struct plan){ .preset = "quick", .seed = INT64_MAX, .reps = 2, .min_time_s = 0.02,
	                      .timeout_s = 30, .cells = cells, .ncells = 4,
	                      .calibrated = true, .calibration = cell_of("a", "1") };
}

static struct fact facts[] = {
	{ "machine", "host", "here" }, { "machine", "cpu_model", "x1" },
	{ "build", "commit", "0123" }, { "binaries", "cell-a", "fnv1a64:1" },
};
static const struct facts known = { facts, 4 };

static void append(struct run *run, const struct cell *c, enum row_kind kind, int rep,
                   struct outcome o)
{
	char *line = outcome_line(&o, c, kind, rep, 0);
	struct err e;

	assert_non_null(line);
	assert_int_equal(run_append(run, line, &e), 0);
	free(line);
}

static void write_run(void)
{
	struct cell cells[4];
	struct plan p = some_plan(cells);
	struct run run;
	struct err e = { "" };
	char *argv[] = { "matrix", NULL };
	struct outcome ok = { .ran = true, .ops = 100, .wall_ns = 5000000,
	                      .usage.ru_maxrss = 3, .usage.ru_nvcsw = 7 };

	assert_int_equal(run_create(&run, dir, &p, &known, 1, argv, &e), 0);
	for (int rep = 0; rep < 2; rep++) {
		ok.ns_per_op = 50;
		append(&run, &p.calibration, ROW_CALIBRATION, rep, ok);
		for (int i = 3; i >= 0; i--) {  /* not in the plan's order */
			ok.ns_per_op = 1000 * (i + 1) + rep;
			if (i == 2)
				append(&run, &cells[i], ROW_CELL, rep,
				       (struct outcome){ .status = ST_CRASHED, .ran = true,
				                         .reason = "killed by \377 SIGSEGV" });
			else
				append(&run, &cells[i], ROW_CELL, rep, ok);
		}
	}
	run_close(&run);
}

static void remove_run(void)
{
	static const char *const names[] = { "meta.json", "cells.jsonl", "summary.json" };
	char path[PATH_MAX];

	for (int i = 0; i < 3; i++)
		unlink(path_join(path, dir, names[i]));
}

static void a_run_reads_back(void **state)
{
	struct results r;
	struct err e = { "" };
	double v;

	(void)state;
	write_run();
	if (results_read(&r, dir, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(r.n, 10);
	assert_int_equal(r.ncells, 4);
	assert_string_equal(r.backends[0], "a");
	assert_string_equal(r.backends[1], "b");
	assert_null(r.backends[2]);
	assert_string_equal(results_fact(&r, "host"), "here");
	assert_string_equal(results_fact(&r, "commit"), "0123");
	assert_string_equal(results_fact(&r, "cpu_model"), "x1");
	assert_string_equal(results_fact(&r, "governor"), "");

	assert_int_equal(r.rows[0].kind, ROW_CALIBRATION);
	assert_int_equal(r.rows[0].place, -1);
	const struct row *row = &r.rows[6];     /* repetition 1, the plan's last cell */
	assert_int_equal(row->place, 3);
	assert_int_equal(row->rep, 1);
	/* Of the parameters the one that differs. */
	assert_string_equal(row->label, "documents gs=8");
	assert_true(row->ns_per_op == 4001 && row->ops == 100);
	assert_int_equal(row->cell.ncpus, 2);
	assert_int_equal(row->cell.cpus[1], 1);
	assert_true(row_counter(row, "rss_bytes", &v) && v == 3072);
	assert_true(row_counter(row, "voluntary_switches", &v) && v == 7);
	assert_true(row_counter(row, "foreign_ns", &v) && v == 0);
	assert_false(row_counter(row, "steals", &v));
	row = &r.rows[2];                       /* the one that crashed */
	assert_int_equal(row->status, ST_CRASHED);
	assert_string_equal(row->reason, "killed by ? SIGSEGV");
	assert_true(isnan(row->ns_per_op) && isnan(row->ops));
	results_free(&r);
	remove_run();
}

static void a_run_sums_up(void **state)
{
	struct results r;
	struct summary s;
	struct err e = { "" };

	(void)state;
	write_run();
	assert_int_equal(results_read(&r, dir, &e), 0);
	assert_int_equal(summary_make(&s, &r, &e), 0);
	assert_int_equal(s.n, 4);
	assert_int_equal(s.status[ST_OK], 8);
	assert_int_equal(s.status[ST_CRASHED], 2);
	assert_true(s.figures[1].ns_per_op.median == 2000.5);
	assert_int_equal(s.figures[2].ns_per_op.n, 0);
	assert_int_equal(s.figures[2].status[ST_CRASHED], 2);
	assert_int_equal(s.calibration.n, 2);
	assert_true(s.noise == 0);
	assert_int_equal(summary_put(&s, &r, &e), 0);
	summary_free(&s);
	results_free(&r);
	remove_run();
}

static void a_plan_survives_its_run(void **state)
{
	struct cell cells[4];
	struct plan p, q = some_plan(cells);
	struct row *rows;
	struct run run;
	struct err e = { "" };
	int n;

	(void)state;
	write_run();
	if (run_open(&run, dir, &p, &known, &rows, &n, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(n, 10);
	assert_true(p.seed == q.seed && p.reps == q.reps && p.ncells == q.ncells);
	assert_true(p.min_time_s == q.min_time_s && p.timeout_s == q.timeout_s && p.calibrated);
	for (int i = 0; i < p.ncells; i++) {
		assert_true(cell_same(&p.cells[i], &q.cells[i]));
		assert_int_equal(p.cells[i].ncpus, 2);
	}
	rows_free(rows, n);
	plan_free(&p);
	run_close(&run);
	remove_run();
}

/* Cut at every byte of its last two lines, a file has the whole rows only. */
static void torn_lines_are_dropped(void **state)
{
	char path[PATH_MAX], *text;
	struct err e = { "" };
	size_t size, whole;
	struct row *rows;
	int n;

	(void)state;
	write_run();
	assert_int_equal(file_get(path_join(path, dir, "cells.jsonl"), 1 << 20, &text, &size, &e), 0);
	for (size_t cut = size - 600; cut <= size; cut++) {
		int lines = 0;
		size_t end = 0;

		for (size_t i = 0; i < cut; i++)
			if (text[i] == '\n') {
				lines++;
				end = i + 1;
			}
		assert_int_equal(rows_parse(text, cut, &rows, &n, &whole, path, &e), 0);
		assert_int_equal(n, lines);
		assert_int_equal(whole, end);
		rows_free(rows, n);
	}
	/* A whole last line of zeros, as a power cut leaves it, goes too ... */
	text[size - 2] = '\0';
	assert_int_equal(rows_parse(text, size, &rows, &n, &whole, path, &e), 0);
	assert_int_equal(n, 9);
	rows_free(rows, n);
	/* ... but not one in the middle: that is somebody's damage. */
	text[5] = '\0';
	assert_int_equal(rows_parse(text, size, &rows, &n, &whole, path, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "line 1 is no row"));
	free(text);
	remove_run();
}

/* What a cell wrote, and what comes of it. */
static enum status judged(const char *report, const char *detail, char reason[REASON_MAX])
{
	char bench[PATH_MAX], more[PATH_MAX];
	struct outcome o = { 0 };
	struct err e;

	path_join(bench, dir, "benchmark.json");
	path_join(more, dir, "detail.json");
	if (report)
		assert_int_equal(file_put(dir, "benchmark.json", report, strlen(report), &e), 0);
	if (detail)
		assert_int_equal(file_put(dir, "detail.json", detail, strlen(detail), &e), 0);
	outcome_read(&o, bench, more);
	strcpy(reason, o.reason);
	if (o.status == ST_OK)
		assert_true(o.ops == 2 && o.ns_per_op == 0.5 && o.benchmark);
	outcome_free(&o);
	unlink(bench);
	unlink(more);
	return o.status;
}

#define RUN "{\"ops\": 2, \"ns_per_op\": 0.5}"

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
		"{\"benchmarks\": [{\"ops\": 2, \"ns_per_op\": 0.5, \"error_occurred\": true}]}",
		"\377\376",
	};
	char reason[REASON_MAX];

	(void)state;
	assert_int_equal(judged("{\"benchmarks\": [" RUN "]}", NULL, reason), ST_OK);
	assert_string_equal(reason, "");
	assert_int_equal(judged("{\"benchmarks\": [" RUN "]}", "{}", reason), ST_OK);
	assert_int_equal(judged("{\"benchmarks\": [" RUN "]}", "{\"torn\": ", reason), ST_FAILED);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(judged(bad[i], NULL, reason), ST_FAILED);
		assert_true(strlen(reason) > 10);
	}
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	dir_remove(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_reads_back),
		cmocka_unit_test(a_run_sums_up),
		cmocka_unit_test(a_plan_survives_its_run),
		cmocka_unit_test(torn_lines_are_dropped),
		cmocka_unit_test(reports_are_believed_only_when_whole),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
