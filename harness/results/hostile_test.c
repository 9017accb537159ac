/* SPDX-License-Identifier: Apache-2.0
 *
 * Run folders that nobody's matrix wrote.
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/plain.h"
#include "base/temp_dir_test.h"
#include "results/folder.h"
#include "results/summary.h"


#define CELL_OF(workload) "{\"backend\":\"a\",\"workload\":\"" workload "\",\"procs\":1,\"pin\":\"none\"," \
                          "\"cpus\":[0],\"params\":{\"n\":\"1\"},\"opts\":{}}"
#define CELL CELL_OF("fib")
#define ROW_OF(cell, kind, rep, attempt, status, ops, ns) "{\"cell\":" cell ",\"kind\":\"" kind "\",\"rep\":" rep \
        ",\"attempt\":" attempt ",\"status\":\"" status "\",\"reason\":\"\",\"disturbed\":false,\"ops\":" ops \
        ",\"ns_per_op\":" ns "}\n"
#define ROW(rep, attempt) ROW_OF(CELL, "cell", rep, attempt, "ok", "2", "0.5")
#define META(cells) "{\"schema\":1,\"plan\":{\"cells\":[" cells "]}}"

static void put(const char *name, const char *text, size_t n)
{
	struct err e = { "" };

	if (file_put(dir, name, text, n, &e))
		fail_msg("%s", e.msg);
}

/* Reads a run of this plan and these rows. */
static int read_run(struct results *r, const char *meta, const char *rows, struct err *e)
{
	put("meta.json", meta, strlen(meta));
	put("cells.jsonl", rows, strlen(rows));
	e->msg[0] = '\0';
	return results_read(r, dir, e);
}

