/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts/sentences.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "verdicts/seen.h"
#include "stats/effect.h"
#include "stats/verdict.h"

/* What a question is answered with. */
struct finder {
	struct answer a;
	int nbackends, reps;
	struct sample *x, *y;           /* by repetition */
	struct sample *all;             /* of each back end, by repetition */
	double *v, *w;                  /* room for the pairs, and of seen_make's */
};

/* ---- Which cells ------------------------------------------------------------ */

static bool is_left_out(const struct cell *c, const struct asked_of *of)
{
	for (size_t i = 0; i < sizeof of->but / sizeof *of->but && of->but[i]; i++)
		if (cell_has(c, of->but[i]))
			return true;
	return false;
}

static double most_of(const struct cell *c, const struct asked_of *of)
{
	const char *value = of->most ? cell_value(c, of->most) : NULL;

	return value ? strtod(value, NULL) : 0;
}

/* Whether a is the cell that is rather meant: back ends compare with no P bound, at the
 * fewest Ps, with no knob set, which would be another question. */
static bool is_rather(const struct cell *a, const struct cell *b, const struct asked_of *of)
{
	bool bound_a = strcmp(a->pin, "none") != 0, bound_b = strcmp(b->pin, "none") != 0;

	if (bound_a != bound_b)
		return bound_b;
	if (a->nopts != b->nopts)
		return a->nopts < b->nopts;
	if (a->procs != b->procs)
		return a->procs < b->procs;
	return most_of(a, of) > most_of(b, of);
}

/* The place of the cell that is meant, of one back end; -1: the run has none. */
static int find_cell(const struct results *r, const struct asked_of *of)
{
	int best = -1;

	for (int i = 0; i < r->ncells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->copy || strcmp(c->workload, of->workload) != 0 || is_left_out(c, of))
			continue;
		if (best < 0 || is_rather(c, &r->cells[best], of))
			best = i;
	}
	return best;
}

/* The place of the same cell of another back end, at another P (0: the same). */
static int place_of(const struct results *r, int place, const char *backend, int procs)
{
	struct cell c;

	if (place < 0)
		return -1;
	c = r->cells[place];
	c.backend = backend;
	c.procs = procs ? procs : c.procs;
	return results_find(r, &c);
}

/* The place of the cell that differs from this in having the fewest tasks; -1: this one
 * has. */
static int fewest_tasks(const struct results *r, int place, const struct asked_of *of)
{
	int best = -1;

	for (int i = 0; i < r->ncells; i++) {
		const struct cell *c = &r->cells[i], *like = &r->cells[place];

		if (c->copy || strcmp(c->workload, like->workload) != 0 || c->procs != like->procs ||
		    strcmp(c->pin, like->pin) != 0 || c->nopts != like->nopts || most_of(c, of) >= most_of(like, of))
			continue;
		if (best < 0 || most_of(c, of) < most_of(&r->cells[best], of))
			best = i;
	}
	return best;
}

/* ---- Figures ------------------------------------------------------------------ */

static bool is_na(const struct results *r, int place)
{
	int rows = 0;

	for (int i = 0; i < r->n; i++)
		if (r->rows[i].place == place) {
			if (r->rows[i].status != ST_NA)
				return false;
			rows++;
		}
	return rows > 0;
}

static void figures(const struct finder *f, int place, struct sample *out)
{
	const struct results *r = f->a.r;

	for (int rep = 0; rep < f->reps; rep++)
		out[rep] = (struct sample){ .v = NAN };
	for (int i = 0; i < r->n && place >= 0; i++)
		if (r->rows[i].place == place)
			out[r->rows[i].rep] = (struct sample){ row_figure(&r->rows[i], f->a.q->counter, NULL),
			                                       r->rows[i].disturbed };
}

/* To what is there already, a factor of its geometric mean. */
static void multiply(const struct finder *f, int place, struct sample *product, double weight)
{
	figures(f, place, f->all);
	for (int rep = 0; rep < f->reps; rep++) {
		product[rep].v *= pow(f->all[rep].v, weight);
		product[rep].disturbed |= f->all[rep].disturbed;
	}
}

