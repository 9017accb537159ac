/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "results/json.h"
#include "results/summary.h"

static json_t *statuses(const int status[ST_NA + 1])
{
	json_t *o = json_object();

	for (int s = 0; s <= ST_NA; s++)
		json_object_set_new(o, status_name(s), json_integer(status[s]));
	return o;
}

static json_t *median(const struct stats_median *m)
{
	if (!m->n)
		return json_null();
	return json_pack("{s:i,s:f,s:f,s:f,s:f}", "n", m->n, "median", m->median,
	                 "low", m->low, "high", m->high, "coverage", m->coverage);
}

static json_t *number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *noise(const struct summary *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->ncalibrations; i++)
		json_array_append_new(list, json_pack("{s:i,s:o,s:f}", "procs", s->calibrations[i].procs,
			"ns_per_op", median(&s->calibrations[i].ns_per_op), "spread", s->calibrations[i].spread));
	return list;
}

static json_t *told(const struct told *t)
{
	json_t *lines = json_array();

	for (int i = 0; i < t->n; i++) {
		const struct told_line *l = &t->lines[i];

		json_array_append_new(lines, json_pack("{s:s,s:i,s:s,s:i,s:i,s:o}", "label", l->label,
			"procs", l->cell->procs, "pin", l->cell->pin, "pairs", l->pairs, "blocks", l->blocks,
			"smallest", number(l->smallest)));
	}
	if (!t->known) {
		json_decref(lines);
		return json_null();
	}
	return json_pack("{s:f,s:o,s:o,s:o}", "floor", t->floor, "half", number(t->half), "most", number(t->most),
	                 "lines", lines);
}

static json_t *twice(const struct told *t)
{
	return t->twice ? json_pack("{s:i,s:i,s:f}", "pairs", t->twice, "different", t->different,
	                            "share", (double)t->different / t->twice) : json_null();
}

static json_t *part(const struct sentence_part *p)
{
	json_t *cells = json_array();

	for (int i = 0; i < p->ncells; i++)
		json_array_append_new(cells, json_integer(p->cells[i]));
	return json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o}", "backend", p->backend, "model", p->model,
	                 "verdict", part_verdict_name(p->verdict), "n", p->n, "samples", p->samples,
	                 "disturbed", p->disturbed, "value", number(p->value), "estimate", number(p->n ? p->estimate : NAN),
	                 "low", number(p->n ? p->low : NAN), "high", number(p->n ? p->high : NAN),
	                 "coverage", number(p->n ? p->coverage : NAN), "cells", cells);
}

static json_t *sentences(const struct sentences *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->n; i++) {
		const struct sentence *v = &s->v[i];
		json_t *parts = json_array();

		for (int k = 0; k < v->nparts; k++)
			json_array_append_new(parts, part(&v->parts[k]));
		json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o}", "id", v->id, "question", v->question,
			"text", v->text, "verdict", sentence_verdict_name(v->verdict), "reason", v->reason, "figure", v->figure,
			"lead", v->lead < 0 ? json_null() : json_integer(v->lead), "parts", parts));
	}
	return list;
}

int summary_put(const struct summary *s, const struct results *r, struct err *e)
{
	json_t *cells = json_array(), *o;
	char *text;
	int rc;

	for (int i = 0; i < s->n; i++) {
		const struct figure *f = &s->figures[i];

		json_array_append_new(cells, json_pack("{s:o,s:s,s:o,s:i,s:o,s:o,s:o,s:o,s:o}",
			"cell", cell_to_json(f->cell), "label", f->label,
			"statuses", statuses(f->status), "disturbed", f->disturbed, "ns_per_op", median(&f->ns_per_op),
			"clusters", clusters_to_json(&f->kinds),
			"cpu_ns_per_op", median(&f->cpu_ns_per_op),
			"peak_rss_bytes", median(&f->peak_rss_bytes),
			"switches_per_op", median(&f->switches_per_op)));
	}
	o = json_pack("{s:i,s:i,s:o,s:o,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "rows", r->n,
	              "planned", results_planned(r), "notes", notes_to_json(r),
	              "statuses", statuses(s->status), "disturbed", s->disturbed,
	              "measured_again", s->again, "calibrations", noise(s), "noise", number(s->noise),
	              "half_vary", number(s->half_vary), "most_vary", number(s->most_vary), "smallest_difference", told(&s->told),
	              "a_a", twice(&s->told), "sentences", sentences(&s->sentences), "cells", cells);
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	rc = text ? file_put(r->dir, "summary.json", text, strlen(text), e)
	          : err_set(e, -ENOMEM, "out of memory");
	free(text);
	json_decref(o);
	return rc;
}
