/* SPDX-License-Identifier: Apache-2.0 */
#include "summary.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* The times of the ok rows of one place; returns how many. */
static int times(const struct results *r, int place, double *out)
{
	int n = 0;

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].status == ST_OK && r->rows[i].place == place)
			out[n++] = r->rows[i].ns_per_op;
	return n;
}

int summary_make(struct summary *s, const struct results *r, struct err *e)
{
	double *x = calloc((size_t)r->n + 1, sizeof *x);

	*s = (struct summary){ .figures = calloc((size_t)r->ncells + 1, sizeof *s->figures),
	                       .n = r->ncells, .noise = NAN };
	if (!s->figures || !x) {
		free(x);
		summary_free(s);
		return err_set(e, -ENOMEM, "out of memory");
	}
	for (int i = 0; i < r->n; i++) {
		const struct row *row = &r->rows[i];

		s->status[row->status]++;
		s->disturbed += row->disturbed;
		if (row->place >= 0)
			s->figures[row->place].status[row->status]++;
	}
	for (int i = 0; i < s->n; i++) {
		struct figure *f = &s->figures[i];

		f->cell = &r->cells[i];
		f->label = r->labels[i];
		stats_median(x, times(r, i, x), STATS_LEVEL, &f->ns_per_op);
	}
	if (stats_median(x, times(r, -1, x), STATS_LEVEL, &s->calibration))
		s->noise = stats_spread(x, s->calibration.n);
	free(x);
	return 0;
}

void summary_free(struct summary *s)
{
	free(s->figures);
	*s = (struct summary){ 0 };
}

/* ---- For people --------------------------------------------------------------- */

#define COLUMNS 4               /* back ends side by side in 80 columns */

/* The label may be long; what counts in it stands at its end. */
static void print_label(const char *label, FILE *out)
{
	size_t n = strlen(label);

	fprintf(out, "%-24s", n > 23 ? label + n - 23 : label);
}

static void figure_text(const struct figure *f, char *buf, size_t size)
{
	const struct stats_median *m = &f->ns_per_op;
	int bad = 0;
	char t[16];

	for (int s = ST_WRONG; s < ST_NA; s++)
		bad = f->status[s] ? s : bad;
	if (bad)
		snprintf(buf, size, "%d %s", f->status[bad], status_name(bad));
	else if (!m->n)
		snprintf(buf, size, "na");
	else
		snprintf(buf, size, "%s \u00b1%.0f%%", time_text(m->median, t),
		         100 * fmax(m->high - m->median, m->median - m->low) / m->median);
}

static const struct figure *find(const struct summary *s, const struct figure *like,
                                 const char *backend)
{
	struct cell c = *like->cell;

	c.backend = backend;
	for (int i = 0; i < s->n; i++)
		if (cell_same(s->figures[i].cell, &c))
			return &s->figures[i];
	return NULL;
}

static void print_line(const struct summary *s, const struct figure *like,
                       const char *const *backends, FILE *out)
{
	print_label(like->label, out);
	for (int b = 0; b < COLUMNS && backends[b]; b++) {
		const struct figure *f = find(s, like, backends[b]);
		char text[64] = "";

		if (f)
			figure_text(f, text, sizeof text);
		print_right(text, 14, out);
	}
	fputc('\n', out);
}

static bool same_table(const struct cell *a, const struct cell *b)
{
	return a->procs == b->procs && !strcmp(a->pin, b->pin);
}

/* Cells that differ in the back end alone share a line; the first of them in
 * the plan prints it. */
static bool begins_line(const struct summary *s, int i)
{
	for (int k = 0; k < i; k++) {
		struct cell c = *s->figures[i].cell;

		c.backend = s->figures[k].cell->backend;
		if (cell_same(s->figures[k].cell, &c))
			return false;
	}
	return true;
}

static bool begins_table(const struct summary *s, int i)
{
	for (int k = 0; k < i; k++)
		if (same_table(s->figures[k].cell, s->figures[i].cell))
			return false;
	return true;
}

static void print_table(const struct summary *s, int first, const char *const *backends, FILE *out)
{
	const struct cell *c = s->figures[first].cell;
	char title[32];

	snprintf(title, sizeof title, "P=%d %s", c->procs, c->pin);
	fprintf(out, "\n%-24.23s", title);
	for (int b = 0; b < COLUMNS && backends[b]; b++)
		fprintf(out, "%14.13s", backends[b]);
	fputc('\n', out);
	for (int i = first; i < s->n; i++)
		if (same_table(s->figures[i].cell, c) && begins_line(s, i))
			print_line(s, &s->figures[i], backends, out);
}

void summary_print_rows(const struct summary *s, FILE *out)
{
	int rows = 0, some = 0;

	for (int k = 0; k <= ST_NA; k++)
		rows += s->status[k];
	fprintf(out, "%d rows:", rows);
	for (int k = 0; k <= ST_NA; k++)
		if (s->status[k])
			fprintf(out, "%s %d %s", some++ ? "," : "", s->status[k], status_name(k));
	if (s->disturbed)
		fprintf(out, "; %d disturbed by other processes", s->disturbed);
	fprintf(out, "\n");
	if (s->calibration.n)
		fprintf(out, "Noise: %.2f %% (spread of %d calibrations)\n", 100 * s->noise,
		        s->calibration.n);
	else
		fprintf(out, "Noise: not known, there was no calibration\n");
}

void summary_print(const struct summary *s, const struct results *r, FILE *out)
{
	int nbackends = 0;
	double coverage = 1;

	while (r->backends[nbackends])
		nbackends++;
	for (int i = 0; i < s->n; i++)
		if (s->figures[i].ns_per_op.n)
			coverage = fmin(coverage, s->figures[i].ns_per_op.coverage);
	fprintf(out, "Median time of an operation; \u00b1 to the farther end of its %.0f %% "
	        "interval\n", 100 * coverage);
	for (int i = 0; i < s->n; i++)
		for (int b = 0; begins_table(s, i) && b < nbackends; b += COLUMNS)
			print_table(s, i, r->backends + b, out);
	fputc('\n', out);
	summary_print_rows(s, out);
}
