/* SPDX-License-Identifier: Apache-2.0
 *
 * export_gbench_json.c: a run as Google Benchmark's reporter would have it, version 1 of
 * its JSON.  "real_time" and "cpu_time" are of an operation, "iterations" how many.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/export.h"
#include "formats/formats.h"
#include "results/json.h"

static json_t *context(const struct results *r)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i}", "date", results_fact(r, "started"), "executable", "schedlab",
	                 "library_version", results_fact(r, "benchmark"), "commit", results_fact(r, "commit"),
	                 "cpu_model", results_fact(r, "cpu_model"), "json_schema_version", 1);
}

/* A repetition.  cpu_time must be there: compare.py reads nothing without it. */
static json_t *entry(const struct row *row, const char *name, int family, int reps, int rep)
{
	double cpu = export_cpu_ns(row);

	return json_pack("{s:s,s:i,s:i,s:s,s:s,s:i,s:i,s:i,s:I,s:f,s:f,s:s,s:b,s:o}",
		"name", name, "family_index", family, "per_family_instance_index", 0, "run_name", name,
		"run_type", "iteration", "repetitions", reps, "repetition_index", rep, "threads", row->cell.procs,
		"iterations", (json_int_t)export_operations(row), "real_time", row->ns_per_op,
		"cpu_time", isfinite(cpu) ? cpu : 0, "time_unit", "ns", "disturbed", row->disturbed,
		"cell", cell_to_json(&row->cell));
}

static bool add_cell(json_t *list, struct export *x, int place)
{
	const struct cell *c = &x->r->cells[place];
	int n = export_rows(x, place);
	char *bare = export_name(c, ':'), *name;
	bool whole = bare && asprintf(&name, "%s/procs:%d", bare, c->procs) >= 0;

	free(bare);
	if (!whole)
		return false;
	for (int i = 0; i < n && whole; i++)
		whole = json_array_append_new(list, entry(x->rows[i], name, place, n, i)) == 0;
	free(name);
	return whole;
}

int export_gbench(const struct results *r, FILE *out, int *left_out, struct err *e)
{
	json_t *list = json_array(), *o;
	struct export x;
	bool whole = list != NULL;
	int rc = export_open(&x, r, e);

	for (int i = 0; !rc && whole && i < r->ncells; i++)
		whole = add_cell(list, &x, i);
	export_close(&x);
	*left_out = x.left_out;
	if (rc || !whole) {
		json_decref(list);
		return rc ? rc : err_set(e, -ENOMEM, "out of memory");
	}
	o = json_pack("{s:o,s:o}", "context", context(r), "benchmarks", list);
	rc = json_print(o, out, JSON_INDENT(1));
	return rc ? err_set(e, rc, "cannot write the run: %s", strerror(-rc)) : 0;
}
