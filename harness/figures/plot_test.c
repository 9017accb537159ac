/* SPDX-License-Identifier: Apache-2.0
 *
 * The data against what was computed apart from this code (in
 * testdata/run-small/expected), and what becomes of them with a gnuplot, with
 * none, and with one that fails.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "figures/plot.h"
#include "figures/figures.h"

static const char *const figures[] = { "heat", "time", "speedup", "efficiency", "switches", "noise" };
#define FIGURES (sizeof figures / sizeof *figures)

static char dir[64], plots[80], bin[80], *real_path;

static const char *fixture(const char *name)
{
	static char path[512];
	const char *slash = strrchr(__FILE__, '/');
	int len = slash ? (int)(slash - __FILE__) + 1 : 0;

	snprintf(path, sizeof path, "%.*stestdata/run-small/%s", len, __FILE__, name);
	return path;
}

static char *contents(const char *folder, const char *name, const char *ending, size_t *n)
{
	char path[PATH_MAX], file[64], *text;
	struct err e = { "" };

	snprintf(file, sizeof file, "%s%s", name, ending);
	if (file_get(path_join(path, folder, file), 1 << 24, &text, n, &e))
		return NULL;
	return text;
}

static void put(const char *folder, const char *name, const char *text)
{
	struct err e = { "" };

	if (file_put(folder, name, text, strlen(text), &e))
		fail_msg("%s", e.msg);
}

/* A run folder of its own, and a folder of programs. */
static int set_up(void **state)
{
	static const char *const files[] = { "meta.json", "cells.jsonl" };
	struct err e = { "" };
	char *text;

	(void)state;
	strcpy(dir, "/tmp/plot_test.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(plots, sizeof plots, "%s/plots", dir);
	snprintf(bin, sizeof bin, "%s/bin", dir);
	assert_int_equal(mkdir(bin, 0777), 0);
	for (size_t i = 0; i < 2; i++) {
		if (file_get(fixture(files[i]), 1 << 20, &text, NULL, &e))
			fail_msg("%s", e.msg);
		put(dir, files[i], text);
		free(text);
	}
	real_path = strdup(getenv("PATH"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	setenv("PATH", real_path, 1);
	free(real_path);
	dir_remove(plots);
	dir_remove(bin);
	dir_remove(dir);
	return 0;
}

/* From now on gnuplot is this shell script, or nothing. */
static void fake_gnuplot(const char *script)
{
	char path[PATH_MAX];

	if (script) {
		put(bin, "gnuplot", script);
		assert_int_equal(chmod(path_join(path, bin, "gnuplot"), 0755), 0);
	}
	setenv("PATH", bin, 1);
}

static void need_gnuplot(void)
{
	if (system("gnuplot --version >/dev/null 2>&1") != 0) {
		print_message("no gnuplot here: nothing is drawn\n");
		skip();
	}
}

static void assert_data_are_right(void)
{
	for (size_t i = 0; i < FIGURES; i++) {
		char *got = contents(plots, figures[i], ".tsv", NULL);
		char *want = contents(fixture("expected"), figures[i], ".tsv", NULL);

		assert_non_null(got);
		assert_non_null(want);
		assert_string_equal(got, want);
		free(got);
		free(want);
	}
}

static void assert_nothing_drawn(const char *name)
{
	assert_null(contents(plots, name, ".svg", NULL));
	assert_null(contents(plots, name, ".png", NULL));
	assert_null(contents(plots, name, ".svg.tmp", NULL));
}

static void assert_drawn(const char *name)
{
	size_t n;
	char *svg = contents(plots, name, ".svg", &n), *png;

	assert_non_null(svg);
	assert_non_null(strstr(svg, "<svg"));
	assert_non_null(strstr(svg, "</svg>"));
	assert_non_null(strstr(svg, "Imaginary CPU @ 1.00GHz"));
	assert_non_null(strstr(svg, "commit 0123456789ab"));
	free(svg);
	png = contents(plots, name, ".png", &n);
	assert_non_null(png);
	assert_true(n > 10000);
	assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
	free(png);
	assert_null(contents(plots, name, ".svg.tmp", &n));
	assert_null(contents(plots, name, ".png.tmp", &n));
}

static void draws_every_figure(void **state)
{
	struct err e = { "" };
	char *svg;

	(void)state;
	need_gnuplot();
	if (plot_run(dir, NULL, &e))
		fail_msg("%s", e.msg);
	assert_data_are_right();
	for (size_t i = 0; i < FIGURES; i++)
		assert_drawn(figures[i]);
	svg = contents(plots, "time", ".svg", NULL);
	assert_non_null(strstr(svg, ">wrong<"));
	assert_non_null(strstr(svg, ">crashed<"));
	assert_non_null(strstr(svg, ">fib n=30<"));
	assert_non_null(strstr(svg, "noise 1.58 %"));
	free(svg);
}

/* A warning of gnuplot's means that a picture does not show what it should. */
static void gnuplot_has_nothing_to_say(void **state)
{
	char path[PATH_MAX], *said;
	struct err e = { "" };
	int saved = dup(2);

	(void)state;
	need_gnuplot();
	path_join(path, dir, "stderr");
	fflush(stderr);
	assert_non_null(freopen(path, "w", stderr));
	assert_int_equal(plot_run(dir, NULL, &e), 0);
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	said = contents(dir, "stderr", "", NULL);
	assert_string_equal(said, "");
	free(said);
}

static void without_gnuplot(void **state)
{
	struct err e = { "" };

	(void)state;
	fake_gnuplot(NULL);
	assert_int_equal(plot_run(dir, NULL, &e), -ENOENT);
	assert_non_null(strstr(e.msg, "gnuplot is not installed"));
	assert_data_are_right();
	for (size_t i = 0; i < FIGURES; i++)
		assert_nothing_drawn(figures[i]);
}

static void gnuplot_that_fails(void **state)
{
	struct err e = { "" };

	(void)state;
	fake_gnuplot("#!/bin/sh\necho half >\"$5\"\n"
	             "printf '\\nplot x\\n     ^\\nline 7: no such thing\\n\\n' >&2\nexit 1\n");
	assert_int_equal(plot_run(dir, NULL, &e), -EIO);
	assert_non_null(strstr(e.msg, "heat.svg: line 7: no such thing"));
	assert_data_are_right();
	assert_nothing_drawn("heat");
}

static void gnuplot_that_dies(void **state)
{
	struct err e = { "" };

	(void)state;
	fake_gnuplot("#!/bin/sh\necho half >\"$5\"\nkill -SEGV $$\n");
	assert_int_equal(plot_run(dir, NULL, &e), -EIO);
	assert_non_null(strstr(e.msg, "heat.svg: it was killed by SIGSEGV"));
	assert_data_are_right();
	assert_nothing_drawn("heat");
}

static void gnuplot_that_draws_nothing(void **state)
{
	struct err e = { "" };

	(void)state;
	fake_gnuplot("#!/bin/sh\n: >\"$5\"\n");
	assert_int_equal(plot_run(dir, NULL, &e), -EIO);
	assert_non_null(strstr(e.msg, "drew nothing"));
	assert_nothing_drawn("heat");
}

/* Keeps of cells.jsonl the lines that have the text. */
static void keep_rows(const char *with)
{
	char *text = contents(dir, "cells.jsonl", "", NULL), *kept, *save = NULL;

	assert_non_null(text);
	kept = calloc(1, strlen(text) + 2);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (strstr(l, with))
			strcat(strcat(kept, l), "\n");
	put(dir, "cells.jsonl", kept);
	free(kept);
	free(text);
}

static void one_sample_is_enough(void **state)
{
	struct err e = { "" };
	char *tsv, *svg;

	(void)state;
	need_gnuplot();
	keep_rows("\"rep\":0");
	assert_int_equal(plot_run(dir, NULL, &e), 0);
	for (size_t i = 0; i < FIGURES - 1; i++)
		assert_drawn(figures[i]);
	assert_nothing_drawn("noise");          /* over one repetition there is none */
	tsv = contents(plots, "time", ".tsv", NULL);
	assert_non_null(strstr(tsv, "pthreads\t1\tnone\t\t40\t40\t40\t1\t0\tok\n"));
	free(tsv);
	svg = contents(plots, "time", ".svg", NULL);
	assert_non_null(strstr(svg, "so no intervals"));
	assert_null(strstr(svg, "noise"));
	free(svg);
}

/* What was drawn when there was something to draw does not stay. */
static void figures_without_data_go(void **state)
{
	struct err e = { "" };
	char *svg;

	(void)state;
	fake_gnuplot("#!/bin/sh\necho drawn >\"$5\"\n");
	assert_int_equal(plot_run(dir, NULL, &e), 0);
	svg = contents(plots, "time", ".svg", NULL);
	assert_string_equal(svg, "drawn\n");
	free(svg);
	keep_rows("calibration");
	assert_int_equal(plot_run(dir, NULL, &e), 0);
	for (size_t i = 0; i < FIGURES - 1; i++) {
		assert_nothing_drawn(figures[i]);
		assert_null(contents(plots, figures[i], ".tsv", NULL));
	}
	/* Calibrations are what noise is about. */
	svg = contents(plots, "noise", ".svg", NULL);
	assert_string_equal(svg, "drawn\n");
	free(svg);
}

static void no_run(void **state)
{
	struct err e = { "" };

	(void)state;
	assert_int_equal(plot_run("/nonexistent/run", NULL, &e), -ENOENT);
	assert_non_null(strstr(e.msg, "/nonexistent/run"));
}

/* Colours do not depend on what else was run. */
static void colours_are_stable(void **state)
{
	const char *all[] = { "zebra", "go", "single-p", "ant", "pthreads",
	                      "work-stealing", NULL };
	const char *few[] = { "work-stealing", "ant", NULL };
	struct results r = { .backends = all };
	bool taken[8] = { false };

	(void)state;
	for (int i = 0; all[i]; i++) {
		int s = series_of(&r, all[i]);

		assert_in_range(s, 0, 5);
		assert_false(taken[s]);
		taken[s] = true;
	}
	assert_int_equal(series_of(&r, "ant"), 4);
	assert_int_equal(series_of(&r, "zebra"), 5);
	for (int i = 0; few[i]; i++) {
		int s = series_of(&r, few[i]);

		r.backends = few;
		assert_int_equal(series_of(&r, few[i]), s);
		r.backends = all;
	}
}

#define WITH_RUN(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(draws_every_figure),
		WITH_RUN(gnuplot_has_nothing_to_say),
		WITH_RUN(without_gnuplot),
		WITH_RUN(gnuplot_that_fails),
		WITH_RUN(gnuplot_that_dies),
		WITH_RUN(gnuplot_that_draws_nothing),
		WITH_RUN(one_sample_is_enough),
		WITH_RUN(figures_without_data_go),
		cmocka_unit_test(no_run),
		cmocka_unit_test(colours_are_stable),
	};
	return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
