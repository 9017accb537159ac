/* SPDX-License-Identifier: Apache-2.0
 *
 * report_table.c: the heat table.  It is whole as it stands; the script only shows
 * another baseline's ratios in it, which are in the data, hides lines and columns, and
 * sorts.
 */
#include <stdlib.h>
#include <string.h>

#include "report/html.h"
#include "report/section.h"

/* ---- Columns ------------------------------------------------------------------- */

static void print_columns(const struct page *p)
{
	const struct grid *g = p->g;

	fputs("<thead>\n<tr><th scope=\"col\" rowspan=\"2\" class=\"name\">Workload</th>", p->out);
	for (int k = 0, n; k < g->ncolumns; k += n) {
		for (n = 1; k + n < g->ncolumns && g->columns[k + n].procs == g->columns[k].procs; n++)
			;
		fprintf(p->out, "<th scope=\"colgroup\" colspan=\"%d\" class=\"p\" data-p=\"%d\">P\u00a0=\u00a0%d</th>", n,
		        g->columns[k].procs, g->columns[k].procs);
	}
	fputs("</tr>\n<tr>", p->out);
	for (int k = 0; k < g->ncolumns; k++) {
		const char *name = p->r->backends[g->columns[k].backend];

		fprintf(p->out, "<th scope=\"col\" data-col=\"%d\"%s>", k,
		        !k || g->columns[k].procs != g->columns[k - 1].procs ? " class=\"p\"" : "");
		html_text(name, p->out);
		fputs("<small>", p->out);
		html_text(page_model(p, name), p->out);
		fputs("</small></th>", p->out);
	}
	fputs("</tr>\n</thead>\n", p->out);
}

/* ---- Cells --------------------------------------------------------------------- */

static void print_cell(const struct page *p, const struct grid_cell *c, bool edge)
{
	const struct figure *f = &p->s->figures[c->place];
	int own = p->g->columns[c->column].backend;
	char ratio[240], says[240], time[32];
	const char *state = page_state(p, c);

	fprintf(p->out, "<td data-c=\"%d\" class=\"s%d%s%s\">", (int)(c - p->g->cells), page_shade(&c->by[p->base]) + 4,
	        edge ? " p" : "", c->rank == 1 ? " best" : "");
	fprintf(p->out, "<a href=\"#cell-%d\" title=\"", (int)(c - p->g->cells));
	html_textf(p->out, "%s at P = %d: %s", p->r->backends[own], p->g->columns[c->column].procs,
	           f->ns_per_op.n ? page_ratio_says(p, c, p->base, says) : state);
	fputs("\">", p->out);
	if (f->ns_per_op.n) {
		page_ratio(&c->by[p->base], ratio);
		fputs("<b>", p->out);
		html_text(own == p->base ? "1" : *ratio ? ratio : "\u2013", p->out);
		fputs("</b>", p->out);
		if (c->rank)
			fprintf(p->out, " <small>#%d</small>", c->rank);
		fputs(" <span>", p->out);
		html_text(page_median(&f->ns_per_op, UNIT_NS, time), p->out);
		fputs("</span>", p->out);
	}
	if (*state) {
		fputs(f->ns_per_op.n ? " <em>" : "<em>", p->out);
		html_text(state, p->out);
		fputs("</em>", p->out);
	}
	fputs("</a></td>", p->out);
}

/* The kinds of a workload, as the script filters by them. */
static void print_kinds(const struct page *p, const char *workload)
{
	for (int i = 0; p->c && i < p->c->nworkloads; i++)
		if (!strcmp(p->c->workloads[i].name, workload))
			for (int k = 0; p->c->workloads[i].kind[k]; k++)
				html_textf(p->out, "%s%s", k ? " " : "", p->c->workloads[i].kind[k]);
}

static const struct decl *decl_of(const struct page *p, const char *workload)
{
	for (int i = 0; p->c && i < p->c->nworkloads; i++)
		if (!strcmp(p->c->workloads[i].name, workload))
			return &p->c->workloads[i];
	return NULL;
}

