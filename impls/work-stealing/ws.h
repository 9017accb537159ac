/* SPDX-License-Identifier: Apache-2.0
 *
 * ws.h: G, M and P, and who may touch what of them.
 *
 *   G  a task: its function and, from its first instruction on, a stack.
 *   M  a kernel thread.  It runs Gs while it holds a P, and sleeps otherwise.
 *   P  the right to run Gs, with a queue of them.
 *
 * An M's own context, g0, is its thread's stack: there it looks for work, and
 * nothing else runs there.  Where the next G is known a G goes straight to it.
 *
 * "Owner" below is the M that holds the P.
 */
#ifndef SL_WS_H
#define SL_WS_H

#include <pthread.h>

#include "asym.h"
#include "backend.h"
#include "shared/affinity.h"
#include "shared/coro/coro.h"
#include "shared/coro/eh.h"
#include "shared/coro/records.h"
#include "shared/lock.h"
#include "shared/trace/trace.h"
#include "shared/wait/netpoll.h"
#include "shared/wait/pace.h"

enum g_status {
	G_DEAD,         /* It is in a free list and has no stack. */
	G_NEW,          /* It is in a run queue and has no stack yet. */
	G_RUNNABLE,     /* It is in a run queue; its context is in sp. */
	G_RUNNING,      /* It runs on an M: m->curg. */
	G_WAITING,      /* It is parked; whoever will ready it holds it. */
	G_SLEEPING,     /* It is parked, in the timers. */
	G_SYSCALL,      /* It is in a blocking call, on its M: m->curg. */
	G_PREEMPTED,    /* It was stopped in its own code, on its M, and is in
	                   sched.preempted. */
};

/* "Atomic" in a comment says that Ms read or write the field at the same time, by
 * the accesses that the file which uses it explains. */

struct sl_g {
	_Alignas(64) struct sl_g *next; /* in the global queue, or in sched.preempted */
	void *sp;
	struct sl__stack *stack;
	uint32_t status;                /* Enum g_status.  Atomic. */
	uint32_t task_depth;            /* How many forked tasks it is inside of. */
	struct m *m;                    /* If G_PREEMPTED: the M on which it stopped. */
	void (*fn)(void *);
	void *arg;
	struct sl_wg *done;             /* Counted down at the G's end, unless NULL. */
	const char *reason;             /* Why it is parked. */
	int64_t since;                  /* When it parked: its P's last look at the clock. */
	struct sl__unwind *unwinds;
	int64_t id;
	struct sl__eh eh;               /* The state of C++ exceptions, while it is off its M. */
	uint64_t traced;                /* The time of its last record: see trace/ring.h. */
};

/* Free Gs and free stacks: see free.c. */
struct link { struct link *next, *batch; };
struct freelist { struct link *head, *spare; int n; };

#define RUNQ 1024                       /* a power of two */

/* The part of a P that thieves use.  The owner enters without a fence: see runq.c. */
struct runq {
	_Alignas(64) uint32_t owner_in; /* Atomic: 1 while the owner is inside. */
	uint32_t thief;                 /* A lock, held by a thief, or by an owner that
	                                   had to wait for one. */
	uint32_t head, tail;            /* tail - head Gs are queued, from head on. */
	struct sl_g *runnext;           /* The G that goes first.  The G that runs has just
	                                   readied it, so its data is still in the cache. */
	struct sl_g *ring[RUNQ];
};

/* The Gs that fell asleep on a P, and the time-outs that they started there: see
 * timers.c. */
struct timers {
	_Alignas(64) uint32_t lock;     /* Only Ms that have a P take it. */
	int64_t next;                   /* Atomic: the earliest deadline, or SL_NEVER. */
	struct sl__timers heap;
};

enum p_counter {
	C_SPAWNS, C_PARKS, C_WAKEUPS, C_STEALS, C_STEAL_TRIES, C_HANDOFFS, C_PREEMPTIONS,
	C_NETPOLLS, C_COUNT
};

extern const char *const counter_name[C_COUNT] SL__HIDDEN;

