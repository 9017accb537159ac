/* SPDX-License-Identifier: Apache-2.0 */
#include "results.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "results_json.h"
#include "results_run.h"

static const char *const names[] = { "ok", "wrong", "failed", "crashed", "timeout", "na" };

const char *status_name(enum status s)
{
	return names[s];
}

static int read_status(const char *name, enum status *s)
{
	for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
		if (!strcmp(names[i], name)) {
			*s = (enum status)i;
			return 0;
		}
	}
	return -EINVAL;
}

static double number_or_nan(json_t *o)
{
	return json_is_number(o) ? json_number_value(o) : NAN;
}

int row_read(struct row *r, const char *line, size_t n)
{
	json_error_t bad;
	const char *kind;
	int rc;

	*r = (struct row){ .json = json_loadb(line, n, JSON_REJECT_DUPLICATES, &bad),
	                   .place = -1, .label = "" };
	kind = json_get_text(r->json, "kind");
	rc = kind ? cell_from_json(&r->cell, json_object_get(r->json, "cell")) : -EINVAL;
	if (!rc)
		rc = read_status(json_get_text(r->json, "status"), &r->status);
	if (rc) {
		row_free(r);
		return rc;
	}
	r->kind = strcmp(kind, "calibration") ? ROW_CELL : ROW_CALIBRATION;
	r->rep = (int)json_integer_value(json_object_get(r->json, "rep"));
	r->attempt = (int)json_integer_value(json_object_get(r->json, "attempt"));
	r->reason = json_get_text(r->json, "reason");
	r->reason = r->reason ? r->reason : "";
	r->disturbed = json_is_true(json_object_get(r->json, "disturbed"));
	r->ops = number_or_nan(json_object_get(r->json, "ops"));
	r->ns_per_op = number_or_nan(json_object_get(r->json, "ns_per_op"));
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

/* Whether some cell of the workload has another value of the parameter or knob. */
static bool varies(const struct results *r, const char *workload, const struct pair *pair)
{
	for (int i = 0; i < r->ncells; i++) {
		const char *other = cell_value(&r->cells[i], pair->key);

		if (!strcmp(r->cells[i].workload, workload) &&
		    (!other || strcmp(other, pair->value) != 0))
			return true;
	}
	return false;
}

static char *make_label(const struct results *r, const struct cell *c)
{
	char label[CELL_TEXT];
	size_t n = (size_t)snprintf(label, sizeof label, "%s", c->workload);

	for (int i = 0; i < c->nparams + c->nopts && n < sizeof label; i++) {
		const struct pair *v = i < c->nparams ? &c->params[i] : &c->opts[i - c->nparams];

		if (varies(r, c->workload, v))
			n += (size_t)snprintf(label + n, sizeof label - n, " %s=%s", v->key, v->value);
	}
	return strdup(label);
}

static void add_backend(struct results *r, const char *name)
{
	int n = 0;

	while (r->backends[n] && strcmp(r->backends[n], name) != 0)
		n++;
	r->backends[n] = name;
}

static int read_cells(struct results *r, struct err *e)
{
	json_t *list = json_object_get(json_object_get(r->meta, "plan"), "cells"), *cell;
	size_t n = json_array_size(list), i;
	int rc = 0;

	r->cells = calloc(n + 1, sizeof *r->cells);
	r->labels = calloc(n + 1, sizeof *r->labels);
	r->backends = calloc(n + 1, sizeof *r->backends);
	if (!r->cells || !r->labels || !r->backends)
		return err_set(e, -ENOMEM, "out of memory");
	json_array_foreach(list, i, cell) {
		rc = cell_from_json(&r->cells[r->ncells], cell);
		if (rc)
			return err_set(e, rc, "%.300s/meta.json: cell %zu of its plan is damaged",
			               r->dir, i);
		add_backend(r, r->cells[r->ncells++].backend);
	}
	for (int k = 0; k < r->ncells; k++) {
		r->labels[k] = make_label(r, &r->cells[k]);
		if (!r->labels[k])
			return err_set(e, -ENOMEM, "out of memory");
	}
	return 0;
}

static int place_rows(struct results *r, struct err *e)
{
	for (int i = 0; i < r->n; i++) {
		struct row *row = &r->rows[i];
		int k = 0;

		if (row->kind == ROW_CALIBRATION)
			continue;
		while (k < r->ncells && !cell_same(&r->cells[k], &row->cell))
			k++;
		if (k == r->ncells)
			return err_set(e, -EINVAL, "%.300s/cells.jsonl: line %d is no row of the plan",
			               r->dir, i + 1);
		row->place = k;
		row->label = r->labels[k];
	}
	return 0;
}

/* ---- The whole ------------------------------------------------------------ */

int results_read(struct results *r, const char *dir, struct err *e)
{
	char path[PATH_MAX], *text;
	size_t size, whole;
	int rc;

	*r = (struct results){ .dir = dir };
	rc = meta_load(&r->meta, dir, e);
	if (!rc)
		rc = read_cells(r, e);
	if (!rc)
		rc = file_get(path_join(path, dir, "cells.jsonl"), SIZE_MAX / 2, &text, &size, e);
	if (!rc) {
		rc = rows_parse(text, size, &r->rows, &r->n, &whole, path, e);
		free(text);
	}
	if (!rc)
		rc = place_rows(r, e);
	if (rc)
		results_free(r);
	return rc;
}

void results_free(struct results *r)
{
	rows_free(r->rows, r->n);
	for (int i = 0; i < r->ncells; i++) {
		free(r->cells[i].cpus);
		free(r->labels[i]);
	}
	free(r->cells);
	free(r->labels);
	free(r->backends);
	json_decref(r->meta);
	*r = (struct results){ 0 };
}

bool row_counter(const struct row *row, const char *name, double *value)
{
	static const char *const places[] = { "benchmark", "rusage", "noise" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		json_t *v = json_object_get(json_object_get(row->json, places[i]), name);

		if (json_is_number(v)) {
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
	return v / divisor;
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
