/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/parse.h"

/* What is being planned, and from what. */
struct maker {
	struct plan *plan;
	const struct options *o;
	const struct catalog *c;
	const struct topo *topo;
	const struct preset *preset;
	const char *const *pins;
	int npins;
	int procs[PROCS_MAX], nprocs;
	const struct preset_cell *line;         /* of the preset; NULL: none */
	struct err *e;
};

static int no_memory(struct err *e)
{
	return err_set(e, -ENOMEM, "out of memory");
}

const char *plan_string(struct plan *p, const char *s)
{
	void **grown = realloc(p->strings, sizeof *grown * (size_t)(p->nstrings + 1));
	char *copy = strdup(s);

	if (grown)
		p->strings = grown;
	if (!grown || !copy) {
		free(copy);
		return NULL;
	}
	return p->strings[p->nstrings++] = copy;
}

static void free_cells(struct cell *cells, int n)
{
	for (int i = 0; i < n; i++)
		free(cells[i].cpus);
	free(cells);
}

void plan_free(struct plan *p)
{
	for (int i = 0; i < p->nstrings; i++)
		free(p->strings[i]);
	free_cells(p->cells, p->ncells);
	free_cells(p->calibrations, p->ncalibrations);
	free(p->strings);
	free(p->preset);
	memset(p, 0, sizeof *p);
}

/* ---- Cells ---------------------------------------------------------------- */

static int pick_cpus(struct maker *m, struct cell *cell)
{
	struct topo_counts counts;
	int n;

	topo_counts(m->topo, &counts);
	cell->cpus = calloc((size_t)counts.pus + 1, sizeof *cell->cpus);
	if (!cell->cpus)
		return no_memory(m->e);
	n = topo_pick(m->topo, cell->pin, cell->procs, cell->cpus, m->e);
	cell->ncpus = n < 0 ? 0 : n;
	return n < 0 ? n : 0;
}

/* A copy of the cell whose strings the plan owns, unless it is there already:
 * a preset's line and a --set may come to the same. */
static int add_cell(struct maker *m, struct cell cell)
{
	struct plan *p = m->plan;
	struct cell *grown;
	bool whole;
	int rc;

	for (int i = 0; i < p->ncells; i++)
		if (cell_same(&p->cells[i], &cell))
			return 0;
	if (p->ncells == CELLS_MAX)
		return err_set(m->e, -E2BIG, "these are more than %d cells: ask for less at a time", CELLS_MAX);
	rc = pick_cpus(m, &cell);
	if (rc) {
		free(cell.cpus);
		return rc;
	}
	whole = (cell.backend = plan_string(p, cell.backend)) &&
	        (cell.workload = plan_string(p, cell.workload)) &&
	        (cell.pin = plan_string(p, cell.pin));
	for (int i = 0; i < cell.nparams; i++)
		whole = whole && (cell.params[i].key = plan_string(p, cell.params[i].key)) &&
		        (cell.params[i].value = plan_string(p, cell.params[i].value));
	for (int i = 0; i < cell.nopts; i++)
		whole = whole && (cell.opts[i].key = plan_string(p, cell.opts[i].key)) &&
		        (cell.opts[i].value = plan_string(p, cell.opts[i].value));
	grown = realloc(p->cells, sizeof *grown * (size_t)(p->ncells + 1));
	if (grown)
		p->cells = grown;
	if (!grown || !whole) {
		free(cell.cpus);
		return no_memory(m->e);
	}
	p->cells[p->ncells++] = cell;
	return 0;
}

static int each_place(struct maker *m, struct cell *cell)
{
	const struct backend *b;
	int rc = 0;

	for (int p = 0; p < m->nprocs && !rc; p++) {
		cell->procs = m->procs[p];
		for (int i = 0; i < m->npins && !rc; i++) {
			cell->pin = m->pins[i];
			for (int k = 0; !rc && (b = plan_backend(m->o, m->c, k)); k++) {
				cell->backend = b->name;
				if (!m->line || !m->line->but || !backend_can(b, m->line->but))
					rc = add_cell(m, *cell);
			}
		}
	}
	return rc;
}

/* The words of a preset's line that are knobs; --opt goes before them. */
static int with_knobs(struct maker *m, const struct decl *d, struct cell *cell)
{
	char text[CELL_TEXT], *rest = text, *value;

	snprintf(text, sizeof text, "%s", m->line ? m->line->set : "");
	while ((value = strsep(&rest, " "))) {
		const char *key = strsep(&value, "=");

		if (!value || decl_param(d, key) || cell_value(cell, key))
			continue;
		if (cell->nopts == CELL_PAIRS)
			return err_set(m->e, -E2BIG, "--opt: %s has %d knobs by the preset and these, and may have %d",
			               d->name, CELL_PAIRS + 1, CELL_PAIRS);
		cell->opts[cell->nopts++] = (struct pair){ key, value };
	}
	return each_place(m, cell);
}

