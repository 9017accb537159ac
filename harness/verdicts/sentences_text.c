/* SPDX-License-Identifier: Apache-2.0
 *
 * sentences_text.c: the words.  A back end is named with its model, a factor with its
 * interval, and what cannot be concluded is said beside what can.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/verdict.h"
#include "verdicts/sentences.h"

/* ---- The order ----------------------------------------------------------------- */

/* What comes first in the text. */
static int rank_of(const struct sentence_part *p)
{
	static const int ranks[] = {
		[PART_LEADS] = 0, [PART_SAME] = 2, [PART_CANNOT_TELL] = 4, [PART_MORE] = 1, [PART_LESS] = 3,
		[PART_NOT_MORE] = 2,
		[PART_TOO_FEW] = 5, [PART_STOPS_ALL] = 1, [PART_STOPS_SOME] = 2, [PART_STOPS_ITSELF] = 3,
		[PART_NO_DATA] = 6,
	};

	return ranks[p->verdict];
}

static bool comes_before(const struct sentence_part *a, const struct sentence_part *b, enum question_kind kind)
{
	if (rank_of(a) != rank_of(b))
		return rank_of(a) < rank_of(b);
	/* Costs from the least, gains from the greatest. */
	return kind == ASKS_LEAST || kind == ASKS_WHO_STOPS ? a->estimate < b->estimate : a->estimate > b->estimate;
}

static void sort_parts(struct sentence *s, enum question_kind kind)
{
	for (int i = 1; i < s->nparts; i++)
		for (int k = i; k > 0 && comes_before(&s->parts[k], &s->parts[k - 1], kind); k--) {
			struct sentence_part p = s->parts[k];

			s->parts[k] = s->parts[k - 1];
			s->parts[k - 1] = p;
		}
}

/* ---- Pieces ---------------------------------------------------------------------- */

/* "go (M:N)", and with more "go (M:N, 1.2 to 1.4)". */
static void put_name(const struct sentence_part *p, const char *more, FILE *out)
{
	fputs(p->backend, out);
	if (*p->model || *more)
		fprintf(out, " (%s%s%s)", p->model, *p->model && *more ? ", " : "", more);
}

static const char *interval(const struct sentence_part *p, char buf[32])
{
	return range_text(p->low, p->high, UNIT_NONE, buf);
}

static const char *times(const struct sentence_part *p, char buf[16])
{
	return unit_text(p->estimate, UNIT_NONE, buf);
}

/* "1.9 × on go (M:N, 1.8 to 2.0)". */
static void put_factor(const struct sentence_part *p, FILE *out)
{
	char t[16], range[32];

	fprintf(out, "%s × on ", times(p, t));
	put_name(p, interval(p, range), out);
}

/* The same of all parts of a verdict, or of two, after a lead; how many there are. */
static int put_all(const struct sentence *s, enum part_verdict v, enum part_verdict or, const char *lead, FILE *out)
{
	int n = 0;

	for (int i = 0; i < s->nparts; i++)
		if (s->parts[i].verdict == v || s->parts[i].verdict == or) {
			fputs(n++ ? ", " : lead, out);
			put_factor(&s->parts[i], out);
		}
	return n;
}

static const struct sentence_part *next_of(const struct sentence *s, enum part_verdict v,
                                           const struct sentence_part *after)
{
	for (const struct sentence_part *p = after ? after + 1 : s->parts; p < s->parts + s->nparts; p++)
		if (p->verdict == v)
			return p;
	return NULL;
}

static int count(const struct sentence *s, enum part_verdict v)
{
	int n = 0;

	for (int i = 0; i < s->nparts; i++)
		n += s->parts[i].verdict == v;
	return n;
}

/* "6 crashed"; what it says if there is no row. */
static void put_statuses(const struct answer *a, const struct sentence_part *p, FILE *out)
{
	int status[ST_NA + 1] = { 0 }, n = 0;

	for (int i = 0; i < a->r->n; i++)
		for (int k = 0; k < p->ncells; k++)
			status[a->r->rows[i].status] += a->r->rows[i].place == p->cells[k];
	for (int k = ST_WRONG; k <= ST_NA; k++)
		if (status[k])
			fprintf(out, "%s%d %s", n++ ? ", " : "", status[k], status_name((enum status)k));
	if (!n)
		fputs("no repetition has all of it", out);
}

