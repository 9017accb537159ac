/* SPDX-License-Identifier: Apache-2.0
 *
 * trace_random_test.h: a scheduler made up, that does at random whatever a scheduler may:
 * its trace holds every kind of step, in every order that there can be.
 */
#ifndef TRACE_RANDOM_TEST_H
#define TRACE_RANDOM_TEST_H

#include "trace/trace_write_test.h"

#define RT_GS 400
#define RT_PS 8

static int rt_steps = 3000;
static struct {
	uint64_t seed, time;
	int procs, born, dead;
	enum { RT_NONE, RT_RUNNABLE, RT_RUNNING, RT_WAITING, RT_CALL } state[RT_GS + 1];
	int p[RT_GS + 1];               /* Running, in a call: where */
	int on[RT_PS];                  /* the G on a P; 0: none; -1: one that is in a call */
} rt_;

static inline uint32_t rt_draw(uint32_t n)
{
	rt_.seed = rt_.seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(rt_.seed >> 33) % n;
}

/* One of those in a state, or 0. */
static inline int rt_any(int state)
{
	int start = (int)rt_draw(RT_GS);

	for (int i = 0; i < RT_GS; i++)
		if ((int)rt_.state[1 + (start + i) % RT_GS] == state)
			return 1 + (start + i) % RT_GS;
	return 0;
}

static inline void rt_leave(int g, unsigned kind, unsigned why, uint32_t arg, int state)
{
	tw(TRACE_P, (uint32_t)rt_.p[g], rt_.time, kind, why, (uint64_t)g, arg);
	rt_.on[rt_.p[g]] = kind == TRACE_CALL ? -1 : 0;
	rt_.state[g] = state;
	rt_.dead += kind == TRACE_ENDED;
}

static inline void rt_run(int g)
{
	int p = (int)rt_draw((uint32_t)rt_.procs);

	if (!g || rt_.on[p] > 0)
		return;
	if (rt_.on[p] < 0)
		tw(TRACE_SYSMON, 0, rt_.time, TRACE_P_LOST, 0, 0, (uint32_t)p);
	if (rt_draw(4) == 0)
		tw(TRACE_P, (uint32_t)p, rt_.time, TRACE_STEAL, 1, (uint64_t)g, (uint32_t)rt_draw((uint32_t)rt_.procs));
	tw(TRACE_P, (uint32_t)p, rt_.time, TRACE_RUNNING, 0, (uint64_t)g, 1 + (uint32_t)p);
	rt_.on[p] = g;
	rt_.p[g] = p;
	rt_.state[g] = RT_RUNNING;
}

/* By a G that runs, or by nobody. */
static inline void rt_ready(int g)
{
	int by = rt_any(RT_RUNNING);

	if (!g)
		return;
	if (by && rt_draw(2))
		tw(TRACE_P, (uint32_t)rt_.p[by], rt_.time, TRACE_RUNNABLE, TRACE_READIED, (uint64_t)g, 0);
	else
		tw(TRACE_SYSMON, 0, rt_.time, TRACE_RUNNABLE, rt_draw(2) ? TRACE_SLEPT : TRACE_DESCRIPTOR, (uint64_t)g, 0);
	rt_.state[g] = RT_RUNNABLE;
}

static inline void rt_return(int g)
{
	if (!g)
		return;
	if (rt_.on[rt_.p[g]] == -1 && rt_draw(2)) {
		tw(TRACE_P, (uint32_t)rt_.p[g], rt_.time, TRACE_RUNNING, 0, (uint64_t)g, 1 + (uint32_t)rt_.p[g]);
		rt_.on[rt_.p[g]] = g;
		rt_.state[g] = RT_RUNNING;
		return;
	}
	if (rt_.on[rt_.p[g]] == -1) {
		/* Its own P is not taken while another in a call may think it has it. */
		tw(TRACE_SYSMON, 0, rt_.time, TRACE_P_LOST, 0, 0, (uint32_t)rt_.p[g]);
		rt_.on[rt_.p[g]] = 0;
	}
	tw(TRACE_M, 50, rt_.time, TRACE_RUNNABLE, TRACE_CALL_OVER, (uint64_t)g, 0);
	rt_.state[g] = RT_RUNNABLE;
}

static inline void rt_act(int g)
{
	static const char *const reasons[] = { "chan receive", "sleep", "sync.Mutex.Lock", "a, \"quoted\" reason" };

	if (!g)
		return;
	switch (rt_draw(8)) {
	case 0: case 1: rt_leave(g, TRACE_WAITING, 0, tw_name(reasons[rt_draw(4)]), RT_WAITING); break;
	case 2: rt_leave(g, TRACE_RUNNABLE, TRACE_YIELDED + rt_draw(2), 0, RT_RUNNABLE); break;
	case 3: rt_leave(g, TRACE_STOPPED, 0, 0, RT_RUNNABLE); break;
	case 4: rt_leave(g, TRACE_CALL, 0, 0, RT_CALL); break;
	case 5: if (g != 1) rt_leave(g, TRACE_ENDED, 0, 0, RT_NONE); break;
	default:
		if (rt_.born < RT_GS) {
			int new = ++rt_.born;

			tw(TRACE_P, (uint32_t)rt_.p[g], rt_.time, TRACE_CREATED, rt_draw(2), (uint64_t)new, tw_name("work"));
			rt_.state[new] = RT_RUNNABLE;
		}
	}
}

/* Writes such a trace. */
static inline void random_trace(const char *path, uint64_t seed, int procs)
{
	tw_begin("work-stealing", "M:N", procs);
	memset(&rt_, 0, sizeof rt_);
	rt_.seed = seed * 77 + 1;
	rt_.procs = procs;
	rt_.born = 1;
	rt_.state[1] = RT_RUNNABLE;
	tw(TRACE_P, 0, 1, TRACE_CREATED, 0, 1, tw_name("main"));
	rt_.time = 2;
	for (int i = 0; i < rt_steps; i++) {
		/* Two at a time: of more than that nobody could tell the order. */
		rt_.time += i % 2 && !rt_draw(3) ? 0 : 1 + rt_draw(2000);
		switch (rt_draw(6)) {
		case 0: rt_ready(rt_any(RT_WAITING)); break;
		case 1: rt_return(rt_any(RT_CALL)); break;
		case 2: case 3: rt_run(rt_any(RT_RUNNABLE)); break;
		default: rt_act(rt_any(RT_RUNNING)); break;
		}
	}
	tw_end(path);
}

#endif
