/* SPDX-License-Identifier: Apache-2.0
 *
 * noise.h: who else used the processors while a cell ran.
 *
 * Five accounts, for none tells all.
 *
 *   - The run delay of the cell's own threads, in the timed part: how long they could
 *     have run and were kept waiting.  It is the thing itself; but where a cell has more
 *     threads than PUs, they wait for each other.
 *   - The CPU clocks of the other processes (others.h): exact, from the cell's start to
 *     its end.  They miss processes that came and went meanwhile.
 *   - /proc/stat misses nobody, but counts in ticks of 10 ms, and has what the kernel
 *     does for the cell, such as to clear away a thread that has ended, as a stranger's.
 *   - Nobody else says what the hypervisor gave to other guests.
 *   - Nor what it gave them of the same core at the same time (neighbour.h): that is seen by
 *     looks before the cell and after it and, where it has one P, by the cell's own.
 */
#ifndef NOISE_H
#define NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "noise/neighbour.h"
#include "noise/others.h"
#include "noise/stalls.h"

struct noise {
	int64_t foreign_ns;     /* used by other processes, on the cell's PUs or near them */
	int64_t kernel_ns;      /* used by threads of the kernel's, which may well have worked
	                           for the cell */
	int64_t unknown_ns;     /* used on the cell's PUs by nobody of these, in ticks */
	int64_t steal_ns;       /* wanted by the cell's PUs, but given to another guest, in ticks */
	double neighbour;       /* how much longer the PUs took for what keeps them busy, because
	                           of a neighbour, a fraction: before the cell or after it,
	                           whichever is more; -1: nobody looked */
	struct stalls stalls;   /* no evidence of others, and so nothing that disturbs */
};

/* What is remembered from the begin to the end of a cell; zeroed is ready. */
struct noise_watch {
	struct others others;
	struct neighbours neighbours;
	double neighbour;               /* before the cell that begins; looked says whether */
	bool looked, patient;           /* who is not patient never waits */
	int64_t patience_ns;            /* how long all that follow may wait, in all */
	int64_t begin_ns;
	const int *cpus, *near; /* the cell's PUs; those that share a cache with them, too */
	int ncpus, nnear;
	int64_t busy_ns, steal_ns, self_ns;
	struct stalls stalls;
};

/* Before a cell begins: looks whether somebody shares a core with these PUs, and if patient,
 * waits until nobody does, for half a second at most, and before all cells together for no
 * longer than those took that were measured before; or, whatever these took, for insist_ns at
 * most, if that is not 0; and no longer once a SIGINT, SIGTERM or SIGHUP is pending.
 * Without, neighbours are not looked for. */
void noise_wait(struct noise_watch *, const int *cpus, int ncpus, int64_t insist_ns);

/* The arrays must live until the end. */
void noise_begin(struct noise_watch *, const int *cpus, int ncpus, const int *near, int nnear);

/* Since the begin; own_ns is what the cell, of which nothing is left, used itself. */
struct noise noise_end(struct noise_watch *, int64_t own_ns);

void noise_free(struct noise_watch *);

/* A cell, to judge what others did to it. */
struct noise_cell {
	int64_t wall_ns, own_ns;        /* of its whole process: how long, and its CPU time */
	int64_t timed_ns;               /* of the timed part */
	int64_t delay_ns;               /* its threads' run delay in that; -1: not known, or they
	                                   wait for each other */
	double neighbour;               /* how much longer its PU took meanwhile for what keeps it
	                                   busy, because of a neighbour, a fraction; 0: not known */
	int ncpus;
	bool threads;                   /* it was one of many threads, whose ends nobody is
	                                   charged for */
};

/* Whether others can have changed its time by a twentieth or more. */
bool noise_disturbs(const struct noise *, const struct noise_cell *);

/* ---- For the tests --------------------------------------------------------- */

struct ticks { int64_t busy_ns, steal_ns; };

/* Summed over the PUs, since the machine's start: neither idle nor stolen, and stolen;
 * zeros where it cannot be read.  stat is "/proc/stat", or a copy. */
struct ticks ticks_read(const char *stat, const int *cpus, int n);

#endif