static bool lacks(const struct answer *a, const struct sentence_part *p)
{
	const struct backend *b = answer_backend(a, p->backend);

	return a->q->takes && a->q->without && b && !backend_can(b, a->q->takes);
}

/* Of those without figures, each after a semicolon. */
static void put_rest(const struct answer *a, FILE *out)
{
	const struct sentence_part *p = NULL;

	put_all(a->s, PART_TOO_FEW, PART_TOO_FEW, "; too few undisturbed repetitions to tell: ", out);
	while ((p = next_of(a->s, PART_NO_DATA, p))) {
		fputs(lacks(a, p) && a->q->kind == ASKS_LEAST ? "; on " : "; ", out);
		put_name(p, "", out);
		if (lacks(a, p)) {
			fprintf(out, " %s", a->q->without);
		} else {
			fputs(" has no figure: ", out);
			put_statuses(a, p, out);
		}
	}
}

/* ---- The least ------------------------------------------------------------------ */

static bool is_thread(const struct answer *a, const struct sentence_part *p)
{
	const struct backend *b = answer_backend(a, p->backend);

	return b && backend_can(b, "threads");
}

/* The part that the first is held against: the one that has a thread for each task, if it
 * is dearer, else the next.  *thread: whether it is that. */
static int choose_lead(const struct answer *a, bool *thread)
{
	int threads = 0, lead = -1;

	*thread = false;
	for (int i = 1; i < a->s->nparts; i++)
		if (is_thread(a, &a->s->parts[i]) && a->s->parts[i].verdict == PART_MORE) {
			threads++;
			lead = i;
		}
	*thread = threads == 1;
	if (*thread)
		return lead;
	for (int i = 1; i < a->s->nparts; i++)
		if (a->s->parts[i].verdict == PART_MORE)
			return i;
	return a->s->nparts > 1 && a->s->parts[1].n ? 1 : -1;
}

/* ", and as cheap on ...; which cannot be told apart from ...". */
static void put_equals(const struct answer *a, FILE *out)
{
	const struct sentence_part *p = NULL;
	char range[32];
	int n = 0;

	while ((p = next_of(a->s, PART_SAME, p))) {
		fprintf(out, "%s", n++ ? ", " : " and, within 5 %, ");
		put_name(p, interval(p, range), out);
	}
	for (n = 0; (p = next_of(a->s, PART_CANNOT_TELL, p)); n++) {
		fputs(n ? ", " : ", which cannot be told apart from ", out);
		put_name(p, interval(p, range), out);
	}
}

static void put_dearer(const struct answer *a, FILE *out)
{
	const struct sentence *s = a->s;
	char t[16], range[32];
	int n = 0;

	for (int i = 0; i < s->nparts; i++) {
		const struct sentence_part *p = &s->parts[i];

		if (p->verdict != PART_MORE || i == s->lead)
			continue;
		fputs(n ? ", on " : ". On ", out);
		put_name(p, "", out);
		fprintf(out, "%s %s ×%s%s (%s)", n ? "" : " it takes", times(p, t), n ? "" : " ", n ? "" : a->q->times,
		        interval(p, range));
		n++;
	}
}

/* " per round trip", of the time of an operation. */
static void put_metric(const struct answer *a, FILE *out)
{
	const char *workload = a->r->cells[a->place].workload;

	for (int i = 0; a->catalog && !a->q->counter && i < a->catalog->nworkloads; i++)
		if (!strcmp(a->catalog->workloads[i].name, workload))
			fprintf(out, " per %s", a->catalog->workloads[i].metric);
}

