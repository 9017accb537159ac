/* SPDX-License-Identifier: Apache-2.0
 *
 * report_runs.c: other runs beside the page's own: where each was made, and which of the
 * first run's orderings hold in it.
 */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/report.h"
#include "report/section.h"
#include "reproduce/reproduce.h"

/* "run 2" of the second; the first is the page's own. */
static void print_heads(const struct page *p)
{
	for (int i = 0; i < p->nruns; i++)
		fprintf(p->out, i ? "<th scope=\"col\">Run %d</th>" : "<th scope=\"col\">Run %d, of this page</th>", i + 1);
}

/* ---- Machines ------------------------------------------------------------------------ */

static bool same(const struct machines *m, int n, const char *fact)
{
	for (int i = 1; i < n; i++)
		if (strcmp(machines_value(&m[i], fact, 1), machines_value(&m[1], fact, 0)) != 0)
			return false;
	return true;
}

static void print_machines(const struct page *p)
{
	struct machines m[REPORT_RUNS_MAX];
	struct compare_fact f;

	for (int i = 1; i < p->nruns; i++)
		machines_read(&m[i], p->r, p->runs[i]);
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Machines\"><table class=\"plain\"><thead><tr>"
	      "<th scope=\"col\">What differs</th>", p->out);
	print_heads(p);
	fputs("</tr></thead>\n<tbody>\n<tr><th scope=\"row\">began</th>", p->out);
	for (int i = 0; i < p->nruns; i++) {
		fputs("<td>", p->out);
		html_text(results_fact(p->runs[i], "started"), p->out);
		fputs("</td>", p->out);
	}
	fputs("</tr>\n", p->out);
	for (int k = 0; machines_fact(k, &f); k++) {
		if (same(m, p->nruns, f.name))
			continue;
		fputs("<tr><th scope=\"row\">", p->out);
		html_text(f.name, p->out);
		fputs("</th>", p->out);
		for (int i = 0; i < p->nruns; i++) {
			fputs("<td>", p->out);
			html_text(i ? machines_value(&m[i], f.name, 1) : machines_value(&m[1], f.name, 0), p->out);
			fputs("</td>", p->out);
		}
		fputs("</tr>\n", p->out);
	}
	fputs("</tbody></table></div>\n", p->out);
}

/* ---- Orderings ----------------------------------------------------------------------- */

static void print_ratio(const struct page *p, const struct stats_effect *e, const char *verdict, bool reversed)
{
	char a[24], b[56];

	fputs(reversed ? "<td class=\"reversed\">" : "<td>", p->out);
	if (e->n)
		html_textf(p->out, "%s (%s)", page_factor(e->estimate, a), page_factors(e->low, e->high, b));
	if (*verdict)
		html_textf(p->out, "%s%s", e->n ? ", " : "", verdict);
	fputs("</td>", p->out);
}

/* The lines of one other run's table: the orderings that hold there are counted alone. */
static void print_orderings(const struct page *p, const struct reproduction *r)
{
	char text[CELL_TEXT + 100];

	for (int i = 0; i < r->n; i++) {
		const struct ordering *o = &r->v[i];

		if (!o->established || o->verdict == ORDER_HELD)
			continue;
		fputs("<tr><th scope=\"row\">", p->out);
		html_text(ordering_text(r, o, text, sizeof text), p->out);
		fputs("</th>", p->out);
		print_ratio(p, &r->in_there[i].effect, "", false);
		print_ratio(p, &r->in_here[i].effect, order_verdict_name(o->verdict), o->verdict == ORDER_REVERSED);
		fputs("<td class=\"words\">", p->out);
		html_text(o->reason, p->out);
		fputs("</td></tr>\n", p->out);
	}
}

static void print_run(const struct page *p, int i)
{
	const struct order_floors floors = { .otherwise = REPRODUCE_FLOOR };
	struct reproduction r;
	const int *v;
	struct err e;

	fprintf(p->out, "<h3>Run %d</h3>\n<p>", i + 1);
	if (reproduce_make(&r, p->r, p->runs[i], NULL, &floors, &e)) {
		html_text(e.msg, p->out);
		fputs("</p>\n", p->out);
		return;
	}
	v = r.total.verdict;
	html_textf(p->out, "Of %d orderings that the first run established (the whole interval of the ratio is more than "
	           "%g %% from 1) %d hold here, %d are reversed, %d cannot be told, %d were not compared.",
	           r.total.established, 100 * REPRODUCE_FLOOR, v[ORDER_HELD], v[ORDER_REVERSED], v[ORDER_CANNOT_TELL],
	           v[ORDER_NOT_COMPARED]);
	fputs("</p>\n", p->out);
	if (v[ORDER_REVERSED] + v[ORDER_CANNOT_TELL] + v[ORDER_NOT_COMPARED]) {
		fprintf(p->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Orderings that run %d does not "
		        "confirm\"><table class=\"plain\"><thead><tr><th scope=\"col\">Time of one by that of the other</th>"
		        "<th scope=\"col\">Run 1</th><th scope=\"col\">Run %d</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
		        i + 1, i + 1);
		print_orderings(p, &r);
		fputs("</tbody></table></div>\n", p->out);
	}
	reproduce_free(&r);
}

void section_runs(const struct page *p)
{
	if (p->nruns < 2)
		return;
	fputs("<section id=\"runs\" aria-labelledby=\"runs-h\">\n<h2 id=\"runs-h\">Several runs, side by side</h2>\n"
	      "<p>Times of two machines do not compare; which of two is faster does.</p>\n", p->out);
	print_machines(p);
	for (int i = 1; i < p->nruns; i++)
		print_run(p, i);
	fputs("</section>\n", p->out);
}
