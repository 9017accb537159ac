/* SPDX-License-Identifier: Apache-2.0
 *
 * What each figure shows of rows that are planted, line by line of its .tsv, and what it
 * shows of rows that it cannot be made of: nothing, and a line that says why.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "figures/figures.h"
#include "figures/plot.h"
#include "figures/svg.h"

#define REPS 3

/* A cell, and what each repetition has of it: 0 ns for a row that does not apply, below 0
 * for one that crashed. */
struct planted {
	const char *backend, *workload;
	int procs;
	const char *pin, *params;       /* "\"n\":\"100\"" */
	double ns[REPS];
	struct { const char *name; double v[REPS]; } counters[8];
	const char *kind;               /* NULL: "cell" */
	bool disturbed[REPS];
};

#define CELL(b, w, p, by, set) .backend = b, .workload = w, .procs = p, .pin = by, .params = set

static char dir[64], plots[80], *real_path;

static void put(const char *folder, const char *name, const char *text)
{
	struct err e = { "" };

	if (file_put(folder, name, text, strlen(text), &e))
		fail_msg("%s", e.msg);
}

static void put_cell(FILE *f, const struct planted *p)
{
	fprintf(f, "{\"backend\":\"%s\",\"workload\":\"%s\",\"procs\":%d,\"pin\":\"%s\",\"cpus\":[0],"
	        "\"params\":{%s},\"opts\":{}}", p->backend, p->workload, p->procs, p->pin, p->params);
}

static void put_row(FILE *f, const struct planted *p, int rep)
{
	double ns = p->ns[rep];

	fprintf(f, "{\"cell\":");
	put_cell(f, p);
	fprintf(f, ",\"kind\":\"%s\",\"rep\":%d,\"attempt\":0,\"status\":\"%s\",\"reason\":\"%s\",\"disturbed\":%s,",
	        p->kind ? p->kind : "cell", rep, ns > 0 ? "ok" : ns < 0 ? "crashed" : "na",
	        ns > 0 ? "" : "planted", p->disturbed[rep] ? "true" : "false");
	if (ns > 0) {
		fprintf(f, "\"ops\":1,\"ns_per_op\":%.9g,\"benchmark\":{\"iterations\":1", ns);
		for (int i = 0; i < 8 && p->counters[i].name; i++)
			fprintf(f, ",\"%s\":%.9g", p->counters[i].name, p->counters[i].v[rep]);
		fprintf(f, "},\"detail\":null}\n");
	} else {
		fprintf(f, "\"ops\":null,\"ns_per_op\":null,\"benchmark\":null,\"detail\":null}\n");
	}
}

/* A run folder of these. */
static void plant(const struct planted *rows, int n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool first = true;

	assert_non_null(f);
	fprintf(f, "{\"schema\":1,\"plan\":{\"reps\":%d,\"cells\":[", REPS);
	for (int i = 0; i < n; i++)
		if (!rows[i].kind) {
			fprintf(f, first ? "" : ",");
			put_cell(f, &rows[i]);
			first = false;
		}
	fprintf(f, "]}}");
	fclose(f);
	put(dir, "meta.json", text);
	free(text);
	f = open_memstream(&text, &size);
	assert_non_null(f);
	for (int rep = 0; rep < REPS; rep++)
		for (int i = 0; i < n; i++)
			put_row(f, &rows[i], rep);
	fclose(f);
	put(dir, "cells.jsonl", text);
	free(text);
}
#define PLANT(rows) plant(rows, (int)(sizeof (rows) / sizeof *(rows)))

/* Makes the data, without drawing them, and holds those of a figure against the lines that
 * are expected: "quantity workload backend procs pin x value low high samples state".  An
 * empty field is a "-". */
static void assert_shows(const char *figure, const char *expected)
{
	char path[PATH_MAX], file[64], *text, *got = NULL, *save = NULL;
	struct err e = { "" };
	size_t size;
	FILE *f;

	assert_int_equal(plot_run(dir, NULL, &e), -ENOENT);     /* no gnuplot */
	snprintf(file, sizeof file, "%s.tsv", figure);
	if (file_get(path_join(path, plots, file), 1 << 20, &text, NULL, &e))
		fail_msg("%s", e.msg);
	f = open_memstream(&got, &size);
	assert_non_null(f);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		static const int columns[] = { 0, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13 };
		char *field[14], *rest = line;
		int n = 0;

		while (n < 14 && rest)
			field[n++] = strsep(&rest, "\t");
		assert_int_equal(n, 14);
		assert_null(rest);
		if (!strcmp(field[0], "quantity"))
			continue;
		for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
			fprintf(f, "%s%s", i ? " " : "", *field[columns[i]] ? field[columns[i]] : "-");
		fprintf(f, "\n");
	}
	fclose(f);
	assert_string_equal(got, expected);
	free(got);
	free(text);
}

