/* SPDX-License-Identifier: Apache-2.0
 *
 * report_curves_json.c: the points of figures that are curves, for curves.js, which draws them
 * so that they can be zoomed; and what it draws with.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figures/figures.h"
#include "report/html.h"
#include "report/page_files.h"
#include "report/section.h"

static bool same_panel(const struct point *a, const struct point *b)
{
	return !strcmp(a->quantity, b->quantity) && a->row == b->row && a->cell->procs == b->cell->procs;
}

/* [x, value, low, high] of each point of this line, by x, as they are sorted. */
static json_t *line(const struct points *points, const struct point *first)
{
	json_t *at = json_array();

	for (int i = 0; i < points->n; i++) {
		const struct point *q = &points->v[i];

		if (same_panel(q, first) && q->series == first->series && isfinite(q->x) && q->value.n)
			json_array_append_new(at, json_pack("[f,f,f,f]", q->x, q->value.median, q->value.low, q->value.high));
	}
	return json_pack("{s:s, s:i, s:o}", "name", first->cell->backend, "series", first->series, "at", at);
}

static json_t *panel(const struct points *points, const struct point *first)
{
	json_t *lines = json_array();
	char title[CELL_TEXT + 20];

	for (int i = 0; i < points->n; i++) {
		const struct point *q = &points->v[i];
		bool seen = !same_panel(q, first);

		for (int j = 0; j < i && !seen; j++)
			seen = same_panel(&points->v[j], first) && points->v[j].series == q->series;
		if (!seen)
			json_array_append_new(lines, line(points, q));
	}
	snprintf(title, sizeof title, "%s, P = %d", first->label, first->cell->procs);
	return json_pack("{s:s, s:s, s:o}", "title", title, "of", first->quantity, "lines", lines);
}

void page_curves(const struct page *p, const struct figure_kind *k)
{
	json_t *panels = json_array(), *all;
	struct points points;
	char *text;

	if (k->points(&points, p->r, p->s))
		points.n = 0;
	for (int i = 0; i < points.n; i++) {
		bool seen = !isfinite(points.v[i].x);

		for (int j = 0; j < i && !seen; j++)
			seen = isfinite(points.v[j].x) && same_panel(&points.v[j], &points.v[i]);
		if (!seen)
			json_array_append_new(panels, panel(&points, &points.v[i]));
	}
	points_free(&points);
	all = json_pack("{s:s, s:s, s:o}", "name", k->name, "across", k->across, "panels", panels);
	text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(all);
	if (text) {
		fputs("<script type=\"application/json\" class=\"curves\">", p->out);
		html_json(text, p->out);
		fputs("</script>", p->out);
	}
	free(text);
}

void page_curves_script(const struct page *p)
{
	fputs("<style>\n", p->out);
	fwrite(page_uplot_css, 1, (size_t)(page_uplot_css_end - page_uplot_css), p->out);
	fputs("</style>\n<script>\n/*\n", p->out);
	fwrite(page_uplot_license, 1, (size_t)(page_uplot_license_end - page_uplot_license), p->out);
	fputs("*/\n", p->out);
	fwrite(page_uplot_js, 1, (size_t)(page_uplot_js_end - page_uplot_js), p->out);
	fwrite(page_curves_js, 1, (size_t)(page_curves_js_end - page_curves_js), p->out);
	fputs("</script>\n", p->out);
}
