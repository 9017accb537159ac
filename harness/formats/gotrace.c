/* SPDX-License-Identifier: Apache-2.0
 *
 * gotrace.c: see trace_formats.h.
 *
 * Go's reader follows the scheduler event by event, and refuses a trace in which one does
 * not fit: a G starts on an M that has a P, a P is taken from an M whose G is in a call,
 * what happens to a G or a P on several Ms is numbered.  So this is a small scheduler that
 * does what the steps say.  Its Ms are made up: a P has one, and gets another when the G
 * on the first stays in a call; M 0 is sysmon's, and whoever acts without a P.
 *
 * A G that the kernel blocks is one that waits: Go has no other word for it.  A change for
 * which Go has no event, such as from Runnable to Waiting after records were lost, is left
 * out until there is one that leads on.
 */
#include <stdlib.h>
#include <string.h>

#include "shared/trace/format.h"
#include "formats/trace_formats.h"
#include "formats/gobatch.h"
#include "trace/lanes.h"
#include "trace/room.h"
#include "trace/walk.h"

enum { NO = -1 };
enum go_state { NOWHERE, RUNNABLE, RUNNING, WAITING, CALL };

struct gg {
	uint8_t state;
	int m;                          /* Running, in a call: on which M */
	uint64_t seq;
};

struct mm {
	struct go_batch batch;
	int p;                          /* or NO */
	uint32_t g;                     /* or TRACE_NONE */
};

struct pp {
	int m;                          /* who has it, or NO: it is idle */
	uint64_t seq;
	bool known;                     /* its status was written */
};

struct go {
	const struct trace *t;
	FILE *out;
	struct gg *g;
	struct mm *m;
	size_t nm, np, spare;           /* no M below that one is without P and G */
	struct pp *p;
	uint64_t time;
	bool full;
};

static void emit(struct go *o, int m, enum go_event what, int n, uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t args[] = { a, b, c };

	go_event(&o->m[m].batch, o->out, o->time, what, n, args);
}

/* A new M; 0: no memory. */
static int new_m(struct go *o)
{
	if (!room_for((void **)&o->m, o->nm, sizeof *o->m)) {
		o->full = true;
		return 0;
	}
	o->m[o->nm] = (struct mm){ .batch = { .m = o->nm }, .p = NO, .g = TRACE_NONE };
	return (int)o->nm++;
}

static int spare_m(struct go *o)
{
	for (size_t i = o->spare; i < o->nm; i++)
		if (o->m[i].p == NO && o->m[i].g == TRACE_NONE) {
			o->spare = i + 1;
			return (int)i;
		}
	o->spare = o->nm + 1;
	return new_m(o);
}

static void set_m(struct go *o, int m, int p, uint32_t g)
{
	o->m[m].p = p;
	o->m[m].g = g;
	if (m > 0 && p == NO && g == TRACE_NONE && (size_t)m < o->spare)
		o->spare = (size_t)m;
}

static bool in_call(const struct go *o, int m)
{
	return o->m[m].g != TRACE_NONE && o->g[o->m[m].g].state == CALL;
}

static struct pp *p_of(struct go *o, int p)
{
	while ((size_t)p >= o->np) {
		if (!room_for((void **)&o->p, o->np, sizeof *o->p)) {
			o->full = true;
			return NULL;
		}
		o->p[o->np++] = (struct pp){ .m = NO };
	}
	return &o->p[p];
}

/* M m takes P p from the M whose G is in a call. */
static void steal(struct go *o, int m, int p)
{
	int from = o->p[p].m;

	emit(o, m, GO_PROC_STEAL, 3, (uint64_t)p, ++o->p[p].seq, (uint64_t)from);
	set_m(o, from, NO, o->m[from].g);
	o->p[p].m = NO;
}

static void stop_p(struct go *o, int p)
{
	int m = o->p[p].m;

	emit(o, m, GO_PROC_STOP, 0, 0, 0, 0);
	set_m(o, m, NO, o->m[m].g);
	o->p[p].m = NO;
}

