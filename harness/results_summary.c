/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "results_json.h"
#include "summary.h"

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

int summary_put(const struct summary *s, const struct results *r, struct err *e)
{
	json_t *cells = json_array(), *o;
	char *text;
	int rc;

	for (int i = 0; i < s->n; i++) {
		const struct figure *f = &s->figures[i];

		json_array_append_new(cells, json_pack("{s:o,s:s,s:o,s:o}",
			"cell", cell_to_json(f->cell), "label", f->label,
			"statuses", statuses(f->status), "ns_per_op", median(&f->ns_per_op)));
	}
	o = json_pack("{s:i,s:o,s:i,s:o,s:o,s:o}", "rows", r->n, "statuses", statuses(s->status),
	              "disturbed", s->disturbed, "calibration_ns_per_op", median(&s->calibration),
	              "noise", isfinite(s->noise) ? json_real(s->noise) : json_null(),
	              "cells", cells);
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	rc = text ? file_put(r->dir, "summary.json", text, strlen(text), e)
	          : err_set(e, -ENOMEM, "out of memory");
	free(text);
	json_decref(o);
	return rc;
}
