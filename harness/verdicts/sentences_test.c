/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs made up here, and what is said of them: that a sentence follows from the rows,
 * and changes when they are swapped, missing, disturbed or failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/temp_dir_test.h"
#include "verdicts/sentences.h"

/* ---- A run made up ------------------------------------------------------------ */

/* Names say nothing: a thread for each task is what the capability says. */
static struct backend backends[] = {
	{ .name = "ant", .model = "M:N", .caps = "parallel,preemptive,blocking" },
	{ .name = "bee", .model = "1:1", .caps = "parallel,preemptive,blocking,threads" },
	{ .name = "cat", .model = "N:1", .caps = "channels" },
};
static struct decl workloads[] = { { .name = "pingpong", .metric = "round trip" } };
static const struct catalog catalog = { .backends = backends, .nbackends = 3, .workloads = workloads, .nworkloads = 1 };

static char *plan, *rows;
static size_t nplan, nrows;
static FILE *plan_out, *rows_out;
static struct results results;
static struct sentences said;

#define CRASHED  (-1)
#define NA       (-2)
#define NO_ROW   0
#define REPS     7

struct at {
	const char *backend, *workload, *params;
	int procs;
	const char *pin, *opts, *cpus, *counter;        /* NULL: none, none, as many as P, none */
	unsigned disturbed;                             /* bits of repetitions */
	int copy;
};

static void put_cell(FILE *out, const struct at *a)
{
	fprintf(out, "{\"backend\":\"%s\",\"workload\":\"%s\",\"procs\":%d,\"pin\":\"%s\",\"cpus\":[%s],"
	        "\"params\":{%s},\"opts\":{%s}", a->backend, a->workload, a->procs, a->pin ? a->pin : "none",
	        a->cpus ? a->cpus : a->procs > 1 ? "0,1" : "0", a->params, a->opts ? a->opts : "");
	fprintf(out, a->copy ? ",\"copy\":1}" : "}");
}

static void begin(void)
{
	plan_out = open_memstream(&plan, &nplan);
	rows_out = open_memstream(&rows, &nrows);
	assert_true(plan_out && rows_out);
	fputs("{\"schema\":1,\"plan\":{\"reps\":7,\"cells\":[", plan_out);
}

/* The last repetition comes first.  Its time, or what it counted. */
static void add(struct at a, const double v[REPS])
{
	if (ftell(plan_out) > 40)
		fputc(',', plan_out);
	put_cell(plan_out, &a);
	for (int rep = REPS - 1; rep >= 0; rep--) {
		if (v[rep] == NO_ROW)
			continue;
		fputs("{\"cell\":", rows_out);
		put_cell(rows_out, &a);
		fprintf(rows_out, ",\"kind\":\"cell\",\"rep\":%d,\"attempt\":0,\"disturbed\":%s,", rep,
		        a.disturbed >> rep & 1 ? "true" : "false");
		if (v[rep] < 0)
			fprintf(rows_out, "\"status\":\"%s\",\"reason\":\"so\",\"ns_per_op\":null}\n",
			        v[rep] == NA ? "na" : "crashed");
		else
			fprintf(rows_out, "\"status\":\"ok\",\"reason\":\"\",\"ops\":1,\"ns_per_op\":%.17g,"
			        "\"benchmark\":{\"%s\":%.17g}}\n", a.counter ? 77 : v[rep],
			        a.counter ? a.counter : "x", v[rep]);
	}
}

#define ADD(where, ...) add((struct at)where, (const double[REPS]){ __VA_ARGS__ })
#define SIX(v) (v), (v), (v), (v), (v), (v)
#define AT(b, w, set, p, ...) { .backend = b, .workload = w, .params = set, .procs = p, __VA_ARGS__ }
#define SPAWN(b, ...) AT(b, "spawn", "\"n\":\"1000\"", 1, __VA_ARGS__)
#define SUM(b, p, ...) AT(b, "sum", "\"chunks\":\"8\",\"serial\":\"0\"", p, __VA_ARGS__)
#define SORT(b, p, ...) AT(b, "sort", "\"n\":\"9\",\"bubble\":\"0\",\"serial\":\"0\"", p, __VA_ARGS__)
#define DOCS(b, p, gs, ...) AT(b, "documents", "\"gs\":\"" gs "\"", p, __VA_ARGS__)
#define BLOCKING(b, ...) AT(b, "blocking", "\"gs\":\"8\",\"call_us\":\"1000\"", 1, __VA_ARGS__)
#define HOG(b, ...) AT(b, "hog", "", 1, .counter = "p99_ns", __VA_ARGS__)