static int each_opt(struct maker *m, const struct decl *d, struct cell *cell, int depth)
{
	const struct sweep *s = &m->o->opt[depth];
	int rc = 0;

	cell->nopts = depth;
	if (depth == m->o->nopt)
		return with_knobs(m, d, cell);
	for (int i = 0; i < s->values.n && !rc; i++) {
		cell->opts[depth] = (struct pair){ s->key, s->values.v[i] };
		rc = each_opt(m, d, cell, depth + 1);
	}
	return rc;
}

static int check_value(const struct decl *d, const struct param *p, const char *value, struct err *e)
{
	int64_t v;

	if (!parse_int(value, p->min, p->max, &v))
		return 0;
	return err_set(e, -EINVAL, "--set %s=%.60s: %s of %s is a number from %" PRId64
	               " to %" PRId64, p->name, value, p->name, d->name, p->min, p->max);
}

/* What a preset's line such as "docs=100 gs=1" says of a parameter, else its
 * default. */
static const char *preset_value(const char *set, const struct param *p, char value[24])
{
	size_t n = strlen(p->name);

	snprintf(value, 24, "%" PRId64, p->value);
	while (*set) {
		size_t word = strcspn(set, " ");

		if (!strncmp(set, p->name, n) && set[n] == '=')
			snprintf(value, 24, "%.*s", (int)(word - n - 1), set + n + 1);
		set += word + (set[word] == ' ');
	}
	return value;
}

/* --set goes before the preset's line. */
static int each_param(struct maker *m, const struct decl *d, struct cell *cell, int depth)
{
	const struct param *p = &d->params[depth];
	char value[24];
	int rc;

	if (depth == d->nparams)
		return each_opt(m, d, cell, 0);
	cell->nparams = depth + 1;
	for (int i = 0; i < m->o->nset; i++) {
		const struct sweep *s = &m->o->set[i];

		if (strcmp(s->key, p->name) != 0)
			continue;
		for (int k = 0; k < s->values.n; k++) {
			int64_t v;

			rc = check_value(d, p, s->values.v[k], m->e);
			if (rc)
				return rc;
			/* 007 and 7 are one cell. */
			parse_int(s->values.v[k], p->min, p->max, &v);
			snprintf(value, sizeof value, "%" PRId64, v);
			cell->params[depth] = (struct pair){ p->name, value };
			rc = each_param(m, d, cell, depth + 1);
			if (rc)
				return rc;
		}
		return 0;
	}
	cell->params[depth] = (struct pair){ p->name, preset_value(m->line ? m->line->set : "", p, value) };
	return each_param(m, d, cell, depth + 1);
}

static int add_workload(struct maker *m, const struct decl *d)
{
	const struct preset_cell *line = m->preset->cells;
	struct cell cell = { .workload = d->name };
	bool listed = false;
	int rc = 0;

	for (; line && line->workload && !rc; line++) {
		if (strcmp(line->workload, d->name) != 0)
			continue;
		listed = true;
		m->line = line;
		rc = each_param(m, d, &cell, 0);
	}
	m->line = NULL;
	return listed || rc ? rc : each_param(m, d, &cell, 0);
}

static bool is_among(const char *const *workloads, const char *workload)
{
	for (int i = 0; workloads && workloads[i]; i++)
		if (!strcmp(workloads[i], workload))
			return true;
	return false;
}

/* Behind all others: where a cell is sought by what it is, they are found first. */
static int add_copies(struct maker *m)
{
	int n = m->plan->ncells, rc = 0;

	for (int i = 0; i < n && !rc; i++) {
		struct cell copy = m->plan->cells[i];

		copy.copy = 1;
		copy.cpus = NULL;
		if (is_among(m->preset->twice, copy.workload))
			rc = add_cell(m, copy);
	}
	return rc;
}

/* One P is where it is, whatever binds it. */
static int add_bound(struct maker *m)
{
	int n = m->o->pins.n ? 0 : m->plan->ncells, rc = 0;

	for (int i = 0; i < n; i++)
		for (int k = 0; m->preset->bindings[k] && !rc; k++) {
			struct cell bound = m->plan->cells[i];

			bound.pin = m->preset->bindings[k];
			bound.cpus = NULL;
			if (bound.copy || bound.procs == 1 || !is_among(m->preset->bound, bound.workload))
				continue;
			rc = add_cell(m, bound);
			rc = rc == -ERANGE ? 0 : rc;    /* more Ps than PUs: the unbound one alone */
		}
	return rc;
}

