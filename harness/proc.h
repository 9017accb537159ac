/* SPDX-License-Identifier: Apache-2.0
 *
 * proc.h: one child process, from start to end, and nothing of it left over.
 *
 * The child leads a process group of its own: a time limit or an interrupt
 * kills the whole group, and so does its leader's end.  When this process dies,
 * however it dies, the kernel kills the child.
 */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "err.h"
#include "lastwords.h"
#include "quota.h"
#include "topo.h"

struct proc {
	char **argv;                    /* argv[0]: the program's path */
	const struct topo *topo;
	const int *cpus;                /* its CPU set */
	int ncpus;
	const struct quota *quota;      /* the cgroup it runs in; NULL: this process's */
	double timeout_s;
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
 * from the descriptor that it returns; or -errno. */
int proc_signals(struct err *);

/* Gives the signals back their effect, from now on. */
void proc_signals_end(int sigfd);

/* The interrupting signal that is pending on sigfd; 0: none. */
int proc_interrupted(int sigfd);

/* Runs it.  What goes wrong before the program starts ends the child with
 * status 2 and the sentence as its last words.  0, or -errno: no process. */
int proc_run(const struct proc *, struct proc_end *, struct err *);

#endif
