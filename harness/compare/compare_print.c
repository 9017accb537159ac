/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_print.c: a comparison as people read it, in 80 columns or as Markdown.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "compare/compare.h"

static const char *p_text(double p, char buf[16])
{
	if (p < 0.0005)
		return "<0.001";
	snprintf(buf, 16, "%.3f", p);
	return buf;
}

static bool corrected(const struct comparison *c)
{
	return c->blocks >= JUDGE_P_BLOCKS;
}

/* The one that the verdict goes by. */
static double shown_p(const struct comparison *c, const struct compare_row *row)
{
	return corrected(c) ? row->p_adjusted : row->effect.n ? row->effect.p : NAN;
}

/* What each column of a row says. */
struct columns { char a[20], b[20], ratio[16], interval[48], p[16]; };

static void set_columns(struct columns *t, const struct comparison *c, const struct compare_row *row)
{
	char buf[16];

	*t = (struct columns){ "-", "-", "-", "-", "-" };
	if (row->a.n)
		snprintf(t->a, sizeof t->a, "%s%s", row->kinds[0].below ? "^" : "", time_text(row->a.median, buf));
	if (row->b.n)
		snprintf(t->b, sizeof t->b, "%s%s", row->kinds[1].below ? "^" : "", time_text(row->b.median, buf));
	if (row->effect.n) {
		ratio_text(row->effect.estimate, t->ratio);
		ratios_text(row->effect.low, row->effect.high, t->interval);
	}
	if (!isnan(shown_p(c, row)))
		snprintf(t->p, sizeof t->p, "%s", p_text(shown_p(c, row), buf));
}

/* ---- What stands before and after the table ---------------------------------------- */

/* Sentences, each a paragraph: broken at 79 columns, or for Markdown as they are. */
struct printer {
	const struct comparison *c;
	FILE *out;
	bool markdown;
};

static void say(const struct printer *p, const char *text)
{
	if (p->markdown)
		fprintf(p->out, "%s\n\n", text);
	else
		text_wrap(text, 2, 0, p->out);
}

static void say_sides(const struct printer *p)
{
	const struct comparison *c = p->c;
	char text[PATH_MAX + 300], side[PATH_MAX];

	for (int i = 0; i < 2; i++) {
		compare_side(c, i, side, sizeof side);
		snprintf(text, sizeof text, "%s: %s", i ? "b" : "a", side);
		for (int k = c->asked.by == BY_BUILD; k < 2 && (c->asked.by == BY_RUN || c->asked.by == BY_BUILD); k++) {
			const char *fact = compare_fact_of(c, i, k ? "commit" : "started");
			size_t n = strlen(text);

			if (*fact)
				snprintf(text + n, sizeof text - n, ", %s %s", k ? "commit" : "of", fact);
		}
		say(p, text);
	}
}

static void say_notes(const struct printer *p)
{
	const struct comparison *c = p->c;
	char notes[NOTES], text[NOTES + 40], *line;

	for (int i = 0; i < (c->asked.by == BY_RUN ? 2 : 1); i++) {
		char *rest = results_notes(c->r[i], notes, sizeof notes) ? notes : NULL;

		while ((line = strsep(&rest, "\n")) != NULL) {
			if (!*line)
				continue;
			snprintf(text, sizeof text, "%s%s", c->asked.by != BY_RUN ? "" : i ? "b: " : "a: ", line);
			say(p, text);
		}
	}
}

static void say_differences(const struct printer *p)
{
	char text[400];
	size_t n = (size_t)snprintf(text, sizeof text, "The %s differ in:", p->c->asked.by == BY_BUILD ? "builds" : "runs");
	const size_t begun = n;

	for (int i = 0; compare_facts[i].name && n < sizeof text; i++)
		if (compare_differs(p->c, compare_facts[i].name))
			n += (size_t)snprintf(text + n, sizeof text - n, "%s %s", n > begun ? "," : "",
			                      compare_facts[i].name);
	if (n > begun)
		say(p, text);
}

/* What two runs of one build differ by, as it was measured. */
static void say_measured(const struct printer *p)
{
	const struct floor *f = p->c->asked.measured;
	char text[PATH_MAX + 300], apart[32] = "";

	if (f->apart_s >= 0)
		snprintf(apart, sizeof apart, " %.3g min apart", f->apart_s / 60);
	snprintf(text, sizeof text, "Noise floor: what two of %d runs%s differed by on this machine (%s, of %.10s, %d layout%s).",
	         f->runs, apart, f->dir, f->measured, f->layouts, f->layouts == 1 ? "" : "s");
	say(p, text);
	if (!p->c->floors) {
		say(p, "It has none of these cells: nothing is concluded.");
		return;
	}
	snprintf(text, sizeof text, "%.1f %% or less in half of the rows, %.1f %% at most.  Inside it, the whole interval, is "
	         "\"same\"; beyond it, faster or slower.", 100 * p->c->half_floor, 100 * p->c->most_floor);
	say(p, text);
	if (p->c->floors == p->c->n)
		return;
	snprintf(text, sizeof text, "It has no such cell for %d of %d rows: of them nothing is concluded.",
	         p->c->n - p->c->floors, p->c->n);
	say(p, text);
}

