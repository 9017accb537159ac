/* SPDX-License-Identifier: Apache-2.0
 *
 * target_gbench.c: Google Benchmark's JSON, compared with itself and written again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/plain.h"
#include "compare/compare.h"
#include "formats/formats.h"
#include "fuzz/judge.h"
#include "fuzz/targets.h"

static void compare(const struct results *r, FILE *out)
{
	const struct compare_asked asked = { .by = BY_RUN, .floor = 0.05 };
	struct comparison c;
	struct err e;

	if (compare_make(&c, r, r, &asked, &e)) {
		fuzz_sentence(&e);
		return;
	}
	MUST(!c.count[STATS_SLOWER] && !c.count[STATS_FASTER], "a file differs from itself");
	compare_print(&c, out);
	compare_print_markdown(&c, out);
	MUST(compare_put(&c, out) == 0, "a comparison as JSON");
	compare_free(&c);
}

/* What is written can be read, and has as many rows. */
static void write_again(const char *dir, const struct results *r)
{
	char path[PATH_MAX], *text = NULL;
	struct results again;
	int ok = 0, left_out;
	struct err e;
	size_t size;
	FILE *mem = open_memstream(&text, &size);

	MUST(mem, "no memory");
	for (int i = 0; i < r->n; i++)
		ok += r->rows[i].status == ST_OK;
	if (export_gbench(r, mem, &left_out, &e)) {
		fuzz_sentence(&e);
		MUST(!ok, "a run is written");
		fclose(mem);
	} else {
		fclose(mem);
		path_join(path, dir, "again.json");
		fuzz_put(dir, "again.json", text, size);
		if (gbench_read(&again, path, &e))
			broken("what was written is read", e.msg);
		MUST(again.n == ok - left_out, "rows are lost");
		results_free(&again);
	}
	free(text);
}

bool fuzz_gbench(const char *dir, const uint8_t *data, size_t n)
{
	const char *path = fuzz_put(dir, "gbench.json", data, n);
	struct results r;
	int left_out;
	struct err e;
	FILE *out;

	if (gbench_read(&r, path, &e)) {
		fuzz_sentence(&e);
		return false;
	}
	for (int i = 0; i < r.n; i++) {
		MUST(r.rows[i].status != ST_OK || r.rows[i].ns_per_op > 0, "a time");
		MUST(text_is_plain(r.rows[i].reason, strlen(r.rows[i].reason)), r.rows[i].reason);
	}
	out = fuzz_out();
	compare(&r, out);
	if (export_benchstat(&r, out, &left_out, &e))
		fuzz_sentence(&e);
	fuzz_out_end(out);
	write_again(dir, &r);
	results_free(&r);
	return true;
}