struct p {
	struct runq q;
	/* Only the owner writes these. */
	_Alignas(64) uint32_t tick;     /* Counts switches. */
	uint32_t next_run;              /* How often in a row runnext was taken. */
	struct sl__pace pace;           /* At which ticks the P looks for more than its queue. */
	uint32_t resumed;               /* The tick at which a preempted G last went on. */
	struct freelist gs, stacks;
	int64_t now;                    /* sl_now at the last look. */
	int64_t ended;                  /* Counts Gs that ended; C_SPAWNS those that began. */
	int64_t next_id, end_id;        /* The ids that are left for new Gs. */
	int64_t counter[C_COUNT];
	int help_next;                  /* Whose timers help_timers looks at next. */
	struct sl__ring ring;
	/* Others use these too. */
	struct m *m;                    /* Atomic: the M that has the P; NULL while idle. */
	struct m *in_syscall;           /* Atomic: m while its G is in a blocking call.
	                                   Whoever sets it to NULL has the P. */
	uint32_t syscalls;              /* Atomic: counts blocking calls. */
	bool retired;                   /* Under sched.lock: the number of Ps was lowered, and
	                                   no M has or may take this one. */
	bool asleep;                    /* Under sched.lock: its M sleeps in a call of the
	                                   program that was not announced (lend.c). */
	int id;
	int cpu;                        /* Atomic: the PU to which its M is bound, or -1. */
	struct p *idle_next;            /* Under sched.lock, as is: */
	bool new_m_spins;               /* The new M that it waits for will be spinning. */
	struct timers timers;
};

#define DEQUE 4096

/* The tasks that m->curg has forked and nobody has taken: see deque.c. */
struct deque {
	_Alignas(64) uint32_t bottom;   /* Atomic: the owner's end, one past the youngest. */
	_Alignas(64) uint32_t split;    /* Atomic: tasks older than this are public.  Written
	                                   under lock. */
	bool wanted;                    /* Atomic: a thief came and found no public task. */
	_Alignas(64) uint32_t top;      /* Atomic: the thieves' end, the oldest.  Written
	                                   under lock. */
	uint32_t lock;
	struct sl_task *task[DEQUE];
};

struct m {
	struct sl__mask mask;           /* First, for backend.h knows no more of an M. */
	struct sl_g *curg;
	struct p *p;
	int number;                     /* In a trace. */
	/* What is still to be done for the G that was just left.  Whoever runs next
	 * on this M does it: only then is that G off its stack. */
	bool (*after)(struct sl_g *, void *);
	void *after_arg;
	struct sl_g *after_g;
	struct runq *inside;            /* If not NULL, only this is to be done: the G is in
	                                   this queue again, and the owner has to leave it. */
	struct sl__eh *eh;              /* The thread's; NULL: the program is not C++. */
	void *g0_sp;
	struct sl__stack g0;
	int64_t stole_at;               /* When it last stole Gs; 0: that has been judged. */
	uint32_t stole_tick;            /* Its P's tick then. */
	bool avoids_queues;             /* The last steal did not pay, so it steals no Gs. */
	bool spinning;                  /* It looks for work, and sched.nspinning counts it. */
	struct p *nextp;                /* Atomic: the P that it gets while it sleeps. */
	_Atomic uint32_t wake;          /* A futex: 1 when it has been woken. */
	pid_t tid;                      /* Atomic: 0 until its thread has started. */
	int last_cpu;                   /* The PU to which it is bound, NO_CPU or SOME_CPUS:
	                                   see p.c. */
	uint32_t rand;
	/* Preemption: see preempt.c. */
	uint32_t asked_tick;            /* Atomic: which switch's G sysmon wants to stop. */
	uint32_t sent, seen;            /* Atomic: count signals. */
	bool sending;                   /* Atomic: sysmon is about to send one. */
	/* Sysmon uses timing and timer; so does the M, while a signal was sent that it
	 * has not seen. */
	enum { TIMER_NONE, TIMER_SET, TIMER_REFUSED } timing;
	int timer;
	bool armed;                     /* Sysmon's: it sent one, and did not cancel it. */
	struct m *standby;              /* Atomic: the M that will have the P next. */
	struct m *preempted_m;          /* Set with nextp: the M whose G was stopped so that
	                                   this one gets the P. */
	bool stopped;                   /* Its G is preempted.  Set before others can see the
	                                   G in sched.preempted, cleared under sched.lock. */
	_Atomic uint32_t resumed;       /* A futex: 1 when the preempted G is to go on. */
	/* Under sched.lock. */
	struct m *idle_next;
	bool idle;                      /* It is in sched.midle. */
	struct m *all_next;
	pthread_t thread;
	struct sl__ring ring;           /* What it records while it has no P. */
	struct deque dq;
};

