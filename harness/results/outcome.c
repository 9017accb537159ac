/* SPDX-License-Identifier: Apache-2.0 */
#include "results/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/read_json.h"
#include "results/json.h"

/* More is no report of one cell. */
#define REPORT_MAX ((size_t)64 << 20)

static json_t *load(const char *path, const char *what, char reason[REASON_MAX])
{
	char why[JSON_WHY], *text;
	struct err e;
	size_t n;
	json_t *o;

	if (file_get(path, REPORT_MAX, &text, &n, &e)) {
		snprintf(reason, REASON_MAX, "ended well but wrote no %s", what);
		return NULL;
	}
	o = json_read(text, n, why);
	if (!o)
		snprintf(reason, REASON_MAX, "ended well but its %s is no JSON: %s", what, why);
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

/* What cannot be read cannot be believed either, but that is no lie. */
static void read_run(struct outcome *o, json_t *report, json_t *run)
{
	o->status = ST_FAILED;
	if (report && !run)
		snprintf(o->reason, sizeof o->reason, "ended well but its JSON has no single run");
	if (run && (!positive(run, "ops", &o->ops) || !positive(run, "ns_per_op", &o->ns_per_op)))
		snprintf(o->reason, sizeof o->reason, "ended well but its JSON has no ops or ns_per_op");
	else if (run && !sample_is_possible(o->ops, o->ns_per_op))
		snprintf(o->reason, sizeof o->reason, "ended well but no number of operations takes what it says: "
		         "ops %g, ns_per_op %g", o->ops, o->ns_per_op);
}

void outcome_read(struct outcome *o, const struct asked *asked, const char *bench_path,
                  const char *detail_path)
{
	json_t *report = load(bench_path, "report", o->reason), *run = only_run(report), *detail = NULL;

	read_run(o, report, run);
	if (!*o->reason) {
		o->status = ST_WRONG;
		detail = load(detail_path, "detail", o->reason);
	}
	if (detail && outcome_matches(detail, asked, o->reason) &&
	    outcome_holds(o, run, detail, asked, o->reason)) {
		o->benchmark = json_incref(run);
		o->detail = json_incref(detail);
		o->status = ST_OK;
	}
	json_decref(detail);
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

int64_t rusage_cpu_ns(const struct rusage *u)
{
	return ns(u->ru_utime) + ns(u->ru_stime);
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

/* What the system does not tell is absent. */
static void put_told(json_t *o, const char *key, int64_t v)
{
	if (v >= 0)
		json_object_set_new(o, key, json_integer((json_int_t)v));
}

static json_t *noise_json(const struct noise *n)
{
	json_t *o = json_pack("{s:I,s:I,s:I,s:I}", "foreign_ns", (json_int_t)n->foreign_ns,
	                 "kernel_ns", (json_int_t)n->kernel_ns,
	                 "unknown_ns", (json_int_t)n->unknown_ns, "steal_ns", (json_int_t)n->steal_ns);

	if (n->neighbour >= 0)
		json_object_set_new(o, "neighbour", json_real(n->neighbour));
	put_told(o, "throttled_ns", n->stalls.throttled_ns);
	put_told(o, "memory_stall_ns", n->stalls.memory_ns);
	put_told(o, "frequency_khz", n->stalls.frequency_khz);
	return o;
}

/* Those that there are. */
static json_t *counted_json(const struct counted *c)
{
	json_t *o = json_object();
	bool shared = false;

	for (int i = 0; i < COUNTERS; i++) {
		if (!c->has[i])
			continue;
		json_object_set_new(o, counter_name((enum counter)i), json_integer((json_int_t)c->value[i]));
		shared |= i < COUNTER_MIGRATIONS;
	}
	if (shared)
		json_object_set_new(o, "counted_share", json_real(c->share));
	return o;
}

char *outcome_line(const struct outcome *o, const struct cell *cell, enum row_kind kind,
                   int rep, int attempt)
{
	bool ok = o->status == ST_OK;
	json_t *row = json_pack("{s:o,s:s,s:i,s:i,s:i,s:s,s:o,s:b,s:o,s:o,s:O?,s:O?,s:o,s:o}",
		"cell", cell_to_json(cell),
		"kind", kind == ROW_CALIBRATION ? "calibration" : "cell",
		"rep", rep, "attempt", attempt, "layout", o->layout,
		"status", status_name(o->status),
		"reason", json_text(o->reason),
		"disturbed", o->disturbed,
		"ops", ok ? json_integer((json_int_t)o->ops) : json_null(),
		"ns_per_op", ok ? json_real(o->ns_per_op) : json_null(),
		"benchmark", o->benchmark, "detail", o->detail,
		"rusage", o->ran ? usage(o) : json_null(),
		"noise", o->ran ? noise_json(&o->noise) : json_null());
	char *line, *whole;

	if (row && o->pass)
		json_object_set_new(row, "pass", json_integer(o->pass));
	if (row && o->is_counted)
		json_object_set_new(row, "counters", counted_json(&o->counted));
	line = row ? json_dumps(row, JSON_COMPACT) : NULL;
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

int outcome_iterations(const struct outcome *o, double *ns, int max)
{
	json_t *list = json_object_get(o->detail, "iteration_ns"), *v;
	int n = 0;
	size_t i;

	json_array_foreach(list, i, v)
		if (json_is_number(v) && json_number_value(v) > 0 && n < max)
			ns[n++] = json_number_value(v);
	return n;
}

bool outcome_warms_up(const struct outcome *o)
{
	return json_is_integer(json_object_get(o->detail, "warmups"));
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