static void end(void)
{
	struct err e = { "" };

	fclose(rows_out);
	fputs("]}}", plan_out);
	fclose(plan_out);
	if (file_put(dir, "meta.json", plan, strlen(plan), &e) || file_put(dir, "cells.jsonl", rows, nrows, &e) ||
	    results_read(&results, dir, &e) || sentences_make(&said, &results, &catalog, questions, &e))
		fail_msg("%s", e.msg);
	free(plan);
	free(rows);
}

static void done(void)
{
	sentences_free(&said);
	results_free(&results);
}

static const struct sentence *sentence(const char *id)
{
	for (int i = 0; i < said.n; i++)
		if (!strcmp(said.v[i].id, id))
			return &said.v[i];
	fail_msg("no sentence %s", id);
	return NULL;
}

static void says(const char *id, enum sentence_verdict verdict, const char *text)
{
	const struct sentence *s = sentence(id);

	assert_string_equal(s->text, text);
	assert_int_equal(s->verdict, verdict);
	assert_int_equal(!*s->reason, verdict == SENTENCE_HOLDS);
}

/* ---- What is cheapest --------------------------------------------------------- */

/* The machine gets slower from repetition to repetition: pairs are what counts. */
static void the_cheapest_is_named(void **state)
{
	const struct sentence *s;

	(void)state;
	begin();
	ADD(SPAWN("ant"), 20, 40, 60, 80, 100, 120);
	ADD(SPAWN("bee"), 4300, 9600, 14400, 19200, 24000, 30600);
	ADD(SPAWN("cat"), 10, 20, 30, 40, 50, 60);
	end();
	says("start", SENTENCE_HOLDS, "Starting a task is cheapest on cat (N:1): 35.0 ns, "
	     "480 × less than as a thread (430 to 510). On ant (M:N) it takes 2.00 × as long (2.00 to 2.00).");
	s = sentence("start");
	assert_string_equal(s->parts[s->lead].backend, "bee");
	assert_true(fabs(s->parts[s->lead].estimate - 480) < 1e-6);
	assert_int_equal(s->parts[s->lead].n, 6);
	assert_int_equal(s->parts[s->lead].ncells, 2);
	assert_string_equal(results.cells[s->parts[s->lead].cells[0]].backend, "bee");
	assert_string_equal(results.cells[s->parts[s->lead].cells[1]].backend, "cat");
	done();
}

/* The same figures, the other way round: the thread is what is cheapest. */
static void swapped_rows_swap_the_sentence(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("ant"), SIX(30));
	ADD(SPAWN("bee"), SIX(10));
	ADD(SPAWN("cat"), SIX(5000));
	end();
	says("start", SENTENCE_HOLDS, "Starting a task is cheapest on bee (1:1): 10.0 ns, "
	     "3.00 × less than on ant (M:N, 3.00 to 3.00). On cat (N:1) it takes 500 × as long (500 to 500).");
	done();
}

static void what_spans_1_is_not_told_apart(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("ant"), 100, 100, 100, 100, 100, 100);
	ADD(SPAWN("bee"), SIX(1000));
	ADD(SPAWN("cat"), 96, 97, 112, 120, 125, 106);
	end();
	assert_int_equal(sentence("start")->verdict, SENTENCE_CANNOT_TELL);
	assert_non_null(strstr(sentence("start")->text, "cheapest on ant (M:N), which cannot be told apart from "
	                       "cat (N:1, 0.960 to 1.25): 100 ns, 10.0 × less than as a thread (10.0 to 10.0)."));
	assert_non_null(strstr(sentence("start")->reason, "cat"));
	done();
}