/* What SCHEDLAB_WITHOUT turns off, so that it can be measured what it is worth: world.c
 * has the names. */
enum heuristic {
	H_ALONE = 1, H_JUDGE = 2, H_STUCK = 4, H_SHARE = 8, H_ELSEWHERE = 16,
};

struct sched {
	struct sl_config cfg;
	unsigned without;               /* enum heuristic; 0: everything is on. */
	const char *procs_source;
	int maxprocs;                   /* What sl_procs says.  Atomic, written under lock. */
	int procs;                      /* maxprocs, and one more for each P that is asleep
	                                   (lend.c).  Atomic, written under lock, before
	                                   new Ps are set up. */
	int nallp;                      /* The most that procs has been.  Atomic, written
	                                   after new Ps are set up: see count_ps. */
	struct p *allp;                 /* SL_PROCS_MAX Ps; those from procs on are retired,
	                                   or will be at their next switch. */
	uint16_t *nearest;              /* See victims.c; NULL: all are equally near. */
	struct sl__cpus allowed;        /* cfg.cpus or, without it, the PUs on which the
	                                   thread that called sl_run may run. */
	pid_t tid;                      /* That thread. */
	bool leave_affinity;            /* Atomic: somebody else has set it (p.c). */
	int64_t spin_ns;                /* How long an M looks for work before it sleeps. */

	/* Read at every submit, so these are on a cache line of their own. */
	_Alignas(64) int32_t npidle;    /* Atomic, written under lock: idle Ps. */
	int32_t nspinning;              /* Atomic: Ms that look for work. */
	int32_t nglobal;                /* Atomic: the length of the global queue. */
	int32_t npreempted;             /* Atomic: the length of the list of the preempted. */
	bool watching;                  /* Atomic: the watcher naps, so it looks again soon. */
	bool sysmon_naps;               /* Atomic: it looks late, so who submits wakes it. */
	bool stopping;                  /* Atomic: the initial G has returned. */
	struct m *poller;               /* Atomic, written under lock: the M that blocks in
	                                   the netpoll. */
	int64_t polled;                 /* Atomic: when a P last looked at the netpoll. */

	/* The lock of the global queue, the idle lists, the free lists and the Ms. */
	_Alignas(64) uint32_t lock;
	struct sl_g *ghead, *gtail;
	struct sl_g *preempted, *preempted_tail;
	int nreserved;                  /* Preempted Gs whose M is a standby: they are not in
	                                   the list. */
	int nblocked;                   /* Ms in a blocking call that have lost their P. */
	struct p *new_m_ps;             /* Ps that wait for a new M, by idle_next. */
	bool new_idle_m;                /* And there is to be one that is idle. */
	bool sysmon_sleeps;             /* Sysmon sleeps until a P is taken that was idle. */
	int nbusy;                      /* Ps that an M has or is about to have. */
	struct p *pidle;
	struct m *midle;                /* Atomic. */
	struct m *allm;
	int nms;
	struct m *watcher;              /* Atomic: the idle M that keeps the time: watch.c. */
	int64_t watch_until;            /* Atomic: when it looks next; or SL_NEVER. */
	uint32_t *seen;                 /* The watcher's: each P's tick at its last look. */
	int64_t seen_at;                /* The watcher's: when that look was. */
	bool looked;                    /* The watcher's: it has looked closer since its nap. */
	struct link *gs, *stacks;       /* Batches that Ps have given away. */
	struct link *old_stacks;        /* Those that were there when trim_at was set. */
	/* Sysmon's, about stacks that are cold. */
	struct link *cold_batches;      /* To be given back once cold is empty. */
	struct sl__stack *cold;         /* To be given back now; linked by next. */
	bool trimming;                  /* There is more to give back. */
	int64_t trim_at;                /* When old_stacks are cold. */

