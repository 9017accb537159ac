/* SPDX-License-Identifier: Apache-2.0 */
#include "cell/cell_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *ints(const int *v, int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_integer(v[i]));
	return list;
}

static json_t *names_of(unsigned bits, const struct bit_name *names)
{
	json_t *list = json_array();

	for (; names->name; names++)
		if (bits & names->bit)
			json_array_append_new(list, json_string(names->name));
	return list;
}

static json_t *words_of(const char *text)
{
	json_t *list = json_array();

	for (; *(text += strspn(text, " ")); text += strcspn(text, " "))
		json_array_append_new(list, json_stringn(text, strcspn(text, " ")));
	return list;
}

static json_t *params_of(const struct workload *wl)
{
	json_t *list = json_array();

	for (const struct wl_param *p = wl->params; p && p->name; p++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:s}",
			"name", p->name, "value", (json_int_t)p->value,
			"min", (json_int_t)p->min, "max", (json_int_t)p->max, "help", p->help));
	return list;
}

static json_t *knob_of(const struct cell_knob *k)
{
	json_t *words;

	if (!*k->words)
		return json_pack("{s:s, s:s, s:I, s:I}", "name", k->name, "help", k->help,
		                 "min", (json_int_t)k->min, "max", (json_int_t)k->max);
	words = json_array();
	for (int i = 0; k->words[i]; i++)
		json_array_append_new(words, json_string(k->words[i]));
	return json_pack("{s:s, s:s, s:o}", "name", k->name, "help", k->help, "words", words);
}

static json_t *knobs_of(const struct cell_program *cell)
{
	json_t *list = json_array();

	for (const struct cell_knob *k = cell_knobs; k < cell_knobs + KNOBS; k++)
		if (!k->needs || cell_can(cell->caps, k->needs))
			json_array_append_new(list, knob_of(k));
	return list;
}

static char *text_of(json_t *o)
{
	char *text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;

	json_decref(o);
	return text;
}

char *cell_info_text(const struct cell_program *cell)
{
	json_t *list = json_array();

	for (int i = 0; workloads[i]; i++) {
		const struct workload *wl = workloads[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:s, s:s, s:o, s:o}",
			"name", wl->name, "kind", names_of(wl->kind, kind_names),
			"summary", wl->summary, "question", wl->question, "metric", wl->metric,
			"params", params_of(wl), "needs", names_of(wl->needs, cap_names)));
	}
	return text_of(json_pack("{s:i, s:s, s:s, s:o, s:o, s:o}", "protocol", 1, "backend", cell->backend,
		"model", cell->model, "capabilities", words_of(cell->caps), "knobs", knobs_of(cell),
		"workloads", list));
}

static json_t *values_of(const struct cell_args *args)
{
	json_t *o = json_object();

	for (int i = 0; args->workload->params && args->workload->params[i].name; i++)
		json_object_set_new(o, args->workload->params[i].name, json_integer(args->param[i]));
	return o;
}

static json_t *conditions_of(const struct conditions *k)
{
	return json_pack("{s:I, s:b, s:I, s:i}", "timer_slack_ns", (json_int_t)k->timer_slack_ns,
		"huge_pages", k->huge_pages, "stack_limit_bytes", (json_int_t)k->stack_limit,
		"nice", k->nice);
}

static json_t *counters_of(const struct cell_result *r)
{
	json_t *o = json_object();

	for (int i = 0; i < r->ncounters; i++)
		json_object_set_new(o, r->counters[i].name, json_integer(r->counters[i].value));
	return o;
}

static json_t *times_of(const struct cell_result *r)
{
	json_t *list = json_array();

	for (int i = 0; i < r->nsamples; i++)
		json_array_append_new(list, json_integer(r->iteration_ns[i]));
	return list;
}

char *cell_detail_text(const struct cell_program *cell, const struct cell_args *args,
                          const struct cell_result *r, const int *affinity, int naffinity)
{
	char checksum[20];

	snprintf(checksum, sizeof checksum, "0x%016" PRIx64, r->checksum);
	return text_of(json_pack("{s:s, s:s, s:o, s:I, s:i, s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:o, s:o}",
		"backend", cell->backend, "workload", args->workload->name,
		"params", values_of(args), "seed", (json_int_t)args->seed,
		"procs", r->procs, "procs_source", r->procs_source,
		"affinity", ints(affinity, naffinity), "bound", ints(r->bound, r->procs),
		"conditions", conditions_of(&r->conditions),
		"iterations", (json_int_t)r->iterations,
		"warmups", (json_int_t)r->warmups, "executed", (json_int_t)r->executed,
		"checksum", checksum, "counters", counters_of(r), "iteration_ns", times_of(r)));
}
