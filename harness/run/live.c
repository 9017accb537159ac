/* SPDX-License-Identifier: Apache-2.0 */
#include "run/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "stats/stats.h"

#define TURN_NS 4000000000
#define LABEL_LEAST 12
#define COLUMN_LEAST 11                 /* of "~*999 ms" and a gap */
#define COLUMN_MOST 16

struct live_line {
	const char *label;
	const struct cell *like;        /* the first of its cells */
	int table;                      /* which P and policy, from 0 */
};

/* ---- Which lines there are ------------------------------------------------------ */

static bool same_table(const struct cell *a, const struct cell *b)
{
	return a->procs == b->procs && !strcmp(a->pin, b->pin);
}

/* Tables in the order in which the plan first has them. */
static int table_of(const struct live *l, const struct cell *c)
{
	int tables = 0;

	for (int i = 0; i < l->n; i++) {
		if (same_table(l->lines[i].like, c))
			return l->lines[i].table;
		tables = l->lines[i].table >= tables ? l->lines[i].table + 1 : tables;
	}
	return tables;
}

static int line_of(const struct live *l, const struct cell *cell)
{
	struct cell c = *cell;

	for (int i = 0; i < l->n; i++) {
		c.backend = l->lines[i].like->backend;
		if (cell_same(l->lines[i].like, &c))
			return i;
	}
	return -1;
}

static int column_of(struct live *l, const char *backend)
{
	int b = 0;

	while (b < l->nbackends && strcmp(l->backends[b], backend) != 0)
		b++;
	if (b == l->nbackends)
		l->backends[l->nbackends++] = backend;
	return b;
}

bool live_begin(struct live *l, const struct runner *r)
{
	const struct plan *p = r->plan;
	const size_t cells = (size_t)p->ncells;
	struct err e;
	int nbackends;

	*l = (struct live){ .r = r, .backends = calloc(cells + 1, sizeof *l->backends),
	                    .lines = calloc(cells + 1, sizeof *l->lines), .labels = calloc(cells + 1, sizeof *l->labels),
	                    .v = calloc(cells * (size_t)p->reps + 1, sizeof *l->v) };
	if (!l->backends || !l->lines || !l->labels || !l->v || cells_label(p->cells, p->ncells, l->labels, &e))
		return false;
	for (int i = 0; i < p->ncells; i++)
		column_of(l, p->cells[i].backend);
	nbackends = l->nbackends;
	l->of = malloc((cells * (size_t)nbackends + 1) * sizeof *l->of);
	if (!l->of)
		return false;
	for (int i = 0; i < p->ncells; i++) {
		const struct cell *c = &p->cells[i];
		int line = c->copy ? -1 : line_of(l, c);

		if (c->copy)
			continue;
		if (line < 0) {
			line = l->n;
			l->lines[line] = (struct live_line){ l->labels[i], c, table_of(l, c) };
			for (int b = 0; b < nbackends; b++)
				l->of[line * nbackends + b] = -1;
			l->n++;
		}
		l->of[line * nbackends + column_of(l, c->backend)] = i;
	}
	l->turned_ns = clock_ns();
	return true;
}

void live_end(struct live *l)
{
	for (int i = 0; l->labels && i < l->r->plan->ncells; i++)
		free(l->labels[i]);
	free(l->labels);
	free(l->backends);
	free(l->lines);
	free(l->of);
	free(l->v);
	*l = (struct live){ 0 };
}

/* ---- What a cell shows ------------------------------------------------------------ */

/* Of each cell: what its rows are worth now. */
static void look(struct live *l)
{
	const struct runner *r = l->r;
	const int reps = r->plan->reps;

	memset(l->v, 0, (size_t)r->plan->ncells * (size_t)reps * sizeof *l->v);
	for (int i = 0; i < plan_rows(r->plan); i++)
		if (r->steps[i].kind == ROW_CELL && r->had[i].attempts)
			l->v[(r->steps[i].cell - r->plan->cells) * reps + r->steps[i].rep] = r->had[i].ns_per_op;
}

/* NAN: there is none yet. */
static double median_of(const struct live *l, int cell)
{
	const int reps = l->r->plan->reps;
	double *x = malloc((size_t)reps * sizeof *x), median;
	int n = 0;

	for (int i = 0; x && i < reps; i++)
		if (l->v[cell * reps + i] > 0)
			x[n++] = l->v[cell * reps + i];
	median = stats_quantile(x, n, 0.5);
	free(x);
	return median;
}

static void cell_says(const struct live *l, int cell, double median, char buf[24])
{
	const struct known *k = &l->r->known[cell];

	if (isfinite(median))
		time_text(median, buf);
	else
		snprintf(buf, 24, "%s", k->na ? "na" : k->told ? "failed" : ".");
}

/* How the screen is laid out, and where in it we are. */
struct frame {
	int label, column, columns;     /* widths, and how many back ends there is room for */
	bool bold;
	int room;                       /* lines of a page */
	int wanted, page, used;         /* which page is printed; of this one, so many lines */
	FILE *out;
};

