/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

const struct compare_fact compare_facts[] = {
	{ "host", MOVES_NOTHING }, { "cpu_model", MOVES_ALL }, { "caches", MOVES_ALL }, { "memory", MOVES_NOTHING },
	{ "cpus", MOVES_PARALLEL }, { "affinity", MOVES_PARALLEL }, { "cgroup_quota", MOVES_ALL },
	{ "smt", MOVES_PARALLEL }, { "governor", MOVES_ALL }, { "boost", MOVES_ALL }, { "no_turbo", MOVES_ALL },
	{ "kernel", MOVES_ALL }, { "mitigations", MOVES_ALL }, { "transparent_hugepages", MOVES_ALL },
	{ "version", MOVES_NOTHING }, { "commit", MOVES_ALL }, { "compiler", MOVES_ALL }, { "flags", MOVES_ALL },
	{ "benchmark", MOVES_ALL }, { "hwloc", MOVES_NOTHING }, { "jansson", MOVES_NOTHING }, { "go", MOVES_ALL },
	{ NULL, MOVES_NOTHING }
};

const char *compare_fact_of(const struct comparison *c, int side, const char *fact)
{
	if (c->asked.by == BY_BUILD && strcmp(fact, "started") != 0)
		return results_build_fact(c->r[side], c->asked.value[side], fact);
	return results_fact(c->r[side], fact);
}

bool compare_differs(const struct comparison *c, const char *fact)
{
	const char *a = compare_fact_of(c, 0, fact), *b = compare_fact_of(c, 1, fact);

	if ((c->r[0]->foreign || c->r[1]->foreign || c->asked.by == BY_BUILD) && (!*a || !*b))
		return false;
	return strcmp(a, b) != 0;
}

const char *compare_side(const struct comparison *c, int side, char *buf, size_t size)
{
	const struct compare_asked *q = &c->asked;

	if (q->by == BY_RUN)
		snprintf(buf, size, "%s", c->r[side]->dir);
	else if (q->by == BY_BUILD && *compare_fact_of(c, side, "dir"))
		snprintf(buf, size, "%s", compare_fact_of(c, side, "dir"));
	else
		snprintf(buf, size, "%s%s%s", q->by == BY_OPT ? q->key : "", q->by == BY_OPT ? "=" : "",
		         q->value[side]);
	return buf;
}

const char *compare_name(const struct comparison *c, const struct cell *cell, const char *label,
                         char *buf, size_t size)
{
	const struct compare_asked *q = &c->asked;
	char *knob, with[CELL_TEXT] = "";
	size_t n;

	snprintf(buf, size, "%s%s%s", label, !strcmp(cell->pin, "none") || q->by == BY_PIN ? "" : " ",
	         !strcmp(cell->pin, "none") || q->by == BY_PIN ? "" : cell->pin);
	if (q->by == BY_OPT)
		snprintf(with, sizeof with, " %s=%s", q->key, cell_value(cell, q->key));
	n = strlen(with);
	knob = n ? strstr(buf, with) : NULL;
	if (knob)
		memmove(knob, knob + n, strlen(knob + n) + 1);
	return buf;
}

/* ---- Which cells ------------------------------------------------------------ */

static struct pair *opt_of(struct cell *c, const char *key)
{
	for (int i = 0; i < c->nopts; i++)
		if (!strcmp(c->opts[i].key, key))
			return &c->opts[i];
	return NULL;
}

/* What a cell has where the sides differ; NULL: nothing, and so it is on neither. */
static const char **place_of_value(struct cell *c, const struct compare_asked *q)
{
	struct pair *opt;

	switch (q->by) {
	case BY_BACKEND: return &c->backend;
	case BY_PIN: return &c->pin;
	case BY_OPT: opt = opt_of(c, q->key); return opt ? &opt->value : NULL;
	case BY_BUILD: return c->build ? &c->build : NULL;
	case BY_RUN: break;
	}
	return NULL;
}

static bool is_on_side(const struct cell *cell, const struct compare_asked *q, int side)
{
	struct cell c = *cell;
	const char **value = place_of_value(&c, q);

	/* A copy would count for its cell once more. */
	if (cell->copy)
		return false;
	return q->by == BY_RUN || (value && !strcmp(*value, q->value[side]));
}

/* The place of the cell on the other side that is the same but for the side; -1: none. */
static int place_across(const struct results *r, const struct cell *cell, const struct compare_asked *q,
                        int across)
{
	struct cell c = *cell;
	const char **value = place_of_value(&c, q);

	if (value)
		*value = q->value[across];
	return results_find(r, &c);
}

static int has_values(const struct results *r, const struct compare_asked *q, struct err *e)
{
	static const char *const what[] = { "", "back end", "pinning policy", "value", "build" };

	for (int side = 0; side < 2 && q->by != BY_RUN; side++) {
		struct nearest near = { .word = q->value[side] };
		bool found = false;
		char hint[100];

		for (int i = 0; i < r->ncells; i++) {
			struct cell c = r->cells[i];
			const char **value = place_of_value(&c, q);

			found |= value && !strcmp(*value, q->value[side]);
			if (value)
				nearest_try(&near, *value);
		}
		if (!found)
			return err_set(e, -EINVAL, "%.200s has no cell of %s%s%s '%.60s'%s", r->dir, what[q->by],
			               q->by == BY_OPT ? " of " : "", q->by == BY_OPT ? q->key : "",
			               q->value[side], nearest_hint(&near, hint, sizeof hint));
	}
	return 0;
}

/* ---- The table ------------------------------------------------------------------- */

