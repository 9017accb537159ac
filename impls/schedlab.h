/* SPDX-License-Identifier: Apache-2.0
 *
 * schedlab.h: what a program may call.
 *
 * A G is a task that the scheduler runs; the words G, M (kernel thread) and P
 * (the right to run Gs; there are sl_procs(0) of them) are those of Go's
 * runtime, where most of the semantics here come from too.  The same program
 * compiles against every back end:
 *
 *     cc -std=c11 -Iimpls/NAME -Iimpls prog.c build/libschedlab-NAME.a -pthread
 *
 * Rules that hold throughout:
 *   - Every structure below is ready to use when it is zeroed, and must not be
 *     copied once used.
 *   - "Blocks" means: parks the calling G; its P goes on with other Gs.
 *   - Waiters are served in the order in which they came.
 *   - What one G did before it readied, sent, unlocked or signalled is seen by
 *     the G that this woke, or that took the lock or the element.
 *   - What lets a G in (an unlock, a signal, a send, a Done) touches the structure no
 *     more from then on: who was let in may free it, if nobody else uses it.
 *   - Breaking a rule marked † prints "fatal error: ..." on standard error and
 *     ends the process with status 2.
 *   - From a thread that is no G only sl_run, sl_now, sl_procs(0), sl_procs_source,
 *     sl_bound_cpu, sl_gcount, sl_counters, sl_chan_make and sl_chan_free are legal, at
 *     any time; all else is †.
 */
#ifndef SCHEDLAB_H
#define SCHEDLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#pragma GCC visibility push(default)    /* what a shared library exports */

