/* SPDX-License-Identifier: Apache-2.0 */
#include "results_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *s)
{
	json_t *o = json_string(s);     /* NULL: not UTF-8 */
	char *copy = o ? NULL : strdup(s);

	for (char *p = copy; p && *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	o = copy ? json_string(copy) : o;
	free(copy);
	return o;
}

const char *json_get_text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

int json_print(json_t *o, FILE *out, size_t flags)
{
	int rc;

	if (!o)
		return -ENOMEM;
	errno = 0;
	rc = json_dumpf(o, out, flags) == 0 && fputc('\n', out) != EOF ? 0 : errno ? -errno : -EIO;
	json_decref(o);
	return rc;
}

static json_t *pairs_to_json(const struct pair *v, int n)
{
	json_t *o = json_object();

	for (int i = 0; i < n; i++)
		json_object_set_new(o, v[i].key, json_text(v[i].value));
	return o;
}

json_t *cell_to_json(const struct cell *c)
{
	json_t *cpus = json_array();

	for (int i = 0; i < c->ncpus; i++)
		json_array_append_new(cpus, json_integer(c->cpus[i]));
	return json_pack("{s:s,s:s,s:i,s:s,s:o,s:o,s:o}", "backend", c->backend,
	                 "workload", c->workload, "procs", c->procs, "pin", c->pin,
	                 "cpus", cpus, "params", pairs_to_json(c->params, c->nparams),
	                 "opts", pairs_to_json(c->opts, c->nopts));
}

static int pairs_from_json(struct pair *v, int *n, json_t *o)
{
	const char *key;
	json_t *value;

	if (!json_is_object(o))
		return -EINVAL;
	json_object_foreach(o, key, value) {
		if (*n == CELL_PAIRS || !json_is_string(value))
			return -EINVAL;
		v[(*n)++] = (struct pair){ key, json_string_value(value) };
	}
	return 0;
}

int cell_from_json(struct cell *c, const json_t *o)
{
	json_t *cpus = json_object_get(o, "cpus"), *cpu;
	size_t i;

	*c = (struct cell){
		.backend = json_get_text(o, "backend"), .workload = json_get_text(o, "workload"),
		.procs = (int)json_integer_value(json_object_get(o, "procs")),
		.pin = json_get_text(o, "pin"),
	};
	if (!c->backend || !c->workload || c->procs < 1 || !c->pin || !json_is_array(cpus) ||
	    pairs_from_json(c->params, &c->nparams, json_object_get(o, "params")) ||
	    pairs_from_json(c->opts, &c->nopts, json_object_get(o, "opts")))
		return -EINVAL;
	c->cpus = calloc(json_array_size(cpus) + 1, sizeof *c->cpus);
	if (!c->cpus)
		return -ENOMEM;
	json_array_foreach(cpus, i, cpu)
		c->cpus[c->ncpus++] = (int)json_integer_value(cpu);
	return 0;
}