static void print_line(const struct page *p, int i)
{
	const struct grid_line *line = &p->g->lines[i];
	const struct decl *d = decl_of(p, line->cell->workload);

	fprintf(p->out, "<tr data-line=\"%d\" data-kinds=\"", i);
	print_kinds(p, line->cell->workload);
	fputs("\" data-pin=\"", p->out);
	html_text(line->cell->pin, p->out);
	fputs("\"><th scope=\"row\" class=\"name\"", p->out);
	if (d) {
		fputs(" title=\"", p->out);
		html_textf(p->out, "%s; %s", d->summary, d->metric);
		fputs("\"", p->out);
	}
	fputs(">", p->out);
	html_text(line->label, p->out);
	fputs("</th>", p->out);
	for (int k = 0; k < p->g->ncolumns; k++) {
		bool edge = !k || p->g->columns[k].procs != p->g->columns[k - 1].procs;
		const struct grid_cell *c = grid_at(p->g, i, k);

		if (c)
			print_cell(p, c, edge);
		else
			fprintf(p->out, "<td class=\"s4%s\"></td>", edge ? " p" : "");
	}
	fputs("</tr>\n", p->out);
}

/* ---- Why there is no time ----------------------------------------------------------- */

struct why { const struct row *row; int rows; };

static int add_why(struct why *v, int n, const struct row *row)
{
	for (int i = 0; i < n; i++)
		if (v[i].row->status == row->status && !strcmp(v[i].row->reason, row->reason)) {
			v[i].rows++;
			return n;
		}
	v[n] = (struct why){ row, 1 };
	return n + 1;
}

/* So many different reasons are printed; the rest is counted. */
#define WHYS 60

static void print_whys(const struct page *p)
{
	struct why v[WHYS + 1];
	int n = 0, rows = 0, others = 0;

	for (int i = 0; i < p->r->n; i++)
		if (p->r->rows[i].status != ST_OK) {
			rows++;
			n = add_why(v, n, &p->r->rows[i]);
			others += n > WHYS;
			n = n > WHYS ? WHYS : n;
		}
	if (!rows)
		return;
	fprintf(p->out, "<details class=\"whys\"><summary>Why %d measurement%s no time</summary>\n<ul>\n", rows,
	        rows == 1 ? " has" : "s have");
	for (int i = 0; i < n; i++) {
		fprintf(p->out, "<li>%d\u00d7 <em>%s</em>: ", v[i].rows, status_name(v[i].row->status));
		html_text(v[i].row->reason, p->out);
		fputs("</li>\n", p->out);
	}
	if (others)
		fprintf(p->out, "<li>and %d more</li>\n", others);
	fputs("</ul>\n</details>\n", p->out);
}

void section_table(const struct page *p)
{
	fputs("<section id=\"table\" aria-labelledby=\"table-h\">\n<h2 id=\"table-h\">Every workload on every model</h2>\n"
	      "<p id=\"reading\">A cell says how many times the time of <strong id=\"base-name\">", p->out);
	html_text(p->r->backends[p->base], p->out);
	fputs("</strong> an operation took, at the same P and in the same repetition, then its median time: "
	      "<b>0.25\u00d7</b> is a quarter of it, and four times as fast; <b>1/40\u00d7</b> a fortieth. <span class=\"key s1\">blue: faster</span> "
	      "<span class=\"key s7\">orange: slower</span>. \u2248 cannot be told apart; = the same; ? too few "
	      "repetitions to say; ~ rests on measurements that others disturbed. #1 is the fastest of its line "
	      "at that P, and cells that cannot be told apart share a rank.</p>\n<div id=\"controls\"></div>\n", p->out);
	fputs("<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-labelledby=\"table-h\">\n"
	      "<table id=\"heat\" class=\"heat\">\n", p->out);
	print_columns(p);
	fputs("<tbody>\n", p->out);
	for (int i = 0; i < p->g->nlines; i++)
		print_line(p, i);
	fputs("</tbody>\n</table>\n</div>\n", p->out);
	print_whys(p);
	fputs("</section>\n", p->out);
}
