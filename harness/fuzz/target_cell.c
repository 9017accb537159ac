/* SPDX-License-Identifier: Apache-2.0
 *
 * target_cell.c: what cell programs and demos leave behind.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/plain.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"
#include "results/folder.h"
#include "results/outcome.h"
#include "run/lastwords.h"
#include "verdicts/demos.h"

static int cpus[] = { 5, 2 };
static const struct cell cell = {
	.backend = "single-p", .workload = "fib", .procs = 2, .pin = "compact", .cpus = cpus, .ncpus = 2,
	.params = { { "n", "30" }, { "serial", "0" } }, .nparams = 2,
	.opts = { { "seed", "7" } }, .nopts = 1,
};
static const struct conditions conditions = { .timer_slack_ns = 1, .stack_limit = 8192, .nice = 3 };
static const struct asked asked = { .cell = &cell, .conditions = &conditions, .min_time_s = 1e-8 };

static const char good_report[] =
	"{\"benchmarks\":[{\"ops\":2,\"ns_per_op\":0.5,\"iterations\":7,\"real_time\":1,\"cpu_time\":2,"
	"\"time_unit\":\"ns\",\"steals\":3}]}";
static const char good_detail[] =
	"{\"backend\":\"single-p\",\"workload\":\"fib\",\"params\":{\"n\":30,\"serial\":0},\"seed\":7,"
	"\"procs\":2,\"affinity\":[2,5],\"conditions\":{\"timer_slack_ns\":1,\"huge_pages\":false,"
	"\"stack_limit_bytes\":8192,\"nice\":3},\"iterations\":7,\"executed\":16,\"checksum\":\"0x1\","
	"\"counters\":{\"ops\":2}}";

/* A row that was written can be read. */
static void write_row(const struct outcome *o)
{
	char *line = outcome_line(o, &cell, ROW_CELL, 3, 0);
	struct row row;

	MUST(line, "no row");
	if (row_read(&row, line, strlen(line) - 1))
		broken("a row reads back", line);
	MUST(row.status == o->status && row.rep == 3 && cell_same(&row.cell, &cell), line);
	row_free(&row);
	free(line);
}

static bool read_outcome(const char *dir)
{
	char report[PATH_MAX], detail[PATH_MAX];
	struct outcome o = { .ran = true, .wall_ns = 1000000000, .usage.ru_utime.tv_sec = 2 };
	FILE *out = fuzz_out();
	void *at = NULL;
	const char *name;
	bool taken;
	double v;

	outcome_read(&o, &asked, path_join(report, dir, "benchmark.json"),
	             path_join(detail, dir, "detail.json"));
	taken = o.status == ST_OK;
	MUST(taken == !*o.reason && taken == (o.benchmark && o.detail), o.reason);
	MUST(text_is_plain(o.reason, strlen(o.reason)), o.reason);
	while ((name = outcome_next(&o, &at, &v))) {
		MUST(isfinite(v), name);
		fprintf(out, "%s %.10g\n", name, v);
	}
	if (outcome_counter(&o, "iterations", &v))
		MUST(isfinite(v), "iterations");
	write_row(&o);
	outcome_free(&o);
	fuzz_out_end(out);
	return taken;
}

bool fuzz_report(const char *dir, const uint8_t *data, size_t n)
{
	fuzz_put(dir, "detail.json", good_detail, strlen(good_detail));
	fuzz_put(dir, "benchmark.json", data, n);
	return read_outcome(dir);
}

bool fuzz_detail(const char *dir, const uint8_t *data, size_t n)
{
	fuzz_put(dir, "benchmark.json", good_report, strlen(good_report));
	fuzz_put(dir, "detail.json", data, n);
	return read_outcome(dir);
}

bool fuzz_words(const char *dir, const uint8_t *data, size_t n)
{
	struct lastwords w = { .n = 0 };
	const char *said;

	(void)dir;
	for (size_t i = 0, some; i < n; i += some) {
		some = n - i < 100 ? n - i : 100;
		lastwords_feed(&w, (const char *)data + i, some);
	}
	said = lastwords_end(&w);
	MUST(text_is_plain(said, strlen(said)), said);
	return *said;
}

/* Each demo is shown this, as if its program had printed it in every run. */
bool fuzz_demo(const char *dir, const uint8_t *data, size_t n)
{
	static const struct backend backends[] = {
		{ .name = "a", .caps = "" }, { .name = "b", .caps = "parallel,preemptive,blocking,sliced" },
	};
	struct demo_end ends[DEMO_RUNS];
	char *text = malloc(n + 1);
	FILE *out = fuzz_out();

	(void)dir;
	MUST(text, "no memory");
	memcpy(text, data, n);
	text[n] = '\0';
	text_plain(text);
	/* Lines are what a program prints. */
	for (size_t i = 0; i < strlen(text); i++)
		text[i] = data[i] == '\n' ? '\n' : text[i];
	for (int turn = 0; turn < 4; turn++)
		for (const struct demo_story *d = demo_stories; d->name; d++) {
			for (int i = 0; i < DEMO_RUNS; i++)
				ends[i] = (struct demo_end){ .text = text, .n = strlen(text), .status = turn / 2 << 9,
				                             .procs = 2, .usable = 2, .backend = &backends[turn % 2] };
			d->judge(ends, out, out);
		}
	free(text);
	fuzz_out_end(out);
	return true;
}