static void word_least(const struct answer *a, FILE *out)
{
	struct sentence *s = a->s;
	const struct sentence_part *first = &s->parts[0];
	char value[16], t[16], range[32];
	int procs = a->r->cells[a->place].procs;
	bool thread;

	s->lead = choose_lead(a, &thread);
	fprintf(out, "%s ", a->q->lead);
	put_name(first, "", out);
	put_equals(a, out);
	fprintf(out, ": %s", unit_text(first->value, a->q->unit, value));
	put_metric(a, out);
	if (procs != 1)
		fprintf(out, " at P = %d", procs);
	if (s->lead > 0 && s->parts[s->lead].verdict == PART_MORE) {
		const struct sentence_part *p = &s->parts[s->lead];

		fprintf(out, ", %s × less ", times(p, t));
		if (thread) {
			fprintf(out, "%s (%s)", a->q->than, interval(p, range));
		} else {
			fputs("than on ", out);
			put_name(p, interval(p, range), out);
		}
	}
	put_dearer(a, out);
	put_rest(a, out);
}

/* ---- A gain ------------------------------------------------------------------------- */

/* "sum, sort and nqueens": workloads of the cells that it rests on. */
static void put_workloads(const struct answer *a, FILE *out)
{
	const struct sentence_part *p = &a->s->parts[0];
	const char *names[PART_CELLS];
	int n = 0;

	for (int i = 0; i < p->ncells; i++) {
		const char *name = a->r->cells[p->cells[i]].workload;

		if (!n || strcmp(names[n - 1], name) != 0)
			names[n++] = name;
	}
	for (int i = 0; i < n; i++)
		fprintf(out, "%s%s", !i ? "" : i < n - 1 ? ", " : " and ", names[i]);
}

static void put_lead(const struct answer *a, bool whether, FILE *out)
{
	const struct cell *many = &a->r->cells[a->place], *few = a->than < 0 ? NULL : &a->r->cells[a->than];
	const char *key = a->q->of[0].most;

	if (whether)
		fprintf(out, "Whether %c%s", a->q->lead[0] | 0x20, a->q->lead + 1);
	else
		fputs(a->q->lead, out);
	if (few)
		fprintf(out, " %s tasks in place of %s make I/O-bound work", cell_value(many, key), cell_value(few, key));
	fputs(" (", out);
	put_workloads(a, out);
	fputs(")", out);
}

static void word_gain(const struct answer *a, FILE *out)
{
	struct sentence *s = a->s;
	bool told = count(s, PART_MORE) + count(s, PART_SAME) + count(s, PART_NOT_MORE) + count(s, PART_LESS);
	const struct sentence_part *p = NULL;
	char range[32];
	int n = 0;

	s->lead = 0;
	put_lead(a, !told, out);
	if (!told)
		fputs(" faster cannot be told", out);
	n += put_all(s, PART_MORE, PART_MORE, " faster: ", out);
	n += put_all(s, PART_SAME, PART_NOT_MORE, n ? "; no faster: " : " no faster: ", out);
	put_all(s, PART_LESS, PART_LESS, n ? "; slower: " : " slower: ", out);
	for (n = 0; (p = next_of(s, PART_CANNOT_TELL, p)); n++) {
		fputs(!told && !n ? ": on " : told ? "; whether it does on " : "; on ", out);
		put_name(p, "", out);
		fprintf(out, told ? " cannot be told: %s ×" : " it is %s ×", interval(p, range));
	}
	put_rest(a, out);
}

/* ---- Who stops -------------------------------------------------------------------------- */

static void put_stops(const struct answer *a, enum part_verdict v, const char *whom, int *groups, FILE *out)
{
	const struct sentence *s = a->s;
	const struct sentence_part *p = NULL;
	const char *gs = cell_value(&a->r->cells[a->place], "gs");
	char t[16], range[32];
	int n = 0;

	while ((p = next_of(s, v, p))) {
		fprintf(out, "%s%s", n ? ", " : *groups ? "; " : " ", n ? "" : whom);
		put_name(p, "", out);
		if (!n++ && !(*groups)++)
			fprintf(out, ", where %s at once take %s × as long as one (%s)", gs, times(p, t), interval(p, range));
		else
			fprintf(out, ", where they take %s × (%s)", times(p, t), interval(p, range));
	}
}

