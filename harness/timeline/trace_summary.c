/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline/trace_summary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shared/trace/format.h"
#include "trace/walk.h"

/* What is known of each G while the steps pass by. */
struct pass {
	struct trace_summary *s;
	const struct trace *t;
	struct of_g {
		uint32_t step;          /* the one it is in, or TRACE_NONE */
		bool waited;            /* before it became Runnable */
		int64_t idle;           /* how long a P had been idle when the step began */
		int64_t path;           /* the longest chain to the end of its last run */
	} *g;
	int64_t *queue, *wakeup;        /* delays */
	int64_t now, idle;              /* idle: how long, so far, a P had no G */
	int running, held, procs;
	uint32_t *holder;               /* by P: whose call keeps it from others, or TRACE_NONE */
};

static void rank(struct summary_step *top, int n, struct summary_step new)
{
	for (int i = 0; i < n; i++)
		if (top[i].step == TRACE_NONE || new.time > top[i].time) {
			struct summary_step old = top[i];

			top[i] = new;
			new = old;
		}
}

static void count(struct summary_time *to, int64_t time)
{
	to->n++;
	to->time += time;
	to->longest = time > to->longest ? time : to->longest;
}

/* The longest chain to what G does now. */
static int64_t path_now(const struct pass *p, uint32_t g)
{
	const struct trace_step *s = p->g[g].step == TRACE_NONE ? NULL : &p->t->step[p->g[g].step];

	return p->g[g].path + (s && s->state == TRACE_IS_RUNNING ? p->now - s->at : 0);
}

static void was_runnable(struct pass *p, const struct trace_step *s, int64_t time, bool ran)
{
	struct trace_summary *sum = p->s;
	struct of_g *g = &p->g[s->g];
	const struct summary_step it = { (uint32_t)(s - p->t->step), time, p->idle - g->idle };

	rank(sum->late, SUMMARY_TOP, it);
	/* Before the first G runs, the scheduler is being started. */
	if (it.beside_idle > SUMMARY_LATE_NS && !(s->reason == REASON_CREATED && s->by == TRACE_NONE)) {
		sum->nlate++;
		sum->late_time += it.beside_idle;
		if (sum->latest.step == TRACE_NONE || it.beside_idle > sum->latest.beside_idle)
			sum->latest = it;
	}
	if (!ran)
		return;
	p->queue[sum->queue.n++] = time;
	if (g->waited)
		p->wakeup[sum->wakeup.n++] = time;
}

/* A call keeps its P until somebody takes it away, or it is over. */
static void hold(struct pass *p, int on, uint32_t g)
{
	if (on < 0)
		return;
	p->held += (g != TRACE_NONE) - (p->holder[on] != TRACE_NONE);
	p->holder[on] = g;
}

/* G's step is over; ran: what comes next is Running. */
static void step_ends(struct pass *p, uint32_t g, int64_t at, bool ran)
{
	const struct trace_step *s;
	int64_t time;

	if (p->g[g].step == TRACE_NONE)
		return;
	s = &p->t->step[p->g[g].step];
	if (s->state == TRACE_IS_ENDED)
		return;
	time = at - s->at;
	count(&p->s->state[s->state], time);
	count(&p->s->reason[s->state][s->reason], time);
	if (s->state == TRACE_IS_RUNNING) {
		p->running--;
		p->g[g].path += time;
		p->s->work += time;
		if (s->p >= 0)
			count(&p->s->p[s->p], time);
	} else if (s->state == TRACE_IS_RUNNABLE) {
		was_runnable(p, s, time, ran);
	} else {
		rank(p->s->wait, SUMMARY_TOP, (struct summary_step){ p->g[g].step, time, 0 });
		if (s->p >= 0 && p->holder[s->p] == g)
			hold(p, s->p, TRACE_NONE);
	}
	p->g[g].waited = s->state == TRACE_IS_WAITING;
	p->s->span = p->g[g].path > p->s->span ? p->g[g].path : p->s->span;
}

static void pass_time(struct pass *p, int64_t to)
{
	struct trace_summary *s = p->s;
	int64_t time = to - p->now;

	s->at_once[p->running] += time;
	if (p->running + p->held < p->procs)
		p->idle += time;
	/* Into the parts of the time that it touches. */
	for (int64_t from = p->now; from < to && p->running;) {
		int i = (int)((double)from / (double)p->t->length * SUMMARY_BUCKETS);
		int64_t end;

		i = i < SUMMARY_BUCKETS - 1 ? i : SUMMARY_BUCKETS - 1;
		end = i == SUMMARY_BUCKETS - 1 ? to : (int64_t)((double)p->t->length * (i + 1) / SUMMARY_BUCKETS);
		end = end <= from ? from + 1 : end < to ? end : to;
		s->bucket[i] += (double)(end - from) * p->running;
		from = end;
	}
	p->now = to;
}