static void put_line(const struct live *l, const struct frame *f, int line)
{
	double v[f->columns + 1], least = INFINITY;
	const char *name = l->lines[line].label, *build = l->lines[line].like->build;
	char label[CELL_TEXT], text[24];
	int known = 0;

	for (int b = 0; b < f->columns; b++) {
		int cell = l->of[line * l->nbackends + b];

		v[b] = cell < 0 ? NAN : median_of(l, cell);
		least = fmin(least, v[b]);
		known += isfinite(v[b]);
	}
	snprintf(label, sizeof label, "%s%s%s", build ? build : "", build ? " " : "", name);
	label[text_bytes(label, f->label)] = '\0';
	fprintf(f->out, "%s%*s", label, f->label - text_columns(label), "");
	for (int b = 0; b < f->columns; b++) {
		int cell = l->of[line * l->nbackends + b];
		bool best = known > 1 && v[b] <= least;

		*text = '\0';
		if (cell >= 0)
			cell_says(l, cell, v[b], text);
		/* Who wants no letters but plain ones is shown the best, too. */
		fprintf(f->out, "%*s%s%s%s", f->column - text_columns(text) - (best && !f->bold), "",
		        best ? f->bold ? "\033[1m" : "*" : "", text, best && f->bold ? "\033[0m" : "");
	}
	fputc('\n', f->out);
}

static void put_heading(const struct live *l, const struct frame *f, const struct cell *like)
{
	char title[64];

	snprintf(title, sizeof title, "P=%d %s", like->procs, like->pin);
	fprintf(f->out, "%-*.*s", f->label, f->label - 1, title);
	for (int b = 0; b < f->columns; b++)
		fprintf(f->out, "%*.*s", f->column, f->column - 1, l->backends[b]);
	fputc('\n', f->out);
}

/* ---- The whole -------------------------------------------------------------------------- */

static void fit(const struct live *l, int width, struct frame *f)
{
	f->columns = l->nbackends;
	f->column = COLUMN_LEAST;
	f->label = LABEL_LEAST;
	for (int b = 0; b < l->nbackends; b++)
		f->column = text_columns(l->backends[b]) + 1 > f->column ? text_columns(l->backends[b]) + 1 : f->column;
	f->column = f->column < COLUMN_MOST ? f->column : COLUMN_MOST;
	for (int i = 0; i < l->n; i++)
		f->label = text_columns(l->lines[i].label) + 4 > f->label ? text_columns(l->lines[i].label) + 4 : f->label;
	while (f->columns > 1 && LABEL_LEAST + f->columns * f->column > width)
		f->columns--;
	f->label = f->label < width - f->columns * f->column ? f->label : width - f->columns * f->column;
}

static int lines_in(const struct live *l, int table)
{
	int n = 0;

	for (int i = 0; i < l->n; i++)
		n += l->lines[i].table == table;
	return n;
}

/* Whether the next line is on the page that is printed; it is taken. */
static bool takes_line(struct frame *f)
{
	f->used++;
	return f->page == f->wanted;
}

static void turn(struct frame *f)
{
	f->page++;
	f->used = 0;
}

/* A table begins a page where it does not fit the rest of one, and goes on on the next
 * where it does not fit at all. */
static void put_table(const struct live *l, struct frame *f, int table)
{
	bool heading = true;

	if (f->used && f->used + 2 + lines_in(l, table) > f->room)
		turn(f);
	if (f->used && takes_line(f))
		fputc('\n', f->out);
	for (int i = 0; i < l->n; i++) {
		if (l->lines[i].table != table)
			continue;
		if (f->used + heading >= f->room) {
			turn(f);
			heading = true;
		}
		if (heading && takes_line(f))
			put_heading(l, f, l->lines[i].like);
		heading = false;
		if (takes_line(f))
			put_line(l, f, i);
	}
}

/* Prints the page that is wanted; how many there are. */
static int put_page(const struct live *l, struct frame *f, int wanted)
{
	f->wanted = wanted;
	f->page = f->used = 0;
	for (int table = 0; lines_in(l, table); table++)
		put_table(l, f, table);
	return f->page + 1;
}

/* The largest spread of the calibrations of a P; NAN: too few. */
static double noise_of(const struct runner *r)
{
	double most = NAN, *x = calloc((size_t)r->plan->reps + 1, sizeof *x);

	for (int k = 0; x && k < r->plan->ncalibrations; k++) {
		int n = 0;

		for (int i = 0; i < plan_rows(r->plan); i++)
			if (r->steps[i].cell == &r->plan->calibrations[k] && had_time(&r->had[i]) > 0)
				x[n++] = had_time(&r->had[i]);
		if (n >= 3)
			most = fmax(most, stats_spread(x, n));
	}
	free(x);
	return most;
}

static void put_state(const struct live *l, int page, int pages, int width, FILE *out)
{
	const struct runner *r = l->r;
	double noise = noise_of(r);
	char line[200];
	int disturbed = 0, n;

	for (int i = 0; i < plan_rows(r->plan); i++)
		disturbed += had_disturbed(&r->had[i]);
	n = snprintf(line, sizeof line, "Medians so far: repetition %d of %d", r->rep < r->plan->reps ? r->rep + 1 : r->rep,
	             r->plan->reps);
	if (isfinite(noise))
		n += snprintf(line + n, sizeof line - (size_t)n, "; noise \u00b1%.1f %%", 100 * noise);
	if (disturbed)
		n += snprintf(line + n, sizeof line - (size_t)n, "; %d disturbed", disturbed);
	if (pages > 1)
		snprintf(line + n, sizeof line - (size_t)n, "; page %d of %d", page + 1, pages);
	fprintf(out, "%.*s\n", text_bytes(line, width), line);
}

void live_table(void *arg, const struct screen *s, int lines, FILE *out)
{
	struct live *l = arg;
	struct frame f = { .bold = s->bold, .room = lines - 1, .out = out };
	int pages;

	fit(l, s->columns - 1, &f);
	pages = put_page(l, &f, -1);
	if (clock_ns() - l->turned_ns > TURN_NS) {
		l->turned_ns = clock_ns();
		l->page++;
	}
	l->page %= pages;
	look(l);
	put_page(l, &f, l->page);
	put_state(l, l->page, pages, s->columns - 1, out);
}
