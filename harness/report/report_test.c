/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes text safe in a page; and ratios, verdicts and ranks of a run that is made up
 * here, worked out by hand.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/temp_dir_test.h"
#include "report/grid.h"
#include "report/html.h"
#include "report/section.h"

/* ---- Text ------------------------------------------------------------------------ */

static char *text;
static size_t size;

static FILE *begin(void)
{
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	return f;
}

static void assert_written(FILE *f, const char *want)
{
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, want);
	free(text);
}

static void markup_becomes_text(void **state)
{
	FILE *f = begin();

	(void)state;
	html_text("<a href=\"x\" b='y'>&amp;</a> \u00b5s", f);
	assert_written(f, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt; \u00b5s");
	f = begin();
	html_textf(f, "%s=%d<", "\"", 7);
	assert_written(f, "&quot;=7&lt;");
}

static void long_text_is_cut_and_still_safe(void **state)
{
	char many[5000];
	FILE *f = begin();

	(void)state;
	memset(many, '<', sizeof many - 1);
	many[sizeof many - 1] = '\0';
	html_textf(f, "%s", many);
	fclose(f);
	assert_int_equal(size, 2047 * 4);
	assert_null(strchr(text, '<'));
	free(text);
}

static void json_cannot_end_its_element(void **state)
{
	FILE *f = begin();

	(void)state;
	html_json("{\"a\":\"</script><!--<script>\"}", f);
	assert_written(f, "{\"a\":\"\\u003c/script>\\u003c!--\\u003cscript>\"}");
}

static void a_picture_is_an_address(void **state)
{
	static const char svg[] = "<svg a=\"#1\">\n\t100% it's &lt; \u00b5</svg>\n";
	FILE *f = begin();

	(void)state;
	html_svg_address(svg, sizeof svg - 1, f);
	assert_written(f, "data:image/svg+xml,%3Csvg a=\"%231\"> 100%25 it%27s %26lt; %C2%B5%3C/svg>");
}

/* ---- A run ------------------------------------------------------------------------- */

static struct results results;
static struct summary summary;
static struct grid grid;

#define REPS 8

struct planted {
	const char *backend, *workload, *pin;
	int procs, copy;
	double ns[REPS];        /* 0: crashed */
	int disturbed;          /* so many of the first */
};

static void put_cell(FILE *f, const struct planted *p)
{
	fprintf(f, "{\"backend\":\"%s\",\"workload\":\"%s\",\"procs\":%d,\"pin\":\"%s\",\"cpus\":[0],\"params\":{},\"opts\":{}",
	        p->backend, p->workload, p->procs, p->pin ? p->pin : "none");
	fputs(p->copy ? ",\"copy\":1}" : "}", f);
}

static void plant(const struct planted *v, int n)
{
	char *plan = NULL, *rows = NULL;
	size_t nplan, nrows;
	FILE *p = open_memstream(&plan, &nplan), *r = open_memstream(&rows, &nrows);
	struct err e = { "" };

	assert_true(p && r);
	fputs("{\"schema\":1,\"plan\":{\"cells\":[", p);
	for (int i = 0; i < n; i++) {
		fputs(i ? "," : "", p);
		put_cell(p, &v[i]);
		for (int k = 0; k < REPS; k++) {
			fputs("{\"cell\":", r);
			put_cell(r, &v[i]);
			fprintf(r, ",\"kind\":\"cell\",\"rep\":%d,\"attempt\":0,\"disturbed\":%s,", k, k < v[i].disturbed ? "true" : "false");
			if (v[i].ns[k] > 0)
				fprintf(r, "\"status\":\"ok\",\"reason\":\"\",\"ops\":1,\"ns_per_op\":%.17g}\n", v[i].ns[k]);
			else
				fputs("\"status\":\"crashed\",\"reason\":\"it fell\",\"ns_per_op\":null}\n", r);
		}
	}
	fputs("]}}", p);
	fclose(p);
	fclose(r);
	if (file_put(dir, "meta.json", plan, nplan, &e) || file_put(dir, "cells.jsonl", rows, nrows, &e) ||
	    results_read(&results, dir, &e) || summary_make(&summary, &results, &e) ||
	    grid_make(&grid, &results, &summary, &e))
		fail_msg("%s", e.msg);
	free(plan);
	free(rows);
}

#define PLANT(...) do { \
		static const struct planted v_[] = { __VA_ARGS__ }; \
		plant(v_, (int)(sizeof v_ / sizeof *v_)); \
	} while (0)

