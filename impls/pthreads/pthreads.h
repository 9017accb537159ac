/* SPDX-License-Identifier: Apache-2.0
 *
 * pthreads.h: a G that is a thread, and what all of them share.
 *
 * Who owns what: sched.lock guards the list of live Gs and all of sched that is
 * not atomic.  A G's own thread writes its status, seq, reason and since; the
 * monitor reads them.  wake is the rendezvous of sl_park and sl_ready.
 */
#ifndef SL_PTHREADS_H
#define SL_PTHREADS_H

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

#include "shared/affinity.h"
#include "shared/altstack.h"
#include "shared/task.h"
#include "shared/trace/trace.h"

enum g_status { G_RUNNING, G_WAITING, G_SLEEPING, G_SYSCALL, G_ENDED };
enum { WAKE_IDLE, WAKE_PARKING, WAKE_READY, WAKE_LEAVE };
enum { GOEXIT = 1, DROPPED };           /* why it leaves by longjmp */

struct sl_g {
	_Atomic uint32_t wake;
	_Atomic uint32_t status;
	_Atomic uint64_t seq;           /* parks so far */
	_Atomic(const char *) reason;
	_Atomic int64_t since;          /* of the status, on sl_now's clock; parked only */
	_Atomic int64_t wakeups;        /* sl_ready calls made */
	_Atomic int in_call;            /* 1 + the descriptor that it is in a call on; 0;
	                                   below 0: somebody is about to interrupt that, */
	bool interrupted;               /* and has; both of them: see fd.c */
	_Atomic bool left_alone;        /* it cannot be, and its descriptor is closed all
	                                   the same */
	void (*fn)(void *);
	void *arg;
	void (*entry)(void *);          /* the function that the program gave */
	int64_t id;
	struct sl_wg *done;             /* to be counted down at its end, or NULL */
	struct sl_task *tasks;          /* forked and not yet joined, youngest first */
	struct sl__unwind *unwinds;
	bool is_task;
	jmp_buf leave;                  /* the foot of the thread's stack */
	void *context;                  /* trace.h; parked only */
	uintptr_t stack_lo, stack_hi;   /* the guard is between, or a little below */
	struct sl__altstack *altstack;
	_Atomic pthread_t thread;       /* 0 until it runs */
	pid_t tid;                      /* 0 until its first call on a descriptor; written
	                                   before in_call */
	unsigned cpus_version;          /* of the set that its thread began with */
	struct sl__ring ring;           /* its thread's */
	uint64_t traced;                /* the time of its last record: see trace/ring.h */
	struct sl_g *next, **link;      /* of sched.live, under sched.lock */
};

extern struct sched {
	pthread_mutex_t lock;
	struct sl_config cfg;
	const char *procs_source;
	struct sl__cpus cpus;           /* of every G */
	_Atomic unsigned cpus_version;  /* counts sl_procs calls; written under lock */
	struct sl_g *live;
	struct sl_g *unused;            /* records of Gs that have ended, by next */
	_Atomic int64_t gcount;         /* those in the list that have not ended */
	int64_t spawned;
	uint64_t past_parks, past_wakeups;      /* of Gs that have ended */
	pthread_t monitor;
	_Atomic uint32_t bell;          /* the monitor sleeps on it */
	_Atomic uint32_t monitoring;    /* 1: the monitor runs; futex */
	bool running, stopping;
	bool goexited;                  /* the initial G left by sl_goexit */
	_Atomic bool dropping;          /* the initial G has returned */
	bool named;                     /* those that live on have been */
	pthread_mutex_t closing_lock;   /* one sl_close at a time */
	_Atomic int closing;            /* 1 + its descriptor; 0: none */
	bool handling;                  /* under lock: the signal's handler is set */
	bool was_blocked;               /* the signal, in the thread that called sl_run */
} sched SL__HIDDEN;

extern _Thread_local struct sl_g *self SL__HIDDEN;

static inline struct sl_g *getg(const char *caller)
{
	if (sl__unlikely(!self))
		sl__no_g(caller);
	return self;
}

_Noreturn void leave(struct sl_g *);    /* with all the others */

/* In the ring of the calling G's thread. */
static inline void trace_g(enum sl__trace_kind kind, unsigned why, struct sl_g *g, uint32_t arg)
{
	if (sl__is_tracing())
		sl__record(&self->ring, kind, why, g->id, arg, &g->traced);
}

static inline void trace_waits(struct sl_g *g, const char *reason)
{
	if (sl__is_tracing())
		sl__record(&self->ring, TRACE_WAITING, 0, g->id, sl__trace_reason(reason), &g->traced);
}

static inline void trace_runs(struct sl_g *g)
{
	trace_g(TRACE_RUNNING, 0, g, 0);
}

static inline void leave_if_dropping(struct sl_g *g)
{
	if (sl__unlikely(atomic_load_explicit(&sched.dropping, memory_order_relaxed)))
		leave(g);
}

/* ---- fd.c -------------------------------------------------------------- */

/* Interrupts the calls on fd, or on any if it is -1; under sched.lock.  Their
 * number.  A thread that is just about to enter its call may miss it: so this is
 * to be called again until none is left.  patient: nobody has missed it often. */
int interrupt(int fd, bool patient);
void interrupt_no_more(void);   /* under sched.lock */

#endif
