/* SPDX-License-Identifier: Apache-2.0
 *
 * report_head.c: the first lines of a page: where, when, and how sure.
 */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/section.h"

static void print_machine(const struct page *p)
{
	char machine[200];

	if (p->topo)
		topo_describe(p->topo, machine, sizeof machine);
	else
		snprintf(machine, sizeof machine, "%s", results_fact(p->r, "cpu_model"));
	fputs("<p class=\"where\">", p->out);
	html_text(*machine ? machine : "A machine that the run does not name", p->out);
	if (*results_fact(p->r, "kernel"))
		html_textf(p->out, " \u00b7 Linux %.60s", results_fact(p->r, "kernel"));
	if (*results_fact(p->r, "started"))
		html_textf(p->out, " \u00b7 %.10s", results_fact(p->r, "started"));
	html_textf(p->out, " \u00b7 commit %.60s", *results_fact(p->r, "commit") ? results_fact(p->r, "commit") : "unknown");
	fputs("</p>\n", p->out);
}

/* How sure it all is, in a line: repetitions, disturbances, noise. */
static void print_sure(const struct page *p)
{
	char told[TOLD_TEXT];

	fputs("<p class=\"sure\">", p->out);
	html_textf(p->out, "%d measurements, a process each: %d ok", p->r->n, p->s->status[ST_OK]);
	for (int s = ST_WRONG; s <= ST_NA; s++)
		if (p->s->status[s])
			html_textf(p->out, ", %d %s", p->s->status[s], status_name((enum status)s));
	html_textf(p->out, "; %d disturbed by others", p->s->disturbed);
	if (isfinite(p->s->noise))
		html_textf(p->out, "; the same work without a scheduler varied by \u00b1%.3g\u00a0%%", 100 * p->s->noise);
	fputs(". ", p->out);
	html_text(summary_told_text(p->s, told, sizeof told), p->out);
	fputs("</p>\n", p->out);
}

static void print_notes(const struct page *p)
{
	char notes[NOTES], *rest = notes, *note;

	results_notes(p->r, notes, sizeof notes);
	while (*notes && (note = strsep(&rest, "\n"))) {
		fputs("<p class=\"note\"><strong>Note:</strong> ", p->out);
		html_text(note, p->out);
		fputs(".</p>\n", p->out);
	}
}

void section_head(const struct page *p)
{
	fputs("<header>\n<h1>What does a scheduling model cost, and what does it buy?</h1>\n", p->out);
	print_machine(p);
	print_notes(p);
	print_sure(p);
	fputs("<nav aria-label=\"Parts of this page\"><a href=\"#answers\">Answers</a> <a href=\"#table\">Table</a> <a href=\"#figures\">Figures</a> ",
	      p->out);
	if (p->ntraces)
		fputs("<a href=\"#traces\">Traces</a> ", p->out);
	fputs("<a href=\"#lessons\">Lessons</a> <a href=\"#words\">Words</a> <a href=\"#machine\">Machine</a> "
	      "<a href=\"#method\">Method</a> <a href=\"#all\">All figures</a></nav>\n</header>\n<main>\n", p->out);
}