/* ---- What is asked for ------------------------------------------------------ */

/* Whether a workload is among those asked for: by -w, else by the preset. */
static bool chosen(const struct maker *m, const char *workload)
{
	const struct preset_cell *line = m->preset->cells;

	if (m->o->workloads.n) {
		for (int i = 0; i < m->o->workloads.n; i++)
			if (!strcmp(m->o->workloads.v[i], workload))
				return true;
		return false;
	}
	for (; line && line->workload; line++)
		if (!strcmp(line->workload, workload))
			return true;
	return m->preset->others;
}

static int check_names(struct maker *m)
{
	for (int i = 0; i < m->o->backends.n; i++)
		if (catalog_backend(m->c, m->o->backends.v[i], "-b", m->e) < 0)
			return -EINVAL;
	for (int i = 0; i < m->o->workloads.n; i++)
		if (catalog_workload(m->c, m->o->workloads.v[i], "-w", m->e) < 0)
			return -EINVAL;
	for (int i = 0; i < m->npins; i++)
		if (topo_policy_check(m->pins[i], m->e))
			return -EINVAL;
	return 0;
}

/* A key that no chosen workload has is a slip, not a wish. */
static int check_keys(struct maker *m)
{
	for (int i = 0; i < m->o->nset; i++) {
		struct nearest near = { .word = m->o->set[i].key };
		char hint[100];
		bool found = false;

		for (int w = 0; w < m->c->nworkloads; w++) {
			const struct decl *d = &m->c->workloads[w];

			if (!chosen(m, d->name))
				continue;
			found |= decl_param(d, near.word) != NULL;
			for (int k = 0; k < d->nparams; k++)
				nearest_try(&near, d->params[k].name);
		}
		if (!found)
			return err_set(m->e, -EINVAL, "--set: no workload asked for has a "
			               "parameter '%.60s'%s", near.word,
			               nearest_hint(&near, hint, sizeof hint));
	}
	return 0;
}

static void choose_procs(struct maker *m, int usable)
{
	const int *given = m->preset->procs;
	int n = 0;

	if (m->o->nprocs) {
		given = m->o->procs;
		n = m->o->nprocs;
	}
	while (!m->o->nprocs && given[n])
		n++;
	memcpy(m->procs, given, (size_t)n * sizeof *given);
	if (!n) {
		for (int p = 1; p < usable && p < PROCS_MAX; p *= 2)
			m->procs[n++] = p;
		m->procs[n++] = usable < PROCS_MAX ? usable : PROCS_MAX;
	}
	m->nprocs = n;
}

/* Who does it: threads of the kernel's are nearest to the machine. */
static const struct backend *calibrator(const struct catalog *c)
{
	const struct backend *first = NULL;

	for (int i = 0; i < c->nbackends; i++) {
		const struct backend *b = &c->backends[i];

		if (b->available && backend_can(b, "threads"))
			return b;
		if (b->available && !first)
			first = b;
	}
	return first;
}

/* Always done by the same cell program, on the PUs that the cells have at each P. */
int plan_calibrate(struct plan *p, const struct catalog *c, const struct topo *topo, const int *procs, int nprocs,
                   struct err *e)
{
	static const char *const pins[] = { "none" };
	static const struct preset none;
	const struct backend *b = calibrator(c);
	struct options o = { 0 };
	struct maker some = { .plan = p, .o = &o, .c = c, .topo = topo, .preset = &none, .pins = pins, .npins = 1,
	                      .nprocs = nprocs, .e = e };
	struct cell *cells = p->cells;
	struct err ignored;
	int w = catalog_workload(c, "calibrate", "", &ignored), ncells = p->ncells, rc = 0;

	free_cells(p->calibrations, p->ncalibrations);
	p->cells = NULL;
	p->ncells = 0;
	memcpy(some.procs, procs, (size_t)nprocs * sizeof *procs);
	if (w >= 0 && b) {
		o.backends = (struct words){ .v = (char *[]){ b->name }, .n = 1 };
		rc = add_workload(&some, &c->workloads[w]);
	}
	p->calibrations = p->cells;
	p->ncalibrations = p->ncells;
	p->cells = cells;
	p->ncells = ncells;
	return rc;
}