static void rests_on(struct sentence_part *p, int place)
{
	if (place >= 0 && p->ncells < PART_CELLS)
		p->cells[p->ncells++] = place;
}

static enum part_verdict part_judge(const struct stats_effect *e, double floor)
{
	switch (stats_judge(e, floor)) {
	case STATS_TOO_FEW: return PART_TOO_FEW;
	case STATS_SAME: return PART_SAME;
	case STATS_FASTER: return PART_LESS;
	case STATS_SLOWER: return PART_MORE;
	default: return PART_CANNOT_TELL;
	}
}

/* Over the undisturbed repetitions or all of them. */
static bool take(const struct finder *f, const struct sample *a, const struct sample *b, bool all,
                 struct sentence_part *p, struct stats_effect *e)
{
	int n = 0;

	p->samples = p->disturbed = 0;
	for (int rep = 0; rep < f->reps; rep++) {
		bool disturbed = a[rep].disturbed || b[rep].disturbed;

		if (!isfinite(a[rep].v) || !isfinite(b[rep].v))
			continue;
		p->samples++;
		p->disturbed += disturbed;
		if (disturbed && !all)
			continue;
		f->v[n] = a[rep].v;
		f->w[n++] = b[rep].v;
	}
	e->n = 0;
	return stats_paired(f->v, f->w, n, STATS_LEVEL, e);
}

/* How many times a what b is. */
static void hold_against(const struct finder *f, const struct sample *a, const struct sample *b,
                         struct sentence_part *p)
{
	struct stats_effect e = { 0 };
	bool enough;

	take(f, a, b, false, p, &e);
	enough = e.n >= STATS_BLOCKS_MIN;
	if (!enough && p->disturbed)
		take(f, a, b, true, p, &e);
	if (!e.n)
		return;
	p->n = e.n;
	p->estimate = e.estimate;
	p->low = e.low;
	p->high = e.high;
	p->coverage = e.coverage;
	p->verdict = enough ? part_judge(&e, f->a.floor) : PART_TOO_FEW;
}

/* The same of a gain: that there is none takes one side alone. */
static void find_gain(const struct finder *f, const struct sample *after, const struct sample *before,
                      struct sentence_part *p)
{
	hold_against(f, after, before, p);
	if (p->verdict == PART_CANNOT_TELL && p->high <= 1 + f->a.floor)
		p->verdict = PART_NOT_MORE;
}

static double value_of(const struct finder *f, const struct sample *x, struct seen *s)
{
	seen_make(s, x, NULL, f->reps, f->v);
	return s->m.n ? s->m.median : NAN;
}

/* ---- The kinds of questions ------------------------------------------------------ */

static struct sentence_part *add_part(const struct finder *f, const char *backend)
{
	const struct backend *b = answer_backend(&f->a, backend);
	struct sentence_part *p = &f->a.s->parts[f->a.s->nparts++];

	*p = (struct sentence_part){ .backend = backend, .model = b ? b->model : "", .value = NAN };
	return p;
}

static struct sample *all_of(const struct finder *f, int part)
{
	return f->all + (size_t)part * (size_t)f->reps;
}

static void find_least(struct finder *f)
{
	struct sentence *s = f->a.s;
	int leader = -1;

	for (int b = 0; b < f->nbackends; b++) {
		int place = place_of(f->a.r, f->a.place, f->a.r->backends[b], 0);
		struct sentence_part *p;
		struct seen seen;

		if (place < 0)
			continue;
		p = add_part(f, f->a.r->backends[b]);
		rests_on(p, place);
		figures(f, place, all_of(f, s->nparts - 1));
		p->value = value_of(f, all_of(f, s->nparts - 1), &seen);
		p->samples = seen.samples;
		p->disturbed = seen.disturbed;
		if (p->value > 0 && (leader < 0 || p->value < s->parts[leader].value))
			leader = s->nparts - 1;
	}
	for (int i = 0; i < s->nparts && leader >= 0; i++) {
		struct sentence_part *p = &s->parts[i];

		if (i == leader)
			continue;
		rests_on(p, s->parts[leader].cells[0]);
		hold_against(f, all_of(f, leader), all_of(f, i), p);
	}
	if (leader >= 0) {
		struct sentence_part *p = &s->parts[leader];

		p->verdict = PART_LEADS;
		p->estimate = p->low = p->high = p->coverage = 1;
		p->n = p->samples;
	}
}

