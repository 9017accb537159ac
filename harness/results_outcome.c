/* SPDX-License-Identifier: Apache-2.0 */
#include "results_outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "results_json.h"

/* More is no report of one cell. */
#define REPORT_MAX ((size_t)64 << 20)

static json_t *load(const char *path, char reason[REASON_MAX])
{
	json_error_t bad;
	struct err e;
	char *text;
	json_t *o;

	if (file_get(path, REPORT_MAX, &text, NULL, &e)) {
		snprintf(reason, REASON_MAX, "ended well but wrote no JSON");
		return NULL;
	}
	o = json_loads(text, 0, &bad);
	if (!o)
		snprintf(reason, REASON_MAX, "ended well but what it wrote is no JSON: %s%s",
		         *text ? "" : "empty: ", bad.text);
	free(text);
	return o;
}

/* The one run in Google Benchmark's report, borrowed. */
static json_t *only_run(json_t *report)
{
	json_t *runs = json_object_get(report, "benchmarks");
	json_t *run = json_array_get(runs, 0);

	if (json_array_size(runs) != 1 || !json_is_object(run) ||
	    json_is_true(json_object_get(run, "error_occurred")))
		return NULL;
	return run;
}

/* jansson refuses NaN and infinity, so finite is all it can be. */
static bool positive(json_t *run, const char *key, double *out)
{
	*out = json_number_value(json_object_get(run, key));
	return *out > 0;
}

void outcome_read(struct outcome *o, const char *bench_path, const char *detail_path)
{
	json_t *report = load(bench_path, o->reason), *run = only_run(report);

	o->status = ST_FAILED;
	if (report && !run)
		snprintf(o->reason, sizeof o->reason, "ended well but its JSON has no single run");
	if (run && (!positive(run, "ops", &o->ops) || !positive(run, "ns_per_op", &o->ns_per_op)))
		snprintf(o->reason, sizeof o->reason, "ended well but its JSON has no ops or ns_per_op");
	if (!*o->reason && access(detail_path, F_OK) == 0)
		o->detail = load(detail_path, o->reason);
	if (!*o->reason) {
		o->benchmark = json_incref(run);
		o->status = ST_OK;
	}
	json_decref(report);
}

void outcome_free(struct outcome *o)
{
	json_decref(o->benchmark);
	json_decref(o->detail);
	o->benchmark = o->detail = NULL;
}

static json_int_t ns(struct timeval t)
{
	return (json_int_t)t.tv_sec * 1000000000 + (json_int_t)t.tv_usec * 1000;
}

static json_t *usage(const struct outcome *o)
{
	const struct rusage *u = &o->usage;

	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}",
	                 "wall_ns", (json_int_t)o->wall_ns,
	                 "user_ns", ns(u->ru_utime), "system_ns", ns(u->ru_stime),
	                 "rss_bytes", (json_int_t)u->ru_maxrss * 1024,
	                 "voluntary_switches", (json_int_t)u->ru_nvcsw,
	                 "involuntary_switches", (json_int_t)u->ru_nivcsw,
	                 "minor_faults", (json_int_t)u->ru_minflt,
	                 "major_faults", (json_int_t)u->ru_majflt);
}

char *outcome_line(const struct outcome *o, const struct cell *cell, enum row_kind kind,
                   int rep, int attempt)
{
	bool ok = o->status == ST_OK;
	json_t *row = json_pack("{s:o,s:s,s:i,s:i,s:s,s:o,s:b,s:o,s:o,s:O?,s:O?,s:o,s:o}",
		"cell", cell_to_json(cell),
		"kind", kind == ROW_CALIBRATION ? "calibration" : "cell",
		"rep", rep, "attempt", attempt,
		"status", status_name(o->status),
		"reason", json_text(o->reason),
		"disturbed", o->disturbed,
		"ops", ok ? json_integer((json_int_t)o->ops) : json_null(),
		"ns_per_op", ok ? json_real(o->ns_per_op) : json_null(),
		"benchmark", o->benchmark, "detail", o->detail,
		"rusage", o->ran ? usage(o) : json_null(),
		"noise", o->ran ? json_pack("{s:I,s:I}", "steal_ns", (json_int_t)o->steal_ns,
		                            "foreign_ns", (json_int_t)o->foreign_ns)
		                : json_null());
	char *line = row ? json_dumps(row, JSON_COMPACT) : NULL, *whole;

	json_decref(row);
	whole = line ? realloc(line, strlen(line) + 2) : NULL;
	if (whole)
		strcat(whole, "\n");
	else
		free(line);
	return whole;
}

bool outcome_counter(const struct outcome *o, const char *name, double *value)
{
	json_t *u = o->ran ? usage(o) : NULL;
	json_t *v = json_object_get(o->benchmark, name);

	v = v ? v : json_object_get(u, name);
	if (v)
		*value = json_number_value(v);
	json_decref(u);
	return v != NULL;
}

const char *outcome_next(const struct outcome *o, void **at, double *value)
{
	/* What describes the measuring, and is shown as such. */
	static const char *const own[] = {
		"family_index", "per_family_instance_index", "repetitions", "repetition_index",
		"threads", "iterations", "real_time", "cpu_time", "ops", "ns_per_op",
	};

	for (;;) {
		const char *name;
		size_t i = 0;

		*at = *at ? json_object_iter_next(o->benchmark, *at) : json_object_iter(o->benchmark);
		if (!*at)
			return NULL;
		name = json_object_iter_key(*at);
		while (i < sizeof own / sizeof *own && strcmp(own[i], name) != 0)
			i++;
		*value = json_number_value(json_object_iter_value(*at));
		if (i == sizeof own / sizeof *own && json_is_number(json_object_iter_value(*at)))
			return name;
	}
}
