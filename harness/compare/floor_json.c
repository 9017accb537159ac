/* SPDX-License-Identifier: Apache-2.0
 *
 * floor_json.c: a floor as runs.json has it.  The folder may be anybody's.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/read_json.h"
#include "compare/between.h"
#include "compare/floor.h"
#include "results/json.h"

#define FILE_MAX ((size_t)16 << 20)
#define SPREAD_MAX 100          /* of logarithms: more is no measurement */

static bool get_spread(const json_t *o, const char *key, double *v)
{
	json_t *x = json_object_get(o, key);

	*v = json_is_number(x) ? json_number_value(x) : NAN;
	return json_is_null(x) || (*v >= 0 && *v <= SPREAD_MAX);
}

static bool read_row(struct floor_row *row, const json_t *o, int of)
{
	int64_t runs;

	*row = (struct floor_row){ .spread = { .samples = 1 } };
	if (cell_from_json(&row->cell, json_object_get(o, "cell")))
		return false;
	/* One run says nothing of what runs differ by. */
	if (!json_get_int(o, "runs", 0, of, &runs) || runs == 1 ||
	    !get_spread(o, "between", &row->spread.between) || !get_spread(o, "within", &row->spread.within))
		return false;
	row->spread.runs = isnan(row->spread.between) ? 0 : (int)runs;
	return true;
}

static bool read_rows(struct floor *f, const json_t *rows)
{
	size_t n = json_array_size(rows), i;
	json_t *row;

	if (!json_is_array(rows) || n > CELLS_MAX)
		return false;
	f->rows = calloc(n + 1, sizeof *f->rows);
	json_array_foreach(rows, i, row)
		if (!f->rows || !read_row(&f->rows[f->n++], row, f->runs))
			return false;
	return f->rows;
}

static bool read_origin(struct floor *f)
{
	const char *measured = json_get_text(f->json, "measured");
	json_t *apart = json_object_get(f->json, "apart_s");
	int64_t layouts;

	/* "2026-11-30T07:00:00Z": later ones sort behind earlier ones. */
	if (!measured || strlen(measured) != 20 || strspn(measured, "0123456789-:TZ") != 20 ||
	    !json_get_int(f->json, "layouts", 1, INT32_MAX, &layouts) || !json_is_object(json_object_get(f->json, "machine")))
		return false;
	strcpy(f->measured, measured);
	f->layouts = (int)layouts;
	f->apart_s = json_is_number(apart) ? json_number_value(apart) : NAN;
	return true;
}

struct floor *floor_read(const char *dir, struct err *e)
{
	struct floor *f;
	struct runs_plan plan;
	char path[PATH_MAX], why[JSON_WHY], *text;
	size_t n;

	if (runs_planned(dir, &plan, e) || !(plan.gap_s >= 0) ||
	    file_get(path_join(path, dir, "runs.json"), FILE_MAX, &text, &n, e))
		return NULL;
	f = calloc(1, sizeof *f);
	if (f) {
		snprintf(f->dir, sizeof f->dir, "%s", dir);
		f->runs = plan.runs;
		f->json = json_read(text, n, why);
	}
	free(text);
	if (f && !json_object_get(f->json, "rows")) {
		floor_free(f);
		return NULL;
	}
	if (f && (!read_origin(f) || !read_rows(f, json_object_get(f->json, "rows")))) {
		err_set(e, -EINVAL, "%.300s is damaged, and no floor", path);
		floor_free(f);
		return NULL;
	}
	return f;
}

void floor_free(struct floor *f)
{
	for (int i = 0; f && i < f->n; i++)
		free(f->rows[i].cell.cpus);
	if (f) {
		free(f->rows);
		json_decref(f->json);
	}
	free(f);
}

const char *floor_fact(const struct floor *f, const char *name)
{
	const char *fact = json_get_text(json_object_get(f->json, "machine"), name);

	return fact ? fact : "";
}