/* Whether a back end has no second P to use.  Of one that the catalog does not have, its
 * rows say it. */
static bool has_one_p(const struct finder *f, const char *name, int two)
{
	const struct backend *b = answer_backend(&f->a, name);

	return b ? !backend_can(b, f->a.q->takes) : two < 0 || is_na(f->a.r, two);
}

/* Whether the workload is part of the answer: all back ends that have several Ps can do
 * it at both, so that they are asked about the same work. */
static bool is_for_all(const struct finder *f, int place)
{
	const struct results *r = f->a.r;
	int any = 0;

	for (int b = 0; b < f->nbackends; b++) {
		int one = place_of(r, place, r->backends[b], 1), two = place_of(r, place, r->backends[b], 2);

		if (one < 0 || has_one_p(f, r->backends[b], two))
			continue;
		if (two < 0 || is_na(r, one) || is_na(r, two) || r->cells[two].ncpus < 2)
			return false;
		any++;
	}
	return any;
}

static void find_second_p(struct finder *f)
{
	const struct results *r = f->a.r;
	int places[ASKED_OF], n = 0;

	for (const struct asked_of *of = f->a.q->of; of < f->a.q->of + ASKED_OF && of->workload; of++) {
		int place = find_cell(r, of);

		if (is_for_all(f, place))
			places[n++] = place;
	}
	f->a.place = n ? places[0] : -1;
	for (int b = 0; b < f->nbackends && n; b++) {
		struct sentence_part *p;

		if (place_of(r, places[0], r->backends[b], 1) < 0)
			continue;
		p = add_part(f, r->backends[b]);
		for (int rep = 0; rep < f->reps; rep++)
			f->x[rep] = f->y[rep] = (struct sample){ .v = 1 };
		for (int i = 0; i < n; i++) {
			int one = place_of(r, places[i], r->backends[b], 1), two = place_of(r, places[i], r->backends[b], 2);

			rests_on(p, one);
			rests_on(p, two);
			multiply(f, two, f->x, 1.0 / n);
			multiply(f, one, f->y, 1.0 / n);
		}
		find_gain(f, f->x, f->y, p);
	}
}

static void find_more_tasks(struct finder *f)
{
	const struct results *r = f->a.r;

	f->a.than = f->a.place >= 0 && r->cells[f->a.place].procs == 1 ? fewest_tasks(r, f->a.place, f->a.q->of) : -1;
	for (int b = 0; b < f->nbackends && f->a.than >= 0; b++) {
		int many = place_of(r, f->a.place, r->backends[b], 0), few = place_of(r, f->a.than, r->backends[b], 0);
		struct sentence_part *p;

		if (many < 0 || few < 0)
			continue;
		p = add_part(f, r->backends[b]);
		rests_on(p, few);
		rests_on(p, many);
		figures(f, many, f->x);
		figures(f, few, f->y);
		find_gain(f, f->x, f->y, p);
	}
}

static double number_of(const struct cell *c, const char *key)
{
	const char *value = cell_value(c, key);

	return value ? strtod(value, NULL) : NAN;
}

/* Bounds are far from where one kind becomes another: what stops nobody takes as long as
 * one call, what stops all, as long as all of them. */
static enum part_verdict who_stops(const struct seen *s, double low, double high, double gs)
{
	const double itself = 1 + 0.25 * (gs - 1), all = 1 + 0.75 * (gs - 1);