static void done(void)
{
	grid_free(&grid);
	summary_free(&summary);
	results_free(&results);
}

static const struct grid_cell *cell(const char *backend, int procs, int line)
{
	for (int k = 0; k < grid.ncolumns; k++)
		if (!strcmp(results.backends[grid.columns[k].backend], backend) && grid.columns[k].procs == procs)
			return grid_at(&grid, line, k);
	return NULL;
}

#define HUNDRED { 100, 101, 99, 102, 98, 103, 97, 100.5 }
#define TWICE   { 200, 202, 198, 204, 196, 206, 194, 201 }
#define NEAR    { 101, 99, 102, 98, 103, 97, 100, 100.2 }

static void lines_and_columns(void **state)
{
	(void)state;
	PLANT({ "a", "ring", NULL, 2, 0, TWICE, 0 }, { "b", "ring", NULL, 1, 0, TWICE, 0 },
	      { "a", "ring", NULL, 1, 0, HUNDRED, 0 }, { "a", "ring", NULL, 1, 1, HUNDRED, 0 },
	      { "a", "fib", NULL, 1, 0, HUNDRED, 0 });
	assert_int_equal(grid.nlines, 2);
	assert_int_equal(grid.ncolumns, 3);
	assert_int_equal(grid.n, 4);            /* without the copy */
	assert_int_equal(grid.columns[2].procs, 2);
	assert_string_equal(grid.lines[0].label, "ring");
	assert_string_equal(grid.lines[1].label, "fib");
	assert_null(cell("b", 1, 1));
	/* At another P nothing is a baseline; in itself neither. */
	assert_int_equal(cell("a", 2, 0)->by[1].effect.n, 0);
	assert_int_equal(cell("a", 1, 0)->by[0].effect.n, 0);
	assert_true(fabs(cell("b", 1, 0)->by[0].effect.estimate - 2) < 1e-3);
	assert_true(fabs(cell("a", 1, 0)->by[1].effect.estimate - 0.5) < 1e-3);
	done();
}

static void pins_are_told_apart(void **state)
{
	(void)state;
	PLANT({ "a", "ring", "none", 1, 0, HUNDRED, 0 }, { "a", "ring", "cores", 1, 0, TWICE, 0 });
	assert_int_equal(grid.nlines, 2);
	assert_string_equal(grid.lines[1].label, "ring, cores");
	done();
}

static void who_cannot_be_told_apart_shares_a_rank(void **state)
{
	(void)state;
	PLANT({ "a", "ring", NULL, 1, 0, TWICE, 0 }, { "b", "ring", NULL, 1, 0, HUNDRED, 0 },
	      { "c", "ring", NULL, 1, 0, NEAR, 0 }, { "d", "ring", NULL, 1, 0, { 0 }, 0 });
	assert_int_equal(cell("b", 1, 0)->rank, 1);
	assert_int_equal(cell("c", 1, 0)->rank, 1);
	assert_int_equal(cell("a", 1, 0)->rank, 3);
	assert_int_equal(cell("d", 1, 0)->rank, 0);
	assert_string_equal(cell("d", 1, 0)->reason, "it fell");
	assert_string_equal(cell("a", 1, 0)->reason, "");
	done();
	/* b is told from neither a nor c, which are told from each other: all three share one. */
	PLANT({ "a", "ring", NULL, 1, 0, { 100, 100.5, 101, 100, 100.5, 101, 100, 100.5 }, 0 },
	      { "b", "ring", NULL, 1, 0, { 90, 120, 95, 118, 92, 117, 94, 119 }, 0 },
	      { "c", "ring", NULL, 1, 0, { 106, 106.5, 107, 106, 106.5, 107, 106, 106.5 }, 0 });
	assert_int_equal(cell("c", 1, 0)->by[0].verdict, STATS_SLOWER);
	assert_int_equal(cell("b", 1, 0)->by[0].verdict, STATS_CANNOT_TELL);
	for (int i = 0; i < 3; i++)
		assert_int_equal(grid.cells[i].rank, 1);
	done();
	/* c is slower than b, but it is not told from a, which is as fast as b or faster. */
	PLANT({ "a", "ring", NULL, 1, 0, { 60, 140, 61, 139, 62, 128, 63, 127 }, 0 },
	      { "b", "ring", NULL, 1, 0, { 100, 100.5, 101, 100, 100.5, 101, 100, 100.5 }, 0 },
	      { "c", "ring", NULL, 1, 0, { 106, 106.5, 107, 106, 106.5, 107, 106, 106.5 }, 0 });
	assert_int_equal(cell("c", 1, 0)->by[1].verdict, STATS_SLOWER);
	assert_int_equal(cell("c", 1, 0)->by[0].verdict, STATS_CANNOT_TELL);
	for (int i = 0; i < 3; i++)
		assert_int_equal(grid.cells[i].rank, 1);
	done();
}

