/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <math.h>

#include "compare/compare.h"
#include "results/json.h"

static json_t *number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *median(const struct stats_median *m)
{
	return m->n ? json_pack("{s:f,s:f,s:f}", "median", m->median, "low", m->low, "high", m->high) : json_null();
}

static json_t *ratio(const struct stats_effect *e)
{
	return e->n ? json_pack("{s:f,s:f,s:f,s:f}", "estimate", e->estimate, "low", e->low, "high", e->high,
	                        "coverage", e->coverage) : json_null();
}

/* What both sides have of it. */
static json_t *common(const struct comparison *c, const struct cell *cell)
{
	json_t *o = cell_to_json(cell);

	json_object_del(o, "cpus");
	switch (c->asked.by) {
	case BY_BACKEND: json_object_del(o, "backend"); break;
	case BY_PIN: json_object_del(o, "pin"); break;
	case BY_OPT: json_object_del(json_object_get(o, "opts"), c->asked.key); break;
	case BY_BUILD: json_object_del(o, "build"); break;
	case BY_RUN: break;
	}
	return o;
}

static json_t *row_json(const struct comparison *c, const struct compare_row *row)
{
	char name[CELL_TEXT + 32];

	return json_pack("{s:o,s:s,s:s,s:s,s:i,s:i,s:i,s:b,s:o,s:o,s:{s:o,s:o},s:o,s:o,s:o,s:o,s:s,s:s}",
		"cell", common(c, row->cell),
		"label", compare_name(c, row->cell, row->label, name, sizeof name),
		"figure", "ns_per_op", "unit", "ns", "blocks", row->effect.n,
		"samples", row->samples, "disturbed", row->disturbed,
		"rests_on_disturbed", row->rests_on_disturbed,
		"a", median(&row->a), "b", median(&row->b),
		"clusters", "a", clusters_to_json(&row->kinds[0]), "b", clusters_to_json(&row->kinds[1]), "ratio", ratio(&row->effect),
		"p", number(row->effect.n ? row->effect.p : NAN), "p_adjusted", number(row->p_adjusted),
		"floor", number(row->floor), "reason", row->reason,
		"verdict", stats_verdict_name(row->verdict));
}

static json_t *side(const struct comparison *c, int i)
{
	const char *const facts[] = { "started", "version", "commit", NULL };
	char name[PATH_MAX];
	json_t *o = json_pack("{s:o,s:o,s:o}", "name", json_text(compare_side(c, i, name, sizeof name)),
	                      "run", json_text(c->r[i]->dir), "notes", notes_to_json(c->r[i]));

	for (int k = 0; facts[k]; k++)
		json_object_set_new(o, facts[k], json_text(compare_fact_of(c, i, facts[k])));
	return o;
}

static json_t *differences(const struct comparison *c)
{
	json_t *list = json_array();

	for (int i = 0; compare_facts[i].name; i++)
		if (compare_differs(c, compare_facts[i].name))
			json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "what", compare_facts[i].name,
				"a", compare_fact_of(c, 0, compare_facts[i].name),
				"b", compare_fact_of(c, 1, compare_facts[i].name)));
	return list;
}

static json_t *left_out(const struct comparison *c)
{
	static const char *const why[] = { "only in a", "only in b", "does not apply" };
	json_t *list = json_array();

	for (int i = 0; i < c->nleft_out; i++)
		json_array_append_new(list, json_pack("{s:o,s:s}", "cell", common(c, c->left_out[i].cell),
		                                      "why", why[c->left_out[i].why]));
	return list;
}

/* Where the rows' floors are from, unless somebody said. */
static json_t *floor_from(const struct comparison *c)
{
	const struct floor *f = c->asked.measured;

	return f ? json_pack("{s:o,s:s,s:i,s:i,s:o,s:i}", "dir", json_text(f->dir), "measured", f->measured, "runs", f->runs,
	                     "layouts", f->layouts, "apart_s", number(f->apart_s), "rows", c->floors) : json_null();
}

int compare_put(const struct comparison *c, FILE *out)
{
	const struct stats_geomean *g = &c->geomean;
	json_t *rows = json_array(), *counts = json_object();

	for (int i = 0; i < c->n; i++)
		json_array_append_new(rows, row_json(c, &c->rows[i]));
	for (int v = 0; v <= STATS_SLOWER; v++)
		json_object_set_new(counts, stats_verdict_name((enum stats_verdict)v), json_integer(c->count[v]));
	return json_print(json_pack("{s:o,s:o,s:s,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o}",
		"a", side(c, 0), "b", side(c, 1), "method", c->asked.by == BY_RUN ? "unpaired" : "paired",
		"floor", number(c->most_floor), "floor_from", floor_from(c), "blocks", c->blocks,
		"false_expected", c->blocks && c->blocks < JUDGE_P_BLOCKS ? number(c->false_expected) : json_null(),
		"differences", differences(c), "rows", rows,
		"geomean", g->rows ? json_pack("{s:f,s:f,s:f,s:i}", "estimate", g->estimate, "low", g->low,
		                               "high", g->high, "rows", g->rows) : json_null(),
		"counts", counts, "left_out", left_out(c)), out, JSON_INDENT(1));
}
