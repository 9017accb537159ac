/* SPDX-License-Identifier: Apache-2.0
 *
 * single_p.h: what the files of single-p share: the G, and the state of the one P.
 * Nothing here is atomic, because nothing runs beside it, but what threads may ask for
 * that are no Gs.
 */
#ifndef SL_SINGLE_P_H
#define SL_SINGLE_P_H

#include "shared/coro/coro.h"
#include "shared/coro/eh.h"
#include "shared/coro/records.h"
#include "shared/trace/trace.h"
#include "shared/wait/netpoll.h"
#include "shared/wait/pace.h"

enum g_status { G_DEAD, G_NEW, G_RUNNABLE, G_RUNNING, G_WAITING, G_SLEEPING };

struct sl_g {
	_Alignas(64) void *sp;          /* while it is off the thread */
	struct sl__stack *stack;        /* from its first instruction on */
	struct sl_g *next;              /* in the run queue or the free list */
	uint32_t status;
	uint32_t task_depth;            /* of forked tasks that it is inside of */
	void (*fn)(void *);
	void *arg;
	struct sl_wg *done;             /* to be counted down at its end, or NULL */
	struct sl_task *tasks;          /* forked and not yet joined, youngest first */
	struct sl__unwind *unwinds;
	int64_t id;
	int64_t since;                  /* when it parked, to the last look at the clock */
	const char *reason;
	struct sl__eh eh;               /* while it is off the thread */
	uint64_t traced;                /* the time of its last record (trace/ring.h) */
};

/* The P. */
extern struct sched {
	struct sl_g *runnext;           /* the G that goes first: just started or readied */
	struct sl_g *head, *tail;       /* the other runnable Gs */
	uint32_t next_run;              /* how often in a row runnext was taken */
	uint32_t ticks;
	struct sl__pace pace;           /* at which of them to look for more than the queue */
	int64_t now;                    /* at the last look */
	struct sl__timers timers;
	struct sl_g *free_gs;
	struct sl__stack *free_stacks;  /* since trim_at was last set */
	struct sl__stack *old_stacks;   /* those that were free then */
	struct sl__stack *cold_stacks;  /* on their way back to the pool */
	int64_t trim_at;                /* when the old ones are cold */
	int64_t gcount, spawns, switches, parks, wakeups;       /* written by count alone */
	struct sl__eh *eh;              /* the thread's; NULL: the program is not C++ */
	struct sl__stack thread;        /* sl_run's own stack, and where it left off */
	void *thread_sp;
	struct sl_config cfg;
	int cpu;                        /* bound to; -1: to none */
	struct sl__ring ring;
} sched SL__HIDDEN;

/* NULL in a thread that runs no G. */
extern _Thread_local struct sl_g *curg SL__HIDDEN;

/* Others may read what one thread writes: what sl_counters and its like return. */
#define peek(p)    __atomic_load_n(p, __ATOMIC_RELAXED)
#define poke(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)

static inline int64_t count(int64_t *n, int by)
{
	poke(n, *n + by);
	return *n;
}

static inline struct sl_g *getg(const char *caller)
{
	if (sl__unlikely(!curg))
		sl__no_g(caller);
	return curg;
}

/* Records what becomes of g.  A call in the middle of a function makes it save registers
 * on every path, which was a fifth of the time of a switch.  So what is quick asks whether
 * it is traced either first, and is there twice, once for each answer (traced is a constant
 * in it, which a compiler left to itself makes an argument), or last, where a call is a
 * jump. */
static inline void trace_g(bool traced, enum sl__trace_kind kind, unsigned why, struct sl_g *g, uint32_t arg)
{
	if (traced)
		sl__record(&sched.ring, kind, why, g->id, arg, &g->traced);
}

static inline void trace_runs(bool traced, struct sl_g *g)
{
	trace_g(traced, TRACE_RUNNING, 0, g, 1);
}

/* The function that the program gave. */
void (*entry(const struct sl_g *))(void *);

/* ---- single_p.c: scheduling --------------------------------------------- */

/* For the initial G and some more; false: out of memory. */
bool alloc_first(void);

/* A new G, in the run queue.  It belongs to done unless that is NULL. */
void new_g(void (*fn)(void *), void *arg, bool is_task, struct sl_wg *done);

/* Runs the Gs, on the thread of sl_run.  True: until the initial G called leave_gs;
 * false: until none could ever run again. */
bool run_gs(void);
_Noreturn void leave_gs(void);

/* ---- task.c -------------------------------------------------------------- */

void run_task(void *task);              /* the fn of a G that runs a task */
void flush_tasks(struct sl_g *);        /* what it has forked becomes Gs, before it parks */

/* ---- run.c --------------------------------------------------------------- */

struct initial { void (*fn)(void *); void *arg; };
void run_initial(void *initial);        /* the fn of the initial G */

/* ---- report.c ----------------------------------------------------------- */

_Noreturn void report_deadlock(void);   /* when no G can run */
void report_leaks(void);                /* when the initial G has returned */

#endif