	_Atomic uint32_t call;          /* A futex of the thread in sl_run.  It counts up when
	                                   an M is to be made, and when all is done. */
	_Atomic uint32_t done;          /* The initial G has returned. */
	_Atomic int64_t ids;            /* The last id that a P has taken for its Gs. */
	int64_t slice_ns;
	int64_t tick_ns;                /* The period of the kernel's clock. */
	_Atomic uint32_t sysmon_wake;   /* A futex: 1 when sysmon is to wake up. */
	struct m sysmon;                /* It runs no Gs, but its locks need an M. */
	_Atomic uint32_t live_ms;       /* A futex: how many Ms have not ended. */
};

extern struct sched sched SL__HIDDEN;

#include "record.h"

/* Programs know it too: see sl__this_mask. */
extern __thread struct m *sl__m __attribute__((tls_model("initial-exec"), visibility("default")));

static inline struct m *getm(void)
{
	return (struct m *)sl__this_mask();
}

/* Plain accesses that others may race with: the compiler must not tear or
 * repeat them, the machine may reorder them. */
#define peek(p)    __atomic_load_n(p, __ATOMIC_RELAXED)
#define poke(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define bump(p)    poke(p, *(p) + 1)    /* by its only writer */

/* Of those in sched.allp.  Acquire, pairs with set_procs: each is whole. */
static inline int count_ps(void)
{
	return __atomic_load_n(&sched.nallp, __ATOMIC_ACQUIRE);
}

/* Until unmask, the calling M keeps its P: see preempt.c.  They nest. */
static inline void mask(struct m *m)
{
	sl__mask_enter(&m->mask);
}

static inline void unmask(void)
{
	struct m *m = getm();

	sl__mask_leave(&m->mask);
	if (sl__unlikely(peek(&m->mask.asked)) && m->mask.depth == 0)
		sl__preempt_here();
}

/* A G that is preempted with it would hold it for ever: so the caller is masked,
 * or runs no G, which the builds with a sanitizer make sure of. */
static inline void lock_sched(void)
{
	if ((SL_ASAN || SL_TSAN) && getm() && getm()->mask.depth == 0)
		sl__fatal("sched.lock is wanted by a G that could be preempted with it");
	sl__lock_thread(&sched.lock);
}

static inline void unlock_sched(void)
{
	sl__unlock_thread(&sched.lock);
}

/* ---- runq.c: how the owner and a thief keep out of each other's way ----- */

enum entry { FAST, LOCKED, STOPPED };

enum entry runq_slow_enter(struct runq *);
void runq_spill(struct runq *);

static inline enum entry runq_enter(struct runq *q)
{
	poke(&q->owner_in, 1);
	asym_light();
	/* Acquire: what the last thief did is seen. */
	if (sl__likely(__atomic_load_n(&q->thief, __ATOMIC_ACQUIRE) == 0))
		return FAST;
	return runq_slow_enter(q);
}

static inline void runq_leave(struct runq *q, enum entry how)
{
	/* Release: what was done inside is seen by the next to enter. */
	if (sl__likely(how == FAST))
		__atomic_store_n(&q->owner_in, 0, __ATOMIC_RELEASE);
	else
		__atomic_store_n(&q->thief, 0, __ATOMIC_RELEASE);
}

/* Owner only.  next: goes to runnext, and who was there to the end. */
static inline void runq_put(struct p *p, struct sl_g *g, bool next)
{
	struct runq *q = &p->q;
	enum entry how = runq_enter(q);

	if (sl__unlikely(how == STOPPED))
		return;
	if (next) {
		struct sl_g *old = q->runnext;

		poke(&q->runnext, g);
		g = old;
	}
	if (g) {
		if (sl__unlikely(q->tail - q->head == RUNQ))
			runq_spill(q);
		q->ring[q->tail % RUNQ] = g;
		poke(&q->tail, q->tail + 1);
	}
	runq_leave(q, how);
}

