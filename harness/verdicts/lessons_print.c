/* SPDX-License-Identifier: Apache-2.0
 *
 * lessons_print.c: the lessons in 80 columns.
 */
#include <math.h>
#include <string.h>

#include "verdicts/lessons.h"

static size_t put_figure(const struct figure_of *f, char *buf, size_t size, size_t n)
{
	if (n < size)
		n += (size_t)snprintf(buf + n, size - n, "%s%s%s", f->workload, *f->set ? " " : "", f->set);
	if (n < size && f->procs)
		n += (size_t)snprintf(buf + n, size - n, " P=%d", f->procs);
	if (n < size && f->counter)
		n += (size_t)snprintf(buf + n, size - n, " %s", f->counter);
	if (n < size && f->by)
		n += (size_t)snprintf(buf + n, size - n, "/%s", f->by);
	return n;
}

const char *check_text(const struct check *c, char *buf, size_t size)
{
	size_t n = put_figure(&c->what, buf, size, 0);

	if (c->than.workload && n < size) {
		/* What both have in common is said once. */
		if (!strcmp(c->what.backend, c->than.backend) && !strcmp(c->what.workload, c->than.workload) &&
		    !strcmp(c->what.set, c->than.set))
			snprintf(buf + n, size - n, " by P=%d", c->than.procs);
		else if (!strcmp(c->what.backend, c->than.backend) && c->what.procs == c->than.procs)
			snprintf(buf + n, size - n, " by %s", c->than.set);
		else if (!strcmp(c->what.workload, c->than.workload) && c->what.procs == c->than.procs)
			snprintf(buf + n, size - n, " by %s", c->than.backend);
		else {
			n += (size_t)snprintf(buf + n, size - n, " by ");
			put_figure(&c->than, buf, size, n);
		}
	}
	return buf;
}

static const char *bound_text(const struct check *c, char buf[64])
{
	enum unit unit = c->than.workload ? UNIT_NONE : c->unit;
	char a[16], b[32];

	if (c->kind == VARIES)
		snprintf(buf, 64, "varies");
	else if (c->kind == SAME)
		snprintf(buf, 64, "the same");
	else if (c->low >= c->high)
		snprintf(buf, 64, "%s", unit_text(c->high, unit, a));
	else if (isinf(c->high))
		snprintf(buf, 64, ">= %s", unit_text(c->low, unit, a));
	else if (c->low > 0)
		snprintf(buf, 64, "%s", range_text(c->low, c->high, unit, b));
	else
		snprintf(buf, 64, "<= %s", unit_text(c->high, unit, a));
	return buf;
}

static const char *seen_text(const struct finding *f, char buf[64])
{
	enum unit unit = f->check->than.workload ? UNIT_NONE : f->check->unit;
	const struct stats_median *m = &f->seen.m;
	char range[32];

	if (f->check->kind == SAME && m->n)
		snprintf(buf, 64, "%.0f in %d rows", m->median, m->n);
	else
		snprintf(buf, 64, "%s", m->n ? range_text(m->low, m->high, unit, range) : "-");
	return buf;
}

static const char *const marks[] = {
	[NOT_MEASURED] = "-", [HOLDS] = "yes", [REFUTED] = "no", [TOO_NOISY] = "?",
};

static void print_finding(const struct finding *f, FILE *out)
{
	char bound[64], seen[64];

	fprintf(out, "    %-14s", f->check->what.backend ? f->check->what.backend : "all");
	print_right(seen_text(f, seen), 20, out);
	print_right(bound_text(f->check, bound), 20, out);
	fprintf(out, "  %s", marks[f->judgement]);
	if (f->seen.disturbed)
		fprintf(out, "%*s%d of %d disturbed", 4 - (int)strlen(marks[f->judgement]), "", f->seen.disturbed,
		        f->seen.samples);
	fputc('\n', out);
}

/* Why nothing was seen, each reason once. */
static void print_reasons(const struct lesson *l, FILE *out)
{
	for (int i = 0; i < l->n; i++) {
		bool said = l->findings[i].seen.m.n > 0 || !*l->findings[i].reason;

		for (int k = 0; k < i && !said; k++)
			said = !l->findings[k].seen.m.n && !strcmp(l->findings[k].reason, l->findings[i].reason);
		if (said)
			continue;
		fputs("  - ", out);
		text_wrap(l->findings[i].reason, 4, 4, out);
	}
}

