/* SPDX-License-Identifier: Apache-2.0
 *
 * gbench_json.c: Google Benchmark's JSON, read as if it were a run.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/read_json.h"
#include "formats/formats.h"
#include "results/folder.h"
#include "results/json.h"

#define GBENCH_MAX ((size_t)256 << 20)

bool gbench_is_file(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

/* What has been read. */
struct reader {
	const char *path;
	json_t *cells;                  /* of the plan */
	json_t *seen;                   /* a cell's key: {"place", "name", "reps"} */
	struct row *rows;
	int n, room;
	int aggregates;
	struct err *e;
};

static int no_memory(struct reader *g)
{
	return err_set(g->e, -ENOMEM, "out of memory");
}

/* Before version 1.5 an aggregate was known by its name alone. */
static bool is_aggregate(const json_t *o, const char *name)
{
	static const char *const ends[] = { "_mean", "_median", "_stddev", "_cv", "_BigO", "_RMS" };
	const char *type = json_get_text(o, "run_type");
	size_t n = strlen(name);

	if (type)
		return strcmp(type, "iteration") != 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n > strlen(ends[i]) && !strcmp(name + n - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

/* The real time in ns; NAN: it has none that can be. */
static double time_of(const json_t *o)
{
	static const struct { const char *name; double ns; } units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	json_t *time = json_object_get(o, "real_time");
	const char *unit = json_get_text(o, "time_unit");
	double ns = NAN;

	for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++)
		if (!strcmp(unit, units[i].name))
			ns = json_is_number(time) ? units[i].ns * json_number_value(time) : NAN;
	return sample_is_possible(1, ns) ? ns : NAN;
}

/* ---- Cells ------------------------------------------------------------------------ */

static bool is_cell(const json_t *o)
{
	struct cell c;
	bool good = cell_from_json(&c, o) == 0;

	if (good)
		free(c.cpus);
	return good;
}

/* A benchmark's name has blanks where its types have; a workload's has none. */
static json_t *cell_of_name(const json_t *o, const char *name)
{
	char *workload = strdup(name);
	int64_t procs = 1;
	json_t *cell;

	for (char *p = workload; p && *p; p++)
		*p = *p == ' ' ? '_' : *p;
	json_get_int(o, "threads", 1, PROCS_MAX, &procs);
	cell = workload ? json_pack("{s:s,s:s,s:I,s:s,s:[],s:{},s:{}}", "backend", "benchmark", "workload", workload,
	                            "procs", (json_int_t)procs, "pin", "none", "cpus", "params", "opts") : NULL;
	free(workload);
	return cell;
}

/* What is known of the benchmark's cell, which is added where it is new. */
static json_t *look_up(struct reader *g, json_t *cell, const char *name)
{
	char *key = json_dumps(cell, JSON_SORT_KEYS | JSON_COMPACT);
	json_t *known = key ? json_object_get(g->seen, key) : NULL;

	if (key && !known) {
		known = json_pack("{s:I,s:s,s:i}", "place", (json_int_t)json_array_size(g->cells), "name", name, "reps", 0);
		if (json_object_set_new(g->seen, key, known) || json_array_append(g->cells, cell))
			known = NULL;
	}
	free(key);
	return known;
}

/* Its cell, and how often it came before. */
static int find_cell(struct reader *g, json_t *o, const char *name, json_t **cell, int *rep)
{
	json_t *own = json_object_get(o, "cell"), *known;
	json_int_t reps;

	*cell = own ? json_incref(own) : cell_of_name(o, name);
	if (!*cell)
		return no_memory(g);
	if (!is_cell(*cell))
		return err_set(g->e, -EINVAL, "%.300s: the benchmark '%.60s' is no name of a cell", g->path, name);
	known = look_up(g, *cell, name);
	if (!known)
		return no_memory(g);
	if (strcmp(json_get_text(known, "name"), name) != 0)
		return err_set(g->e, -EINVAL, "%.200s: the benchmarks '%.60s' and '%.60s' are one cell", g->path,
		               json_get_text(known, "name"), name);
	if (json_array_size(g->cells) > CELLS_MAX)
		return err_set(g->e, -E2BIG, "%.300s has more than %d benchmarks", g->path, CELLS_MAX);
	reps = json_integer_value(json_object_get(known, "reps"));
	json_object_set_new(known, "reps", json_integer(reps + 1));
	*rep = (int)reps;
	return reps <= REPS_MAX ? 0 : err_set(g->e, -E2BIG, "%.200s has more than %d repetitions of '%.60s'", g->path,
	                                      REPS_MAX, name);
}

/* ---- Rows ------------------------------------------------------------------------- */

static json_t *row_json(json_t *o, json_t *cell, int rep)
{
	const char *error = json_get_text(o, "error_message"), *skipped = json_get_text(o, "skip_message");
	double ns = time_of(o);
	enum status status = ST_OK;
	const char *reason = "";

	if (json_is_true(json_object_get(o, "error_occurred"))) {
		status = ST_FAILED;
		reason = error && *error ? error : "it says that an error occurred";
	} else if (json_is_true(json_object_get(o, "skipped"))) {
		status = ST_NA;
		reason = skipped && *skipped ? skipped : "it was skipped";
	} else if (!isfinite(ns)) {
		status = ST_FAILED;
		reason = "it has no time that can be";
	}
	return json_pack("{s:O,s:s,s:i,s:i,s:s,s:s,s:b,s:i,s:o,s:O}", "cell", cell, "kind", "cell", "rep", rep,
	                 "attempt", 0, "status", status_name(status), "reason", reason,
	                 "disturbed", json_is_true(json_object_get(o, "disturbed")), "ops", 1,
	                 "ns_per_op", status == ST_OK ? json_real(ns) : json_null(), "benchmark", o);
}

static int add_row(struct reader *g, json_t *o, json_t *cell, int rep)
{
	json_t *row;

	if (g->n == g->room) {
		int room = g->room ? 2 * g->room : 64;
		struct row *more = realloc(g->rows, (size_t)room * sizeof *more);

		if (!more)
			return no_memory(g);
		g->rows = more;
		g->room = room;
	}
	row = row_json(o, cell, rep);
	if (!row || row_take(&g->rows[g->n], row))
		return no_memory(g);
	g->n++;
	return 0;
}

static int take(struct reader *g, json_t *o)
{
	const char *name = json_get_text(o, "name");
	json_t *cell = NULL;
	int rep = 0, rc;

	if (!name || !*name)
		return err_set(g->e, -EINVAL, "%.300s: a benchmark has no name", g->path);
	if (is_aggregate(o, name)) {
		g->aggregates++;
		return 0;
	}
	rc = find_cell(g, o, name, &cell, &rep);
	if (!rc)
		rc = add_row(g, o, cell, rep);
	json_decref(cell);
	return rc;
}

static int take_all(struct reader *g, const json_t *list)
{
	json_t *o;
	size_t i;
	int rc = 0;

	json_array_foreach(list, i, o)
		if (!rc)
			rc = take(g, o);
	if (!rc && !g->n)
		rc = err_set(g->e, -EINVAL, g->aggregates ? "%.300s has aggregates alone: without "
		             "--benchmark_report_aggregates_only it has each repetition" : "%.300s has no benchmark", g->path);
	return rc;
}

/* ---- The whole -------------------------------------------------------------------- */

static const char *text_of(const json_t *context, const char *key)
{
	const char *text = json_get_text(context, key);

	return text ? text : "";
}

/* What a meta.json would say of it. */
static json_t *meta_of(const json_t *context, json_t *cells)
{
	return json_pack("{s:s,s:{s:s,s:s},s:{s:s,s:s},s:{s:O}}", "started", text_of(context, "date"),
	                 "build", "commit", text_of(context, "commit"), "benchmark", text_of(context, "library_version"),
	                 "machine", "host", text_of(context, "host_name"), "cpu_model", text_of(context, "cpu_model"),
	                 "plan", "cells", cells);
}

static int read_document(struct results *r, const char *path, const json_t *o, struct err *e)
{
	struct reader g = { .path = path, .cells = json_array(), .seen = json_object(), .e = e };
	const json_t *list = json_object_get(o, "benchmarks");
	json_t *meta = NULL;
	int rc;

	if (!json_is_array(list))
		rc = err_set(e, -EINVAL, "%.300s is no run's folder, and no JSON of Google Benchmark: it has no "
		             "list of benchmarks", path);
	else
		rc = g.cells && g.seen ? take_all(&g, list) : no_memory(&g);
	if (!rc) {
		meta = meta_of(json_object_get(o, "context"), g.cells);
		rc = meta ? 0 : no_memory(&g);
	}
	if (rc) {
		rows_free(g.rows, g.n);
	} else {
		rc = results_make(r, path, meta, g.rows, g.n, e);
		r->foreign = true;
	}
	json_decref(g.cells);
	json_decref(g.seen);
	return rc;
}

/* Google Benchmark writes NaN and Infinity, which JSON does not have.  What becomes 0 here
 * is no time that can be. */
static void make_numbers(char *text, size_t n)
{
	static const char *const words[] = { "NaN", "Infinity" };
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		i += quoted && text[i] == '\\';
		if (i < n && text[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; !quoted && k < sizeof words / sizeof *words; k++)
			if (!strncmp(text + i, words[k], strlen(words[k])))
				memcpy(text + i, "0       ", strlen(words[k]));
	}
}

int gbench_read(struct results *r, const char *path, struct err *e)
{
	char why[JSON_WHY], *text;
	size_t n;
	json_t *o;
	int rc;

	*r = (struct results){ 0 };
	rc = file_get(path, GBENCH_MAX, &text, &n, e);
	if (rc)
		return rc;
	make_numbers(text, n);
	o = json_read(text, n, why);
	free(text);
	rc = o ? read_document(r, path, o, e)
	       : err_set(e, -EINVAL, "%.300s is no run's folder, and no JSON of Google Benchmark: %s", path, why);
	json_decref(o);
	return rc;
}
