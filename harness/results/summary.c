/* SPDX-License-Identifier: Apache-2.0 */
#include "results/summary.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/verdict.h"

/* A figure of each ok row of one place; how many have it. */
static int values(const struct results *r, int place, double (*value)(const struct row *), double *out)
{
	int n = 0;

	for (int i = 0; i < r->n; i++) {
		const struct row *row = &r->rows[i];

		if (row->status != ST_OK || row->place != place)
			continue;
		out[n] = value(row);
		n += isfinite(out[n]);
	}
	return n;
}

static double time_of(const struct row *row)
{
	return row->ns_per_op;
}

static double cpu_of(const struct row *row)
{
	double cpu;

	return row_counter(row, "cpu_time", &cpu) ? cpu / row->ops : NAN;
}

static double memory_of(const struct row *row)
{
	double bytes;

	return row_counter(row, "peak_rss_bytes", &bytes) ? bytes : NAN;
}

static double switches_of(const struct row *row)
{
	double voluntary, others, iterations;

	if (!row_counter(row, "nvcsw", &voluntary) || !row_counter(row, "nivcsw", &others) ||
	    !row_counter(row, "iterations", &iterations))
		return NAN;
	return (voluntary + others) / (iterations * row->ops);
}

static void fill_figure(struct figure *f, const struct results *r, int place, double *x)
{
	int n = values(r, place, time_of, x);

	f->cell = &r->cells[place];
	f->label = r->labels[place];
	stats_median(x, n, STATS_LEVEL, &f->ns_per_op);
	stats_clusters(x, n, &f->kinds);
	stats_median(x, values(r, place, cpu_of, x), STATS_LEVEL, &f->cpu_ns_per_op);
	stats_median(x, values(r, place, memory_of, x), STATS_LEVEL, &f->peak_rss_bytes);
	stats_median(x, values(r, place, switches_of, x), STATS_LEVEL, &f->switches_per_op);
}

/* The next P that calibrations were measured at; 0: none. */
static int next_procs(const struct results *r, int after)
{
	int next = 0;

	for (int i = 0; i < r->n; i++) {
		int procs = r->rows[i].cell.procs;

		if (r->rows[i].kind == ROW_CALIBRATION && procs > after && (!next || procs < next))
			next = procs;
	}
	return next;
}

static bool calibrate(struct summary *s, const struct results *r, double *x)
{
	for (int procs = 0; (procs = next_procs(r, procs));) {
		struct calibration *grown = realloc(s->calibrations, sizeof *grown * (size_t)(s->ncalibrations + 1));
		struct calibration c = { .procs = procs };

		if (!grown)
			return false;
		s->calibrations = grown;
		if (!stats_median(x, values(r, -procs, time_of, x), STATS_LEVEL, &c.ns_per_op))
			continue;
		c.spread = stats_spread(x, c.ns_per_op.n);
		s->noise = fmax(s->noise, c.spread);    /* a number, if one of them is */
		s->calibrations[s->ncalibrations++] = c;
	}
	return true;
}

static bool vary(struct summary *s, const struct results *r, double *x)
{
	double *spread = calloc((size_t)s->n + 1, sizeof *spread);
	bool whole = spread != NULL;
	int n = 0;

	for (int i = 0; i < s->n && whole; i++)
		if (s->figures[i].ns_per_op.n >= 3)
			spread[n++] = stats_spread(x, values(r, i, time_of, x));
	s->half_vary = whole ? stats_quantile(spread, n, 0.5) : NAN;
	s->most_vary = whole ? stats_quantile(spread, n, 0.9) : NAN;
	free(spread);
	return whole;
}

int summary_make(struct summary *s, const struct results *r, struct err *e)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);
	bool whole;

	*s = (struct summary){ .figures = calloc((size_t)r->ncells + 1, sizeof *s->figures),
	                       .n = r->ncells, .noise = NAN };
	whole = s->figures && x;
	for (int i = 0; i < r->n && whole; i++) {
		const struct row *row = &r->rows[i];

		s->status[row->status]++;
		s->disturbed += row->disturbed;
		s->again += row->attempts > 1;
		if (row->place < 0)
			continue;
		s->figures[row->place].status[row->status]++;
		s->figures[row->place].disturbed += row->status == ST_OK && row->disturbed;
	}
	for (int i = 0; i < s->n && whole; i++)
		fill_figure(&s->figures[i], r, i, x);
	whole = whole && calibrate(s, r, x) && vary(s, r, x);
	free(x);
	if (!whole) {
		summary_free(s);
		return err_set(e, -ENOMEM, "out of memory");
	}
	return 0;
}

const struct told_line *summary_told(const struct summary *s, const struct cell *c)
{
	for (int i = 0; i < s->told.n; i++) {
		struct cell like = *c;

		like.backend = s->told.lines[i].cell->backend;
		like.copy = 0;
		if (cell_same(s->told.lines[i].cell, &like))
			return &s->told.lines[i];
	}
	return NULL;
}

const char *summary_told_text(const struct summary *s, char *buf, size_t size)
{
	const struct told *t = &s->told;
	size_t n = 0;

	*buf = '\0';
	if (!t->known)
		return buf;
	if (isfinite(t->half))
		n = (size_t)snprintf(buf, size, "Smallest difference told, 4 times in 5: %.3g %% in half of the lines, "
		                     "%.3g %% in nine tenths.", 100 * t->half, 100 * t->most);
	else
		n = (size_t)snprintf(buf, size, "No difference can be told: no line has %d undisturbed repetitions.",
		                     STATS_BLOCKS_MIN);
	if (t->twice && n < size)
		snprintf(buf + n, size - n, " A/A: %d of %d cells called different from themselves.", t->different,
		         t->twice);
	return buf;
}

void summary_free(struct summary *s)
{
	sentences_free(&s->sentences);
	free(s->figures);
	free(s->calibrations);
	free(s->told.lines);
	*s = (struct summary){ 0 };
}
