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
#include <sched.h>

#include "asym.h"
#include "backend.h"
#include "coro/coro.h"
#include "lock.h"
#include "netpoll.h"
#include "pace.h"

enum g_status {
	G_DEAD,         /* in a free list; no stack */
	G_NEW,          /* in a run queue; no stack yet */
	G_RUNNABLE,     /* in a run queue; its context is in sp */
	G_RUNNING,      /* on an M: m->curg */
	G_WAITING,      /* parked; whoever will ready it holds it */
	G_SLEEPING,     /* parked; in the timers */
	G_SYSCALL,      /* in a blocking call, on its M: m->curg */
	G_PREEMPTED,    /* stopped in its own code, on its M, in sched.preempted */
};

struct sl_g {
	_Alignas(64) struct sl_g *next; /* in the global queue, or of the preempted */
	void *sp;
	struct sl__stack *stack;
	uint32_t status;                /* enum g_status; atomic where Ms meet */
	uint32_t task_depth;            /* of forked tasks that it is inside of */
	struct m *m;                    /* G_PREEMPTED: where it stopped */
	void (*fn)(void *);
	void *arg;
	struct sl_wg *done;             /* to be counted down at its end, or NULL */
	const char *reason;             /* why it is parked */
	int64_t since;                  /* from when, to its P's last look at the clock */
	int64_t id;
};

/* Free Gs and free stacks: see free.c. */
struct link { struct link *next, *batch; };
struct freelist { struct link *head, *spare; int n; };

#define RUNQ 1024                       /* a power of two */

/* What a thief may reach for.  The owner enters without a fence; see runq.c. */
struct runq {
	_Alignas(64) uint32_t owner_in; /* atomic: 1 while the owner is inside */
	uint32_t thief;                 /* a lock: held by a thief, or by an owner
	                                   that waited for one */
	uint32_t head, tail;            /* tail - head Gs are queued, from head on */
	struct sl_g *runnext;           /* goes first: just readied by the G that runs,
	                                   whose data is still in the cache */
	struct sl_g *ring[RUNQ];
};

/* The Gs that fell asleep on a P, and the time-outs that they started there: see
 * timers.c. */
struct timers {
	_Alignas(64) uint32_t lock;     /* held by Ms that have a P */
	int64_t next;                   /* atomic: the earliest deadline; SL_NEVER: none */
	struct sl__timers heap;
};

enum p_counter {
	C_SPAWNS, C_PARKS, C_WAKEUPS, C_STEALS, C_STEAL_TRIES, C_HANDOFFS, C_PREEMPTIONS,
	C_NETPOLLS, C_COUNT
};

extern const char *const counter_name[C_COUNT];

struct p {
	struct runq q;
	/* Owner only. */
	_Alignas(64) uint32_t tick;     /* switches */
	uint32_t next_run;              /* runnext taken so often in a row */
	struct sl__pace pace;           /* at which ticks it looks for more than its queue */
	uint32_t resumed;               /* tick at which a preempted G last went on */
	struct freelist gs, stacks;
	int64_t now;                    /* sl_now at the last look */
	int64_t ended;                  /* Gs; C_SPAWNS counts their beginnings */
	int64_t next_id, end_id;        /* for new Gs */
	int64_t counter[C_COUNT];
	/* Set when an M takes it. */
	struct m *m;                    /* atomic; NULL while idle */
	struct m *in_syscall;           /* atomic: m while its G is in a blocking call,
	                                   and whoever sets it to NULL has the P */
	uint32_t syscalls;              /* atomic: blocking calls begun */
	bool retired;                   /* under sched.lock: P was lowered; nobody's */
	int id;
	int cpu;                        /* atomic; read back: the PU its M is bound to, or -1 */
	struct p *idle_next;            /* under sched.lock */
	int other;                      /* owner only: whose timers it looks at next, */
	bool suspects;                  /* it that it is stuck, */
	uint32_t other_tick;            /* at this tick */
	struct timers timers;
};

#define DEQUE 4096

