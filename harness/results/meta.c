/* SPDX-License-Identifier: Apache-2.0
 *
 * meta.c: meta.json, which says what was run, where, when and how: a
 * run can be continued, and repeated elsewhere, from it alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/read_json.h"
#include "base/secrets.h"
#include "machine/environment.h"
#include "plan/builds.h"
#include "results/folder.h"
#include "results/json.h"

#define SCHEMA 1

static json_t *plan_to_json(const struct plan *p)
{
	json_t *cells = json_array(), *calibrations = json_array();

	for (int i = 0; i < p->ncells; i++)
		json_array_append_new(cells, cell_to_json(&p->cells[i]));
	for (int i = 0; i < p->ncalibrations; i++)
		json_array_append_new(calibrations, cell_to_json(&p->calibrations[i]));
	return json_pack("{s:s,s:I,s:i,s:i,s:i,s:f,s:f,s:o,s:o}", "preset", p->preset,
	                 "seed", (json_int_t)p->seed, "reps", p->reps, "again", p->again, "layouts", p->layouts,
	                 "min_time_s", p->min_time_s, "timeout_s", p->timeout_s,
	                 "calibrations", calibrations, "cells", cells);
}

/* A word of the command line. */
static json_t *word_to_json(const char *word)
{
	char *copy = strdup(word);
	json_t *o = copy ? json_text(secrets_strip(copy)) : NULL;

	free(copy);
	return o;
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
		json_array_append_new(command, word_to_json(argv[i]));
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
	char path[PATH_MAX], why[JSON_WHY], *text;
	int64_t schema;
	size_t n;
	json_t *o;

	if (file_get(path_join(path, dir, "meta.json"), META_MAX, &text, &n, e))
		return access(path_join(path, dir, "budget.json"), F_OK) == 0
			? err_set(e, -ENOENT, "%.300s holds no run yet, but its pilot: go on with it (--resume)", dir)
			: access(path_join(path, dir, "runs.json"), F_OK) == 0
			? err_set(e, -ENOENT, "%.300s holds several runs: give one of them, %.300s/1", dir, dir)
			: err_set(e, -ENOENT, "%.300s holds no run: it has no meta.json that can be read", dir);
	o = json_read(text, n, why);
	free(text);
	if (!json_get_int(o, "schema", SCHEMA, SCHEMA, &schema)) {
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

/* What options and presets allow: --resume is not to do what no flag could ask for. */
static bool read_numbers(struct plan *p, const json_t *o)
{
	int64_t reps, seed, layouts = 0, again = 0;

	p->min_time_s = json_number_value(json_object_get(o, "min_time_s"));
	p->timeout_s = json_number_value(json_object_get(o, "timeout_s"));
	if (!json_get_int(o, "reps", 1, REPS_MAX, &reps) || !json_get_int(o, "seed", 0, INT64_MAX, &seed))
		return false;
	/* Runs of old say nothing of it. */
	if (json_object_get(o, "layouts") && !json_get_int(o, "layouts", 0, LAYOUTS_MAX, &layouts))
		return false;
	p->layouts = (int)layouts;
	if (json_object_get(o, "again") && !json_get_int(o, "again", 0, AGAIN_MAX, &again))
		return false;
	p->again = (int)again;
	p->reps = (int)reps;
	p->seed = (uint64_t)seed;
	return p->min_time_s >= MIN_TIME_LEAST && p->min_time_s <= MIN_TIME_MOST &&
	       p->timeout_s >= TIMEOUT_LEAST && p->timeout_s <= TIMEOUT_MOST;
}

/* Adds the cells of a list. */
static int read_cells(struct plan *p, struct cell **cells, int *ncells, const json_t *list)
{
	size_t n = json_array_size(list), i;
	json_t *cell;
	int rc = 0;

	*cells = calloc(n + 1, sizeof **cells);
	if (!*cells)
		return -ENOMEM;
	json_array_foreach(list, i, cell)
		if (!rc)
			rc = read_cell(p, &(*cells)[(*ncells)++], cell);
	return rc;
}

int meta_plan(struct plan *p, const struct json_t *meta, struct err *e)
{
	json_t *o = json_object_get(meta, "plan"), *cells = json_object_get(o, "cells");
	json_t *calibrations = json_object_get(o, "calibrations");
	const char *preset = json_get_text(o, "preset");
	size_t n = json_array_size(cells) + json_array_size(calibrations);
	int rc = 0;

	*p = (struct plan){ .preset = strdup(preset ? preset : "") };
	if (!read_numbers(p, o) || !json_array_size(cells) || n > CELLS_MAX ||
	    (size_t)p->reps * n > PLAN_ROWS_MAX)
		rc = -EINVAL;
	else if (!p->preset)
		rc = -ENOMEM;
	if (!rc)
		rc = read_cells(p, &p->calibrations, &p->ncalibrations, calibrations);
	if (!rc)
		rc = read_cells(p, &p->cells, &p->ncells, cells);
	if (rc)
		plan_free(p);
	return rc ? err_set(e, rc, "the plan in meta.json cannot be read: %s", strerror(-rc)) : 0;
}

/* Whether the variables that rows depend on are as they were. */
static int check_environment(const json_t *meta, const struct facts *f, const char *dir, struct err *e)
{
	const json_t *environment = json_object_get(meta, "environment");

	for (const struct variable *v = variables; v->name; v++) {
		const char *then = json_get_text(environment, v->name);
		const char *now = facts_get(f, "environment", v->name);

		if (v->free || strcmp(then ? then : "", now ? now : "") == 0)
			continue;
		return err_set(e, -EINVAL, "%.200s was run with %s%s%.60s, and now it is %.60s: its rows would not "
		               "compare; set it as it was", dir, v->name, then ? "=" : "", then ? then : " unset",
		               now ? now : "unset");
	}
	return 0;
}

/* Layouts that the plan does not use may come and go. */
static bool counts(const json_t *meta, const char *binary)
{
	int64_t layouts;

	const char *within = !strncmp(binary, BUILD_OLD "/", sizeof BUILD_OLD) ? binary + sizeof BUILD_OLD : binary;

	return strncmp(within, "layouts/", 8) != 0 ||
	       (json_get_int(json_object_get(meta, "plan"), "layouts", 1, LAYOUTS_MAX, &layouts) &&
	        json_object_get(json_object_get(meta, "binaries"), binary));
}

int meta_check(const struct json_t *meta, const struct facts *f, const char *dir, struct err *e)
{
	static const char *const machine[] = { "host", "cpu_model", "architecture" };
	json_t *binaries = json_object_get(meta, "binaries"), *hash;
	const char *name;

	if (json_object_get(meta, BUILD_OLD_FACTS) && !facts_get(f, BUILD_OLD_FACTS, "dir"))
		return err_set(e, -EINVAL, "%.300s holds two builds against each other: ab --resume goes on with it", dir);
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

		if (!counts(meta, name))
			continue;
		if (!now || !json_is_string(hash) || strcmp(now, json_string_value(hash)) != 0)
			return err_set(e, -EINVAL, "%.200s was run with other binaries (%.60s has "
			               "changed): its rows would not compare; start a new run",
			               dir, name);
	}
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].section, "binaries") && counts(meta, f->v[i].key) && !json_object_get(binaries, f->v[i].key))
			return err_set(e, -EINVAL, "%.200s was run without %.60s, which is built "
			               "now: start a new run", dir, f->v[i].key);
	return check_environment(meta, f, dir, e);
}
