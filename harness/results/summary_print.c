/* SPDX-License-Identifier: Apache-2.0
 *
 * summary_print.c: a run as tables of 80 columns.  Back ends stand side by side, four at
 * a time; cells that differ in the back end alone share a line.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "results/summary.h"

#define COLUMNS 4               /* back ends side by side */
#define LABEL 16
#define COLUMN 16

/* What a table has of each cell, in a line. */
typedef void cell_line(const struct figure *, char *buf, size_t size);

/* "211/222 ns": the time, and the CPU time.  Its marks are explained below the tables. */
static void time_line(const struct figure *f, char *buf, size_t size)
{
	double time = f->ns_per_op.median;
	char t[16], cpu[16] = "-";

	if (f->cpu_ns_per_op.n)
		like_text(f->cpu_ns_per_op.median, time, UNIT_NS, cpu);
	snprintf(buf, size, "%s%s%s/%s%s", f->kinds.below ? "^" : "", f->disturbed ? "~" : "", like_text(time, time, UNIT_NS, t),
	         cpu, unit_name(time, UNIT_NS));
}

/* "190..240": in the unit above. */
static void interval_line(const struct figure *f, char *buf, size_t size)
{
	const struct stats_median *m = &f->ns_per_op;
	char low[16], high[16];

	snprintf(buf, size, "%s..%s", like_text(m->low, m->median, UNIT_NS, low),
	         like_text(m->high, m->median, UNIT_NS, high));
}

/* "4.8 MB 130": memory, and switches for 1000 operations. */
static void memory_line(const struct figure *f, char *buf, size_t size)
{
	char bytes[16] = "-", switches[16] = "-";

	if (f->peak_rss_bytes.n)
		unit_text(f->peak_rss_bytes.median, UNIT_BYTES, bytes);
	if (f->switches_per_op.n)
		unit_text(1000 * f->switches_per_op.median, UNIT_NONE, switches);
	snprintf(buf, size, "%s %s", bytes, switches);
}

/* Why a cell has no figures. */
static void no_figure(const struct figure *f, char *buf, size_t size)
{
	int bad = ST_NA;

	for (int s = ST_WRONG; s < ST_NA; s++)
		bad = f->status[s] ? s : bad;
	if (bad == ST_NA)
		snprintf(buf, size, "na");
	else
		snprintf(buf, size, "%d %s", f->status[bad], status_name(bad));
}

