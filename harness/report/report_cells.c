/* SPDX-License-Identifier: Apache-2.0
 *
 * report_cells.c: the figures of each cell, as summary.json has them, a line each.  The
 * heat table's cells lead here where there is no script.
 */
#include "report/html.h"
#include "report/section.h"

static void print_number(const struct page *p, const char *text)
{
	fputs("<td>", p->out);
	html_text(text, p->out);
	fputs("</td>", p->out);
}

static void print_cell(const struct page *p, const struct grid_cell *c)
{
	const struct figure *f = &p->s->figures[c->place];
	const struct grid_column *column = &p->g->columns[c->column];
	char text[240];

	fprintf(p->out, "<tr id=\"cell-%d\"><th scope=\"row\">", (int)(c - p->g->cells));
	html_text(p->g->lines[c->line].label, p->out);
	fputs("</th>", p->out);
	print_number(p, p->r->backends[column->backend]);
	fprintf(p->out, "<td>%d</td>", column->procs);
	print_number(p, page_median(&f->ns_per_op, UNIT_NS, text));
	print_number(p, page_range(&f->ns_per_op, UNIT_NS, text));
	fprintf(p->out, "<td>%d</td><td>%d</td>", f->ns_per_op.n, f->disturbed);
	print_number(p, page_median(&f->cpu_ns_per_op, UNIT_NS, text));
	print_number(p, page_median(&f->peak_rss_bytes, UNIT_BYTES, text));
	print_number(p, page_median(&f->switches_per_op, UNIT_NONE, text));
	fputs("<td class=\"words\">", p->out);
	if (f->kinds.below) {
		char low[16], high[16];

		html_textf(p->out, "two kinds of processes: %d near %s, %d near %s. ", f->kinds.below,
		           time_text(f->kinds.low, low), f->kinds.above, time_text(f->kinds.high, high));
	}
	if (*page_state(p, c))
		html_textf(p->out, "%s%s%s", page_state(p, c), *c->reason ? ": " : "", c->reason);
	fputs("</td></tr>\n", p->out);
}

void section_cells(const struct page *p)
{
	fputs("<section id=\"all\" aria-labelledby=\"all-h\">\n<h2 id=\"all-h\">All figures</h2>\n"
	      "<p>Of an operation: the median time over the repetitions with its interval, CPU time of all threads on all "
	      "PUs, context switches by the kernel; of the process: the most memory that it had. n is the number of "
	      "repetitions that have a time, and how many of them others disturbed stands beside it.</p>\n"
	      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"all-h\">\n<table class=\"plain\">\n<thead><tr>"
	      "<th scope=\"col\">Workload</th><th scope=\"col\">Back end</th><th scope=\"col\">P</th>"
	      "<th scope=\"col\">Time</th><th scope=\"col\">Interval</th><th scope=\"col\">n</th>"
	      "<th scope=\"col\">Disturbed</th><th scope=\"col\">CPU time</th><th scope=\"col\">Memory</th>"
	      "<th scope=\"col\">Switches</th><th scope=\"col\">Remarks</th></tr></thead>\n<tbody>\n", p->out);
	for (int i = 0; i < p->g->n; i++)
		print_cell(p, &p->g->cells[i]);
	fputs("</tbody>\n</table>\n</div>\n</section>\n</main>\n", p->out);
}