/* The tasks that m->curg has forked and nobody has taken: see deque.c. */
struct deque {
	_Alignas(64) uint32_t bottom;   /* atomic: the owner's end, one past the youngest */
	_Alignas(64) uint32_t split;    /* atomic: what is older is public; under lock */
	bool wanted;                    /* atomic: nothing was, and somebody came for it */
	_Alignas(64) uint32_t top;      /* atomic: the thieves' end, the oldest; under lock */
	uint32_t lock;
	struct sl_task *task[DEQUE];
};

struct m {
	struct sl__mask mask;           /* first: backend.h knows no more of an M */
	struct sl_g *curg;
	struct p *p;
	/* What is still to be done for the G that was just left, by whoever
	 * runs next on this M: only then is it off its stack. */
	bool (*after)(struct sl_g *, void *);
	void *after_arg;
	struct sl_g *after_g;
	struct runq *inside;            /* instead: the queue that it is in again, which the
	                                   owner still has to leave */
	void *g0_sp;
	struct sl__stack g0;
	int64_t stole_at;               /* when it last stole Gs; 0: it has been judged */
	uint32_t stole_tick;            /* its P's tick then */
	bool timid;                     /* that did not pay: it leaves them alone */
	bool spinning;                  /* it looks for work, and is in sched.nspinning */
	struct p *nextp;                /* atomic: handed to it while it sleeps */
	_Atomic uint32_t wake;          /* futex: 1 when it has been woken */
	pid_t tid;                      /* atomic; 0: not born yet */
	int last_cpu;                   /* bound to, or NO_CPU, or SOME_CPUS: see p.c */
	uint32_t rand;
	/* Preemption: see preempt.c. */
	uint32_t asked_tick;            /* atomic: of which switch sysmon wants the end */
	uint32_t sent, seen;            /* atomic: signals */
	struct m *heir;                 /* atomic: the M that is to have the P next */
	struct m *left;                 /* with nextp: the M whose G was stopped for it */
	bool stopped;                   /* its G is preempted; set before others can see
	                                   it in the list, cleared under sched.lock */
	_Atomic uint32_t resumed;       /* futex */
	struct m *idle_next;            /* under sched.lock, as is: */
	bool idle;                      /* in sched.midle */
	struct m *all_next;
	struct m *unborn_next;
	pthread_t thread;
	struct deque dq;
};

struct sched {
	struct sl_config cfg;
	const char *procs_source;
	int procs;                      /* atomic; written under lock, before new ones
	                                 * are set up: see count_ps */
	int nallp;                      /* atomic: the most that procs has been */
	struct p *allp;                 /* SL_PROCS_MAX; those from procs on are retired,
	                                   or will be at their next switch */
	uint16_t *nearest;              /* NULL: all are equally near; else see victims.c */
	cpu_set_t allowed;              /* cfg.cpus; without, of the thread that called sl_run */
	int64_t spin_ns;                /* how long an M looks for work before it sleeps */

	/* Read at every submit, so on a line of their own. */
	_Alignas(64) int32_t npidle;    /* atomic: written under lock */
	int32_t nspinning;              /* atomic */
	int32_t nglobal;                /* atomic: length of the global queue */
	int32_t npreempted;             /* atomic: of the list of the preempted */
	bool watching;                  /* atomic: the watcher naps: it looks again soon */
	bool stopping;                  /* atomic: the initial G has returned */
	struct m *poller;               /* atomic: the M that blocks in the netpoll;
	                                   written under lock */
	int64_t polled;                 /* atomic: when a P last looked at the netpoll */