/* The figure is left out, and the line says why. */
static void assert_left_out(const char *figure)
{
	const struct figure_kind *k = figure_find(figure);
	char path[PATH_MAX], file[64], line[400], *said = NULL;
	struct err e = { "" };
	size_t size;
	FILE *why = open_memstream(&said, &size);

	assert_non_null(k);
	assert_non_null(why);
	plot_run(dir, why, &e);
	fclose(why);
	snprintf(line, sizeof line, "left out: %s: %s\n", figure, k->without);
	if (!strstr(said, line))
		fail_msg("'%s' is not in '%s'", line, said);
	snprintf(file, sizeof file, "%s.tsv", figure);
	assert_int_equal(access(path_join(path, plots, file), F_OK), -1);
	free(said);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/data_test.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(plots, sizeof plots, "%s/plots", dir);
	real_path = strdup(getenv("PATH"));
	setenv("PATH", plots, 1);               /* where there is no gnuplot */
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	setenv("PATH", real_path, 1);
	free(real_path);
	dir_remove(plots);
	dir_remove(dir);
	return 0;
}

/* Of ratios 1/2, 1 and 2 the middle is 1; pairs are of one repetition. */
static void heat_is_by_the_first(void **state)
{
	static const struct planted rows[] = {
		{ CELL("pthreads", "a", 1, "none", ""), .ns = { 100, 200, 400 } },
		{ CELL("pthreads", "a", 2, "none", ""), .ns = { 100, 100, 100 } },
		{ CELL("single-p", "a", 1, "none", ""), .ns = { 25, 25, 25 } },
		{ CELL("single-p", "a", 2, "none", ""), .ns = { 0, 0, 0 } },
		{ CELL("zebra", "a", 1, "none", ""), .ns = { 50, 200, 800 } },
		{ CELL("zebra", "a", 2, "none", ""), .ns = { 300, -1, 300 } },
		{ CELL("pthreads", "b", 1, "none", ""), .ns = { 0, 0, 0 } },
		{ CELL("zebra", "b", 1, "none", ""), .ns = { 7, 7, 7 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("heat",
	             "ns_per_op a pthreads 1 none - 200 100 400 3 ok\n"
	             "ns_per_op a pthreads 2 none - 100 100 100 3 ok\n"
	             "ns_per_op a single-p 1 none - 25 25 25 3 ok\n"
	             "ns_per_op a single-p 2 none - - - - - na\n"
	             "ns_per_op a zebra 1 none - 200 50 800 3 ok\n"
	             "ns_per_op a zebra 2 none - 300 300 300 2 crashed\n"
	             "ns_per_op b pthreads 1 none - - - - - na\n"
	             "ns_per_op b zebra 1 none - 7 7 7 3 ok\n"
	             "time_ratio a pthreads 1 none - 1 1 1 3 ok\n"
	             "time_ratio a pthreads 2 none - 1 1 1 3 ok\n"
	             "time_ratio a single-p 1 none - 0.125 0.0625 0.25 3 ok\n"
	             /* No more Ps than one, held against two of the first's. */
	             "time_ratio a single-p 2 none - 0.25 0.25 0.25 3 flat\n"
	             "time_ratio a zebra 1 none - 1 0.5 2 3 ok\n"
	             "time_ratio a zebra 2 none - 3 3 3 2 crashed\n"
	             "time_ratio b pthreads 1 none - - - - - na\n"
	             "time_ratio b zebra 1 none - - - - - none\n");
}

static void heat_needs_two(void **state)
{
	static const struct planted one[] = { { CELL("zebra", "a", 1, "none", ""), .ns = { 1, 2, 3 } } };
	static const struct planted untimed[] = {
		{ CELL("pthreads", "a", 1, "none", ""), .ns = { 0, 0, 0 } }, { CELL("zebra", "a", 1, "none", ""), .ns = { -1, -1, -1 } },
	};

	(void)state;
	PLANT(one);
	assert_left_out("heat");
	PLANT(untimed);
	assert_left_out("heat");
	assert_left_out("time");
}

static void efficiency_is_of_ps_that_are_there(void **state)
{
	static const struct planted rows[] = {
		{ CELL("single-p", "a", 1, "none", ""), .ns = { 25, 25, 25 } },
		{ CELL("single-p", "a", 4, "none", ""), .ns = { 0, 0, 0 } },
		{ CELL("zebra", "a", 1, "none", ""), .ns = { 100, 100, 100 } },
		{ CELL("zebra", "a", 4, "none", ""), .ns = { 50, 25, 100 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("efficiency",
	             "efficiency a single-p 1 none - 1 1 1 3 ok\n"
	             "efficiency a single-p 4 none - - - - - na\n"
	             "efficiency a zebra 1 none - 1 1 1 3 ok\n"
	             "efficiency a zebra 4 none - 0.5 0.25 1 3 ok\n");
	plant(rows + 2, 1);
	assert_left_out("efficiency");
	assert_left_out("speedup");
}

static void cpu_is_by_wall(void **state)
{
	static const struct planted rows[] = {
		{ CELL("zebra", "a", 1, "none", ""), .ns = { 100, 200, 400 }, .counters = { { "cpu_time", { 100, 100, 100 } } } },
		{ CELL("zebra", "a", 2, "none", ""), .ns = { 100, 100, 100 }, .counters = { { "cpu_time", { 150, 180, 200 } } } },
	};
	static const struct planted none[] = { { CELL("zebra", "a", 1, "none", ""), .ns = { 1, 1, 1 } } };

	(void)state;
	PLANT(rows);
	assert_shows("cpu",
	             "cpu_by_wall a zebra 1 none - 0.5 0.25 1 3 ok\n"
	             "cpu_by_wall a zebra 2 none - 1.8 1.5 2 3 ok\n");
	PLANT(none);
	assert_left_out("cpu");
	assert_left_out("switches");
}

static void latencies_are_percentiles(void **state)
{
	static const struct planted rows[] = {
		{ CELL("zebra", "echo", 1, "none", "\"rate\":\"5\""), .ns = { 9, 9, 9 },
		  .counters = { { "p50_ns", { 10, 20, 30 } }, { "p90_ns", { 50, 50, 60 } }, { "p99_ns", { 100, 100, 100 } },
		    { "p999_ns", { 200, 200, 200 } }, { "max_ns", { 1000, 900, 3000 } } } },
		{ CELL("go", "echo", 1, "none", "\"rate\":\"5\""), .ns = { -1, -1, -1 } },
		{ CELL("zebra", "sum", 1, "none", ""), .ns = { 9, 9, 9 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("latency",
	             "latency_ns echo go 1 none 50 - - - - crashed\n"
	             "latency_ns echo go 1 none 90 - - - - crashed\n"
	             "latency_ns echo go 1 none 99 - - - - crashed\n"
	             "latency_ns echo go 1 none 99.9 - - - - crashed\n"
	             "latency_ns echo go 1 none 100 - - - - crashed\n"
	             "latency_ns echo zebra 1 none 50 20 10 30 3 ok\n"
	             "latency_ns echo zebra 1 none 90 50 50 60 3 ok\n"
	             "latency_ns echo zebra 1 none 99 100 100 100 3 ok\n"
	             "latency_ns echo zebra 1 none 99.9 200 200 200 3 ok\n"
	             "latency_ns echo zebra 1 none 100 1000 900 3000 3 ok\n");
	plant(rows + 2, 1);
	assert_left_out("latency");
}

#define PARKED(n, took, bytes) \
	{ CELL("zebra", "parked", 1, "none", "\"n\":\"" n "\""), .ns = { took, took, took }, \
	  .counters = { { "bytes_per_task", { bytes, bytes, bytes } } } }

static void tasks_are_by_their_number(void **state)
{
	static const struct planted rows[] = {
		PARKED("100", 30, 5000), PARKED("10000", 20, 4500), PARKED("1000", 25, 4600),
		{ CELL("zebra", "spawn", 1, "none", "\"n\":\"7\""), .ns = { 1, 1, 1 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("tasks",
	             "bytes_per_task parked zebra 1 none 100 5000 5000 5000 3 ok\n"
	             "bytes_per_task parked zebra 1 none 1000 4600 4600 4600 3 ok\n"
	             "bytes_per_task parked zebra 1 none 10000 4500 4500 4500 3 ok\n"
	             "ns_per_task parked zebra 1 none 100 30 30 30 3 ok\n"
	             "ns_per_task parked zebra 1 none 1000 25 25 25 3 ok\n"
	             "ns_per_task parked zebra 1 none 10000 20 20 20 3 ok\n");
	plant(rows, 2);                 /* two numbers of tasks are no curve */
	assert_left_out("tasks");
	plant(rows + 3, 1);             /* nobody counts their memory */
	assert_left_out("tasks");
}

/* 10^9 steps in a second at best, of two Ps: a step takes one of them 2 ns. */
static void metg_is_by_granularity(void **state)
{
	static const struct planted rows[] = {
		{ CELL("zebra", "metg", 2, "none", ""), .ns = { 9, 9, 9 },
		  .counters = { { "steps_per_s_0", { 1e8, 1e8, 2e8 } }, { "steps_per_s_1", { 5e8, 5e8, 5e8 } },
		    { "steps_per_s_10", { 1e9, 1e9, 1e9 } }, { "metg50_ns", { 4, 4, 5 } }, { "metg90_ns", { 9, 9, 9 } } } },
		{ CELL("zebra", "sum", 2, "none", ""), .ns = { 9, 9, 9 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("metg",
	             "efficiency_at_ns metg zebra 2 none 2 0.1 0.1 0.2 3 ok\n"
	             "efficiency_at_ns metg zebra 2 none 4 0.5 0.5 0.5 3 ok\n"
	             "efficiency_at_ns metg zebra 2 none 2048 1 1 1 3 ok\n"
	             "metg50_ns metg zebra 2 none - 4 4 5 3 ok\n"
	             "metg90_ns metg zebra 2 none - 9 9 9 3 ok\n");
	plant(rows + 1, 1);
	assert_left_out("metg");
}

static void pins_are_by_the_first_policy(void **state)
{
	static const struct planted rows[] = {
		{ CELL("zebra", "a", 2, "none", ""), .ns = { 100, 100, 400 } },
		{ CELL("zebra", "a", 2, "cores", ""), .ns = { 50, 50, 200 } },
		{ CELL("go", "a", 2, "none", ""), .ns = { 100, 100, 100 } },
		{ CELL("go", "a", 2, "cores", ""), .ns = { 0, 0, 0 } },
		{ CELL("go", "b", 2, "cores", ""), .ns = { 5, 5, 5 } },     /* with nothing to hold it against */
	};

	(void)state;
	PLANT(rows);
	assert_shows("pins",
	             "time_ratio a go 2 cores - - - - - na\n"
	             "time_ratio a zebra 2 cores - 0.5 0.5 0.5 3 ok\n");
	plant(rows, 1);
	assert_left_out("pins");
}

static void noise_is_by_repetition(void **state)
{
	static const struct planted rows[] = {
		{ CELL("zebra", "calibrate", 1, "none", ""), .ns = { 100, 102, 90 }, .kind = "calibration" },
		{ CELL("zebra", "a", 1, "none", ""), .ns = { 10, 10, 20 }, .disturbed = { false, false, true } },
		{ CELL("zebra", "b", 1, "none", ""), .ns = { 50, 50, 50 } },
	};

	(void)state;
	PLANT(rows);
	assert_shows("noise",
	             "calibration_pct calibration zebra 1 none 0 100 100 100 1 ok\n"
	             "calibration_pct calibration zebra 1 none 1 102 102 102 1 ok\n"
	             "calibration_pct calibration zebra 1 none 2 90 90 90 1 ok\n"
	             "cells_pct cells zebra 1 none 0 100 100 100 2 ok\n"
	             "cells_pct cells zebra 1 none 1 100 100 100 2 ok\n"
	             "cells_pct cells zebra 1 none 2 150 110 190 2 ok\n"
	             "disturbed_pct disturbed zebra 1 none 0 0 0 0 2 ok\n"
	             "disturbed_pct disturbed zebra 1 none 1 0 0 0 2 ok\n"
	             "disturbed_pct disturbed zebra 1 none 2 50 50 50 2 ok\n");
}

/* Every figure says what it is, and why a run may have none; and all of them are drawn. */
static void the_table_is_whole(void **state)
{
	int n = 0;

	(void)state;
	for (const struct figure_kind *k = figure_kinds; k->name; k++, n++) {
		assert_ptr_equal(figure_find(k->name), k);
		assert_true(strlen(k->title) > 5 && strlen(k->reading) > 20 && strlen(k->alt) > 20);
		assert_true(strlen(k->without) > 20 && k->without[strlen(k->without) - 1] == '.');
		assert_non_null(k->points);
	}
	assert_int_equal(n, 11);
	assert_null(figure_find("none"));
}

static void svg_is_fit_for_a_page(void **state)
{
	static const struct figure_kind kind = { .name = "mine", .title = "A < B", .reading = "Look & see.",
	                                         .alt = "A table." };
	static const char drawn[] =
		"<?xml version=\"1.0\"?>\n<svg \n width=\"10\" height=\"20\"\n viewBox=\"0 0 10 20\"\n>\n\n"
		"<title>Gnuplot</title>\n<desc>Produced by GNUPLOT</desc>\n\n<g id=\"gnuplot_canvas\">\n"
		"\t<circle id='gpPt1' r='1'/>\n"
		"<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-linecap=\"butt\">\n</g>\n"
		"\t<g id=\"gnuplot_plot_1a\" ><title>data using 1:2</title>\n"
		"<g fill=\"none\" color=\"red\" stroke-linejoin=\"miter\">\n"
		"\t<use xlink:href='#gpPt1' transform='scale(2)' color='#FFFFFF'/>\n"
		"\t<use xlink:href='#gpPt1' transform='scale(2)' color='rgb(  1, 16, 255)'/>\n"
		"</g>\n<g fill=\"none\" color=\"red\" stroke-linejoin=\"miter\">\n"
		"\t<path stroke='black'  d='M60.00,210.58  '/>"
		"\t<g transform=\"translate(1,2)\" font-family=\"DejaVu Sans\" font-size=\"12\"  text-anchor=\"end\">\n"
		"\t\t<text> id='gpPt1' href='#a'  fill=\"none\"</text>\n\t</g>\n</g>\n\t</g>\n</g>\n</svg>\n";
	static const char expected[] =
		"<?xml version=\"1.0\"?>\n<svg role=\"img\"\n width=\"10\" height=\"20\"\n viewBox=\"0 0 10 20\"\n>\n"
		"<title>A &lt; B</title>\n<desc>A table. Look &amp; see.</desc>\n"
		"<g id=\"mine-canvas\" fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.20\" "
		"font-family=\"DejaVu Sans,Verdana,Helvetica,sans-serif\">\n"
		"<circle id='mine-gpPt1' r='1'/>\n"
		"<g>\n"
		"<g color=\"red\">\n"
		"<use xlink:href='#mine-gpPt1' transform='scale(2)' color='#0110ff'/>\n"
		"<g transform=\"translate(1,2)\" font-size=\"12\" text-anchor=\"end\">\n"
		"<text> id='gpPt1' href='#a'  fill=\"none\"</text>\n</g>\n</g>\n</g>\n</g>\n</svg>\n";
	char path[PATH_MAX], *got;
	struct err e = { "" };

	(void)state;
	put(dir, "mine.svg", drawn);
	assert_int_equal(svg_finish(dir, "mine.svg", &kind, &e), 0);
	assert_int_equal(file_get(path_join(path, dir, "mine.svg"), 1 << 20, &got, NULL, &e), 0);
	assert_string_equal(got, expected);
	free(got);
	put(dir, "mine.svg", "no picture\n");
	assert_int_equal(svg_finish(dir, "mine.svg", &kind, &e), 0);
	assert_int_equal(file_get(path, 1 << 20, &got, NULL, &e), 0);
	assert_string_equal(got, "no picture\n");
	free(got);
	assert_int_equal(svg_finish(dir, "none.svg", &kind, &e), -ENOENT);
}

#define WITH_RUN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(heat_is_by_the_first),
		WITH_RUN(heat_needs_two),
		WITH_RUN(efficiency_is_of_ps_that_are_there),
		WITH_RUN(cpu_is_by_wall),
		WITH_RUN(latencies_are_percentiles),
		WITH_RUN(tasks_are_by_their_number),
		WITH_RUN(metg_is_by_granularity),
		WITH_RUN(pins_are_by_the_first_policy),
		WITH_RUN(noise_is_by_repetition),
		WITH_RUN(svg_is_fit_for_a_page),
		cmocka_unit_test(the_table_is_whole),
	};
	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
