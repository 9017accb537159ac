/* SPDX-License-Identifier: Apache-2.0
 *
 * A yardstick and runs made up here, with ratios, intervals and verdicts worked
 * out by hand; and the real yardstick's own consistency.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/temp_dir_test.h"
#include "verdicts/ratios.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) <= 1e-9)

/* ---- A run made up ------------------------------------------------------------ */

static char *plan, *rows;
static size_t nplan, nrows;
static FILE *plan_out, *rows_out;
static struct results results;
static struct ratios ratios;

static void begin(void)
{
	plan_out = open_memstream(&plan, &nplan);
	rows_out = open_memstream(&rows, &nrows);
	assert_true(plan_out && rows_out);
	fputs("{\"schema\":1,\"build\":{\"go\":\"go version go9.8.7 linux/amd64\"},"
	      "\"plan\":{\"cells\":[", plan_out);
}

struct place {
	const char *backend, *workload;
	int procs;
	const char *pin, *n, *serial;   /* NULL: none, 1, 0 */
};

static void put_place(FILE *out, const struct place *p)
{
	fprintf(out, "{\"backend\":\"%s\",\"workload\":\"%s\",\"procs\":%d,\"pin\":\"%s\",\"cpus\":[0],"
	        "\"params\":{\"n\":\"%s\",\"serial\":\"%s\"},\"opts\":{}}", p->backend, p->workload,
	        p->procs, p->pin ? p->pin : "none", p->n ? p->n : "1", p->serial ? p->serial : "0");
}

#define CRASHED (-1)
#define NOT_MEASURED 0
#define REPS 6

/* A row for each repetition, the last repetition first. */
static void add(struct place p, const double ns[REPS])
{
	put_place(plan_out, &p);
	fputc(',', plan_out);
	for (int rep = REPS - 1; rep >= 0; rep--) {
		if (ns[rep] == NOT_MEASURED)
			continue;
		fputs("{\"cell\":", rows_out);
		put_place(rows_out, &p);
		fprintf(rows_out, ",\"kind\":\"cell\",\"rep\":%d,\"attempt\":0,", rep);
		if (ns[rep] == CRASHED)
			fputs("\"status\":\"crashed\",\"reason\":\"it fell\",\"ns_per_op\":null,"
			      "\"rusage\":{\"twice_ns\":1,\"ten\":10}}\n", rows_out);
		else
			fprintf(rows_out, "\"status\":\"ok\",\"reason\":\"\",\"ops\":1,\"ns_per_op\":%.17g,"
			        "\"benchmark\":{\"twice_ns\":%.17g,\"ten\":10}}\n", ns[rep], 2 * ns[rep]);
	}
}

#define ADD(at, ...) add((struct place)at, (const double[REPS]){ __VA_ARGS__ })
#define AT(b, w, p, ...) { .backend = b, .workload = w, .procs = p, __VA_ARGS__ }

/* Reads what was added as a run folder; 0 or ratios_make's answer. */
static int end(const struct yardstick *lines, const struct preset_cell *cells)
{
	struct err e = { "" };
	int rc;

	fclose(rows_out);
	fputs("{}]}}", plan_out);
	fclose(plan_out);
	strcpy(strstr(plan, ",{}]"), "]}}");
	if (file_put(dir, "meta.json", plan, strlen(plan), &e) ||
	    file_put(dir, "cells.jsonl", rows, nrows, &e) || results_read(&results, dir, &e))
		fail_msg("%s", e.msg);
	free(plan);
	free(rows);
	rc = ratios_make(&ratios, &results, lines, cells, &e);
	if (rc)
		results_free(&results);
	return rc;
}

static void done(void)
{
	ratios_free(&ratios);
	results_free(&results);
}

/* The line for a figure of a back end at P, the first or the next after it. */
static const struct ratio *line(const char *backend, int procs, const struct yardstick *y)
{
	for (int i = 0; i < ratios.n; i++)
		if (!strcmp(ratios.v[i].cell->backend, backend) && ratios.v[i].yard == y &&
		    ratios.v[i].cell->procs == procs)
			return &ratios.v[i];
	return NULL;
}

/* ---- The yardstick of these tests ----------------------------------------------- */