/* The M that has P p, or gets it; NO: a G runs there. */
static int hold(struct go *o, int p)
{
	struct pp *pp = p_of(o, p);
	int m;

	if (!pp || (pp->m != NO && o->m[pp->m].g != TRACE_NONE && !in_call(o, pp->m)))
		return NO;
	if (pp->m != NO && o->m[pp->m].g == TRACE_NONE)
		return pp->m;
	m = spare_m(o);
	if (o->full)
		return NO;
	if (pp->m != NO)
		steal(o, m, p);
	if (pp->known)
		emit(o, m, GO_PROC_START, 2, (uint64_t)p, ++pp->seq, 0);
	else
		emit(o, m, GO_PROC_STATUS, 2, (uint64_t)p, GO_P_RUNNING, 0);
	pp->known = true;
	pp->m = m;
	set_m(o, m, p, TRACE_NONE);
	return m;
}

/* The M on which a G is created: its creator's if that runs, else any that has a P. */
static int m_to_create(struct go *o, uint32_t by)
{
	int any = NO;

	if (by != TRACE_NONE && o->g[by].state == RUNNING)
		return o->g[by].m;
	for (int p = 0; p < (int)o->np || p < o->t->procs; p++) {
		int m = hold(o, p);

		if (m != NO || o->full)
			return m;
		any = any == NO && o->p[p].m != NO && o->m[o->p[p].m].g != TRACE_NONE ? o->p[p].m : any;
	}
	return any;
}

static void create(struct go *o, uint32_t g, uint32_t by, uint64_t stack)
{
	int m = m_to_create(o, by);

	if (m == NO)
		return;
	emit(o, m, GO_CREATE, 3, o->t->g[g].id, stack, 0);
	o->g[g].state = RUNNABLE;
}

/* It is Runnable, by whoever is on that M. */
static void unblock(struct go *o, uint32_t g, uint32_t by)
{
	int m = by != TRACE_NONE && o->g[by].state == RUNNING ? o->g[by].m : 0;

	emit(o, m, GO_UNBLOCK, 3, o->t->g[g].id, ++o->g[g].seq, 0);
	o->g[g].state = RUNNABLE;
}

/* The call is over, and the P gone. */
static void end_call(struct go *o, uint32_t g)
{
	int m = o->g[g].m;

	if (o->m[m].p != NO)
		stop_p(o, o->m[m].p);
	emit(o, m, GO_SYSCALL_END_BLOCKED, 0, 0, 0, 0);
	set_m(o, m, NO, TRACE_NONE);
	o->g[g].state = RUNNABLE;
}

static void start(struct go *o, uint32_t g, int p)
{
	struct gg *gp = &o->g[g];
	int m;

	if (gp->state == CALL && o->m[gp->m].p == p) {
		emit(o, gp->m, GO_SYSCALL_END, 0, 0, 0, 0);
		gp->state = RUNNING;
		return;
	}
	if (gp->state == CALL)
		end_call(o, g);
	if (gp->state == WAITING)
		unblock(o, g, TRACE_NONE);
	if (gp->state != RUNNABLE)
		return;
	m = hold(o, p);
	if (m == NO)
		return;
	emit(o, m, GO_START, 2, o->t->g[g].id, ++gp->seq, 0);
	gp->state = RUNNING;
	gp->m = m;
	set_m(o, m, o->m[m].p, g);
}

/* A Running G leaves its M. */
static void leave(struct go *o, uint32_t g, enum go_event what, const struct trace_step *s, enum go_state to)
{
	int m = o->g[g].m;

	emit(o, m, what, what == GO_DESTROY ? 0 : 2, (uint64_t)s->reason + 1, 0, 0);
	o->g[g].state = (uint8_t)to;
	set_m(o, m, o->m[m].p, TRACE_NONE);
}

static void running_to(struct go *o, const struct trace_step *s)
{
	struct gg *gp = &o->g[s->g];

	switch (s->state) {
	case TRACE_IS_RUNNABLE: leave(o, s->g, GO_STOP, s, RUNNABLE); break;
	case TRACE_IS_WAITING: leave(o, s->g, GO_BLOCK, s, WAITING); break;
	case TRACE_IS_ENDED: leave(o, s->g, GO_DESTROY, s, NOWHERE); break;
	case TRACE_IS_CALL:
		if (s->reason == REASON_KERNEL) {
			leave(o, s->g, GO_BLOCK, s, WAITING);
			break;
		}
		emit(o, gp->m, GO_SYSCALL_BEGIN, 2, ++o->p[o->m[gp->m].p].seq, 0, 0);
		gp->state = CALL;
		break;
	}
}