static void say_floor(const struct printer *p)
{
	const struct comparison *c = p->c;
	char text[200];

	if (!isnan(c->asked.floor)) {
		snprintf(text, sizeof text, "Noise floor: %.3g %%.  Inside it, the whole interval, is \"same\"; beyond it, "
		         "faster or slower.", 100 * c->asked.floor);
		say(p, text);
	} else if (c->asked.measured) {
		say_measured(p);
	} else {
		say(p, "Two runs of one build differ too, and for these machines nobody has measured by how much: nothing "
		    "is concluded.  Only schedlab ab can tell, or schedlab floor where both are of one machine.");
	}
}

static void say_method(const struct printer *p)
{
	const struct comparison *c = p->c;
	char text[300];

	snprintf(text, sizeof text, c->asked.by == BY_RUN ?
	         "Ratios are of b by a, of all pairs of their rows, with an interval of %.0f %% (Mann and Whitney)." :
	         "Ratios are of b by a within a repetition, with an interval of %.0f %% (Wilcoxon's signed ranks).",
	         100 * STATS_LEVEL);
	say(p, text);
	say_floor(p);
	if (!c->floors)
		return;
	if (corrected(c))
		say(p, "P-values are corrected for the number of rows (Benjamini and Hochberg): above 0.05 nothing is "
		    "concluded.");
	else if (c->blocks) {
		snprintf(text, sizeof text, "Below %d repetitions the intervals alone decide: were there no difference and no "
		         "floor, %.1f rows would be called different.", JUDGE_P_BLOCKS, c->false_expected);
		say(p, text);
	}
}

static void say_geomean(const struct printer *p)
{
	const struct stats_geomean *g = &p->c->geomean;
	char text[200], ratio[16], interval[48];

	if (!g->rows)
		return;
	snprintf(text, sizeof text, "Geometric mean of %d row%s: %s, %s", g->rows, g->rows == 1 ? "" : "s",
	         ratio_text(g->estimate, ratio), ratios_text(g->low, g->high, interval));
	say(p, text);
}

static void say_counts(const struct printer *p)
{
	static const enum stats_verdict order[] = {
		STATS_FASTER, STATS_SLOWER, STATS_SAME, STATS_CANNOT_TELL, STATS_TOO_FEW,
	};
	char text[200];
	size_t n = 0;

	for (int i = 0; i < 5; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%d %s", i ? ", " : "",
		                      p->c->count[order[i]], stats_verdict_name(order[i]));
	say(p, text);
}

/* ---- Lists ------------------------------------------------------------------------- */

/* "lead: fib P=2, ring P=1", as long as it may be. */
struct list {
	FILE *mem;
	char *text;
	size_t size;
	int n;
};

static void list_begin(struct list *l, const char *lead)
{
	*l = (struct list){ 0 };
	l->mem = open_memstream(&l->text, &l->size);
	if (l->mem)
		fprintf(l->mem, "%s:", lead);
}

static void list_add(struct list *l, const struct printer *p, const struct cell *cell, const char *label,
                     const char *tail)
{
	const char *backend = p->c->asked.by == BY_BACKEND ? "" : cell->backend;
	char name[CELL_TEXT + 32];

	if (l->mem)
		fprintf(l->mem, "%s %s%s%s P=%d%s", l->n++ ? "," : "", backend, *backend ? " " : "",
		        compare_name(p->c, cell, label, name, sizeof name), cell->procs, tail);
}

static void list_end(struct list *l, const struct printer *p)
{
	if (l->mem && fclose(l->mem) == 0 && l->n)
		say(p, l->text);
	free(l->text);
}

static void say_disturbed(const struct printer *p, bool rest_on_them, const char *lead)
{
	struct list l;
	char tail[48];

	list_begin(&l, lead);
	for (int i = 0; i < p->c->n; i++) {
		const struct compare_row *row = &p->c->rows[i];

		snprintf(tail, sizeof tail, " %d of %d", row->disturbed, row->samples);
		if (row->disturbed && row->rests_on_disturbed == rest_on_them)
			list_add(&l, p, row->cell, row->label, tail);
	}
	list_end(&l, p);
}

