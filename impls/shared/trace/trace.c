/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c: a trace from its begin to its end, and the thread that writes it.
 *
 * Records are written while they are made: what a program does in a minute is more than it
 * should have memory for.  The writer sleeps until some buffers are full, and then comes
 * every 2 ms: who records wakes it only once, for a wake-up takes as long as a hundred
 * records.  Within 2 ms two Ps make some 5 MB.
 *
 * At a fatal error, a deadlock above all, the trace is what one wants to see.  So sl__end
 * calls finish, too, from any thread, with locks held elsewhere: it waits for a while for
 * what the writer is at, and gives up if that has no end.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "shared/trace/file.h"
#include "shared/trace/kernel.h"
#include "shared/trace/trace.h"

#define NAP_NS 2000000
#define CALM   50               /* so many naps with nothing to write */
#define MIB    ((size_t)1 << 20)

static struct {
	bool on;                        /* from begin to end */
	bool kernel;
	pthread_t writer;
	_Atomic bool stop;
	_Atomic uint32_t busy;          /* 1: somebody writes the file */
} trace;

static struct sl__trace_tick now(void)
{
	struct sl__trace_tick t = sl__ticks_and_time();

	t.time -= sl__trace_base;
	return t;
}

/* Held by who writes the file. */
static void write_out(void)
{
	struct sl__trace_tick t = now();
	struct sl__buffer *list;

	if (trace.kernel)
		sl__kernel_read(t);
	list = sl__pool_take();
	/* The disk is full: what comes from now on would only be thrown away. */
	if (!sl__file_put(list, t))
		__atomic_store_n(&sl__tracing, 0, __ATOMIC_RELAXED);
	sl__pool_give_back(list);
}

static void *writer(void *arg)
{
	int calm = 0;

	(void)arg;
	while (!atomic_load(&trace.stop)) {
		uint64_t before = sl__pool_counts().records;

		if (!atomic_exchange(&trace.busy, 1)) {
			write_out();
			atomic_store(&trace.busy, 0);
		}
		calm = sl__pool_counts().records == before ? calm + 1 : 0;
		/* What the kernel keeps for us is little, and it wakes nobody. */
		sl__pool_wait(calm > CALM && !trace.kernel ? 0 : NAP_NS);
	}
	return NULL;
}

/* patient: everybody who holds a lock will let go of it. */
static void finish(bool patient)
{
	struct timespec nap = { 0, 1000000 };

	__atomic_store_n(&sl__tracing, 0, __ATOMIC_RELAXED);
	for (int i = 0; atomic_exchange(&trace.busy, 1); i++) {
		if (i == 2000 && !patient)
			return;
		nanosleep(&nap, NULL);
	}
	if (trace.kernel)
		sl__kernel_read(now());
	if (!sl__pool_collect(patient))
		return;
	write_out();
	sl__file_end(sl__pool_counts());
}

/* From sl__end: the process is about to end, and other threads go on.  The calling one may
 * have come here from inside of finish. */
static void finish_dying(void)
{
	static _Atomic bool once;

	if (trace.on && !atomic_exchange(&once, true)) {
		atomic_store(&trace.stop, true);
		finish(false);
	}
}

static void start_writer(void)
{
	sigset_t all, before;
	int err;

	atomic_store(&trace.stop, false);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&trace.writer, NULL, writer, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		sl__fatal("SCHEDLAB_TRACE: no thread to write it: %s", strerror(err));
}

/* Whether it can be, the trace says. */
static bool begin_kernel(struct sl__trace_tick start)
{
	char line[256] = "kernel\t", why[200] = "yes";
	bool can;

	start.time = 0;
	can = sl__kernel_begin(start, why, sizeof why);
	sl__file_about(line, 7 + (size_t)snprintf(line + 7, sizeof line - 7, "%s\n", why));
	return can;
}

void sl__trace_begin(const char *model, int procs, bool kernel)
{
	const char *path = getenv("SCHEDLAB_TRACE");
	struct sl__trace_tick start;
	enum sl__trace_clock clock;
	struct timespec wall;

	if (!path || !*path)
		return;
	clock = sl__ticks_init();
	if (!sl__pool_begin((size_t)sl__env("SCHEDLAB_TRACE_MIB", 1, 65536, 64) * MIB))
		sl__fatal("SCHEDLAB_TRACE: out of memory");
	sl__trace_names_clear();
	start = sl__ticks_and_time();
	clock_gettime(CLOCK_REALTIME, &wall);
	sl__trace_base = start.time;
	sl__file_begin(path, clock, start, wall.tv_sec * INT64_C(1000000000) + wall.tv_nsec, model, procs);
	/* The writer is none of the threads that are watched, and waits until all is set. */
	atomic_store(&trace.busy, 1);
	start_writer();
	trace.kernel = kernel && begin_kernel(start);
	atomic_store(&trace.busy, 0);
	trace.on = true;
	sl__at_end = finish_dying;
	__atomic_store_n(&sl__tracing, 1, __ATOMIC_RELAXED);
}

void sl__trace_end(bool abandoned)
{
	if (!trace.on)
		return;
	atomic_store(&trace.stop, true);
	sl__pool_wake();
	pthread_join(trace.writer, NULL);
	finish(true);
	if (trace.kernel)
		sl__kernel_end();
	sl__pool_end(abandoned);
	trace.on = false;
	sl__at_end = NULL;
}