/* What is asked, and then each back end's answer. */
static void print_findings(const struct lesson *l, FILE *out)
{
	char text[CHECKS][200];

	for (int i = 0; i < l->n; i++) {
		bool said = false;

		check_text(l->findings[i].check, text[i], sizeof text[i]);
		for (int k = 0; k < i; k++)
			said |= !strcmp(text[k], text[i]);
		if (said)
			continue;
		fprintf(out, "  %s\n", text[i]);
		for (int k = i; k < l->n; k++)
			if (k == i || !strcmp(text[i], check_text(l->findings[k].check, text[k], sizeof text[k])))
				print_finding(&l->findings[k], out);
	}
}

static void print_lesson(const struct lesson *l, FILE *out)
{
	char head[64];
	int n = snprintf(head, sizeof head, "%s: %s.", l->claim->id, judgement_name(l->judgement));

	fputc('\n', out);
	fputs(head, out);
	fputc(' ', out);
	text_wrap(l->claim->text, 2, n + 1, out);
	if (l->claim->published)
		fprintf(out, "  (%s)\n", l->claim->published);
	print_findings(l, out);
	print_reasons(l, out);
}

static void print_part(const struct lessons *l, bool published, const char *head, FILE *out)
{
	int count[TOO_NOISY + 1] = { 0 };

	fprintf(out, "\n%s\n", head);
	for (int i = 0; i < l->n; i++) {
		if ((l->v[i].claim->published != NULL) != published)
			continue;
		print_lesson(&l->v[i], out);
		count[l->v[i].judgement]++;
	}
	fprintf(out, "\n%d hold, %d do not, %d too noisy to say, %d not measured\n", count[HOLDS],
	        count[REFUTED], count[TOO_NOISY], count[NOT_MEASURED]);
}

/* ---- Published, Go's, ours ----------------------------------------------------- */

/* "-52 to -49 %": what a ratio changes. */
static const char *change_text(const struct finding *f, char buf[64])
{
	if (!f || !f->seen.m.n)
		snprintf(buf, 64, "-");
	else
		snprintf(buf, 64, "%+ld to %+ld %%", lrint((f->seen.m.low - 1) * 100), lrint((f->seen.m.high - 1) * 100));
	return buf;
}

static void print_table(const struct lessons *l, FILE *out)
{
	fputs("\nPUBLISHED, AND HERE: TIME WITH GS AGAINST TIME WITHOUT\n\n"
	      "W. Kennedy, Scheduling in Go, part III, 2018; yes and no: whether the whole\n"
	      "interval of what was seen here is what was published, or none of it.\n\n", out);
	fprintf(out, "%-23s%14s", "", "published");
	fprintf(out, "%17s%21s\n", claims_peers[0], claims_peers[1]);
	for (int i = 0; i < l->n; i++) {
		const struct lesson *lesson = &l->v[i];

		if (!lesson->claim->line)
			continue;
		fprintf(out, "%-23s%14s", lesson->claim->line, lesson->claim->change);
		for (int k = 0; k < 2; k++) {
			const struct finding *f = lesson_of(lesson, claims_peers[k]);
			char text[64];

			fprintf(out, "%17s %-*s", change_text(f, text), k ? 0 : 3, marks[f ? f->judgement : NOT_MEASURED]);
		}
		fputc('\n', out);
	}
	fputc('\n', out);
}

void lessons_print(const struct lessons *l, const struct results *r, const struct summary *s, FILE *out)
{
	fprintf(out, "Each claim, and the figures that it is judged by: what was seen here (an\n"
	             "interval that covers the true median of the repetitions at %.0f %%), what was\n"
	             "expected, and whether all of the one lies within the other.  Repetitions that\n"
	             "were disturbed are left out where six others are left; otherwise it is too\n"
	             "noisy to say.\n", STATS_LEVEL * 100);
	print_part(l, false, "WHAT EVERYBODY IS TOLD", out);
	print_part(l, true, "WHAT WAS PUBLISHED", out);
	print_table(l, out);
	summary_print_rows(s, r, out);
	fprintf(out, "The run is in %s\n", r->dir);
}
