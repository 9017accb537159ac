/* SPDX-License-Identifier: Apache-2.0
 *
 * schedtrace.c: a line on standard error every SCHEDLAB_SCHEDTRACE milliseconds,
 * as Go's schedtrace prints one.
 *
 *     sched 1000 ms: P 2, 0 idle; M 4, 2 idle, 0 spinning; queues 0 + [3 1];
 *     G 1 running, 4 runnable, 0 preempted, 0 in calls, 5 waiting, 2 sleeping
 *
 * (one line), where queues are the global one and that of each P.  With
 * SCHEDLAB_SCHEDDETAIL=1 a line for each P follows, with what it has counted:
 *
 *     sched P0: switches 81209, spawns 2000, parks 1998, wakeups 1998, ...
 *
 * sysmon prints them, and nobody stops for it: it is what was seen while it changed.
 */
#include <stdarg.h>
#include <stdio.h>

#include "ws.h"

#define PS_SHOWN 64

static struct {
	int64_t began, every, next;     /* ns; every 0: off */
	bool detail;
} trace;

void schedtrace_init(void)
{
	trace.every = sl__env("SCHEDLAB_SCHEDTRACE", 0, 1000000, 0) * 1000000;
	trace.detail = sl__env("SCHEDLAB_SCHEDDETAIL", 0, 1, 0);
	trace.began = sl_now();
	trace.next = trace.every ? trace.began + trace.every : SL_NEVER;
}

int64_t schedtrace_next(void)
{
	return trace.next;
}

struct line { char text[480]; size_t n; };

static void __attribute__((format(printf, 2, 3))) add(struct line *l, const char *fmt, ...)
{
	size_t room = sizeof l->text - l->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->n, room, fmt, ap);
	va_end(ap);
	l->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

static void count_g(void *record, void *arg)
{
	int64_t *n = arg;

	n[peek(&((struct sl_g *)record)->status)]++;
}

static void add_gs(struct line *l)
{
	static const struct { enum g_status status; const char *name; } states[] = {
		{ G_RUNNING, "running" }, { G_RUNNABLE, "runnable" },
		{ G_PREEMPTED, "preempted" }, { G_SYSCALL, "in calls" },
		{ G_WAITING, "waiting" }, { G_SLEEPING, "sleeping" },
	};
	int64_t n[G_PREEMPTED + 1] = { 0 };

	sl__records_each(count_g, n);
	n[G_RUNNABLE] += n[G_NEW];
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		add(l, "%s %lld %s", i ? "," : "; G", (long long)n[states[i].status],
		    states[i].name);
}

static void say_p(const struct p *p)
{
	struct line l = { .n = 0 };

	add(&l, "switches %u", peek(&p->tick));
	for (int c = 0; c < C_COUNT; c++)
		add(&l, ", %s %lld", counter_name[c], (long long)peek(&p->counter[c]));
	sl__say("sched P%d: %s", p->id, l.text);
}

void schedtrace(int64_t now)
{
	struct line l = { .n = 0 };
	int ms_idle = 0, nms, procs;

	if (now < trace.next)
		return;
	lock_sched();
	nms = sched.nms;
	procs = sched.procs;
	for (struct m *m = sched.midle; m; m = m->idle_next)
		ms_idle++;
	unlock_sched();
	add(&l, "P %d, %d idle; M %d, %d idle, %d spinning; queues %d + [", procs,
	    peek(&sched.npidle), nms, ms_idle, peek(&sched.nspinning), peek(&sched.nglobal));
	for (int i = 0; i < procs && i < PS_SHOWN; i++)
		add(&l, "%s%u", i ? " " : "", runq_length(&sched.allp[i]));
	add(&l, "%s]", procs > PS_SHOWN ? " ..." : "");
	add_gs(&l);
	sl__say("sched %lld ms: %s", (long long)(now - trace.began) / 1000000, l.text);
	for (int i = 0; trace.detail && i < procs; i++)
		say_p(&sched.allp[i]);
	/* What was missed while the machine slept is not made up for. */
	trace.next += ((now - trace.next) / trace.every + 1) * trace.every;
}
