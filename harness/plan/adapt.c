/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/adapt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "machine/conditions.h"

/* What a cell is held against, and why it is left out. */
struct adapter {
	struct plan *plan;
	const struct plan *size;
	const struct catalog *c;
	const struct topo *topo;
	int usable;
	char why[200];
};

static bool __attribute__((format(printf, 2, 3))) no(struct adapter *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->why, sizeof a->why, fmt, ap);
	va_end(ap);
	return false;
}

static bool has_backend(struct adapter *a, const struct cell *c)
{
	struct err ignored;
	int i = catalog_backend(a->c, c->backend, "", &ignored);
	const struct backend *b = i < 0 ? NULL : &a->c->backends[i];

	if (c->build)
		return no(a, "it is of one of two builds, and those ab holds against each other");
	if (!b)
		return no(a, "this build has no back end %.60s", c->backend);
	if (!b->available)
		return no(a, "%.60s: %.120s", c->backend, b->reason);
	for (i = 0; i < c->nopts; i++)
		if (b->knobs && !is_condition(c->opts[i].key) && !backend_knob(b, c->opts[i].key))
			return no(a, "%.60s has no knob %.60s in this build", c->backend, c->opts[i].key);
	return true;
}

/* What a workload was once given no value for, it did as it does by default. */
static bool add_defaults(struct adapter *a, struct cell *c, const struct decl *d)
{
	char value[24];

	for (int i = 0; i < d->nparams; i++) {
		struct pair *v = &c->params[c->nparams];

		if (cell_value(c, d->params[i].name))
			continue;
		snprintf(value, sizeof value, "%" PRId64, d->params[i].value);
		if (c->nparams == CELL_PAIRS)
			return no(a, "%.60s has more parameters in this build", d->name);
		v->key = plan_string(a->plan, d->params[i].name);
		v->value = plan_string(a->plan, value);
		if (!v->key || !v->value)
			return no(a, "out of memory");
		c->nparams++;
	}
	return true;
}

static bool has_workload(struct adapter *a, struct cell *c)
{
	struct err ignored;
	int i = catalog_workload(a->c, c->workload, "", &ignored);
	const struct decl *d = i < 0 ? NULL : &a->c->workloads[i];
	int64_t v;

	if (!d)
		return no(a, "this build has no workload %.60s", c->workload);
	for (i = 0; i < c->nparams; i++) {
		const struct param *p = decl_param(d, c->params[i].key);

		if (!p)
			return no(a, "%.60s has no parameter %.60s in this build", d->name, c->params[i].key);
		if (parse_int(c->params[i].value, p->min, p->max, &v))
			return no(a, "%.60s of %.60s is from %" PRId64 " to %" PRId64 " in this build", p->name,
			          d->name, p->min, p->max);
	}
	return add_defaults(a, c, d);
}

static bool is_of_size(struct adapter *a, const struct cell *c)
{
	for (int i = 0; a->size && i < a->size->ncells; i++) {
		struct cell other = a->size->cells[i];

		other.procs = c->procs;
		other.pin = c->pin;
		other.copy = c->copy;
		if (cell_same(&other, c))
			return true;
	}
	return a->size ? no(a, "not in the preset %.60s, with these parameters", a->size->preset) : true;
}

/* Gives the cell its PUs. */
static bool has_processors(struct adapter *a, struct cell *c)
{
	struct topo_counts counts;
	struct err e;
	int *cpus, n;

	if (c->ncpus >= c->procs && c->procs > a->usable)
		return no(a, "P = %d: there %s %d processor%s here", c->procs, a->usable == 1 ? "is" : "are", a->usable,
		          a->usable == 1 ? "" : "s");
	topo_counts(a->topo, &counts);
	cpus = calloc((size_t)counts.pus + 1, sizeof *cpus);
	if (!cpus)
		return no(a, "out of memory");
	n = topo_pick(a->topo, c->pin, c->procs, cpus, &e);
	if (n < 0) {
		free(cpus);
		return no(a, "%.190s", e.msg);
	}
	free(c->cpus);
	c->cpus = cpus;
	c->ncpus = n;
	return true;
}

/* The Ps of the plan's cells; their number. */
static int procs_of(const struct plan *p, int procs[PROCS_MAX])
{
	int n = 0;

	for (int i = 0; i < p->ncells; i++) {
		int k = 0;

		while (k < n && procs[k] != p->cells[i].procs)
			k++;
		if (k == n && n < PROCS_MAX)
			procs[n++] = p->cells[i].procs;
	}
	return n;
}

int plan_adapt(struct plan *p, struct adaptation *out, const struct plan *size, const struct catalog *c,
               const struct topo *topo, int usable, struct err *e)
{
	struct adapter a = { .plan = p, .size = size, .c = c, .topo = topo, .usable = usable };
	int procs[PROCS_MAX], n = p->ncells, kept = 0;

	*out = (struct adaptation){ calloc((size_t)n + 1, sizeof *out->why), n, p->layouts };
	for (int i = 0; out->why && i < n; i++) {
		struct cell *cell = &p->cells[i];

		if (has_backend(&a, cell) && has_workload(&a, cell) && is_of_size(&a, cell) && has_processors(&a, cell)) {
			struct cell keeps = *cell;

			cell->cpus = NULL;
			p->cells[kept++] = keeps;
			continue;
		}
		free(cell->cpus);
		cell->cpus = NULL;
		out->why[i] = plan_string(p, a.why);
		if (!out->why[i])
			return err_set(e, -ENOMEM, "out of memory");
	}
	if (!out->why)
		return err_set(e, -ENOMEM, "out of memory");
	p->ncells = kept;
	p->layouts = p->layouts < c->nlayouts ? p->layouts : c->nlayouts;
	if (!kept)
		return err_set(e, -EINVAL, "none of its cells can be measured here: %.300s", a.why);
	/* Runs of old did not measure again, and this one is new. */
	if (plan_again(p, e))
		return -EINVAL;
	return plan_calibrate(p, c, topo, procs, procs_of(p, procs), e);
}

const char *adaptation_next(const struct adaptation *a, int *at, int *n)
{
	while (*at < a->ncells) {
		int i = (*at)++, first = i;

		*n = 0;
		for (int k = 0; a->why[i] && k < a->ncells; k++) {
			bool same = a->why[k] && !strcmp(a->why[k], a->why[i]);

			*n += same;
			first = same && k < first ? k : first;
		}
		if (*n && first == i)
			return a->why[i];
	}
	return NULL;
}

void adaptation_free(struct adaptation *a)
{
	free(a->why);
	*a = (struct adaptation){ 0 };
}
