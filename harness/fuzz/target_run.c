/* SPDX-License-Identifier: Apache-2.0
 *
 * target_run.c: run folders, with all that plot, ratios, lessons, compare, reproduce, report
 * and matrix --resume make of them; and folders of several runs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/plain.h"
#include "compare/between.h"
#include "compare/compare.h"
#include "compare/floor.h"
#include "compare/told.h"
#include "figures/figures.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"
#include "report/report.h"
#include "reproduce/reproduce.h"
#include "results/agreement.h"
#include "results/folder.h"
#include "results/summary.h"
#include "verdicts/lessons.h"
#include "verdicts/ratios.h"
#include "verdicts/sentences.h"

/* A file of the source tree, put into the folder once. */
static void put_fixture(const char *dir, const char *name, const char *from)
{
	char path[PATH_MAX], *data;
	struct err e = { "" };
	size_t n;

	if (file_get(path_join(path, dir, name), (size_t)1 << 20, &data, NULL, &e) == 0) {
		free(data);
		return;
	}
	if (file_get(from, (size_t)1 << 20, &data, &n, &e))
		broken("the fixture is there", e.msg);
	fuzz_put(dir, name, data, n);
	free(data);
}

static void draw(const struct results *r, const struct summary *s)
{
	struct points p;

	for (const struct figure_kind *k = figure_kinds; k->name; k++) {
		MUST(k->points(&p, r, s) == 0, "no memory");
		points_free(&p);
	}
}

static void judge(const struct results *r, const struct summary *s, FILE *out)
{
	struct lessons l;
	struct ratios t;
	struct err e;

	if (ratios_make(&t, r, yardstick, yardstick_cells, &e) == 0) {
		ratios_print(&t, r, s, out);
		MUST(ratios_put(&t, r, s, out) == 0, "ratios as JSON");
		ratios_free(&t);
	} else {
		fuzz_sentence(&e);
	}
	if (lessons_make(&l, r, claims, &e) == 0) {
		lessons_print(&l, r, s, out);
		MUST(lessons_put(&l, r, s, out) == 0, "lessons as JSON");
		lessons_free(&l);
	} else {
		fuzz_sentence(&e);
	}
}

static void must_be_plain(const char *s)
{
	MUST(text_is_plain(s, strlen(s)), s);
}

/* The run with itself, and the first two of its back ends. */
static void compare(const struct results *r, FILE *out)
{
	struct compare_asked asked[] = {
		{ .by = BY_RUN, .floor = NAN },
		{ .by = BY_BACKEND, .floor = COMPARE_FLOOR, .value = { r->backends[0], r->backends[1] } },
	};

	for (int i = 0; i < (asked[1].value[0] && asked[1].value[1] ? 2 : 1); i++) {
		struct comparison c;
		struct err e;

		if (compare_make(&c, r, r, &asked[i], &e)) {
			fuzz_sentence(&e);
			continue;
		}
		compare_print(&c, out);
		compare_print_markdown(&c, out);
		MUST(compare_put(&c, out) == 0, "a comparison as JSON");
		compare_free(&c);
	}
}

/* The run with itself, in which nothing can be reversed. */
static void reproduce(const struct results *r, FILE *out)
{
	const struct order_floors floors = { .otherwise = REPRODUCE_FLOOR };
	struct reproduction p;
	struct err e;

	if (reproduce_make(&p, r, r, NULL, &floors, &e)) {
		fuzz_sentence(&e);
		return;
	}
	MUST(!p.total.verdict[ORDER_REVERSED] && !p.total.verdict[ORDER_NOT_COMPARED], "a run reproduces itself");
	reproduce_print(&p, out);
	MUST(reproduce_put(&p, out) == 0, "what holds, as JSON");
	reproduce_free(&p);
}

static int count(const char *text, const char *of)
{
	int n = 0;

	for (; (text = strstr(text, of)); text += strlen(of))
		n++;
	return n;
}

/* As a page, in which nothing is markup but what is the page's. */
static void show(const struct results *r)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;
	int rc;

	MUST(out, "no memory");
	rc = report_print(&r, 1, NULL, out, &e);
	MUST(fclose(out) == 0, "no memory");
	if (rc)
		fuzz_sentence(&e);
	else
		MUST(count(text, "<script") == 2 && count(text, "</script") == 2 && !count(text, "<img"), text);
	free(text);
}

