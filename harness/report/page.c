/* SPDX-License-Identifier: Apache-2.0
 *
 * page.c: what several parts of a page say, said once.
 */
#include <math.h>
#include <string.h>

#include "base/shell.h"
#include "report/section.h"

const char *page_model(const struct page *p, const char *backend)
{
	for (int i = 0; p->c && i < p->c->nbackends; i++)
		if (!strcmp(p->c->backends[i].name, backend))
			return p->c->backends[i].model;
	return "";
}

int page_shade(const struct compare_row *row)
{
	double times = fmax(row->effect.estimate, 1 / row->effect.estimate);
	int level = times < 1.25 ? 1 : times < 2 ? 2 : times < 8 ? 3 : 4;

	return !row->effect.n ? 0 : row->verdict == STATS_FASTER ? -level : row->verdict == STATS_SLOWER ? level : 0;
}

const char *page_factor(double v, char buf[24])
{
	char text[16];

	/* 0.0003 has one digit that says something, 1/2870 has three. */
	if (v < 0.0995 && v > 0)
		snprintf(buf, 24, "1/%s", ratio_text(1 / v, text));
	else
		snprintf(buf, 24, "%s", ratio_text(v, text));
	return buf;
}

const char *page_factors(double low, double high, char buf[56])
{
	char a[24], b[24];

	snprintf(buf, 56, "%s to %s", page_factor(low, a), page_factor(high, b));
	return buf;
}

const char *page_ratio(const struct compare_row *row, char buf[240])
{
	char text[24];

	*buf = '\0';
	if (row->effect.n)
		snprintf(buf, 240, "%s%s%s\u00d7", row->rests_on_disturbed ? "~" : "",
		         row->verdict == STATS_FASTER || row->verdict == STATS_SLOWER ? ""
		         : row->verdict == STATS_SAME ? "= " : row->verdict == STATS_TOO_FEW ? "? " : "\u2248 ",
		         page_factor(row->effect.estimate, text));
	return buf;
}

const char *page_ratio_says(const struct page *p, const struct grid_cell *c, int base, char buf[240])
{
	const struct compare_row *row = &c->by[base];
	char a[240], b[56];

	if (base == p->g->columns[c->column].backend)
		snprintf(buf, 240, "the baseline");
	else if (!row->effect.n)
		snprintf(buf, 240, "no ratio to %.60s", p->r->backends[base]);
	else
		snprintf(buf, 240, "%s the time of %.60s, %s: %s", page_ratio(row, a), p->r->backends[base],
		         page_factors(row->effect.low, row->effect.high, b), stats_verdict_name(row->verdict));
	return buf;
}

const char *page_state(const struct page *p, const struct grid_cell *c)
{
	const struct figure *f = &p->s->figures[c->place];

	for (int s = ST_WRONG; s < ST_NA; s++)
		if (f->status[s])
			return status_name((enum status)s);
	return f->status[ST_NA] ? status_name(ST_NA) : f->ns_per_op.n ? "" : "not measured";
}

/* Plain decimals, as flags take them. */
static void print_seconds(double s, FILE *out)
{
	char text[40];
	size_t n = (size_t)snprintf(text, sizeof text, "%.6f", s);

	while (n > 1 && text[n - 1] == '0' && text[n - 2] != '.')
		text[--n] = '\0';
	fputs(text, out);
}

static void print_pairs(const char *flag, const struct pair *v, int n, FILE *out)
{
	for (int i = 0; i < n; i++) {
		char word[CELL_TEXT];

		snprintf(word, sizeof word, "%s=%s", v[i].key, v[i].value);
		fprintf(out, " %s ", flag);
		shell_word(word, out);
	}
}

void page_command(const struct page *p, const struct grid_cell *c, FILE *out)
{
	const struct cell *cell = &p->r->cells[c->place];

	fputs("build/schedlab run -b ", out);
	shell_word(cell->backend, out);
	fputs(" -w ", out);
	shell_word(cell->workload, out);
	fprintf(out, " -p %d --pin ", cell->procs);
	shell_word(cell->pin, out);
	print_pairs("--set", cell->params, cell->nparams, out);
	print_pairs("--opt", cell->opts, cell->nopts, out);
	if (p->plan && p->plan->min_time_s > 0) {
		fputs(" --min-time ", out);
		print_seconds(p->plan->min_time_s, out);
	}
}

const char *page_median(const struct stats_median *m, enum unit unit, char buf[32])
{
	*buf = '\0';
	if (m->n)
		unit_text(m->median, unit, buf);
	return buf;
}

const char *page_range(const struct stats_median *m, enum unit unit, char buf[32])
{
	*buf = '\0';
	if (m->n)
		range_text(m->low, m->high, unit, buf);
	return buf;
}
