/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/states.h"

#include <stdlib.h>
#include <string.h>

#include "trace/room.h"

#define PS (INT16_MAX + 1)

bool states_begin(struct states *s, struct trace *t)
{
	*s = (struct states){ .t = t };
	s->on = malloc(PS * sizeof *s->on);
	if (s->on)
		memset(s->on, 0xff, PS * sizeof *s->on);
	return s->on;
}

uint32_t states_g(struct states *s, uint64_t id)
{
	uint32_t g = id ? idmap_get(&s->gs, id) : TRACE_NONE;
	struct trace *t = s->t;

	if (g != TRACE_NONE || id == 0)
		return g;
	if (t->ng == TRACE_NONE - 1 || !room_for((void **)&t->g, t->ng, sizeof *t->g) ||
	    !room_for((void **)&s->live, t->ng, sizeof *s->live) || !idmap_put(&s->gs, id, t->ng)) {
		s->full = true;
		return TRACE_NONE;
	}
	t->g[t->ng] = (struct trace_g){ .id = id, .name = "?", .by = TRACE_NONE, .first = TRACE_NONE, .last = TRACE_NONE };
	s->live[t->ng] = (struct live){ .p = -1, .thread = TRACE_NONE };
	return t->ng++;
}

static struct trace_step *last_step(const struct states *s, uint32_t g)
{
	uint32_t last = s->t->g[g].last;

	return last == TRACE_NONE ? NULL : &s->t->step[last];
}

/* Ends the step that G is in. */
static void leave(struct states *s, uint32_t g, int64_t at)
{
	struct trace_step *last = last_step(s, g);

	if (!last)
		return;
	last->until = at;
	if (last->state == TRACE_IS_RUNNING && last->p >= 0 && s->on[last->p] == g)
		s->on[last->p] = TRACE_NONE;
}

static void append(struct states *s, struct trace_step step)
{
	struct trace *t = s->t;
	struct trace_g *g = &t->g[step.g];

	if (t->nsteps == TRACE_NONE - 1 || !room_for((void **)&t->step, t->nsteps, sizeof *t->step)) {
		s->full = true;
		return;
	}
	leave(s, step.g, step.at);
	step.next = TRACE_NONE;
	step.until = step.at;
	t->step[t->nsteps] = step;
	if (g->last != TRACE_NONE) {
		t->step[g->last].next = t->nsteps;
	} else {
		g->first = t->nsteps;
		g->created = step.at;
	}
	g->last = t->nsteps++;
	if (step.p >= t->ps)
		t->ps = step.p + 1;
	if (step.state == TRACE_IS_RUNNING && step.p >= 0)
		s->on[step.p] = step.g;
}

static void lose(struct states *s, uint32_t g, int64_t at)
{
	append(s, (struct trace_step){ .at = at, .g = g, .by = TRACE_NONE, .p = -1, .reason = REASON_LOST,
	                               .state = TRACE_IS_RUNNABLE });
}

static void step(struct states *s, struct trace_step step)
{
	const struct trace_step *last = last_step(s, step.g);

	if (last && last->state == step.state && last->reason == step.reason && last->p == step.p && last->m == step.m &&
	    step.by == TRACE_NONE)
		return;                 /* nothing is new */
	if (step.state == TRACE_IS_RUNNING) {
		/* The promises of trace.h. */
		if (last && last->state == TRACE_IS_RUNNING)
			lose(s, step.g, step.at);
		if (step.p >= 0 && s->on[step.p] != TRACE_NONE && s->on[step.p] != step.g)
			lose(s, s->on[step.p], step.at);
	}
	append(s, step);
}

/* The state of a G, of what the records and the kernel say of it. */
static void settle(struct states *s, uint32_t g, int64_t at, uint32_t by)
{
	static const uint8_t state_of[] = {
		[SAID_RUNNABLE] = TRACE_IS_RUNNABLE, [SAID_RUNNING] = TRACE_IS_RUNNING,
		[SAID_WAITING] = TRACE_IS_WAITING, [SAID_CALL] = TRACE_IS_CALL,
	};
	const struct live *l = &s->live[g];
	const struct thread *th = l->thread == TRACE_NONE ? NULL : &s->thread[l->thread];
	struct trace_step new = { .at = at, .g = g, .by = by, .p = l->p, .m = l->m, .reason = l->reason };

	if (l->said == SAID_NOTHING || l->said == SAID_ENDED)
		return;
	new.state = state_of[l->said];
	if (l->said == SAID_RUNNING && th && th->cpu != CPU_UNKNOWN) {
		new.p = th->cpu == CPU_ON ? th->on : -1;
		new.m = (int32_t)th->tid;
		if (th->cpu == CPU_PREEMPTED) {
			new.state = TRACE_IS_RUNNABLE;
			new.reason = REASON_PREEMPTED;
		} else if (th->cpu == CPU_BLOCKED) {
			new.state = TRACE_IS_CALL;
			new.reason = REASON_KERNEL;
		}
	}
	step(s, new);
}

void states_say(struct states *s, uint32_t g, enum said said, int64_t at, uint16_t reason, uint32_t by, int p, int32_t m)
{
	struct live *l;

	if (g == TRACE_NONE)
		return;
	l = &s->live[g];
	s->t->g[g].over = false;        /* if it had ended, that was another's record */
	l->said = (uint8_t)said;
	l->reason = reason;
	l->p = (int16_t)p;
	l->m = m;
	if (said == SAID_ENDED) {
		append(s, (struct trace_step){ .at = at, .g = g, .by = TRACE_NONE, .p = -1, .state = TRACE_IS_ENDED });
		s->t->g[g].ended = at;
		s->t->g[g].over = true;
		if (l->thread != TRACE_NONE)
			s->thread[l->thread].g = TRACE_NONE;
		l->thread = TRACE_NONE;
	} else {
		settle(s, g, at, by);
	}
}

static uint32_t thread_of(struct states *s, uint64_t tid)
{
	uint32_t i = idmap_get(&s->tids, tid);

	if (i != TRACE_NONE)
		return i;
	if (!room_for((void **)&s->thread, s->nthreads, sizeof *s->thread) || !idmap_put(&s->tids, tid, s->nthreads)) {
		s->full = true;
		return TRACE_NONE;
	}
	s->thread[s->nthreads] = (struct thread){ .tid = tid, .g = TRACE_NONE };
	return s->nthreads++;
}

void states_thread(struct states *s, uint32_t g, uint64_t tid, int64_t at)
{
	uint32_t i = thread_of(s, tid);

	if (i == TRACE_NONE || g == TRACE_NONE)
		return;
	if (s->thread[i].g != TRACE_NONE)
		s->live[s->thread[i].g].thread = TRACE_NONE;
	s->thread[i].g = g;
	s->live[g].thread = i;
	settle(s, g, at, TRACE_NONE);
}

void states_cpu(struct states *s, uint64_t tid, enum cpu cpu, int on, int64_t at)
{
	uint32_t i = thread_of(s, tid);

	if (i == TRACE_NONE)
		return;
	s->thread[i].cpu = (uint8_t)cpu;
	s->thread[i].on = (int16_t)on;
	if (s->thread[i].g != TRACE_NONE)
		settle(s, s->thread[i].g, at, TRACE_NONE);
}

bool states_end(struct states *s)
{
	struct trace *t = s->t;

	for (uint32_t g = 0; g < t->ng; g++)
		if (!t->g[g].over) {
			leave(s, g, t->length);
			t->g[g].ended = t->length;
		}
	free(s->live);
	free(s->thread);
	free(s->on);
	idmap_free(&s->gs);
	idmap_free(&s->tids);
	return !s->full;
}
