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

#include "base/files.h"
#include "base/temp_dir_test.h"
#include "results/folder.h"
#include "results/outcome.h"
#include "results/summary.h"


static struct cell cell_of(const char *backend, const char *gs)
{
	static int cpus[] = { 0, 1 };

	return (struct cell){ .backend = backend, .workload = "documents", .procs = 2, .pin = "none",
	                      .cpus = cpus, .ncpus = 2, .nparams = 2,
	                      .params = { { "docs", "100" }, { "gs", gs } } };
}

static struct cell calibration;

/* Two back ends, two sizes. */
static struct plan some_plan(struct cell cells[4])
{
	calibration = cell_of("a", "1");
	cells[0] = cell_of("a", "1");
	cells[1] = cell_of("a", "8");
	cells[2] = cell_of("b", "1");
	cells[3] = cell_of("b", "8");
	return (struct plan){ .preset = "quick", .seed = INT64_MAX, .reps = 2, .min_time_s = 0.02,
	                      .timeout_s = 30, .cells = cells, .ncells = 4,
	                      .calibrations = &calibration, .ncalibrations = 1 };
}

static struct fact facts[] = {
	{ "machine", "host", "here" }, { "machine", "cpu_model", "x1" },
	{ "build", "commit", "0123" }, { "binaries", "cell-a", "fnv1a64:1" },
};
static const struct facts known = { facts, 4 };

static void append_again(struct run *run, const struct cell *c, enum row_kind kind, int rep,
                         int attempt, struct outcome o)
{
	char *line = outcome_line(&o, c, kind, rep, attempt);
	struct err e;

	assert_non_null(line);
	assert_int_equal(run_append(run, line, &e), 0);
	free(line);
}

