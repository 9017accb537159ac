/* SPDX-License-Identifier: Apache-2.0 */
#include "results/results.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/read_json.h"
#include "plan/builds.h"
#include "results/folder.h"
#include "results/json.h"

static const char *const names[] = { "ok", "wrong", "failed", "crashed", "timeout", "na" };

const char *status_name(enum status s)
{
	return names[s];
}

int status_read(const char *name, enum status *s)
{
	for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
		if (!strcmp(names[i], name)) {
			*s = (enum status)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool sample_is_possible(double ops, double ns_per_op)
{
	return ops >= 1 && ops <= 0x1p53 && ops == floor(ops) && ns_per_op >= 1e-6 && ns_per_op <= 1e18;
}

static bool read_sample(struct row *r)
{
	r->ops = json_number_value(json_object_get(r->json, "ops"));
	r->ns_per_op = json_number_value(json_object_get(r->json, "ns_per_op"));
	return sample_is_possible(r->ops, r->ns_per_op);
}

static int read_kind(const json_t *o, enum row_kind *kind)
{
	const char *name = json_get_text(o, "kind");

	if (!name || (strcmp(name, "cell") != 0 && strcmp(name, "calibration") != 0))
		return -EINVAL;
	*kind = strcmp(name, "cell") ? ROW_CALIBRATION : ROW_CELL;
	return 0;
}

int row_read(struct row *r, const char *line, size_t n)
{
	char why[JSON_WHY];

	return row_take(r, json_read(line, n, why));
}

int row_take(struct row *r, json_t *json)
{
	int64_t rep = 0, attempt = 0, pass = 0, layout = 0;
	int rc;

	*r = (struct row){ .json = json, .place = -1, .label = "" };
	rc = read_kind(r->json, &r->kind);
	if (!rc)
		rc = status_read(json_get_text(r->json, "status"), &r->status);
	if (!rc && !(json_get_int(r->json, "rep", 0, REPS_MAX, &rep) &&
	             json_get_int(r->json, "attempt", 0, REPS_MAX, &attempt)))
		rc = -EINVAL;
	/* Rows of old say nothing of it. */
	if (!rc && json_object_get(r->json, "layout") && !json_get_int(r->json, "layout", 0, LAYOUTS_MAX, &layout))
		rc = -EINVAL;
	if (!rc && json_object_get(r->json, "pass") && !json_get_int(r->json, "pass", 0, REPS_MAX, &pass))
		rc = -EINVAL;
	if (!rc)
		rc = cell_from_json(&r->cell, json_object_get(r->json, "cell"));
	if (!rc && r->status == ST_OK && !read_sample(r))
		rc = -EINVAL;
	if (rc) {
		row_free(r);
		return rc;
	}
	/* A thousand numbers a row, which nobody asks a row for. */
	json_object_del(json_object_get(r->json, "detail"), "iteration_ns");
	if (r->status != ST_OK)
		r->ops = r->ns_per_op = NAN;
	r->rep = (int)rep;
	r->attempt = (int)attempt;
	r->layout = (int)layout;
	r->pass = (int)pass;
	r->reason = json_get_text(r->json, "reason");
	r->reason = r->reason ? r->reason : "";
	r->disturbed = json_is_true(json_object_get(r->json, "disturbed"));
	return 0;
}

void row_free(struct row *r)
{
	free(r->cell.cpus);
	r->cell.cpus = NULL;
	json_decref(r->json);
	r->json = NULL;
}

int rows_parse(const char *text, size_t size, struct row **rows, int *n, size_t *whole,
               const char *path, struct err *e)
{
	int rc = 0;

	*rows = NULL;
	*n = 0;
	*whole = 0;
	while (*whole < size) {
		const char *line = text + *whole, *end = memchr(line, '\n', size - *whole);
		struct row *grown;

		if (!end)
			return 0;       /* torn: the writer was killed */
		grown = realloc(*rows, sizeof *grown * (size_t)(*n + 1));
		if (!grown) {
			rc = err_set(e, -ENOMEM, "out of memory");
			break;
		}
		*rows = grown;
		rc = row_read(&grown[*n], line, (size_t)(end - line));
		/* After a power cut the last line may be whole and yet wrong. */
		if (rc == -EINVAL && end + 1 == text + size)
			return 0;
		if (rc) {
			err_set(e, rc, "%s: line %d is no row of a run", path, *n + 1);
			break;
		}
		++*n;
		*whole = (size_t)(end + 1 - text);
	}
	if (rc) {
		rows_free(*rows, *n);
		*rows = NULL;
		*n = 0;
	}
	return rc;
}

void rows_free(struct row *rows, int n)
{
	for (int i = 0; i < n; i++)
		row_free(&rows[i]);
	free(rows);
}

/* ---- The plan ------------------------------------------------------------- */

static void add_backend(struct results *r, const char *name)
{
	int n = 0;

	while (r->backends[n] && strcmp(r->backends[n], name) != 0)
		n++;
	r->backends[n] = name;
}

static int read_cells(struct results *r, struct err *e)
{
	json_t *plan = json_object_get(r->meta, "plan"), *list = json_object_get(plan, "cells"), *cell;
	size_t n = json_array_size(list), i;
	int64_t reps = 0;
	int rc = 0;

	if (n > CELLS_MAX)
		return err_set(e, -E2BIG, "%.300s/meta.json: its plan has %zu cells, more than %d",
		               r->dir, n, CELLS_MAX);
	r->cells = calloc(n + 1, sizeof *r->cells);
	r->labels = calloc(n + 1, sizeof *r->labels);
	r->backends = calloc(n + 1, sizeof *r->backends);
	if (!r->cells || !r->labels || !r->backends)
		return err_set(e, -ENOMEM, "out of memory");
	json_array_foreach(list, i, cell) {
		rc = cell_from_json(&r->cells[r->ncells], cell);
		if (rc)
			return err_set(e, rc, "%.300s/meta.json: cell %zu of its plan is damaged",
			               r->dir, i + 1);
		add_backend(r, r->cells[r->ncells++].backend);
	}
	if (json_get_int(plan, "reps", 1, REPS_MAX, &reps))
		r->reps = (int)reps;
	r->ncalibrations = (int)json_array_size(json_object_get(plan, "calibrations"));
	/* Once there was one, of another kind. */
	if (json_is_object(json_object_get(plan, "calibration")))
		r->ncalibrations = 1;
	return 0;
}

int results_planned(const struct results *r)
{
	return r->reps ? r->reps * (r->ncells + r->ncalibrations) + r->ncalibrations : r->n;
}

/* Where back ends disagree about what the work was, none of their times counts: nobody
 * knows whose is wrong. */
static void settle(struct results *r)
{
	char why[200];

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].kind == ROW_CELL)
			agreement_take_row(&r->agreement, &r->rows[i], why, sizeof why);
	for (int i = 0; i < r->n; i++) {
		struct row *row = &r->rows[i];
		const char *dispute = row->status == ST_OK ? agreement_dispute(&r->agreement, &row->cell) : NULL;

		if (!dispute)
			continue;
		row->status = ST_WRONG;
		row->reason = dispute;
		row->ops = row->ns_per_op = NAN;
	}
}

