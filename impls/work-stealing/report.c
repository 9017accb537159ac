/* SPDX-License-Identifier: Apache-2.0
 *
 * report.c: what is said of Gs when something is wrong with them.
 *
 * These look at every record there is.  Of a G that runs meanwhile they read
 * what may be out of date; but records and stacks stay mapped while a run lasts.
 */
#include "shared/fault/overflow.h"
#include "shared/task.h"
#include "ws.h"

void (*entry(const struct sl_g *g))(void *)
{
	if (g->fn == run_task)
		return ((struct sl_task *)g->arg)->fn;
	return g->fn == run_initial ? ((struct initial *)g->arg)->fn : g->fn;
}

static void report_g(void *record, void *arg)
{
	struct sl_g *g = record;

	(void)arg;
	if (peek(&g->status) == G_WAITING)
		sl__deadlock_g(g->id, g->reason, g->since, entry(g), g->sp);
}

void trace_new_g(struct p *p, struct sl_g *g)
{
	g->traced = 0;
	sl__record(&p->ring, TRACE_CREATED, g->fn == run_task ? TRACE_BY_FORK : TRACE_BY_GO, g->id,
	           sl__trace_function(entry(g)), &g->traced);
}

void report_deadlock(void)
{
	sl__deadlock_begin();
	sl__records_each(report_g, NULL);
	sl__end();
}

static void count_leak(void *record, void *arg)
{
	struct sl_g *g = record;

	(void)arg;
	if (peek(&g->status) != G_DEAD && g->fn != run_initial)
		sl__leak(entry(g));
}

void report_leaks(void)
{
	sl__records_each(count_leak, NULL);
	sl__report_leaks();
}

struct query { struct sl__stack *stack; struct sl__overflow *found; };

/* The program is dying, and others may still run: what they change meanwhile is not
 * about the G that has overflown, whose own record stands still. */
#if SL_TSAN
__attribute__((no_sanitize("thread")))
#endif
static void find_overflown(void *record, void *arg)
{
	struct query *q = arg;
	struct sl_g *g = record;
	uint32_t status = peek(&g->status);

	if (g->stack == q->stack && status != G_DEAD && status != G_NEW)
		*q->found = (struct sl__overflow){ g->id, entry(g), sl__stack_size() };
}

bool sl__overflown(uintptr_t addr, uintptr_t sp, struct sl__overflow *o)
{
	struct query q = { sl__stack_overflown(addr, sp), o };

	o->id = 0;
	if (q.stack)
		sl__records_each(find_overflown, &q);
	return o->id != 0;
}
