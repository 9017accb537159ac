/* SPDX-License-Identifier: Apache-2.0
 *
 * report.c: what is said of Gs when something is wrong with them.
 */
#include "shared/fault/overflow.h"
#include "shared/fault/trace.h"
#include "shared/task.h"
#include "single_p.h"

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
	if (g->status == G_WAITING)
		sl__deadlock_g(g->id, g->reason, g->since, entry(g), g->sp);
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
	if (g->status != G_DEAD && g->fn != run_initial)
		sl__leak(entry(g));
}

void report_leaks(void)
{
	sl__records_each(count_leak, NULL);
	sl__report_leaks();
}

struct query { struct sl__stack *stack; struct sl__overflow *found; };

static void find_overflown(void *record, void *arg)
{
	struct query *q = arg;
	struct sl_g *g = record;

	if (g->stack == q->stack && g->status != G_DEAD && g->status != G_NEW)
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
