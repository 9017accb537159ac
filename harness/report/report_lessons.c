/* SPDX-License-Identifier: Apache-2.0
 *
 * report_lessons.c: what people are told about scheduling, as far as the run has the cells
 * that a claim is judged by.
 */
#include "report/html.h"
#include "report/section.h"

static void print_findings(const struct page *p, const struct lesson *l)
{
	fputs("<ul>", p->out);
	for (int i = 0; i < l->n; i++) {
		const struct finding *f = &l->findings[i];
		enum unit unit = f->check->than.workload ? UNIT_NONE : f->check->unit;
		char what[200], median[32], range[32];

		if (!f->seen.m.n)
			continue;
		fputs("<li>", p->out);
		html_textf(p->out, "%s, %s: ", f->check->what.backend ? f->check->what.backend : "all",
		           check_text(f->check, what, sizeof what));
		if (f->check->kind == SAME)
			html_textf(p->out, "%.0f different in %d rows", f->seen.m.median, f->seen.m.n);
		else
			html_textf(p->out, "%s (%s)", page_median(&f->seen.m, unit, median),
			           page_range(&f->seen.m, unit, range));
		html_textf(p->out, ": %s", judgement_name(f->judgement));
		if (f->seen.disturbed)
			html_textf(p->out, "; %d of %d disturbed", f->seen.disturbed, f->seen.samples);
		fputs("</li>", p->out);
	}
	fputs("</ul>", p->out);
}

static void print_lesson(const struct page *p, const struct lesson *l)
{
	static const char *const marks[] = {
		[NOT_MEASURED] = "none", [HOLDS] = "yes", [REFUTED] = "no", [TOO_NOISY] = "unsure",
	};

	fprintf(p->out, "<details class=\"lesson\"><summary><em class=\"%s\">%s</em> ", marks[l->judgement],
	        judgement_name(l->judgement));
	html_text(l->claim->text, p->out);
	if (l->claim->published)
		html_textf(p->out, " (%s)", l->claim->published);
	fputs("</summary>", p->out);
	print_findings(p, l);
	fputs("</details>\n", p->out);
}

void section_lessons(const struct page *p)
{
	struct lessons l = { NULL, 0 };
	struct err ignored;
	int measured = 0;

	fputs("<section id=\"lessons\" aria-labelledby=\"lessons-h\">\n<h2 id=\"lessons-h\">What people are told</h2>\n", p->out);
	if (lessons_make(&l, p->r, claims, &ignored) == 0) {
		for (int i = 0; i < l.n; i++)
			measured += l.v[i].judgement != NOT_MEASURED;
		fputs("<p>", p->out);
		html_textf(p->out, "Of %d claims about scheduling this run has the cells to judge %d. A claim holds if the "
		           "whole interval of what was seen is within what it says, and does not hold if all of it is "
		           "outside.", l.n, measured);
		fputs("</p>\n", p->out);
		for (int i = 0; i < l.n; i++)
			if (l.v[i].judgement != NOT_MEASURED)
				print_lesson(p, &l.v[i]);
	}
	if (!measured || measured < l.n)
		fprintf(p->out, "<p>%s claims were not measured here; <code>build/schedlab lessons</code> measures and judges "
		        "all of them.</p>\n", measured ? "The other" : "The");
	lessons_free(&l);
	fputs("</section>\n", p->out);
}