/* A pair that keep readying each other would hold the P for ever through
 * runnext: after so many in a row the queue has its turn. */
#define NEXT_MAX 64

static inline struct sl_g *runq_get(struct p *p)
{
	struct runq *q = &p->q;
	enum entry how = runq_enter(q);
	struct sl_g *g;

	if (sl__unlikely(how == STOPPED))
		return NULL;
	g = q->runnext;
	if (g && (p->next_run++ < NEXT_MAX || q->head == q->tail)) {
		poke(&q->runnext, NULL);
	} else if (q->head != q->tail) {
		p->next_run = 0;
		g = q->ring[q->head % RUNQ];
		poke(&q->head, q->head + 1);
		/* Of many each is out of the cache by its turn: a sixth of the time of
		 * 100,000 sleepers. */
		if (q->tail - q->head > 2) {
			__builtin_prefetch(q->ring[(q->head + 1) % RUNQ]);
			__builtin_prefetch(q->ring[q->head % RUNQ]->sp);
		}
	}
	runq_leave(q, how);
	return g;
}

/* Any M: takes half of from's queue, puts all but one into own p's, and
 * returns that one.  runnext is taken only if the rest is empty and next. */
struct sl_g *runq_steal(struct p *p, struct p *from, bool next);

/* sysmon: what is in the queue of a P whose M sleeps goes to the global queue. */
void runq_drain(struct p *from);

/* Any M may call these; they are snapshots.  runq_empty does not look at runnext. */
static inline bool runq_empty(struct p *p)
{
	return peek(&p->q.head) == peek(&p->q.tail);
}

static inline bool runq_has_next(struct p *p)
{
	return peek(&p->q.runnext) != NULL;
}

static inline uint32_t runq_length(struct p *p)
{
	return peek(&p->q.tail) - peek(&p->q.head) + runq_has_next(p);
}

/* Owner only.  g, which runs, becomes the last and the first is returned; or NULL, and
 * nothing was done: there is none, or somebody in runnext, or a thief.  Otherwise the
 * owner stays inside, since g is still on its stack, until who runs next leaves. */
static inline struct sl_g *runq_turn(struct p *p, struct sl_g *g)
{
	struct runq *q = &p->q;
	enum entry how;
	struct sl_g *first;

	if (runq_empty(p) || runq_has_next(p))
		return NULL;
	how = runq_enter(q);
	if (sl__unlikely(how == STOPPED))
		return NULL;
	if (sl__unlikely(how == LOCKED || q->head == q->tail || q->runnext)) {
		runq_leave(q, how);
		return NULL;
	}
	first = q->ring[q->head % RUNQ];
	q->ring[q->tail % RUNQ] = g;
	/* In this order nobody sees it empty. */
	poke(&q->tail, q->tail + 1);
	poke(&q->head, q->head + 1);
	p->next_run = 0;
	return first;
}

/* The global queue; sched.lock held. */
void globq_put(struct sl_g *);
struct sl_g *globq_get(struct p *);     /* a fair share: the rest goes to p */

/* ---- deque.c ----------------------------------------------------------- */

bool deque_empty(struct m *);           /* any M; a snapshot */
void deque_flush(struct m *);           /* owner: every task becomes a G */
struct sl_task *deque_steal(struct m *, bool force, int64_t *parent);   /* any M; NULL without force:
                                           the owner has been told to share at its next fork.
                                           *parent: the G that has forked it */
void run_task(void *task);              /* the fn of a G that runs a task */

/* ---- free.c ------------------------------------------------------------ */

bool more_gs(struct p *);               /* for it to begin with; false: out of memory */
bool more_stacks(struct p *);           /* likewise */
struct sl_g *g_alloc(struct p *);       /* never NULL */
void g_free(struct p *, struct sl_g *);
struct sl__stack *stack_alloc(struct p *);
void stack_free(struct p *, struct sl__stack *);
void trim_stacks(int64_t now);          /* sysmon: gives back the memory of the cold ones */
int64_t trim_next(void);                /* when it is due; SL_NEVER: there are none */

/* ---- g.c --------------------------------------------------------------- */

