/* SPDX-License-Identifier: Apache-2.0
 *
 * report_data_json.c: what the script shows of a cell that is clicked.  All that is
 * computed is computed here, and texts are as the rest of the page has them: the script
 * puts them in place.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/section.h"
#include "results/json.h"

struct data {
	const struct page *p;
	struct by_cell rows;
	struct results first;           /* the first attempts, where there are others */
	struct by_cell first_rows;
	bool has_first;
	double *x;                      /* room for a figure of each row of a cell */
};

/* ---- Medians -------------------------------------------------------------------- */

static json_t *median(const struct stats_median *m, enum unit unit)
{
	char text[32], range[32];

	return m->n ? json_pack("{s:i,s:f,s:f,s:f,s:f,s:s,s:s}", "n", m->n, "median", m->median, "low", m->low,
	                        "high", m->high, "coverage", m->coverage, "text", page_median(m, unit, text),
	                        "range", page_range(m, unit, range)) : json_null();
}

static json_t *statuses(const struct figure *f)
{
	json_t *o = json_object();

	for (int s = 0; s <= ST_NA; s++)
		if (f->status[s])
			json_object_set_new(o, status_name((enum status)s), json_integer(f->status[s]));
	return o;
}

/* ---- Samples -------------------------------------------------------------------- */

struct axis { double from, to; };

/* From 0 to 1000. */
static int on_axis(const struct axis *a, double v)
{
	return a->to > a->from ? (int)lrint(1000 * (v - a->from) / (a->to - a->from)) : 500;
}

static struct axis axis_of(const struct data *d, int place)
{
	struct axis a = { INFINITY, -INFINITY };

	for (int i = d->rows.first[place]; i < d->rows.first[place + 1]; i++) {
		double v = d->rows.rows[i]->ns_per_op;

		if (d->rows.rows[i]->status != ST_OK)
			continue;
		a.from = fmin(a.from, v);
		a.to = fmax(a.to, v);
	}
	return a;
}

static json_t *axis(const struct axis *a, const struct stats_median *m)
{
	char from[16], to[16];

	return m->n ? json_pack("{s:s,s:s,s:i,s:i,s:i}", "from", time_text(a->from, from), "to", time_text(a->to, to),
	                        "median", on_axis(a, m->median), "low", on_axis(a, m->low),
	                        "high", on_axis(a, m->high)) : json_null();
}

/* What became of the first attempt at a row that was measured again; "" where it was not. */
static const char *first_attempt(const struct data *d, const struct row *row, char buf[80])
{
	char time[16];

	*buf = '\0';
	for (int i = d->has_first && row->attempts > 1 ? d->first_rows.first[row->place] : 0;
	     d->has_first && row->attempts > 1 && i < d->first_rows.first[row->place + 1]; i++) {
		const struct row *f = d->first_rows.rows[i];

		if (f->rep != row->rep)
			continue;
		snprintf(buf, 80, "%s%s", f->status == ST_OK ? time_text(f->ns_per_op, time) : status_name(f->status),
		         f->disturbed ? ", disturbed" : "");
	}
	return buf;
}

/* [repetition, place on the axis, time] of each row, and if it was disturbed or measured
 * again [..., 1: disturbed, attempts, the first one's outcome]; of one that is not ok its
 * status is in the place of the time, -1 of the other. */
static json_t *samples(const struct data *d, int place, const struct axis *a)
{
	json_t *list = json_array();

	for (int i = d->rows.first[place]; i < d->rows.first[place + 1]; i++) {
		const struct row *row = d->rows.rows[i];
		bool ok = row->status == ST_OK;
		char time[16], first[80];

		json_t *o = json_pack("[i,i,s]", row->rep, ok ? on_axis(a, row->ns_per_op) : -1,
		                      ok ? time_text(row->ns_per_op, time) : status_name(row->status));

		if (row->disturbed || row->attempts > 1) {
			json_array_append_new(o, json_integer(row->disturbed));
			json_array_append_new(o, json_integer(row->attempts));
			json_array_append_new(o, json_string(first_attempt(d, row, first)));
		}
		json_array_append_new(list, o);
	}
	return list;
}

