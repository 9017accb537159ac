/* SPDX-License-Identifier: Apache-2.0 */
#include "spec.h"

#include <stdio.h>
#include <string.h>

static bool pairs_same(const struct pair *a, int na, const struct pair *b, int nb)
{
	if (na != nb)
		return false;
	for (int i = 0; i < na; i++) {
		int j = 0;

		while (j < nb && strcmp(a[i].key, b[j].key) != 0)
			j++;
		if (j == nb || strcmp(a[i].value, b[j].value) != 0)
			return false;
	}
	return true;
}

bool cell_same(const struct cell *a, const struct cell *b)
{
	return a->procs == b->procs && !strcmp(a->backend, b->backend) &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->pin, b->pin) &&
	       pairs_same(a->params, a->nparams, b->params, b->nparams) &&
	       pairs_same(a->opts, a->nopts, b->opts, b->nopts);
}

const char *cell_text(const struct cell *c, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "%s", c->workload);

	for (int i = 0; i < c->nparams && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, " %s=%s",
		                      c->params[i].key, c->params[i].value);
	if (n < size)
		n += (size_t)snprintf(buf + n, size - n, " | %s P=%d %s",
		                      c->backend, c->procs, c->pin);
	for (int i = 0; i < c->nopts && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, " %s=%s",
		                      c->opts[i].key, c->opts[i].value);
	return buf;
}

const char *cell_value(const struct cell *c, const char *key)
{
	for (int i = 0; i < c->nparams; i++)
		if (!strcmp(c->params[i].key, key))
			return c->params[i].value;
	for (int i = 0; i < c->nopts; i++)
		if (!strcmp(c->opts[i].key, key))
			return c->opts[i].value;
	return NULL;
}

bool cell_has(const struct cell *c, const char *set)
{
	char words[CELL_TEXT], *rest = words, *value;

	snprintf(words, sizeof words, "%s", set);
	while ((value = strsep(&rest, " "))) {
		const char *key = strsep(&value, "="), *has = cell_value(c, key);

		if (*key && (!has || !value || strcmp(has, value) != 0))
			return false;
	}
	return true;
}