	_Alignas(64) uint32_t lock;     /* the global queue, idle lists, free lists, Ms */
	struct sl_g *ghead, *gtail;
	struct sl_g *preempted, *preempted_tail;
	int nreserved;                  /* preempted Gs that are heirs, so not in the list */
	int nblocked;                   /* Ms in a blocking call that have lost their P */
	struct m *unborn;               /* Ms that wait for a thread */
	bool unborn_idle;               /* one of them is to be idle */
	bool sysmon_sleeps;             /* until a P is no more idle */
	int nbusy;                      /* Ps that an M has, or is about to */
	struct p *pidle;
	struct m *midle;                /* atomic */
	struct m *allm;
	int nms;
	struct m *watcher;              /* atomic: the idle M that keeps the time: watch.c */
	int64_t watch_until;            /* atomic: when it looks next; SL_NEVER */
	uint32_t *seen;                 /* the watcher's: the tick of each P at its last look, */
	int64_t seen_at;                /* and when that was; */
	bool looked;                    /* and whether it has looked closer since its nap */
	struct link *gs, *stacks;       /* batches that the Ps have given away */

	int64_t leaked;                 /* Gs that lived when the initial G returned */
	_Atomic uint32_t call;          /* futex of the thread in sl_run: counts up when
	                                   there is an M to be born, or all is done */
	_Atomic uint32_t done;          /* the initial G has returned */
	_Atomic int64_t ids;            /* given to the Ps for their Gs */
	int64_t slice_ns;
	_Atomic uint32_t sysmon_wake;   /* futex */
	struct m sysmon;                /* no M at all, but its locks want one */
	_Atomic uint32_t live_ms;       /* futex: Ms that have not ended */
};

extern struct sched sched;

extern __thread struct m *sl__m __attribute__((tls_model("local-exec"), visibility("hidden")));

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

/* Any M; snapshots.  runq_empty leaves runnext aside. */
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
struct sl_task *deque_steal(struct m *, bool force);    /* any M; NULL without force: the
                                           owner has been told to share at its next fork */
void run_task(void *task);              /* the fn of a G that runs a task */

/* ---- free.c ------------------------------------------------------------ */

struct sl_g *g_alloc(struct p *);       /* never NULL */
void g_free(struct p *, struct sl_g *);
struct sl__stack *stack_alloc(struct p *);
void stack_free(struct p *, struct sl__stack *);

/* ---- g.c --------------------------------------------------------------- */

struct sl_g *new_g(struct p *, void (*fn)(void *), void *arg, uint32_t task_depth);
void go_to(void **save, struct sl__stack *from, struct m *, struct sl_g *next);
void finish_switch(void);       /* whatever was left to do for the G just left */

/* ---- report.c ---------------------------------------------------------- */

_Noreturn void report_deadlock(void);   /* when nobody runs */
void report_leaks(void);                /* when the Ms have ended, or are held */

/* ---- world.c ----------------------------------------------------------- */

struct initial { void (*fn)(void *); void *arg; };
void run_initial(void *initial);        /* the fn of the initial G */

/* ---- p.c --------------------------------------------------------------- */

enum { NO_CPU = -1, SOME_CPUS = -2 };
void acquirep(struct m *, struct p *);
void bind_m(struct m *, struct p *);    /* while it sleeps, to be where p's Gs are to run */
void keep_off(struct m *);              /* while it sleeps, to be where the caller is not */
void keep_off_none(struct m *);         /* before it sleeps again */
/* Under sched.lock: */
struct p *pidle_get(void);      /* NULL: none is idle */
void pidle_put(struct p *);
bool is_company(void);          /* must an M that is alone be told first, by */
void announce(void);            /* this, which lets go of the lock meanwhile? */
struct p *take_p(void);         /* then, for an M that will run Gs; NULL: none is idle */
void rest_p(struct p *);        /* an M has no more use for it */
void count_busy(int change);    /* of nbusy, or of what else sl__alone depends on */

/* ---- proc.c ------------------------------------------------------------ */

void wakep(void);
void wake_m(struct m *);        /* under sched.lock, as is: */
void wake_elsewhere(struct m *);        /* the caller goes on where it is */
void startm(struct p *, bool spinning);         /* an M, old or new, for p */
void handoffp(struct p *, bool work);   /* p has lost its M: finds it another, or rest */
void midle_remove(struct m *);  /* under sched.lock, as are: */
void midle_put(struct m *);
void order_m(void);             /* an idle M, to be there when it is needed */
bool find_m(struct p *, bool spinning); /* an idle M for p; false: there is none */
void *m_main(void *m);          /* of an M's thread */
_Noreturn void leave_for_good(struct m *);      /* to g0, never to come back */

