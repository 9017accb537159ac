/* SPDX-License-Identifier: Apache-2.0
 *
 * reproduce_print.c: what holds, as people read it, in 80 columns.
 */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "reproduce/reproduce.h"

/* From a column on, and further lines from another. */
static void __attribute__((format(printf, 4, 5))) say(FILE *out, int column, int indent, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	fprintf(out, "%*s", column, "");
	text_wrap(text, indent, column, out);
	free(text);
}

static void say_run(const struct results *r, const char *which, FILE *out)
{
	char notes[NOTES], *line, *rest = notes;

	say(out, 0, 2, "%s: %s, of %s, commit %s", which, r->dir, results_fact(r, "started"), results_fact(r, "commit"));
	results_notes(r, notes, sizeof notes);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line)
			say(out, 0, 2, "%s: %s", which, line);
}

/* ---- The machines ---------------------------------------------------------------- */

#define FACT_COLUMNS 27         /* longer ones have lines of their own */

static const char *known(const char *value)
{
	return *value ? value : "not recorded";
}

static void print_difference(const struct machines *m, const struct compare_fact *f, FILE *out)
{
	const char *there = known(machines_value(m, f->name, 0)), *here = known(machines_value(m, f->name, 1));
	char mark = machines_explain(m, f, true) ? '!' : ' ';

	if (text_columns(there) <= FACT_COLUMNS && text_columns(here) <= FACT_COLUMNS) {
		fprintf(out, "%c %-22s%s%*s%s\n", mark, f->name, there, FACT_COLUMNS + 1 - text_columns(there), "", here);
		return;
	}
	fprintf(out, "%c %s\n", mark, f->name);
	say(out, 4, 10, "there %s", there);
	say(out, 4, 10, "here  %s", here);
}

static void print_differences(const struct machines *m, FILE *out)
{
	struct compare_fact f;
	bool any = false;

	for (int i = 0; machines_fact(i, &f); i++) {
		if (!machines_differ(m, f.name))
			continue;
		if (!any)
			fprintf(out, "\n  %-22s%-*s%s\n", "what differs", FACT_COLUMNS + 1, "there", "here");
		any = true;
		print_difference(m, &f, out);
	}
	if (any)
		fputs("! both are known, and it may move figures\n", out);
	else
		fputs("\nNothing on record differs between the machines and the builds.\n", out);
}

/* ---- Counts ------------------------------------------------------------------------ */

static void print_name(const char *name, int columns, FILE *out)
{
	int n = text_columns(name);

	/* A long one has a line of its own. */
	if (n >= columns) {
		say(out, 0, 2, "%s", name);
		name = "";
		n = 0;
	}
	fprintf(out, "%s%*s", name, columns - n, "");
}

static void print_counts(const struct order_counts *c, FILE *out)
{
	char established[32], tau[16] = "-";

	print_name(c->label ? c->label : "in total", 20, out);
	snprintf(established, sizeof established, "%d of %d", c->established, c->pairs);
	if (!isnan(c->tau))
		snprintf(tau, sizeof tau, "%.2f", c->tau);
	fprintf(out, "%13s%6d%10d%9d%11d%7s\n", established, c->verdict[ORDER_HELD], c->verdict[ORDER_REVERSED],
	        c->verdict[ORDER_CANNOT_TELL], c->verdict[ORDER_NOT_COMPARED], tau);
}

/* How many are beyond what runs differ by; nothing, where the user said the floor. */
static void say_floor(const struct reproduction *r, FILE *out)
{
	const struct floor *f = r->floors.there;

	if (r->floors.asked)
		return;
	if (!f) {
		say(out, 0, 0, "By how much two runs differ there nobody has measured (schedlab floor): %.3g %% is a choice, "
		    "and how many orderings are beyond it is not known.", 100 * r->floors.otherwise);
		return;
	}
	say(out, 0, 0, "What %d runs differed by there was measured (%s, of %.10s) for %d of %d pairs, of which %d %s "
	    "established beyond it.", f->runs, f->dir, f->measured, r->floored, r->n, r->beyond,
	    r->beyond == 1 ? "is" : "are");
}

static void print_table(const struct reproduction *r, FILE *out)
{
	bool measured = r->floors.there || r->floors.here;
	char beyond[100];

	snprintf(beyond, sizeof beyond, measured ? "beyond what runs differ by, or %.3g %% where that was not measured"
	         : "more than %.3g %% from 1", 100 * r->floors.otherwise);
	fputc('\n', out);
	say(out, 0, 0, "Orderings between back ends, and between P = 1 and more: established there if the whole interval "
	    "(%.0f %%) of the ratio is %s, reversed here if it is so on the other side. "
	    "tau is Kendall's, of all times there and here.", 100 * STATS_LEVEL, beyond);
	say_floor(r, out);
	fprintf(out, "\n%58s%11s\n%33s%6s%10s%9s%11s%7s\n", "cannot", "not", "established", "held", "reversed",
	        "tell", "compared", "tau");
	for (int i = 0; i < r->ngroups; i++)
		print_counts(&r->groups[i], out);
	print_counts(&r->total, out);
}

/* ---- Which ---------------------------------------------------------------------------- */

