/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/list_json.h"

#include <jansson.h>
#include <string.h>

#include "cli/presets.h"
#include "results/json.h"
#include "topo/topo.h"

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

int list_json(const struct catalog *c, FILE *out)
{
	json_t *o = json_pack("{s:[],s:O,s:[],s:[]}", "backends", "workloads",
	                      json_object_get(c->info, "workloads"), "presets", "policies");

	for (int i = 0; i < c->nbackends; i++) {
		const struct backend *b = &c->backends[i];

		json_array_append_new(json_object_get(o, "backends"),
			json_pack("{s:s,s:s,s:o,s:O?,s:i,s:b,s:o}", "name", b->name, "model", b->model,
			          "capabilities", capabilities(b->caps),
			          "knobs", json_object_get(b->info, "knobs"),
			          "layouts", b->nlayouts,
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