static void rows_that_no_matrix_writes(void **state)
{
	static const char *const bad[] = {
		ROW("2147483647", "0"), ROW("4294967297", "0"), ROW("-1", "0"), ROW("100001", "0"),
		ROW("9223372036854775807", "0"), ROW("9223372036854775808", "0"), ROW("\"0\"", "0"),
		ROW("0.5", "0"), ROW("null", "0"), ROW("0", "-1"), ROW("0", "4294967296"), ROW("0", "{}"),
		ROW_OF(CELL, "cell", "0", "0", "ok", "2", "-0.5"), ROW_OF(CELL, "cell", "0", "0", "ok", "2", "0"),
		ROW_OF(CELL, "cell", "0", "0", "ok", "2", "1e300"), ROW_OF(CELL, "cell", "0", "0", "ok", "2", "1e-300"),
		ROW_OF(CELL, "cell", "0", "0", "ok", "2", "null"), ROW_OF(CELL, "cell", "0", "0", "ok", "2", "\"1\""),
		ROW_OF(CELL, "cell", "0", "0", "ok", "0", "1"), ROW_OF(CELL, "cell", "0", "0", "ok", "-2", "1"),
		ROW_OF(CELL, "cell", "0", "0", "ok", "1e300", "1"), ROW_OF(CELL, "cell", "0", "0", "ok", "null", "1"),
		ROW_OF(CELL, "cel", "0", "0", "ok", "2", "1"), ROW_OF(CELL, "", "0", "0", "ok", "2", "1"),
		ROW_OF(CELL, "cell", "0", "0", "okay", "2", "1"), ROW_OF("[]", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"a\",\"workload\":\"fib\",\"procs\":4294967297,\"pin\":\"none\",\"cpus\":[0],"
		       "\"params\":{},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"a\",\"workload\":\"fib\",\"procs\":1,\"pin\":\"none\",\"cpus\":[-1],"
		       "\"params\":{},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"a\",\"workload\":\"fib\",\"procs\":1,\"pin\":\"none\",\"cpus\":[4294967296],"
		       "\"params\":{},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"\",\"workload\":\"fib\",\"procs\":1,\"pin\":\"none\",\"cpus\":[0],"
		       "\"params\":{},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"a b\",\"workload\":\"fib\",\"procs\":1,\"pin\":\"none\",\"cpus\":[0],"
		       "\"params\":{},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		ROW_OF("{\"backend\":\"a\",\"workload\":\"fib\",\"procs\":1,\"pin\":\"none\",\"cpus\":[0],"
		       "\"params\":{\"n\":1},\"opts\":{}}", "cell", "0", "0", "ok", "2", "1"),
		"{}\n", "[]\n", "0\n", "null\n", "\n", "{\"kind\":\"cell\"} {}\n",
	};
	struct results r;
	struct err e;

	(void)state;
	assert_int_equal(read_run(&r, META(CELL), ROW("0", "0") ROW("1", "0"), &e), 0);
	results_free(&r);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char rows[2000];

		/* Not the last, which a power cut may have damaged. */
		snprintf(rows, sizeof rows, "%s%s", bad[i], ROW("1", "0"));
		if (read_run(&r, META(CELL), rows, &e) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
		assert_non_null(strstr(e.msg, "line 1 is no row of a run"));
	}
}

/* Of a row that is not ok no figure counts, whatever it says. */
static void what_is_not_ok_has_no_time(void **state)
{
	struct results r;
	struct err e;

	(void)state;
	assert_int_equal(read_run(&r, META(CELL), ROW_OF(CELL, "cell", "0", "0", "wrong", "2", "-7"), &e), 0);
	assert_true(isnan(r.rows[0].ns_per_op) && isnan(r.rows[0].ops));
	results_free(&r);
}

static void a_row_counts_once(void **state)
{
	struct results r;
	struct err e;

	(void)state;
	assert_int_equal(read_run(&r, META(CELL), ROW("0", "0") ROW("1", "0") ROW("0", "0") ROW("2", "0"), &e), -EINVAL);
	assert_non_null(strstr(e.msg, "cells.jsonl: line 3 is the row of line 1 again"));
	/* The same, said in another way. */
	assert_int_equal(read_run(&r, META(CELL), ROW("0", "0") ROW_OF(CELL, "cell", "0", "0", "crashed", "null", "null"), &e),
	                 -EINVAL);
	assert_int_equal(read_run(&r, META(CELL), ROW_OF(CELL, "calibration", "0", "0", "ok", "2", "1")
	                          ROW_OF(CELL, "calibration", "0", "0", "ok", "2", "1"), &e), -EINVAL);
	assert_int_equal(read_run(&r, META(CELL), ROW("0", "0") ROW("0", "1"), &e), 0);
	results_free(&r);
	assert_int_equal(read_run(&r, META(CELL "," CELL), ROW("0", "0"), &e), -EINVAL);
	assert_non_null(strstr(e.msg, "cells 1 and 2 of its plan are the same"));
	assert_int_equal(read_run(&r, META(CELL), ROW_OF(CELL_OF("sum"), "cell", "0", "0", "ok", "2", "1"), &e), -EINVAL);
	assert_non_null(strstr(e.msg, "line 1 is no row of the plan"));
}

static void counters_below_zero_are_none(void **state)
{
	static const char row[] = "{\"cell\":" CELL ",\"kind\":\"cell\",\"rep\":0,\"attempt\":0,\"status\":\"ok\",\"ops\":2,"
		"\"ns_per_op\":1,\"benchmark\":{\"p90_ns\":-5,\"lost\":0,\"huge\":1e308,\"tiny\":1e-308}}\n";
	struct results r;
	struct err e;
	double v = 42;

	(void)state;
	assert_int_equal(read_run(&r, META(CELL), row, &e), 0);
	assert_false(row_counter(&r.rows[0], "p90_ns", &v));
	assert_true(isnan(row_figure(&r.rows[0], "p90_ns", NULL)));
	assert_true(row_counter(&r.rows[0], "lost", &v) && v == 0);
	/* Nor does a quotient become infinite. */
	assert_true(isnan(row_figure(&r.rows[0], "huge", "tiny")));
	assert_true(isnan(row_figure(&r.rows[0], NULL, "lost")));
	results_free(&r);
}

#define NASTY "\\u001b[31m\\u009b0m\\u202e\\n\\tx"

static void what_is_printed_is_plain(void **state)
{
	static const char row[] = "{\"cell\":" CELL_OF(NASTY) ",\"kind\":\"cell\",\"rep\":0,\"attempt\":0,"
		"\"status\":\"crashed\",\"reason\":\"" NASTY "\",\"detail\":{\"checksum\":\"" NASTY "\"}}\n";
	static const char meta[] = "{\"schema\":1,\"started\":\"" NASTY "\",\"machine\":{\"kernel\":\"" NASTY "\"},"
		"\"plan\":{\"cells\":[" CELL_OF(NASTY) "]}}";
	struct results r;
	struct err e;
	const char *texts[6];

	(void)state;
	if (read_run(&r, meta, row, &e))
		fail_msg("%s", e.msg);
	texts[0] = r.rows[0].reason;
	texts[1] = r.rows[0].label;
	texts[2] = r.cells[0].workload;
	texts[3] = results_fact(&r, "kernel");
	texts[4] = results_fact(&r, "started");
	texts[5] = row_checksum(&r.rows[0]);
	for (int i = 0; i < 6; i++) {
		assert_string_equal(texts[i], "?[31m??0m?????x");
		assert_true(text_is_plain(texts[i], strlen(texts[i])));
	}
	results_free(&r);
	/* Keys too; and two that become the same are none. */
	assert_int_equal(read_run(&r, "{\"schema\":1,\"\\u001b\":1,\"plan\":{\"cells\":[" CELL "]}}", "", &e), 0);
	results_free(&r);
	assert_int_equal(read_run(&r, "{\"schema\":1,\"\\u001b\":1,\"\\u0007\":2,\"plan\":{\"cells\":[" CELL "]}}", "", &e),
	                 -EINVAL);
}

static void plans_that_no_flag_could_ask_for(void **state)
{
#define PLAN(seed, reps, min, timeout, cells) "{\"schema\":1,\"plan\":{\"preset\":\"x\",\"seed\":" seed ",\"reps\":" reps \
        ",\"min_time_s\":" min ",\"timeout_s\":" timeout ",\"cells\":[" cells "]}}"
	static const char *const bad[] = {
		PLAN("1", "0", "0.1", "1", CELL), PLAN("1", "2147483648", "0.1", "1", CELL),
		PLAN("1", "4294967297", "0.1", "1", CELL), PLAN("1", "100001", "0.1", "1", CELL),
		PLAN("1", "1.5", "0.1", "1", CELL), PLAN("-1", "1", "0.1", "1", CELL), PLAN("1e3", "1", "0.1", "1", CELL),
		PLAN("1", "1", "0", "1", CELL), PLAN("1", "1", "-1", "1", CELL), PLAN("1", "1", "1e9", "1", CELL),
		PLAN("1", "1", "0.1", "0", CELL), PLAN("1", "1", "0.1", "1e300", CELL), PLAN("1", "1", "0.1", "1", ""),
		PLAN("1", "1", "0.1", "1", "7"), "{\"schema\":1}", "{\"schema\":1,\"plan\":[]}",
		"{\"schema\":4294967297}", "{\"schema\":1.0}", "{\"schema\":1}{\"schema\":1}", "[1]", "", "{\"schema\":1,\"schema\":1}",
	};
	struct facts f = { 0 };
	struct plan p;
	struct run run;
	struct row *rows;
	struct err e;
	int n;

	(void)state;
	put("cells.jsonl", "", 0);
	put("meta.json", PLAN("1", "100000", "0.1", "1", CELL), strlen(PLAN("1", "100000", "0.1", "1", CELL)));
	assert_int_equal(run_open(&run, dir, &p, &f, &rows, &n, &e), 0);
	run_close(&run);
	rows_free(rows, n);
	plan_free(&p);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		put("meta.json", bad[i], strlen(bad[i]));
		if (run_open(&run, dir, &p, &f, &rows, &n, &e) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
	}
}

/* Neither a plan nor its rows can take hours to read. */
static void there_is_an_end_to_plans(void **state)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	struct results r;
	struct err e;

	(void)state;
	fputs("{\"schema\":1,\"plan\":{\"cells\":[", f);
	for (int i = 0; i <= CELLS_MAX; i++)
		fprintf(f, "%s{\"backend\":\"a\",\"workload\":\"w\",\"procs\":1,\"pin\":\"none\",\"cpus\":[0],"
		        "\"params\":{\"n\":\"%d\"},\"opts\":{}}", i ? "," : "", i);
	fputs("]}}", f);
	fclose(f);
	assert_int_equal(read_run(&r, text, "", &e), -E2BIG);
	assert_non_null(strstr(e.msg, "its plan has 16385 cells, more than 16384"));
	free(text);
}