struct sl_g *new_g(struct p *, void (*fn)(void *), void *arg, uint32_t task_depth);
void go_to(void **save, struct sl__stack *from, struct m *, struct sl_g *next);
void finish_switch(void);       /* whatever was left to do for the G just left */

/* ---- report.c ---------------------------------------------------------- */

void (*entry(const struct sl_g *))(void *);     /* the function that the program gave */
_Noreturn void report_deadlock(void);   /* when nobody runs */
void report_leaks(void);                /* when the Ms have ended, or are held */

/* ---- world.c ----------------------------------------------------------- */

void new_p(int i);              /* under sched.lock, as is: */
void set_spin(void);
struct initial { void (*fn)(void *); void *arg; };
void run_initial(void *initial);        /* the fn of the initial G */

/* ---- p.c --------------------------------------------------------------- */

enum { NO_CPU = -1, SOME_CPUS = -2 };
void acquirep(struct m *, struct p *);
/* Of an M that sleeps.  bind_m lets it run where p's Gs are to run, avoid_this_cpu
 * keeps it off the caller's PU, and allow_all_cpus takes that back before it sleeps
 * again. */
void bind_m(struct m *, struct p *);
void avoid_this_cpu(struct m *);
void allow_all_cpus(struct m *);
/* Under sched.lock: */
struct p *pidle_get(void);      /* NULL: no P is idle. */
void pidle_put(struct p *);
/* Before a thread takes a P beside an M that is alone, that M has to be told.  While
 * must_end_alone, call end_alone; that lets go of the lock for a while. */
bool must_end_alone(void);
void end_alone(void);
struct p *take_p(void);         /* For an M that will run Gs; NULL: no P is idle. */
void put_p(struct p *);         /* The M that had it has no more use for it. */
void count_busy(int change);    /* Adds to nbusy, and decides anew on sl__alone. */

/* ---- proc.c ------------------------------------------------------------ */

void wakep(void);
void startm(struct p *, bool spinning);         /* An M, old or new, runs p. */
void handoffp(struct p *, bool work);   /* p has lost its M: it gets another, or is idle. */
void request_idle_m(void);      /* A new M is to be idle, so that it is there when needed. */
void *mstart(void *m);          /* What an M's thread runs. */
_Noreturn void leave_for_good(struct m *);      /* Goes to g0, and never comes back. */
/* Under sched.lock: */
void wake_m(struct m *);
void wake_m_elsewhere(struct m *);      /* Not on the caller's PU, which stays busy. */
void midle_remove(struct m *);
void midle_put(struct m *);
bool start_idle_m(struct p *, bool spinning);   /* An idle M runs p; false: none is idle. */

#define LAG_NS 50000            /* A G that waits for longer is worth a wake-up. */

/* ---- steal.c ----------------------------------------------------------- */

/* Snapshots: is there work that any M may take?  Is there any in the Ps' own queues? */
bool any_work(void);
bool any_queued(void);
struct sl_g *steal(struct m *);         /* Spins; NULL: for long enough. */
struct sl_g *steal_g(struct m *, struct p *from, bool next);    /* next: its runnext too. */
void judge_steal(struct m *);   /* m is out of work: did its last steal pay? */

/* ---- watch.c ----------------------------------------------------------- */

enum look {
	LOOK_NAP,       /* The watcher is to sleep until *until. */
	LOOK_TAKE,      /* It is to take an idle P and steal from *victim, unless NULL. */
	LOOK_AGAIN,     /* It has let go of the lock to look closer, so it is to look again. */
};

/* Under sched.lock: */
void take_watch(struct m *);
enum look watch(struct m *, struct p **victim, int64_t *until);
void sleep_polling(struct m *, int64_t until);  /* Naps in the netpoll. */

/* ---- victims.c --------------------------------------------------------- */

bool victims_init(void);        /* false: out of memory */
void victims_fini(void);

/* The other Ps, one after the other, the nearest first.  n: of them; the rest is 0. */
struct victims { int n, begin, end, at, left; };

struct p *next_victim(struct victims *, struct m *);    /* NULL: that was the last */

