/* SPDX-License-Identifier: Apache-2.0
 *
 * counters.h: what the kernel and the processor count of a cell's process, from its exec
 * to its end, with all threads and processes that it starts.
 *
 * Counted from outside (perf_event_open(2)): the cell knows nothing of it.  Yet it is not
 * for nothing: the kernel copies each counter for every thread that the cell starts, and
 * saves them at every switch between threads.  That would cost the 1:1 model more than the
 * others; so it is done where somebody asks for it, and not while times are compared.
 *
 * Only what happens in user mode counts for the processor's counters, so that figures are
 * the same whether or not who measures may look into the kernel.  Pairs whose ratio is of
 * interest are counted in a group, that is at the same time.  Where there are more groups
 * than the processor has counters for, each is counted for a share of the time: figures
 * are scaled to all of it, and the smallest share is said.
 *
 * What cannot be counted is absent, never a zero.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;

enum counter {
	COUNTER_CYCLES, COUNTER_INSTRUCTIONS,
	COUNTER_BRANCHES, COUNTER_BRANCH_MISSES,
	COUNTER_CACHE_REFERENCES, COUNTER_CACHE_MISSES,
	COUNTER_MIGRATIONS,             /* of threads, from PU to PU; counted by the kernel */
	COUNTERS
};

/* "branch_misses" */
const char *counter_name(enum counter);

/* Who answers: the kernel, or a test.  As the system calls have it, but errors are
 * -errno. */
struct counter_kernel {
	int (*open)(void *arg, struct perf_event_attr *, pid_t, int group);
	ssize_t (*read)(void *arg, int fd, void *buf, size_t size);
	void (*close)(void *arg, int fd);
	void *arg;
};

struct counters {
	const struct counter_kernel *kernel;    /* NULL: the one that there is */
	int fd[COUNTERS];                       /* -1: there is none */
	int error;                              /* why there are no cycles; 0: there are */
};

struct counted {
	bool has[COUNTERS];
	double value[COUNTERS];
	double share;           /* of the time, for which the least of them was counted */
};

/* Of a process that has not called execve yet: from then on it counts. */
void counters_open(struct counters *, pid_t);

/* After its end.  Of a process that never called execve there are none. */
void counters_close(struct counters *, struct counted *);

#define COUNTERS_PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* Why the processor's counters are not available: "not available here: ..."; paranoid is
 * COUNTERS_PARANOID, or a copy.  Returns buf. */
const char *counters_why(int error, const char *paranoid, char *buf, size_t size);

#endif