/* Beyond the floor is told, within it is the same: neither is the other. */
static void the_floor_decides(void **state)
{
	static const struct { double low, high; enum part_verdict verdict; } cases[] = {
		{ 101, 104, PART_SAME }, { 101, 106, PART_CANNOT_TELL }, { 106, 109, PART_MORE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		begin();
		ADD(SPAWN("ant"), SIX(100));
		ADD(SPAWN("cat"), cases[i].low, cases[i].high, cases[i].low, cases[i].high, cases[i].low, cases[i].high);
		end();
		assert_int_equal(sentence("start")->parts[1].verdict, cases[i].verdict);
		assert_int_equal(strstr(sentence("start")->text, " and, within 5 %, cat") != NULL,
		                 cases[i].verdict == PART_SAME);
		done();
	}
}

static void few_repetitions_tell_nothing(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("ant"), 100, 100, 100, 100, 100, CRASHED);
	ADD(SPAWN("cat"), SIX(500));
	end();
	says("start", SENTENCE_CANNOT_TELL, "Starting a task is cheapest on ant (M:N): 100 ns; "
	     "too few undisturbed repetitions to tell: 5.00 × on cat (N:1, 5.00 to 5.00).");
	done();
}

/* Seven repetitions, of which one may be disturbed, and is left out; with two, six are
 * not left. */
static void disturbed_rows_are_left_out(void **state)
{
	(void)state;
	for (int two = 0; two < 2; two++) {
		begin();
		ADD(SPAWN("ant"), SIX(100), 100);
		ADD(SPAWN("cat", .disturbed = two ? 3 : 1), 9, SIX(500));
		end();
		if (!two) {
			says("start", SENTENCE_HOLDS, "Starting a task is cheapest on ant (M:N): "
			     "100 ns, 5.00 × less than on cat (N:1, 5.00 to 5.00).");
			assert_int_equal(sentence("start")->parts[1].disturbed, 1);
		} else {
			assert_int_equal(sentence("start")->verdict, SENTENCE_CANNOT_TELL);
			assert_int_equal(sentence("start")->parts[1].n, 7);
			assert_non_null(strstr(sentence("start")->text, "too few undisturbed repetitions to tell: "));
		}
		done();
	}
}

static void failed_rows_are_said(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("ant"), SIX(100));
	ADD(SPAWN("bee"), SIX(CRASHED));
	ADD(SPAWN("cat"), SIX(500));
	end();
	says("start", SENTENCE_HOLDS, "Starting a task is cheapest on ant (M:N): 100 ns, "
	     "5.00 × less than on cat (N:1, 5.00 to 5.00); bee (1:1) has no figure: 6 crashed.");
	done();
	begin();
	ADD(SPAWN("ant"), SIX(100));
	ADD(SPAWN("bee"), SIX(CRASHED));
	end();
	says("start", SENTENCE_NO_DATA, "Which model is cheapest to start? No data: there is nothing to compare with; "
	     "bee (1:1): 6 crashed.");
	done();
}

static void missing_cells_are_no_data(void **state)
{
	(void)state;
	begin();
	ADD(SUM("ant", 1), SIX(100));
	end();
	says("start", SENTENCE_NO_DATA, "Which model is cheapest to start? No data: the run does not have what answers "
	     "it: matrix -w spawn measures that.");
	done();
}

/* Other questions: bound Ps, a knob, more Ps, and a copy. */
static void only_the_cells_that_are_meant(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("cat", .copy = 1), SIX(1));
	ADD(AT("cat", "spawn", "\"n\":\"1000\"", 2), SIX(1));
	ADD(SPAWN("cat", .pin = "cores"), SIX(1));
	ADD(SPAWN("cat", .opts = "\"quota_pct\":\"50\""), SIX(1));
	ADD(SPAWN("ant"), SIX(100));
	ADD(SPAWN("cat"), SIX(500));
	ADD(AT("cat", "spawn", "\"n\":\"10\"", 1), SIX(1));
	end();
	assert_non_null(strstr(sentence("start")->text, "cheapest on ant (M:N): 100 ns, 5.00 × less than on cat"));
	done();
}

/* A back end that this build does not have is of no model that is known. */
static void a_stranger_has_no_model(void **state)
{
	(void)state;
	begin();
	ADD(SPAWN("ant"), SIX(100));
	ADD(SPAWN("pthreads"), SIX(500));
	end();
	says("start", SENTENCE_HOLDS, "Starting a task is cheapest on ant (M:N): 100 ns, "
	     "5.00 × less than on pthreads (5.00 to 5.00).");
	done();
}

static void figures_may_be_counted(void **state)
{
	(void)state;
	begin();
	ADD(AT("ant", "parked", "\"n\":\"9\"", 1, .counter = "bytes_per_task"), SIX(4400));
	ADD(AT("bee", "parked", "\"n\":\"9\"", 1, .counter = "bytes_per_task"), SIX(13200));
	end();
	says("memory", SENTENCE_HOLDS, "A task that waits takes least memory on ant (M:N): 4.40 kB, 3.00 × less than as "
	     "a thread (3.00 to 3.00).");
	done();
}

