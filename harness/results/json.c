/* SPDX-License-Identifier: Apache-2.0 */
#include "results/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/read_json.h"
#include "machine/host.h"
#include "topo/topo.h"

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

json_t *notes_to_json(const struct results *r)
{
	char notes[NOTES], *rest = notes, *line;
	json_t *list = json_array();

	results_notes(r, notes, sizeof notes);
	while (*notes && (line = strsep(&rest, "\n")))
		json_array_append_new(list, json_text(line));
	return list;
}

json_t *clusters_to_json(const struct stats_clusters *k)
{
	return k->below ? json_pack("{s:i,s:f,s:i,s:f}", "below", k->below, "low", k->low, "above", k->above,
	                            "high", k->high) : json_null();
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
	json_t *cpus = json_array(), *o;

	for (int i = 0; i < c->ncpus; i++)
		json_array_append_new(cpus, json_integer(c->cpus[i]));
	o = json_pack("{s:s,s:s,s:i,s:s,s:o,s:o,s:o}", "backend", c->backend,
	              "workload", c->workload, "procs", c->procs, "pin", c->pin,
	              "cpus", cpus, "params", pairs_to_json(c->params, c->nparams),
	              "opts", pairs_to_json(c->opts, c->nopts));
	if (c->build)
		json_object_set_new(o, "build", json_string(c->build));
	if (c->copy)
		json_object_set_new(o, "copy", json_integer(c->copy));
	return o;
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

static int cpus_from_json(struct cell *c, const json_t *list)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n > PU_MAX)
		return -EINVAL;
	c->cpus = calloc(n + 1, sizeof *c->cpus);
	if (!c->cpus)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *cpu = json_array_get(list, i);
		json_int_t v = json_integer_value(cpu);

		if (!json_is_integer(cpu) || v < 0 || v > PU_MAX) {
			free(c->cpus);
			c->cpus = NULL;
			return -EINVAL;
		}
		c->cpus[c->ncpus++] = (int)v;
	}
	return 0;
}

/* Lists of names, as a label and a picture's data have them, are told apart by blanks. */
static bool is_name(const char *s)
{
	return s && *s && !strchr(s, ' ');
}

/* False: it names none of the two. */
static bool read_build(struct cell *c, const json_t *build)
{
	const char *s = json_string_value(build);

	if (s)
		c->build = !strcmp(s, BUILD_OLD) ? BUILD_OLD : !strcmp(s, BUILD_NEW) ? BUILD_NEW : NULL;
	return !build || c->build;
}

int cell_from_json(struct cell *c, const json_t *o)
{
	int64_t procs, copy = 0;

	*c = (struct cell){
		.backend = json_get_text(o, "backend"), .workload = json_get_text(o, "workload"),
		.pin = json_get_text(o, "pin"),
	};
	if (!is_name(c->backend) || !is_name(c->workload) || !is_name(c->pin) ||
	    !read_build(c, json_object_get(o, "build")) ||
	    !json_get_int(o, "procs", 1, PROCS_MAX, &procs) ||
	    (json_object_get(o, "copy") && !json_get_int(o, "copy", 0, 1, &copy)) ||
	    pairs_from_json(c->params, &c->nparams, json_object_get(o, "params")) ||
	    pairs_from_json(c->opts, &c->nopts, json_object_get(o, "opts")))
		return -EINVAL;
	c->procs = (int)procs;
	c->copy = (int)copy;
	return cpus_from_json(c, json_object_get(o, "cpus"));
}

double warmups_of(const json_t *detail)
{
	json_t *warmups = json_object_get(detail, "warmups");

	return json_is_integer(warmups) ? json_number_value(warmups) : 1;
}
