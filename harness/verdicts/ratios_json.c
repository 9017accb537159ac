/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "results/json.h"
#include "verdicts/ratios.h"

static json_t *text_or_null(const char *s)
{
	return s ? json_text(s) : json_null();
}

static json_t *target(const struct ratio *x)
{
	static const char *const of[] = {
		[OF_GO] = "reference", [OF_NOTHING] = "value", [OF_P1] = "p1", [OF_SERIAL] = "serial_p1",
	};

	if (isnan(x->target))
		return json_null();
	return json_pack("{s:f,s:s,s:s,s:o}", "at_most", x->target, "of", of[x->yard->of],
	                 "source", x->yard->source, "judged", seen_json(&x->judged));
}

static json_t *ratio(const struct ratio *x)
{
	static const char *const units[] = {
		[UNIT_NS] = "ns", [UNIT_BYTES] = "bytes", [UNIT_NONE] = "",
	};
	json_t *statuses = json_object();

	for (int s = 0; s <= ST_NA; s++)
		if (x->status[s])
			json_object_set_new(statuses, status_name(s), json_integer(x->status[s]));
	return json_pack("{s:o,s:s,s:o,s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:o}",
		"cell", cell_to_json(x->cell), "label", x->label,
		"figure", text_or_null(x->yard->what), "unit", units[x->yard->unit],
		"statuses", statuses, "reason", x->reason,
		"ours", seen_json(&x->ours), "reference", seen_json(&x->theirs),
		"ratio", seen_json(&x->ratio), "target", target(x),
		"verdict", text_or_null(x->verdict ? verdict_name(x->verdict) : NULL));
}

int ratios_put(const struct ratios *t, const struct results *r, const struct summary *s, FILE *out)
{
	json_t *list = json_array(), *left_out = json_array();
	char version[40];

	for (int i = 0; i < t->n; i++)
		json_array_append_new(list, ratio(&t->v[i]));
	for (int i = 0; i < t->nleft_out; i++)
		json_array_append_new(left_out, json_text(t->left_out[i]));
	return json_print(json_pack("{s:i,s:i,s:o,s:{s:s,s:s},s:o,s:o,s:o}", "rows", r->n,
		"planned", results_planned(r), "notes", notes_to_json(r),
		"reference", "backend", yardstick_backend, "version", ratios_version(r, version),
		"noise", isfinite(s->noise) ? json_real(s->noise) : json_null(),
		"left_out", left_out, "ratios", list), out, JSON_INDENT(1));
}