static void word_who_stops(const struct answer *a, FILE *out)
{
	const struct sentence *s = a->s;
	bool told = next_of(s, PART_STOPS_ALL, NULL) || next_of(s, PART_STOPS_SOME, NULL) ||
	            next_of(s, PART_STOPS_ITSELF, NULL);
	int groups = 0;

	a->s->lead = 0;
	fputs(told ? a->q->lead : "Whom a blocking call stops cannot be told", out);
	put_stops(a, PART_STOPS_ALL, "every task on ", &groups, out);
	put_stops(a, PART_STOPS_SOME, "some of the others on ", &groups, out);
	put_stops(a, PART_STOPS_ITSELF, "only the task that makes it on ", &groups, out);
	put_stops(a, PART_CANNOT_TELL, told ? "nobody can tell whom on " : "on ", &groups, out);
	put_rest(a, out);
}

/* ---- What it is worth ------------------------------------------------------------------------- */

static int with_figures(const struct sentence *s)
{
	int n = 0;

	for (int i = 0; i < s->nparts; i++)
		n += s->parts[i].n > 0;
	return n;
}

static void why_no_data(const struct answer *a, FILE *out)
{
	const struct sentence *s = a->s;
	int measured = with_figures(s);

	if (!s->nparts) {
		fprintf(out, "the run does not have what answers it: matrix %s measures that", a->q->measure);
		return;
	}
	fprintf(out, measured ? "there is nothing to compare with" : "no back end has a figure");
	for (int i = 0; i < s->nparts; i++)
		if (!s->parts[i].n) {
			fputs("; ", out);
			put_name(&s->parts[i], "", out);
			fputs(": ", out);
			put_statuses(a, &s->parts[i], out);
		}
}

static void why_cannot_tell(const struct answer *a, FILE *out)
{
	const struct sentence *s = a->s;
	const struct sentence_part *p = NULL;
	int n = 0;

	while ((p = next_of(s, PART_TOO_FEW, p)))
		fprintf(out, "%s%s", n++ ? ", " : "fewer than 6 undisturbed repetitions: ", p->backend);
	for (int k = 0; (p = next_of(s, PART_CANNOT_TELL, p)); k++)
		fprintf(out, "%s%s", k ? ", " : n ? "; and the interval is on no side: " : "the interval is on no side: ",
		        p->backend);
}

static char *text_of(const struct answer *a, void (*put)(const struct answer *, FILE *))
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	put(a, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static void put_nothing(const struct answer *a, FILE *out)
{
	(void)a;
	(void)out;
}

static void word(const struct answer *a, FILE *out)
{
	static void (*const words[])(const struct answer *, FILE *) = {
		[ASKS_LEAST] = word_least, [ASKS_SECOND_P] = word_gain, [ASKS_MORE_TASKS] = word_gain,
		[ASKS_WHO_STOPS] = word_who_stops,
	};

	if (a->s->verdict == SENTENCE_NO_DATA) {
		fprintf(out, "%s No data: ", a->q->text);
		why_no_data(a, out);
	} else {
		words[a->q->kind](a, out);
	}
	fputc('.', out);
}

bool sentence_word(const struct answer *a)
{
	struct sentence *s = a->s;

	sort_parts(s, a->q->kind);
	if (with_figures(s) < (a->q->kind == ASKS_LEAST ? 2 : 1))
		s->verdict = SENTENCE_NO_DATA;
	else if (count(s, PART_CANNOT_TELL) || count(s, PART_TOO_FEW))
		s->verdict = SENTENCE_CANNOT_TELL;
	else
		s->verdict = SENTENCE_HOLDS;
	s->text = text_of(a, word);
	s->reason = text_of(a, s->verdict == SENTENCE_NO_DATA ? why_no_data :
	                    s->verdict == SENTENCE_HOLDS ? put_nothing : why_cannot_tell);
	return s->text && s->reason;
}