/* A lane where nobody runs: to end a G that ends without running. */
static int free_lane(const struct go *o)
{
	int p = 0;

	while ((size_t)p < o->np && o->p[p].m != NO && o->m[o->p[p].m].g != TRACE_NONE && !in_call(o, o->p[p].m))
		p++;
	return p;
}

static void step(struct go *o, const struct trace_step *s, const uint64_t *stack, int lane)
{
	struct gg *gp = &o->g[s->g];

	if (gp->state == NOWHERE && s->state != TRACE_IS_ENDED)
		create(o, s->g, s->by, stack[s->g]);
	if (gp->state == RUNNING) {
		if (s->state != TRACE_IS_RUNNING)
			running_to(o, s);
	} else if (s->state == TRACE_IS_RUNNING && lane >= 0) {
		start(o, s->g, lane);
	} else if (s->state == TRACE_IS_RUNNABLE && gp->state == WAITING) {
		unblock(o, s->g, s->by);
	} else if (s->state == TRACE_IS_RUNNABLE && gp->state == CALL) {
		end_call(o, s->g);
	} else if (s->state == TRACE_IS_ENDED && gp->state != NOWHERE) {
		start(o, s->g, free_lane(o));
		if (gp->state == RUNNING)
			running_to(o, s);
	}
}

static void mark(struct go *o, const struct trace_mark *m)
{
	int p = m->kind == TRACE_P_STOP ? m->p : m->kind == TRACE_P_LOST && m->arg <= INT16_MAX ? (int)m->arg : NO;

	if (p < 0 || (size_t)p >= o->np || o->p[p].m == NO)
		return;
	if (m->kind == TRACE_P_STOP && o->m[o->p[p].m].g == TRACE_NONE)
		stop_p(o, p);
	else if (m->kind == TRACE_P_LOST && in_call(o, o->p[p].m))
		steal(o, 0, p);
}

/* The strings are the reasons and then the names of functions, each of which has a stack,
 * whose number is entered for each G that begins there. */
static bool tables(const struct trace *t, FILE *out, uint64_t *stack)
{
	const char **text = calloc((size_t)t->nreasons + t->nnames + 1, sizeof *text);
	uint64_t *string = calloc(t->nnames + 1, sizeof *string);
	size_t n = 0, nstacks = 0;
	bool good = text && string;

	for (int i = 0; good && i < t->nreasons; i++)
		text[n++] = t->reason[i];
	for (size_t i = 0; good && i < t->nnames; i++)
		if (t->name[i]) {
			text[n++] = t->name[i];
			string[nstacks++] = n;
		}
	if (good) {
		go_strings(out, text, n);
		go_stacks(out, string, nstacks);
	}
	/* Names of Gs are among those: the same pointers. */
	for (uint32_t g = 0; good && g < t->ng; g++)
		for (size_t i = 0; i < nstacks && !stack[g]; i++)
			stack[g] = t->g[g].name == text[(size_t)t->nreasons + i] ? i + 1 : 0;
	free(text);
	free(string);
	return good;
}

static bool run(struct go *o, const uint64_t *stack)
{
	struct walk w = { .t = o->t };
	struct lanes lanes;
	bool good = lanes_begin(&lanes, o->t);

	new_m(o);
	o->spare = 1;
	while (good && !o->full && walk_next(&w)) {
		int from, to;

		o->time = (uint64_t)w.at + 1;
		if (w.step) {
			from = lanes_step(&lanes, w.step, &to);
			good = from != -2;
			if (good)
				step(o, w.step, stack, to);
		} else if (w.mark) {
			mark(o, w.mark);
		}
	}
	lanes_end(&lanes);
	for (size_t i = 0; i < o->nm; i++) {
		go_flush(&o->m[i].batch, o->out);
		good = good && !o->m[i].batch.full;
		free(o->m[i].batch.byte);
	}
	return good && !o->full;
}

bool gotrace_write(const struct trace *t, FILE *out)
{
	struct go o = { .t = t, .out = out, .g = calloc(t->ng + 1, sizeof *o.g) };
	uint64_t *stack = calloc(t->ng + 1, sizeof *stack);
	bool good = o.g && stack;

	if (good) {
		go_begin(out);
		good = tables(t, out, stack) && run(&o, stack);
		go_frequency(out, 1000000000);
	}
	free(o.g);
	free(o.m);
	free(o.p);
	free(stack);
	return good;
}