	if (!s->conclusive)
		return PART_TOO_FEW;
	if (high < itself)
		return PART_STOPS_ITSELF;
	if (low > all)
		return PART_STOPS_ALL;
	return low >= itself && high <= all ? PART_STOPS_SOME : PART_CANNOT_TELL;
}

static void find_who_stops(struct finder *f)
{
	const struct results *r = f->a.r;
	double gs = f->a.place < 0 ? NAN : number_of(&r->cells[f->a.place], "gs");
	double one_ns = f->a.place < 0 ? NAN : 1e3 * number_of(&r->cells[f->a.place], "call_us");

	for (int b = 0; b < f->nbackends && gs >= 2 && one_ns > 0; b++) {
		int place = place_of(r, f->a.place, r->backends[b], 0);
		struct sentence_part *p;
		struct seen s;

		if (place < 0)
			continue;
		p = add_part(f, r->backends[b]);
		rests_on(p, place);
		figures(f, place, f->x);
		p->value = value_of(f, f->x, &s);
		p->samples = s.samples;
		p->disturbed = s.disturbed;
		if (!s.m.n)
			continue;
		p->n = s.m.n;
		p->estimate = s.m.median * gs / one_ns;
		p->low = s.m.low * gs / one_ns;
		p->high = s.m.high * gs / one_ns;
		p->coverage = s.m.coverage;
		p->verdict = who_stops(&s, p->low, p->high, gs);
	}
}

/* ---- The whole ----------------------------------------------------------------- */

const struct backend *answer_backend(const struct answer *a, const char *name)
{
	for (int i = 0; a->catalog && i < a->catalog->nbackends; i++)
		if (!strcmp(a->catalog->backends[i].name, name))
			return &a->catalog->backends[i];
	return NULL;
}

static bool answer(struct finder *f, const struct question *q, struct sentence *s)
{
	f->a.q = q;
	f->a.s = s;
	f->a.place = f->a.than = -1;
	*s = (struct sentence){ .id = q->id, .question = q->text, .figure = q->counter ? q->counter : "ns_per_op",
	                        .unit = q->unit, .lead = -1,
	                        .parts = calloc((size_t)f->nbackends + 1, sizeof *s->parts) };
	if (!s->parts)
		return false;
	for (const struct asked_of *of = q->of; f->a.place < 0 && of < q->of + ASKED_OF && of->workload; of++)
		f->a.place = find_cell(f->a.r, of);
	switch (q->kind) {
	case ASKS_LEAST: find_least(f); break;
	case ASKS_SECOND_P: find_second_p(f); break;
	case ASKS_MORE_TASKS: find_more_tasks(f); break;
	case ASKS_WHO_STOPS: find_who_stops(f); break;
	}
	return sentence_word(&f->a);
}

int sentences_make(struct sentences *out, const struct results *r, const struct catalog *catalog,
                   const struct question *list, struct err *e)
{
	struct finder f = { .a = { .r = r, .catalog = catalog, .floor = SENTENCES_FLOOR }, .reps = results_reps(r) };
	bool whole;
	int n = 0;

	*out = (struct sentences){ .floor = SENTENCES_FLOOR };
	if (results_of_two_builds(r) || f.reps > STATS_SAMPLES_MAX)
		return 0;
	while (list[n].id)
		n++;
	while (r->backends[f.nbackends])
		f.nbackends++;
	out->v = calloc((size_t)n + 1, sizeof *out->v);
	f.x = calloc((size_t)(f.nbackends + 2) * (size_t)f.reps + 1, sizeof *f.x);
	f.v = calloc(2 * (size_t)f.reps + 1, sizeof *f.v);
	whole = out->v && f.x && f.v;
	if (whole) {
		f.y = f.x + f.reps;
		f.all = f.y + f.reps;
		f.w = f.v + f.reps;
	}
	for (; whole && out->n < n; out->n++)
		whole = answer(&f, &list[out->n], &out->v[out->n]);
	free(f.x);
	free(f.v);
	if (whole)
		return 0;
	sentences_free(out);
	return err_set(e, -ENOMEM, "out of memory");
}
