/* SPDX-License-Identifier: Apache-2.0
 *
 * ratios_print.c: the ratios in tables of 80 columns.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "verdicts/ratios.h"

static const char *const multiple_of[] = {
	[OF_GO] = "", [OF_NOTHING] = "", [OF_P1] = " T1", [OF_SERIAL] = " Ts",
};

/* ---- Lists ------------------------------------------------------------------ */

/* "lead: a, b, c" on as many lines as it takes. */
struct list {
	FILE *out;
	const char *lead;
	int n, column;
};

static void list_add(struct list *l, const char *word)
{
	int width = text_columns(word);

	if (!l->n++) {
		l->column = fprintf(l->out, "%s: ", l->lead);
	} else if (l->column + width + 3 > 79) {
		fputs(",\n  ", l->out);
		l->column = 2;
	} else {
		l->column += fprintf(l->out, ", ");
	}
	fputs(word, l->out);
	l->column += width;
}

static void list_end(const struct list *l)
{
	if (l->n)
		fputc('\n', l->out);
}

/* ---- A line ----------------------------------------------------------------- */

static const char *name_text(const struct ratio *x, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", x->label, x->yard->what ? " " : "",
	         x->yard->what ? x->yard->what : "");
	return buf;
}

static void print_median(const struct stats_median *m, enum unit unit, int columns, FILE *out)
{
	char buf[16];

	print_right(m->n ? unit_text(m->median, unit, buf) : "-", columns, out);
}

static enum unit judged_unit(const struct yardstick *y)
{
	return y->of == OF_NOTHING ? y->unit : UNIT_NONE;
}

/* The interval of what the target is about; without a target, of the ratio. */
static void print_interval(const struct ratio *x, FILE *out)
{
	bool judged = !isnan(x->target);
	const struct stats_median *m = judged ? &x->judged.m : &x->ratio.m;
	char range[32], text[48] = "-";

	if (m->n)
		snprintf(text, sizeof text, "%s%s",
		         range_text(m->low, m->high, judged ? judged_unit(x->yard) : UNIT_NONE, range),
		         judged ? multiple_of[x->yard->of] : "");
	print_right(text, 18, out);
}

static void print_target(const struct ratio *x, FILE *out)
{
	char target[16], text[32] = "-";

	if (!isnan(x->target))
		snprintf(text, sizeof text, "%s%s", unit_text(x->target, judged_unit(x->yard), target),
		         multiple_of[x->yard->of]);
	print_right(text, 9, out);
}

/* The worst that became of its rows; ST_OK: some are ok, and the others na. */
static enum status outcome(const struct ratio *x)
{
	for (int s = ST_WRONG; s < ST_NA; s++)
		if (x->status[s])
			return (enum status)s;
	return x->status[ST_OK] || !x->status[ST_NA] ? ST_OK : ST_NA;
}

/* Whether the line before says of the same figure what this one would. */
static bool continues(const struct ratios *t, int i)
{
	return i > 0 && t->v[i - 1].cell == t->v[i].cell &&
	       yardstick_same(t->v[i - 1].yard, t->v[i].yard);
}

static void print_figures(const struct ratio *x, FILE *out)
{
	enum status s = outcome(x);
	char name[CELL_TEXT + 32];
	size_t n = strlen(name_text(x, name, sizeof name));

	/* It may be long; what counts in it stands at its end. */
	fprintf(out, "%-16s%2d", n > 16 ? name + n - 16 : name, x->cell->procs);
	if (s != ST_OK) {
		snprintf(name, sizeof name, "%d %s", x->status[s], status_name(s));
		print_right(s == ST_NA ? status_name(s) : name, 10, out);
	} else {
		print_median(&x->ours.m, x->yard->unit, 10, out);
	}
	print_median(&x->theirs.m, x->yard->unit, 9, out);
	print_median(&x->ratio.m, UNIT_NONE, 7, out);
}

static void print_ratio(const struct ratios *t, int i, FILE *out)
{
	const struct ratio *x = &t->v[i];

	if (continues(t, i))
		fprintf(out, "%44s", "");
	else
		print_figures(x, out);
	print_interval(x, out);
	print_target(x, out);
	fprintf(out, "%s%s\n", x->verdict ? " " : "", verdict_name(x->verdict));
}

/* ---- A back end --------------------------------------------------------------- */

/* What none of its cells of this P applies to is said once. */
static bool never_applies(const struct ratios *t, const struct ratio *like)
{
	for (int i = 0; i < t->n; i++)
		if (!strcmp(t->v[i].cell->backend, like->cell->backend) &&
		    t->v[i].cell->procs == like->cell->procs && outcome(&t->v[i]) != ST_NA)
			return false;
	return true;
}

static int end_of(const struct ratios *t, int first)
{
	int end = first;

	while (end < t->n && !strcmp(t->v[end].cell->backend, t->v[first].cell->backend))
		end++;
	return end;
}

