/* SPDX-License-Identifier: Apache-2.0
 *
 * report_sentences.c: what the run answers, in sentences; each leads to the cells that it
 * rests on.
 */
#include "report/html.h"
#include "report/section.h"

/* The number of the cell in the table; -1: it has none there. */
static int cell_at(const struct grid *g, int place)
{
	for (int i = 0; i < g->n; i++)
		if (g->cells[i].place == place)
			return i;
	return -1;
}

/* The cells of all parts, each once; their number. */
static int rests_on(const struct page *p, const struct sentence *s, int *cells, int max)
{
	int n = 0;

	for (int i = 0; i < s->nparts; i++)
		for (int k = 0; k < s->parts[i].ncells && n < max; k++) {
			int at = cell_at(p->g, s->parts[i].cells[k]), known = 0;

			while (known < n && cells[known] != at)
				known++;
			if (at >= 0 && known == n)
				cells[n++] = at;
		}
	return n;
}

static void print_cells(const struct page *p, const struct sentence *s)
{
	int cells[GRID_BACKENDS * PART_CELLS], n = rests_on(p, s, cells, GRID_BACKENDS * PART_CELLS);

	if (!n)
		return;
	fprintf(p->out, "<details><summary>from %d cell%s</summary>", n, n == 1 ? "" : "s");
	for (int i = 0; i < n; i++) {
		const struct grid_cell *c = &p->g->cells[cells[i]];

		fprintf(p->out, "%s<a href=\"#cell-%d\">", i ? ", " : "", cells[i]);
		html_textf(p->out, "%s on %s, P\u00a0=\u00a0%d", p->g->lines[c->line].label, p->r->cells[c->place].backend,
		           p->r->cells[c->place].procs);
		fputs("</a>", p->out);
	}
	fputs("</details>", p->out);
}

static void print_answered(const struct page *p)
{
	fputs("<ul class=\"sentences\">\n", p->out);
	for (int i = 0; i < p->s->sentences.n; i++) {
		const struct sentence *s = &p->s->sentences.v[i];

		if (s->verdict == SENTENCE_NO_DATA)
			continue;
		fprintf(p->out, "<li%s><h3>", s->verdict == SENTENCE_HOLDS ? "" : " class=\"open\"");
		html_text(s->question, p->out);
		fputs("</h3><p>", p->out);
		html_text(s->text, p->out);
		fputs("</p>", p->out);
		if (s->verdict != SENTENCE_HOLDS && *s->reason) {
			fputs("<p class=\"why\">", p->out);
			html_text(s->reason, p->out);
			fputs("</p>", p->out);
		}
		print_cells(p, s);
		fputs("</li>\n", p->out);
	}
	fputs("</ul>\n", p->out);
}

static void print_others(const struct page *p, int n)
{
	fprintf(p->out, "<details><summary>%d question%s that this run does not answer</summary>\n<ul>\n", n, n == 1 ? "" : "s");
	for (int i = 0; i < p->s->sentences.n; i++) {
		const struct sentence *s = &p->s->sentences.v[i];

		if (s->verdict != SENTENCE_NO_DATA)
			continue;
		fputs("<li>", p->out);
		html_textf(p->out, "%s %s", s->question, s->reason);
		fputs("</li>\n", p->out);
	}
	fputs("</ul></details>\n", p->out);
}

void section_sentences(const struct page *p)
{
	int none = 0;

	if (!p->s->sentences.n)
		return;
	for (int i = 0; i < p->s->sentences.n; i++)
		none += p->s->sentences.v[i].verdict == SENTENCE_NO_DATA;
	fputs("<section id=\"answers\" aria-labelledby=\"answers-h\">\n<h2 id=\"answers-h\">What this run answers</h2>\n", p->out);
	if (none < p->s->sentences.n)
		print_answered(p);
	if (none)
		print_others(p, none);
	fputs("</section>\n", p->out);
}