static void what_is_no_file_is_no_run(void **state)
{
	static const char *const names[] = { "meta.json", "cells.jsonl" };
	char path[PATH_MAX];
	struct results r;
	struct facts f = { 0 };
	struct plan p;
	struct run run;
	struct row *rows;
	struct err e;
	int n;

	(void)state;
	alarm(20);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(read_run(&r, PLAN("1", "1", "0.1", "1", CELL), "", &e), 0);
		results_free(&r);
		unlink(path_join(path, dir, names[i]));
		assert_int_equal(mkfifo(path, 0666), 0);
		assert_true(results_read(&r, dir, &e) < 0);
		assert_true(run_open(&run, dir, &p, &f, &rows, &n, &e) < 0);
		unlink(path);
	}
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_no_matrix_writes),
		cmocka_unit_test(what_is_not_ok_has_no_time),
		cmocka_unit_test(a_row_counts_once),
		cmocka_unit_test(counters_below_zero_are_none),
		cmocka_unit_test(what_is_printed_is_plain),
		cmocka_unit_test(plans_that_no_flag_could_ask_for),
		cmocka_unit_test(there_is_an_end_to_plans),
		cmocka_unit_test(what_is_no_file_is_no_run),
	};

	return cmocka_run_group_tests_name("hostile", tests, make_dir, remove_dir);
}