static void disturbed_rows_conclude_nothing(void **state)
{
	char buf[240];

	(void)state;
	PLANT({ "a", "ring", NULL, 1, 0, TWICE, 3 }, { "b", "ring", NULL, 1, 0, HUNDRED, 0 });
	assert_int_equal(cell("a", 1, 0)->by[1].verdict, STATS_CANNOT_TELL);
	assert_int_equal(page_shade(&cell("a", 1, 0)->by[1]), 0);
	assert_string_equal(page_ratio(&cell("a", 1, 0)->by[1], buf), "~\u2248 2.000\u00d7");
	assert_int_equal(cell("a", 1, 0)->rank, 1);
	assert_int_equal(cell("b", 1, 0)->rank, 1);
	done();
	/* Of eight, two can be spared. */
	PLANT({ "a", "ring", NULL, 1, 0, TWICE, 2 }, { "b", "ring", NULL, 1, 0, HUNDRED, 0 });
	assert_int_equal(cell("a", 1, 0)->by[1].verdict, STATS_SLOWER);
	assert_int_equal(page_shade(&cell("a", 1, 0)->by[1]), 3);
	assert_int_equal(page_shade(&cell("b", 1, 0)->by[0]), -3);
	assert_int_equal(cell("a", 1, 0)->rank, 2);
	done();
}

static void small_factors_keep_their_digits(void **state)
{
	char buf[56];

	(void)state;
	assert_string_equal(page_factor(2, buf), "2.000");
	assert_string_equal(page_factor(0.25, buf), "0.250");
	assert_string_equal(page_factor(1 / 47.3, buf), "1/47.3");
	assert_string_equal(page_factors(1 / 2870.0, 0.12, buf), "1/2870 to 0.120");
	assert_string_equal(page_factors(1e-300, 1e300, buf), "1/100000000 to 100000000");
}

static void commands_are_quoted(void **state)
{
	const struct page p = { .r = &results };
	FILE *f;

	(void)state;
	PLANT({ "a'b", "ring;rm", NULL, 2, 0, HUNDRED, 0 });
	f = begin();
	page_command(&p, &grid.cells[0], f);
	assert_written(f, "build/schedlab run -b 'a'\\''b' -w 'ring;rm' -p 2 --pin none");
	done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_becomes_text),
		cmocka_unit_test(long_text_is_cut_and_still_safe),
		cmocka_unit_test(json_cannot_end_its_element),
		cmocka_unit_test(a_picture_is_an_address),
		cmocka_unit_test(lines_and_columns),
		cmocka_unit_test(pins_are_told_apart),
		cmocka_unit_test(who_cannot_be_told_apart_shares_a_rank),
		cmocka_unit_test(disturbed_rows_conclude_nothing),
		cmocka_unit_test(small_factors_keep_their_digits),
		cmocka_unit_test(commands_are_quoted),
	};

	return cmocka_run_group_tests_name("report", tests, make_dir, remove_dir);
}