/* ---- Counters -------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

static bool is_latency(const char *name)
{
	return ends_in(name, "p50_ns") || ends_in(name, "p90_ns") || ends_in(name, "p99_ns") ||
	       ends_in(name, "p999_ns") || ends_in(name, "max_ns");
}

/* What Google Benchmark says of itself, and what stands elsewhere. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = { "family_index", "per_family_instance_index", "repetitions",
	                                     "repetition_index", "threads", "ns_per_op", "real_time",
	                                     "cpu_time", "peak_rss_bytes" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static enum unit unit_of(const char *name)
{
	return ends_in(name, "_ns") ? UNIT_NS : ends_in(name, "_bytes") ? UNIT_BYTES : UNIT_NONE;
}

/* The median of a number of the rows' object over those that have it, as a text. */
static json_t *counter(const struct data *d, int place, const char *object, const char *name)
{
	struct stats_median m;
	char text[16];
	int n = 0;

	for (int i = d->rows.first[place]; i < d->rows.first[place + 1]; i++) {
		const json_t *v = json_object_get(json_object_get(d->rows.rows[i]->json, object), name);

		if (d->rows.rows[i]->status == ST_OK && json_is_number(v))
			d->x[n++] = json_number_value(v);
	}
	return stats_median(d->x, n, STATS_LEVEL, &m) ? json_string(unit_text(m.median, unit_of(name), text)) : NULL;
}

/* {"switches": "759"} of what the first ok row has in the object. */
static json_t *counters(const struct data *d, int place, const char *object, bool latencies)
{
	json_t *o = json_object(), *of = NULL;
	const char *name;
	json_t *v;

	for (int i = d->rows.first[place]; i < d->rows.first[place + 1] && !of; i++)
		if (d->rows.rows[i]->status == ST_OK)
			of = json_object_get(d->rows.rows[i]->json, object);
	json_object_foreach(of, name, v) {
		json_t *text = json_is_number(v) && is_latency(name) == latencies && !is_left_out(name)
		               ? counter(d, place, object, name) : NULL;

		if (text)
			json_object_set_new(o, name, text);
	}
	return o;
}

/* ---- A cell ------------------------------------------------------------------------ */

static json_t *ratio(const struct data *d, const struct grid_cell *c, int base)
{
	const struct compare_row *row = &c->by[base];
	char text[240], range[56];

	if (base == d->p->g->columns[c->column].backend)
		return json_pack("{s:s,s:i}", "text", "1", "shade", 0);
	if (!row->effect.n)
		return json_null();
	return json_pack("{s:f,s:f,s:f,s:s,s:s,s:s,s:i}", "estimate", row->effect.estimate, "low", row->effect.low,
	                 "high", row->effect.high, "verdict", stats_verdict_name(row->verdict),
	                 "text", page_ratio(row, text), "range", page_factors(row->effect.low, row->effect.high, range),
	                 "shade", page_shade(row));
}

static json_t *ratios(const struct data *d, const struct grid_cell *c)
{
	json_t *list = json_array();

	for (int b = 0; b < d->p->g->nbackends; b++)
		json_array_append_new(list, ratio(d, c, b));
	return list;
}

/* Beside what differences the line can tell. */
static json_t *told(const struct page *p, const struct grid_cell *c)
{
	const struct told_line *line = p->s->told.known ? summary_told(p->s, &p->r->cells[c->place]) : NULL;

	char text[32];

	if (!line || !isfinite(line->smallest))
		return json_null();
	snprintf(text, sizeof text, "%.3g\u00a0%%", 100 * line->smallest);
	return json_string(text);
}

static json_t *command(const struct page *p, const struct grid_cell *c)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	json_t *o;

	if (!f)
		return NULL;
	page_command(p, c, f);
	o = fclose(f) ? NULL : json_text(text);
	free(text);
	return o;
}