/* What a figure is of, where the catalog says it; and the workload that is there. */
static void figures_say_what_they_are_of(void **state)
{
	(void)state;
	begin();
	ADD(AT("ant", "pingpong", "", 1), SIX(40));
	ADD(AT("bee", "pingpong", "", 1), SIX(4000));
	end();
	says("switch", SENTENCE_HOLDS, "Switching from one task to another is cheapest on ant (M:N): 40.0 ns per round "
	     "trip, 100 × less than between threads (100 to 100).");
	done();
}

static void who_is_not_preempted_is_said(void **state)
{
	(void)state;
	begin();
	ADD(HOG("ant"), SIX(1e7));
	ADD(HOG("bee"), SIX(4e6));
	ADD(HOG("cat"), SIX(NA));
	end();
	says("preemption", SENTENCE_HOLDS, "Behind tasks that never let go, the wait for one's turn (99 % of all) is "
	     "shortest on bee (1:1): 4.00 ms, 2.50 × less than on ant (M:N, 2.50 to 2.50); on cat (N:1) it lasts until "
	     "they end.");
	done();
}

/* ---- What it buys ------------------------------------------------------------------ */

/* 1.6 and 2.5 together are 2: their geometric mean. */
static void workloads_are_taken_together(void **state)
{
	(void)state;
	begin();
	ADD(SUM("ant", 1), SIX(160));
	ADD(SUM("ant", 2), SIX(100));
	ADD(SORT("ant", 1), SIX(250));
	ADD(SORT("ant", 2), SIX(100));
	ADD(SUM("bee", 1), SIX(100));
	ADD(SUM("bee", 2), SIX(101));
	ADD(SORT("bee", 1), SIX(100));
	ADD(SORT("bee", 2), SIX(99));
	ADD(SUM("cat", 1), SIX(100));
	ADD(SUM("cat", 2), SIX(NA));
	ADD(SORT("cat", 1), SIX(100));
	ADD(SORT("cat", 2), SIX(NA));
	end();
	says("second-processor-cpu-bound", SENTENCE_HOLDS, "A second processor makes CPU-bound work (sum and sort) "
	     "faster: 2.00 × on ant (M:N, 2.00 to 2.00); no faster: 1.00 × on bee (1:1, 1.00 to 1.00); cat (N:1) cannot "
	     "use it.");
	assert_int_equal(sentence("second-processor-cpu-bound")->parts[0].ncells, 4);
	done();
}

/* A repetition of which a part is missing is none. */
static void a_part_that_is_missing(void **state)
{
	(void)state;
	begin();
	ADD(SUM("ant", 1), SIX(200), 200);
	ADD(SUM("ant", 2), SIX(100), 1);
	ADD(SORT("ant", 1), SIX(200));
	ADD(SORT("ant", 2), SIX(100), 100);
	end();
	assert_int_equal(sentence("second-processor-cpu-bound")->parts[0].n, 6);
	assert_non_null(strstr(sentence("second-processor-cpu-bound")->text, "2.00 × on ant (M:N, 2.00 to 2.00)."));
	done();
}

/* A workload that one of them cannot do at all is not asked of the others. */
static void all_are_asked_about_the_same(void **state)
{
	(void)state;
	begin();
	for (int p = 1; p <= 2; p++) {
		ADD(SUM("ant", p), SIX(200.0 / p));
		ADD(SUM("bee", p), SIX(200.0 / p));
		ADD(SORT("ant", p), SIX(1));
		ADD(SORT("bee", p), SIX(NA));
	}
	end();
	assert_non_null(strstr(sentence("second-processor-cpu-bound")->text, "(sum) faster: 2.00 × on ant"));
	done();
}

static void gains_that_are_none(void **state)
{
	(void)state;
	begin();
	ADD(DOCS("ant", 1, "100"), SIX(100));
	ADD(DOCS("ant", 2, "100"), 80, 90, 100, 110, 120, 130);
	ADD(DOCS("ant", 1, "1"), SIX(9000));
	end();
	says("second-processor-io-bound", SENTENCE_CANNOT_TELL, "Whether a second processor makes I/O-bound work "
	     "(documents) faster cannot be told: on ant (M:N) it is 0.769 to 1.25 ×.");
	says("tasks-io-bound", SENTENCE_HOLDS, "On one processor 100 tasks in place of 1 make I/O-bound work (documents) "
	     "faster: 90.0 × on ant (M:N, 90.0 to 90.0).");
	done();
}