static void append(struct run *run, const struct cell *c, enum row_kind kind, int rep,
                   struct outcome o)
{
	append_again(run, c, kind, rep, 0, o);
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
		append(&run, &p.calibrations[0], ROW_CALIBRATION, rep, ok);
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
	assert_int_equal(r.rows[0].place, -2);
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

/* What an attempt at a cell's repetition is to be. */
struct tried { int pass; enum status status; bool disturbed; };

/* The attempt that counts of these, by the reader; first: --first. */
static int attempt_that_counts(const struct tried *tried, int n, bool first)
{
	struct cell cells[4];
	struct plan p = some_plan(cells);
	struct run run;
	struct results r;
	struct err e = { "" };
	char *argv[] = { "matrix", NULL };
	int attempt;

	assert_int_equal(run_create(&run, dir, &p, &known, 1, argv, &e), 0);
	for (int i = 0; i < n; i++)
		append_again(&run, &cells[0], ROW_CELL, 0, i, (struct outcome){
			.ran = true, .ops = 1, .ns_per_op = 1 + i, .status = tried[i].status,
			.disturbed = tried[i].disturbed, .pass = tried[i].pass });
	run_close(&run);
	if ((first ? results_read_first : results_read)(&r, dir, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.rows[0].attempts, n);
	attempt = r.rows[0].attempt;
	assert_int_equal(r.rows[0].pass, tried[attempt].pass);
	results_free(&r);
	remove_run();
	return attempt;
}

#define COUNTS(first, ...) attempt_that_counts((struct tried[]){ __VA_ARGS__ }, \
	(int)(sizeof((struct tried[]){ __VA_ARGS__ }) / sizeof(struct tried)), first)

static void the_last_attempt_that_nobody_disturbed_counts(void **state)
{
	const struct tried quiet = { 0, ST_OK, false }, noisy = { 0, ST_OK, true };
	const struct tried crashed = { 0, ST_CRASHED, false }, again = { 1, ST_OK, true };

	(void)state;
	assert_int_equal(COUNTS(false, noisy, quiet), 1);
	assert_int_equal(COUNTS(false, quiet, noisy), 0);
	assert_int_equal(COUNTS(false, noisy, quiet, noisy), 1);
	assert_int_equal(COUNTS(false, quiet, quiet), 1);
	/* Where all are disturbed, the last. */
	assert_int_equal(COUNTS(false, noisy, noisy, noisy), 2);
	/* Who fails does not get away with it, and what was mended is. */
	assert_int_equal(COUNTS(false, quiet, crashed), 1);
	assert_int_equal(COUNTS(false, crashed, noisy), 1);
	/* Rows of the last pass are pairs, and no others. */
	assert_int_equal(COUNTS(false, quiet, again), 1);
	assert_int_equal(COUNTS(true, noisy, quiet, again), 0);
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
	assert_int_equal(s.ncalibrations, 1);
	assert_int_equal(s.calibrations[0].procs, 2);
	assert_int_equal(s.calibrations[0].ns_per_op.n, 2);
	assert_true(s.noise == 0);
	assert_int_equal(summary_put(&s, &r, &e), 0);
	summary_free(&s);
	results_free(&r);
	remove_run();
}

/* Cell 2 in repetition 0: crashed, crashed again, then ok; cell 0 in repetition 1: ok,
 * then failed; the calibration of repetition 0. */
static void what_was_measured_again_counts_as_it_came_out(void **state)
{
	struct outcome ok = { .ran = true, .ops = 100, .ns_per_op = 70 };
	struct outcome bad = { .status = ST_FAILED, .ran = true, .reason = "planted" };
	struct cell cells[4];
	struct plan p = some_plan(cells), q;
	struct results r;
	struct summary s;
	struct run run;
	struct row *rows;
	struct err e = { "" };
	int n;

	(void)state;
	write_run();
	assert_int_equal(run_open(&run, dir, &q, &known, &rows, &n, &e), 0);
	rows_free(rows, n);
	plan_free(&q);
	append_again(&run, &cells[2], ROW_CELL, 0, 1, (struct outcome){ .status = ST_CRASHED });
	append_again(&run, &cells[0], ROW_CELL, 1, 1, bad);
	append_again(&run, &cells[2], ROW_CELL, 0, 2, ok);
	ok.ns_per_op = 80;
	append_again(&run, &p.calibrations[0], ROW_CALIBRATION, 0, 1, ok);
	run_close(&run);

	assert_int_equal(results_read(&r, dir, &e), 0);
	assert_int_equal(r.n, 10);
	assert_int_equal(r.rows[7].status, ST_FAILED);
	assert_int_equal(r.rows[8].attempt, 2);
	assert_int_equal(r.rows[8].place, 2);
	assert_int_equal(summary_make(&s, &r, &e), 0);
	assert_int_equal(s.again, 3);
	assert_true(s.figures[2].ns_per_op.n == 1 && s.figures[2].ns_per_op.median == 70);
	assert_int_equal(s.figures[2].status[ST_CRASHED], 1);
	assert_true(s.figures[0].ns_per_op.n == 1 && s.figures[0].ns_per_op.median == 1000);
	assert_true(s.calibrations[0].ns_per_op.n == 2 && s.calibrations[0].ns_per_op.median == 65);
	summary_free(&s);
	results_free(&r);

	/* The same attempt twice is two answers to one question. */
	assert_int_equal(run_open(&run, dir, &q, &known, &rows, &n, &e), 0);
	rows_free(rows, n);
	plan_free(&q);
	append_again(&run, &cells[2], ROW_CELL, 0, 1, bad);
	run_close(&run);
	assert_int_equal(results_read(&r, dir, &e), -EINVAL);
	assert_non_null(strstr(e.msg, "line 15 is the row of line 11 again"));
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
	assert_true(p.min_time_s == q.min_time_s && p.timeout_s == q.timeout_s);
	assert_int_equal(p.ncalibrations, 1);
	assert_true(cell_same(&p.calibrations[0], &q.calibrations[0]));
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

/* Cells 0 and 1, eight times; the processes of the second are of two kinds. */
static void processes_of_two_kinds_are_marked(void **state)
{
	struct cell cells[4];
	struct plan p = some_plan(cells);
	char path[PATH_MAX], *text, *json;
	char *argv[] = { "matrix", NULL };
	struct results r;
	struct summary s;
	struct run run;
	struct err e = { "" };
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	p.reps = 8;
	assert_int_equal(run_create(&run, dir, &p, &known, 1, argv, &e), 0);
	for (int i = 0; i < 16; i++) {
		int rep = i / 2, b = i % 2;
		struct outcome o = { .ran = true, .ops = 1, .ns_per_op = 100 + rep + (b && rep % 2 ? 50 : 0),
		                     .disturbed = b && rep == 3 };

		append(&run, &cells[b], ROW_CELL, rep, o);
	}
	run_close(&run);
	assert_int_equal(results_read(&r, dir, &e), 0);
	assert_int_equal(summary_make(&s, &r, &e), 0);
	assert_int_equal(s.figures[0].kinds.below, 0);
	assert_int_equal(s.figures[1].kinds.below, 4);
	summary_print(&s, &r, out);
	fclose(out);
	assert_non_null(strstr(text, "\ndocuments gs=1          104/- ns "));
	assert_non_null(strstr(text, "\ndocuments gs=8        ^~128/- ns "));
	assert_non_null(strstr(text, "\n~ rests on rows that others disturbed: documents gs=8 on a P=2, 1 of 8\n"));
	assert_non_null(strstr(text, "\n^ processes of two kinds, between which no time is: documents gs=8 on a P=2, 4\n"
	                             "  of 103 ns and 4 of 154 ns\n"));
	free(text);

	assert_int_equal(summary_put(&s, &r, &e), 0);
	assert_int_equal(file_get(path_join(path, dir, "summary.json"), 1 << 20, &json, NULL, &e), 0);
	assert_non_null(strstr(json, "\"clusters\": null"));
	assert_non_null(strstr(json, "\"below\": 4"));
	free(json);
	summary_free(&s);
	results_free(&r);
	remove_run();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_reads_back),
		cmocka_unit_test(the_last_attempt_that_nobody_disturbed_counts),
		cmocka_unit_test(a_run_sums_up),
		cmocka_unit_test(what_was_measured_again_counts_as_it_came_out),
		cmocka_unit_test(a_plan_survives_its_run),
		cmocka_unit_test(torn_lines_are_dropped),
		cmocka_unit_test(processes_of_two_kinds_are_marked),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
