/* SPDX-License-Identifier: Apache-2.0 */
#include "results_info.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "results_json.h"
#include "topo.h"

static void words(const char *out[DECL_WORDS + 1], json_t *list)
{
	json_t *word;
	size_t i;
	int n = 0;

	json_array_foreach(list, i, word)
		if (n < DECL_WORDS && json_is_string(word))
			out[n++] = json_string_value(word);
}

static const char *string(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static int read_decl(struct decl *d, json_t *o)
{
	json_t *p;
	size_t i;

	*d = (struct decl){
		.name = string(o, "name"), .summary = string(o, "summary"),
		.question = string(o, "question"), .metric = string(o, "metric"),
	};
	words(d->kind, json_object_get(o, "kind"));
	words(d->needs, json_object_get(o, "needs"));
	json_array_foreach(json_object_get(o, "params"), i, p) {
		if (d->nparams == CELL_PAIRS)
			return -E2BIG;
		d->params[d->nparams++] = (struct param){
			.name = string(p, "name"), .help = string(p, "help"),
			.value = json_integer_value(json_object_get(p, "value")),
			.min = json_integer_value(json_object_get(p, "min")),
			.max = json_integer_value(json_object_get(p, "max")),
		};
	}
	return *d->name ? 0 : -EINVAL;
}

int results_info(struct catalog *c, const char *path, struct err *e)
{
	json_error_t bad;
	json_t *list, *o;
	size_t i;
	int rc = 0;

	c->info = json_load_file(path, JSON_REJECT_DUPLICATES, &bad);
	list = json_object_get(c->info, "workloads");
	if (!json_array_size(list))
		return err_set(e, -EINVAL, "%s declares no workloads (%s): run make", path,
		               c->info ? "none listed" : bad.text);
	c->workloads = calloc(json_array_size(list), sizeof *c->workloads);
	if (!c->workloads)
		return err_set(e, -ENOMEM, "out of memory");
	json_array_foreach(list, i, o) {
		rc = read_decl(&c->workloads[i], o);
		if (rc)
			return err_set(e, rc, "%s: the declaration of workload %zu is damaged",
			               path, i + 1);
		c->nworkloads++;
	}
	return 0;
}

void results_info_free(struct catalog *c)
{
	free(c->workloads);
	json_decref(c->info);
}

static json_t *capabilities(const char *caps)
{
	json_t *list = json_array();

	while (*caps) {
		size_t n = strcspn(caps, ",");

		json_array_append_new(list, json_stringn(caps, n));
		caps += n + (caps[n] == ',');
	}
	return list;
}

int results_list(const struct catalog *c, FILE *out)
{
	json_t *o = json_pack("{s:[],s:O,s:[],s:[]}", "backends", "workloads",
	                      json_object_get(c->info, "workloads"), "presets", "policies");

	for (int i = 0; i < c->nbackends; i++) {
		const struct backend *b = &c->backends[i];

		json_array_append_new(json_object_get(o, "backends"),
			json_pack("{s:s,s:s,s:o,s:b,s:o}", "name", b->name, "model", b->model,
			          "capabilities", capabilities(b->caps),
			          "available", b->available,
			          "reason", b->available ? json_null() : json_text(b->reason)));
	}
	for (const struct preset *p = presets; p->name; p++)
		json_array_append_new(json_object_get(o, "presets"),
			json_pack("{s:s,s:s}", "name", p->name, "summary", p->summary));
	for (const struct topo_policy *p = topo_policies; p->name; p++)
		json_array_append_new(json_object_get(o, "policies"),
			json_pack("{s:s,s:s}", "name", p->name, "summary", p->summary));
	return json_print(o, out, JSON_INDENT(2));
}
