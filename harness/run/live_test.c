/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of a run that stands still: what its rows are worth now, and how that is laid
 * out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "run/live.h"

#define REPS 3
#define CELLS 8

static int cpu;
static struct cell cells[CELLS], calibration;
static struct plan plan;
static struct step steps[(CELLS + 1) * REPS + 1];
static struct had had[(CELLS + 1) * REPS + 1];
static struct known known[CELLS + 1];
static struct runner runner;

/* Two back ends, two workloads, two Ps; nothing is measured yet. */
static int a_run(void **state)
{
	static const char *const backends[] = { "ant", "bee" }, *const workloads[] = { "fib", "sum" };
	int n = 0;

	(void)state;
	memset(had, 0, sizeof had);
	memset(known, 0, sizeof known);
	for (int i = 0; i < CELLS; i++)
		cells[i] = (struct cell){ .backend = backends[i % 2], .workload = workloads[i / 2 % 2], .procs = 1 + i / 4,
		                          .pin = "none", .cpus = &cpu, .ncpus = 1 };
	calibration = (struct cell){ .backend = "ant", .workload = "calibrate", .procs = 1, .pin = "none" };
	for (int rep = 0; rep <= REPS; rep++) {
		steps[n++] = (struct step){ .kind = ROW_CALIBRATION, .rep = rep, .cell = &calibration };
		for (int i = 0; rep < REPS && i < CELLS; i++)
			steps[n++] = (struct step){ .kind = ROW_CELL, .rep = rep, .cell = &cells[i] };
	}
	plan = (struct plan){ .reps = REPS, .cells = cells, .ncells = CELLS, .calibrations = &calibration,
	                      .ncalibrations = 1 };
	assert_int_equal(plan_rows(&plan), n);
	runner = (struct runner){ .plan = &plan, .steps = steps, .had = had, .known = known };
	return 0;
}

static struct had *had_of(int cell, int rep)
{
	return &had[rep * (CELLS + 1) + 1 + cell];
}

static void measured(struct had *h, enum status status, double ns, bool disturbed)
{
	had_add(h, &(struct attempt){ .status = status, .disturbed = disturbed }, ns);
}

/* What is shown on a screen of this size; the caller's to free. */
static char *shown(int columns, int lines, bool bold, int page)
{
	const struct screen s = { .is_one = true, .bold = bold, .columns = columns, .rows = lines + 2 };
	struct live l;
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_true(live_begin(&l, &runner));
	l.page = page;
	live_table(&l, &s, lines, out);
	live_end(&l);
	fclose(out);
	return text;
}

static void shows(int columns, int lines, bool bold, int page, const char *want)
{
	char *text = shown(columns, lines, bold, page);

	assert_string_equal(text, want);
	free(text);
}

static void nothing_is_there_yet(void **state)
{
	(void)state;
	shows(80, 10, true, 0,
	      "P=1 none            ant        bee\n"
	      "fib                   .          .\n"
	      "sum                   .          .\n"
	      "\n"
	      "P=2 none            ant        bee\n"
	      "fib                   .          .\n"
	      "sum                   .          .\n"
	      "Medians so far: repetition 1 of 3\n");
}

/* Medians of the attempts that count; the least of a line stands out if there is another. */
static void what_counts_is_shown(void **state)
{
	(void)state;
	measured(had_of(0, 0), ST_OK, 10, false);
	measured(had_of(0, 1), ST_OK, 30, true);
	measured(had_of(0, 1), ST_OK, 20, false);       /* again, undisturbed: it counts */
	measured(had_of(0, 2), ST_OK, 60, true);
	measured(had_of(1, 0), ST_OK, 1200, false);
	measured(had_of(2, 0), ST_OK, 7, false);
	measured(had_of(3, 0), ST_CRASHED, 0, false);
	known[3].told = true;
	known[5].na = true;
	for (int rep = 0; rep < REPS; rep++)
		measured(&had[rep * (CELLS + 1)], ST_OK, rep == 1 ? 110 : 100, false);
	runner.rep = 2;
	shows(80, 10, true, 0,
	      "P=1 none            ant        bee\n"
	      "fib             \033[1m20.0 ns\033[0m    1.20 \u00b5s\n"
	      "sum             7.00 ns     failed\n"
	      "\n"
	      "P=2 none            ant        bee\n"
	      "fib                   .         na\n"
	      "sum                   .          .\n"
	      "Medians so far: repetition 3 of 3; noise \u00b14.0 %; 1 disturbed\n");
}

static void without_bold_letters_there_is_a_mark(void **state)
{
	char *text;

	(void)state;
	measured(had_of(2, 0), ST_OK, 7, false);
	measured(had_of(3, 0), ST_OK, 7, false);
	text = shown(80, 10, false, 0);
	/* Both are least. */
	assert_non_null(strstr(text, "sum            *7.00 ns   *7.00 ns\n"));
	assert_null(strchr(text, '\033'));
	free(text);
}

/* Whole tables where they fit, else parts; in no page more lines than there are. */
static void pages(void **state)
{
	(void)state;
	shows(80, 7, true, 1,
	      "P=2 none            ant        bee\n"
	      "fib                   .          .\n"
	      "sum                   .          .\n"
	      "Medians so far: repetition 1 of 3; page 2 of 2\n");
	shows(80, 3, true, 3,
	      "P=2 none            ant        bee\n"
	      "sum                   .          .\n"
	      "Medians so far: repetition 1 of 3; page 4 of 4\n");
	/* What was the last page is none where the window has grown. */
	shows(80, 4, true, 5,
	      "P=2 none            ant        bee\n"
	      "fib                   .          .\n"
	      "sum                   .          .\n"
	      "Medians so far: repetition 1 of 3; page 2 of 2\n");
}

/* Of names that are too long the beginning, of back ends as many as there is room for. */
static void nothing_is_wider_than_the_screen(void **state)
{
	(void)state;
	cells[0].workload = cells[1].workload = "a-name-that-is-longer-than-the-screen-is-wide\u00b5\u00b5\u00b5\u00b5";
	cells[1].backend = cells[3].backend = cells[5].backend = cells[7].backend = "another-name-that-is-long";
	for (int columns = 60; columns < 100; columns++) {
		char *text = shown(columns, 20, true, 0), *line = text;

		while (*line) {
			char *end = strchr(line, '\n');

			*end = '\0';
			assert_in_range(text_columns(line), 0, columns - 1);
			*end = '\n';
			line = end + 1;
		}
		assert_non_null(strstr(text, "a-name-that"));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_there_yet, a_run),
		cmocka_unit_test_setup(what_counts_is_shown, a_run),
		cmocka_unit_test_setup(without_bold_letters_there_is_a_mark, a_run),
		cmocka_unit_test_setup(pages, a_run),
		cmocka_unit_test_setup(nothing_is_wider_than_the_screen, a_run),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