static int choose_rest(struct plan *p, const struct options *o, const struct preset *preset,
                       struct err *e)
{
	p->preset = strdup(preset->name);
	p->reps = o->reps ? o->reps : preset->reps;
	p->timeout_s = o->timeout_s > 0 ? o->timeout_s : preset->timeout_s;
	p->min_time_s = o->min_time_s > 0 ? o->min_time_s : preset->min_time_s;
	p->seed = o->seed;
	if (!o->has_seed && getrandom(&p->seed, sizeof p->seed, 0) != sizeof p->seed)
		return err_set(e, -errno, "no random seed to be had: give one with --seed");
	p->seed &= SEED_MAX;
	if (!p->preset)
		return no_memory(e);
	p->traces = o->has_traces ? o->traces : preset->traces;
	p->again = o->again;
	return o->has_again ? 0 : plan_again(p, e);
}

int plan_again(struct plan *p, struct err *e)
{
	const char *env = getenv("SCHEDLAB_AGAIN");
	int64_t n = AGAIN_DEFAULT;

	if (env && *env && parse_int(env, 0, AGAIN_MAX, &n))
		return err_set(e, -EINVAL, "SCHEDLAB_AGAIN=%.60s: not a number from 0 to %d", env, AGAIN_MAX);
	p->again = (int)n;
	return 0;
}

/* Google Benchmark's last attempt aims at 1.4 times the least time, and those before
 * add up to some part of it. */
static int check_times(const struct plan *p, const struct options *o, struct err *e)
{
	if (p->timeout_s >= 2 * p->min_time_s)
		return 0;
	return err_set(e, -EINVAL, "%s %g is too short: a cell measures for at least %g s (--min-time), "
	               "and may need twice that", o->timeout_s > 0 ? "--timeout" : "the preset's --timeout",
	               p->timeout_s, p->min_time_s);
}

int plan_check(const struct plan *p, const struct options *o, struct err *e)
{
	int64_t rows = (int64_t)p->reps * (p->ncells + p->ncalibrations) + p->ncalibrations;
	int rc = check_times(p, o, e);

	if (rc || rows <= PLAN_ROWS_MAX)
		return rc;
	return err_set(e, -E2BIG, "%d repetitions of %d cells are %" PRId64 " rows, more than %d: ask for less "
	               "at a time", p->reps, p->ncells, rows, PLAN_ROWS_MAX);
}

/* Rows differ by a factor of a hundred: their mean says something of the whole
 * preset alone. */
static void estimate(struct plan *p, const struct options *o, const struct preset *preset)
{
	bool whole = !o->backends.n && !o->workloads.n && !o->nprocs && !o->pins.n && !o->nset &&
	             !o->nopt && !(o->min_time_s > 0);

	p->estimate_s = whole ? plan_rows(p) * preset->row_s : 0;
}

int plan_make(struct plan *p, const struct options *o, const struct preset *preset,
              const struct catalog *c, const struct topo *topo, int usable, struct err *e)
{
	struct maker m = { .plan = p, .o = o, .c = c, .topo = topo, .preset = preset, .e = e };
	int rc;

	memset(p, 0, sizeof *p);
	m.pins = o->pins.n ? (const char *const *)o->pins.v : m.preset->pins;
	while (m.pins[m.npins])
		m.npins++;
	choose_procs(&m, usable);
	rc = check_names(&m);
	if (!rc)
		rc = check_keys(&m);
	if (!rc)
		rc = plan_check_knobs(o, c, e);
	if (!rc)
		rc = choose_rest(p, o, m.preset, e);
	if (!rc)
		rc = plan_rotate(p, o, c, e);
	if (!rc)
		rc = plan_calibrate(p, c, topo, m.procs, m.nprocs, e);
	for (int w = 0; w < c->nworkloads && !rc; w++)
		if (chosen(&m, c->workloads[w].name))
			rc = add_workload(&m, &c->workloads[w]);
	if (!rc)
		rc = add_copies(&m);
	if (!rc)
		rc = add_bound(&m);
	if (!rc && !p->ncells && o->workloads.n)
		rc = err_set(e, -EINVAL, "the preset %s does not have this workload for these back "
		             "ends: it would take too long", m.preset->name);
	if (!rc && !p->ncells)
		rc = err_set(e, -EINVAL, "this build has none of the workloads of the preset %s; "
		             "ask for some with -w", m.preset->name);
	if (!rc)
		rc = plan_check(p, o, e);
	if (rc)
		plan_free(p);
	else
		estimate(p, o, m.preset);
	return rc;
}
