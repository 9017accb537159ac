/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/floor.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"

#define LEVEL 0.95

/* How fast it is, and what a process gets of it.  The kernel and its settings are not
 * among them: they move figures more than what figures scatter, and compare names them. */
const char *const floor_facts[] = {
	"host", "architecture", "cpu_model", "caches", "cpus", "affinity", "cgroup_quota", "smt", "governor", "boost",
	"no_turbo", NULL
};

struct finder {
	const struct results *a, *b;
	struct floor *best;
	struct err *e;
};

/* A machine without a name, as in a run that was made anonymous, may be any. */
static bool is_here(const struct floor *f, const struct results *r)
{
	if (!*results_fact(r, "host"))
		return false;
	for (int i = 0; floor_facts[i]; i++)
		if (strcmp(floor_fact(f, floor_facts[i]), results_fact(r, floor_facts[i])) != 0)
			return false;
	return true;
}

static void look_into(struct finder *s, const char *dir)
{
	struct floor *f = floor_read(dir, s->e);

	if (f && is_here(f, s->a) && is_here(f, s->b) && (!s->best || strcmp(f->measured, s->best->measured) > 0)) {
		floor_free(s->best);
		s->best = f;
	} else {
		floor_free(f);
	}
}

static void look_in(struct finder *s, const char *parent)
{
	DIR *d = opendir(parent);
	struct dirent *entry;
	char path[PATH_MAX];

	while (d && (entry = readdir(d)))
		if (*entry->d_name != '.')
			look_into(s, path_join(path, parent, entry->d_name));
	if (d)
		closedir(d);
}

/* The folder that a run lies in. */
static void look_beside(struct finder *s, const struct results *r)
{
	char parent[PATH_MAX];

	snprintf(parent, sizeof parent, "%s/..", r->dir);
	look_in(s, parent);
}

struct floor *floor_find(const struct results *a, const struct results *b, struct err *e)
{
	struct finder s = { .a = a, .b = b, .e = e };

	*e->msg = '\0';
	look_in(&s, "results");
	look_beside(&s, a);
	look_beside(&s, b);
	return s.best;
}

double floor_of(const struct floor *f, const struct cell *c, int samples)
{
	for (int i = 0; i < f->n; i++)
		if (cell_same(&f->rows[i].cell, c))
			return f->rows[i].spread.runs ? stats_runs_floor(&f->rows[i].spread, samples, LEVEL) : NAN;
	return NAN;
}
