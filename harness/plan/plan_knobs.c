/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_knobs.c: whether --opt means something.  Each value is to mean something to
 * one of the back ends that are asked for; the others say in their rows that it does
 * not apply to them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "machine/conditions.h"
#include "plan/plan.h"

const struct backend *plan_backend(const struct options *o, const struct catalog *c, int i)
{
	struct err ignored;

	if (!o->backends.n)
		return i < c->nbackends ? &c->backends[i] : NULL;
	if (i == o->backends.n)
		return NULL;
	return &c->backends[catalog_backend(c, o->backends.v[i], "", &ignored)];
}

static bool takes(const struct knob *k, const char *value)
{
	int64_t v;

	for (int i = 0; k->words[i]; i++)
		if (!strcmp(k->words[i], value))
			return true;
	return !*k->words && parse_int(value, k->min, k->max, &v) == 0;
}

static int bad_value(const struct knob *k, const char *value, struct err *e)
{
	char words[200] = "";
	size_t n = 0;

	for (int i = 0; k->words[i] && n < sizeof words; i++)
		n += (size_t)snprintf(words + n, sizeof words - n, "%s%.20s", i ? ", " : "", k->words[i]);
	if (*words)
		return err_set(e, -EINVAL, "--opt %s=%.60s: %s is one of %s", k->name, value, k->name, words);
	return err_set(e, -EINVAL, "--opt %s=%.60s: %s is a number from %" PRId64 " to %" PRId64, k->name, value,
	               k->name, k->min, k->max);
}

/* Whether all that are asked for and can run say which knobs they have: others may
 * have any. */
static bool all_say(const struct options *o, const struct catalog *c)
{
	const struct backend *b;
	int n = 0;

	for (int i = 0; (b = plan_backend(o, c, i)); i++) {
		if (b->available && !b->knobs)
			return false;
		n += b->available;
	}
	return n > 0;
}

static int unknown_knob(const struct options *o, const struct catalog *c, const char *key, struct err *e)
{
	struct nearest near = { .word = key };
	const struct backend *b;
	char hint[100];

	for (int k = 0; condition_knobs[k]; k++)
		nearest_try(&near, condition_knobs[k]);
	for (int i = 0; (b = plan_backend(o, c, i)); i++)
		for (int k = 0; k < b->nknobs; k++)
			nearest_try(&near, b->knobs[k].name);
	return err_set(e, -EINVAL, "--opt: no back end asked for has a knob '%.60s'%s", key,
	               nearest_hint(&near, hint, sizeof hint));
}

static int check_value(const struct options *o, const struct catalog *c, const char *key,
                       const char *value, struct err *e)
{
	const struct knob *first = NULL;
	const struct backend *b;

	for (int i = 0; (b = plan_backend(o, c, i)); i++) {
		const struct knob *k = backend_knob(b, key);

		if (k && takes(k, value))
			return 0;
		first = first ? first : k;
	}
	return first ? bad_value(first, value, e) : unknown_knob(o, c, key, e);
}

int plan_check_knobs(const struct options *o, const struct catalog *c, struct err *e)
{
	int rc = 0;

	if (!all_say(o, c))
		return 0;
	for (int i = 0; i < o->nopt && !rc; i++) {
		const struct sweep *s = &o->opt[i];

		/* Those of the harness were checked when they were read. */
		for (int k = 0; k < s->values.n && !rc && !is_condition(s->key); k++)
			rc = check_value(o, c, s->key, s->values.v[k], e);
	}
	return rc;
}