static json_t *cell(const struct data *d, const struct grid_cell *c)
{
	const struct page *p = d->p;
	const struct figure *f = &p->s->figures[c->place];
	const struct axis a = axis_of(d, c->place);
	char covers[32];
	json_t *o = json_pack("{s:s,s:s,s:i,s:i,s:i,s:o,s:s,s:i,s:i}", "label", p->g->lines[c->line].label,
		"backend", p->r->cells[c->place].backend, "procs", p->r->cells[c->place].procs,
		"line", c->line, "column", c->column, "statuses", statuses(f), "reason", c->reason,
		"disturbed", f->disturbed, "rank", c->rank);

	snprintf(covers, sizeof covers, "%.3g\u00a0%%", 100 * f->ns_per_op.coverage);
	json_object_set_new(o, "covers", json_string(covers));
	json_object_set_new(o, "ns_per_op", median(&f->ns_per_op, UNIT_NS));
	json_object_set_new(o, "cpu_ns_per_op", median(&f->cpu_ns_per_op, UNIT_NS));
	json_object_set_new(o, "peak_rss_bytes", median(&f->peak_rss_bytes, UNIT_BYTES));
	json_object_set_new(o, "switches_per_op", median(&f->switches_per_op, UNIT_NONE));
	json_object_set_new(o, "clusters", clusters_to_json(&f->kinds));
	json_object_set_new(o, "smallest", told(p, c));
	json_object_set_new(o, "axis", axis(&a, &f->ns_per_op));
	json_object_set_new(o, "samples", samples(d, c->place, &a));
	json_object_set_new(o, "ratios", ratios(d, c));
	json_object_set_new(o, "latency", counters(d, c->place, "benchmark", true));
	json_object_set_new(o, "loop", counters(d, c->place, "benchmark", false));
	json_object_set_new(o, "process", counters(d, c->place, "rusage", false));
	json_object_set_new(o, "hardware", counters(d, c->place, "counters", false));
	json_object_set_new(o, "others", counters(d, c->place, "noise", false));
	json_object_set_new(o, "command", command(p, c));
	return o;
}

/* ---- All of it ------------------------------------------------------------------------ */

static bool open_data(struct data *d)
{
	const struct results *r = d->p->r;
	struct err ignored;

	d->x = calloc((size_t)r->n + 1, sizeof *d->x);
	if (!d->x || by_cell_make(&d->rows, r, &ignored))
		return false;
	d->has_first = d->p->s->again && results_read_first(&d->first, results_files(r), &ignored) == 0;
	if (d->has_first && (d->first.ncells != r->ncells || by_cell_make(&d->first_rows, &d->first, &ignored))) {
		results_free(&d->first);
		d->has_first = false;
	}
	return true;
}

static void close_data(struct data *d)
{
	if (d->has_first) {
		by_cell_free(&d->first_rows);
		results_free(&d->first);
	}
	by_cell_free(&d->rows);
	free(d->x);
}

int section_data(const struct page *p)
{
	struct data d = { .p = p };
	json_t *cells = json_array(), *backends = json_array(), *o;
	char *text = NULL, floor[32];

	if (open_data(&d)) {
		for (int i = 0; i < p->g->n; i++)
			json_array_append_new(cells, cell(&d, &p->g->cells[i]));
		for (int i = 0; i < p->g->nbackends; i++)
			json_array_append_new(backends, json_pack("{s:s,s:s}", "name", p->r->backends[i],
				"model", page_model(p, p->r->backends[i])));
		snprintf(floor, sizeof floor, "%.3g\u00a0%%", 100 * p->s->told.floor);
		o = json_pack("{s:i,s:O,s:O,s:s}", "base", p->base, "backends", backends, "cells", cells, "floor", floor);
		text = o && json_array_size(cells) == (size_t)p->g->n ? json_dumps(o, JSON_COMPACT) : NULL;
		json_decref(o);
	}
	close_data(&d);
	json_decref(cells);
	json_decref(backends);
	if (!text)
		return -ENOMEM;
	html_json(text, p->out);
	free(text);
	return 0;
}