/* Whether back ends agree, as matrix --resume asks. */
static void agree(const struct results *r)
{
	struct agreement a = { 0 };
	char why[200];

	for (int i = 0; i < r->n; i++)
		if (!agreement_take_row(&a, &r->rows[i], why, sizeof why))
			must_be_plain(why);
	for (int i = 0; i < r->ncells; i++)
		agreement_dispute(&a, &r->cells[i]);
	agreement_free(&a);
}

static bool read_back(const char *dir)
{
	struct results r;
	struct summary s;
	struct err e;
	FILE *out;

	if (results_read(&r, dir, &e)) {
		fuzz_sentence(&e);
		return false;
	}
	for (int i = 0; i < r.n; i++) {
		const struct row *row = &r.rows[i];

		MUST(row->rep >= 0 && row->rep <= REPS_MAX && row->place < r.ncells, "a row");
		MUST(row->status != ST_OK || row->ns_per_op > 0, "a time");
		must_be_plain(row->reason);
		must_be_plain(row_checksum(row));
	}
	for (int i = 0; i < r.ncells; i++)
		must_be_plain(r.labels[i]);
	must_be_plain(results_fact(&r, "started"));
	must_be_plain(results_fact(&r, "go"));
	MUST(summary_make(&s, &r, &e) == 0 && told_find(&s.told, &r, &e) == 0, "no memory");
	MUST(sentences_make(&s.sentences, &r, NULL, questions, &e) == 0, "no memory");
	out = fuzz_out();
	summary_print(&s, &r, out);
	sentences_print(&s.sentences, out);
	draw(&r, &s);
	judge(&r, &s, out);
	compare(&r, out);
	reproduce(&r, out);
	show(&r);
	agree(&r);
	fuzz_out_end(out);
	summary_free(&s);
	results_free(&r);
	return true;
}

static void go_on(const char *dir)
{
	const struct facts nothing = { 0 };
	struct plan p;
	struct run run;
	struct row *rows;
	struct err e;
	int n;

	if (run_open(&run, dir, &p, &nothing, &rows, &n, &e)) {
		fuzz_sentence(&e);
		return;
	}
	/* More takes a while, and is the same. */
	if (plan_rows(&p) < 10000) {
		struct step *steps = plan_steps(&p);

		MUST(steps, "no memory");
		free(steps);
	}
	rows_free(rows, n);
	plan_free(&p);
	run_close(&run);
}

#define RUN "harness/fuzz/testdata/run/"

bool fuzz_rows(const char *dir, const uint8_t *data, size_t n)
{
	bool taken;

	put_fixture(dir, "meta.json", RUN "meta.json");
	fuzz_put(dir, "cells.jsonl", data, n);
	taken = read_back(dir);
	go_on(dir);
	return taken;
}

bool fuzz_meta(const char *dir, const uint8_t *data, size_t n)
{
	bool taken;

	put_fixture(dir, "cells.jsonl", RUN "cells.jsonl");
	fuzz_put(dir, "meta.json", data, n);
	taken = read_back(dir);
	/* Its rows are cut, where they are torn. */
	go_on(dir);
	return taken;
}

/* All that compare and the commands that go on with several runs ask of one. */
bool fuzz_runs(const char *dir, const uint8_t *data, size_t n)
{
	struct runs_plan plan;
	struct floor *f;
	struct err e;

	fuzz_put(dir, "runs.json", data, n);
	if (runs_planned(dir, &plan, &e)) {
		fuzz_sentence(&e);
		MUST(!floor_read(dir, &e), "what is no plan of runs is no floor");
		return false;
	}
	MUST(plan.runs >= 2 && !(plan.gap_s < 0), "a plan of runs");
	*e.msg = '\0';
	f = floor_read(dir, &e);
	if (!f) {
		if (*e.msg)
			fuzz_sentence(&e);
		return !*e.msg;
	}
	MUST(f->runs == plan.runs && f->layouts >= 1, "a floor's runs");
	must_be_plain(f->measured);
	for (int i = 0; i < f->n; i++) {
		double floor = floor_of(f, &f->rows[i].cell, 6);

		MUST(f->rows[i].spread.runs <= f->runs, "a row's runs");
		MUST(isnan(floor) || floor >= 0, "a cell's floor");
		must_be_plain(f->rows[i].cell.backend);
		must_be_plain(f->rows[i].cell.workload);
	}
	for (int i = 0; floor_facts[i]; i++)
		must_be_plain(floor_fact(f, floor_facts[i]));
	floor_free(f);
	return true;
}