static bool has_figure(const struct figure *f)
{
	for (int s = ST_WRONG; s < ST_NA; s++)
		if (f->status[s])
			return false;
	return f->ns_per_op.n > 0;
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

/* One line of a cell and of those that differ from it in the back end alone; the reasons
 * why some have no figures stand in the first one. */
static void print_line(const struct summary *s, const struct figure *like, const char *label,
                       const char *const *backends, cell_line *line, bool first, FILE *out)
{
	fprintf(out, "%-*s", LABEL, label);
	for (int b = 0; b < COLUMNS && backends[b]; b++) {
		const struct figure *f = find(s, like, backends[b]);
		char text[64] = "";

		if (f && has_figure(f))
			line(f, text, sizeof text);
		else if (f && first)
			no_figure(f, text, sizeof text);
		print_right(text, COLUMN, out);
	}
	fputc('\n', out);
}

static void print_lines(const struct summary *s, const struct figure *like,
                        const char *const *backends, cell_line *const *lines, FILE *out)
{
	const struct told_line *told = summary_told(s, like->cell);
	char tells[LABEL + 8] = "";
	const char *label = like->label;

	/* A long one has a line of its own. */
	if (text_columns(label) >= LABEL) {
		fprintf(out, "%s\n", label);
		label = "";
	}
	if (told && isfinite(told->smallest))
		snprintf(tells, sizeof tells, "  tells %.2g %%", 100 * told->smallest);
	for (int i = 0; lines[i]; i++)
		print_line(s, like, i ? tells : label, backends, lines[i], !i, out);
}

static bool same_table(const struct cell *a, const struct cell *b)
{
	return a->procs == b->procs && !strcmp(a->pin, b->pin);
}

/* The first of the cells that share a line, in the plan, prints it.  Copies have none:
 * what they say stands below the tables. */
static bool begins_line(const struct summary *s, int i)
{
	if (s->figures[i].cell->copy)
		return false;
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

static void print_table(const struct summary *s, int first, const char *const *backends,
                        cell_line *const *lines, FILE *out)
{
	const struct cell *c = s->figures[first].cell;
	char title[32];

	snprintf(title, sizeof title, "P=%d %s", c->procs, c->pin);
	fprintf(out, "\n%-*.*s", LABEL, LABEL - 1, title);
	for (int b = 0; b < COLUMNS && backends[b]; b++)
		fprintf(out, "%*.*s", COLUMN, COLUMN - 1, backends[b]);
	fputc('\n', out);
	for (int i = first; i < s->n; i++)
		if (same_table(s->figures[i].cell, c) && begins_line(s, i))
			print_lines(s, &s->figures[i], backends, lines, out);
}

static void print_tables(const struct summary *s, const struct results *r, cell_line *const *lines,
                         FILE *out)
{
	int nbackends = 0;

	while (r->backends[nbackends])
		nbackends++;
	for (int i = 0; i < s->n; i++)
		for (int b = 0; begins_table(s, i) && b < nbackends; b += COLUMNS)
			print_table(s, i, r->backends + b, lines, out);
}

#define NAMED 20        /* cells; who has more looks into the rows */

/* What makes a figure marked: "3 of 6"; "" where it is not. */
typedef void mark_text(const struct figure *, char *buf, size_t size);

static void disturbed_text(const struct figure *f, char *buf, size_t size)
{
	if (f->disturbed)
		snprintf(buf, size, "%d of %d", f->disturbed, f->ns_per_op.n);
}

static void kinds_text(const struct figure *f, char *buf, size_t size)
{
	const struct stats_clusters *k = &f->kinds;
	char low[16], high[16];

	if (k->below)
		snprintf(buf, size, "%d of %s and %d of %s", k->below, time_text(k->low, low), k->above,
		         time_text(k->high, high));
}

/* Which figures have a mark. */
static void print_marked(const struct summary *s, const char *lead, mark_text *mark, FILE *out)
{
	char text[NAMED * CELL_TEXT], why[64];
	size_t n = (size_t)snprintf(text, sizeof text, "%s:", lead);
	int named = 0, more = 0;

	for (int i = 0; i < s->n; i++) {
		const struct figure *f = &s->figures[i];

		*why = '\0';
		if (has_figure(f))
			mark(f, why, sizeof why);
		if (!*why)
			continue;
		if (named == NAMED || n >= sizeof text)
			more++;
		else
			n += (size_t)snprintf(text + n, sizeof text - n, "%s %s on %s P=%d, %s",
			                      named++ ? ";" : "", f->label, f->cell->backend, f->cell->procs, why);
	}
	if (more && n < sizeof text)
		snprintf(text + n, sizeof text - n, "; and %d more", more);
	if (named)
		text_wrap(text, 2, 0, out);
}

static void print_noise(const struct summary *s, FILE *out)
{
	if (!s->ncalibrations)
		fprintf(out, "Noise: not known, there was no calibration");
	for (int i = 0; i < s->ncalibrations; i++)
		fprintf(out, "%s\u00b1%.2f %% at P=%d", i ? ", " : "Noise: calibrations ",
		        100 * s->calibrations[i].spread, s->calibrations[i].procs);
	if (isfinite(s->half_vary))
		fprintf(out, ";\n  from repetition to repetition half of the cells vary by less than "
		        "\u00b1%.1f %%,\n  nine tenths by less than \u00b1%.1f %%", 100 * s->half_vary,
		        100 * s->most_vary);
	fputc('\n', out);
}

void summary_print_rows(const struct summary *s, const struct results *r, FILE *out)
{
	int rows = 0, some = 0;
	char notes[NOTES], told[TOLD_TEXT];

	for (int k = 0; k <= ST_NA; k++)
		rows += s->status[k];
	results_notes(r, notes, sizeof notes);
	fprintf(out, "%s%s%d rows:", notes, *notes ? "\n" : "", rows);
	for (int k = 0; k <= ST_NA; k++)
		if (s->status[k])
			fprintf(out, "%s %d %s", some++ ? "," : "", s->status[k], status_name(k));
	if (s->disturbed)
		fprintf(out, "; %d disturbed by others", s->disturbed);
	if (s->again)
		fprintf(out, "; %d measured again", s->again);
	fprintf(out, "\n");
	print_noise(s, out);
	if (*summary_told_text(s, told, sizeof told))
		text_wrap(told, 2, 0, out);
}

void summary_print(const struct summary *s, const struct results *r, FILE *out)
{
	static cell_line *const times[] = { time_line, interval_line, NULL };
	static cell_line *const memory[] = { memory_line, NULL };
	double coverage = 1;

	for (int i = 0; i < s->n; i++)
		if (s->figures[i].ns_per_op.n)
			coverage = fmin(coverage, s->figures[i].ns_per_op.coverage);
	fprintf(out, "Time of an operation / CPU time of it on all PUs: medians; below, the %.0f %%\n"
	        "interval of the time%s\n", 100 * coverage, !s->told.known ? "" :
	        "; tells: from what difference on half of a line's pairs\nare told apart, 4 times in 5");
	print_tables(s, r, times, out);
	fprintf(out, "\nMemory at most, and context switches by the kernel for 1000 operations\n");
	print_tables(s, r, memory, out);
	fputc('\n', out);
	print_marked(s, "~ rests on rows that others disturbed", disturbed_text, out);
	print_marked(s, "^ processes of two kinds, between which no time is", kinds_text, out);
	summary_print_rows(s, r, out);
}
