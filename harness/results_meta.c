/* SPDX-License-Identifier: Apache-2.0
 *
 * results_meta.c: meta.json, which says what was run, where, when and how: a
 * run can be continued, and repeated elsewhere, from it alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "files.h"
#include "results_json.h"
#include "results_run.h"

#define SCHEMA 1

static json_t *plan_to_json(const struct plan *p)
{
	json_t *cells = json_array();

	for (int i = 0; i < p->ncells; i++)
		json_array_append_new(cells, cell_to_json(&p->cells[i]));
	return json_pack("{s:s,s:I,s:i,s:f,s:f,s:o,s:o}", "preset", p->preset,
	                 "seed", (json_int_t)p->seed, "reps", p->reps,
	                 "min_time_s", p->min_time_s, "timeout_s", p->timeout_s,
	                 "calibration", p->calibrated ? cell_to_json(&p->calibration) : json_null(),
	                 "cells", cells);
}

int meta_write(const char *dir, const struct plan *p, const struct facts *f,
               int argc, char **argv, struct err *e)
{
	time_t now = time(NULL);
	char started[32], *text;
	json_t *command = json_pack("[s]", "schedlab"), *o;
	struct tm tm;
	int rc;

	gmtime_r(&now, &tm);
	strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (int i = 0; i < argc; i++)
		json_array_append_new(command, json_text(argv[i]));
	o = json_pack("{s:i,s:s,s:o,s:o}", "schema", SCHEMA, "started", started,
	              "command", command, "plan", plan_to_json(p));
	for (int i = 0; i < f->n && o; i++) {
		json_t *section = json_object_get(o, f->v[i].section);

		if (!section) {
			section = json_object();
			json_object_set_new(o, f->v[i].section, section);
		}
		json_object_set_new(section, f->v[i].key, json_text(f->v[i].value));
	}
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	rc = text ? file_put(dir, "meta.json", text, strlen(text), e)
	          : err_set(e, -ENOMEM, "out of memory");
	free(text);
	json_decref(o);
	return rc;
}

int meta_load(struct json_t **meta, const char *dir, struct err *e)
{
	char path[PATH_MAX], *text;
	json_error_t bad;
	json_t *o;

	if (file_get(path_join(path, dir, "meta.json"), (size_t)1 << 30, &text, NULL, e))
		return err_set(e, -ENOENT, "%.300s holds no run: it has no meta.json that can be read",
		               dir);
	o = json_loads(text, JSON_REJECT_DUPLICATES, &bad);
	free(text);
	if (json_integer_value(json_object_get(o, "schema")) != SCHEMA) {
		json_decref(o);
		return err_set(e, -EINVAL, "%.300s/meta.json is of no run that this version knows",
		               dir);
	}
	*meta = o;
	return 0;
}

static int read_cell(struct plan *p, struct cell *c, const json_t *o)
{
	int rc = cell_from_json(c, o);

	if (rc)
		return rc;
	/* The JSON goes away: the plan keeps the strings. */
	c->backend = plan_string(p, c->backend);
	c->workload = plan_string(p, c->workload);
	c->pin = plan_string(p, c->pin);
	rc = c->backend && c->workload && c->pin ? 0 : -ENOMEM;
	for (int i = 0; i < c->nparams; i++) {
		struct pair *v = &c->params[i];

		v->key = plan_string(p, v->key);
		v->value = plan_string(p, v->value);
		rc = v->key && v->value ? rc : -ENOMEM;
	}
	for (int i = 0; i < c->nopts; i++) {
		struct pair *v = &c->opts[i];

		v->key = plan_string(p, v->key);
		v->value = plan_string(p, v->value);
		rc = v->key && v->value ? rc : -ENOMEM;
	}
	return rc;
}

int meta_plan(struct plan *p, const struct json_t *meta, struct err *e)
{
	json_t *o = json_object_get(meta, "plan"), *cells = json_object_get(o, "cells"), *cell;
	json_t *calibration = json_object_get(o, "calibration");
	const char *preset = json_get_text(o, "preset");
	size_t i;
	int rc = 0;

	*p = (struct plan){
		.preset = strdup(preset ? preset : ""),
		.seed = (uint64_t)json_integer_value(json_object_get(o, "seed")),
		.reps = (int)json_integer_value(json_object_get(o, "reps")),
		.min_time_s = json_number_value(json_object_get(o, "min_time_s")),
		.timeout_s = json_number_value(json_object_get(o, "timeout_s")),
		.cells = calloc(json_array_size(cells) + 1, sizeof *p->cells),
	};
	if (!p->preset || !p->cells)
		rc = -ENOMEM;
	if (p->reps < 1 || !(p->min_time_s > 0) || !(p->timeout_s > 0) || !json_array_size(cells))
		rc = -EINVAL;
	if (!rc && json_is_object(calibration)) {
		p->calibrated = true;
		rc = read_cell(p, &p->calibration, calibration);
	}
	json_array_foreach(cells, i, cell)
		if (!rc)
			rc = read_cell(p, &p->cells[p->ncells++], cell);
	if (rc)
		plan_free(p);
	return rc ? err_set(e, rc, "the plan in meta.json cannot be read: %s", strerror(-rc)) : 0;
}

int meta_check(const struct json_t *meta, const struct facts *f, const char *dir, struct err *e)
{
	static const char *const machine[] = { "host", "cpu_model", "architecture" };
	json_t *binaries = json_object_get(meta, "binaries"), *hash;
	const char *name;

	for (size_t i = 0; i < sizeof machine / sizeof *machine; i++) {
		const char *then = json_get_text(json_object_get(meta, "machine"), machine[i]);
		const char *now = facts_get(f, "machine", machine[i]);

		if (strcmp(then ? then : "", now ? now : "") != 0)
			return err_set(e, -EINVAL, "%.200s was run on another machine (%s %.60s): "
			               "it can be repeated here, not resumed",
			               dir, machine[i], then ? then : "unknown");
	}
	json_object_foreach(binaries, name, hash) {
		const char *now = facts_get(f, "binaries", name);

		if (!now || !json_is_string(hash) || strcmp(now, json_string_value(hash)) != 0)
			return err_set(e, -EINVAL, "%.200s was run with other binaries (%.60s has "
			               "changed): its rows would not compare; start a new run",
			               dir, name);
	}
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].section, "binaries") && !json_object_get(binaries, f->v[i].key))
			return err_set(e, -EINVAL, "%.200s was run without %.60s, which is built "
			               "now: start a new run", dir, f->v[i].key);
	return 0;
}