static void print_backend(const struct ratios *t, int first, int end, FILE *out)
{
	int told[8], ntold = 0;

	fprintf(out, "\n%-16.16s P%10s%9s%7s%18s%9s\n", t->v[first].cell->backend, "ours",
	        yardstick_backend, "ratio", "interval", "target");
	for (int i = first; i < end; i++) {
		const struct ratio *x = &t->v[i];
		int k = 0;

		if (!never_applies(t, x)) {
			print_ratio(t, i, out);
			continue;
		}
		while (k < ntold && told[k] != x->cell->procs)
			k++;
		if (k == ntold && ntold < (int)(sizeof told / sizeof *told))
			told[ntold++] = x->cell->procs;
	}
	for (int k = 0; k < ntold; k++)
		for (int i = first; i < end; i++)
			if (t->v[i].cell->procs == told[k]) {
				fprintf(out, "P=%d: na: %s\n", told[k], t->v[i].reason);
				break;
			}
}

/* ---- The whole ------------------------------------------------------------ */

/* What is judged of it, or only shown. */
static const struct seen *rests_on(const struct ratio *x)
{
	return !isnan(x->target) ? &x->judged : x->ratio.samples ? &x->ratio : &x->ours;
}

static bool any_disturbed(const struct ratios *t)
{
	for (int i = 0; i < t->n; i++)
		if (rests_on(&t->v[i])->disturbed)
			return true;
	return false;
}

/* At most and at least, over all lines. */
static void print_reading(const struct ratios *t, const char *version, FILE *out)
{
	int least = 0, most = 0;
	double coverage = 1;

	for (int i = 0; i < t->n; i++) {
		const struct stats_median *m = &t->v[i].ours.m;

		if (!m->n)
			continue;
		least = !least || m->n < least ? m->n : least;
		most = m->n > most ? m->n : most;
		coverage = fmin(coverage, m->coverage);
	}
	fprintf(out, "The yardstick: %s\n", version);
	if (!most)
		return;
	if (least == most)
		fprintf(out, "Medians of %d repetition%s", most, most == 1 ? "" : "s");
	else
		fprintf(out, "Medians of %d to %d repetitions", least, most);
	fprintf(out, "; ratios, ours by %s's, are taken pair by\n"
	        "pair.  The interval, of %.0f %%, is of what the target is about: the ratio; if it\n"
	        "has a unit, our figure; T1: the figure by that at P=1; Ts: the figure by that of\n"
	        "the serial program at P=1.\n", yardstick_backend, floor(100 * coverage));
	if (any_disturbed(t))
		fputs("Disturbed repetitions, named below, are left out where six others are left;\n"
		      "otherwise the verdict is unclear.\n", out);
}

/* Each figure once, whatever it is a multiple of. */
static void print_list(const struct ratios *t, int first, int end, bool disturbed, const char *lead, FILE *out)
{
	struct list l = { .out = out, .lead = lead };
	char name[CELL_TEXT + 32], text[CELL_TEXT + 80];

	for (int i = first; i < end; i++) {
		const struct ratio *x = &t->v[i];
		const struct seen *s = rests_on(x);
		int n = snprintf(text, sizeof text, "%s P=%d", name_text(x, name, sizeof name), x->cell->procs);

		if (continues(t, i) || !(disturbed ? s->disturbed > 0 : ratio_behind(x)))
			continue;
		if (disturbed)
			snprintf(text + n, sizeof text - (size_t)n, " %d of %d", s->disturbed, s->samples);
		list_add(&l, text);
	}
	list_end(&l);
}

static void print_verdicts(const struct ratios *t, int first, int end, FILE *out)
{
	const char *backend = t->v[first].cell->backend;
	int count[UNCLEAR + 1] = { 0 }, missing = 0;
	char lead[300];

	for (int i = first; i < end; i++) {
		count[t->v[i].verdict]++;
		missing += !isnan(t->v[i].target) && !t->v[i].verdict;
	}
	if (count[MET] + count[NOT_MET] + count[UNCLEAR] + missing == 0) {
		snprintf(lead, sizeof lead, "%s, disturbed", backend);
		print_list(t, first, end, true, lead, out);
		return;
	}
	fprintf(out, "%s: %d met, %d not met, %d unclear", backend, count[MET], count[NOT_MET], count[UNCLEAR]);
	if (missing)
		fprintf(out, ", %d without figures", missing);
	fputc('\n', out);
	snprintf(lead, sizeof lead, "  behind %s", yardstick_backend);
	print_list(t, first, end, false, lead, out);
	print_list(t, first, end, true, "  disturbed", out);
}

void ratios_print(const struct ratios *t, const struct results *r, const struct summary *s,
                  FILE *out)
{
	struct list left_out = { .out = out, .lead = "not in this run" };
	char version[40];

	print_reading(t, ratios_version(r, version), out);
	for (int i = 0; i < t->n; i = end_of(t, i))
		print_backend(t, i, end_of(t, i), out);
	fputc('\n', out);
	for (int i = 0; i < t->n; i = end_of(t, i))
		print_verdicts(t, i, end_of(t, i), out);
	if (!t->theirs)
		fprintf(out, "%s: no figures: %s\n", yardstick_backend, t->reason);
	for (int i = 0; i < t->nleft_out; i++)
		list_add(&left_out, t->left_out[i]);
	list_end(&left_out);
	summary_print_rows(s, r, out);
}
