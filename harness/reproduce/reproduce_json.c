/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "reproduce/reproduce.h"
#include "results/json.h"

static json_t *number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *ratio(const struct stats_effect *e)
{
	return e->n ? json_pack("{s:f,s:f,s:f}", "estimate", e->estimate, "low", e->low, "high", e->high)
	            : json_null();
}

/* What both cells have. */
static json_t *common(const struct reproduction *r, const struct ordering *o)
{
	json_t *cell = cell_to_json(&r->there->cells[o->x]);

	json_object_del(cell, "cpus");
	json_object_del(cell, o->by_procs ? "procs" : "backend");
	json_object_set_new(cell, "label", json_text(r->there->labels[o->x]));
	return cell;
}

static json_t *pair(const struct reproduction *r, int i)
{
	const struct ordering *o = &r->v[i];
	json_t *pair = common(r, o);
	char x[64], y[64];

	json_object_set_new(pair, "of", json_pack("[o,o]", json_text(ordering_side(r, o, o->x, x)),
	                                          json_text(ordering_side(r, o, o->y, y))));
	json_object_set_new(pair, "there", ratio(&r->in_there[i].effect));
	json_object_set_new(pair, "here", ratio(&r->in_here[i].effect));
	json_object_set_new(pair, "floors", json_pack("[o,o]", number(r->in_there[i].floor),
	                                              o->verdict == ORDER_NOT_COMPARED ? json_null()
	                                              : number(r->in_here[i].floor)));
	json_object_set_new(pair, "verdict", json_string(order_verdict_name(o->verdict)));
	json_object_set_new(pair, "reason", json_text(o->reason));
	return pair;
}

static json_t *speedup(const struct reproduction *r, int i)
{
	struct stats_effect there = ordering_speedup(&r->in_there[i].effect);
	struct stats_effect here = ordering_speedup(&r->in_here[i].effect);
	json_t *o = common(r, &r->v[i]);

	json_object_set_new(o, "procs", json_integer(r->there->cells[r->v[i].y].procs));
	json_object_set_new(o, "there", ratio(&there));
	json_object_set_new(o, "here", ratio(&here));
	return o;
}

static json_t *counts(const struct order_counts *c)
{
	return json_pack("{s:i,s:i,s:i,s:i,s:i,s:i}", "pairs", c->pairs, "established", c->established,
	                 "held", c->verdict[ORDER_HELD], "reversed", c->verdict[ORDER_REVERSED],
	                 "cannot_tell", c->verdict[ORDER_CANNOT_TELL],
	                 "not_compared", c->verdict[ORDER_NOT_COMPARED]);
}

static json_t *workloads(const struct reproduction *r)
{
	json_t *list = json_array();

	for (int i = 0; i < r->ngroups; i++) {
		json_t *o = counts(&r->groups[i]);

		json_object_set_new(o, "label", json_text(r->groups[i].label));
		json_object_set_new(o, "tau", number(r->groups[i].tau));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *machine(const struct machines *m, int side)
{
	json_t *o = json_pack("{s:o,s:o,s:o}", "run", json_text(m->r[side]->dir),
	                      "started", json_text(results_fact(m->r[side], "started")),
	                      "notes", notes_to_json(m->r[side]));
	struct compare_fact f;

	for (int i = 0; machines_fact(i, &f); i++)
		if (*machines_value(m, f.name, side))
			json_object_set_new(o, f.name, json_text(machines_value(m, f.name, side)));
	return o;
}

static json_t *differences(const struct machines *m)
{
	json_t *list = json_array();
	struct compare_fact f;

	for (int i = 0; machines_fact(i, &f); i++)
		if (machines_differ(m, f.name))
			json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:b}", "what", f.name,
				"there", json_text(machines_value(m, f.name, 0)),
				"here", json_text(machines_value(m, f.name, 1)),
				"may_explain", machines_explain(m, &f, true)));
	return list;
}

static json_t *floor_from(const struct floor *f)
{
	return f ? json_pack("{s:o,s:s,s:i,s:i,s:o}", "dir", json_text(f->dir), "measured", f->measured, "runs", f->runs,
	                     "layouts", f->layouts, "apart_s", number(f->apart_s)) : json_null();
}

/* With those beyond what runs differ by there, of so many pairs; null: not measured. */
static json_t *orderings(const struct reproduction *r)
{
	json_t *o = counts(&r->total);
	bool known = r->floors.there;

	json_object_set_new(o, "pairs_with_floor", known ? json_integer(r->floored) : json_null());
	json_object_set_new(o, "beyond_floor", known ? json_integer(r->beyond) : json_null());
	return o;
}

int reproduce_put(const struct reproduction *r, FILE *out)
{
	json_t *pairs = json_array(), *speedups = json_array();

	for (int i = 0; i < r->n; i++) {
		if (r->v[i].established)
			json_array_append_new(pairs, pair(r, i));
		if (r->v[i].by_procs)
			json_array_append_new(speedups, speedup(r, i));
	}
	return json_print(json_pack("{s:o,s:o,s:i,s:f,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
		"orderings", orderings(r), "pairs", pairs, "newer", r->newer, "floor", r->floors.otherwise,
		"floor_from", json_pack("[o,o]", floor_from(r->floors.there), floor_from(r->floors.here)),
		"tau", number(r->total.tau),
		"workloads", workloads(r), "speedups", speedups,
		"machines", json_pack("[o,o]", machine(&r->machines, 0), machine(&r->machines, 1)),
		"differences", differences(&r->machines), "run", json_text(r->here->dir)), out, JSON_INDENT(1));
}