/* Whether it is slower nobody can tell, but it is no faster. */
static void no_faster_needs_one_side(void **state)
{
	(void)state;
	begin();
	ADD(DOCS("ant", 1, "8"), SIX(100));
	ADD(DOCS("ant", 2, "8"), 97, 100, 103, 106, 109, 112);
	end();
	says("second-processor-io-bound", SENTENCE_HOLDS, "A second processor makes I/O-bound work (documents) no faster: "
	     "0.958 × on ant (M:N, 0.893 to 1.03).");
	assert_int_equal(sentence("second-processor-io-bound")->parts[0].verdict, PART_NOT_MORE);
	done();
}

/* Two Ps that share a PU are no second processor. */
static void one_pu_is_no_second_processor(void **state)
{
	(void)state;
	begin();
	ADD(SUM("ant", 1), SIX(100));
	ADD(SUM("ant", 2, .cpus = "0"), SIX(50));
	end();
	assert_int_equal(sentence("second-processor-cpu-bound")->verdict, SENTENCE_NO_DATA);
	done();
}

/* ---- Whom it stops -------------------------------------------------------------------- */

static void whom_a_call_stops(void **state)
{
	(void)state;
	begin();
	ADD(BLOCKING("ant"), SIX(132500));
	ADD(BLOCKING("bee"), 300e3, 500e3, 600e3, 700e3, 800e3, 100e3);
	ADD(BLOCKING("cat"), SIX(1005000));
	end();
	says("blocking", SENTENCE_CANNOT_TELL, "A blocking call stops every task on cat (N:1), where 8 at once take 8.04 × "
	     "as long as one (8.04 to 8.04); only the task that makes it on ant (M:N), where they take 1.06 × (1.06 to "
	     "1.06); nobody can tell whom on bee (1:1), where they take 4.40 × (0.800 to 6.40).");
	done();
	begin();
	ADD(BLOCKING("ant"), SIX(1005000));
	ADD(BLOCKING("bee"), SIX(500000));
	ADD(BLOCKING("cat"), SIX(125000));
	end();
	says("blocking", SENTENCE_HOLDS, "A blocking call stops every task on ant (M:N), where 8 at once take 8.04 × as "
	     "long as one (8.04 to 8.04); some of the others on bee (1:1), where they take 4.00 × (4.00 to 4.00); only "
	     "the task that makes it on cat (N:1), where they take 1.00 × (1.00 to 1.00).");
	done();
	begin();
	ADD(BLOCKING("bee"), 300e3, 500e3, 600e3, 700e3, 800e3, 100e3);
	end();
	says("blocking", SENTENCE_CANNOT_TELL, "Whom a blocking call stops cannot be told on bee (1:1), where 8 at once "
	     "take 4.40 × as long as one (0.800 to 6.40).");
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cheapest_is_named),
		cmocka_unit_test(swapped_rows_swap_the_sentence),
		cmocka_unit_test(what_spans_1_is_not_told_apart),
		cmocka_unit_test(the_floor_decides),
		cmocka_unit_test(few_repetitions_tell_nothing),
		cmocka_unit_test(disturbed_rows_are_left_out),
		cmocka_unit_test(failed_rows_are_said),
		cmocka_unit_test(missing_cells_are_no_data),
		cmocka_unit_test(only_the_cells_that_are_meant),
		cmocka_unit_test(a_stranger_has_no_model),
		cmocka_unit_test(figures_may_be_counted),
		cmocka_unit_test(figures_say_what_they_are_of),
		cmocka_unit_test(who_is_not_preempted_is_said),
		cmocka_unit_test(workloads_are_taken_together),
		cmocka_unit_test(a_part_that_is_missing),
		cmocka_unit_test(all_are_asked_about_the_same),
		cmocka_unit_test(gains_that_are_none),
		cmocka_unit_test(no_faster_needs_one_side),
		cmocka_unit_test(one_pu_is_no_second_processor),
		cmocka_unit_test(whom_a_call_stops),
	};

	return cmocka_run_group_tests_name("sentences", tests, make_dir, remove_dir);
}
