/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "results/json.h"
#include "verdicts/lessons.h"

static json_t *bound(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* Nothing: null. */
static json_t *seen(const struct finding *f)
{
	if (!f || !f->seen.m.n)
		return json_null();
	return seen_json(&f->seen);
}

static json_t *finding(const struct finding *f)
{
	static const char *const kinds[] = { [RATIO] = "ratio", [VALUE] = "value", [VARIES] = "varies",
	                                      [SAME] = "same" };
	static const char *const units[] = { [UNIT_NS] = "ns", [UNIT_BYTES] = "bytes", [UNIT_NONE] = "" };
	const struct check *c = f->check;
	char what[200];

	return json_pack("{s:s?,s:s,s:s,s:s,s:{s:o,s:o},s:o,s:s,s:s}", "backend", c->what.backend,
	                 "what", check_text(c, what, sizeof what), "kind", kinds[c->kind],
	                 "unit", c->than.workload ? "" : units[c->unit],
	                 "expected", "low", bound(c->low), "high", bound(c->high), "seen", seen(f),
	                 "verdict", judgement_name(f->judgement), "reason", f->reason);
}

/* Of the table of what was published. */
static json_t *line(const struct lesson *l)
{
	json_t *here = json_object();

	for (int i = 0; i < 2; i++)
		json_object_set_new(here, claims_peers[i], seen(lesson_of(l, claims_peers[i])));
	return json_pack("{s:s,s:s,s:o,s:s}", "line", l->claim->line, "change", l->claim->change,
	                 "ratio_here", here, "verdict", judgement_name(l->judgement));
}

int lessons_put(const struct lessons *l, const struct results *r, const struct summary *s, FILE *out)
{
	json_t *list = json_array(), *table = json_array();

	for (int i = 0; i < l->n; i++) {
		const struct claim *c = l->v[i].claim;
		json_t *findings = json_array();

		for (int k = 0; k < l->v[i].n; k++)
			json_array_append_new(findings, finding(&l->v[i].findings[k]));
		json_array_append_new(list, json_pack("{s:s,s:s,s:o,s:s,s:o}", "id", c->id, "claim", c->text,
			"published", c->published ? json_string(c->published) : json_null(),
			"verdict", judgement_name(l->v[i].judgement), "findings", findings));
		if (c->line)
			json_array_append_new(table, line(&l->v[i]));
	}
	return json_print(json_pack("{s:s,s:i,s:i,s:o,s:o,s:o,s:o}", "run", r->dir, "rows", r->n,
		"planned", results_planned(r), "notes", notes_to_json(r),
		"noise", isfinite(s->noise) ? json_real(s->noise) : json_null(), "lessons", list,
		"published", table),
		out, JSON_INDENT(1));
}