static void say_kinds(const struct printer *p)
{
	struct list l;
	char tail[80], low[16], high[16];

	list_begin(&l, "^ Processes of two kinds, between which no time is");
	for (int i = 0; i < p->c->n; i++)
		for (int side = 0; side < 2; side++) {
			const struct compare_row *row = &p->c->rows[i];
			const struct stats_clusters *k = &row->kinds[side];

			if (!k->below)
				continue;
			snprintf(tail, sizeof tail, " in %c (%d of %s, %d of %s)", side ? 'b' : 'a', k->below,
			         time_text(k->low, low), k->above, time_text(k->high, high));
			list_add(&l, p, row->cell, row->label, tail);
		}
	list_end(&l, p);
}

static void say_without(const struct printer *p)
{
	struct list l;
	char tail[300];

	list_begin(&l, "Rows without a time");
	for (int i = 0; i < p->c->n; i++) {
		const struct compare_row *row = &p->c->rows[i];

		snprintf(tail, sizeof tail, " (%.280s)", row->reason);
		if (*row->reason)
			list_add(&l, p, row->cell, row->label, tail);
	}
	list_end(&l, p);
}

static void say_left_out(const struct printer *p)
{
	static const char *const leads[] = { "Only in a", "Only in b", "Does not apply to both" };

	for (int why = ONLY_IN_A; why <= DOES_NOT_APPLY; why++) {
		struct list l;

		list_begin(&l, leads[why]);
		for (int i = 0; i < p->c->nleft_out; i++)
			if ((int)p->c->left_out[i].why == why)
				list_add(&l, p, p->c->left_out[i].cell, p->c->left_out[i].label, "");
		list_end(&l, p);
	}
}

static void say_first(const struct printer *p)
{
	say_sides(p);
	say_notes(p);
	say_differences(p);
	say_method(p);
}

static void say_last(const struct printer *p)
{
	say_geomean(p);
	say_counts(p);
	say_disturbed(p, false, "Disturbed repetitions, left out");
	say_disturbed(p, true, "Disturbed, with too few others: nothing is concluded from");
	say_kinds(p);
	say_without(p);
	say_left_out(p);
}

/* ---- The tables ---------------------------------------------------------------------- */

/* The name of a group of rows; "" where rows have none. */
static const char *group_of(const struct comparison *c, int i)
{
	return c->asked.by == BY_BACKEND ? "" : c->rows[i].cell->backend;
}

static bool begins_group(const struct comparison *c, int i)
{
	return !i || strcmp(group_of(c, i), group_of(c, i - 1)) != 0;
}

void compare_print(const struct comparison *c, FILE *out)
{
	const struct printer p = { c, out, false };
	char name[CELL_TEXT + 32];
	struct columns t;

	say_first(&p);
	for (int i = 0; i < c->n; i++) {
		const struct compare_row *row = &c->rows[i];
		size_t n = strlen(compare_name(c, row->cell, row->label, name, sizeof name));

		if (begins_group(c, i))
			fprintf(out, "\n%-16.16s%3s%9s%9s%7s%17s%7s\n", group_of(c, i), "P", "a", "b", "b/a",
			        "interval", corrected(c) ? "p corr" : "p");
		set_columns(&t, c, row);
		/* A long one has a line of its own; what counts in it stands at its end. */
		if (n > 16)
			fprintf(out, "%s\n", n > 79 ? name + n - 79 : name);
		fprintf(out, "%-16s%3d", n > 16 ? "" : name, row->cell->procs);
		print_right(t.a, 9, out);
		print_right(t.b, 9, out);
		print_right(t.ratio, 7, out);
		print_right(t.interval, 17, out);
		print_right(t.p, 7, out);
		fprintf(out, " %s\n", stats_verdict_name(row->verdict));
	}
	fputc('\n', out);
	say_last(&p);
}

/* A name may have what Markdown takes for its own. */
static void print_escaped(const char *s, FILE *out)
{
	for (; *s; s++) {
		if (strchr("\\|`*_<>[]", *s))
			fputc('\\', out);
		fputc(*s, out);
	}
}

void compare_print_markdown(const struct comparison *c, FILE *out)
{
	const struct printer p = { c, out, true };
	char name[CELL_TEXT + 32];
	struct columns t;

	say_first(&p);
	fprintf(out, "| cell | P | a | b | b/a | interval | %s | verdict |\n"
	        "|---|--:|--:|--:|--:|--:|--:|---|\n", corrected(c) ? "p, corrected" : "p");
	for (int i = 0; i < c->n; i++) {
		const struct compare_row *row = &c->rows[i];

		set_columns(&t, c, row);
		fputs("| ", out);
		print_escaped(group_of(c, i), out);
		fputs(*group_of(c, i) ? " " : "", out);
		print_escaped(compare_name(c, row->cell, row->label, name, sizeof name), out);
		fprintf(out, " | %d | %s | %s | %s | %s | %s | %s |\n", row->cell->procs, t.a, t.b, t.ratio,
		        t.interval, t.p, stats_verdict_name(row->verdict));
	}
	fputc('\n', out);
	say_last(&p);
}