static void print_orderings(const struct reproduction *r, enum order_verdict which, const char *title, FILE *out)
{
	char name[CELL_TEXT + 160], ratio[16], ratios[48];

	if (!r->total.verdict[which])
		return;
	fprintf(out, "\n%s:\n", title);
	for (int i = 0; i < r->n; i++) {
		const struct ordering *o = &r->v[i];
		const struct stats_effect *t = &r->in_there[i].effect, *h = &r->in_here[i].effect;

		if (!o->established || o->verdict != which)
			continue;
		say(out, 2, 6, "%s", ordering_text(r, o, name, sizeof name));
		fprintf(out, "    there %s, %s;", ratio_text(t->estimate, ratio), ratios_text(t->low, t->high, ratios));
		fprintf(out, " here %s, %s\n", ratio_text(h->estimate, ratio), ratios_text(h->low, h->high, ratios));
		say(out, 4, 6, "%s", o->reason);
	}
}

/* Each reason once, and of how many orderings. */
static void print_not_compared(const struct reproduction *r, FILE *out)
{
	bool *said = calloc((size_t)r->n + 1, sizeof *said);

	if (said && r->total.verdict[ORDER_NOT_COMPARED])
		fputs("\nNot compared:\n", out);
	for (int i = 0; said && i < r->n; i++) {
		const struct ordering *o = &r->v[i];
		int n = 0;

		if (said[i] || !o->established || o->verdict != ORDER_NOT_COMPARED)
			continue;
		for (int k = i; k < r->n; k++) {
			if (!r->v[k].established || r->v[k].verdict != ORDER_NOT_COMPARED ||
			    strcmp(r->v[k].reason, o->reason) != 0)
				continue;
			said[k] = true;
			n++;
		}
		say(out, 2, 6, "%d: %s", n, o->reason);
	}
	free(said);
}

/* ---- Speed-ups --------------------------------------------------------------------------- */

static void print_speedup(const struct stats_effect *y_by_x, FILE *out)
{
	struct stats_effect s = ordering_speedup(y_by_x);
	char ratio[16] = "-", ratios[48] = "-";

	if (s.n) {
		ratio_text(s.estimate, ratio);
		ratios_text(s.low, s.high, ratios);
	}
	print_right(ratio, 8, out);
	print_right(ratios, 18, out);
}

static void print_speedups(const struct reproduction *r, FILE *out)
{
	const struct cell *of = NULL;
	bool any = false;

	for (int b = 0; r->there->backends[b]; b++, of = NULL)
		for (int i = 0; i < r->n; i++) {
			const struct cell *c = &r->there->cells[r->v[i].y];
			char name[CELL_TEXT + 64];

			if (!r->v[i].by_procs || strcmp(c->backend, r->there->backends[b]) != 0)
				continue;
			if (!any)
				fputs("\nSpeed-ups, against P = 1:\n", out);
			any = true;
			if (!of)
				fprintf(out, "\n%-20.60s%4s%8s%18s%8s%18s\n", c->backend, "P", "there", "interval",
				        "here", "interval");
			of = c;
			snprintf(name, sizeof name, "%s%s%s", r->there->labels[r->v[i].y],
			         strcmp(c->pin, "none") ? " " : "", strcmp(c->pin, "none") ? c->pin : "");
			print_name(name, 20, out);
			fprintf(out, "%4d", c->procs);
			print_speedup(&r->in_there[i].effect, out);
			print_speedup(&r->in_here[i].effect, out);
			fputc('\n', out);
		}
}

/* ---- The whole ------------------------------------------------------------------------------ */

static int disturbed(const struct compare_row *rows, int n)
{
	int k = 0;

	for (int i = 0; i < n; i++)
		k += rows[i].rests_on_disturbed;
	return k;
}

static void print_answer(const struct reproduction *r, FILE *out)
{
	const int *n = r->total.verdict, there = disturbed(r->in_there, r->n), here = disturbed(r->in_here, r->n);

	fputc('\n', out);
	if (there || here)
		say(out, 0, 0, "Others disturbed too many repetitions of %d of %d pairs there, and of %d here: nothing is "
		    "concluded from these.", there, r->n, here);
	if (!r->total.established)
		say(out, 0, 0, "Nothing was established there, so nothing can be reproduced%s.",
		    results_reps(r->there) < STATS_BLOCKS_MIN ? ": it has too few repetitions" : "");
	else
		say(out, 0, 0, "Of %d ordering%s established there, %d hold%s here, %d %s reversed, %d cannot be told, "
		    "%d %s not compared.", r->total.established, r->total.established == 1 ? "" : "s", n[ORDER_HELD],
		    n[ORDER_HELD] == 1 ? "s" : "",
		    n[ORDER_REVERSED],
		    n[ORDER_REVERSED] == 1 ? "is" : "are", n[ORDER_CANNOT_TELL], n[ORDER_NOT_COMPARED],
		    n[ORDER_NOT_COMPARED] == 1 ? "was" : "were");
}

void reproduce_print(const struct reproduction *r, FILE *out)
{
	say_run(r->there, "there", out);
	say_run(r->here, "here", out);
	if (r->newer)
		say(out, 0, 2, "here: %d cell%s parameters that %s not there, and %s taken for the same", r->newer,
		    r->newer == 1 ? " has" : "s have", r->newer == 1 ? "it had" : "they had",
		    r->newer == 1 ? "is" : "are");
	print_differences(&r->machines, out);
	print_speedups(r, out);
	print_table(r, out);
	print_orderings(r, ORDER_CANNOT_TELL, "Cannot be told here (the time of one by that of the other)", out);
	print_not_compared(r, out);
	print_orderings(r, ORDER_REVERSED, "REVERSED here (the time of one by that of the other)", out);
	print_answer(r, out);
}
