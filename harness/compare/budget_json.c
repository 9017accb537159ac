/* SPDX-License-Identifier: Apache-2.0
 *
 * budget_json.c: budget.json.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/read_json.h"
#include "compare/budget.h"
#include "compare/compare.h"
#include "plan/options.h"

#define SCHEMA 1
#define FILE_MAX ((size_t)16 << 20)

static json_t *lines(const struct budget *b)
{
	json_t *list = json_array();

	for (int i = 0; i < b->n; i++) {
		const struct budget_line *l = &b->lines[i];

		json_array_append_new(list, json_pack("{s:s,s:i,s:o}", "workload", l->workload, "pairs", l->pairs, "smallest",
		                                      isfinite(l->smallest) ? json_real(l->smallest) : json_null()));
	}
	return list;
}

int budget_put(const struct budget *b, const char *dir, struct err *e)
{
	json_t *o = json_pack("{s:i,s:f}", "schema", SCHEMA, "budget_s", b->budget_s), *chosen;
	char *text;
	int rc;

	if (b->blocks) {
		chosen = json_pack("{s:i,s:f,s:f,s:f,s:o}", "blocks", b->blocks, "pilot_s", b->pilot_s, "block_s", b->block_s,
		                   "floor", COMPARE_FLOOR, "workloads", lines(b));
		json_object_update(o, chosen);
		json_decref(chosen);
	}
	text = o ? json_dumps(o, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : NULL;
	rc = text ? file_put(dir, "budget.json", text, strlen(text), e) : err_set(e, -ENOMEM, "out of memory");
	free(text);
	json_decref(o);
	return rc;
}

int budget_create(const char *dir, double budget_s, struct err *e)
{
	static const char *const taken[] = { "budget.json", "runs.json", "meta.json", "cells.jsonl", "pilot" };
	const struct budget b = { .budget_s = budget_s };
	char path[PATH_MAX];
	int rc = dir_make(dir, e);

	for (size_t i = 0; !rc && i < sizeof taken / sizeof *taken; i++)
		if (access(path_join(path, dir, taken[i]), F_OK) == 0)
			rc = err_set(e, -EEXIST, "%.300s holds a run already: go on with it (--resume) or give "
			             "another folder (--out)", dir);
	return rc ? rc : budget_put(&b, dir, e);
}

int budget_absent(const char *dir, struct err *e)
{
	char path[PATH_MAX];

	if (access(path_join(path, dir, "budget.json"), F_OK) != 0)
		return 0;
	return err_set(e, -EEXIST, "%.300s holds a run, or its pilot, already: go on with it (--resume) or give "
	               "another folder (--out)", dir);
}

int budget_read(struct budget *b, const char *dir, struct err *e)
{
	char path[PATH_MAX], why[JSON_WHY], *text;
	int64_t schema, blocks = 0;
	bool known;
	size_t n;
	json_t *o;

	path_join(path, dir, "budget.json");
	if (access(path, F_OK) != 0)
		return -ENOENT;
	if (file_get(path, FILE_MAX, &text, &n, e))
		return -EINVAL;
	o = json_read(text, n, why);
	free(text);
	*b = (struct budget){ .budget_s = json_number_value(json_object_get(o, "budget_s")) };
	known = json_get_int(o, "schema", SCHEMA, SCHEMA, &schema) && b->budget_s >= BUDGET_S_LEAST &&
	        b->budget_s <= BUDGET_S_MOST && (!json_object_get(o, "blocks") ||
	        json_get_int(o, "blocks", BUDGET_LEAST, BUDGET_MOST, &blocks));
	b->blocks = (int)blocks;
	json_decref(o);
	return known ? 0 : err_set(e, -EINVAL, "%.300s is of no budget that this version knows", path);
}
