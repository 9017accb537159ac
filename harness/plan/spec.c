/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/spec.h"

#include <math.h>
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

static bool builds_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool cell_same(const struct cell *a, const struct cell *b)
{
	return a->procs == b->procs && a->copy == b->copy && builds_same(a->build, b->build) &&
	       !strcmp(a->backend, b->backend) &&
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
	if (c->copy && n < size)
		snprintf(buf + n, size - n, " copy");
	if (c->build && n < size)
		snprintf(buf + n, size - n, " (%s)", c->build);
	return buf;
}

/* How many processors the cell can have at the same time. */
static int processors(const struct cell *c, double quota)
{
	return quota < c->ncpus ? (int)ceil(quota) : c->ncpus;
}

const char *cells_oversubscribed(const struct cell *c, int n, double quota, char *buf, size_t size)
{
	const struct cell *first = NULL;
	size_t at = 0;

	*buf = '\0';
	for (int i = 0; i < n && at < size; i++) {
		int k = 0;

		/* Each P once, whatever back end and workload. */
		while (k < i && c[k].procs != c[i].procs)
			k++;
		if (k < i || !c[i].ncpus || c[i].procs <= processors(&c[i], quota))
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s%d", first ? "," : "P=", c[i].procs);
		first = first ? first : &c[i];
	}
	/* Who has too few has all that may be used: it is the same number for all. */
	if (first && at < size)
		snprintf(buf + at, size - at, " on %d PU%s%s: oversubscribed", processors(first, quota),
		         processors(first, quota) == 1 ? "" : "s",
		         quota < first->ncpus ? " by the CPU quota" : "");
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