enum { HOP, HOP_P1, TREE, TREE_SERIAL, HOP_TWICE, GONE, LINES };

static const struct yardstick lines[LINES + 1] = {
	[HOP] = { .workload = "hop", .go = { 50, 80 }, .targets = { { "mine", { 5, 20 } } } },
	[HOP_P1] = { .workload = "hop", .of = OF_P1, .targets = { { "mine", { 0, 1.3 } } } },
	[TREE] = { .workload = "tree", .of = OF_NOTHING, .targets = { { "mine", { 7 } } } },
	[TREE_SERIAL] = { .workload = "tree", .of = OF_SERIAL, .targets = { { "mine", { 0, 0.55 } } } },
	[HOP_TWICE] = { .workload = "hop", .what = "twice", .counter = "twice_ns", .by = "ten",
	                .of = OF_NOTHING, .targets = { { "mine", { 2, 2 } } } },
	[GONE] = { .workload = "gone", .go = { 1, 1 }, .targets = { { "mine", { 1, 1 } } } },
};
static const struct preset_cell own[] = {
	{ "hop", "", NULL }, { "tree", "n=3 serial=0", NULL }, { "tree", "n=3 serial=1", NULL },
	{ "gone", "", NULL }, { 0 },
};

/* The machine gets five times slower; pair by pair nothing changes but once. */
static void ratios_are_of_pairs(void **state)
{
	const struct ratio *x;

	(void)state;
	begin();
	ADD(AT("go", "hop", 1), 100, 200, 300, 400, 500, 100);
	ADD(AT("mine", "hop", 1), 10, 20, 30, 40, 50, 8);
	assert_int_equal(end(lines, own), 0);
	x = line("mine", 1, &lines[HOP]);
	assert_non_null(x);
	NEAR(x->ratio.m.median, 0.1);
	NEAR(x->ratio.m.low, 0.08);
	NEAR(x->ratio.m.high, 0.1);
	NEAR(x->ratio.m.coverage, 0.96875);
	NEAR(x->ours.m.median, 25);
	NEAR(x->theirs.m.median, 250);
	assert_int_equal(x->ratio.m.n, REPS);
	/* 5 beside Go's 50 was the target. */
	NEAR(x->target, 0.1);
	assert_int_equal(x->verdict, MET);
	assert_false(ratio_behind(x));
	done();
}