/* ---- The whole ------------------------------------------------------------ */

/* What the plan says, and what the rows say of it. */
static int make(struct results *r, struct err *e)
{
	int rc = read_cells(r, e);

	if (!rc)
		rc = cells_label(r->cells, r->ncells, r->labels, e);
	if (!rc)
		rc = results_place(r, e);
	if (!rc)
		rc = results_keep_counting(r, e);
	if (!rc)
		settle(r);
	if (rc)
		results_free(r);
	return rc;
}

int results_make(struct results *r, const char *from, json_t *meta, struct row *rows, int n, struct err *e)
{
	*r = (struct results){ .dir = from, .meta = meta, .rows = rows, .n = n };
	return make(r, e);
}

static int read_run(struct results *r, const char *dir, bool first, struct err *e)
{
	char path[PATH_MAX], *text;
	size_t size, whole;
	int rc;

	*r = (struct results){ .dir = dir, .first = first };
	rc = meta_load(&r->meta, dir, e);
	if (!rc)
		rc = file_get(path_join(path, dir, "cells.jsonl"), RUN_MAX, &text, &size, e);
	if (!rc) {
		rc = rows_parse(text, size, &r->rows, &r->n, &whole, path, e);
		free(text);
	}
	if (rc) {
		results_free(r);
		return rc;
	}
	return make(r, e);
}

int results_read(struct results *r, const char *dir, struct err *e)
{
	return read_run(r, dir, false, e);
}

int results_read_first(struct results *r, const char *dir, struct err *e)
{
	return read_run(r, dir, true, e);
}

const char *results_files(const struct results *r)
{
	return r->unpacked ? r->unpacked : r->dir;
}

void results_free(struct results *r)
{
	if (r->unpacked)
		dir_remove(r->unpacked);
	free(r->unpacked);
	rows_free(r->rows, r->n);
	for (int i = 0; i < r->ncells; i++) {
		free(r->cells[i].cpus);
		free(r->labels[i]);
	}
	free(r->cells);
	free(r->labels);
	free(r->backends);
	free(r->slots);
	json_decref(r->meta);
	agreement_free(&r->agreement);
	*r = (struct results){ 0 };
}

bool row_counter(const struct row *row, const char *name, double *value)
{
	static const char *const places[] = { "benchmark", "rusage", "noise", "counters" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		json_t *v = json_object_get(json_object_get(row->json, places[i]), name);

		if (json_is_number(v) && json_number_value(v) >= 0) {
			*value = json_number_value(v);
			return true;
		}
	}
	return false;
}

double row_figure(const struct row *row, const char *counter, const char *by)
{
	double v = row->ns_per_op, divisor = 1;

	if (row->status != ST_OK || (counter && !row_counter(row, counter, &v)) ||
	    (by && !row_counter(row, by, &divisor)))
		return NAN;
	v /= divisor;
	return isfinite(v) ? v : NAN;
}

int results_reps(const struct results *r)
{
	int reps = 0;

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].rep >= reps)
			reps = r->rows[i].rep + 1;
	return reps;
}

const char *row_checksum(const struct row *row)
{
	const char *v = json_get_text(json_object_get(row->json, "detail"), "checksum");

	return v ? v : "";
}

const char *results_fact(const struct results *r, const char *name)
{
	static const char *const sections[] = { "build", "machine" };
	const char *v = json_get_text(r->meta, name);

	for (size_t i = 0; !v && i < sizeof sections / sizeof *sections; i++)
		v = json_get_text(json_object_get(r->meta, sections[i]), name);
	return v ? v : "";
}

bool results_of_two_builds(const struct results *r)
{
	return json_is_object(json_object_get(r->meta, BUILD_OLD_FACTS));
}

const char *results_build_fact(const struct results *r, const char *build, const char *name)
{
	const char *section = strcmp(build, BUILD_OLD) ? BUILD_NEW_FACTS : BUILD_OLD_FACTS;
	const char *v = json_get_text(json_object_get(r->meta, section), name);

	return v ? v : "";
}