static inline uint32_t rand_next(struct m *m)
{
	m->rand ^= m->rand << 13;
	m->rand ^= m->rand >> 17;
	m->rand ^= m->rand << 5;
	return m->rand;
}

/* ---- timers.c ---------------------------------------------------------- */

void timers_init(struct timers *);
void timer_add(int64_t when, struct sl_g *);
int64_t timers_next(void);      /* the earliest deadline of all Ps; SL_NEVER: none */
/* The owner of p makes runnable what is due by p->now: of its own timers, of those of
 * all Ps, or of one other P, another one each time. */
void run_timers(struct p *);
void steal_timers(struct p *);
void help_timers(struct p *);

/* ---- poll.c ------------------------------------------------------------ */

#define LATE_NS 500000          /* when sysmon no longer leaves timers and descriptors
                                   to the Ps */

void poll_p(struct p *);       /* Due timers, descriptors, a share of the global queue. */
void poll_fds(struct p *);
void poll_all(int64_t now);     /* Sysmon's: what nobody else has got to. */
void wake_watcher(void);        /* There is something new to watch for, and an idle P. */
bool fds_wanted(void);          /* Does a G wait for a descriptor? */
void globq_put_waiters(struct sl__fd_waiter *); /* Under sched.lock. */

/* ---- preempt.c, sysmon.c ----------------------------------------------- */

bool preempt_init(void);        /* False: there will be no preemption. */
void preempt_fini(void);
void preempt_thread(void);      /* At an M's start. */
void preempt_end(struct m *);   /* Its thread has ended. */
/* Sysmon asks m to end the slice of the G that runs since p's tick was this.  False: a
 * new M has to be idle first, to take p over. */
bool preempt(struct p *, struct m *, uint32_t tick);
void preempt_cancel(struct m *);        /* Sysmon no longer asks. */
void preempt_withdraw(struct m *);      /* The M's: no signal comes from now on. */

/* Has sysmon sent a signal, or is it about to, that the M has not seen? */
static inline bool signal_pending(struct m *m)
{
	return peek(&m->sent) != peek(&m->seen);
}

/* Under sched.lock: */
struct m *take_standby(void);   /* An idle M or, without one, the M of the first preempted
                                   G, which goes on; NULL: there is neither. */
void give_p(struct m *, struct p *);    /* To such an M. */
void preempted_put(struct sl_g *);
void put_preempted_m(struct m *);       /* The G of m->preempted_m, if there is one. */

struct sl_g *preempted_get(void);       /* NULL: there is none. */
void resume(struct m *, struct sl_g *); /* Gives m's P to the preempted G's M. */
void *sysmon_main(void *);
void wake_sysmon(void);

/* ---- lend.c ------------------------------------------------------------ */

int set_maxprocs(int n);                /* Returns the former value. */
void set_asleep(struct p *, bool);      /* Sysmon's: whether p's M sleeps in a call. */

/* ---- schedtrace.c ------------------------------------------------------ */

void schedtrace_init(void);
int64_t schedtrace_next(void);          /* When it is due; SL_NEVER: it is not wanted. */
void schedtrace(int64_t now);           /* Sysmon's: prints it if it is due. */

/* ---- The submitter's half of the wake-up protocol: see proc.c ------------ */

/* Work was just made visible to all: a task in a deque, a G in the global queue.
 * Either the idle M is seen here, or release_and_stopm sees the work. */
static inline bool submit_wakes(void)
{
	asym_light();
	return peek(&sched.npidle) > 0 && peek(&sched.nspinning) == 0;
}

/* The caller is an M that is masked or has no G. */
static inline void submitted(void)
{
	if (sl__unlikely(submit_wakes()))
		wakep();
	if (sl__unlikely(peek(&sched.sysmon_naps)))
		wake_sysmon();
}

/* Work was just put into the caller's own P's queue.  Mostly the P gets to it before
 * another M could be awake, so an M is woken only if there is no watcher that naps: if
 * there is, it looks soon. */
static inline void submitted_here(void)
{
	if (sl__unlikely(submit_wakes() && !peek(&sched.watching)))
		wakep();
	if (sl__unlikely(peek(&sched.sysmon_naps)))
		wake_sysmon();
}

#endif
