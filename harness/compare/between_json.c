/* SPDX-License-Identifier: Apache-2.0
 *
 * between_json.c: runs.json.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/read_json.h"
#include "compare/between.h"
#include "compare/floor.h"
#include "results/json.h"

#define SCHEMA 1
#define FILE_MAX ((size_t)16 << 20)

const char *runs_path(char buf[PATH_MAX], const char *dir, int i)
{
	char name[16];

	snprintf(name, sizeof name, "%d", i);
	return path_join(buf, dir, name);
}

static int put(const char *dir, json_t *o, struct err *e)
{
	char *text = o ? json_dumps(o, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
	int rc = text ? file_put(dir, "runs.json", text, strlen(text), e) : err_set(e, -ENOMEM, "out of memory");

	free(text);
	json_decref(o);
	return rc;
}

/* What stands in it from the beginning. */
static json_t *planned(const struct runs_plan *runs)
{
	json_t *o = json_pack("{s:i, s:i}", "schema", SCHEMA, "runs", runs->runs);

	if (runs->gap_s >= 0)
		json_object_set_new(o, "gap_s", json_real(runs->gap_s));
	return o;
}

int runs_create(const char *dir, const struct runs_plan *runs, struct err *e)
{
	char path[PATH_MAX];
	int rc = dir_make(dir, e);

	if (rc)
		return rc;
	if (access(path_join(path, dir, "runs.json"), F_OK) == 0 || access(path_join(path, dir, "meta.json"), F_OK) == 0)
		return err_set(e, -EEXIST, "%.300s holds a run already: go on with it (--resume) or give "
		               "another folder (--out)", dir);
	return put(dir, planned(runs), e);
}

int runs_planned(const char *dir, struct runs_plan *out, struct err *e)
{
	char path[PATH_MAX], why[JSON_WHY], *text;
	int64_t schema, runs;
	json_t *o, *gap;
	bool known;
	size_t n;

	*out = (struct runs_plan){ 0, NAN };
	path_join(path, dir, "runs.json");
	if (access(path, F_OK) != 0)
		return 0;
	if (file_get(path, FILE_MAX, &text, &n, e))
		return -EINVAL;
	o = json_read(text, n, why);
	free(text);
	known = json_get_int(o, "schema", SCHEMA, SCHEMA, &schema) && json_get_int(o, "runs", 2, OPT_RUNS_MAX, &runs);
	gap = json_object_get(o, "gap_s");
	if (known)
		*out = (struct runs_plan){ (int)runs, gap ? json_number_value(gap) : NAN };
	known &= !gap || (json_is_number(gap) && out->gap_s >= 0 && out->gap_s <= OPT_GAP_MAX);
	json_decref(o);
	return known ? 0 : err_set(e, -EINVAL, "%.300s is of no runs that this version knows", path);
}

static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

/* ---- A floor ----------------------------------------------------------- */

/* Of different machines these runs would say by how much machines differ. */
static int check_machine(const struct between *b, const char *dir, struct err *e)
{
	for (int i = 1; i < b->runs; i++)
		for (int k = 0; floor_facts[k]; k++)
			if (strcmp(results_fact(&b->r[0], floor_facts[k]), results_fact(&b->r[i], floor_facts[k])) != 0)
				return err_set(e, -EINVAL, "%.300s is no floor of one machine: %s of its runs 1 and %d is "
				               "not the same", dir, floor_facts[k], i + 1);
	return 0;
}

static time_t began(const struct results *r)
{
	struct tm tm = { 0 };

	return strptime(results_fact(r, "started"), "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : (time_t)-1;
}

/* From the beginning of a run to that of the next, the least; NAN: not known. */
static double apart(const struct between *b)
{
	double least = NAN;

	for (int i = 1; i < b->runs; i++) {
		time_t before = began(&b->r[i - 1]), after = began(&b->r[i]);

		if (before == (time_t)-1 || after == (time_t)-1)
			return NAN;
		least = fmin(least, difftime(after, before));
	}
	return least;
}

/* What compare must know of it: where it holds, and how it was measured. */
static void add_origin(json_t *o, const struct between *b)
{
	json_t *machine = json_object(), *plan = json_object_get(b->r[0].meta, "plan");
	int64_t layouts = 0;

	for (int k = 0; floor_facts[k]; k++)
		json_object_set_new(machine, floor_facts[k], json_text(results_fact(&b->r[0], floor_facts[k])));
	json_get_int(plan, "layouts", 0, INT32_MAX, &layouts);
	json_object_set_new(o, "measured", json_text(results_fact(&b->r[b->runs - 1], "started")));
	json_object_set_new(o, "apart_s", number(apart(b)));
	json_object_set_new(o, "layouts", json_integer(layouts ? layouts : 1));
	json_object_set_new(o, "machine", machine);
}

int between_put(const struct between *b, const struct runs_plan *runs, const char *dir, struct err *e)
{
	bool is_floor = runs->gap_s >= 0;
	json_t *rows = json_array(), *o;
	int rc = is_floor ? check_machine(b, dir, e) : 0;

	if (rc) {
		json_decref(rows);
		return rc;
	}

	for (int i = 0; i < b->n; i++) {
		const struct between_row *r = &b->rows[i];

		json_array_append_new(rows, json_pack(
			"{s:o, s:s, s:s, s:i, s:s, s:o, s:i, s:i, s:o, s:o, s:o}", "cell", cell_to_json(r->cell),
			"label", r->label, "backend", r->cell->backend,
			"procs", r->cell->procs, "pin", r->cell->pin, "median", number(r->median), "runs", r->spread.runs,
			"samples", r->samples, "between", number(r->spread.runs ? r->spread.between : NAN),
			"within", number(r->spread.runs ? r->spread.within : NAN), "floor", number(r->floor)));
	}
	o = planned(runs);
	if (is_floor)
		add_origin(o, b);
	json_object_set_new(o, "rows", rows);
	return put(dir, o, e);
}