static void the_interval_decides(void **state)
{
	static const struct { double last; enum verdict verdict; } cases[] = {
		{ 2.6, NOT_MET }, { 2.5, UNCLEAR }, { 1, UNCLEAR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		begin();
		ADD(AT("go", "hop", 2), 10, 10, 10, 10, 10, 10);
		ADD(AT("mine", "hop", 2), 3, 3, 3, 3, 3, cases[i].last);
		assert_int_equal(end(lines, own), 0);
		NEAR(line("mine", 2, &lines[HOP])->target, 0.25);
		assert_int_equal(line("mine", 2, &lines[HOP])->verdict, cases[i].verdict);
		done();
	}
}

/* What five repetitions say, they say with 94 %. */
static void too_few_pairs_are_unclear(void **state)
{
	const struct ratio *x;

	(void)state;
	begin();
	ADD(AT("go", "hop", 1), 100, 100, CRASHED, 100, 100, 100);
	ADD(AT("mine", "hop", 1), 1, 1, 1000, 1, 1, 1);
	ADD(AT("other", "hop", 1), 200, NOT_MEASURED, 200, 200, 200, CRASHED);
	assert_int_equal(end(lines, own), 0);
	x = line("mine", 1, &lines[HOP]);
	assert_int_equal(x->ratio.m.n, 5);
	assert_int_equal(x->ours.m.n, 6);
	NEAR(x->ratio.m.high, 0.01);
	assert_int_equal(x->verdict, UNCLEAR);
	x = line("other", 1, &lines[HOP]);
	assert_int_equal(x->ratio.m.n, 3);
	NEAR(x->ratio.m.low, 2);
	assert_false(ratio_behind(x));
	assert_int_equal(x->status[ST_OK], 4);
	assert_int_equal(x->status[ST_CRASHED], 1);
	assert_string_equal(x->reason, "it fell");
	assert_true(isnan(x->target));
	assert_int_equal(x->verdict, NO_VERDICT);
	/* What a row that is not ok has counted is no figure. */
	assert_int_equal(line("other", 1, &lines[HOP_TWICE])->ours.m.n, 4);
	done();
}

static void behind_is_the_whole_interval(void **state)
{
	(void)state;
	begin();
	ADD(AT("go", "hop", 1), 10, 10, 10, 10, 10, 10);
	ADD(AT("mine", "hop", 1), 11, 11, 11, 11, 11, 11);
	ADD(AT("other", "hop", 1), 11, 11, 11, 11, 11, 9);
	assert_int_equal(end(lines, own), 0);
	assert_true(ratio_behind(line("mine", 1, &lines[HOP])));
	assert_false(ratio_behind(line("other", 1, &lines[HOP])));
	done();
}

/* P = 2 by P = 1; and by the serial program, which ran at P = 1. */
static void other_bases(void **state)
{
	const struct ratio *x;

	(void)state;
	begin();
	ADD(AT("go", "hop", 2), 10, 10, 10, 10, 10, 10);
	ADD(AT("mine", "hop", 1), 1, 2, 3, 4, 5, 6);
	ADD(AT("mine", "hop", 2), 1.2, 2.4, 3.6, 4.8, 6, 7.2);
	ADD(AT("mine", "tree", 1, .n = "3"), 7, 7, 7, 6, 6, 6);
	ADD(AT("mine", "tree", 2, .n = "3"), 6, 6, 6, 6, 6, 6);
	ADD(AT("mine", "tree", 1, .n = "3", .serial = "1"), 10, 10, 10, 10, 10, 12);
	ADD(AT("mine", "tree", 2, .n = "3", .serial = "1"), 1, 1, 1, 1, 1, 1);
	assert_int_equal(end(lines, own), 0);
	x = line("mine", 2, &lines[HOP_P1]);
	NEAR(x->judged.m.low, 1.2);
	NEAR(x->judged.m.high, 1.2);
	assert_int_equal(x->verdict, MET);
	x = line("mine", 1, &lines[TREE]);
	NEAR(x->judged.m.high, 7);
	assert_int_equal(x->verdict, MET);
	assert_int_equal(x->ratio.m.n, 0);
	x = line("mine", 2, &lines[TREE_SERIAL]);
	NEAR(x->judged.m.low, 0.5);
	NEAR(x->judged.m.high, 0.6);
	assert_int_equal(x->verdict, UNCLEAR);
	done();
}

static void figures_come_from_counters(void **state)
{
	const struct ratio *x;

	(void)state;
	begin();
	ADD(AT("go", "hop", 1), 20, 20, 20, 20, 20, 20);
	ADD(AT("mine", "hop", 1), 10, 11, 10, 10, 9, 10);
	assert_int_equal(end(lines, own), 0);
	x = line("mine", 1, &lines[HOP_TWICE]);
	NEAR(x->ours.m.median, 2);
	NEAR(x->judged.m.low, 1.8);
	NEAR(x->judged.m.high, 2.2);
	NEAR(x->ratio.m.median, 0.5);
	assert_int_equal(x->verdict, UNCLEAR);
	done();
}

/* A line for each figure, whatever targets there are; more for more targets. */
static void which_lines_are_shown(void **state)
{
	static const struct { const char *backend; int procs, line; } want[] = {
		{ "other", 1, HOP }, { "other", 2, HOP },
		{ "other", 1, HOP_TWICE }, { "other", 2, HOP_TWICE },
		{ "mine", 1, HOP }, { "mine", 2, HOP }, { "mine", 2, HOP_P1 },
		{ "mine", 1, TREE }, { "mine", 2, TREE_SERIAL },
		{ "mine", 1, HOP_TWICE }, { "mine", 2, HOP_TWICE },
	};
	const int n = sizeof want / sizeof *want;

	(void)state;
	begin();
	for (int p = 1; p <= 2; p++) {
		ADD(AT("other", "hop", p), 1, 1, 1, 1, 1, 1);
		ADD(AT("mine", "hop", p), 1, 1, 1, 1, 1, 1);
		ADD(AT("mine", "tree", p, .n = "3"), 1, 1, 1, 1, 1, 1);
		ADD(AT("go", "hop", p), 1, 1, 1, 1, 1, 1);
	}
	/* Of none of these does the yardstick speak. */
	ADD(AT("mine", "hop", 1, .pin = "cores"), 9, 9, 9, 9, 9, 9);
	ADD(AT("mine", "tree", 1, .n = "33"), 9, 9, 9, 9, 9, 9);
	ADD(AT("mine", "null", 1), 9, 9, 9, 9, 9, 9);
	assert_int_equal(end(lines, own), 0);
	assert_int_equal(ratios.n, n);
	for (int i = 0; i < n; i++) {
		assert_string_equal(ratios.v[i].cell->backend, want[i].backend);
		assert_int_equal(ratios.v[i].cell->procs, want[i].procs);
		assert_int_equal(ratios.v[i].yard - lines, want[i].line);
		NEAR(ratios.v[i].ours.m.median, want[i].line == HOP_TWICE ? 0.2 : 1);
	}
	assert_int_equal(ratios.nleft_out, 1);
	assert_string_equal(ratios.left_out[0], "gone");
	assert_true(ratios.theirs);
	done();
}

static void without_the_reference(void **state)
{
	char version[40];

	(void)state;
	begin();
	ADD(AT("go", "hop", 1), CRASHED, CRASHED, CRASHED, CRASHED, CRASHED, CRASHED);
	ADD(AT("mine", "hop", 1), 1, 1, 1, 1, 1, 1);
	assert_int_equal(end(lines, own), 0);
	assert_false(ratios.theirs);
	assert_string_equal(ratios.reason, "it fell");
	assert_int_equal(line("mine", 1, &lines[HOP])->verdict, NO_VERDICT);
	assert_int_equal(line("mine", 1, &lines[HOP_TWICE])->verdict, MET);
	assert_string_equal(ratios_version(&results, version), "go9.8.7");
	done();
	begin();
	ADD(AT("mine", "null", 1), 1, 1, 1, 1, 1, 1);
	assert_int_equal(end(lines, own), -EINVAL);
}

/* ---- The real one ----------------------------------------------------------------- */

static void the_yardstick_is_consistent(void **state)
{
	int n = 0;

	(void)state;
	for (const struct yardstick *y = yardstick; y->workload; y++, n++) {
		const struct preset_cell *c = yardstick_cells;

		while (c->workload && strcmp(c->workload, y->workload) != 0)
			c++;
		assert_non_null(c->workload);
		assert_true(y->source && strlen(y->source) > 5);
		assert_non_null(y->targets[0].backend);
		for (int b = 0; y->targets[b].backend; b++)
			for (int p = 1; p <= YARDSTICK_PROCS; p++) {
				double target = yardstick_target(y, y->targets[b].backend, p);

				/* Nothing here aims at being behind Go. */
				if (y->of == OF_GO && !isnan(target))
					assert_true(target > 0 && target < 1);
			}
		/* The first line of a figure says what it is. */
		for (const struct yardstick *o = yardstick; o < y; o++)
			if (yardstick_same(o, y)) {
				assert_ptr_equal(o->counter, y->counter);
				assert_int_equal(o->unit, y->unit);
				assert_int_not_equal(o->of, y->of);
			}
	}
	assert_in_range(n, 20, LEFT_OUT_MAX);
	for (const struct preset_cell *c = yardstick_cells; c->workload; c++) {
		const struct yardstick *y = yardstick;

		while (y->workload && strcmp(c->workload, y->workload) != 0)
			y++;
		assert_non_null(y->workload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratios_are_of_pairs),
		cmocka_unit_test(the_interval_decides),
		cmocka_unit_test(too_few_pairs_are_unclear),
		cmocka_unit_test(behind_is_the_whole_interval),
		cmocka_unit_test(other_bases),
		cmocka_unit_test(figures_come_from_counters),
		cmocka_unit_test(which_lines_are_shown),
		cmocka_unit_test(without_the_reference),
		cmocka_unit_test(the_yardstick_is_consistent),
	};

	return cmocka_run_group_tests_name("ratios", tests, make_dir, remove_dir);
}
