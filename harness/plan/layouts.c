/* SPDX-License-Identifier: Apache-2.0
 *
 * layouts.c: cell programs whose object files were linked in other orders.  Where code
 * lies decides some nanoseconds, and a change anywhere moves all that is linked behind
 * it: a run that rotates over several orders shows such differences as the noise that
 * they are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/plan.h"

/* Whether the build has it; where, in any case. */
static bool find(const struct catalog *c, const struct backend *b, int number, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/layouts/%d/cell-%s", c->dir, number, b->name);

	return n > 0 && n < PATH_MAX && access(path, X_OK) == 0;
}

/* Layouts are numbered from 1 without a gap. */
static int count(const struct catalog *c, const struct backend *b)
{
	char path[PATH_MAX];
	int n = 0;

	while (b->available && n < LAYOUTS_MAX && find(c, b, n + 1, path))
		n++;
	return n;
}

int catalog_read_layouts(struct catalog *c, struct err *e)
{
	for (int i = 0; i < c->nbackends; i++) {
		int n = count(c, &c->backends[i]);

		c->nlayouts = n && (!c->nlayouts || n < c->nlayouts) ? n : c->nlayouts;
	}
	for (int i = 0; i < c->nbackends && c->nlayouts; i++) {
		struct backend *b = &c->backends[i];

		if (!count(c, b))
			continue;
		b->layouts = calloc((size_t)c->nlayouts, sizeof *b->layouts);
		if (!b->layouts)
			return err_set(e, -ENOMEM, "out of memory");
		b->nlayouts = c->nlayouts;
		for (int k = 0; k < b->nlayouts; k++)
			find(c, b, k + 1, b->layouts[k].program);
	}
	return 0;
}

int backend_layout(const struct backend *b, int layout)
{
	return layout <= b->nlayouts ? layout : 0;
}

const char *backend_program(const struct backend *b, int layout)
{
	int i = backend_layout(b, layout);

	return i ? b->layouts[i - 1].program : b->program;
}

int plan_rotate(struct plan *p, const struct options *o, const struct catalog *c, struct err *e)
{
	p->layouts = o->has_layouts ? o->layouts : c->nlayouts;
	if (p->layouts <= c->nlayouts)
		return 0;
	return err_set(e, -EINVAL, "--layouts %d: this build has %d; make layouts LAYOUTS=%d links them", o->layouts,
	               c->nlayouts, o->layouts);
}

int plan_layout(const struct plan *p, int rep)
{
	return p->layouts ? 1 + (int)((p->seed + (uint64_t)rep) % (uint64_t)p->layouts) : 0;
}