#ifdef __cplusplus
extern "C" {
#define SL__NORETURN [[noreturn]]
#else
#define SL__NORETURN _Noreturn
#endif

/* ---- Running ---------------------------------------------------------- */

struct sl_config {
	int procs;              /* P; 0: SCHEDLAB_PROCS, else what this process may
	                           use (affinity, cgroup quota) */
	const int *cpus;        /* procs physical PU numbers, P i bound to cpus[i]; one
	                           that this process may not use is refused.  NULL:
	                           unbound.  An affinity that somebody sets during the
	                           run, as taskset -a does, stays */
	const unsigned char *distance; /* procs x procs, row-major: how far P j is
	                           from P i, for stealing from the nearest first;
	                           NULL: all equally far */
	size_t stack_size;      /* of every G, in bytes; 0: 52 KiB.  What holds no
	                           signal's frame is refused.  To overflow it is †,
	                           by as much as the guard below it has, 32 KiB;
	                           functions whose frames are larger need
	                           -fstack-clash-protection for that */
	bool no_preempt;        /* never take the processor from a G that does not
	                           call the scheduler; so does SCHEDLAB_PREEMPT=off.
	                           Else that may happen after SCHEDLAB_SLICE_MS (10)
	                           milliseconds, as exactly as the kernel's clock
	                           ticks, if others wait: see Signals */
};

/* Runs fn(arg) as the initial G and returns when it does, whatever other Gs
 * live; those are dropped, and their number is reported on standard error, with
 * what they were started with.  A G that runs at that moment goes on to its next call
 * that parks, yields, sleeps or spawns; one that comes to its end before that has not
 * been dropped.
 * Blocks the calling thread.  Returns 0, or -errno when the scheduler could
 * not start: -EINVAL for a bad configuration, -EAGAIN or -ENOMEM when the
 * system refused, -EBUSY from inside a G, while another sl_run is under way,
 * or while Gs that an earlier run abandoned still run. */
int sl_run(const struct sl_config *, void (*fn)(void *), void *arg);

/* Starts fn(arg) as a new G.  Never blocks; † when memory or threads run out. */
void sl_go(void (*fn)(void *), void *arg);

/* Lets other runnable Gs go first; returns at once if there is none. */
void sl_yield(void);

/* Blocks for at least ns nanoseconds; zero or less returns at once.  How much later
 * the kernel may end a sleep is its thread's timer slack, which is inherited: 50 µs
 * unless somebody has set another (prctl(2), PR_SET_TIMERSLACK). */
void sl_sleep(int64_t ns);

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t sl_now(void);

/* n > 0 sets P, from the next scheduling decision on, and returns the former
 * value; 0 only asks.  Outside sl_run: what the last run had, or the next one
 * would choose.  The counterpart of Go's runtime.GOMAXPROCS. */
int sl_procs(int n);

/* Where the number of Ps came from, in words: "sl_config", "SCHEDLAB_PROCS",
 * "affinity", "cgroup quota", "sl_procs", or "model" where the model has one. */
const char *sl_procs_source(void);

/* Gs that live, the initial one included: the account for a clean shutdown.  Whoever has
 * seen the end of a G that sl_wg_go or sl_fork started does not find it there. */
int64_t sl_gcount(void);

/* Ends the calling G.  From the initial G: the others go on, and sl_run does
 * not return; when none is left that can run, the deadlock report follows. */
SL__NORETURN void sl_goexit(void);

/* Stand around a blocking call: the P may go to another M meanwhile, and no
 * preemption signal arrives inside.  Nothing of sl_ may be called between.
 * A call that blocks without them is whole all the same (see Signals), but keeps
 * its P from others for a slice, until another P stands in. */
void sl_entersyscall(void);
void sl_exitsyscall(void);

/* Signals.  work-stealing takes the P from a G that does not let go by a signal:
 * SIGURG, or the number in SCHEDLAB_PREEMPT_SIGNAL.  A handler that the program
 * sets for it gets all but the scheduler's own (of these, one that it sets during
 * the run may see a few first), and is there again after sl_run.  While a G blocks
 * the signal it is preempted only where it calls sl_.
 * It comes between the G's instructions, never inside a system call.  Kernels
 * without CONFIG_POSIX_CPU_TIMERS_TASK_WORK, or that refuse timer_create, cannot
 * quite hold to that.  There it may, if a call begins at that very moment, end
 *   - with EINTR: nanosleep, clock_nanosleep, usleep, sleep, poll, ppoll, select,
 *     pselect, epoll_wait, epoll_pwait, sem_timedwait, sigtimedwait, sigwaitinfo,
 *     pause, semop, semtimedop, msgrcv, msgsnd, io_getevents, aio_suspend, a futex
 *     with a time-out, and calls on sockets with SO_RCVTIMEO or SO_SNDTIMEO;
 *   - with a part: write, writev, send, sendmsg, sendfile, splice, and recv with
 *     MSG_WAITALL. */

/* What a G keeps.  Its stack and its registers are its own, and so are, in C++, the
 * exceptions that it has caught or throws.  All else that belongs to a thread is its
 * only until it blocks, yields or sleeps, or calls sl_exitsyscall, which brings it to
 * another thread perhaps, and others to its own:
 *   - errno.  Calls on descriptors leave it alone, sl_entersyscall and sl_exitsyscall
 *     carry it from one thread to the other; other calls may change it.  A function
 *     that has used errno before has its compiler keep the address: it looks at what
 *     a blocking call left there before it calls sl_exitsyscall.
 *   - _Thread_local variables, and what pthread_getspecific finds; their addresses most
 *     of all.
 *   - the rounding mode and the other floating-point controls, the signal mask, the
 *     affinity, a mutex of the C library that it has locked.  Who changes these puts
 *     them back first.
 * On 1:1 a G keeps them all, and so it does wherever it is preempted.
 * Of what is the process's: SIGPIPE ends it, as without sl_; who writes to sockets or
 * pipes whose readers may have gone ignores it.  For SIGURG see above, for O_NONBLOCK
 * below, where descriptors are. */

/* ---- Parking: what impls/sync is built on ------------------------------ */

typedef struct sl_g sl_g;

/* The calling G. */
sl_g *sl_self(void);

/* Parks the calling G until sl_ready.  commit(g, arg) runs once the G is off
 * its stack (on 1:1, still on it), may call sl_ready and nothing else, and
 * returning false calls the parking off.  commit may be NULL.  reason, a
 * literal, is what a deadlock report says this G waits for. */
void sl_park(bool (*commit)(sl_g *, void *), void *arg, const char *reason);

/* Makes a parked G runnable: exactly once for each sl_park, and not before
 * its commit began; else †.  Never blocks. */
void sl_ready(sl_g *);

/* ---- Synchronisation and orchestration -------------------------------- */

struct sl__waiter;
struct sl__waitq { struct sl__waiter *head, *tail; };

/* Waits for a number of Gs to end (Go's sync.WaitGroup). */
struct sl_wg {
	uint64_t state;         /* the count in the upper half, waiters in the lower */
	uint32_t lock;
	struct sl__waitq q;
};
void sl_wg_add(struct sl_wg *, int n);  /* † below zero */
void sl_wg_done(struct sl_wg *);        /* sl_wg_add(wg, -1); † below zero */
void sl_wg_wait(struct sl_wg *);        /* blocks until the count is zero */
void sl_wg_go(struct sl_wg *, void (*fn)(void *), void *arg); /* add 1, go; done when
                                           the G ends, by sl_goexit too */

/* A mutex parks the G, not its M.  Not recursive; any G may unlock.  A G that
 * has waited for more than 1 ms is handed the mutex before any newcomer. */
struct sl_mutex {
	uint32_t state;
	uint32_t lock;
	struct sl__waitq q;
};
void sl_mutex_lock(struct sl_mutex *);
bool sl_mutex_trylock(struct sl_mutex *);
void sl_mutex_unlock(struct sl_mutex *);        /* † not locked */

/* Many readers or one writer; a waiting writer holds later readers off. */
struct sl_rwmutex {
	int32_t readers;
	uint32_t lock;
	int32_t leaving, admitted;
	struct sl__waiter *writer;
	struct sl__waitq q;
	struct sl_mutex writers;
};
void sl_rwmutex_rlock(struct sl_rwmutex *);
bool sl_rwmutex_tryrlock(struct sl_rwmutex *);
void sl_rwmutex_runlock(struct sl_rwmutex *);   /* † */
void sl_rwmutex_lock(struct sl_rwmutex *);
bool sl_rwmutex_trylock(struct sl_rwmutex *);
void sl_rwmutex_unlock(struct sl_rwmutex *);    /* † */

/* A condition variable.  Who waits must hold the mutex, which is released while
 * it waits; who signals need not.  There are no wake-ups but by a signal. */
struct sl_cond {
	uint32_t lock;
	uint32_t waiters;
	struct sl__waitq q;
};
void sl_cond_wait(struct sl_cond *, struct sl_mutex *);
bool sl_cond_wait_until(struct sl_cond *, struct sl_mutex *,
                        int64_t deadline_ns);   /* false: the deadline passed; others could
                                           have the mutex, if it had before, too */
void sl_cond_signal(struct sl_cond *);
void sl_cond_broadcast(struct sl_cond *);

/* The first caller runs fn; later ones block until it has returned, or ended its G
 * by sl_goexit, which counts as done. */
struct sl_once {
	uintptr_t state;
};
void sl_once_do(struct sl_once *, void (*fn)(void *), void *arg);

/* Channels carry elements of elem_size bytes, copied in and out; cap 0 makes
 * sender and receiver meet.  elem_size may be 0, and v then NULL. */
struct sl_chan;
struct sl_chan *sl_chan_make(size_t elem_size, size_t cap); /* NULL: out of memory */
void sl_chan_free(struct sl_chan *);    /* nobody may wait on it any more */
void sl_chan_send(struct sl_chan *, const void *v);     /* † closed; NULL channel: blocks for ever */
bool sl_chan_recv(struct sl_chan *, void *v);           /* false: closed and drained, *v is zeroed */
bool sl_chan_trysend(struct sl_chan *, const void *v);  /* false: would block */
bool sl_chan_tryrecv(struct sl_chan *, void *v, bool *ok); /* false: would block; *ok as for recv */
void sl_chan_close(struct sl_chan *);   /* † twice, or NULL */

enum sl_op { SL_SEND, SL_RECV };

struct sl_case {
	struct sl_chan *c;      /* NULL: never ready */
	enum sl_op op;
	void *v;
	bool ok;                /* out, of a receive: false when closed and drained */
};
/* Does exactly one of the cases, chosen fairly among the ready ones, and
 * returns its index.  -1: none is ready and block is false.  A closed channel is
 * ready; to choose a send to it is †. */
int sl_select(struct sl_case *cases, int n, bool block);
/* -1: the deadline passed; if it has before the call, that is as likely as each of the
 * cases that are ready. */
int sl_select_until(struct sl_case *cases, int n, int64_t deadline_ns);

/* ---- Fork and join ---------------------------------------------------- */

/* Structured parallelism: t lives on the caller's stack; joins come in the
 * reverse order of the forks (else †).  A task that nobody stole is called by
 * sl_join itself: no G, no allocation.  fn may block; sl_goexit inside is †.
 * The caller may block, and so change threads, between fork and join. */
struct sl_task {
	void (*fn)(void *);
	void *arg;
	struct sl_task *prev;   /* the task forked before this one, by the same G */
	uint32_t state;
	sl_g *joiner;
};
void sl_fork(struct sl_task *t, void (*fn)(void *), void *arg);
void sl_join(struct sl_task *t);        /* blocks until fn has returned */

/* ---- Descriptors ------------------------------------------------------ */

/* These park the G, not the M.  They return a byte count, a descriptor or 0,
 * or -errno; errno itself is left alone, and EINTR never surfaces.  sl_write
 * writes all, unless an error comes after a part; what sl_accept returns is
 * close-on-exec.  A descriptor used here is to be closed by sl_close.  sl_fd
 * prepares a descriptor for the model (the other calls do so at first use).
 *
 * Where Gs share threads that makes it non-blocking, as fcntl shows, and as a child
 * that inherits it finds it.  Not so 0, 1 and 2 and what else this process was started
 * with, for the shell has these files too: they stay as they are.  A call on a
 * terminal may then block, like one on a file or a disk: its M, where there are
 * others, as between sl_entersyscall and sl_exitsyscall. */
int sl_fd(int fd);
int sl_close(int fd);                   /* Gs waiting on it get -EBADF */
ssize_t sl_read(int fd, void *buf, size_t n);
ssize_t sl_write(int fd, const void *buf, size_t n);
int sl_accept(int fd, struct sockaddr *, socklen_t *);
int sl_connect(int fd, const struct sockaddr *, socklen_t);
int sl_wait_fd(int fd, int events /* POLLIN, POLLOUT */,
               int64_t deadline_ns /* of sl_now; 0: none */); /* 0, -ETIMEDOUT, -errno;
                                   as with poll, 0 if it is ready, whatever the time */

/* ---- The scheduler's own account --------------------------------------- */

/* What the back end counted since its last sl_run began, summed over its Ps:
 * at most max pairs are written, their number is returned.  Names are the
 * field's: "spawns", "switches", "parks", "wakeups", "steals" ...  Exact when
 * no G runs; a snapshot otherwise. */
struct sl_counter { const char *name; int64_t value; };
int sl_counters(struct sl_counter *out, int max);

/* The PU that P p was read back to be bound to when it last got a thread;
 * -1: it is not bound to one. */
int sl_bound_cpu(int p);

#include "shared/inline.h"      /* the fast paths of these, inline */

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop

#endif
