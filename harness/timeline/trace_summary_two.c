/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_summary_two.c: two traces side by side.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "timeline/trace_summary.h"

static void row(const char *name, const char *a, const char *b, double ratio, FILE *out)
{
	char text[16] = "";

	if (ratio > 0)
		ratio_text(ratio, text);
	fprintf(out, "%-36.36s", name);
	print_right(a, 15, out);
	print_right(b, 15, out);
	if (*text)
		print_right(text, 12, out);
	fputc('\n', out);
}

static void time_row(const char *indent, const char *name, int64_t a, bool in_a, int64_t b, bool in_b, FILE *out)
{
	char left[16] = "-", right[16] = "-", label[80];

	if (!in_a && !in_b)
		return;
	if (in_a)
		time_text((double)a, left);
	if (in_b)
		time_text((double)b, right);
	snprintf(label, sizeof label, "%s%.60s", indent, name);
	row(label, left, right, a > 0 && b > 0 ? (double)b / (double)a : 0, out);
}

static void count_row(const char *name, uint64_t a, uint64_t b, FILE *out)
{
	char left[24], right[24];

	snprintf(left, sizeof left, "%" PRIu64, a);
	snprintf(right, sizeof right, "%" PRIu64, b);
	row(name, left, right, a && b ? (double)b / (double)a : 0, out);
}

static void number_row(const char *name, double a, double b, FILE *out)
{
	char left[16], right[16];

	row(name, unit_text(a, UNIT_NONE, left), unit_text(b, UNIT_NONE, right), a > 0 && b > 0 ? b / a : 0, out);
}

static int reason_called(const struct trace *t, const char *name)
{
	int i = t->nreasons - 1;

	while (i >= 0 && strcmp(t->reason[i], name) != 0)
		i--;
	return i;
}

static struct summary_time time_of(const struct trace_summary *s, int state, int reason)
{
	return reason < 0 ? (struct summary_time){ 0 } : s->reason[state][reason];
}

static void times(const struct trace_summary *a, const struct trace_summary *b, FILE *out)
{
	for (int i = 0; i < TRACE_STATES; i++) {
		time_row("", trace_state_name[i], a->state[i].time, a->state[i].n, b->state[i].time, b->state[i].n, out);
		for (int j = 1; j < a->t->nreasons; j++) {
			struct summary_time x = a->reason[i][j], y = time_of(b, i, reason_called(b->t, a->t->reason[j]));

			time_row("  ", a->t->reason[j], x.time, x.n, y.time, y.n, out);
		}
		for (int j = 1; j < b->t->nreasons; j++) {
			struct summary_time y = b->reason[i][j];

			if (reason_called(a->t, b->t->reason[j]) < 0)
				time_row("  ", b->t->reason[j], 0, false, y.time, y.n, out);
		}
	}
}

static void delays(const char *what, const struct summary_delay *a, const struct summary_delay *b, FILE *out)
{
	if (!a->n && !b->n)
		return;
	fprintf(out, "%s\n", what);
	time_row("  ", "half of the time less than", a->median, a->n, b->median, b->n, out);
	time_row("  ", "9 of 10 times", a->p90, a->n, b->p90, b->n, out);
	time_row("  ", "99 of 100 times", a->p99, a->n, b->p99, b->n, out);
	time_row("  ", "longest", a->longest, a->n, b->longest, b->n, out);
}

void trace_summary_print_two(const struct trace_summary *a, const struct trace_summary *b, FILE *out)
{
	char title[160];

	fprintf(out, "a: %s\n", trace_title(a->t, title));
	fprintf(out, "b: %s\n\n", trace_title(b->t, title));
	row("", "a", "b", 0, out);
	time_row("", "Time", a->t->length, true, b->t->length, true, out);
	count_row("Gs created", a->created, b->created, out);
	count_row("Steals", a->steals, b->steals, out);
	count_row("Hand-offs", a->handoffs, b->handoffs, out);
	fputs("\nTime of all Gs                                                              b/a\n", out);
	times(a, b, out);
	fputc('\n', out);
	delays("From Runnable to Running", &a->queue, &b->queue, out);
	delays("After a wait", &a->wakeup, &b->wakeup, out);
	fputc('\n', out);
	number_row("Running at once, on average", a->average, b->average, out);
	number_row("Running at once, at most", a->most, b->most, out);
	count_row("Times late beside an idle P", a->nlate, b->nlate, out);
	time_row("", "Work", a->work, true, b->work, true, out);
	time_row("", "Span", a->span, a->span > 0, b->span, b->span > 0, out);
	number_row("Work / span: the bound on speed-up", a->span ? (double)a->work / (double)a->span : 0,
	           b->span ? (double)b->work / (double)b->span : 0, out);
}
