/* SPDX-License-Identifier: Apache-2.0
 *
 * proc.h: one child process, from start to end, and nothing of it left over.
 *
 * The child leads a process group of its own: a time limit or an interrupt
 * kills the whole group, and so does its leader's end.  What left the group is
 * killed then, too (orphans.h).  When this process dies, however it dies, the
 * kernel kills the child.
 */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/err.h"
#include "machine/conditions.h"
#include "machine/quota.h"
#include "noise/counters.h"
#include "run/lastwords.h"
#include "topo/topo.h"

struct proc {
	char **argv;                    /* argv[0]: the program's path */
	const struct topo *topo;
	const int *cpus;                /* its CPU set */
	int ncpus;
	const struct conditions *conditions;
	const struct quota *quota;      /* the cgroup it runs in; NULL: this process's */
	double timeout_s;
	struct counters *counters;      /* opened for it; NULL: nothing is counted */
	int sigfd;                      /* proc_signals */
	void (*tick)(void *arg);        /* about twice a second; NULL: none */
	void *arg;
};

struct proc_end {
	bool timed_out;
	int interrupt;          /* the signal that we got and that ended it; else 0 */
	int status;             /* as wait(2) has it */
	struct rusage usage;
	int64_t wall_ns;
	struct lastwords said;
};

/* Blocks SIGCHLD and the signals that interrupt (INT, TERM, HUP), to be read
 * from the descriptor that it returns; or -errno.  From here to proc_signals_end
 * this process has no children but those of proc_run. */
int proc_signals(struct err *);

/* Gives the signals back their effect, from now on. */
void proc_signals_end(int sigfd);

/* The interrupting signal that is pending on sigfd; 0: none. */
int proc_interrupted(int sigfd);

/* Runs it.  What goes wrong before the program starts ends the child with
 * status 2 and the sentence as its last words.  0, or -errno: no process, or one
 * that cannot be got rid of. */
int proc_run(const struct proc *, struct proc_end *, struct err *);

#endif
