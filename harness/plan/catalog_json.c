/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/catalog.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "base/read_json.h"

#define INFO_MAX ((size_t)16 << 20)     /* more no cell program declares */

static bool words(const char *out[DECL_WORDS + 1], json_t *list)
{
	json_t *word;
	size_t i;

	if (json_array_size(list) > DECL_WORDS)
		return false;
	json_array_foreach(list, i, word) {
		out[i] = json_string_value(word);
		if (!out[i])
			return false;
	}
	return true;
}

static const char *string(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static bool read_param(struct param *p, json_t *o)
{
	*p = (struct param){ .name = string(o, "name"), .help = string(o, "help") };
	return *p->name && json_get_int(o, "min", INT64_MIN, INT64_MAX, &p->min) &&
	       json_get_int(o, "max", p->min, INT64_MAX, &p->max) &&
	       json_get_int(o, "value", p->min, p->max, &p->value);
}

static int read_decl(struct decl *d, json_t *o)
{
	json_t *p;
	size_t i;

	*d = (struct decl){
		.name = string(o, "name"), .summary = string(o, "summary"),
		.question = string(o, "question"), .metric = string(o, "metric"),
	};
	if (!words(d->kind, json_object_get(o, "kind")) || !words(d->needs, json_object_get(o, "needs")))
		return -EINVAL;
	json_array_foreach(json_object_get(o, "params"), i, p) {
		if (d->nparams == CELL_PAIRS)
			return -E2BIG;
		if (!read_param(&d->params[d->nparams++], p))
			return -EINVAL;
	}
	return *d->name ? 0 : -EINVAL;
}

static json_t *load(const char *path, char why[JSON_WHY], struct err *e)
{
	char *text;
	json_t *o;
	size_t n;

	*why = '\0';
	if (file_get(path, INFO_MAX, &text, &n, e))
		return NULL;
	o = json_read(text, n, why);
	free(text);
	return o;
}

int catalog_read_info(struct catalog *c, const char *path, struct err *e)
{
	char why[JSON_WHY];
	json_t *list, *o;
	size_t i;
	int rc = 0;

	c->info = load(path, why, e);
	if (!c->info && !*why)
		return -EINVAL;         /* a file that cannot be read says so itself */
	list = json_object_get(c->info, "workloads");
	if (!json_array_size(list))
		return err_set(e, -EINVAL, "%s declares no workloads (%s): run make", path,
		               c->info ? "none listed" : why);
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

void catalog_free_info(struct catalog *c)
{
	free(c->workloads);
	json_decref(c->info);
}

/* ---- Knobs ------------------------------------------------------------------ */

static bool read_knob(struct knob *k, json_t *o)
{
	*k = (struct knob){ .name = string(o, "name"), .help = string(o, "help") };
	if (!*k->name || !words(k->words, json_object_get(o, "words")))
		return false;
	return *k->words || (json_get_int(o, "min", INT64_MIN, INT64_MAX, &k->min) &&
	                     json_get_int(o, "max", k->min, INT64_MAX, &k->max));
}

int catalog_read_knobs(struct backend *b, const char *path, struct err *e)
{
	char why[JSON_WHY];
	json_t *list, *o;
	size_t i;

	if (access(path, F_OK) != 0)
		return 0;
	b->info = load(path, why, e);
	if (!b->info)
		return *why ? err_set(e, -EINVAL, "%s is no JSON (%s): run make", path, why) : -EINVAL;
	if (json_object_get(b->info, "protocol") &&
	    json_integer_value(json_object_get(b->info, "protocol")) != CELL_PROTOCOL) {
		b->available = false;
		snprintf(b->reason, sizeof b->reason, "its program speaks another version of the cell protocol than "
		         "this schedlab, which speaks %d", CELL_PROTOCOL);
		return 0;
	}
	b->toolchain = json_string_value(json_object_get(b->info, "toolchain"));
	list = json_object_get(b->info, "knobs");
	if (!json_is_array(list))
		return 0;               /* of a program that does not say */
	b->knobs = calloc(json_array_size(list) + 1, sizeof *b->knobs);
	if (!b->knobs)
		return err_set(e, -ENOMEM, "out of memory");
	json_array_foreach(list, i, o)
		if (!read_knob(&b->knobs[b->nknobs++], o))
			return err_set(e, -EINVAL, "%s: the declaration of knob %zu is damaged", path, i + 1);
	return 0;
}

void catalog_free_knobs(struct backend *b)
{
	free(b->knobs);
	json_decref(b->info);
}