/* What the rows are judged by. */
static bool set_floors(struct comparison *c)
{
	double *x = calloc((size_t)c->n + 1, sizeof *x);

	for (int i = 0; x && i < c->n; i++) {
		struct compare_row *row = &c->rows[i];

		row->floor = !isnan(c->asked.floor) || !c->asked.measured ? c->asked.floor
		             : floor_of(c->asked.measured, row->cell, row->effect.n);
		if (!isnan(row->floor))
			x[c->floors++] = row->floor;
	}
	c->half_floor = x ? stats_quantile(x, c->floors, 0.5) : NAN;
	c->most_floor = x ? stats_quantile(x, c->floors, 1) : NAN;
	free(x);
	return x;
}

static bool conclude(struct comparison *c)
{
	struct stats_effect *effects = malloc(((size_t)c->n + 1) * sizeof *effects);
	int n = 0;

	if (!effects)
		return false;
	for (int i = 0; i < c->n; i++) {
		const struct compare_row *row = &c->rows[i];

		if (!judge_counts(row))
			continue;
		effects[n++] = row->effect;
		c->false_expected += 1 - row->effect.coverage;
	}
	/* What moves one row of a run may have moved all. */
	stats_geomean(effects, n, c->asked.by == BY_RUN, &c->geomean);
	free(effects);
	if (!set_floors(c) || !judge_rows(c->rows, c->n, &c->blocks))
		return false;
	for (int i = 0; i < c->n; i++)
		c->count[c->rows[i].verdict]++;
	return true;
}

int compare_fails(const struct comparison *c, double above, bool *fails, struct err *e)
{
	*fails = false;
	if (c->blocks < JUDGE_P_BLOCKS)
		return err_set(e, -EINVAL, "--fail-above needs %d undisturbed repetitions, and no row has more than %d: "
		               "too many rows would differ by chance", JUDGE_P_BLOCKS, c->blocks);
	if (!c->floors)
		return err_set(e, -EINVAL, "--fail-above needs --floor between two runs: "
		               "nobody has measured by how much two runs of one build differ (schedlab floor)");
	for (int i = 0; i < c->n; i++)
		*fails |= c->rows[i].verdict == STATS_SLOWER && c->rows[i].effect.low > 1 + above;
	return 0;
}

/* ---- The whole ------------------------------------------------------------------ */

static void leave_out(struct comparison *c, const struct results *r, int place, enum left_out_why why)
{
	c->left_out[c->nleft_out++] = (struct left_out){ &r->cells[place], r->labels[place], why };
}

static void each_cell_of_a(struct comparison *c, struct judge *j)
{
	const struct results *a = c->r[0], *b = c->r[1];

	for (int i = 0; i < a->ncells; i++) {
		int across;

		if (!is_on_side(&a->cells[i], &c->asked, 0))
			continue;
		across = place_across(b, &a->cells[i], &c->asked, 1);
		if (across < 0)
			leave_out(c, a, i, ONLY_IN_A);
		else if (!judge_cells(j, &c->rows[c->n], i, across))
			leave_out(c, a, i, DOES_NOT_APPLY);
		else
			c->n++;
	}
	for (int i = 0; i < b->ncells; i++)
		if (is_on_side(&b->cells[i], &c->asked, 1) &&
		    place_across(a, &b->cells[i], &c->asked, 0) < 0)
			leave_out(c, b, i, ONLY_IN_B);
}

/* Those of one back end together, in the order in which back ends first come. */
static bool by_backend(struct comparison *c)
{
	struct compare_row *sorted = malloc(((size_t)c->n + 1) * sizeof *sorted);
	int n = 0;

	for (const char **name = c->r[0]->backends; sorted && *name; name++)
		for (int i = 0; i < c->n; i++)
			if (!strcmp(c->rows[i].cell->backend, *name))
				sorted[n++] = c->rows[i];
	if (!sorted)
		return false;
	free(c->rows);
	c->rows = sorted;
	return true;
}

static int nothing_to_compare(const struct comparison *c, struct err *e)
{
	char a[200], b[200];

	return err_set(e, -EINVAL, "no cell is of both %s and %s: there is nothing to compare",
	               compare_side(c, 0, a, sizeof a), compare_side(c, 1, b, sizeof b));
}

static int room(struct comparison *c, struct err *e)
{
	const struct results *a = c->r[0], *b = c->r[1];

	c->rows = calloc((size_t)a->ncells + 1, sizeof *c->rows);
	c->left_out = calloc((size_t)a->ncells + (size_t)b->ncells + 1, sizeof *c->left_out);
	return c->rows && c->left_out ? 0 : err_set(e, -ENOMEM, "out of memory");
}

int compare_make(struct comparison *out, const struct results *a, const struct results *b,
                 const struct compare_asked *asked, struct err *e)
{
	struct judge j;
	int rc = has_values(a, asked, e);

	*out = (struct comparison){ .asked = *asked, .r = { a, b } };
	if (!rc)
		rc = judge_open(&j, a, b, asked->by != BY_RUN, e);
	if (rc)
		return rc;
	rc = room(out, e);
	if (!rc) {
		each_cell_of_a(out, &j);
		if (!out->n)
			rc = nothing_to_compare(out, e);
		else if (!by_backend(out) || !conclude(out))
			rc = err_set(e, -ENOMEM, "out of memory");
	}
	judge_close(&j);
	if (rc)
		compare_free(out);
	return rc;
}

void compare_free(struct comparison *c)
{
	free(c->rows);
	free(c->left_out);
	*c = (struct comparison){ 0 };
}