static void step_begins(struct pass *p, uint32_t i)
{
	const struct trace_step *s = &p->t->step[i];
	struct of_g *g = &p->g[s->g];

	if (s->by != TRACE_NONE) {
		int64_t path = path_now(p, s->by);

		g->path = path > g->path ? path : g->path;
	}
	g->step = i;
	g->idle = p->idle;
	p->running += s->state == TRACE_IS_RUNNING;
	if (s->state == TRACE_IS_RUNNING || (s->state == TRACE_IS_CALL && s->reason == REASON_CALL))
		hold(p, s->p, s->state == TRACE_IS_CALL ? s->g : TRACE_NONE);
	p->s->most = p->running > p->s->most ? p->running : p->s->most;
}

static int by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void percentiles(struct summary_delay *d, int64_t *v)
{
	uint64_t n = d->n;

	if (!n)
		return;
	qsort(v, n, sizeof *v, by_length);
	d->median = v[(n - 1) / 2];
	d->p90 = v[(n * 9 + 9) / 10 - 1];
	d->p99 = v[(n * 99 + 99) / 100 - 1];
	d->longest = v[n - 1];
}

static void steps(struct pass *p)
{
	const struct trace *t = p->t;
	struct walk w = { .t = t };

	p->procs = p->s->procs = t->procs;
	for (uint32_t g = 0; g < t->ng; g++)
		p->g[g].step = TRACE_NONE;
	for (int i = 0; i < t->ps; i++)
		p->holder[i] = TRACE_NONE;
	while (walk_next(&w)) {
		pass_time(p, w.at);
		if (w.step) {
			step_ends(p, w.step->g, w.at, w.step->state == TRACE_IS_RUNNING);
			step_begins(p, (uint32_t)(w.step - t->step));
		} else if (w.mark && w.mark->kind == TRACE_P_LOST && w.mark->arg < (uint32_t)t->ps) {
			hold(p, (int)w.mark->arg, TRACE_NONE);
		} else if (w.mark && w.mark->kind == TRACE_PROCS) {
			p->procs = (int)w.mark->arg;
			p->s->procs = p->procs > p->s->procs ? p->procs : p->s->procs;
		}
	}
	pass_time(p, t->length);
	for (uint32_t g = 0; g < t->ng; g++)
		step_ends(p, g, t->length, false);
	percentiles(&p->s->queue, p->queue);
	percentiles(&p->s->wakeup, p->wakeup);
	for (int i = 0; i < SUMMARY_BUCKETS; i++)
		p->s->bucket[i] /= t->length ? (double)t->length / SUMMARY_BUCKETS : 1;
	p->s->average = t->length ? (double)p->s->work / (double)t->length : 0;
}

/* How many can be Running at once: as many as there are Ps, or lanes without one. */
static size_t most_at_once(const struct trace *t)
{
	return (size_t)t->ng + 2;
}

int trace_summary(struct trace_summary *s, const struct trace *t, struct err *e)
{
	struct pass p = { .s = s, .t = t, .g = calloc(t->ng + 1, sizeof *p.g),
	                  .queue = malloc((t->nsteps + 1) * sizeof *p.queue),
	                  .wakeup = malloc((t->nsteps + 1) * sizeof *p.wakeup),
	                  .holder = malloc(((size_t)t->ps + 1) * sizeof *p.holder) };
	bool good = p.g && p.queue && p.wakeup && p.holder;

	*s = (struct trace_summary){ .t = t, .latest.step = TRACE_NONE };
	for (int i = 0; i < SUMMARY_TOP; i++)
		s->wait[i].step = s->late[i].step = TRACE_NONE;
	s->at_once = calloc(most_at_once(t), sizeof *s->at_once);
	s->p = calloc((size_t)t->ps + 1, sizeof *s->p);
	good = good && s->at_once && s->p;
	for (int i = 0; i < TRACE_STATES; i++) {
		s->reason[i] = calloc((size_t)t->nreasons + 1, sizeof *s->reason[i]);
		good = good && s->reason[i];
	}
	if (good) {
		steps(&p);
		for (uint32_t g = 0; g < t->ng; g++) {
			s->created += t->g[g].made;
			s->ended += t->g[g].over;
		}
		for (size_t i = 0; i < t->nmarks; i++) {
			s->steals += t->mark[i].kind == TRACE_STEAL;
			s->handoffs += t->mark[i].kind == TRACE_P_LOST;
		}
	}
	free(p.g);
	free(p.queue);
	free(p.wakeup);
	free(p.holder);
	if (!good) {
		trace_summary_free(s);
		return err_set(e, -ENOMEM, "no memory left to sum up a trace of %u Gs", t->ng);
	}
	return 0;
}

void trace_summary_free(struct trace_summary *s)
{
	for (int i = 0; i < TRACE_STATES; i++)
		free(s->reason[i]);
	free(s->at_once);
	free(s->p);
	*s = (struct trace_summary){ 0 };
}