#define LAG_NS 50000            /* a G that waits for longer is worth a wake-up */

/* ---- steal.c ----------------------------------------------------------- */

bool any_work(void);            /* for whoever comes first; a snapshot */
bool any_queued(void);          /* in the Ps' own queues; likewise */
struct sl_g *steal(struct m *);         /* spins; NULL: for long enough */
struct sl_g *steal_g(struct m *, struct p *from, bool next);    /* next: its runnext too */
void judge_steal(struct m *);   /* m is out of work */

/* ---- watch.c ----------------------------------------------------------- */

/* What the watcher is to do: nap until *until; take an idle P, and from *victim's queue
 * if that is not NULL; or, since it let go of the lock to look closer, think again. */
enum look { LOOK_NAP, LOOK_TAKE, LOOK_AGAIN };

/* Under sched.lock: */
void take_watch(struct m *);
enum look watch(struct m *, struct p **victim, int64_t *until);
void sleep_polling(struct m *, int64_t until);  /* a nap in the netpoll */

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
/* Owner: makes those runnable that are due, by p->now; */
void run_timers(struct p *);
void steal_timers(struct p *);  /* and those of the other Ps, */
void help_timers(struct p *);   /* or of one of them, in turn */

/* ---- poll.c ------------------------------------------------------------ */

#define LATE_NS 500000          /* when sysmon no longer leaves timers and descriptors
                                   to the Ps */

void poll_p(struct p *p);       /* due timers, descriptors, a share of the global queue */
void poll_fds(struct p *p);
void poll_all(int64_t now);     /* sysmon: sees to what nobody else has got to */
void wake_watcher(void);        /* there is something new to watch for, and an idle P */
bool fds_wanted(void);
void globq_put_waiters(struct sl__fd_waiter *); /* under sched.lock */

/* ---- preempt.c, sysmon.c ----------------------------------------------- */

bool preempt_init(void);        /* false: without preemption */
void preempt_fini(void);
void preempt_thread(void);      /* at an M's start */
bool preempt(struct p *, struct m *, uint32_t tick);    /* sysmon: asks m to end that
                                   switch's G's slice; false: to no idle M, for there is none */
void preempt_cancel(struct m *);        /* it has, or need not any more */

/* One that sysmon has sent.  Seen can be ahead: others may send that signal too. */
static inline bool signal_pending(struct m *m)
{
	return (int32_t)(peek(&m->sent) - peek(&m->seen)) > 0;
}

struct sl_g *preempted_get(void);       /* NULL: none */
void preempted_put(struct sl_g *);      /* under sched.lock, as is: */
void preempted_put_left(struct m *);    /* the G that was stopped for m, the heir */
void resume(struct m *, struct sl_g *); /* gives m's P to the preempted G's M */
void *sysmon_main(void *);

/* ---- schedtrace.c ------------------------------------------------------ */

void schedtrace_init(void);
int64_t schedtrace_next(void);          /* when it is due; SL_NEVER: it is not wanted */
void schedtrace(int64_t now);           /* sysmon: prints it if it is due */

/* Work was just made visible to all: a task in a deque, a G in the global
 * queue.  The other half of this is in stop_m: either the idle M is seen here,
 * or the work is seen there. */
static inline bool submit_wakes(void)
{
	asym_light();
	return peek(&sched.npidle) > 0 && peek(&sched.nspinning) == 0;
}

/* By an M that is masked, or has no G. */
static inline void submitted(void)
{
	if (sl__unlikely(submit_wakes()))
		wakep();
}

/* The same of a G in the P's own queue, which the P will mostly get to before
 * another M could be awake.  If there is a watcher that naps, it sees to it
 * that this does not take long. */
static inline void submitted_here(void)
{
	if (sl__unlikely(submit_wakes() && !peek(&sched.watching)))
		wakep();
}

#endif
