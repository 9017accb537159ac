/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline/gantt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/lanes.h"
#include "trace/room.h"

/* Okabe and Ito's, as in all pictures; black is for text. */
unsigned gantt_color(uint32_t g)
{
	static const unsigned colors[] = { 0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xe69f00, 0x8a6d3b, 0xf0e442 };

	return colors[g % (sizeof colors / sizeof *colors)];
}

const char *gantt_row_name(const struct gantt_panel *p, int row, char buf[80])
{
	const struct gantt_row *r = &p->row[row];

	if (r->p < 0)
		return trace_g_name(p->t, r->g, buf);
	if (r->p >= p->t->ps)
		snprintf(buf, 80, "unknown CPU");
	else
		snprintf(buf, 80, "%s %d", p->t->on_cpus ? "CPU" : "P", r->p);
	return buf;
}

struct ranked { int64_t ran; uint32_t g; };

static int by_running(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->ran != y->ran)
		return x->ran > y->ran ? -1 : 1;
	return x->g < y->g ? -1 : x->g > y->g;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct ranked *)a)->g, y = ((const struct ranked *)b)->g;

	return x < y ? -1 : x > y;
}

/* The Gs that have a row: those that ran longest in the time shown, in order of creation. */
static struct ranked *choose(const struct gantt *g, const struct trace *t, int max, int *n, uint32_t *hidden)
{
	struct ranked *all = calloc((size_t)t->ng + 1, sizeof *all);
	uint32_t seen = 0;

	if (!all)
		return NULL;
	for (uint32_t i = 0; i < t->ng; i++)
		all[i] = (struct ranked){ -1, i };
	for (uint32_t i = 0; i < t->nsteps; i++) {
		const struct trace_step *s = &t->step[i];
		int64_t at = s->at > g->from ? s->at : g->from, until = s->until < g->to ? s->until : g->to;

		if (until < at || s->state == TRACE_IS_ENDED)
			continue;
		if (all[s->g].ran < 0) {
			all[s->g].ran = 0;
			seen++;
		}
		if (s->state == TRACE_IS_RUNNING)
			all[s->g].ran += until - at;
	}
	qsort(all, t->ng, sizeof *all, by_running);
	*n = seen < (uint32_t)max ? (int)seen : max;
	*hidden = seen - (uint32_t)*n;
	qsort(all, (size_t)*n, sizeof *all, by_number);
	return all;
}

static int add_row(struct gantt_panel *p, int lane, uint32_t g)
{
	if (!room_for((void **)&p->row, (size_t)p->nrows, sizeof *p->row))
		return -1;
	p->row[p->nrows] = (struct gantt_row){ .p = lane, .g = g };
	return p->nrows++;
}

static bool add_span(struct gantt_row *r, const struct gantt *g, const struct trace_step *s, uint32_t i)
{
	int64_t at = s->at > g->from ? s->at : g->from, until = s->until < g->to ? s->until : g->to;

	if (at >= until)
		return true;
	if (!room_for((void **)&r->span, r->n, sizeof *r->span))
		return false;
	r->span[r->n++] = (struct gantt_span){ at, until, i };
	return true;
}

/* Which lanes anybody ran in: below ps all that the program has, and those of CPUs used. */
static int lanes_of(const struct trace *t, bool **used)
{
	int n = t->ps, to;
	struct lanes l;
	bool *grown = calloc((size_t)n + 1, 1);

	*used = grown;
	if (!grown || !lanes_begin(&l, t))
		return -1;
	for (int p = 0; p < t->procs && p < n && !t->on_cpus; p++)
		grown[p] = true;
	for (uint32_t i = 0; i < t->nsteps; i++) {
		if (lanes_step(&l, &t->step[i], &to) == -2) {
			n = -1;
			break;
		}
		if (to >= n) {
			grown = realloc(*used, (size_t)to + 1);
			if (!grown) {
				n = -1;
				break;
			}
			*used = grown;
			memset(grown + n, 0, (size_t)(to + 1 - n));
			n = to + 1;
		}
		if (to >= 0)
			grown[to] = true;
	}
	lanes_end(&l);
	return n;
}

static bool fill(struct gantt_panel *p, const struct gantt *g, const int *row_of_lane, const int *row_of_g)
{
	const struct trace *t = p->t;
	struct lanes l;
	bool good = lanes_begin(&l, t);
	int to;

	for (uint32_t i = 0; good && i < t->nsteps; i++) {
		const struct trace_step *s = &t->step[i];

		good = lanes_step(&l, s, &to) != -2;
		if (good && to >= 0)
			good = add_span(&p->row[row_of_lane[to]], g, s, i);
		if (good && row_of_g[s->g] >= 0 && s->state != TRACE_IS_ENDED)
			good = add_span(&p->row[row_of_g[s->g]], g, s, i);
	}
	lanes_end(&l);
	return good;
}

static bool make_panel(struct gantt_panel *p, const struct gantt *g, int gs)
{
	const struct trace *t = p->t;
	bool *used = NULL, good;
	int n = 0, nlanes = lanes_of(t, &used);
	struct ranked *chosen = choose(g, t, gs, &n, &p->hidden);
	int *row_of_lane = calloc((size_t)(nlanes < 0 ? 0 : nlanes) + 1, sizeof *row_of_lane);
	int *row_of_g = malloc(((size_t)t->ng + 1) * sizeof *row_of_g);

	good = nlanes >= 0 && chosen && row_of_lane && row_of_g;
	for (int i = 0; good && i < nlanes; i++)
		if (used[i])
			good = (row_of_lane[i] = add_row(p, i, TRACE_NONE)) >= 0;
	p->nps = p->nrows;
	if (good)
		memset(row_of_g, 0xff, ((size_t)t->ng + 1) * sizeof *row_of_g);
	for (int i = 0; good && i < n; i++)
		good = (row_of_g[chosen[i].g] = add_row(p, -1, chosen[i].g)) >= 0;
	good = good && fill(p, g, row_of_lane, row_of_g);
	free(used);
	free(chosen);
	free(row_of_lane);
	free(row_of_g);
	return good;
}

int gantt_make(struct gantt *g, const struct trace *const *t, int n, int64_t from, int64_t to, int gs, struct err *e)
{
	bool good;

	*g = (struct gantt){ .panel = calloc((size_t)n + 1, sizeof *g->panel), .n = n, .from = from, .to = to };
	for (int i = 0; i < n && !to; i++)
		g->to = t[i]->length > g->to ? t[i]->length : g->to;
	if (g->panel && g->from >= g->to) {
		gantt_free(g);
		return err_set(e, -EINVAL, "nothing happened in the time that is to be drawn");
	}
	good = g->panel;
	for (int i = 0; good && i < n; i++) {
		g->panel[i].t = t[i];
		good = make_panel(&g->panel[i], g, gs);
	}
	if (good)
		return 0;
	gantt_free(g);
	return err_set(e, -ENOMEM, "no memory left to draw the trace");
}

void gantt_free(struct gantt *g)
{
	for (int i = 0; g->panel && i < g->n; i++) {
		for (int j = 0; j < g->panel[i].nrows; j++)
			free(g->panel[i].row[j].span);
		free(g->panel[i].row);
	}
	free(g->panel);
	*g = (struct gantt){ 0 };
}
